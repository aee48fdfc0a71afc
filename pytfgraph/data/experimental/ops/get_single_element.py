"""The one element of a dataset, without an iterator."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import nest, sparse


def get_single_element(dataset):
    """The element of a dataset that has one: a structure of tensors.

    Raises:
      TypeError: `dataset` is none.
      A dataset that is empty, or has more, is an InvalidArgumentError when it is run.
    """
    if not isinstance(dataset, dataset_ops.Dataset):
        raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
    flat = dataset_ops.gen_dataset_ops.dataset_to_single_element(dataset._as_variant_tensor(), **dataset_ops.flat_structure(dataset))
    flat = list(flat) if isinstance(flat, (list, tuple)) else [flat]
    return sparse.deserialize_sparse_tensors(nest.pack_sequence_as(dataset.output_types, flat), dataset.output_types,
                                             dataset.output_shapes, dataset.output_classes)
