"""What the parts of the graph editor share: lists of operations and tensors, trees of them, control outputs, names of scopes."""
import collections.abc
import re

from pytfgraph.framework import ops as tf_ops
from pytfgraph.ops import array_ops

_PLACEHOLDER_PREFIX = "geph"


def concatenate_unique(la, lb):
    """Appends to the list `la` those elements of `lb` that it lacks, in their order, and returns it."""
    seen = set(la)
    for element in lb:
        if element not in seen:
            seen.add(element)
            la.append(element)
    return la


class ListView:
    """A list that can be read and not changed; adding something to it gives a list."""

    def __init__(self, list_):
        if not isinstance(list_, list):
            raise TypeError("Expected a list, got: {}.".format(type(list_)))
        self._list = list_

    def __iter__(self):
        return iter(self._list)

    def __len__(self):
        return len(self._list)

    def __bool__(self):
        return bool(self._list)

    def __getitem__(self, i):
        return self._list[i]

    def __add__(self, other):
        return self._list + list(other)


def is_iterable(obj):
    """Whether one can go through `obj`; tensors and strings are taken as they are."""
    if isinstance(obj, (tf_ops.Tensor, str, bytes)):
        return False
    try:
        iter(obj)
    except Exception:  # whatever an object's own __iter__ says
        return False
    return True


def flatten_tree(tree, leaves=None):
    """Appends the leaves of nested dicts and iterables to `leaves` (a new list where it is None), and returns it."""
    if leaves is None:
        leaves = []
    if not is_iterable(tree):
        leaves.append(tree)
        return leaves
    for child in (tree.values() if isinstance(tree, dict) else tree):
        flatten_tree(child, leaves)
    return leaves


def transform_tree(tree, fn, iterable_type=tuple):
    """Calls `fn` on each leaf of a tree; the result has its structure. An iterable that is no sequence becomes an `iterable_type`."""
    if not is_iterable(tree):
        return fn(tree)
    if isinstance(tree, dict):
        return type(tree)((key, transform_tree(child, fn, iterable_type)) for key, child in tree.items())
    children = [transform_tree(child, fn, iterable_type) for child in tree]
    if hasattr(tree, "_asdict"):
        return type(tree)(*children)
    return type(tree)(children) if isinstance(tree, collections.abc.Sequence) else iterable_type(children)


def check_graphs(*args):
    """ValueError unless all arguments that have a graph have the same one."""
    graphs = [(i, arg.graph) for i, arg in enumerate(args) if arg.graph is not None]
    for i, graph in graphs:
        if graph is not graphs[0][1]:
            raise ValueError("Argument[{}]: Wrong graph!".format(i))


def get_unique_graph(tops, check_types=None, none_if_empty=False):
    """The graph of all operations and tensors in `tops`; a graph is its own.

    `check_types` are the classes that the elements may have.  Raises TypeError where an element is of another, ValueError where they are
    of several graphs, or where there is none and not `none_if_empty`.
    """
    if isinstance(tops, tf_ops.Graph):
        return tops
    if not is_iterable(tops):
        raise TypeError("{} is not iterable".format(type(tops)))
    if check_types is None:
        check_types = (tf_ops.Operation, tf_ops.Tensor)
    elif not is_iterable(check_types):
        check_types = (check_types,)
    graph = None
    for top in tops:
        if not isinstance(top, check_types):
            raise TypeError("Expected a type in ({}), got: {}".format(", ".join(str(t) for t in check_types), type(top)))
        if graph is None:
            graph = top.graph
        elif graph is not top.graph:
            raise ValueError("Operation {} does not belong to given graph".format(top))
    if graph is None and not none_if_empty:
        raise ValueError("Can't find the unique graph of an empty list")
    return graph


def _make_list(what, cls, of_graph, check_graph, allow_graph, ignore_others):
    """A list of the elements of class `cls` in `what`: a graph, one element, or an iterable of them."""
    if isinstance(what, tf_ops.Graph):
        if not allow_graph:
            raise TypeError("allow_graph is False: cannot convert a tf.Graph.")
        return of_graph(what)
    elements = list(what) if is_iterable(what) else [what]
    if check_graph and elements:
        get_unique_graph(elements, check_types=None if ignore_others else cls)
    return [e for e in elements if isinstance(e, cls)]


def make_list_of_op(ops, check_graph=True, allow_graph=True, ignore_ts=False):
    """A new list of the operations in `ops`: a graph (where `allow_graph`), an operation or an iterable of them.

    Tensors among them are a TypeError, or left out with `ignore_ts`; operations of several graphs are a ValueError.  Neither is looked
    for without `check_graph`.
    """
    return _make_list(ops, tf_ops.Operation, tf_ops.Graph.get_operations, check_graph, allow_graph, ignore_ts)


def get_tensors(graph):
    """All outputs of all operations of a graph; TypeError if it is none."""
    if not isinstance(graph, tf_ops.Graph):
        raise TypeError("Expected a graph, got: {}".format(type(graph)))
    return [t for op in graph.get_operations() for t in op.outputs]


