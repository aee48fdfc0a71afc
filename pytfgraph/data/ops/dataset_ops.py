"""tf.data.Dataset: input pipelines as values."""
import threading

import numpy as np

from pytfgraph.data.ops import iterator_ops
from pytfgraph.data.util import nest, random_seed, sparse
from pytfgraph.framework import dtypes, function, ops, tensor_shape, tensor_util
from pytfgraph.framework.constant_op import constant
from pytfgraph.framework.sparse_tensor import SparseTensor, is_sparse
from pytfgraph.ops import array_ops, control_flow_ops, math_ops, raw, script_ops, string_ops

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

    def __repr__(self):
        shapes = str(nest.map_structure(str, self.output_shapes)).replace("'", "")
        types = str(nest.map_structure(repr, self.output_types)).replace("'", "")
        return "<%s shapes: %s, types: %s>" % (type(self).__name__, shapes, types)

    # ---- iterators ----

    def make_initializable_iterator(self, shared_name=None):
        """An iterator that begins when its initializer is run, and again each time that it is."""
        resource = gen_dataset_ops.iterator_v2(container="", shared_name=shared_name or "", **flat_structure(self))
        with ops.colocate_with(resource):
            initializer = gen_dataset_ops.make_iterator(self._as_variant_tensor(), resource)
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
            return self._as_variant_tensor()

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
        return TensorDataset(tensors)

    @staticmethod
    def from_tensor_slices(tensors):
        """A dataset of the rows of a structure of tensors, all with the same first dimension.

        Raises:
          ValueError: the first dimensions differ, or there is none.
        """
        return TensorSliceDataset(tensors)

    @staticmethod
    def range(*args):
        """A dataset of int64 numbers: range(stop), range(start, stop) or range(start, stop, step), as Python's.

        Raises:
          ValueError: another number of arguments.
        """
        return RangeDataset(*args)

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
        return from_generator(generator, output_types, output_shapes, args)

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
        return ZipDataset(datasets)

    # ---- transformations ----

    def concatenate(self, dataset):
        """The elements of this dataset, then those of `dataset`.

        Raises:
          TypeError: their types or classes differ.
        """
        return ConcatenateDataset(self, dataset)

    def repeat(self, count=None):
        """The dataset `count` times over; without end for None and -1."""
        return RepeatDataset(self, count)

    def take(self, count):
        """At most the first `count` elements; all for -1."""
        return TakeDataset(self, count)

    def skip(self, count):
        """The elements behind the first `count`; none for -1."""
        return SkipDataset(self, count)

    def batch(self, batch_size, drop_remainder=False):
        """Elements of `batch_size` elements each, stacked along a new first dimension.  The last may be smaller, unless it is
        dropped.  Elements of different shapes are an InvalidArgumentError when they are read."""
        return BatchDataset(self, batch_size, drop_remainder)

    def prefetch(self, buffer_size):
        """The same elements, `buffer_size` of them computed ahead; None and -1 find the number as it goes."""
        return PrefetchDataset(self, buffer_size)

    def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=None):
        """The elements in an order drawn at random: each is picked from the next `buffer_size` that were not given yet.

        Args:
          buffer_size: how many elements are held.
          seed: with the graph's seed, decides the order.
          reshuffle_each_iteration: whether each time through has an order of its own; it has unless this is False.
        """
        return ShuffleDataset(self, buffer_size, seed, reshuffle_each_iteration)

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
            return MapDataset(self, map_func)
        return ParallelMapDataset(self, map_func, num_parallel_calls)

    def flat_map(self, map_func):
        """The elements of the datasets that map_func makes of the elements.

        Raises:
          TypeError: map_func gives no dataset.
        """
        return FlatMapDataset(self, map_func)

    def interleave(self, map_func, cycle_length, block_length=1):
        """The elements of the datasets that map_func makes of the elements, `cycle_length` of them open at once, `block_length`
        elements of each by turns.

        Raises:
          TypeError: map_func gives no dataset.
        """
        return InterleaveDataset(self, map_func, cycle_length, block_length)

    def filter(self, predicate):
        """The elements for which `predicate` is true.

        Raises:
          ValueError: it gives no scalar bool.
        """
        return FilterDataset(self, predicate)

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


