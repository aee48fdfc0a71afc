"""Input pipelines of queues: files, rows or numbers in some order, and batches of what is read from them."""
import collections.abc

from pytfgraph.eager import context
from pytfgraph.framework import constant_op, dtypes, ops, sparse_tensor, tensor_shape, tensor_util
from pytfgraph.ops import array_ops, control_flow_ops, data_flow_ops, math_ops, random_ops, raw, sparse_ops
from pytfgraph.ops import variable_scope as vs
from pytfgraph.summary import summary
from pytfgraph.training import queue_runner_impl
from pytfgraph.util import deprecation

_NO_EAGER = ("Input pipelines based on Queues are not supported when eager execution is enabled. Please use tf.data to ingest data into your "
             "model instead.")
_NOW = "Queue-based input pipelines have been replaced by `tf.data`. Use `tf.data.Dataset.%s"
_NOW_SLICES = _NOW % ("from_tensor_slices(%s).shuffle(tf.shape(input_tensor, out_type=tf.int64)[0]).repeat(num_epochs)`. If `shuffle=False`, "
                      "omit the `.shuffle(...)`.")


def _deprecated(instead):
    return deprecation.deprecated(None, instead)


# ---- producers ----

def match_filenames_once(pattern, name=None):
    """A local variable of the files that fit a pattern, found when it is initialised.

    Args:
      pattern: a file pattern, or a vector of them.
      name: of the operation.
    """
    with ops.name_scope(name, "matching_filenames", [pattern]) as name:
        return vs.variable(name=name, initial_value=raw.module("gen_io_ops").matching_files(pattern), trainable=False, validate_shape=False,
                           collections=[ops.GraphKeys.LOCAL_VARIABLES])


@_deprecated(_NOW % "from_tensors(tensor).repeat(num_epochs)`.")
def limit_epochs(tensor, num_epochs=None, name=None):
    """`tensor`, `num_epochs` times; after that OutOfRangeError.  The count is a local variable, to be initialised.

    Args:
      tensor: any Tensor.
      num_epochs: a positive number, None for no limit.
      name: of the operations.

    Raises:
      ValueError: where num_epochs is not positive.
    """
    if num_epochs is None:
        return tensor
    if num_epochs <= 0:
        raise ValueError("num_epochs must be > 0 not %d." % num_epochs)
    with ops.name_scope(name, "limit_epochs", [tensor]) as name:
        epochs = vs.variable(constant_op.constant(0, dtype=dtypes.int64), name="epochs", trainable=False,
                             collections=[ops.GraphKeys.LOCAL_VARIABLES])
        with ops.control_dependencies([epochs.count_up_to(num_epochs)]):
            return array_ops.identity(tensor, name=name)


@_deprecated(_NOW_SLICES % "input_tensor")
def input_producer(input_tensor, element_shape=None, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None,
                   summary_name=None, name=None, cancel_op=None):
    """A queue of the rows of a Tensor, and the QueueRunner that fills it.

    Args:
      input_tensor: the rows.
      element_shape: shape of a row, where the Tensor does not tell.
      num_epochs: how often all rows come before OutOfRangeError; None for ever.
      shuffle: whether rows are mixed within each epoch.
      seed: of the mixing.
      capacity, shared_name: of the queue.
      summary_name: of a summary of how full it is.
      name: of the operations and the queue.
      cancel_op: of the QueueRunner.

    Returns:
      The queue.

    Raises:
      ValueError: where the shape of a row is not known.
      RuntimeError: in eager execution.
    """
    if context.executing_eagerly():
        raise RuntimeError(_NO_EAGER)
    with ops.name_scope(name, "input_producer", [input_tensor]):
        input_tensor = ops.convert_to_tensor(input_tensor, name="input_tensor")
        element_shape = input_tensor.shape[1:].merge_with(element_shape)
        if not element_shape.is_fully_defined():
            raise ValueError("Either `input_tensor` must have a fully defined shape or `element_shape` must be specified")
        if shuffle:
            input_tensor = random_ops.random_shuffle(input_tensor, seed=seed)
        input_tensor = limit_epochs(input_tensor, num_epochs)
        queue = data_flow_ops.FIFOQueue(capacity=capacity, dtypes=[input_tensor.dtype.base_dtype], shapes=[element_shape],
                                        shared_name=shared_name, name=name)
        enqueue = queue.enqueue_many([input_tensor])
        queue_runner_impl.add_queue_runner(queue_runner_impl.QueueRunner(queue, [enqueue], cancel_op=cancel_op))
        if summary_name is not None:
            summary.scalar(summary_name, math_ops.to_float(queue.size()) * (1. / capacity))
        return queue