def make_list_of_t(ts, check_graph=True, allow_graph=True, ignore_ops=False):
    """A new list of the tensors in `ts`: a graph (where `allow_graph`), a tensor or an iterable of them.

    Operations among them are a TypeError, or left out with `ignore_ops`; tensors of several graphs are a ValueError.  Neither is looked
    for without `check_graph`.
    """
    return _make_list(ts, tf_ops.Tensor, get_tensors, check_graph, allow_graph, ignore_ops)


def get_generating_ops(ts):
    """The operation of each tensor in `ts`."""
    return [t.op for t in make_list_of_t(ts, allow_graph=False)]


def get_consuming_ops(ts):
    """The operations that take one of the tensors in `ts`, each once."""
    result = []
    for t in make_list_of_t(ts, allow_graph=False):
        concatenate_unique(result, t.consumers())
    return result


class ControlOutputs:
    """Which operations wait for which: the control inputs of a graph, looked at from the other end."""

    def __init__(self, graph):
        if not isinstance(graph, tf_ops.Graph):
            raise TypeError("Expected a tf.Graph, got: {}".format(type(graph)))
        self._control_outputs = {}
        self._graph = graph
        self._version = None
        self._build()

    def update(self):
        """Looks at the graph again if it has got operations since, and returns itself."""
        if self._version != self._graph.version:
            self._build()
        return self

    def _build(self):
        waiting = {}
        for op in self._graph.get_operations():
            for control_input in op.control_inputs:
                concatenate_unique(waiting.setdefault(control_input, []), [op])
        self._control_outputs = waiting
        self._version = self._graph.version

    def get_all(self):
        """{operation: the list of those that wait for it}."""
        return self._control_outputs

    def get(self, op):
        """The operations that wait for `op`."""
        return self._control_outputs.get(op, ())

    @property
    def graph(self):
        return self._graph


def scope_finalize(scope):
    """The scope with a slash at its end, if it is not empty."""
    return scope + "/" if scope and scope[-1] != "/" else scope


def scope_dirname(scope):
    """A name up to its last slash, with that."""
    return scope[:scope.rfind("/") + 1]


def scope_basename(scope):
    """A name behind its last slash."""
    return scope[scope.rfind("/") + 1:]


def placeholder_name(t=None, scope=None, prefix=_PLACEHOLDER_PREFIX):
    """The name of a placeholder that stands for the tensor `t`: prefix__name_index.

    It is in `scope`, "" for none; where that is None, in the scope of `t`.  TypeError if `t` is no tensor.
    """
    if scope is not None:
        scope = scope_finalize(scope)
    if t is None:
        return (scope or "") + prefix
    if not isinstance(t, tf_ops.Tensor):
        raise TypeError("Expected a tf.Tenfor, got: {}".format(type(t)))
    base = scope_basename(t.op.name)
    if not base.startswith(prefix + "__"):
        base = "{}__{}_{}".format(prefix, base, t.value_index)
    return (scope_dirname(t.op.name) if scope is None else scope) + base


def make_placeholder_from_tensor(t, scope=None, prefix=_PLACEHOLDER_PREFIX):
    """A placeholder of the dtype and shape of `t`, with the name that placeholder_name gives, in the default graph."""
    return array_ops.placeholder(dtype=t.dtype, shape=t.get_shape(), name=placeholder_name(t, scope=scope, prefix=prefix))


def make_placeholder_from_dtype_and_shape(dtype, shape=None, scope=None, prefix=_PLACEHOLDER_PREFIX):
    """A placeholder of that dtype and shape, whose name is the prefix in `scope`, in the default graph."""
    return array_ops.placeholder(dtype=dtype, shape=shape, name=placeholder_name(scope=scope, prefix=prefix))


def get_predefined_collection_names():
    """The names of the collections in tf.GraphKeys."""
    return [getattr(tf_ops.GraphKeys, key) for key in dir(tf_ops.GraphKeys) if not re.match(r"^__\w+__$", key)]


def find_corresponding_elem(target, dst_graph, dst_scope="", src_scope=""):
    """What has in `dst_graph` the name of the operation or tensor `target`, with `dst_scope` in place of `src_scope`.

    Raises ValueError if the name is not in `src_scope`, TypeError if `target` is neither, KeyError if there is none.
    """
    name = target.name
    if src_scope:
        src_scope = scope_finalize(src_scope)
        if not name.startswith(src_scope):
            raise ValueError("{} does not start with {}".format(name, src_scope))
        name = name[len(src_scope):]
    name = scope_finalize(dst_scope) + name
    if isinstance(target, tf_ops.Tensor):
        return dst_graph.get_tensor_by_name(name)
    if isinstance(target, tf_ops.Operation):
        return dst_graph.get_operation_by_name(name)
    raise TypeError("Expected tf.Tensor or tf.Operation, got: {}".format(type(target)))


def find_corresponding(targets, dst_graph, dst_scope="", src_scope=""):
    """find_corresponding_elem of each leaf of a tree of operations and tensors."""
    return transform_tree(targets, lambda top: find_corresponding_elem(top, dst_graph, dst_scope, src_scope))