class _NestedDatasetComponent:
    """Stands for a dataset in the types, shapes and classes of what a function gives."""

    def __init__(self, dataset):
        self.output_classes, self.output_shapes, self.output_types = dataset.output_classes, dataset.output_shapes, dataset.output_types


class StructuredFunctionWrapper:
    """A Python function over elements as a function of the graph over their components."""

    def __init__(self, func, transformation_name, dataset=None, input_classes=None, input_shapes=None, input_types=None,
                 experimental_nested_dataset_support=False):
        if dataset is not None:
            input_classes, input_shapes, input_types = dataset.output_classes, dataset.output_shapes, dataset.output_types
        self._name, self._nested = transformation_name, experimental_nested_dataset_support
        classes, shapes, types = map(nest.flatten, (input_classes, input_shapes, input_types))

        @function.Defun(*nest.flatten(sparse.as_dense_types(input_types, input_classes)))
        def tf_data_structured_function_wrapper(*args):
            elements = nest.pack_sequence_as(input_classes, [_from_travel(*x) for x in zip(args, classes, shapes, types)])
            if type(elements) is not tuple:
                elements = (elements,)
            return self._give(func(*elements))

        self.function = tf_data_structured_function_wrapper
        self.function.add_to_graph(ops.get_default_graph())

    def _give(self, ret):
        """What the function gives, flat; its types, shapes and classes are noted."""
        ret = tuple(ret) if isinstance(ret, list) else ret
        given = [self._given(t) for t in nest.flatten(ret)]
        self.output_classes, self.output_shapes, self.output_types = (
            nest.pack_sequence_as(ret, [g[k] for g in given]) for k in (1, 2, 3))
        return [g[0] for g in given]

    def _given(self, t):
        if is_sparse(t):
            t = SparseTensor.from_value(t)
            return sparse.serialize_sparse_tensors(t), SparseTensor, t.get_shape(), t.dtype
        if isinstance(t, Dataset):
            if not self._nested:
                raise NotImplementedError("The %s transformation does not currently support nested datasets as outputs." % self._name)
            component = _NestedDatasetComponent(t)
            return t._as_variant_tensor(), component, component, component
        try:
            t = ops.convert_to_tensor(t)
        except (ValueError, TypeError):
            raise TypeError("Unsupported return value from function passed to %s: %s." % (self._name, t))
        return t, ops.Tensor, t.get_shape(), t.dtype


def _from_travel(arg, arg_class, shape, dtype):
    """An argument as the function is to see it."""
    if arg_class is not SparseTensor:
        arg.set_shape(shape)
        return arg
    arg = sparse.deserialize_sparse_tensors(arg, dtype, shape, arg_class)
    arg.indices.set_shape([None, shape.ndims])
    arg.dense_shape.set_shape([shape.ndims])
    return arg


def flat_structure(dataset):
    """The attributes output_shapes and output_types of a dataset's operation."""
    classes, shapes, types = dataset.output_classes, dataset.output_shapes, dataset.output_types
    return {"output_shapes": nest.flatten(sparse.as_dense_shapes(shapes, classes)),
            "output_types": nest.flatten(sparse.as_dense_types(types, classes))}


# ---- sources ----


def _to_tensors(structure):
    return nest.pack_sequence_as(structure, [
        SparseTensor.from_value(t) if is_sparse(t) else ops.convert_to_tensor(t, name="component_%d" % i)
        for i, t in enumerate(nest.flatten(structure))])


def _map(f, structure):
    return nest.pack_sequence_as(structure, [f(t) for t in nest.flatten(structure)])


class TensorDataset(DatasetSource, _Declared):
    """One element."""

    def __init__(self, tensors):
        super().__init__()
        with ops.name_scope("tensors"):
            tensors = _to_tensors(tensors)
        self._tensors = sparse.serialize_sparse_tensors(tensors)
        self._output_classes = sparse.get_classes(tensors)
        self._output_shapes = _map(lambda t: t.get_shape(), tensors)
        self._output_types = _map(lambda t: t.dtype, tensors)

    def _as_variant_tensor(self):
        return gen_dataset_ops.tensor_dataset(nest.flatten(self._tensors), output_shapes=flat_structure(self)["output_shapes"])