@_deprecated(_NOW_SLICES % "string_tensor")
def string_input_producer(string_tensor, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None, name=None,
                          cancel_op=None):
    """A queue of strings, such as file names.

    Args:
      string_tensor: a vector of strings, not empty.
      num_epochs, shuffle, seed, capacity, shared_name, name, cancel_op: as of input_producer.

    Raises:
      ValueError: where the list is empty; an empty Tensor is an InvalidArgumentError when it runs.
    """
    message = "string_input_producer requires a non-null input tensor"
    if not isinstance(string_tensor, ops.Tensor) and not string_tensor:
        raise ValueError(message)
    with ops.name_scope(name, "input_producer", [string_tensor]) as name:
        string_tensor = ops.convert_to_tensor(string_tensor, dtype=dtypes.string)
        with ops.control_dependencies([control_flow_ops.Assert(math_ops.greater(array_ops.size(string_tensor), 0), [message])]):
            string_tensor = array_ops.identity(string_tensor)
        return input_producer(input_tensor=string_tensor, element_shape=[], num_epochs=num_epochs, shuffle=shuffle, seed=seed,
                              capacity=capacity, shared_name=shared_name, name=name, summary_name="fraction_of_%d_full" % capacity,
                              cancel_op=cancel_op)


@_deprecated(_NOW % "range(limit).shuffle(limit).repeat(num_epochs)`. If `shuffle=False`, omit the `.shuffle(...)`.")
def range_input_producer(limit, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None, name=None):
    """A queue of the numbers from 0 up to `limit`; the other arguments are as of input_producer."""
    with ops.name_scope(name, "input_producer", [limit]) as name:
        return input_producer(math_ops.range(limit), [], num_epochs, shuffle, seed, capacity, shared_name,
                              "fraction_of_%d_full" % capacity, name)


@_deprecated(_NOW_SLICES % "tuple(tensor_list)")
def slice_input_producer(tensor_list, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None, name=None):
    """One row of each of several Tensors, all of the same number, taken in order or mixed.

    Args:
      tensor_list: Tensors with the same first size.
      num_epochs, shuffle, seed, capacity, shared_name, name: as of input_producer.

    Raises:
      ValueError: where the list is empty.
    """
    with ops.name_scope(name, "input_producer", tensor_list):
        tensor_list = ops.convert_n_to_tensor_or_indexed_slices(tensor_list)
        if not tensor_list:
            raise ValueError("Expected at least one tensor in slice_input_producer().")
        size = array_ops.shape(tensor_list[0])[0]
        queue = range_input_producer(size, num_epochs=num_epochs, shuffle=shuffle, seed=seed, capacity=capacity, shared_name=shared_name)
        index = queue.dequeue()
        return [array_ops.gather(t, index) for t in tensor_list]


# ---- SparseTensors go through queues as numbers under which a map keeps them ----

class _Sparse:
    """How a component is kept: as it is (map_op None), or in a map."""

    def __init__(self, map_op=None, rank=None):
        self.map_op = map_op
        self.rank = rank

    @property
    def sparse(self):
        return self.map_op is not None

    def fits(self, other):
        return self.map_op is other.map_op and (not self.sparse or self.rank.is_compatible_with(other.rank))

    def __str__(self):
        return "[SparseMetaData(%s, %s, %s)]" % (self.sparse, self.map_op.name if self.sparse else None, self.rank)

    __repr__ = __str__


def _smart_cond(pred, true_fn, false_fn):
    known = tensor_util.constant_value(pred)
    if known is None:
        return control_flow_ops.cond(pred, true_fn, false_fn)
    return true_fn() if known else false_fn()


