"""Queues: operations that wait for each other across runs."""
import collections.abc
import functools
import hashlib
import importlib

from pytfgraph.framework import dtypes as _dtypes
from pytfgraph.framework import ops, random_seed, tensor_shape, tensor_util
from pytfgraph.ops import raw

gen_data_flow_ops = gen = raw.module("gen_data_flow_ops")


_ELSEWHERE = {name: module for module, names in {
    "accumulators": ("ConditionalAccumulatorBase", "ConditionalAccumulator", "SparseConditionalAccumulator"),
    "barriers": ("Barrier",),
    "record_input": ("RecordInput",),
    "staging": ("BaseStagingArea", "StagingArea", "MapStagingArea"),
}.items() for name in names}


def __getattr__(name):
    if name in _ELSEWHERE:
        value = globals()[name] = getattr(importlib.import_module("pytfgraph.ops." + _ELSEWHERE[name]), name)
        return value
    if name in ("dynamic_partition", "dynamic_stitch", "parallel_dynamic_stitch"):
        value = globals()[name] = getattr(gen, name)
        return value
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


def _as_type_list(dtypes):
    assert dtypes is not None
    return list(dtypes) if isinstance(dtypes, (list, tuple)) else [dtypes]


def _as_shape_list(shapes, dtypes, unknown_dim_allowed=False, unknown_rank_allowed=False):
    """Shapes of components as a list of TensorShapes (one shape stands for one component), or None."""
    del dtypes
    if unknown_dim_allowed:
        if not isinstance(shapes, collections.abc.Sequence) or not shapes or any(s is None or isinstance(s, int) for s in shapes):
            raise ValueError("When providing partial shapes, a list of shapes must be provided.")
    if shapes is None:
        return None
    if isinstance(shapes, tensor_shape.TensorShape):
        shapes = [shapes]
    if not isinstance(shapes, (tuple, list)):
        raise TypeError("shapes must be a TensorShape or a list or tuple of TensorShapes.")
    if all(s is None or isinstance(s, int) for s in shapes):
        shapes = [shapes]  # one shape
    shapes = [tensor_shape.as_shape(s) for s in shapes]
    if not unknown_dim_allowed and any(not s.is_fully_defined() for s in shapes):
        raise ValueError("All shapes must be fully defined: %s" % shapes)
    if not unknown_rank_allowed and any(s.dims is None for s in shapes):
        raise ValueError("All shapes must have a defined rank: %s" % shapes)
    return shapes


def _as_name_list(names, dtypes):
    if names is None:
        return None
    if not isinstance(names, (list, tuple)):
        names = [names]
    if len(names) != len(dtypes):
        raise ValueError("List of names must have the same length as the list of dtypes")
    return list(names)


def _shape_common(s1, s2):
    s1, s2 = tensor_shape.TensorShape(s1), tensor_shape.TensorShape(s2)
    if s1.ndims is None or s2.ndims is None or s1.ndims != s2.ndims:
        return tensor_shape.unknown_shape()
    return tensor_shape.TensorShape([a if a is not None and a == b else None for a, b in zip(s1.as_list(), s2.as_list())])


