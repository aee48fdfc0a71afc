"""Functions of a graph: Defun makes one from a Python function, and each call of it adds one operation."""
import inspect
import itertools

from pytfgraph import protos
from pytfgraph.framework import dtypes, function_def, function_hash, ops
from pytfgraph.ops import array_ops, variable_scope as vs

_SHORT_NAMES = {
    dtypes.float16: "f16", dtypes.float32: "f32", dtypes.float64: "f64", dtypes.int32: "i32", dtypes.uint8: "i8",
    dtypes.uint16: "u16", dtypes.uint32: "u32", dtypes.uint64: "u64", dtypes.int16: "i16", dtypes.int8: "i8", dtypes.string: "s",
    dtypes.complex64: "c64", dtypes.complex128: "c128", dtypes.int64: "i64", dtypes.bool: "b", dtypes.qint8: "qi8",
    dtypes.quint8: "qu8", dtypes.qint16: "qi16", dtypes.quint16: "qu16", dtypes.qint32: "qi32", dtypes.bfloat16: "b16",
}


_labels = itertools.count()
AttrValue = protos.message("tensorflow.AttrValue")
FunctionDef = protos.message("tensorflow.FunctionDef")


def _type_list_to_str(types):
    unknown = [t for t in types if t not in _SHORT_NAMES]
    if unknown:
        raise ValueError("Unsupported dtypes: %s" % types)
    return "".join(_SHORT_NAMES[t] for t in types)


def _experimental_attr(name, value):
    message = AttrValue()
    if isinstance(value, bool):
        message.b = value
    elif isinstance(value, int):
        message.i = value
    elif isinstance(value, float):
        message.f = value
    elif isinstance(value, str):
        message.s = value.encode()
    else:
        raise ValueError("Unsupported attribute type for %s with type %s" % (name, type(value)))
    return message


def _parse_kwargs_as_attrs(func_name, noinline=None, compiled=None, separate_compiled_gradients=None, **kwargs):
    """Attributes of a function, or of a call, from what was given by keyword."""
    attrs = {}
    if noinline is not None:
        attrs["_noinline"] = AttrValue(b=bool(noinline))
    if compiled is not None:
        attrs["_XlaCompile"] = AttrValue(b=bool(compiled))
        attrs["_XlaSeparateCompiledGradients"] = AttrValue(b=bool(separate_compiled_gradients))
        attrs["_XlaScope"] = AttrValue(s=("function_%s" % func_name).encode())
    for name in list(kwargs):
        if name.startswith("experimental_"):
            attrs[name] = _experimental_attr(name, kwargs.pop(name))
    if kwargs:
        raise ValueError("Unknown keyword arguments: %s" % kwargs.keys())
    return attrs


def _get_func_name(func):
    if callable(func):
        while hasattr(func, "func") and not hasattr(func, "__name__"):
            func = func.func            # functools.partial
        if inspect.ismethod(func):
            return "%s.%s" % (type(func.__self__).__name__, func.__name__)
        if inspect.isfunction(func) or inspect.isbuiltin(func):
            return func.__name__
        return type(func).__name__
    raise ValueError("Argument must be callable")


