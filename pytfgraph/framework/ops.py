"""Graphs, operations, tensors, and the scopes that say how operations are made."""
import contextlib

from pytfgraph import _core
from pytfgraph._core import (  # noqa: F401
    Graph, Operation, Tensor, _assert_same_graph, _get_graph_from_inputs, _TensorLike, convert_n_to_tensor,
    convert_n_to_tensor_or_indexed_slices, convert_to_tensor, convert_to_tensor_or_indexed_slices, default_session,
    get_default_graph, get_default_session, has_default_graph, internal_convert_n_to_tensor, internal_convert_to_tensor,
    internal_convert_to_tensor_or_indexed_slices, is_dense_tensor_like, name_scope, register_dense_tensor_like_type,
    register_tensor_conversion_function, reset_default_graph, uid)
from pytfgraph.framework import dtypes  # noqa: F401  (programs say ops.dtypes)
from pytfgraph.framework.graph_keys import GraphKeys  # noqa: F401
from pytfgraph.framework.indexed_slices import IndexedSlices, IndexedSlicesValue, to_tensor
from pytfgraph.framework.proto_functions import (  # noqa: F401
    get_collection_proto_type, get_from_proto_function, get_to_proto_function, register_proto_function)

NameScope = name_scope

_core._set_classes(IndexedSlices=IndexedSlices, IndexedSlicesValue=IndexedSlicesValue)
register_tensor_conversion_function(IndexedSlices, to_tensor)


def _pack(value, dtype=None, name=None, as_ref=False):
    """Lists and tuples that hold tensors become Pack operations."""
    from pytfgraph.ops import packing
    return packing.convert(value, dtype, name, as_ref)


register_tensor_conversion_function((list, tuple), _pack, 99)


# ---- the default graph and its scopes ----

class _DefaultStack:
    """The graphs or sessions that were entered in this thread, the innermost last."""

    enforce_nesting = True

    def __init__(self, name, get_default, get_controller):
        self._name = name
        self.get_default = get_default
        self.get_controller = get_controller

    @property
    def stack(self):
        return _core._default_stack(self._name)

    def reset(self):
        """Leaves them all."""
        _core._reset_default_stack(self._name)

    def is_cleared(self):
        """Whether none is entered."""
        return not self.stack


_default_session_stack = _DefaultStack("session", get_default_session, default_session)
_default_graph_stack = _DefaultStack("graph", get_default_graph, lambda graph: graph.as_default())


@contextlib.contextmanager
def op_scope(values, name, default_name=None):
    """The older form of name_scope, with its arguments in another order."""
    from pytfgraph.platform import tf_logging as logging
    logging.warn("tf.op_scope(values, name, default_name) is deprecated, use tf.name_scope(name, default_name, values)")
    with name_scope(name, default_name=default_name, values=values) as scope:
        yield scope


def device(device_name_or_function):
    """Graph.device() of the default graph: a device string, a function from Operation to one, or None."""
    return get_default_graph().device(device_name_or_function)


def container(container_name):
    """Graph.container() of the default graph."""
    return get_default_graph().container(container_name)


def colocate_with(op, ignore_existing=False):
    """Graph.colocate_with() of the default graph."""
    if op is not None and not isinstance(op, (Operation, Tensor)):
        op = internal_convert_to_tensor_or_indexed_slices(op, as_ref=True).op
    return get_default_graph().colocate_with(op, ignore_existing)


def _colocate_with_for_gradient(op, gradient_uid, ignore_existing=False):
    del gradient_uid
    return colocate_with(op, ignore_existing)


def control_dependencies(control_inputs):
    """Graph.control_dependencies() of the default graph."""
    return get_default_graph().control_dependencies(control_inputs)


@contextlib.contextmanager
def init_scope():
    """Lifts operations out of control-flow scopes (and function graphs) and clears control dependencies."""
    graph = get_default_graph()
    scope = graph.get_name_scope()
    if scope and scope[-1] != "/":
        scope += "/"
    while getattr(graph, "_outer_graph", None) is not None:
        graph = graph._outer_graph
    with graph.as_default(), graph.name_scope(scope), graph.control_dependencies(None):
        yield


def add_to_collection(name, value):
    """Graph.add_to_collection() of the default graph."""
    get_default_graph().add_to_collection(name, value)


def add_to_collections(names, value):
    """Graph.add_to_collections() of the default graph."""
    get_default_graph().add_to_collections(names, value)


def get_collection(key, scope=None):
    """Graph.get_collection() of the default graph."""
    return get_default_graph().get_collection(key, scope)


def get_collection_ref(key):
    """Graph.get_collection_ref() of the default graph."""
    return get_default_graph().get_collection_ref(key)


def get_all_collection_keys():
    """Graph.get_all_collection_keys() of the default graph."""
    return get_default_graph().get_all_collection_keys()


def get_name_scope():
    """The current name scope of the default graph, without a trailing slash."""
    return get_default_graph().get_name_scope()


def executing_eagerly_outside_functions():
    return False


def inside_function():
    return get_default_graph().building_function