def _store(t, enqueue_many, keep_input, map_name):
    """The numbers under which a SparseTensor, or each of its rows, is kept; -1 for one that is not to be."""
    def many(t):
        return sparse_ops._add_many_sparse_to_tensors_map(t, shared_name=map_name)
    if keep_input.shape.ndims == 1:
        return many(sparse_ops.sparse_retain(t, array_ops.gather(keep_input, t.indices[:, 0])))
    if not enqueue_many:
        return _smart_cond(keep_input, lambda: sparse_ops._add_sparse_to_tensors_map(t, shared_name=map_name),
                           lambda: constant_op.constant(-1, dtypes.int64))
    numbers = _smart_cond(keep_input, lambda: many(t), lambda: -1 * array_ops.ones(array_ops.shape(t)[0:1], dtypes.int64))
    numbers.set_shape([None])
    return numbers


def _storing_op(stored):
    """The map's operation: behind a cond it is an input of the Merge."""
    return next((t.op for t in stored.op.inputs if t.op.type in ("AddSparseToTensorsMap", "AddManySparseToTensorsMap")), stored.op)


def _store_sparse_tensors(tensor_list, enqueue_many, keep_input, shared_map_ops=None):
    """Components as Tensors, and how each is kept; with shared_map_ops in maps that are there already."""
    maps = shared_map_ops or [None] * len(tensor_list)
    is_sparse = [isinstance(t, sparse_tensor.SparseTensor) for t in tensor_list]
    stored = [_store(t, enqueue_many, keep_input, shared.name if shared else None) if sparse else t
              for t, sparse, shared in zip(tensor_list, is_sparse, maps)]
    how = []
    for t, sparse, s, shared in zip(tensor_list, is_sparse, stored, maps):
        rank = t.dense_shape.shape.with_rank(1)[0] if sparse else None
        how.append(_Sparse(shared or _storing_op(s), rank - 1 if enqueue_many else rank) if sparse else _Sparse())
    return [array_ops.expand_dims(s, [-1]) if sparse else s for s, sparse in zip(stored, is_sparse)], how


def _store_sparse_tensors_join(tensor_list_list, enqueue_many, keep_input):
    stored, how = _store_sparse_tensors(tensor_list_list[0], enqueue_many, keep_input)
    stored = [stored]
    for tensor_list in tensor_list_list[1:]:
        more, other = _store_sparse_tensors(tensor_list, enqueue_many, keep_input, [h.map_op for h in how])
        if len(how) != len(other) or not all(a.fits(b) for a, b in zip(how, other)):
            raise ValueError("Inconsistent SparseTensors list: %s vs. %s" % (tensor_list_list[0], tensor_list))
        stored.append(more)
    return stored, how


def _restore_sparse_tensors(dequeued, how):
    """What came out of the queue, with SparseTensors where there were some.  They leave their maps together."""
    several = isinstance(dequeued, collections.abc.Sequence)
    tensors = [sparse_ops._take_many_sparse_from_tensors_map(sparse_map_op=h.map_op, sparse_handles=array_ops.squeeze(s, [1]),
                                                             rank=(h.rank + 1).value) if h.sparse else s
               for s, h in zip(dequeued if several else (dequeued,), how)]
    if any(h.sparse for h in how):
        values = [t.values if isinstance(t, sparse_tensor.SparseTensor) else t for t in tensors]

        def after(t):
            return control_flow_ops.with_dependencies(values, t)
        tensors = [sparse_tensor.SparseTensor(indices=after(t.indices), values=after(t.values), dense_shape=after(t.dense_shape))
                   if isinstance(t, sparse_tensor.SparseTensor) else after(t) for t in tensors]
    return tensors if several else tensors[0]


# ---- components ----

def _as_tensor_list(tensors):
    return [tensors[k] for k in sorted(tensors, key=str)] if isinstance(tensors, dict) else tensors


def _as_tensor_list_list(tensors_list):
    if not tensors_list:
        raise ValueError("Expected at least one set of tensors")
    if not isinstance(tensors_list[0], dict):
        return tensors_list
    if any(set(tensors) != set(tensors_list[0]) for tensors in tensors_list[1:]):
        raise ValueError("All dictionaries in tensors_list must have the same keys")
    return [_as_tensor_list(tensors) for tensors in tensors_list]


def _as_original_type(original, tensor_list):
    if not isinstance(original, dict):
        return tensor_list
    if len(original) == 1:
        tensor_list = [tensor_list]
    return {k: tensor_list[i] for i, k in enumerate(sorted(original, key=str))}