class Defun:
    """A decorator that makes a TensorFlow function of a Python one.

    The Python function adds operations to the default graph and returns nothing, a tensor, or a list or tuple of tensors.  It is
    called once, with placeholders, when the function is first needed; what it takes from the graph around it becomes further
    inputs.  Calling the decorated function adds one operation, whose type is the function's name.

    Args:
      *input_types: the dtypes of the arguments.  Without any, they are those of each call.
      func_name: its name in the graph; by default that of the Python function behind which a hash of the body stands.
      grad_func: the function, made by Defun, that computes its gradient: from the inputs and the gradients of the outputs to the
        gradients of the inputs.
      python_grad_func: a Python function (op, *grads) that adds the gradient to the graph, as for tf.RegisterGradient.
      out_names: names of the outputs.
      shape_func: a function from the calling operation to a list of static shapes of its outputs.
      capture_by_value: what is taken from outside is copied into the function.
      noinline: calls are not replaced by the function's operations.

    Raises:
      ValueError: for functions with defaults or keyword arguments, or where the number of types is not that of arguments.
    """

    def __init__(self, *input_types, **kwargs):
        self._input_types = input_types
        self._func_name = kwargs.pop("func_name", None)
        self._grad_func = kwargs.pop("grad_func", None)
        self._python_grad_func = kwargs.pop("python_grad_func", None)
        self._out_names = kwargs.pop("out_names", None)
        self._extra_kwargs = kwargs

    def __call__(self, func):
        if not callable(func):
            raise ValueError("func %s must be callable" % func)
        spec = inspect.getfullargspec(func)
        if spec.varkw or spec.defaults:
            raise ValueError("Functions with argument defaults or keyword arguments are not supported.")
        least, names = len(spec.args), list(spec.args)
        most = 1000000 if spec.varargs else least
        if inspect.ismethod(func):
            least -= 1
            names = names[1:]
        options = dict(out_names=self._out_names, **self._extra_kwargs)
        if self._input_types:
            if not least <= len(self._input_types) <= most:
                raise ValueError("The function has fewer arguments than the number of specified input types.")
            return _DefinedFunction(func, names, [dtypes.as_dtype(t) if not isinstance(t, dtypes.DType) else t for t in self._input_types],
                                    self._func_name, self._grad_func, self._python_grad_func, **options)
        if least == 0 and most == 0:
            return _DefinedFunction(func, [], [], self._func_name, self._grad_func, self._python_grad_func, **options)
        return _OverloadedFunction(func, names, self._func_name, self._grad_func, self._python_grad_func, **options)


class _DefinedFunction:
    """A function of given argument types; its definition is made when it is first needed."""

    def __init__(self, func, argnames, input_types, func_name=None, grad_func=None, python_grad_func=None, out_names=None,
                 shape_func=None, capture_by_value=False, **kwargs):
        self._func = func
        self._input_types = tuple(input_types)
        self._func_name = func_name
        self._grad_func = grad_func
        self._python_grad_func = python_grad_func
        self._out_names = out_names
        self._shape_func = shape_func
        self._capture_by_value = capture_by_value
        self._extra_kwargs = kwargs
        self._definition = None
        self._sub_functions = {}
        self._extra_inputs = []
        self._stateful_ops = []
        self._arg_types = list(input_types)
        self._arg_names = [argnames[i] if i < len(argnames) else "arg%d" % i for i in range(len(input_types))]
        devices = ops.get_default_graph()._device_functions_outer_to_inner
        self._caller_device = devices[-1] if devices else None

    @property
    def name(self):
        """The function's name in graphs."""
        self._create_definition_if_needed()
        return self._func_name

    @property
    def definition(self):
        """The FunctionDef message."""
        self._create_definition_if_needed()
        return self._definition

    @property
    def _signature(self):
        return self.definition.signature

    @property
    def _op_def(self):
        return self._definition.signature if self._definition is not None else None

    def set_grad_func(self, grad_func):
        """Says which function computes the gradient of this one."""
        assert not self._grad_func
        assert isinstance(grad_func, _DefinedFunction)
        self._grad_func = grad_func

    @property
    def grad_func_name(self):
        """Name of the function that computes the gradient, or None."""
        return self._grad_func.name if self._grad_func else None

    @property
    def python_grad_func(self):
        """The Python function that adds the gradient, or None."""
        return self._python_grad_func

    @property
    def declared_input_types(self):
        """The dtypes of the arguments, without those of captured inputs."""
        return self._input_types

    @property
    def captured_inputs(self):
        """Tensors of the graph around the function that it uses: inputs of every call, behind the arguments."""
        self._create_definition_if_needed()
        return self._extra_inputs

    @property
    def stateful_ops(self):
        """(name, type) of the operations of the body that have state."""
        self._create_definition_if_needed()
        return self._stateful_ops

    def _create_definition_if_needed(self):
        if self._definition is not None:
            return
        graph = func_graph_from_py_func(self._func, self._arg_names, self._arg_types, self._func_name, self._capture_by_value,
                                        self._caller_device)
        self._extra_inputs = graph.extra_inputs
        self._sub_functions = graph._functions
        base = self._func_name
        if not base:
            base = _get_func_name(self._func)
            if self._grad_func:
                base += "_%s" % self._grad_func.name
        definition = function_def.from_graph(graph, graph.inputs, graph.outputs, self._out_names)
        if self._func.__doc__:
            definition.signature.description = self._func.__doc__
        if not self._func_name:
            self._func_name = "%s_%s" % (base, function_hash.name_suffix(definition))
        definition.signature.name = self._func_name
        for key, value in _parse_kwargs_as_attrs(base, **self._extra_kwargs).items():
            definition.attr[key].CopyFrom(value)
        self._definition = definition
        self._stateful_ops = [(op.name, op.type) for op in graph.get_operations() if op.op_def.is_stateful]

    def add_to_graph(self, g):
        """Adds the function, those that it calls and its gradient's to the graph `g`."""
        self._create_definition_if_needed()
        g._add_function(self)
        for f in self._sub_functions.values():
            f.add_to_graph(g)
        if self._grad_func:
            self._grad_func.add_to_graph(g)

    def __call__(self, *args, **kwargs):
        self.add_to_graph(ops.get_default_graph())
        inputs = [ops.convert_to_tensor(x) for x in args] + self._extra_inputs
        result, op = _call(self._signature, *inputs, **kwargs)
        setattr(op, "__defun", self)
        if self._shape_func is not None:
            shapes = self._shape_func(op)
            if len(shapes) != len(op.outputs):
                raise ValueError("shape_func produced %d shapes for %d outputs" % (len(shapes), len(op.outputs)))
            for tensor, shape in zip(op.outputs, shapes):
                tensor.set_shape(shape)
        return result


