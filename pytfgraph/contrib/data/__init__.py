"""tf.contrib.data: what became tf.data.experimental, under its older names, and a few things that did not."""
import functools

import numpy as np

from pytfgraph.data.experimental.ops.optimization import AUTOTUNE
from pytfgraph.data.ops.iterator_ops import get_next_as_optional
from pytfgraph.data.ops.optional_ops import Optional
from pytfgraph.util import deprecation

#: name: how tf.data.experimental's is called, in the advice
_SAME = {
    "batching": {"dense_to_sparse_batch": "(...)", "map_and_batch": "(...)", "unbatch": "()"},
    "counter": {"Counter": "(...)"},
    "enumerate_ops": {"enumerate_dataset": "(...)"},
    "error_ops": {"ignore_errors": "()"},
    "get_single_element": {"get_single_element": "(...)"},
    "grouping": {"Reducer": "(...)", "bucket_by_sequence_length": "(...)", "group_by_reducer": "(...)", "group_by_window": "(...)"},
    "iterator_ops": {"CheckpointInputPipelineHook": "(...)", "make_saveable_from_iterator": "(...)"},
    "interleave_ops": {"choose_from_datasets": "(...)", "parallel_interleave": "(...)", "sample_from_datasets": "(...)"},
    "parsing_ops": {"parse_example_dataset": "(...)"},
    "prefetching_ops": {"copy_to_device": "(...)", "prefetch_to_device": "(...)"},
    "random_ops": {"RandomDataset": "(...)"},
    "readers": {"CsvDataset": "(...)", "SqlDataset": "(...)", "make_batched_features_dataset": "(...)", "make_csv_dataset": "(...)"},
    "resampling": {"rejection_resample": "(...)"},
    "scan_ops": {"scan": "(...)"},
    "shuffle_ops": {"shuffle_and_repeat": "(...)"},
    "stats_ops": {"StatsAggregator": None, "latency_stats": None, "set_stats_aggregator": None},
    "unique": {"unique": "()"},
    "writers": {"TFRecordWriter": "(...)"},
}


def _older(module, name, call):
    """tf.data.experimental's `name`, which warns when it is used."""
    import importlib
    new = getattr(importlib.import_module("pytfgraph.data.experimental.ops." + module), name)
    if call is None:
        return new
    advice = deprecation.deprecated(None, "Use `tf.data.experimental.%s%s`." % (name, call))
    home = "pytfgraph.contrib.data.python.ops." + module
    if not isinstance(new, type):
        @functools.wraps(new)
        def older(*args, **kwargs):
            return new(*args, **kwargs)
        older.__module__ = home
        return advice(older)

    @functools.wraps(new.__init__)
    def begin(self, *args, **kwargs):
        new.__init__(self, *args, **kwargs)
    begin.__module__ = home
    return type(name, (new,), {"__init__": advice(begin), "__module__": home, "__doc__": new.__doc__})


def __getattr__(name):
    for module, names in _SAME.items():
        if name in names:
            globals()[name] = _older(module, name, names[name])
            return globals()[name]
    raise AttributeError("module 'tensorflow.contrib.data' has no attribute '%s'" % name)


def __dir__():
    return sorted(["AUTOTUNE", "Optional", "assert_element_shape", "batch_and_drop_remainder", "get_next_as_optional",
                   "padded_batch_and_drop_remainder", "read_batch_features", "reduce_dataset", "sliding_window_batch",
                   "sloppy_interleave"] + [name for names in _SAME.values() for name in names])


def assert_element_shape(expected_shapes):
    """A transformation for Dataset.apply: the elements, which have these shapes as far as they are known.

    Args:
      expected_shapes: a structure of tf.TensorShape like an element.

    Raises (when applied):
      ValueError: the dataset's shapes are known to be others.

    InvalidArgumentError where an element has another shape.
    """
    from pytfgraph.contrib.framework.python.framework.tensor_util import with_shape
    from pytfgraph.data.experimental.ops import batching
    from pytfgraph.data.util import nest

    def check(*elements):
        shapes = zip(nest.flatten(expected_shapes), nest.flatten(elements))
        return nest.pack_sequence_as(elements, [with_shape(shape, t) if shape else t for shape, t in shapes])

    def apply(dataset):
        known = dataset.output_shapes
        merged = [a.merge_with(b) for a, b in zip(nest.flatten(known), nest.flatten_up_to(known, expected_shapes))]
        return batching._RestructuredDataset(dataset.map(check), dataset.output_types, nest.pack_sequence_as(known, merged), dataset.output_classes)
    return apply


