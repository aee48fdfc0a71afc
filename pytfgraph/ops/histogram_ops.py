"""Histograms with bins of one width."""
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import raw

gen_math_ops = raw.module("gen_math_ops")


def histogram_fixed_width_bins(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """The bin that each value falls into, int32 of the shape of `values`; what is outside the range counts for the bin at its end.

    Args:
      values: a numeric Tensor.
      value_range: [low, high], of the dtype of `values`.
      nbins: how many bins there are.
      dtype: not used.
      name: of the name scope.
    """
    from pytfgraph.ops import array_ops, clip_ops, math_ops
    with ops.name_scope(name, "histogram_fixed_width_bins", [values, value_range, nbins]):
        values = ops.convert_to_tensor(values, name="values")
        shape = array_ops.shape(values)
        values = array_ops.reshape(values, [-1])
        value_range = ops.convert_to_tensor(value_range, name="value_range")
        nbins = ops.convert_to_tensor(nbins, dtype=dtypes.int32, name="nbins")
        count = math_ops.cast(nbins, values.dtype)
        scaled = math_ops.truediv(values - value_range[0], value_range[1] - value_range[0], name="scaled_values")
        bins = math_ops.floor(count * scaled, name="indices")
        bins = math_ops.cast(clip_ops.clip_by_value(bins, 0, count - 1), dtypes.int32)
        return array_ops.reshape(bins, shape)


def histogram_fixed_width(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """How many values fall into each of `nbins` bins of one width over [low, high]; what is outside counts for the bin at its end.

    Args:
      values: a numeric Tensor.
      value_range: [low, high], of the dtype of `values`.
      nbins: how many bins there are.
      dtype: of the counts, int32 or int64.
      name: of the operation.
    """
    with ops.name_scope(name, "histogram_fixed_width", [values, value_range, nbins]) as name:
        return gen_math_ops.histogram_fixed_width(values, value_range, nbins, dtype=dtype, name=name)