class _OverloadedFunction:
    """A function for any argument types: one _DefinedFunction for each list of types that it is called with."""

    def __init__(self, func, argnames, func_name=None, grad_func=None, python_grad_func=None, out_names=None, **kwargs):
        assert grad_func is None or isinstance(grad_func, _OverloadedFunction)
        self._func = func
        self._argnames = argnames
        self._func_name = func_name
        self._grad_func = grad_func
        self._python_grad_func = python_grad_func
        self._out_names = out_names
        self._extra_kwargs = kwargs
        self._overload = {}

    def instantiate(self, input_types):
        """The function for these argument types."""
        key = _type_list_to_str(input_types)
        defined = self._overload.get(key)
        if not defined:
            name = "_".join([self._func_name, key]) if self._func_name is not None else None
            defined = _DefinedFunction(self._func, self._argnames, input_types, name, None, self._python_grad_func,
                                       out_names=self._out_names, **self._extra_kwargs)
            defined._create_definition_if_needed()
            if self._grad_func:
                outputs = [dtypes.DType(a.type) for a in defined._signature.output_arg]
                defined._grad_func = self._grad_func.instantiate(input_types + outputs)
            self._overload[key] = defined
        return defined

    def __call__(self, *args, **kwargs):
        tensors = [ops.convert_to_tensor(x) for x in args]
        for x in tensors:
            if not isinstance(x, ops.Tensor):
                raise ValueError("Expect a Tensor but get ", x)
        return self.instantiate([x.dtype for x in tensors])(*tensors, **kwargs)


