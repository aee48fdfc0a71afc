"""Elements of several datasets by turns, by chance or by choice."""
from pytfgraph.data.experimental.ops import random_ops
from pytfgraph.data.ops import dataset_ops, readers
from pytfgraph.data.util import nest
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.ops import array_ops, math_ops, raw


def parallel_interleave(map_func, cycle_length, block_length=1, sloppy=False, buffer_output_elements=None, prefetch_input_elements=None):
    """A transformation for Dataset.apply: as Dataset.interleave, with the open datasets computed by threads of their own.

    Args:
      map_func: makes a dataset of each element.
      cycle_length: datasets that are open at once.
      block_length: elements of each in a row.
      sloppy: whether one that has no element yet is passed over; the order is then by chance.
      buffer_output_elements: elements of each that are computed ahead; 2 * block_length for None.
      prefetch_input_elements: datasets that are begun ahead; 2 * cycle_length for None.
    """
    return lambda dataset: readers.ParallelInterleaveDataset(dataset, map_func, cycle_length, block_length, sloppy,
                                                             buffer_output_elements, prefetch_input_elements)


class _DirectedInterleaveDataset(dataset_ops.Dataset):
    """Elements of the datasets that another dataset names."""

    def __init__(self, selector_input, data_inputs):
        super().__init__()
        self._selector_input = selector_input
        self._data_inputs = list(data_inputs)
        for other in data_inputs[1:]:
            if other.output_types != data_inputs[0].output_types or other.output_classes != data_inputs[0].output_classes:
                raise TypeError("All datasets must have the same type and class.")

    def _as_variant_tensor(self):
        return raw.module("gen_experimental_dataset_ops").experimental_directed_interleave_dataset(
            self._selector_input._as_variant_tensor(), [d._as_variant_tensor() for d in self._data_inputs],
            **dataset_ops.flat_structure(self))

    def _inputs(self):
        return [self._selector_input] + self._data_inputs

    @property
    def output_classes(self):
        return self._data_inputs[0].output_classes

    @property
    def output_shapes(self):
        common = self._data_inputs[0].output_shapes
        for other in self._data_inputs[1:]:
            common = nest.pack_sequence_as(common, [a.most_specific_compatible_shape(b) for a, b in
                                                    zip(nest.flatten(common), nest.flatten(other.output_shapes))])
        return common

    @property
    def output_types(self):
        return self._data_inputs[0].output_types


def _draw(logits, seed):
    return array_ops.squeeze(raw.module("gen_stateless_random_ops").stateless_multinomial(logits, 1, seed=seed), axis=[0, 1])


def sample_from_datasets(datasets, weights=None, seed=None):
    """A dataset of elements of `datasets`, each taken from one that is drawn at random.

    Args:
      datasets: a list of datasets of the same structure.
      weights: how likely each is: a vector of floats, or a dataset of such; all the same for None.
      seed: with the graph's seed, decides what is drawn.

    Raises:
      TypeError: the datasets differ in dtypes or classes, or the weights are no floats.
      ValueError: there are more or fewer weights than datasets.
    """
    if isinstance(weights, dataset_ops.Dataset):
        logits = weights.map(lambda *p: math_ops.log(p, name="logits"))
        drawn = dataset_ops.MapDataset(dataset_ops.Dataset.zip((logits, random_ops.RandomDataset(seed).batch(2))), _draw,
                                       use_inter_op_parallelism=False)
        return _DirectedInterleaveDataset(drawn, datasets)
    if weights is None:
        logits = [[1.0] * len(datasets)]
    else:
        weights = ops.convert_to_tensor(weights, name="weights")
        if weights.dtype not in (dtypes.float32, dtypes.float64):
            raise TypeError("`weights` must be convertible to a tensor of `tf.float32` or `tf.float64` elements.")
        if not weights.shape.is_compatible_with([len(datasets)]):
            raise ValueError("`weights` must be a vector of length `len(datasets)`.")
        logits = array_ops.expand_dims(math_ops.log(weights, name="logits"), 0)
    if len(datasets) == 1:
        return datasets[0]
    drawn = dataset_ops.MapDataset(random_ops.RandomDataset(seed).batch(2), lambda pair: _draw(logits, pair), use_inter_op_parallelism=False)
    return _DirectedInterleaveDataset(drawn, datasets)


def choose_from_datasets(datasets, choice_dataset):
    """A dataset of elements of `datasets`, each taken from the one whose number `choice_dataset` gives.

    Raises:
      TypeError: the choices are no int64 scalars, or the datasets differ in dtypes or classes.
    """
    if not (choice_dataset.output_types == dtypes.int64 and choice_dataset.output_shapes.is_compatible_with(tensor_shape.scalar()) and
            choice_dataset.output_classes == ops.Tensor):
        raise TypeError("`choice_dataset` must be a dataset of scalar `tf.int64` tensors.")
    return _DirectedInterleaveDataset(choice_dataset, datasets)