class TensorSliceDataset(DatasetSource, _Declared):
    """The rows of tensors."""

    def __init__(self, tensors):
        super().__init__()
        with ops.name_scope("tensors"):
            tensors = _to_tensors(tensors)
            flat = nest.flatten(tensors)
        rows = flat[0].get_shape()[0]
        for t in flat[1:]:
            rows.assert_is_compatible_with(t.get_shape()[0])
        self._tensors = sparse.serialize_many_sparse_tensors(tensors)
        self._output_classes = sparse.get_classes(tensors)
        self._output_shapes = _map(lambda t: t.get_shape()[1:], tensors)
        self._output_types = _map(lambda t: t.dtype, tensors)

    def _as_variant_tensor(self):
        return gen_dataset_ops.tensor_slice_dataset(nest.flatten(self._tensors), output_shapes=flat_structure(self)["output_shapes"])


class RangeDataset(DatasetSource, _Declared):
    """Numbers."""

    _output_classes = ops.Tensor
    _output_shapes = tensor_shape.scalar()
    _output_types = dtypes.int64

    def __init__(self, *args):
        super().__init__()
        if not 1 <= len(args) <= 3:
            raise ValueError("Invalid arguments to RangeDataset: %s" % str(args))
        start, stop, step = (0, args[0], 1) if len(args) == 1 else (args + (1,))[:3]
        self._start = ops.convert_to_tensor(start, dtype=dtypes.int64, name="start")
        self._stop = ops.convert_to_tensor(stop, dtype=dtypes.int64, name="stop")
        self._step = ops.convert_to_tensor(step, dtype=dtypes.int64, name="step")

    def _as_variant_tensor(self):
        return gen_dataset_ops.range_dataset(start=self._start, stop=self._stop, step=self._step, **flat_structure(self))


# ---- several inputs ----


class ZipDataset(_Declared):
    """Elements of several datasets side by side."""

    def __init__(self, datasets):
        super().__init__()
        for ds in nest.flatten(datasets):
            if not isinstance(ds, Dataset):
                message = "The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects."
                if isinstance(ds, list):
                    message += " Nested structures do not support Python lists; please use a tuple instead."
                raise TypeError(message)
        self._datasets = datasets
        self._output_classes = _map(lambda ds: ds.output_classes, datasets)
        self._output_shapes = _map(lambda ds: ds.output_shapes, datasets)
        self._output_types = _map(lambda ds: ds.output_types, datasets)

    def _inputs(self):
        return nest.flatten(self._datasets)

    def _as_variant_tensor(self):
        return gen_dataset_ops.zip_dataset([ds._as_variant_tensor() for ds in nest.flatten(self._datasets)], **flat_structure(self))


class ConcatenateDataset(_Declared):
    """One dataset behind another."""

    def __init__(self, input_dataset, dataset_to_concatenate):
        super().__init__()
        a, b = self._input_dataset, self._dataset_to_concatenate = input_dataset, dataset_to_concatenate
        if a.output_types != b.output_types:
            raise TypeError("Two datasets to concatenate have different types %s and %s" % (a.output_types, b.output_types))
        if a.output_classes != b.output_classes:
            raise TypeError("Two datasets to concatenate have different classes %s and %s" % (a.output_classes, b.output_classes))
        self._output_classes, self._output_types = a.output_classes, a.output_types
        self._output_shapes = nest.pack_sequence_as(a.output_shapes, [
            x.most_specific_compatible_shape(y) for x, y in zip(nest.flatten(a.output_shapes), nest.flatten(b.output_shapes))])
        self._input_datasets = [a, b]

    def _inputs(self):
        return [self._input_dataset, self._dataset_to_concatenate]

    def _as_variant_tensor(self):
        return gen_dataset_ops.concatenate_dataset(self._input_dataset._as_variant_tensor(),
                                                   self._dataset_to_concatenate._as_variant_tensor(), **flat_structure(self))


# ---- one input ----


