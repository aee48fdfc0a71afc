"""Order and choice: tf.group, tf.cond, tf.case, tf.Assert."""
import collections
import functools


from pytfgraph import _core
from pytfgraph._core import CondContext, WhileContext  # noqa: F401
from pytfgraph.framework import dtypes, ops, tensor_util
from pytfgraph.framework.constant_op import constant
from pytfgraph.framework.indexed_slices import IndexedSlices
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import loops, raw
from pytfgraph.ops.control_flow_protos import from_control_flow_context_def  # noqa: F401
from pytfgraph.ops.loops import while_loop  # noqa: F401
from pytfgraph.platform import tf_logging as logging
from pytfgraph.util import nest

ControlFlowContext = _core._GraphContext
gen_control_flow_ops = raw.module("gen_control_flow_ops")
_basetuple = tuple
_COMPOSITE = (IndexedSlices, SparseTensor)


def no_op(name=None):
    """An Operation that does nothing, but may have control inputs."""
    return gen_control_flow_ops.no_op(name=name)


# ---- order ----

def _Identity(data, name=None):
    """Identity (RefIdentity of a reference) of a Tensor, IndexedSlices or SparseTensor."""
    data = ops.internal_convert_to_tensor_or_indexed_slices(data, as_ref=True)
    if isinstance(data, ops.Tensor):
        return (gen_control_flow_ops.ref_identity if data.dtype._is_ref_dtype else gen_control_flow_ops.identity)(data, name=name)
    if not isinstance(data, _COMPOSITE):
        raise TypeError("Type %s not supported" % type(data))
    values = _Identity(data.values, name=name)
    indices = gen_control_flow_ops.identity(data.indices, name="indices")
    shape = data.dense_shape
    if shape is not None:
        shape = gen_control_flow_ops.identity(shape, name="dense_shape")
    return IndexedSlices(values, indices, shape) if isinstance(data, IndexedSlices) else SparseTensor(indices, values, shape)


def with_dependencies(dependencies, output_tensor, name=None):
    """`output_tensor` (a Tensor or IndexedSlices), available only after `dependencies` have run."""
    with ops.name_scope(name, "control_dependency", list(dependencies) + [output_tensor]) as name:
        with ops.colocate_with(output_tensor), ops.control_dependencies(dependencies):
            output_tensor = ops.convert_to_tensor_or_indexed_slices(output_tensor)
            if isinstance(output_tensor, ops.Tensor):
                return _Identity(output_tensor, name=name)
            return IndexedSlices(_Identity(output_tensor.values, name=name), output_tensor.indices, output_tensor.dense_shape)


def _no_op_after(device, deps, name=None):
    with ops.control_dependencies(deps):
        if device is None:
            return no_op(name=name)
        with ops.device(device):
            return no_op(name=name)