def _validate(tensor_list):
    tensor_list = ops.convert_n_to_tensor_or_indexed_slices(tensor_list)
    if not tensor_list:
        raise ValueError("Expected at least one tensor in batch().")
    return tensor_list


def _validate_join(tensor_list_list):
    tensor_list_list = [ops.convert_n_to_tensor_or_indexed_slices(each) for each in tensor_list_list]
    if not tensor_list_list:
        raise ValueError("Expected at least one input in batch_join().")
    return tensor_list_list


def _validate_keep_input(keep_input, enqueue_many):
    keep_input = ops.convert_to_tensor(keep_input)
    if keep_input.shape.ndims is None:
        raise ValueError("`keep_input` dimensions must be known at graph construction.")
    if not enqueue_many and keep_input.shape.ndims == 1:
        raise ValueError("`keep_input` cannot be a vector when `enqueue_many=False`.")
    if keep_input.shape.ndims > 1:
        raise ValueError("`keep_input` must be 0 or 1 dimensions.")
    return keep_input


def _common_dtypes(tensor_list_list):
    types = [t.dtype for t in tensor_list_list[0]]
    for tensor_list in tensor_list_list[1:]:
        other = [t.dtype for t in tensor_list]
        if other != types:
            raise TypeError("Expected types to be consistent: %s vs. %s."
                            % (", ".join(x.name for x in types), ", ".join(x.name for x in other)))
    return types


def _merge_shapes(shapes, enqueue_many):
    shapes = [tensor_shape.as_shape(s) for s in shapes]
    if enqueue_many:
        shapes = [s.with_rank_at_least(1)[1:] for s in shapes]
    for s in shapes[1:]:
        shapes[0].merge_with(s)  # only to see that they fit: the first one's sizes count
    return shapes[0].as_list()


def _common_shapes(tensor_list_list, shapes, enqueue_many):
    if shapes is not None:
        return shapes
    n = len(tensor_list_list[0])
    for tensor_list in tensor_list_list:
        for i in range(n):
            if tensor_list[i].shape.ndims is None:
                raise ValueError("Cannot infer Tensor's rank: %s" % tensor_list[i])
    return [_merge_shapes([each[i].shape.as_list() for each in tensor_list_list], enqueue_many) for i in range(n)]


# ---- batches ----

def _enqueue_op(queue, tensor_list, enqueue_many, keep_input):
    put = queue.enqueue_many if enqueue_many else queue.enqueue
    if keep_input.shape.ndims == 1:
        which = math_ops.to_int32(keep_input)
        return put([data_flow_ops.dynamic_partition(t, which, num_partitions=2)[1] for t in tensor_list])
    return _smart_cond(keep_input, lambda: put(tensor_list), control_flow_ops.no_op)


def _fill(queue, tensor_lists, num_threads, enqueue_many, keep_input):
    enqueues = [_enqueue_op(queue, each, enqueue_many, keep_input) for each in tensor_lists] * num_threads
    queue_runner_impl.add_queue_runner(queue_runner_impl.QueueRunner(queue, enqueues))


class _Fifo:
    """A queue for batches in the order in which elements come."""

    def __init__(self, capacity, dynamic_pad):
        self.capacity = capacity
        self.dynamic_pad = dynamic_pad

    def check(self):
        pass

    def queue(self, types, shapes, shared_name):
        kind = data_flow_ops.PaddingFIFOQueue if self.dynamic_pad else data_flow_ops.FIFOQueue
        return kind(capacity=self.capacity, dtypes=types, shapes=shapes, shared_name=shared_name)

    def summarize(self, queue):
        summary.scalar("fraction_of_%d_full" % self.capacity, math_ops.to_float(queue.size()) * (1. / self.capacity))


