"""Datasets that call a function for each element."""
from pytfgraph.data.ops import dataset_ops, structured_functions
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.ops import raw

gen_dataset_ops = raw.module("gen_dataset_ops")


class MapDataset(dataset_ops._Declared, dataset_ops.UnaryDataset):
    """A function of each element."""

    def __init__(self, input_dataset, map_func, use_inter_op_parallelism=True):
        super().__init__(input_dataset)
        self._use_inter_op_parallelism = use_inter_op_parallelism
        wrapped = structured_functions.StructuredFunctionWrapper(map_func, "Dataset.map()", input_dataset)
        self._output_classes, self._output_shapes, self._output_types = wrapped.output_classes, wrapped.output_shapes, wrapped.output_types
        self._map_func = wrapped.function

    def _as_variant_tensor(self):
        return gen_dataset_ops.map_dataset(
            self._input_dataset._as_variant_tensor(), self._map_func.captured_inputs, f=self._map_func,
            use_inter_op_parallelism=self._use_inter_op_parallelism, **dataset_ops.flat_structure(self))


class ParallelMapDataset(MapDataset):
    """A function of several elements at once."""

    def __init__(self, input_dataset, map_func, num_parallel_calls, use_inter_op_parallelism=True):
        super().__init__(input_dataset, map_func, use_inter_op_parallelism)
        self._num_parallel_calls = ops.convert_to_tensor(num_parallel_calls, dtype=dtypes.int32, name="num_parallel_calls")

    def _as_variant_tensor(self):
        return gen_dataset_ops.parallel_map_dataset(
            self._input_dataset._as_variant_tensor(), self._map_func.captured_inputs, f=self._map_func,
            num_parallel_calls=self._num_parallel_calls, use_inter_op_parallelism=self._use_inter_op_parallelism, **dataset_ops.flat_structure(self))


class FlatMapDataset(dataset_ops._Declared, dataset_ops.UnaryDataset):
    """The elements of datasets that a function makes."""

    def __init__(self, input_dataset, map_func):
        super().__init__(input_dataset)
        wrapped = structured_functions.StructuredFunctionWrapper(map_func, self._transformation_name(), input_dataset, experimental_nested_dataset_support=True)
        made = wrapped.output_classes
        if not isinstance(made, structured_functions._NestedDatasetComponent):
            raise TypeError("`map_func` must return a `Dataset` object.")
        self._output_classes, self._output_shapes, self._output_types = made.output_classes, made.output_shapes, made.output_types
        self._map_func = wrapped.function

    def _as_variant_tensor(self):
        return gen_dataset_ops.flat_map_dataset(self._input_dataset._as_variant_tensor(), self._map_func.captured_inputs,
                                                f=self._map_func, **dataset_ops.flat_structure(self))

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
                                                  self._cycle_length, self._block_length, f=self._map_func, **dataset_ops.flat_structure(self))

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
            self._num_parallel_calls, f=self._map_func, **dataset_ops.flat_structure(self))

    def _transformation_name(self):
        return "Dataset.interleave()"


class FilterDataset(dataset_ops.UnaryDataset):
    """The elements for which a function is true."""

    def __init__(self, input_dataset, predicate):
        super().__init__(input_dataset)
        wrapped = structured_functions.StructuredFunctionWrapper(predicate, "Dataset.filter()", input_dataset)
        if not (wrapped.output_types == dtypes.bool and wrapped.output_shapes.is_compatible_with(tensor_shape.scalar())):
            raise ValueError("`predicate` must return a scalar boolean tensor.")
        self._predicate = wrapped.function

    def _as_variant_tensor(self):
        return gen_dataset_ops.filter_dataset(self._input_dataset._as_variant_tensor(), other_arguments=self._predicate.captured_inputs,
                                              predicate=self._predicate, **dataset_ops.flat_structure(self))