def group(*inputs, **kwargs):
    """An Operation that is done when all of `inputs` (Tensors or Operations, nested as you like) are.

    Raises:
      ValueError: for keyword arguments other than name.
      TypeError: for other inputs.
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise ValueError("Unknown keyword arguments: " + ", ".join(kwargs.keys()))
    with ops.name_scope(name, "group_deps", inputs) as name:
        if not inputs:
            return no_op(name=name)
        by_device = {}
        for inp in nest.flatten(inputs):
            if not hasattr(inp, "device"):
                raise TypeError("Expected tf.group() expected Tensor arguments not '%s' with type '%s'" % (inp, type(inp)))
            by_device.setdefault(inp.device, []).append(inp)
        if len(by_device) == 1:
            (device, deps), = by_device.items()
            return _no_op_after(device, deps, name=name)
        deps = [_no_op_after(device, by_device[device]) for device in sorted(by_device, key=lambda d: d or "")]
        with ops.control_dependencies(deps):
            return no_op(name=name)


def tuple(tensors, name=None, control_inputs=None):
    """The tensors of a list, each available only when all of them are.

    Raises:
      ValueError: if there is no Tensor among them.
      TypeError: for a control input that is neither Operation nor Tensor.
    """
    with ops.name_scope(name, "tuple", tensors) as name:
        tensors = [t if isinstance(t, ops.Operation) or tensor_util.is_tensor(t) or t is None else ops.convert_to_tensor(t)
                   for t in tensors]
        gating = [t if isinstance(t, ops.Operation) else t.op for t in tensors if t is not None]
        for c in control_inputs or ():
            if isinstance(c, ops.Tensor):
                c = c.op
            elif not isinstance(c, ops.Operation):
                raise TypeError("Control input must be Operation or Tensor: %s" % c)
            gating.append(c)
        gating = sorted(set(gating), key=lambda op: op._id)
        if not gating:
            raise ValueError("Must have at least one Tensor: %s" % tensors)
        gate = group(*gating)
        result = []
        for t in tensors:
            if tensor_util.is_tensor(t):
                result.append(with_dependencies([gate], t))
            elif isinstance(t, ops.Operation):
                with ops.control_dependencies([gate]):
                    result.append(group(t))
            else:
                result.append(None)
        return result


# ---- switch and merge ----

def switch(data, pred, dtype=None, name=None):
    """`data` on one of two outputs: (where pred is False, where it is True)."""
    with ops.name_scope(name, "Switch", [data, pred]) as name:
        data = ops.internal_convert_to_tensor_or_indexed_slices(data, dtype=dtype, name="data", as_ref=True)
        pred = ops.convert_to_tensor(pred, name="pred")
        if isinstance(data, ops.Tensor):
            return gen_control_flow_ops.switch(data, pred, name=name)
        if not isinstance(data, _COMPOSITE):
            raise TypeError("Type %s not supported" % type(data))
        values = gen_control_flow_ops.switch(data.values, pred, name=name)
        indices = gen_control_flow_ops.switch(data.indices, pred, name="indices")
        shapes = (None, None) if data.dense_shape is None else gen_control_flow_ops.switch(data.dense_shape, pred, name="dense_shape")
        if isinstance(data, IndexedSlices):
            return _basetuple(IndexedSlices(v, i, s) for v, i, s in zip(values, indices, shapes))
        return _basetuple(SparseTensor(i, v, s) for v, i, s in zip(values, indices, shapes))


def _SwitchRefOrTensor(data, pred, name="Switch"):
    """Switch of a value, RefSwitch of a reference."""
    data = ops.convert_to_tensor_or_indexed_slices(data, name="data")
    with ops.colocate_with(data, ignore_existing=True):
        if isinstance(data, ops.Tensor) and data.dtype._is_ref_dtype:
            return gen_control_flow_ops.ref_switch(data, pred, name=name)
        return switch(data, pred, name=name)


def merge(inputs, name=None):
    """The input that is available, and its index; ValueError where one of them is None."""
    if any(inp is None for inp in inputs):
        raise ValueError("At least one of the merge inputs is None: %s" % inputs)
    with ops.name_scope(name, "Merge", inputs) as name:
        inputs = [ops.internal_convert_to_tensor_or_indexed_slices(inp, as_ref=True) for inp in inputs]
        if all(isinstance(v, ops.Tensor) for v in inputs):
            all_refs = all(v.dtype._is_ref_dtype for v in inputs)
            return (gen_control_flow_ops.ref_merge if all_refs else gen_control_flow_ops.merge)(inputs, name=name)
        if all(isinstance(v, SparseTensor) for v in inputs):
            values, _ = merge([v.values for v in inputs], name=name)
            indices, chosen = gen_control_flow_ops.merge([v.indices for v in inputs], name="indices")
            shape, _ = gen_control_flow_ops.merge([v.dense_shape for v in inputs], name="dense_shape")
            return SparseTensor(indices, values, shape), chosen
        from pytfgraph.ops import math_ops
        inputs = math_ops._as_indexed_slices_list(inputs, optimize=False)
        values, _ = merge([v.values for v in inputs], name=name)
        indices, chosen = gen_control_flow_ops.merge([v.indices for v in inputs], name="indices")
        shapes = [v.dense_shape for v in inputs]
        shape = None
        if any(s is not None for s in shapes):
            if any(s is None for s in shapes):
                raise ValueError("Either all merged IndexedSlices must have a dense_shape, or none must have a dense_shape.")
            shape, _ = gen_control_flow_ops.merge(shapes, name="dense_shape")
        return IndexedSlices(values, indices, shape), chosen


# ---- choice ----

def _only(result):
    return result[0] if isinstance(result, (list, _basetuple)) and len(result) == 1 else result


def _one_of(new, new_name, old, old_name):
    if old is not None:
        if new is not None:
            raise TypeError("cond(): %s and %s may not be set simultaneously." % (new_name, old_name))
        return old
    if new is None:
        raise TypeError("cond(): %s argument required" % new_name)
    return new


class _Arm:
    """One arm of a cond while it is built."""

    def __init__(self, pred, pivot, branch):
        self.context = _core._cond_context(pred, pivot, branch)

    def build(self, fn, label):
        """Calls fn in the arm: its result, and the flat list of Tensors that leave the arm."""
        context = self.context
        context.Enter()
        try:
            original = self._call(fn)
            if original is None:
                raise ValueError("%s must have a return value." % label)
            result = nest.map_structure(self._leaving, original)
            if not isinstance(result, (list, _basetuple)):
                result = [result]
            context.ExitResult(result)
        finally:
            context.Exit()
        return original, result

    @staticmethod
    def _call(fn):
        """fn(); summaries it makes run with the result and are not collected outside."""
        key = ops.GraphKeys._SUMMARY_COLLECTION
        before = ops.get_collection(key)
        original = fn()
        new = ops.get_collection(key)[len(before):]
        if new:
            ops.get_collection_ref(key)[:] = before
            with ops.control_dependencies(new):
                if original is None:
                    return no_op()
                original = nest.map_structure(gen_control_flow_ops.identity, original)
        return original

    def _leaving(self, v):
        out = self.context.AddResult
        if isinstance(v, ops.Operation):
            return with_dependencies([v], self.context.pivot)
        if isinstance(v, _COMPOSITE):
            values, indices = out(v.values), out(v.indices)
            shape = None if v.dense_shape is None else out(v.dense_shape)
            return IndexedSlices(values, indices, shape) if isinstance(v, IndexedSlices) else SparseTensor(indices, values, shape)
        tensor, graph = ops.convert_to_tensor(loops._flow_of(v)), ops.get_default_graph()
        return out(graph.capture(tensor) if tensor.graph is not graph and hasattr(graph, "capture") else tensor)


def cond(pred, true_fn=None, false_fn=None, strict=False, name=None, fn1=None, fn2=None):
    """The result of true_fn() where `pred` holds and of false_fn() elsewhere; only the chosen one's operations run.

    Operations made before, or outside of, the functions run in either case.

    Args:
      pred: a boolean scalar Tensor.
      true_fn, false_fn: functions without arguments that return Tensors, IndexedSlices, SparseTensors or Operations, in lists,
        tuples or dicts of the same structure and with the same dtypes.
      strict: whether lists and tuples with one element stay as they are.
      name: a name scope.
      fn1, fn2: older names of true_fn and false_fn.

    Raises:
      TypeError: if a function is missing or not callable, or `pred` is a Python bool.
      ValueError: if the functions' results do not match.
    """
    true_fn = _one_of(true_fn, "true_fn", fn1, "fn1")
    false_fn = _one_of(false_fn, "false_fn", fn2, "fn2")
    if not callable(true_fn):
        raise TypeError("true_fn must be callable.")
    if not callable(false_fn):
        raise TypeError("false_fn must be callable.")
    with ops.name_scope(name, "cond", [pred]):
        if isinstance(pred, bool):
            raise TypeError("pred must not be a Python bool")
        on_false, on_true = switch(pred, pred)
        pivot_true = gen_control_flow_ops.identity(on_true, name="switch_t")
        pivot_false = gen_control_flow_ops.identity(on_false, name="switch_f")
        pred = gen_control_flow_ops.identity(pred, name="pred_id")
        for t in (on_true, on_false, pivot_true, pivot_false, pred):
            t.op.graph.prevent_fetching(t.op)
        arm_true, arm_false = _Arm(pred, pivot_true, 1), None
        original_true, result_true = arm_true.build(true_fn, "true_fn")
        arm_false = _Arm(pred, pivot_false, 0)
        original_false, result_false = arm_false.build(false_fn, "false_fn")
        if not strict:
            original_true, original_false = _only(original_true), _only(original_false)
        _check_same_results(original_true, original_false, result_true, result_false)
        merges = [merge(pair)[0] for pair in zip(nest.flatten(result_false), nest.flatten(result_true))]
        if arm_true.context.outer_context is None:
            ops.add_to_collection(ops.GraphKeys.COND_CONTEXT, arm_true.context)
            ops.add_to_collection(ops.GraphKeys.COND_CONTEXT, arm_false.context)
        merges = nest.pack_sequence_as(structure=original_true,
                                       flat_sequence=loops._with_tensor_arrays(nest.flatten(original_true), merges))
        return merges if strict else _only(merges)


def _check_same_results(original_true, original_false, result_true, result_false):
    try:
        nest.assert_same_structure(original_true, original_false)
    except (TypeError, ValueError) as e:
        kind = "types" if isinstance(e, TypeError) else "values"
        raise type(e)("Incompatible return {} of true_fn and false_fn: {}".format(kind, e))
    if not result_true:
        raise ValueError("true_fn and false_fn must return at least one result.")
    for x, y in zip(nest.flatten(result_true), nest.flatten(result_false)):
        x, y = (v if isinstance(v, ops.Tensor) else v.values for v in (x, y))
        if x.dtype.base_dtype != y.dtype.base_dtype:
            raise ValueError("Outputs of true_fn and false_fn must have the same type: %s, %s" % (x.dtype.name, y.dtype.name))


def _at_most_n_true(predicates, n, msg):
    """An Assert that no more than n of the predicates hold."""
    from pytfgraph.ops import array_ops, math_ops
    packed = array_ops.stack(predicates, name="preds_c")
    n_true = math_ops.reduce_sum(math_ops.cast(packed, dtypes.int32), name="num_true_conds")
    condition = math_ops.less_equal(n_true, constant(n, name="n_true_conds"))
    names = ", ".join(getattr(p, "name", "?") for p in predicates)
    data = ["%s: more than %d conditions (%s) evaluated as True:" % (msg, n, names), packed]
    return Assert(condition, data=data, summarize=len(predicates))


def _default_from_last(predicates, actions):
    """A default that checks that the last predicate holds and runs its action; and the pairs before it."""
    from pytfgraph.ops import array_ops
    k = len(predicates) - 1

    def default_action():
        others = "Implementation error: selected default action #%d was called, but some of other predicates are True: " % k
        none = ("Input error: None of conditions evaluated as True:", array_ops.stack(predicates, name="preds_c"))
        with ops.control_dependencies([_at_most_n_true(predicates[:k], n=0, msg=others), Assert(predicates[k], data=none)]):
            return actions[k]()
    return default_action, predicates[:k], actions[:k]


def _checked_pairs(pairs, exclusive, name, allow_python_preds):
    if not isinstance(pairs, (list, _basetuple, dict)):
        raise TypeError("fns must be a list, tuple, or dict")
    if isinstance(pairs, collections.OrderedDict):
        pairs = pairs.items()
    elif isinstance(pairs, dict):
        pairs = sorted(pairs.items(), key=lambda item: item[0].name)
        if not exclusive:
            logging.warn("%s: An unordered dictionary of predicate/fn pairs was provided, but exclusive=False. The order of conditional "
                         "tests is deterministic but not guaranteed.", name)
    for pair in pairs:
        if not isinstance(pair, _basetuple) or len(pair) != 2:
            raise TypeError("Each entry in pred_fn_pairs must be a 2-tuple")
        pred, fn = pair
        if isinstance(pred, ops.Tensor):
            if pred.dtype != dtypes.bool:
                raise TypeError("pred must be Tensor of type bool: %s" % pred.name)
        elif not allow_python_preds:
            raise TypeError("pred must be a Tensor, got: %s" % pred)
        elif not isinstance(pred, bool):
            raise TypeError("pred must be a Tensor or bool, got: %s" % pred)
        if not callable(fn):
            raise TypeError("fn for pred %s must be callable." % pred.name)
    return zip(*pairs)


def _case_helper(cond_fn, pred_fn_pairs, default, exclusive, name, allow_python_preds=False, **cond_kwargs):
    predicates, actions = _checked_pairs(pred_fn_pairs, exclusive, name, allow_python_preds)
    with ops.name_scope(name, "case", [predicates]):
        if default is None:
            default, predicates, actions = _default_from_last(predicates, actions)
        fn = default
        for predicate, action in reversed(list(zip(predicates, actions))):
            fn = functools.partial(cond_fn, predicate, true_fn=action, false_fn=fn, **cond_kwargs)
        if not exclusive:
            return fn()
        with ops.control_dependencies([_at_most_n_true(predicates, n=1, msg="Input error: exclusive=True")]):
            return fn()


def case(pred_fn_pairs, default=None, exclusive=False, strict=False, name="case"):
    """The result of the first function whose predicate holds, as a chain of conds.

    Args:
      pred_fn_pairs: a list of pairs (boolean scalar Tensor, function), or a dict.
      default: the function where none holds; without one, none holding is an error when it runs.
      exclusive: whether more than one predicate holding is an error when it runs.
      strict: as in cond.
      name: a name scope.

    Raises:
      TypeError: for pairs of other kinds.
    """
    return _case_helper(cond, pred_fn_pairs, default, exclusive, name, allow_python_preds=False, strict=strict)


def Assert(condition, data, summarize=None, name=None):
    """An Operation that fails with InvalidArgumentError, printing `data`, where `condition` does not hold.

    Args:
      condition: a boolean scalar.
      data: a list of tensors to print.
      summarize: how many elements of each are printed (3).
      name: of the operation.
    """
    with ops.name_scope(name, "Assert", [condition, data]) as name:
        xs = ops.convert_n_to_tensor(data)
        arguments = {} if summarize is None else {"summarize": summarize}
        if all(x.dtype in (dtypes.string, dtypes.int32) for x in xs):
            # Data of host types is taken as it is, so that no tensor is copied before the assertion fails.
            return raw.function("assert")(condition, data, name="Assert", **arguments)
        condition = ops.convert_to_tensor(condition, name="Condition")

        def fail():
            return raw.function("assert")(condition, data, name="Assert", **arguments)
        return cond(condition, no_op, fail, name="AssertGuard").op


def __getattr__(name):
    """The operations themselves: loop_cond, enter, exit, next_iteration ..."""
    if not name.startswith("__"):
        try:
            return getattr(gen_control_flow_ops, name)
        except AttributeError:
            pass
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)