class _Mixed:
    """A queue for batches in a random order."""

    def __init__(self, capacity, min_after_dequeue, seed):
        self.capacity = capacity
        self.min_after_dequeue = min_after_dequeue
        self.seed = seed

    def check(self):
        if self.capacity <= self.min_after_dequeue:
            raise ValueError("capacity %d must be bigger than min_after_dequeue %d." % (self.capacity, self.min_after_dequeue))

    def queue(self, types, shapes, shared_name):
        return data_flow_ops.RandomShuffleQueue(capacity=self.capacity, min_after_dequeue=self.min_after_dequeue, seed=self.seed,
                                                dtypes=types, shapes=shapes, shared_name=shared_name)

    def summarize(self, queue):
        room = self.capacity - self.min_after_dequeue
        full = math_ops.to_float(math_ops.maximum(0, queue.size() - self.min_after_dequeue)) * (1. / room)
        summary.scalar("fraction_over_%d_of_%d_full" % (self.min_after_dequeue, room), full)


def _dequeue(queue, how, batch_size, allow_smaller_final_batch, name):
    take = queue.dequeue_up_to if allow_smaller_final_batch else queue.dequeue_many
    return _restore_sparse_tensors(take(batch_size, name=name), how)


def _batch(order, label, tensors, batch_size, keep_input, num_threads, enqueue_many, shapes, allow_smaller_final_batch, shared_name, name):
    if context.executing_eagerly():
        raise ValueError(_NO_EAGER)
    tensor_list = _as_tensor_list(tensors)
    with ops.name_scope(name, label, list(tensor_list) + [keep_input]) as name:
        order.check()
        tensor_list = _validate(tensor_list)
        keep_input = _validate_keep_input(keep_input, enqueue_many)
        tensor_list, how = _store_sparse_tensors(tensor_list, enqueue_many, keep_input)
        queue = order.queue(_common_dtypes([tensor_list]), _common_shapes([tensor_list], shapes, enqueue_many), shared_name)
        _fill(queue, [tensor_list], num_threads, enqueue_many, keep_input)
        order.summarize(queue)
        return _as_original_type(tensors, _dequeue(queue, how, batch_size, allow_smaller_final_batch, name))


def _batch_join(order, label, tensors_list, batch_size, keep_input, enqueue_many, shapes, allow_smaller_final_batch, shared_name, name):
    if context.executing_eagerly():
        raise ValueError(_NO_EAGER)
    lists = _as_tensor_list_list(tensors_list)
    with ops.name_scope(name, label, [t for each in lists for t in each] + [keep_input]) as name:
        lists = _validate_join(lists)
        keep_input = _validate_keep_input(keep_input, enqueue_many)
        lists, how = _store_sparse_tensors_join(lists, enqueue_many, keep_input)
        queue = order.queue(_common_dtypes(lists), _common_shapes(lists, shapes, enqueue_many), shared_name)
        _fill(queue, lists, 1, enqueue_many, keep_input)
        order.summarize(queue)
        return _as_original_type(tensors_list[0], _dequeue(queue, how, batch_size, allow_smaller_final_batch, name))


@_deprecated(_NOW % "batch(batch_size)` (or `padded_batch(...)` if `dynamic_pad=True`).")
def batch(tensors, batch_size, num_threads=1, capacity=32, enqueue_many=False, shapes=None, dynamic_pad=False,
          allow_smaller_final_batch=False, shared_name=None, name=None):
    """Batches of what Tensors hold each time they are computed, through a queue that a QueueRunner fills.

    Args:
      tensors: a list or dict of Tensors or SparseTensors.
      batch_size: elements in a batch.
      num_threads: threads that enqueue; with more than one the order may change.
      capacity: of the queue.
      enqueue_many: whether the Tensors' rows are elements, not the Tensors themselves.
      shapes: of the elements, where the Tensors do not tell.
      dynamic_pad: whether elements' sizes may differ; batches are filled up with zeros.
      allow_smaller_final_batch: whether the last batch may be smaller.
      shared_name: of the queue.
      name: of the operations.

    Returns:
      Tensors of the same structure, with a dimension of batch_size in front.

    Raises:
      ValueError: where a shape is not given and cannot be told, or in eager execution.
    """
    return _batch(_Fifo(capacity, dynamic_pad), "batch", tensors, batch_size, True, num_threads, enqueue_many, shapes,
                  allow_smaller_final_batch, shared_name, name)