def strip_name_scope(name, export_scope):
    """`name` without the scope `export_scope` in front ('^' and 'loc:@' are looked through); what is no text stays as it is."""
    text = _scoped_text(name) if export_scope else None
    if text is None:
        return name
    export_scope = export_scope.rstrip("/")
    for mark in ("^", "loc:@", ""):
        start = mark + export_scope + "/"
        if text.startswith(start):
            return mark + text[len(start):].lstrip("/")
    return text


def prepend_name_scope(name, import_scope):
    """`name` with the scope `import_scope` in front ('^' and 'loc:@' stay first); what is no text stays as it is."""
    text = _scoped_text(name) if import_scope else None
    if text is None:
        return name
    import_scope = import_scope[:-1] if import_scope.endswith("/") else import_scope
    for mark in ("^", "loc:@"):
        if text.startswith(mark):
            return mark + import_scope + "/" + text[len(mark):]
    return import_scope + "/" + text


def _scoped_text(name):
    from pytfgraph.util import compat
    try:
        return compat.as_str(name)
    except TypeError as e:
        from pytfgraph.platform import tf_logging as logging
        logging.warning(e)
        return None


# ---- conversion ----

def internal_convert_n_to_tensor_or_indexed_slices(values, dtype=None, name=None, as_ref=False):
    return [None if v is None else
            internal_convert_to_tensor_or_indexed_slices(v, dtype=dtype, name=None if name is None else "%s_%d" % (name, i), as_ref=as_ref)
            for i, v in enumerate(values)]


def _get_tensor_name(tensor):
    return tensor.name


# ---- gradients ----

class RegisterGradient:
    """A decorator that registers a function (op, *grads) -> grads of the op's inputs under an op type's name.

    Raises:
      TypeError: if `op_type` is not a string.
      KeyError: on use, if the name has a gradient already.
    """

    def __init__(self, op_type):
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f):
        _core.register_gradient(self._op_type, f)
        return f


def NotDifferentiable(op_type):
    """Says that an op type has no gradient on purpose; gradients() gives None for it.

    Raises:
      TypeError: if `op_type` is not a string.
    """
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    _core.not_differentiable(op_type)


NoGradient = NotDifferentiable


get_gradient_function = _core.get_gradient_function


class _GradientRegistry:
    """ops._gradient_registry: the registered gradients, by op type."""

    def list(self):
        return _core.gradient_names()

    def lookup(self, name):
        return _core.lookup_gradient(name)

    def register(self, candidate, name=None):
        _core.register_gradient(name or candidate.__name__, candidate)


_gradient_registry = _GradientRegistry()


class RegisterShape:
    """Kept for old programs: shape functions live in the op registry, so this registers nothing."""

    def __init__(self, op_type):
        self._op_type = op_type

    def __call__(self, f):
        return f


def _set_call_cpp_shape_fn(call_cpp_shape_fn):
    """Nothing: shape functions are the core's."""


def _NodeDef(op_type, name, device=None, attrs=None):
    """A NodeDef message with a type, a name, a device (or a function that gives it) and AttrValues by name."""
    from pytfgraph import protos
    node_def = protos.message("tensorflow.NodeDef")(op=op_type, name=name)
    for key, value in (attrs or {}).items():
        node_def.attr[key].CopyFrom(value)
    if device is not None:
        node_def.device = device(node_def) if callable(device) else getattr(device, "to_string", lambda: device)()
    return node_def


class OpStats:
    """A quantity that graph statistics collect ("flops"), with its value."""

    def __init__(self, statistic_type, value=None):
        self.statistic_type = statistic_type
        self.value = value

    @property
    def statistic_type(self):
        return self._statistic_type

    @statistic_type.setter
    def statistic_type(self, statistic_type):
        self._statistic_type = statistic_type

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, value):
        self._value = value

    def __iadd__(self, other):
        if other.statistic_type != self.statistic_type:
            raise ValueError("Can't add an OpStat of type %s to one of %s." % (self.statistic_type, other.statistic_type))
        if self.value is None:
            self.value = other.value
        elif other.value is not None:
            self._value += other.value
        return self


_stats_registry = {}


class RegisterStatistics:
    """A decorator that registers a function (graph, node) -> OpStats for an op type and a statistic."""

    def __init__(self, op_type, statistic_type):
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string.")
        if "," in op_type:
            raise TypeError("op_type must not contain a comma.")
        if not isinstance(statistic_type, str):
            raise TypeError("statistic_type must be a string.")
        if "," in statistic_type:
            raise TypeError("statistic_type must not contain a comma.")
        self._key = op_type + "," + statistic_type

    def __call__(self, f):
        _stats_registry[self._key] = f
        return f


def get_stats_for_node_def(graph, node, statistic_type):
    """What the registered function says of a node, or an empty OpStats."""
    from pytfgraph.profiler.internal import flops_registry  # noqa: F401 - registers what operations cost
    f = _stats_registry.get(node.op + "," + statistic_type)
    return f(graph, node) if f else OpStats(statistic_type)
