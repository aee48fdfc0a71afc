"""Elements sorted by keys."""
import numpy as np

from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import nest
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import array_ops, check_ops, math_ops

gen_dataset_ops = dataset_ops.gen_dataset_ops
_KEY = dict(input_classes=ops.Tensor, input_shapes=tensor_shape.scalar(), input_types=dtypes.int64)


class Reducer:
    """Three functions: the state for a new key, the state after an element, and what is made of the last state."""

    def __init__(self, init_func, reduce_func, finalize_func):
        """init_func(key), reduce_func(state, element), finalize_func(state)."""
        self._init_func, self._reduce_func, self._finalize_func = init_func, reduce_func, finalize_func

    @property
    def init_func(self):
        """The state for a new key."""
        return self._init_func

    @property
    def reduce_func(self):
        """The state after an element."""
        return self._reduce_func

    @property
    def finalize_func(self):
        """What is made of the last state."""
        return self._finalize_func


def _is_key(wrapped):
    return wrapped.output_types == dtypes.int64 and wrapped.output_shapes.is_compatible_with(tensor_shape.scalar())


class _GroupByReducerDataset(dataset_ops._Declared, dataset_ops.UnaryDataset):
    """What became of the state of each key."""

    def __init__(self, input_dataset, key_func, reducer):
        super().__init__(input_dataset)
        name = "tf.data.experimental.group_by_reducer()"
        key = dataset_ops.StructuredFunctionWrapper(key_func, name, input_dataset)
        if not _is_key(key):
            raise ValueError("`key_func` must return a single tf.int64 tensor. Got type=%s and shape=%s" % (key.output_types, key.output_shapes))
        init = dataset_ops.StructuredFunctionWrapper(reducer.init_func, name, **_KEY)
        state = dataset_ops.State.of(init)
        reduce = state.function_over(input_dataset, reducer.reduce_func, name, lambda wrapped: wrapped)
        last = dataset_ops.StructuredFunctionWrapper(reducer.finalize_func, name, input_classes=state.classes, input_shapes=state.shapes,
                                                     input_types=state.types)
        self._key_func, self._init_func, self._reduce_func, self._finalize_func = key.function, init.function, reduce, last.function
        self._output_classes, self._output_shapes, self._output_types = last.output_classes, last.output_shapes, last.output_types

    def _as_variant_tensor(self):
        return gen_dataset_ops.group_by_reducer_dataset(
            self._input_dataset._as_variant_tensor(), self._key_func.captured_inputs, self._init_func.captured_inputs,
            self._reduce_func.captured_inputs, self._finalize_func.captured_inputs, key_func=self._key_func, init_func=self._init_func,
            reduce_func=self._reduce_func, finalize_func=self._finalize_func, **dataset_ops.flat_structure(self))


def group_by_reducer(key_func, reducer):
    """A transformation for Dataset.apply: one element for each key, which a Reducer makes of the elements with that key.

    Raises (when applied):
      ValueError: key_func gives no int64 scalar.
      TypeError: the state changes its dtypes.
    """
    return lambda dataset: _GroupByReducerDataset(dataset, key_func, reducer)


class _GroupByWindowDataset(dataset_ops._Declared, dataset_ops.UnaryDataset):
    """The elements of datasets that windows of elements with the same key became."""

    def __init__(self, input_dataset, key_func, reduce_func, window_size_func):
        super().__init__(input_dataset)
        name = "tf.data.experimental.group_by_window()"
        key = dataset_ops.StructuredFunctionWrapper(lambda *args: ops.convert_to_tensor(key_func(*args), dtype=dtypes.int64), name,
                                                    input_dataset)
        if not _is_key(key):
            raise ValueError("`key_func` must return a single tf.int64 scalar tensor.")
        nested = dataset_ops._NestedDatasetComponent(input_dataset)
        reduce = dataset_ops.StructuredFunctionWrapper(
            reduce_func, "tf.data.experimental.reduce_by_window()", input_classes=(ops.Tensor, nested),
            input_shapes=(tensor_shape.scalar(), nested), input_types=(dtypes.int64, nested), experimental_nested_dataset_support=True)
        made = reduce.output_classes
        if not isinstance(made, dataset_ops._NestedDatasetComponent):
            raise TypeError("`reduce_func` must return a `Dataset` object.")
        self._output_classes, self._output_shapes, self._output_types = made.output_classes, made.output_shapes, made.output_types
        size = dataset_ops.StructuredFunctionWrapper(lambda key: ops.convert_to_tensor(window_size_func(key), dtype=dtypes.int64), name, **_KEY)
        if not _is_key(size):
            raise ValueError("`window_size_func` must return a single tf.int64 scalar tensor.")
        self._key_func, self._reduce_func, self._window_size_func = key.function, reduce.function, size.function

    def _as_variant_tensor(self):
        return gen_dataset_ops.group_by_window_dataset(
            self._input_dataset._as_variant_tensor(), self._key_func.captured_inputs, self._reduce_func.captured_inputs,
            self._window_size_func.captured_inputs, key_func=self._key_func, reduce_func=self._reduce_func,
            window_size_func=self._window_size_func, **dataset_ops.flat_structure(self))