class QueueBase:
    """A queue; an element is a tuple of tensors of given types.

    Args:
      dtypes: of the components.
      shapes: of the components, or None for any.
      names: of the components, or None; with names, elements are dicts.
      queue_ref: the Tensor that names the queue.

    Raises:
      ValueError: where the lists' lengths differ.
    """

    def __init__(self, dtypes, shapes, names, queue_ref):
        self._dtypes = dtypes
        if shapes is not None and len(shapes) != len(dtypes):
            raise ValueError("Queue shapes must have the same length as dtypes")
        if names is not None and len(names) != len(dtypes):
            raise ValueError("Queue names must have the same length as dtypes")
        self._shapes = [tensor_shape.TensorShape(s) for s in shapes] if shapes is not None else \
            [tensor_shape.unknown_shape() for _ in dtypes]
        self._names = names
        self._queue_ref = queue_ref
        self._name = queue_ref.op.name.split("/")[-1]
        self._is_resource = queue_ref.dtype == _dtypes.resource

    @staticmethod
    def from_list(index, queues):
        """The queue that an index Tensor picks from a list; TypeError where they are not alike."""
        if not queues or not isinstance(queues, list) or not all(isinstance(x, QueueBase) for x in queues):
            raise TypeError("A list of queues expected")
        if not all(queues[0].dtypes == q.dtypes for q in queues[1:]):
            raise TypeError("Queues do not have matching component dtypes.")
        if not all(queues[0].names == q.names for q in queues[1:]):
            raise TypeError("Queues do not have matching component names.")
        from pytfgraph.ops import array_ops
        shapes = [functools.reduce(_shape_common, s) for s in zip(*[q.shapes for q in queues])]
        chosen = array_ops.gather(array_ops.stack([q.queue_ref for q in queues]), index)
        return QueueBase(dtypes=queues[0].dtypes, shapes=shapes, names=queues[0].names, queue_ref=chosen)

    @property
    def queue_ref(self):
        return self._queue_ref

    @property
    def name(self):
        return self._queue_ref.op.name

    @property
    def dtypes(self):
        return self._dtypes

    @property
    def shapes(self):
        return self._shapes

    @property
    def names(self):
        return self._names

    def _components(self, vals):
        """An element's values as a list of Tensors."""
        if isinstance(vals, dict):
            if not self._names:
                raise ValueError("Queue must have names to enqueue a dictionary")
            if sorted(self._names, key=str) != sorted(vals, key=str):
                raise ValueError("Keys in dictionary to enqueue do not match names of Queue.  Dictionary: (%s), Queue: (%s)"
                                 % (sorted(vals.keys()), sorted(self._names)))
            vals = [vals[k] for k in self._names]
        elif self._names:
            raise ValueError("You must enqueue a dictionary in a Queue with names")
        elif not isinstance(vals, (list, tuple)):
            vals = [vals]
        return [ops.convert_to_tensor(v, dtype=d, name="component_%d" % i) for i, (v, d) in enumerate(zip(vals, self._dtypes))]

    @staticmethod
    def _scope_values(vals):
        return vals if isinstance(vals, (list, tuple)) else list(vals.values()) if isinstance(vals, dict) else [vals]

    def _call(self, op_name, *args, **kwargs):
        f = getattr(gen, op_name + "_v2") if self._is_resource else getattr(gen, op_name)
        return f(self._queue_ref, *args, **kwargs)

    def enqueue(self, vals, name=None):
        """An Operation that puts one element in, waiting for room."""
        with ops.name_scope(name, "%s_enqueue" % self._name, self._scope_values(vals)) as scope:
            vals = self._components(vals)
            for v, shape in zip(vals, self._shapes):
                v.get_shape().assert_is_compatible_with(shape)
            return self._call("queue_enqueue", vals, name=scope)

    def enqueue_many(self, vals, name=None):
        """An Operation that puts in the elements that values hold along their first dimension."""
        with ops.name_scope(name, "%s_EnqueueMany" % self._name, self._scope_values(vals)) as scope:
            vals = self._components(vals)
            batch = vals[0].get_shape().with_rank_at_least(1)[0]
            for v, shape in zip(vals, self._shapes):
                batch = batch.merge_with(v.get_shape().with_rank_at_least(1)[0])
                v.get_shape()[1:].assert_is_compatible_with(shape)
            return self._call("queue_enqueue_many", vals, name=scope)

    def _element(self, tensors, batch=None):
        for t, shape in zip(tensors, self._shapes):
            t.set_shape(shape if batch is None else tensor_shape.TensorShape(batch).concatenate(shape))
        if self._names:
            return dict(zip(self._names, tensors))
        return tensors[0] if len(tensors) == 1 else tensors

    def _list(self, result):
        return result if isinstance(result, (list, tuple)) else [result]

    def dequeue(self, name=None):
        """An element's Tensors, waiting for one."""
        name = name or "%s_Dequeue" % self._name
        return self._element(self._list(self._call("queue_dequeue", self._dtypes, name=name)))

    def dequeue_many(self, n, name=None):
        """Tensors of n elements, waiting for all of them; OutOfRangeError where the queue is closed with fewer."""
        name = name or "%s_DequeueMany" % self._name
        ret = self._list(self._call("queue_dequeue_many", n=n, component_types=self._dtypes, name=name))
        return self._element(ret, [tensor_util.constant_value(ret[0].op.inputs[1])])

    def dequeue_up_to(self, n, name=None):
        """Tensors of n elements, or of what is left in a closed queue."""
        name = name or "%s_DequeueUpTo" % self._name
        return self._element(self._list(self._call("queue_dequeue_up_to", n=n, component_types=self._dtypes, name=name)), [None])

    def close(self, cancel_pending_enqueues=False, name=None):
        """An Operation after which no element comes in."""
        return self._call("queue_close", cancel_pending_enqueues=cancel_pending_enqueues, name=name or "%s_Close" % self._name)

    def is_closed(self, name=None):
        """A boolean Tensor: whether the queue is closed."""
        return self._call("queue_is_closed", name=name or "%s_Is_Closed" % self._name)

    def size(self, name=None):
        """The number of elements, an int32 Tensor."""
        return self._call("queue_size", name=name or "%s_Size" % self._name)