class _FuncGraph(ops.Graph):
    """The graph in which a function's body is made.  A tensor of another graph that it uses is captured: a placeholder stands for
    it, and it becomes an input of the function."""

    def __init__(self, name, capture_by_value, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._capture_by_value = capture_by_value
        self._building_function = True
        self._outer_graph = ops.get_default_graph()
        self._vscope = vs.get_variable_scope()
        self.name = name
        self.inputs = []
        self.outputs = []
        self._captured = {}
        self.extra_inputs = []
        self.extra_args = []
        self.extra_vars = []

    def getvar(self, getter, name, shape=None, dtype=None, initializer=None, reuse=None, trainable=True, collections=None,
               use_resource=None, **kwargs):
        """Variables belong to the graph outside."""
        with self._outer_graph.as_default():
            var = self._vscope.get_variable(vs._get_default_variable_store(), name, shape=shape, dtype=dtype, initializer=initializer,
                                            reuse=reuse, trainable=trainable, collections=collections, use_resource=use_resource)
        self.extra_vars.append(var)
        return var.value() if hasattr(var, "handle") and getattr(var.handle, "dtype", None) == dtypes.resource else var

    def create_op(self, op_type, inputs, data_types, *args, **kwargs):
        inputs = [x if x.graph is self else self.capture(x) for x in inputs]
        return super().create_op(op_type, inputs, data_types, *args, **kwargs)

    def capture(self, tensor, name=None):
        """What stands for a tensor of another graph inside this one."""
        found = self._captured.get(tensor)
        if found is not None:
            return found
        return self._copy(tensor) if self._capture_by_value else self._capture_as_input(tensor, name)

    def _capture_as_input(self, tensor, name):
        self.extra_inputs.append(tensor)
        with ops.control_dependencies(None):
            inside = array_ops.placeholder(tensor.dtype.base_dtype, shape=tensor.get_shape(), name=name)
        function_def.copy_handle(tensor, inside)
        self.inputs.append(inside)
        self._captured[tensor] = inside
        self.extra_args.append(inside)
        if _is_guaranteed_const(tensor):
            with ops.control_dependencies(None):
                return array_ops.guarantee_const(inside)
        return inside

    def _copy(self, tensor):
        """Copies the operations behind a tensor, deepest first."""
        waiting = [tensor.op]
        while waiting:
            op = waiting[-1]
            if all(t in self._captured for t in op.outputs) and op.outputs:
                waiting.pop()
                continue
            if op.op_def.is_stateful:
                raise ValueError("Cannot capture a stateful node (name:%s, type:%s) by value." % (op.name, op.type))
            if op.type in ("Placeholder", "PlaceholderV2"):
                raise ValueError("Cannot capture a placeholder (name:%s, type:%s) by value." % (op.name, op.type))
            missing = [t.op for t in op.inputs if t not in self._captured]
            if missing:
                waiting.extend(reversed(missing))
                continue
            copy = super().create_op(op.type, [self._captured[t] for t in op.inputs], [t.dtype for t in op.outputs], name=op.name,
                                     attrs=dict(op.node_def.attr))
            for outside, inside in zip(op.outputs, copy.outputs):
                self._captured[outside] = inside
            waiting.pop()
        return self._captured[tensor]


def func_graph_from_py_func(func, arg_names, arg_types, name=None, capture_by_value=False, device=None, colocation_stack=None,
                            container=None, collections_ref=None, arg_shapes=None):
    """The graph of a function's body: `func` is called with a placeholder for each argument.

    Raises:
      ValueError: where `func` returns None among its results.
    """
    graph = _FuncGraph(name or _get_func_name(func), capture_by_value)
    with graph.as_default(), ops.device(device):
        if collections_ref is not None:
            graph._collections = collections_ref
        if container is not None:
            graph._container = container
        for arg_name, arg_type, shape in zip(arg_names, arg_types, arg_shapes or [None] * len(arg_types)):
            graph.inputs.append(array_ops.placeholder(arg_type, shape=shape, name=arg_name))
        with vs.variable_scope("", custom_getter=graph.getvar):
            outputs = func(*graph.inputs)
        if outputs is None:
            outputs = []
        elif not isinstance(outputs, (list, tuple)):
            outputs = (outputs,)
        if any(t is None for t in outputs):
            raise ValueError("Function can not return None.")
        outputs = [ops.convert_to_tensor(t) for t in outputs]
        graph.outputs = [t if t.graph is graph else graph.capture(t) for t in outputs]
    return graph


def _is_guaranteed_const(tensor):
    """Whether GuaranteeConst says that a tensor is constant, or all that it is computed from; a loop is not constant."""
    constant, seen, waiting = set(), set(), [(tensor.op, False)]
    while waiting:
        op, leaving = waiting.pop()
        if leaving:
            if op.inputs and all(t.op in constant for t in op.inputs):
                constant.add(op)
            continue
        seen.add(op)
        if op.type == "GuaranteeConst":
            constant.add(op)
        else:
            waiting.append((op, True))
            waiting.extend((t.op, False) for t in op.inputs if t.op not in seen)
    return tensor.op in constant


def _type_name(dtype):
    """A type as TensorFlow's core writes it: float, int32_ref."""
    name = dtype.base_dtype.name
    return {"float16": "half", "float32": "float", "float64": "double"}.get(name, name) + ("_ref" if dtype._is_ref_dtype else "")


def _check_types(sig, inputs, name):
    """What a node called `name` would be fed has the types that the signature says.

    Raises:
      ValueError: where it has not.
    """
    wrong = ["Input '%s' passed %s expected %s" % (arg.name, _type_name(tensor.dtype), _type_name(dtypes.as_dtype(arg.type)))
             for arg, tensor in zip(sig.input_arg, inputs) if tensor.dtype.base_dtype != dtypes.as_dtype(arg.type)]
    if not wrong:
        return
    args, results = (", ".join("%s:%s" % (a.name, _type_name(dtypes.as_dtype(a.type))) for a in side) for side in (sig.input_arg, sig.output_arg))
    node = "while building NodeDef '%s' using Op<name=%s; signature=%s -> %s%s>" % (
        name.rstrip("/"), sig.name, args, results, "; is_stateful=true" if sig.is_stateful else "")
    if len(wrong) == 1:
        raise ValueError("%s %s" % (wrong[0], node))
    raise ValueError("%d errors %s:\n%s" % (len(wrong), node, "\n".join(wrong)))


def _call(sig, *inputs, **kwargs):
    """Adds the operation that calls the function of signature `sig`: (its results, the operation)."""
    if len(inputs) != len(sig.input_arg):
        raise ValueError("Expected number of arguments: %d, received: %d" % (len(sig.input_arg), len(inputs)))
    name = kwargs.pop("name", None)
    attrs = _parse_kwargs_as_attrs(sig.name, **kwargs)
    with ops.name_scope(name, sig.name, inputs) as name:
        _check_types(sig, inputs, name)
        op = ops.get_default_graph().create_op(sig.name, list(inputs), [dtypes.DType(a.type) for a in sig.output_arg], name=name,
                                               attrs=attrs)
    if not op.outputs:
        return op, op
    return (op.outputs[0] if len(op.outputs) == 1 else tuple(op.outputs)), op


def _from_definition(fdef, grad_func=None):
    """A function as a FunctionDef message describes it."""
    result = _DefinedFunction(None, [a.name for a in fdef.signature.input_arg],
                              tuple(dtypes.as_dtype(a.type) for a in fdef.signature.input_arg), fdef.signature.name, grad_func, None,
                              [a.name for a in fdef.signature.output_arg])
    result._definition = FunctionDef()
    result._definition.CopyFrom(fdef)
    return result


def _from_library(lib):
    """The functions of a FunctionDefLibrary message, with their gradients.

    Raises:
      ValueError: where a gradient names a function that is not there, or gradients go round in a circle.
    """
    if not lib.function and not lib.gradient:
        return []
    defs = {f.signature.name: f for f in lib.function}
    gradient = {}
    for g in lib.gradient:
        for name in (g.function_name, g.gradient_func):
            if name not in defs:
                raise ValueError("FunctionDefLibrary missing '%s' FunctionDef\n%s" % (name, str(lib)))
        gradient[g.function_name] = g.gradient_func
    made = {}
    waiting = list(defs)
    while waiting:
        ready = [name for name in waiting if gradient.get(name) is None or gradient[name] in made]
        if not ready:
            raise ValueError("FunctionDefLibrary contains cyclic gradient functions!\n" + str(lib))
        for name in ready:
            made[name] = _from_definition(defs[name], made.get(gradient.get(name)))
        waiting = [name for name in waiting if name not in made]
    return made.values()


def _add_function(graph, function):
    """Graph._add_function: puts a function into a graph's library.

    Raises:
      ValueError: where the function has two gradients.
      InvalidArgumentError: where the graph has another function of that name, or there is an operation of that name.
    """
    name = function.name
    if graph._functions.get(name) is function and graph._is_function(name):
        return
    if function.grad_func_name is not None and function.python_grad_func is not None:
        raise ValueError("Gradient defined twice for function %s" % name)
    label = None
    if function.python_grad_func is not None:
        label = "%s#%d" % (name, next(_labels))
        ops.RegisterGradient(label)(function.python_grad_func)
    graph._add_function_def(name, function.definition.SerializeToString(), function.grad_func_name, label)
    graph._functions[name] = function


def _get_function(graph, name):
    """Graph._get_function: the function of that name in a graph's library, or None."""
    name = name.decode() if isinstance(name, bytes) else name
    found = graph._functions.get(name)
    known = graph._function_def(name) if found is None else None
    if known is None:
        return found
    made = _from_definition(FunctionDef.FromString(known[0]), _get_function(graph, known[1]) if known[1] else None)
    graph._functions[name] = made
    return made


def get_extra_vars():
    """Variables made so far inside the function whose body the default graph is; an empty list elsewhere."""
    return getattr(ops.get_default_graph(), "extra_vars", [])


def get_extra_inputs():
    """Tensors captured so far by the function whose body the default graph is; an empty list elsewhere."""
    return getattr(ops.get_default_graph(), "extra_inputs", [])


def get_extra_args():
    """The placeholders that stand for get_extra_inputs(); an empty list outside a function."""
    return getattr(ops.get_default_graph(), "extra_args", [])
