"""Pooling: functions of nn_ops whose arguments differ from their operations'."""
from pytfgraph.framework import ops
from pytfgraph.ops import raw

gen_nn_ops = raw.module("gen_nn_ops")


def avg_pool(value, ksize, strides, padding, data_format="NHWC", name=None):
    """The average of each window of a 4-D floating tensor; padding does not count.

    Args:
      value: [batch, rows, columns, channels], or channels second for data_format "NCHW".
      ksize: size of the windows, of four dimensions.
      strides: from one window to the next, of four dimensions.
      padding: "SAME" or "VALID".
      data_format: "NHWC" or "NCHW".
      name: of the operation.
    """
    with ops.name_scope(name, "AvgPool", [value]) as name:
        value = ops.convert_to_tensor(value, name="input")
        return gen_nn_ops.avg_pool(value, ksize=ksize, strides=strides, padding=padding, data_format=data_format, name=name)


def max_pool(value, ksize, strides, padding, data_format="NHWC", name=None):
    """The largest element of each window of a 4-D tensor; NaN is no element.

    Args:
      value: [batch, rows, columns, channels], or channels second for data_format "NCHW".
      ksize: size of the windows, of four dimensions; windows are of rows and columns, or of channels.
      strides: from one window to the next, of four dimensions.
      padding: "SAME" or "VALID".
      data_format: "NHWC" or "NCHW".
      name: of the operation.
    """
    with ops.name_scope(name, "MaxPool", [value]) as name:
        value = ops.convert_to_tensor(value, name="input")
        return gen_nn_ops.max_pool(value, ksize=ksize, strides=strides, padding=padding, data_format=data_format, name=name)