class RepeatDataset(UnaryDataset):
    """A dataset several times over."""

    def __init__(self, input_dataset, count):
        super().__init__(input_dataset)
        if count is None:
            self._count = constant(-1, dtype=dtypes.int64, name="count")
        else:
            self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name="count")

    def _as_variant_tensor(self):
        return gen_dataset_ops.repeat_dataset(self._input_dataset._as_variant_tensor(), count=self._count, **flat_structure(self))


class TakeDataset(UnaryDataset):
    """The beginning of a dataset."""

    def __init__(self, input_dataset, count):
        super().__init__(input_dataset)
        self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name="count")

    def _as_variant_tensor(self):
        return gen_dataset_ops.take_dataset(self._input_dataset._as_variant_tensor(), count=self._count, **flat_structure(self))


class SkipDataset(UnaryDataset):
    """A dataset without its beginning."""

    def __init__(self, input_dataset, count):
        super().__init__(input_dataset)
        self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name="count")

    def _as_variant_tensor(self):
        return gen_dataset_ops.skip_dataset(self._input_dataset._as_variant_tensor(), count=self._count, **flat_structure(self))


class BatchDataset(UnaryDataset):
    """Several elements stacked."""

    def __init__(self, input_dataset, batch_size, drop_remainder):
        super().__init__(input_dataset)
        self._batch_size = ops.convert_to_tensor(batch_size, dtype=dtypes.int64, name="batch_size")
        self._drop_remainder = ops.convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")

    def _as_variant_tensor(self):
        return gen_dataset_ops.batch_dataset_v2(self._input_dataset._as_variant_tensor(), batch_size=self._batch_size,
                                                drop_remainder=self._drop_remainder, **flat_structure(self))

    def _rows(self):
        """The first dimension, where all batches have the same."""
        return tensor_util.constant_value(self._batch_size) if tensor_util.constant_value(self._drop_remainder) else None

    @property
    def output_shapes(self):
        return _map(lambda shape: tensor_shape.vector(self._rows()).concatenate(shape), self._input_dataset.output_shapes)


class PrefetchDataset(UnaryDataset):
    """Elements computed ahead."""

    def __init__(self, input_dataset, buffer_size):
        super().__init__(input_dataset)
        self._buffer_size = ops.convert_to_tensor(-1 if buffer_size is None else buffer_size, dtype=dtypes.int64, name="buffer_size")

    def _as_variant_tensor(self):
        return gen_dataset_ops.prefetch_dataset(self._input_dataset._as_variant_tensor(), buffer_size=self._buffer_size,
                                                **flat_structure(self))


class ShuffleDataset(UnaryDataset):
    """Elements in another order."""

    def __init__(self, input_dataset, buffer_size, seed=None, reshuffle_each_iteration=None):
        super().__init__(input_dataset)
        self._buffer_size = ops.convert_to_tensor(buffer_size, dtype=dtypes.int64, name="buffer_size")
        self._seed, self._seed2 = random_seed.get_seed(seed)
        self._reshuffle_each_iteration = True if reshuffle_each_iteration is None else reshuffle_each_iteration

    def _as_variant_tensor(self):
        return gen_dataset_ops.shuffle_dataset(
            self._input_dataset._as_variant_tensor(), buffer_size=self._buffer_size, seed=self._seed, seed2=self._seed2,
            reshuffle_each_iteration=self._reshuffle_each_iteration, **flat_structure(self))


# ---- functions ----


class MapDataset(_Declared, UnaryDataset):
    """A function of each element."""

    def __init__(self, input_dataset, map_func, use_inter_op_parallelism=True):
        super().__init__(input_dataset)
        self._use_inter_op_parallelism = use_inter_op_parallelism
        wrapped = StructuredFunctionWrapper(map_func, "Dataset.map()", input_dataset)
        self._output_classes, self._output_shapes, self._output_types = wrapped.output_classes, wrapped.output_shapes, wrapped.output_types
        self._map_func = wrapped.function

    def _as_variant_tensor(self):
        return gen_dataset_ops.map_dataset(
            self._input_dataset._as_variant_tensor(), self._map_func.captured_inputs, f=self._map_func,
            use_inter_op_parallelism=self._use_inter_op_parallelism, **flat_structure(self))


