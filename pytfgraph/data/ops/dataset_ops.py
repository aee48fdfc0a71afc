"""tf.data.Dataset: input pipelines as values."""
import numpy as np

from pytfgraph.data.ops import iterator_ops
from pytfgraph.data.util import nest, sparse
from pytfgraph.data.util.options import Options
from pytfgraph.framework import dtypes, function, ops, tensor_util
from pytfgraph.framework.sparse_tensor import SparseTensor, is_sparse
from pytfgraph.ops import array_ops, control_flow_ops, math_ops, raw, string_ops
from pytfgraph.util import deprecation

gen_dataset_ops = raw.module("gen_dataset_ops")


class Dataset:
    """A sequence of elements, each a structure (tuples, namedtuples, dicts) of tensors with the same dtypes and shapes.

    Nothing is computed until an iterator is asked for elements.  Each method gives a new dataset and leaves this one as it is.
    """

    def __init__(self):
        pass

    def _as_variant_tensor(self):
        raise NotImplementedError("Dataset._as_variant_tensor")

    def _inputs(self):
        raise NotImplementedError("Dataset._inputs")

    def _as_serialized_graph(self):
        """A scalar string: the serialized GraphDef that makes the dataset."""
        return gen_dataset_ops.dataset_to_graph(self._as_variant_tensor())

    @property
    def output_classes(self):
        """tf.Tensor or tf.SparseTensor for each component of an element."""
        raise NotImplementedError("Dataset.output_classes")

    @property
    def output_shapes(self):
        """The shape of each component of an element."""
        raise NotImplementedError("Dataset.output_shapes")

    @property
    def output_types(self):
        """The dtype of each component of an element."""
        raise NotImplementedError("Dataset.output_types")

    def options(self):
        """What with_options said of this dataset or of those that it reads."""
        for dataset in self._inputs():
            options = dataset.options()
            if options is not None:
                return options
        return Options()

    def with_options(self, options):
        """The same elements, with `options` for how they are computed.

        Raises:
          ValueError: `options` disagree with those that the dataset has.
        """
        return sequence_datasets._OptionsDataset(self, options)

    def _optimized(self):
        """This dataset as an iterator goes through it."""
        options, dataset = self.options(), self
        if options._static_optimizations():
            dataset = sequence_datasets._OptimizeDataset(dataset, options._static_optimizations())
        return sequence_datasets._ModelDataset(dataset) if options.experimental_autotune else dataset

    def __repr__(self):
        shapes = str(nest.map_structure(str, self.output_shapes)).replace("'", "")
        types = str(nest.map_structure(repr, self.output_types)).replace("'", "")
        return "<%s shapes: %s, types: %s>" % (type(self).__name__, shapes, types)

    # ---- iterators ----

    def make_initializable_iterator(self, shared_name=None):
        """An iterator that begins when its initializer is run, and again each time that it is."""
        dataset = self._optimized()
        resource = gen_dataset_ops.iterator_v2(container="", shared_name=shared_name or "", **flat_structure(self))
        with ops.colocate_with(resource):
            initializer = gen_dataset_ops.make_iterator(dataset._as_variant_tensor(), resource)
        return iterator_ops.Iterator(resource, initializer, self.output_types, self.output_shapes, self.output_classes)

    def __iter__(self):
        raise RuntimeError("dataset.__iter__() is only supported when eager execution is enabled.")

    def make_one_shot_iterator(self):
        """An iterator that goes through the dataset once, and needs no initializer.

        Raises:
          ValueError: the dataset uses something stateful of the graph, such as a variable or a lookup table.
        """
        @function.Defun(capture_by_value=True)
        def _make_dataset():
            return self._optimized()._as_variant_tensor()

        try:
            _make_dataset.add_to_graph(ops.get_default_graph())
        except ValueError as e:
            if "Cannot capture a stateful node" not in str(e):
                raise
            raise ValueError("Failed to create a one-shot iterator for a dataset. `Dataset.make_one_shot_iterator()` does not support "
                             "datasets that capture stateful objects, such as a `Variable` or `LookupTable`. In these cases, use "
                             "`Dataset.make_initializable_iterator()`. (Original error: %s)" % e)
        resource = gen_dataset_ops.one_shot_iterator(dataset_factory=_make_dataset, **flat_structure(self))
        return iterator_ops.Iterator(resource, None, self.output_types, self.output_shapes, self.output_classes)

    # ---- sources ----

    @staticmethod
    def from_tensors(tensors):
        """A dataset of one element: a structure of tensors, or of what can be converted to them."""
        return source_datasets.TensorDataset(tensors)

    @staticmethod
    def from_tensor_slices(tensors):
        """A dataset of the rows of a structure of tensors, all with the same first dimension.

        Raises:
          ValueError: the first dimensions differ, or there is none.
        """
        return source_datasets.TensorSliceDataset(tensors)

    @staticmethod
    @deprecation.deprecated(None, "Use `tf.data.Dataset.from_tensor_slices()`.")
    def from_sparse_tensor_slices(sparse_tensor):
        """The rows of a SparseTensor, each as a tuple of indices, values and dense shape.  Its elements must be in order.

        Raises:
          TypeError: `sparse_tensor` is no SparseTensor.
        """
        return source_datasets.SparseTensorSliceDataset(sparse_tensor)

    @staticmethod
    def range(*args):
        """A dataset of int64 numbers: range(stop), range(start, stop) or range(start, stop, step), as Python's.

        Raises:
          ValueError: another number of arguments.
        """
        return source_datasets.RangeDataset(*args)

    @staticmethod
    def from_generator(generator, output_types, output_shapes=None, args=None):
        """A dataset of what a Python generator yields.

        Args:
          generator: a function that returns an iterator; called each time that the dataset is gone through.
          output_types: a structure of dtypes.
          output_shapes: a structure of shapes; unknown where it is None.
          args: tensors that `generator` is called with, as arrays.

        Raises:
          TypeError: `generator` is no function.  What it yields is checked when it is read.
        """
        from pytfgraph.data.ops import generators
        return generators.from_generator(generator, output_types, output_shapes, args)

    @staticmethod
    def list_files(file_pattern, shuffle=None, seed=None):
        """A dataset of the names of files that fit a pattern, or one of several; shuffled unless `shuffle` is False.

        Reading it raises InvalidArgumentError where there is no such file.
        """
        with ops.name_scope("list_files"):
            file_pattern = ops.convert_to_tensor(file_pattern, dtype=dtypes.string, name="file_pattern")
            files = raw.function("matching_files")(file_pattern)
            condition = math_ops.greater(array_ops.shape(files)[0], 0, name="match_not_empty")
            message = math_ops.add("No files matched pattern: ", string_ops.reduce_join(file_pattern, separator=", "), name="message")
            some = control_flow_ops.Assert(condition, [message], summarize=1, name="assert_not_empty")
            with ops.control_dependencies([some]):
                files = array_ops.identity(files)
            dataset = Dataset.from_tensor_slices(files)
            if shuffle or shuffle is None:
                buffer_size = math_ops.maximum(array_ops.shape(files, out_type=dtypes.int64)[0], 1)
                dataset = dataset.shuffle(buffer_size, seed=seed)
            return dataset

    @staticmethod
    def zip(datasets):
        """A dataset whose elements are structures of elements of a structure of datasets; it ends with the shortest.

        Raises:
          TypeError: `datasets` is no structure of datasets; a list is none.
        """
        return sequence_datasets.ZipDataset(datasets)

    # ---- transformations ----

    def concatenate(self, dataset):
        """The elements of this dataset, then those of `dataset`.

        Raises:
          TypeError: their types or classes differ.
        """
        return sequence_datasets.ConcatenateDataset(self, dataset)

    def repeat(self, count=None):
        """The dataset `count` times over; without end for None and -1."""
        return sequence_datasets.RepeatDataset(self, count)

    def take(self, count):
        """At most the first `count` elements; all for -1."""
        return sequence_datasets.TakeDataset(self, count)

    def skip(self, count):
        """The elements behind the first `count`; none for -1."""
        return sequence_datasets.SkipDataset(self, count)

    def batch(self, batch_size, drop_remainder=False):
        """Elements of `batch_size` elements each, stacked along a new first dimension.  The last may be smaller, unless it is
        dropped.  Elements of different shapes are an InvalidArgumentError when they are read."""
        return batch_datasets.BatchDataset(self, batch_size, drop_remainder)

    def padded_batch(self, batch_size, padded_shapes, padding_values=None, drop_remainder=False):
        """Elements of `batch_size` elements each, which are padded to one shape first.

        Args:
          batch_size: how many.
          padded_shapes: a structure of shapes (TensorShapes, lists, vectors of int64); where a size is None or -1, the batch's largest
            element decides.
          padding_values: a structure of scalars; zeros and empty strings where it is None.
          drop_remainder: whether a last batch that is smaller is left out.

        Raises:
          TypeError: a component is sparse, or a padding value of another dtype.
          ValueError: a padded shape is too small or of another rank, or a padding value no scalar.
          Elements that are larger than their padded shape are a DataLossError when they are read.
        """
        return batch_datasets.PaddedBatchDataset(self, batch_size, padded_shapes, padding_values, drop_remainder)

    def cache(self, filename=""):
        """The elements, which are kept when they were all gone through: in memory, or in files whose names begin with `filename`."""
        return sequence_datasets.CacheDataset(self, filename)

    def window(self, size, shift=None, stride=1, drop_remainder=False):
        """Datasets of `size` elements each, one for each component of an element.

        Args:
          size: elements in a window.
          shift: how far the next window begins behind this one; `size` where it is None.
          stride: how far the elements of a window are apart.
          drop_remainder: whether windows that are smaller, at the end, are left out.
        """
        return batch_datasets.WindowDataset(self, size, size if shift is None else shift, stride, drop_remainder)

    def reduce(self, initial_state, reduce_func):
        """The state after reduce_func(state, element) was called for each element: a structure of tensors, no dataset.

        Args:
          initial_state: a structure of tensors.
          reduce_func: gives a state of the same structure; sizes of its tensors may change as it goes.

        Raises:
          TypeError: reduce_func gives a state of other dtypes.
        """
        state = structured_functions.State(initial_state)
        reduce_func = state.function_over(self, reduce_func, "reduce()", lambda wrapped: wrapped)
        gives = state.wrapped
        flat = gen_dataset_ops.reduce_dataset(
            self._as_variant_tensor(), nest.flatten(sparse.serialize_sparse_tensors(state.tensors)), reduce_func.captured_inputs,
            f=reduce_func, output_shapes=nest.flatten(sparse.as_dense_shapes(gives.output_shapes, gives.output_classes)),
            output_types=nest.flatten(sparse.as_dense_types(gives.output_types, gives.output_classes)))
        flat = list(flat) if isinstance(flat, (list, tuple)) else [flat]
        return sparse.deserialize_sparse_tensors(nest.pack_sequence_as(gives.output_types, flat), gives.output_types, gives.output_shapes,
                                                 gives.output_classes)

    def prefetch(self, buffer_size):
        """The same elements, `buffer_size` of them computed ahead; None and -1 find the number as it goes."""
        return sequence_datasets.PrefetchDataset(self, buffer_size)

    def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=None):
        """The elements in an order drawn at random: each is picked from the next `buffer_size` that were not given yet.

        Args:
          buffer_size: how many elements are held.
          seed: with the graph's seed, decides the order.
          reshuffle_each_iteration: whether each time through has an order of its own; it has unless this is False.
        """
        return sequence_datasets.ShuffleDataset(self, buffer_size, seed, reshuffle_each_iteration)

    def shard(self, num_shards, index):
        """Each element whose number, modulo `num_shards`, is `index`.

        Raises:
          ValueError: no such shard can be.
        """
        num_shards = ops.convert_to_tensor(num_shards, name="num_shards", dtype=dtypes.int64)
        index = ops.convert_to_tensor(index, name="index", dtype=dtypes.int64)
        n, i = tensor_util.constant_value(num_shards), tensor_util.constant_value(index)
        if n is not None and n < 1:
            raise ValueError("num_shards must be >= 1; got: %s" % n)
        if i is not None and i < 0:
            raise ValueError("index must be >= 0; got: %s" % i)
        if i is not None and n is not None and i >= n:
            raise ValueError("index must be <= num_shards; %s is not < %s" % (i, n))

        def filter_fn(elem_index, _):
            return math_ops.equal(math_ops.mod(elem_index, num_shards), index)

        return self._enumerate().filter(filter_fn).map(lambda _, elem: elem)

    def _enumerate(self, start=0):
        return Dataset.zip((Dataset.range(start, np.iinfo(np.int64).max), self))

    def map(self, map_func, num_parallel_calls=None):
        """map_func of each element; a tuple is given as its parts.

        Args:
          map_func: takes tensors in the structure of an element, and gives a structure of tensors.
          num_parallel_calls: how many elements are computed at once; one at a time for None.

        Raises:
          TypeError: map_func gives what is no tensor.
          NotImplementedError: it gives a dataset.
        """
        if num_parallel_calls is None:
            return map_datasets.MapDataset(self, map_func)
        return map_datasets.ParallelMapDataset(self, map_func, num_parallel_calls)

    def flat_map(self, map_func):
        """The elements of the datasets that map_func makes of the elements.

        Raises:
          TypeError: map_func gives no dataset.
        """
        return map_datasets.FlatMapDataset(self, map_func)

    def interleave(self, map_func, cycle_length, block_length=1, num_parallel_calls=None):
        """The elements of the datasets that map_func makes of the elements, `cycle_length` of them open at once, `block_length`
        elements of each by turns.  With `num_parallel_calls`, so many of them are computed ahead; the order stays.

        Raises:
          TypeError: map_func gives no dataset.
        """
        if num_parallel_calls is None:
            return map_datasets.InterleaveDataset(self, map_func, cycle_length, block_length)
        return map_datasets.ParallelInterleaveDataset(self, map_func, cycle_length, block_length, num_parallel_calls)

    def filter(self, predicate):
        """The elements for which `predicate` is true.

        Raises:
          ValueError: it gives no scalar bool.
        """
        return map_datasets.FilterDataset(self, predicate)

    def apply(self, transformation_func):
        """transformation_func(self), which must be a dataset.

        Raises:
          TypeError: it is none.
        """
        dataset = transformation_func(self)
        if not isinstance(dataset, Dataset):
            raise TypeError("`transformation_func` must return a Dataset.")
        dataset._input_datasets = [self]
        return dataset


