"""IndexedSlices: some rows of a tensor, as gradients of gathers are."""
import collections
import warnings

from pytfgraph import _core


class IndexedSlices(_core._TensorLike):
    """Rows `values[i]` of a larger tensor, at positions `indices[i]` of its first dimension.

    Rows with equal indices are meant to be added.

    Args:
      values: Tensor of shape [n, d1, ...].
      indices: int32 or int64 Tensor of shape [n].
      dense_shape: optional integer Tensor, the shape [d0, d1, ...] of the whole.
    """

    def __init__(self, values, indices, dense_shape=None):
        _core._get_graph_from_inputs([values, indices] + ([dense_shape] if dense_shape is not None else []))
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    @property
    def values(self):
        return self._values

    @property
    def indices(self):
        return self._indices

    @property
    def dense_shape(self):
        return self._dense_shape

    @property
    def name(self):
        return self.values.name

    @property
    def device(self):
        return self.values.device

    @property
    def op(self):
        return self.values.op

    @property
    def dtype(self):
        return self.values.dtype

    @property
    def graph(self):
        return self._values.graph

    def __str__(self):
        return "IndexedSlices(indices=%s, values=%s%s)" % (
            self._indices, self._values, ", dense_shape=%s" % self._dense_shape if self._dense_shape is not None else "")

    def __neg__(self):
        return IndexedSlices(-self.values, self.indices, self.dense_shape)


IndexedSlicesValue = collections.namedtuple("IndexedSlicesValue", ["values", "indices", "dense_shape"])

_LARGE_SPARSE_NUM_ELEMENTS = 100000000


def to_tensor(value, dtype=None, name=None, as_ref=False):
    """Adds the rows up into a dense Tensor of shape `dense_shape`; ValueError where that is not known."""
    from pytfgraph.framework import tensor_util
    from pytfgraph.ops import raw
    if dtype and not dtype.is_compatible_with(value.dtype):
        raise ValueError("Tensor conversion requested dtype %s for IndexedSlices with dtype %s" % (dtype.name, value.dtype.name))
    if value.dense_shape is None:
        raise ValueError("Tensor conversion requested for IndexedSlices without dense_shape: %s" % str(value))
    shape = tensor_util.constant_value(value.dense_shape)
    if shape is None:
        warnings.warn("Converting sparse IndexedSlices to a dense Tensor of unknown shape. This may consume a large amount of memory.")
    elif shape.prod() >= _LARGE_SPARSE_NUM_ELEMENTS:
        warnings.warn("Converting sparse IndexedSlices to a dense Tensor with %d elements. This may consume a large amount of memory."
                      % shape.prod())
    return raw.function("unsorted_segment_sum")(value.values, value.indices, value.dense_shape[0], name=name)
