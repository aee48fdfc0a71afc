"""tf.data.Dataset: input pipelines as values."""
import warnings

import numpy as np

from pytfgraph.data.ops import iterator_ops
from pytfgraph.data.util import nest, random_seed, sparse
from pytfgraph.data.util.options import Options
from pytfgraph.framework import dtypes, function, ops, tensor_shape, tensor_util
from pytfgraph.framework.constant_op import constant
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
        return _OptionsDataset(self, options)

    def _optimized(self):
        """This dataset as an iterator goes through it."""
        options, dataset = self.options(), self
        if options._static_optimizations():
            dataset = _OptimizeDataset(dataset, options._static_optimizations())
        return _ModelDataset(dataset) if options.experimental_autotune else dataset

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
        return TensorDataset(tensors)

    @staticmethod
    def from_tensor_slices(tensors):
        """A dataset of the rows of a structure of tensors, all with the same first dimension.

        Raises:
          ValueError: the first dimensions differ, or there is none.
        """
        return TensorSliceDataset(tensors)

    @staticmethod
    @deprecation.deprecated(None, "Use `tf.data.Dataset.from_tensor_slices()`.")
    def from_sparse_tensor_slices(sparse_tensor):
        """The rows of a SparseTensor, each as a tuple of indices, values and dense shape.  Its elements must be in order.

        Raises:
          TypeError: `sparse_tensor` is no SparseTensor.
        """
        return SparseTensorSliceDataset(sparse_tensor)

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
        return PaddedBatchDataset(self, batch_size, padded_shapes, padding_values, drop_remainder)

    def cache(self, filename=""):
        """The elements, which are kept when they were all gone through: in memory, or in files whose names begin with `filename`."""
        return CacheDataset(self, filename)

    def window(self, size, shift=None, stride=1, drop_remainder=False):
        """Datasets of `size` elements each, one for each component of an element.

        Args:
          size: elements in a window.
          shift: how far the next window begins behind this one; `size` where it is None.
          stride: how far the elements of a window are apart.
          drop_remainder: whether windows that are smaller, at the end, are left out.
        """
        return WindowDataset(self, size, size if shift is None else shift, stride, drop_remainder)

    def reduce(self, initial_state, reduce_func):
        """The state after reduce_func(state, element) was called for each element: a structure of tensors, no dataset.

        Args:
          initial_state: a structure of tensors.
          reduce_func: gives a state of the same structure; sizes of its tensors may change as it goes.

        Raises:
          TypeError: reduce_func gives a state of other dtypes.
        """
        state = State(initial_state)
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

    def interleave(self, map_func, cycle_length, block_length=1, num_parallel_calls=None):
        """The elements of the datasets that map_func makes of the elements, `cycle_length` of them open at once, `block_length`
        elements of each by turns.  With `num_parallel_calls`, so many of them are computed ahead; the order stays.

        Raises:
          TypeError: map_func gives no dataset.
        """
        if num_parallel_calls is None:
            return InterleaveDataset(self, map_func, cycle_length, block_length)
        return ParallelInterleaveDataset(self, map_func, cycle_length, block_length, num_parallel_calls)

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
    """Stands for a dataset in the types, shapes and classes of an element."""

    def __init__(self, dataset=None, output_shapes=None, output_types=None, output_classes=None):
        given = (output_classes, output_shapes, output_types)
        if any(x is None for x in given) if dataset is None else any(x is not None for x in given):
            raise ValueError("Either `dataset`, or all of `output_classes`, `output_shapes`, and `output_types` must be specified.")
        if dataset is not None:
            given = dataset.output_classes, dataset.output_shapes, dataset.output_types
        self.output_classes, self.output_shapes, self.output_types = given


class _VariantDataset(Dataset):
    """A dataset that is in a tensor."""

    def __init__(self, dataset_variant, structure):
        super().__init__()
        self._dataset_variant = dataset_variant
        self._structure = structure

    def _as_variant_tensor(self):
        return self._dataset_variant

    def _inputs(self):
        return []

    @property
    def output_classes(self):
        return self._structure.output_classes

    @property
    def output_shapes(self):
        return self._structure.output_shapes

    @property
    def output_types(self):
        return self._structure.output_types