@deprecation.deprecated(None, "Use `tf.data.Dataset.batch(..., drop_remainder=True)`.")
def batch_and_drop_remainder(batch_size):
    """A transformation for Dataset.apply: batches, without a last one that is smaller."""
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


@deprecation.deprecated(None, "Use `tf.data.Dataset.padded_batch(..., drop_remainder=True)`.")
def padded_batch_and_drop_remainder(batch_size, padded_shapes, padding_values=None):
    """A transformation for Dataset.apply: padded batches, without a last one that is smaller."""
    return lambda dataset: dataset.padded_batch(batch_size, padded_shapes=padded_shapes, padding_values=padding_values, drop_remainder=True)


@deprecation.deprecated(None, "Use `tf.contrib.data.parallel_interleave(..., sloppy=True)`.")
def sloppy_interleave(map_func, cycle_length, block_length=1):
    """A transformation for Dataset.apply: as Dataset.interleave, but in the order in which elements are there."""
    from pytfgraph.data.experimental.ops import interleave_ops
    return interleave_ops.parallel_interleave(map_func, cycle_length, block_length, sloppy=True)


@deprecation.deprecated(None, "Use `tf.data.Dataset.reduce(...)`.")
def reduce_dataset(dataset, reducer):
    """The last state that a Reducer makes of the elements of `dataset`.

    Raises:
      TypeError: `dataset` is no dataset.
    """
    from pytfgraph.data.ops import dataset_ops
    if not isinstance(dataset, dataset_ops.Dataset):
        raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
    return dataset.reduce(reducer.init_func(np.int64(0)), reducer.reduce_func)


@deprecation.deprecated(
    None, "Use `tf.data.Dataset.window(size=window_size, shift=window_shift, stride=window_stride).flat_map(lambda x: x.batch(window.size))` "
    "instead.")
def sliding_window_batch(window_size, stride=None, window_shift=None, window_stride=1):
    """A transformation for Dataset.apply: stacked windows of `window_size` elements, all of them whole.

    Args:
      window_size: elements in a window.
      stride: the older name of `window_shift`.
      window_shift: how far the next window begins behind this one; 1 for None.
      window_stride: how far the elements of a window are apart.

    Raises:
      ValueError: both `stride` and `window_shift` are given.
    """
    from pytfgraph.data.experimental.ops import sliding
    if stride is not None:
        deprecation.warn_of_argument("sliding_window_batch", "pytfgraph.contrib.data.python.ops.sliding", "stride",
                                     "stride is deprecated, use window_shift instead")
        if window_shift is not None:
            raise ValueError("Cannot specify both `stride` and `window_shift`")
        window_shift = stride
    return lambda dataset: sliding._SlideDataset(dataset, window_size, 1 if window_shift is None else window_shift, window_stride)


@deprecation.deprecated(None, "Use `tf.data.experimental.make_batched_features_dataset(...)`")
def read_batch_features(file_pattern, batch_size, features, reader=None, reader_args=None, randomize_input=True, num_epochs=None,
                        capacity=10000):
    """The next batch of parsed Examples of files; see tf.data.experimental.make_batched_features_dataset."""
    from pytfgraph.data.experimental.ops import readers
    from pytfgraph.data.ops.readers import TFRecordDataset
    dataset = readers.make_batched_features_dataset(
        file_pattern, batch_size, features, reader=reader or TFRecordDataset, reader_args=reader_args, shuffle=randomize_input,
        num_epochs=num_epochs, shuffle_buffer_size=capacity)
    return dataset.make_one_shot_iterator().get_next()