class ParallelMapDataset(MapDataset):
    """A function of several elements at once."""

    def __init__(self, input_dataset, map_func, num_parallel_calls, use_inter_op_parallelism=True):
        super().__init__(input_dataset, map_func, use_inter_op_parallelism)
        self._num_parallel_calls = ops.convert_to_tensor(num_parallel_calls, dtype=dtypes.int32, name="num_parallel_calls")

    def _as_variant_tensor(self):
        return gen_dataset_ops.parallel_map_dataset(
            self._input_dataset._as_variant_tensor(), self._map_func.captured_inputs, f=self._map_func,
            num_parallel_calls=self._num_parallel_calls, use_inter_op_parallelism=self._use_inter_op_parallelism, **flat_structure(self))


class FlatMapDataset(_Declared, UnaryDataset):
    """The elements of datasets that a function makes."""

    def __init__(self, input_dataset, map_func):
        super().__init__(input_dataset)
        wrapped = StructuredFunctionWrapper(map_func, self._transformation_name(), input_dataset, experimental_nested_dataset_support=True)
        made = wrapped.output_classes
        if not isinstance(made, _NestedDatasetComponent):
            raise TypeError("`map_func` must return a `Dataset` object.")
        self._output_classes, self._output_shapes, self._output_types = made.output_classes, made.output_shapes, made.output_types
        self._map_func = wrapped.function

    def _as_variant_tensor(self):
        return gen_dataset_ops.flat_map_dataset(self._input_dataset._as_variant_tensor(), self._map_func.captured_inputs,
                                                f=self._map_func, **flat_structure(self))

    def _transformation_name(self):
        return "Dataset.flat_map()"


class InterleaveDataset(FlatMapDataset):
    """The same, several of them by turns."""

    def __init__(self, input_dataset, map_func, cycle_length, block_length):
        super().__init__(input_dataset, map_func)
        self._cycle_length = ops.convert_to_tensor(cycle_length, dtype=dtypes.int64, name="cycle_length")
        self._block_length = ops.convert_to_tensor(block_length, dtype=dtypes.int64, name="block_length")

    def _as_variant_tensor(self):
        return gen_dataset_ops.interleave_dataset(self._input_dataset._as_variant_tensor(), self._map_func.captured_inputs,
                                                  self._cycle_length, self._block_length, f=self._map_func, **flat_structure(self))

    def _transformation_name(self):
        return "Dataset.interleave()"


class FilterDataset(UnaryDataset):
    """The elements for which a function is true."""

    def __init__(self, input_dataset, predicate):
        super().__init__(input_dataset)
        wrapped = StructuredFunctionWrapper(predicate, "Dataset.filter()", input_dataset)
        if not (wrapped.output_types == dtypes.bool and wrapped.output_shapes.is_compatible_with(tensor_shape.scalar())):
            raise ValueError("`predicate` must return a scalar boolean tensor.")
        self._predicate = wrapped.function

    def _as_variant_tensor(self):
        return gen_dataset_ops.filter_dataset(self._input_dataset._as_variant_tensor(), other_arguments=self._predicate.captured_inputs,
                                              predicate=self._predicate, **flat_structure(self))


# ---- Python generators ----


class _GeneratorDataset(DatasetSource, _Declared):
    """Elements that one function makes of a state that another made."""

    def __init__(self, init_args, init_func, next_func, finalize_func):
        super().__init__()
        self._init_args = init_args
        init = StructuredFunctionWrapper(
            init_func, "GeneratorDataset", input_classes=sparse.get_classes(init_args),
            input_shapes=_map(lambda t: t.get_shape(), init_args), input_types=_map(lambda t: t.dtype, init_args))
        state = dict(input_classes=init.output_classes, input_shapes=init.output_shapes, input_types=init.output_types)
        each = StructuredFunctionWrapper(next_func, "GeneratorDataset", **state)
        last = StructuredFunctionWrapper(finalize_func, "GeneratorDataset", **state)
        self._init_func, self._next_func, self._finalize_func = init.function, each.function, last.function
        self._output_classes, self._output_shapes, self._output_types = each.output_classes, each.output_shapes, each.output_types

    def _as_variant_tensor(self):
        return gen_dataset_ops.generator_dataset(
            nest.flatten(self._init_args) + list(self._init_func.captured_inputs), self._next_func.captured_inputs,
            self._finalize_func.captured_inputs, init_func=self._init_func, next_func=self._next_func,
            finalize_func=self._finalize_func, **flat_structure(self))