@_deprecated(_NOW % "filter(...).batch(batch_size)` (or `padded_batch(...)` if `dynamic_pad=True`).")
def maybe_batch(tensors, keep_input, batch_size, num_threads=1, capacity=32, enqueue_many=False, shapes=None, dynamic_pad=False,
                allow_smaller_final_batch=False, shared_name=None, name=None):
    """batch() of those elements for which keep_input (a bool Tensor; with enqueue_many also one for each row) is true."""
    return _batch(_Fifo(capacity, dynamic_pad), "batch", tensors, batch_size, keep_input, num_threads, enqueue_many, shapes,
                  allow_smaller_final_batch, shared_name, name)


@_deprecated(_NOW % "interleave(...).batch(batch_size)` (or `padded_batch(...)` if `dynamic_pad=True`).")
def batch_join(tensors_list, batch_size, capacity=32, enqueue_many=False, shapes=None, dynamic_pad=False, allow_smaller_final_batch=False,
               shared_name=None, name=None):
    """batch() of several sources, one thread for each: tensors_list holds a list, or dict, of Tensors for each."""
    return _batch_join(_Fifo(capacity, dynamic_pad), "batch_join", tensors_list, batch_size, True, enqueue_many, shapes,
                       allow_smaller_final_batch, shared_name, name)


@_deprecated(_NOW % "interleave(...).filter(...).batch(batch_size)` (or `padded_batch(...)` if `dynamic_pad=True`).")
def maybe_batch_join(tensors_list, keep_input, batch_size, capacity=32, enqueue_many=False, shapes=None, dynamic_pad=False,
                     allow_smaller_final_batch=False, shared_name=None, name=None):
    """batch_join() of those elements for which keep_input is true."""
    return _batch_join(_Fifo(capacity, dynamic_pad), "batch_join", tensors_list, batch_size, keep_input, enqueue_many, shapes,
                       allow_smaller_final_batch, shared_name, name)


@_deprecated(_NOW % "shuffle(min_after_dequeue).batch(batch_size)`.")
def shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, num_threads=1, seed=None, enqueue_many=False, shapes=None,
                  allow_smaller_final_batch=False, shared_name=None, name=None):
    """batch() in a random order.

    Args:
      tensors, batch_size, num_threads, enqueue_many, shapes, allow_smaller_final_batch, shared_name, name: as of batch().
      capacity, min_after_dequeue: of the queue: how many elements wait at most, and how many at least to choose from.
      seed: of the order.

    Raises:
      ValueError: where capacity is not above min_after_dequeue; else as batch().
    """
    return _batch(_Mixed(capacity, min_after_dequeue, seed), "shuffle_batch", tensors, batch_size, True, num_threads, enqueue_many, shapes,
                  allow_smaller_final_batch, shared_name, name)


@_deprecated(_NOW % "filter(...).shuffle(min_after_dequeue).batch(batch_size)`.")
def maybe_shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, keep_input, num_threads=1, seed=None, enqueue_many=False,
                        shapes=None, allow_smaller_final_batch=False, shared_name=None, name=None):
    """shuffle_batch() of those elements for which keep_input is true."""
    return _batch(_Mixed(capacity, min_after_dequeue, seed), "shuffle_batch", tensors, batch_size, keep_input, num_threads, enqueue_many,
                  shapes, allow_smaller_final_batch, shared_name, name)


@_deprecated(_NOW % "interleave(...).shuffle(min_after_dequeue).batch(batch_size)`.")
def shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, seed=None, enqueue_many=False, shapes=None,
                       allow_smaller_final_batch=False, shared_name=None, name=None):
    """shuffle_batch() of several sources, one thread for each."""
    return _batch_join(_Mixed(capacity, min_after_dequeue, seed), "shuffle_batch_join", tensors_list, batch_size, True, enqueue_many,
                       shapes, allow_smaller_final_batch, shared_name, name)


@_deprecated(_NOW % "interleave(...).filter(...).shuffle(min_after_dequeue).batch(batch_size)`.")
def maybe_shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, keep_input, seed=None, enqueue_many=False, shapes=None,
                             allow_smaller_final_batch=False, shared_name=None, name=None):
    """shuffle_batch_join() of those elements for which keep_input is true."""
    return _batch_join(_Mixed(capacity, min_after_dequeue, seed), "shuffle_batch_join", tensors_list, batch_size, keep_input, enqueue_many,
                       shapes, allow_smaller_final_batch, shared_name, name)