class StructuredFunctionWrapper:
    """A Python function over elements as a function of the graph over their components."""

    def __init__(self, func, transformation_name, dataset=None, input_classes=None, input_shapes=None, input_types=None,
                 add_to_graph=True, experimental_nested_dataset_support=False):
        given = (input_classes, input_shapes, input_types)
        if any(x is None for x in given) if dataset is None else any(x is not None for x in given):
            raise ValueError("Either `dataset`, or all of `input_classes`, `input_shapes`, and `input_types` must be specified.")
        if dataset is not None:
            input_classes, input_shapes, input_types = dataset.output_classes, dataset.output_shapes, dataset.output_types
        self._name, self._nested = transformation_name, experimental_nested_dataset_support
        classes, shapes, types = map(nest.flatten, (input_classes, input_shapes, input_types))

        @function.Defun(*map(self._travels_as, types, classes))
        def tf_data_structured_function_wrapper(*args):
            elements = nest.pack_sequence_as(input_classes, [_from_travel(*x) for x in zip(args, classes, shapes, types)])
            if type(elements) is not tuple:
                elements = (elements,)
            return self._give(func(*elements))

        self.function = tf_data_structured_function_wrapper
        if add_to_graph:
            self.function.add_to_graph(ops.get_default_graph())
        else:
            self.function._create_definition_if_needed()

    def _travels_as(self, dtype, component):
        """The dtype of an argument."""
        if not isinstance(component, _NestedDatasetComponent):
            return dtypes.variant if component is SparseTensor else dtype
        if not self._nested:
            raise NotImplementedError("The %s transformation does not currently support nested datasets as inputs." % self._name)
        return dtypes.variant

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
            if t.options() != Options():
                warnings.warn("Encountered a nested dataset with non-default options. These options will not be propagated to the outer "
                              "dataset.")
            return t._as_variant_tensor(), component, component, component
        try:
            t = ops.convert_to_tensor(t)
        except (ValueError, TypeError):
            raise TypeError("Unsupported return value from function passed to %s: %s." % (self._name, t))
        return t, ops.Tensor, t.get_shape(), t.dtype


def _from_travel(arg, arg_class, shape, dtype):
    """An argument as the function is to see it."""
    if isinstance(arg_class, _NestedDatasetComponent):
        return _VariantDataset(arg, arg_class)
    if arg_class is not SparseTensor:
        arg.set_shape(shape)
        return arg
    arg = sparse.deserialize_sparse_tensors(arg, dtype, shape, arg_class)
    arg.indices.set_shape([None, shape.ndims])
    arg.dense_shape.set_shape([shape.ndims])
    return arg


class State:
    """A state that goes over elements with them: tensors, with the sizes that stay as they are."""

    def __init__(self, initial_state):
        with ops.name_scope("initial_state"):
            self.tensors = _to_tensors(initial_state)
        self.classes = sparse.get_classes(self.tensors)
        self.shapes, self.types = _map(lambda t: t.get_shape(), self.tensors), _map(lambda t: t.dtype, self.tensors)

    @staticmethod
    def of(wrapped):
        """The state that a function gives."""
        state = State.__new__(State)
        state.classes, state.shapes, state.types = wrapped.output_classes, wrapped.output_shapes, wrapped.output_types
        return state

    def function_over(self, dataset, func, name, next_state):
        """func(state, element) as a function of the graph, traced again while a size of the state changes.

        Args:
          dataset: of the elements.
          func: the Python function.
          name: of the transformation, for messages.
          next_state: what the wrapped function says of the next state, from the wrapped function; may raise.

        Raises:
          TypeError: the next state has other classes or dtypes.
        """
        words = "The element %s for the new state must match the initial state. Expected %s; got %s."
        again = True
        while again:
            self.wrapped = StructuredFunctionWrapper(
                func, name, input_classes=(self.classes, dataset.output_classes), input_shapes=(self.shapes, dataset.output_shapes),
                input_types=(self.types, dataset.output_types), add_to_graph=False)
            new = next_state(self.wrapped)
            for have, want in zip(nest.flatten(new.output_classes), nest.flatten(self.classes)):
                if not issubclass(have, want):
                    raise TypeError(words % ("classes", self.classes, new.output_classes))
            for have, want in zip(nest.flatten(new.output_types), nest.flatten(self.types)):
                if have != want:
                    raise TypeError(words % ("types", self.types, new.output_types))
            before = nest.flatten(self.shapes)
            common = [a.most_specific_compatible_shape(b) for a, b in zip(before, nest.flatten(new.output_shapes))]
            again = any(a.ndims is not None and (b.ndims is None or a.as_list() != b.as_list()) for a, b in zip(before, common))
            if again:
                self.shapes = nest.pack_sequence_as(self.shapes, common)
        self.wrapped.function.add_to_graph(ops.get_default_graph())
        return self.wrapped.function