class DatasetSource(Dataset):
    """A dataset that reads no other."""

    def _inputs(self):
        return []


class _Declared(Dataset):
    """A dataset that knows what its elements are."""
    _output_classes = _output_shapes = _output_types = None

    @property
    def output_classes(self):
        return self._output_classes

    @property
    def output_shapes(self):
        return self._output_shapes

    @property
    def output_types(self):
        return self._output_types


class UnaryDataset(Dataset):
    """A dataset over another, whose elements are of the same kind unless it says otherwise."""

    def __init__(self, input_dataset):
        super().__init__()
        self._input_dataset = input_dataset

    def _inputs(self):
        return [self._input_dataset]

    @property
    def output_classes(self):
        return self._input_dataset.output_classes

    @property
    def output_shapes(self):
        return self._input_dataset.output_shapes

    @property
    def output_types(self):
        return self._input_dataset.output_types


def flat_structure(dataset):
    """The attributes output_shapes and output_types of a dataset's operation."""
    classes, shapes, types = (structured_functions._unnested(getattr(dataset, what), what)
                              for what in ("output_classes", "output_shapes", "output_types"))
    return {"output_shapes": nest.flatten(sparse.as_dense_shapes(shapes, classes)),
            "output_types": nest.flatten(sparse.as_dense_types(types, classes))}


def _to_tensors(structure):
    return nest.pack_sequence_as(structure, [
        SparseTensor.from_value(t) if is_sparse(t) else ops.convert_to_tensor(t, name="component_%d" % i)
        for i, t in enumerate(nest.flatten(structure))])


def _map(f, structure):
    return nest.pack_sequence_as(structure, [f(t) for t in nest.flatten(structure)])


# Kinds of datasets derive from what stands above and are made by its methods, so each needs the other: they come last, as modules.
from pytfgraph.data.ops import batch_datasets, map_datasets, sequence_datasets, source_datasets, structured_functions  # noqa: E402

_KINDS = batch_datasets, map_datasets, sequence_datasets, source_datasets, structured_functions


def __getattr__(name):
    for module in _KINDS:
        if name in vars(module) and getattr(vars(module)[name], "__module__", None) == module.__name__:
            return vars(module)[name]
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name))