def group_by_window(key_func, reduce_func, window_size=None, window_size_func=None):
    """A transformation for Dataset.apply: elements with the same key, so many together, become a dataset.

    Args:
      key_func: gives an int64 scalar for an element.
      reduce_func: makes a dataset of a key and a dataset of elements with it.
      window_size: how many elements are taken together.
      window_size_func: how many for a key; instead of `window_size`.

    Raises:
      ValueError: both or none of the last two are given; when applied: a function gives no int64 scalar.
      TypeError (when applied): reduce_func gives no dataset.
    """
    if (window_size is not None and window_size_func) or not (window_size is not None or window_size_func):
        raise ValueError("Must pass either window_size or window_size_func.")
    if window_size is not None:
        def window_size_func(unused_key):
            return ops.convert_to_tensor(window_size, dtype=dtypes.int64)
    return lambda dataset: _GroupByWindowDataset(dataset, key_func, reduce_func, window_size_func)


def _filled(shapes, filler):
    """The shapes with `filler` where a size is not known."""
    return nest.pack_sequence_as(shapes, [[filler if d.value is None else d for d in tensor_shape.TensorShape(shape)]
                                          for shape in nest.flatten(shapes)])


def bucket_by_sequence_length(element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes=None, padding_values=None,
                              pad_to_bucket_boundary=False, no_padding=False):
    """A transformation for Dataset.apply: padded batches of elements of similar length.

    Args:
      element_length_func: gives the length of an element, an int32.
      bucket_boundaries: lengths at which a new bucket begins.
      bucket_batch_sizes: batch sizes of the buckets, one more than boundaries.
      padded_shapes: as of Dataset.padded_batch; the elements' shapes for None.
      padding_values: as of Dataset.padded_batch.
      pad_to_bucket_boundary: whether sizes that are not known are padded to the bucket's end rather than to the longest element.
      no_padding: whether batches are not padded; elements must then be of one shape.

    Raises:
      ValueError: there are not one more batch sizes than boundaries.
    """
    with ops.name_scope("bucket_by_seq_length"):
        if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
            raise ValueError("len(bucket_batch_sizes) must equal len(bucket_boundaries) + 1")
        batch_sizes = constant(bucket_batch_sizes, dtype=dtypes.int64)

        def bucket_of(*args):
            length = element_length_func(*args)
            boundaries = list(bucket_boundaries)
            lows, highs = [np.iinfo(np.int32).min] + boundaries, boundaries + [np.iinfo(np.int32).max]
            inside = math_ops.logical_and(math_ops.less_equal(lows, length), math_ops.less(length, highs))
            return math_ops.reduce_min(array_ops.where(inside))

        def size_of(bucket):
            return batch_sizes[bucket]

        def batches_of(bucket, grouped):
            size = size_of(bucket)
            if no_padding:
                return grouped.batch(size)
            filler = None
            if pad_to_bucket_boundary:
                check = check_ops.assert_less(
                    bucket, constant(len(bucket_batch_sizes) - 1, dtype=dtypes.int64),
                    message="When pad_to_bucket_boundary=True, elements must have length < max(bucket_boundaries).")
                with ops.control_dependencies([check]):
                    filler = constant(bucket_boundaries, dtype=dtypes.int64)[bucket] - 1
            return grouped.padded_batch(size, _filled(padded_shapes or grouped.output_shapes, filler), padding_values)

        return lambda dataset: dataset.apply(group_by_window(bucket_of, batches_of, window_size_func=size_of))