def _unnested(structure, what):
    return _map(lambda x: getattr(x, what) if isinstance(x, _NestedDatasetComponent) else x, structure)


def flat_structure(dataset):
    """The attributes output_shapes and output_types of a dataset's operation."""
    classes, shapes, types = (_unnested(getattr(dataset, what), what) for what in ("output_classes", "output_shapes", "output_types"))
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


class SparseTensorSliceDataset(DatasetSource):
    """The rows of a sparse tensor."""

    def __init__(self, sparse_tensor):
        super().__init__()
        if not isinstance(sparse_tensor, SparseTensor):
            raise TypeError("`sparse_tensor` must be a `tf.SparseTensor` object.")
        self._sparse_tensor = sparse_tensor

    def _as_variant_tensor(self):
        return gen_dataset_ops.sparse_tensor_slice_dataset(self._sparse_tensor.indices, self._sparse_tensor.values,
                                                           self._sparse_tensor.dense_shape)

    @property
    def output_classes(self):
        return ops.Tensor, ops.Tensor, ops.Tensor

    @property
    def output_shapes(self):
        rank = (self._sparse_tensor.indices.get_shape()[1] - 1).merge_with(self._sparse_tensor.dense_shape.get_shape()[0] - 1)
        return tensor_shape.TensorShape([None, rank]), tensor_shape.TensorShape([None]), tensor_shape.TensorShape([rank])

    @property
    def output_types(self):
        return dtypes.int64, self._sparse_tensor.dtype, dtypes.int64


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


def _fits(padded_shape, shape):
    """Whether elements of `shape` may be padded to `padded_shape`."""
    if padded_shape.dims is None or shape.dims is None:
        return True
    return len(padded_shape.dims) == len(shape.dims) and not any(
        p.value is not None and d.value is not None and p.value < d.value for p, d in zip(padded_shape.dims, shape.dims))


def _padded_shape_to_tensor(padded_shape, shape):
    try:
        static = tensor_shape.as_shape(padded_shape)
        made = ops.convert_to_tensor([-1 if dim is None else dim for dim in static.as_list()], dtype=dtypes.int64)
    except (TypeError, ValueError):
        made = ops.convert_to_tensor(padded_shape, preferred_dtype=dtypes.int64)
        if made.shape.dims is not None and len(made.shape.dims) != 1:
            raise ValueError("Padded shape %s must be a 1-D tensor of tf.int64 values, but its shape was %s." % (padded_shape, made.shape))
        if made.dtype != dtypes.int64:
            raise TypeError("Padded shape %s must be a 1-D tensor of tf.int64 values, but its element type was %s."
                            % (padded_shape, made.dtype.name))
        static = tensor_util.constant_value_as_shape(made)
    if not _fits(static, shape):
        raise ValueError("The padded shape %s is not compatible with the corresponding input component shape %s." % (static, shape))
    return made


def _padding_value_to_tensor(value, dtype):
    value = ops.convert_to_tensor(value, name="padding_value")
    if not value.shape.is_compatible_with(tensor_shape.scalar()):
        raise ValueError("Padding value should be a scalar, but is not: %s" % value)
    if value.dtype != dtype:
        raise TypeError("Padding value tensor (%s) does not match output type: %s" % (value, dtype))
    return value


def _zero_of(dtype):
    if dtype.base_dtype == dtypes.variant:
        raise TypeError("Unable to create padding for field of type 'variant'")
    return "" if dtype.base_dtype == dtypes.string else np.zeros_like(dtype.as_numpy_dtype())


class PaddedBatchDataset(UnaryDataset):
    """Several elements padded and stacked."""

    def __init__(self, input_dataset, batch_size, padded_shapes, padding_values, drop_remainder):
        super().__init__(input_dataset)
        if sparse.any_sparse(input_dataset.output_classes):
            raise TypeError("Batching of padded sparse tensors is not currently supported")
        self._batch_size = ops.convert_to_tensor(batch_size, dtype=dtypes.int64, name="batch_size")
        if padding_values is None:
            padding_values = nest.map_structure(_zero_of, input_dataset.output_types)
        shapes = input_dataset.output_shapes
        padded = nest.flatten_up_to(shapes, padded_shapes)
        self._padded_shapes = nest.pack_sequence_as(shapes, [_padded_shape_to_tensor(p, s) for s, p in zip(nest.flatten(shapes), padded)])
        self._padding_values = nest.map_structure_up_to(shapes, _padding_value_to_tensor, padding_values, input_dataset.output_types)
        self._drop_remainder = ops.convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")

    def _as_variant_tensor(self):
        return gen_dataset_ops.padded_batch_dataset_v2(
            self._input_dataset._as_variant_tensor(), batch_size=self._batch_size,
            padded_shapes=[ops.convert_to_tensor(s, dtype=dtypes.int64) for s in nest.flatten(self._padded_shapes)],
            padding_values=nest.flatten(self._padding_values), drop_remainder=self._drop_remainder,
            output_shapes=flat_structure(self)["output_shapes"])

    @property
    def output_shapes(self):
        rows = tensor_util.constant_value(self._batch_size) if tensor_util.constant_value(self._drop_remainder) else None
        return _map(lambda s: tensor_shape.vector(rows).concatenate(tensor_util.constant_value_as_shape(s)), self._padded_shapes)