class _GeneratorState:
    """The iterators that a generator function returned, by number; several may be under way."""

    def __init__(self, generator):
        self._generator = generator
        self._lock = threading.Lock()
        self._next_id = 0
        self._args, self._iterators = {}, {}

    def get_next_id(self, *args):
        """The number of a new iterator, which begins when it is first asked for an element."""
        with self._lock:
            number = self._next_id
            self._next_id += 1
        self._args[number] = args
        return np.array(number, dtype=np.int64)

    def get_iterator(self, iterator_id):
        """The iterator of that number."""
        number = int(iterator_id)
        if number not in self._iterators:
            self._iterators[number] = iter(self._generator(*self._args.pop(number)))
        return self._iterators[number]

    def iterator_completed(self, iterator_id):
        """Forgets it."""
        self._args.pop(int(iterator_id), None)
        self._iterators.pop(int(iterator_id), None)


def _yielded_arrays(values, output_types, types, shapes):
    """What a generator yielded, as arrays of the promised dtypes and shapes."""
    try:
        flat = nest.flatten_up_to(output_types, values)
    except (TypeError, ValueError):
        raise TypeError("`generator` yielded an element that did not match the expected structure. The expected structure was %s, but the "
                        "yielded element was %s." % (output_types, values))
    arrays = []
    for value, dtype in zip(flat, types):
        try:
            arrays.append(script_ops._as_array(np.asarray(value, dtype=None if dtype == dtypes.string else dtype.as_numpy_dtype, order="C")))
        except (TypeError, ValueError):
            raise TypeError("`generator` yielded an element that could not be converted to the expected type. The expected type was %s, but "
                            "the yielded element was %s." % (dtype.name, value))
    for array, dtype, shape in zip(arrays, types, shapes):
        if array.dtype != dtype.as_numpy_dtype:
            raise TypeError("`generator` yielded an element of type %s where an element of type %s was expected."
                            % (array.dtype, dtype.as_numpy_dtype))
        if not shape.is_compatible_with(array.shape):
            raise ValueError("`generator` yielded an element of shape %s where an element of shape %s was expected." % (array.shape, shape))
    return arrays


def from_generator(generator, output_types, output_shapes=None, args=None):
    """Dataset.from_generator."""
    if not callable(generator):
        raise TypeError("`generator` must be callable.")
    if output_shapes is None:
        output_shapes = nest.map_structure(lambda _: tensor_shape.TensorShape(None), output_types)
    else:
        output_shapes = nest.map_structure_up_to(output_types, tensor_shape.as_shape, output_shapes)
    args = () if args is None else tuple(ops.convert_n_to_tensor(args, name="args"))
    types, shapes = [dtypes.as_dtype(t) for t in nest.flatten(output_types)], nest.flatten(output_shapes)
    state = _GeneratorState(generator)

    def begin(_):
        return script_ops.py_func(state.get_next_id, args, dtypes.int64, stateful=True)

    def each(iterator_id):
        def generator_py_func(number):
            return _yielded_arrays(next(state.get_iterator(number)), output_types, types, shapes)

        flat = script_ops.py_func(generator_py_func, [iterator_id], types, stateful=True)
        flat = flat if isinstance(flat, (list, tuple)) else [flat]
        for t, shape in zip(flat, shapes):
            t.set_shape(shape)
        return nest.pack_sequence_as(output_types, list(flat))

    def end(iterator_id):
        def finalize_py_func(number):
            state.iterator_completed(number)
            return np.array(0, dtype=np.int64)

        return script_ops.py_func(finalize_py_func, [iterator_id], dtypes.int64, stateful=True)

    return Dataset.from_tensors(0).flat_map(lambda dummy: _GeneratorDataset(dummy, begin, each, end))