def _shared_name(shared_name):
    return "" if shared_name is None else shared_name


class FIFOQueue(QueueBase):
    """A queue that gives elements in the order they came.

    Args:
      capacity: the most elements it holds; more wait.
      dtypes: of the components, a DType or a list.
      shapes: of the components, fully known, or None.
      names: of the components, or None.
      shared_name: under which sessions share it.
      name: of the operation.
    """

    def __init__(self, capacity, dtypes, shapes=None, names=None, shared_name=None, name="fifo_queue"):
        dtypes = _as_type_list(dtypes)
        shapes = _as_shape_list(shapes, dtypes)
        names = _as_name_list(names, dtypes)
        ref = gen.fifo_queue_v2(component_types=dtypes, shapes=shapes, capacity=capacity, shared_name=_shared_name(shared_name), name=name)
        super().__init__(dtypes, shapes, names, ref)


class RandomShuffleQueue(QueueBase):
    """A queue that gives elements in a random order.

    Args:
      capacity: the most elements it holds; more wait.
      min_after_dequeue: how many stay behind, to mix with, until the queue is closed.
      dtypes: of the components, a DType or a list.
      shapes: of the components, fully known, or None.
      names: of the components, or None.
      seed: of the order, with the graph's.
      shared_name: under which sessions share it.
      name: of the operation.
    """

    def __init__(self, capacity, min_after_dequeue, dtypes, shapes=None, names=None, seed=None, shared_name=None, name="random_shuffle_queue"):
        dtypes = _as_type_list(dtypes)
        shapes = _as_shape_list(shapes, dtypes)
        names = _as_name_list(names, dtypes)
        seed1, seed2 = random_seed.get_seed(seed)
        if seed1 is None and seed2 is None:
            seed1, seed2 = 0, 0
        elif seed is None and shared_name is not None:
            # Whoever shares the queue must ask for the same seeds, whatever the number of the operation in its graph.
            digest = hashlib.md5((str(seed1) + shared_name).encode("utf-8"), usedforsecurity=False).hexdigest()
            seed2 = int(digest[:8], 16) & 0x7FFFFFFF
        ref = gen.random_shuffle_queue_v2(component_types=dtypes, shapes=shapes, capacity=capacity, min_after_dequeue=min_after_dequeue,
                                          seed=seed1, seed2=seed2, shared_name=_shared_name(shared_name), name=name)
        super().__init__(dtypes, shapes, names, ref)


class PaddingFIFOQueue(QueueBase):
    """A FIFOQueue whose elements may differ in size; dequeueing many fills up with zeros (or empty strings) to the largest.

    Args:
      capacity: the most elements it holds; more wait.
      dtypes: of the components, a DType or a list.
      shapes: of the components, of known rank; None stands for a size that varies.
      names: of the components, or None.
      shared_name: under which sessions share it.
      name: of the operation.

    Raises:
      ValueError: where shapes are not a list, one for each component, of known rank.
    """

    def __init__(self, capacity, dtypes, shapes, names=None, shared_name=None, name="padding_fifo_queue"):
        dtypes = _as_type_list(dtypes)
        shapes = _as_shape_list(shapes, dtypes, unknown_dim_allowed=True)
        names = _as_name_list(names, dtypes)
        if len(dtypes) != len(shapes):
            raise ValueError("Shapes must be provided for all components, but received %d dtypes and %d shapes." % (len(dtypes), len(shapes)))
        ref = gen.padding_fifo_queue_v2(component_types=dtypes, shapes=shapes, capacity=capacity, shared_name=_shared_name(shared_name),
                                        name=name)
        super().__init__(dtypes, shapes, names, ref)


class PriorityQueue(QueueBase):
    """A queue that gives the element with the least priority first.  Elements begin with their priority, a scalar int64.

    Args:
      capacity: the most elements it holds; more wait.
      types: of the components behind the priority, a DType or a list.
      shapes: of the components behind the priority, fully known, or None.
      names: of all components, or None.
      shared_name: under which sessions share it.
      name: of the operation.
    """

    def __init__(self, capacity, types, shapes=None, names=None, shared_name=None, name="priority_queue"):
        types = _as_type_list(types)
        shapes = _as_shape_list(shapes, types)
        ref = gen.priority_queue_v2(component_types=types, shapes=shapes, capacity=capacity, shared_name=_shared_name(shared_name), name=name)
        super().__init__([_dtypes.int64] + types, [()] + shapes if shapes else shapes, names, ref)