class WindowDataset(_Declared, UnaryDataset):
    """Runs of elements, each a dataset for each component."""

    def __init__(self, input_dataset, size, shift, stride, drop_remainder):
        super().__init__(input_dataset)
        self._size = ops.convert_to_tensor(size, dtype=dtypes.int64, name="size")
        self._shift = ops.convert_to_tensor(shift, dtype=dtypes.int64, name="shift")
        self._stride = ops.convert_to_tensor(stride, dtype=dtypes.int64, name="stride")
        self._drop_remainder = ops.convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")
        classes, shapes, types = (nest.flatten(x) for x in (input_dataset.output_classes, input_dataset.output_shapes,
                                                            input_dataset.output_types))
        nested = [_NestedDatasetComponent(output_classes=c, output_shapes=s, output_types=t) for c, s, t in zip(classes, shapes, types)]
        self._output_classes = self._output_shapes = self._output_types = nest.pack_sequence_as(input_dataset.output_classes, nested)

    def _as_variant_tensor(self):
        return gen_dataset_ops.window_dataset(self._input_dataset._as_variant_tensor(), self._size, self._shift, self._stride,
                                              self._drop_remainder, **flat_structure(self))


class CacheDataset(UnaryDataset):
    """Elements that are kept."""

    def __init__(self, input_dataset, filename):
        super().__init__(input_dataset)
        self._filename = ops.convert_to_tensor(filename, dtype=dtypes.string, name="filename")

    def _as_variant_tensor(self):
        return gen_dataset_ops.cache_dataset(self._input_dataset._as_variant_tensor(), filename=self._filename, **flat_structure(self))


class _OptionsDataset(UnaryDataset):
    """A dataset with options."""

    def __init__(self, input_dataset, options):
        super().__init__(input_dataset)
        known = input_dataset.options()
        self._options = known.merge(options) if known else options

    def _as_variant_tensor(self):
        return self._input_dataset._as_variant_tensor()

    def options(self):
        return self._options


class _ModelDataset(UnaryDataset):
    """A dataset whose parameters may be tuned as it is gone through."""

    def _as_variant_tensor(self):
        return gen_dataset_ops.model_dataset(self._input_dataset._as_variant_tensor(), **flat_structure(self))


class _OptimizeDataset(UnaryDataset):
    """A dataset that may be rewritten into one with the same elements."""

    def __init__(self, input_dataset, optimizations):
        super().__init__(input_dataset)
        self._optimizations = ops.convert_to_tensor([] if optimizations is None else optimizations, dtype=dtypes.string,
                                                    name="optimizations")

    def _as_variant_tensor(self):
        return gen_dataset_ops.optimize_dataset(self._input_dataset._as_variant_tensor(), self._optimizations, **flat_structure(self))


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


class ParallelInterleaveDataset(FlatMapDataset):
    """The same, computed ahead."""

    def __init__(self, input_dataset, map_func, cycle_length, block_length, num_parallel_calls):
        super().__init__(input_dataset, map_func)
        self._cycle_length = ops.convert_to_tensor(cycle_length, dtype=dtypes.int64, name="cycle_length")
        self._block_length = ops.convert_to_tensor(block_length, dtype=dtypes.int64, name="block_length")
        self._num_parallel_calls = ops.convert_to_tensor(num_parallel_calls, dtype=dtypes.int64, name="num_parallel_calls")

    def _as_variant_tensor(self):
        return gen_dataset_ops.parallel_interleave_dataset_v2(
            self._input_dataset._as_variant_tensor(), self._map_func.captured_inputs, self._cycle_length, self._block_length,
            self._num_parallel_calls, f=self._map_func, **flat_structure(self))

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
