"""Elements that do not fail."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.ops import raw


class _IgnoreErrorsDataset(dataset_ops.UnaryDataset):
    """The elements that do not fail."""

    def _as_variant_tensor(self):
        return raw.module("gen_experimental_dataset_ops").experimental_ignore_errors_dataset(
            self._input_dataset._as_variant_tensor(), **dataset_ops.flat_structure(self))


def ignore_errors():
    """A transformation for Dataset.apply: elements whose computation fails are left out."""
    return _IgnoreErrorsDataset
