"""Convolutions: functions of nn_ops and nn_impl whose arguments differ from their operations'."""
import numpy as np

from pytfgraph.framework import dtypes, ops, tensor_shape, tensor_util
from pytfgraph.ops import array_ops, math_ops, raw

gen_nn_ops = raw.module("gen_nn_ops")


def _channels_second(data_format):
    return data_format is not None and data_format.startswith("NC")


# ---- one dimension, as two ----

def _format_1d(data_format):
    """(format of two dimensions, where the new dimension goes)."""
    if data_format in (None, "NHWC", "NWC"):
        return "NHWC", 1
    if data_format in ("NCHW", "NCW"):
        return "NCHW", 2
    raise ValueError('data_format must be "NWC" or "NCW".')


def conv1d(value, filters, stride, padding, use_cudnn_on_gpu=None, data_format=None, name=None):
    """Convolves [batch, width, channels] with filters [width, channels, outputs].

    Args:
      value: a 3-D floating tensor, channels second for data_format "NCW".
      filters: 3-D, of the same type.
      stride: from one window to the next.
      padding: "SAME" or "VALID".
      use_cudnn_on_gpu: kept for old programs.
      data_format: "NWC" (the default) or "NCW"; the names of two dimensions are taken as well.
      name: of the operation.

    Raises:
      ValueError: for another data_format, or shapes that do not fit.
    """
    with ops.name_scope(name, "conv1d", [value, filters]) as name:
        data_format, at = _format_1d(data_format)
        strides = [1, 1, stride, 1] if at == 1 else [1, 1, 1, stride]
        value = array_ops.expand_dims(value, at)
        filters = array_ops.expand_dims(filters, 0)
        result = gen_nn_ops.conv2d(value, filters, strides, padding, use_cudnn_on_gpu=use_cudnn_on_gpu, data_format=data_format)
        return array_ops.squeeze(result, [at])


def _check_channels(value, filter, rank, axis):
    """What is known of the arguments of a transposed convolution must fit together."""
    if not value.get_shape()[axis].is_compatible_with(filter.get_shape()[rank - 1]):
        raise ValueError("input channels does not match filter's input channels, {} != {}".format(value.get_shape()[axis], filter.get_shape()[rank - 1]))


def _check_sizes(output_shape, sizes, filter, rank, axis, padding):
    if not sizes.get_shape().is_compatible_with(tensor_shape.vector(rank)):
        raise ValueError("output_shape must have shape ({},), got {}".format(rank, sizes.get_shape()))
    if isinstance(output_shape, (list, np.ndarray)) and not filter.get_shape()[rank - 2].is_compatible_with(output_shape[axis]):
        raise ValueError("output_shape does not match filter's output channels, {} != {}".format(output_shape[axis], filter.get_shape()[rank - 2]))
    if padding not in ("VALID", "SAME"):
        raise ValueError("padding must be either VALID or SAME: {}".format(padding))


def conv1d_transpose(value, filter, output_shape, stride, padding="SAME", data_format="NWC", name=None):
    """The gradient of conv1d, used forwards: filters are [width, outputs, channels of value].

    Raises:
      ValueError: where shapes, padding or data_format do not fit.
    """
    with ops.name_scope(name, "conv1d_transpose", [value, filter, output_shape]) as name:
        sizes = ops.convert_to_tensor(output_shape, name="output_shape")
        if not sizes.get_shape().is_compatible_with(tensor_shape.vector(3)):
            raise ValueError("output_shape must have shape (3,), got {}".format(sizes.get_shape()))
        if data_format not in (None, "NWC", "NCW"):
            raise ValueError('data_format must be "NWC" or "NCW".')
        axis, at = (1, 2) if data_format == "NCW" else (2, 1)
        _check_channels(value, filter, 3, axis)
        _check_sizes(output_shape, sizes, filter, 3, axis, padding)
        sizes = array_ops.concat([sizes[:at], [1], sizes[at:]], axis=0)
        strides = [1, 1, stride, 1] if at == 1 else [1, 1, 1, stride]
        value = array_ops.expand_dims(value, at)
        filter = array_ops.expand_dims(filter, 0)
        result = gen_nn_ops.conv2d_backprop_input(input_sizes=sizes, filter=filter, out_backprop=value, strides=strides, padding=padding,
                                                  data_format="NHWC" if at == 1 else "NCHW", name=name)
        return array_ops.squeeze(result, [at])


# ---- transposed ----

def conv2d_transpose(value, filter, output_shape, strides, padding="SAME", data_format="NHWC", name=None):
    """The gradient of conv2d, used forwards ("deconvolution").

    Args:
      value: [batch, rows, columns, channels], or channels second for data_format "NCHW".
      filter: [rows, columns, outputs, channels of value].
      output_shape: of the result, four elements.
      strides: four, of the convolution whose gradient this is.
      padding: "SAME" or "VALID".
      data_format: "NHWC" or "NCHW".
      name: of the operation.

    Raises:
      ValueError: where shapes, padding or data_format do not fit.
    """
    with ops.name_scope(name, "conv2d_transpose", [value, filter, output_shape]) as name:
        if data_format not in ("NCHW", "NHWC"):
            raise ValueError("data_format has to be either NCHW or NHWC.")
        value = ops.convert_to_tensor(value, name="value")
        filter = ops.convert_to_tensor(filter, name="filter")
        axis = 3 if data_format == "NHWC" else 1
        _check_channels(value, filter, 4, axis)
        sizes = ops.convert_to_tensor(output_shape, name="output_shape")
        _check_sizes(output_shape, sizes, filter, 4, axis, padding)
        return gen_nn_ops.conv2d_backprop_input(input_sizes=sizes, filter=filter, out_backprop=value, strides=strides, padding=padding,
                                                data_format=data_format, name=name)


def conv3d_transpose(value, filter, output_shape, strides, padding="SAME", data_format="NDHWC", name=None):
    """The gradient of conv3d, used forwards: filter is [depth, rows, columns, outputs, channels of value].

    Raises:
      ValueError: where shapes or padding do not fit.
    """
    with ops.name_scope(name, "conv3d_transpose", [value, filter, output_shape]) as name:
        value = ops.convert_to_tensor(value, name="value")
        filter = ops.convert_to_tensor(filter, name="filter")
        axis = 1 if data_format == "NCDHW" else 4
        _check_channels(value, filter, 5, axis)
        sizes = ops.convert_to_tensor(output_shape, name="output_shape")
        _check_sizes(output_shape, sizes, filter, 5, axis, padding)
        return gen_nn_ops.conv3d_backprop_input_v2(input_sizes=sizes, filter=filter, out_backprop=value, strides=strides, padding=padding,
                                                   data_format=data_format, name=name)


def atrous_conv2d_transpose(value, filters, output_shape, rate, padding, name=None):
    """The gradient of atrous_conv2d, used forwards: filters are [rows, columns, outputs, channels of value].

    Raises:
      ValueError: where shapes, padding or rate do not fit.
    """
    with ops.name_scope(name, "atrous_conv2d_transpose", [value, filters, output_shape]) as name:
        value = ops.convert_to_tensor(value, name="value")
        filters = ops.convert_to_tensor(filters, name="filters")
        if not value.get_shape()[3].is_compatible_with(filters.get_shape()[3]):
            raise ValueError("value's input channels does not match filters' input channels, {} != {}".format(value.get_shape()[3], filters.get_shape()[3]))
        if rate < 1:
            raise ValueError("rate {} cannot be less than one".format(rate))
        if rate == 1:
            return conv2d_transpose(value, filters, output_shape, strides=[1, 1, 1, 1], padding=padding, data_format="NHWC")
        sizes = ops.convert_to_tensor(output_shape, name="output_shape")
        _check_sizes(output_shape, sizes, filters, 4, 3, padding)
        (top, bottom), (left, right) = _atrous_padding(filters, rate, padding)
        height, width = output_shape[1] + top + bottom, output_shape[2] + left + right
        # More, so that the rate divides both.
        more_rows = (rate - height % rate) % rate
        more_columns = (rate - width % rate) % rate
        value = array_ops.space_to_batch(input=value, paddings=[[0, more_rows], [0, more_columns]], block_size=rate)
        sizes = [rate * rate * output_shape[0], (height + more_rows) // rate, (width + more_columns) // rate, output_shape[3]]
        value = gen_nn_ops.conv2d_backprop_input(input_sizes=sizes, filter=filters, out_backprop=value, strides=[1, 1, 1, 1], padding="VALID",
                                                 data_format="NHWC")
        return array_ops.batch_to_space(input=value, crops=[[top, bottom + more_rows], [left, right + more_columns]], block_size=rate)


def _atrous_padding(filters, rate, padding):
    """((top, bottom), (left, right)) that make VALID of the padding, for filters with `rate` - 1 holes between elements."""
    if padding == "VALID":
        return (0, 0), (0, 0)
    shape = filters.get_shape().as_list() if filters.get_shape().is_fully_defined() else array_ops.shape(filters)
    height, width = shape[0], shape[1]
    rows = height + (height - 1) * (rate - 1)
    columns = width + (width - 1) * (rate - 1)
    rows = rows - 1
    columns = columns - 1
    top = rows // 2
    bottom = rows - top
    left = columns // 2
    return (top, bottom), (left, columns - left)


# ---- dilated, through space_to_batch ----

def with_space_to_batch(input, dilation_rate, padding, op, filter_shape=None, spatial_dims=None, data_format=None):
    """Makes a dilated form of an operation with windows: space goes to the batch, `op` runs, and all comes back.

    Args:
      input: a tensor of rank above the largest of spatial_dims.
      dilation_rate: an int32 vector of known length, all at least 1.
      padding: "SAME" or "VALID".
      op: a function (input, number of dims of space, padding); it gets "VALID" where something is dilated.
      filter_shape: size of the windows; needed for "SAME".
      spatial_dims: increasing dims of space, by default those after the batch (or after the channels).
      data_format: of input; names that begin with "NC" have channels second.

    Raises:
      ValueError: where an argument is not as above.
    """
    input = ops.convert_to_tensor(input, name="input")
    return _WithSpaceToBatch(input.get_shape(), dilation_rate, padding, lambda n, pad: lambda x, _: op(x, n, pad), filter_shape=filter_shape,
                             spatial_dims=spatial_dims, data_format=data_format)(input, None)


class _WithSpaceToBatch:
    """with_space_to_batch for inputs of one shape: build_op(dims, padding) gives a function of input and filter."""

    def __init__(self, input_shape, dilation_rate, padding, build_op, filter_shape=None, spatial_dims=None, data_format=None):
        rate = ops.convert_to_tensor(dilation_rate, dtypes.int32, name="dilation_rate")
        if rate.get_shape().ndims not in (None, 1):
            raise ValueError("rate must be rank 1")
        if not rate.get_shape().is_fully_defined():
            raise ValueError("rate must have known shape")
        n = rate.get_shape()[0].value
        first = 2 if _channels_second(data_format) else 1
        given = list(range(first, n + first) if spatial_dims is None else spatial_dims)
        dims = sorted({int(d) for d in given})
        if dims != given or any(d < 1 for d in dims):
            raise ValueError("spatial_dims must be a montonically increasing sequence of positive integers")
        known_rate = tensor_util.constant_value(rate)
        if known_rate is not None:
            if np.any(known_rate < 1):
                raise ValueError("dilation_rate must be positive")
            if np.all(known_rate == 1):
                self.call = build_op(n, padding)
                return
        self.input_shape, self.dims, self.rate, self.data_format, self.n = input_shape, dims, rate, data_format, n
        self.rate_or_known = rate if known_rate is None else known_rate
        self.base_paddings = self._base_paddings(padding, filter_shape)
        self.op = build_op(n, "VALID")
        self.call = self._dilated

    def _base_paddings(self, padding, filter_shape):
        """Padding that makes "VALID" of `padding`; None where the filter's shape is not known yet."""
        if padding == "VALID":
            return np.zeros([self.n, 2], np.int32)
        if padding != "SAME":
            raise ValueError("Invalid padding method %r" % padding)
        if filter_shape is None:
            raise ValueError("filter_shape must be specified for SAME padding")
        known = tensor_util.constant_value(ops.convert_to_tensor(filter_shape, name="filter_shape"))
        return None if known is None else _same_paddings(known, self.n, self.rate_or_known)

    def _dilated(self, inp, filter):
        space = None
        if self.input_shape.ndims is not None:
            sizes = self.input_shape.as_list()
            space = [sizes[d] for d in self.dims]
        if space is None or None in space:
            shape = array_ops.shape(inp)
            space = array_ops.stack([shape[d] for d in self.dims])
        base = self.base_paddings
        if base is None:
            base = _same_paddings(array_ops.shape(filter), self.n, self.rate_or_known)
        paddings, crops = array_ops.required_space_to_batch_paddings(input_shape=space, base_paddings=base, block_shape=self.rate)
        rate = _spread(self.rate, 1, self.dims)
        paddings = _spread(paddings, 0, self.dims)
        crops = _spread(crops, 0, self.dims)
        result = self.op(array_ops.space_to_batch_nd(input=inp, block_shape=rate, paddings=paddings), filter)
        result = array_ops.batch_to_space_nd(input=result, block_shape=rate, crops=crops)
        if _channels_second(self.data_format) and not result.shape[1].value and filter is not None:
            sizes = result.shape.as_list()
            sizes[1] = filter.shape[-1]
            result.set_shape(sizes)
        return result

    def __call__(self, inp, filter):
        return self.call(inp, filter)


def _same_paddings(filter_shape, n, rate):
    """[[before, after]] for "SAME" with dilated filters."""
    size = filter_shape[:n]
    dilated = size + (size - 1) * (rate - 1)
    extra = dilated - 1
    before = extra // 2
    after = extra - before
    return array_ops.stack([[before[i], after[i]] for i in range(n)])


def _spread(values, fill, dims):
    """Rows for `dims` as rows for dims 1, 2, ...: those in between get `fill`."""
    known = tensor_util.constant_value(values)
    rows = values if known is None else known
    more, dtype = values.get_shape().as_list()[1:], values.dtype.as_numpy_dtype
    parts, before, i = [], 0, 0
    while i < len(dims):
        start = i
        if dims[i] > 1:
            parts.append(np.full([dims[i] - 1 - before] + more, fill, dtype=dtype))
        while i + 1 < len(dims) and dims[i + 1] == dims[i] + 1:
            i += 1
        parts.append(rows[start:i + 1])
        before = dims[i]
        i += 1
    return np.concatenate(parts) if known is not None else array_ops.concat(parts, 0)


def _get_strides_and_dilation_rate(num_spatial_dims, strides, dilation_rate):
    """Both as arrays, ones where None."""
    def read(values, what):
        if values is None:
            values = [1] * num_spatial_dims
        elif len(values) != num_spatial_dims:
            raise ValueError("len(%s)=%d but should be %d" % (what, len(values), num_spatial_dims))
        values = np.array(values, dtype=np.int32)
        if np.any(values < 1):
            raise ValueError("all values of %s must be positive" % what)
        return values
    dilation_rate = read(dilation_rate, "dilation_rate")
    strides = read(strides, "strides")
    if np.any(strides > 1) and np.any(dilation_rate > 1):
        raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
    return strides, dilation_rate


class _NonAtrousConvolution:
    """A convolution of one to three dims of space, without dilation: called with input and filter."""

    def __init__(self, input_shape, filter_shape, padding, data_format=None, strides=None, name=None):
        filter_shape = filter_shape.with_rank(input_shape.ndims)
        self.padding, self.name = padding, name
        input_shape = input_shape.with_rank(filter_shape.ndims)
        if input_shape.ndims is None:
            raise ValueError("Rank of convolution must be known")
        if not 3 <= input_shape.ndims <= 5:
            raise ValueError("`input` and `filter` must have rank at least 3 and at most 5")
        n = input_shape.ndims - 2
        if strides is None:
            strides = [1] * n
        elif len(strides) != n:
            raise ValueError("len(strides)=%d, but should be %d" % (len(strides), n))
        self._choose(n, list(strides), data_format)

    def _choose(self, n, strides, data_format):
        if n == 1:
            if data_format not in (None, "NCW", "NWC", "NCHW", "NHWC"):
                raise ValueError('data_format must be "NWC" or "NCW".')
            self.strides, self.data_format = strides[0], data_format or "NWC"
            self.conv_op = lambda input, filter, strides, padding, data_format, name: conv1d(
                value=input, filters=filter, stride=strides, padding=padding, data_format=data_format, name=name)
            return
        last, second = ("NHWC", "NCHW") if n == 2 else ("NDHWC", "NCDHW")
        if data_format in (None, last):
            self.strides = [1] + strides + [1]
        elif data_format == second:
            self.strides = [1, 1] + strides
        else:
            raise ValueError('data_format must be "%s" or "%s".%s' % (last, second, " Have: %s" % data_format if n == 3 else ""))
        self.data_format = last if n == 2 and data_format is None else data_format
        self.conv_op = gen_nn_ops.conv2d if n == 2 else gen_nn_ops.conv3d

    def __call__(self, inp, filter):
        return self.conv_op(input=inp, filter=filter, strides=self.strides, padding=self.padding, data_format=self.data_format, name=self.name)


class Convolution:
    """tf.nn.convolution for inputs of one shape: called with input and filter."""

    def __init__(self, input_shape, filter_shape, padding, strides=None, dilation_rate=None, name=None, data_format=None):
        rank = filter_shape.ndims if filter_shape.ndims is not None else input_shape.ndims
        if rank is None:
            raise ValueError("rank of input or filter must be known")
        n = rank - 2
        if _channels_second(data_format):
            channels, dims = input_shape[1], range(2, n + 2)
        else:
            channels, dims = input_shape[n + 1], range(1, n + 1)
        if not channels.is_compatible_with(filter_shape[n]):
            raise ValueError("number of input channels does not match corresponding dimension of filter, {} != {}".format(channels, filter_shape[n]))
        strides, dilation_rate = _get_strides_and_dilation_rate(n, strides, dilation_rate)
        self.input_shape, self.filter_shape, self.strides, self.data_format, self.name = input_shape, filter_shape, strides, data_format, name
        self.conv_op = _WithSpaceToBatch(input_shape, dilation_rate=dilation_rate, padding=padding, build_op=self._build_op,
                                         filter_shape=filter_shape, spatial_dims=dims, data_format=data_format)

    def _build_op(self, _, padding):
        return _NonAtrousConvolution(self.input_shape, filter_shape=self.filter_shape, padding=padding, data_format=self.data_format,
                                     strides=self.strides, name=self.name)

    def __call__(self, inp, filter):
        return self.conv_op(inp, filter)


def convolution(input, filter, padding, strides=None, dilation_rate=None, name=None, data_format=None):
    """Convolutions of one to three dims of space, strided or dilated (not both).

    Args:
      input: [batch, space..., channels], or channels second for data_formats that begin with "NC".
      filter: [space..., channels, outputs].
      padding: "SAME" or "VALID".
      strides: of each dim of space; ones by default.
      dilation_rate: of each dim of space; ones by default.
      name: of the operation.
      data_format: "NWC", "NHWC", "NDHWC" or one of "NCW", "NCHW", "NCDHW".

    Raises:
      ValueError: where arguments do not fit together.
    """
    with ops.name_scope(name, "convolution", [input, filter]) as name:
        input = ops.convert_to_tensor(input, name="input")
        filter = ops.convert_to_tensor(filter, name="filter")
        return Convolution(input.get_shape(), filter.get_shape(), padding, strides=strides, dilation_rate=dilation_rate, name=name,
                           data_format=data_format)(input, filter)


def atrous_conv2d(value, filters, rate, padding, name=None):
    """A convolution of [batch, rows, columns, channels] with `rate` - 1 holes between the filters' elements."""
    return convolution(input=value, filter=filters, padding=padding, dilation_rate=np.broadcast_to(rate, (2,)), name=name)


def _pools():
    from pytfgraph.ops import nn_pool
    return {("MAX", 1): nn_pool.max_pool, ("MAX", 2): nn_pool.max_pool, ("AVG", 1): nn_pool.avg_pool, ("AVG", 2): nn_pool.avg_pool,
            ("MAX", 3): lambda *a, **k: gen_nn_ops.max_pool3d(*a, **k), ("AVG", 3): lambda *a, **k: gen_nn_ops.avg_pool3d(*a, **k)}


def _pool_format(n, data_format):
    """The data_format of the operation that pools."""
    if n != 1:
        return data_format
    if data_format in (None, "NWC"):
        return "NHWC"
    if data_format == "NCW":
        return "NCHW"
    raise ValueError('data_format must be either "NWC" or "NCW".')


def pool(input, window_shape, pooling_type, padding, dilation_rate=None, strides=None, name=None, data_format=None):
    """Pools over one to three dims of space, strided or dilated (not both).

    Args:
      input: [batch, space..., channels], or channels second for data_formats that begin with "NC".
      window_shape: of each dim of space.
      pooling_type: "MAX" or "AVG".
      padding: "SAME" or "VALID".
      dilation_rate: of each dim of space; ones by default.
      strides: of each dim of space; ones by default.
      name: of the operation.
      data_format: of input.

    Raises:
      ValueError: where arguments do not fit together.
    """
    with ops.name_scope(name, "%s_pool" % pooling_type.lower(), [input]) as scope:
        input = ops.convert_to_tensor(input, name="input")
        n = len(window_shape)
        if not 1 <= n <= 3:
            raise ValueError("It is required that 1 <= num_spatial_dims <= 3.")
        input.get_shape().with_rank(n + 2)
        strides, dilation_rate = _get_strides_and_dilation_rate(n, strides, dilation_rate)
        if padding == "SAME" and np.any(dilation_rate > 1):
            raise ValueError("pooling with SAME padding is not implemented for dilation_rate > 1")
        if np.any(strides > window_shape):
            raise ValueError("strides > window_shape not supported due to inconsistency between CPU and GPU implementations")
        if (pooling_type, n) not in _pools():
            raise ValueError("%d-D %s pooling is not supported." % (n, pooling_type))
        first = 2 if _channels_second(data_format) else 1
        size, step = ([1] * first + list(v) + [1] * (2 - first) for v in (window_shape, strides))
        if n == 1:
            size, step = [1] + size, [1] + step
        format_of_op = _pool_format(n, data_format)

        def op(x, _, op_padding):
            if n == 1:
                x = array_ops.expand_dims(x, first)
            result = _pools()[pooling_type, n](x, size, step, op_padding, name=scope, data_format=format_of_op)
            return array_ops.squeeze(result, [first]) if n == 1 else result
        return with_space_to_batch(input=input, dilation_rate=dilation_rate, padding=padding, op=op, spatial_dims=range(first, n + first),
                                   filter_shape=window_shape)


# ---- depthwise ----

def depthwise_conv2d(input, filter, strides, padding, rate=None, name=None, data_format=None):
    """Convolves every channel with filters of its own.

    Args:
      input: [batch, rows, columns, channels], or channels second for data_format "NCHW".
      filter: [rows, columns, channels, multiplier]; the result has channels * multiplier.
      strides: four.
      padding: "SAME" or "VALID".
      rate: dilation of rows and columns; ones by default.
      name: of the operation.
      data_format: "NHWC" or "NCHW".
    """
    with ops.name_scope(name, "depthwise", [input, filter]) as name:
        input = ops.convert_to_tensor(input, name="tensor_in")
        filter = ops.convert_to_tensor(filter, name="filter_in")

        def op(x, _, op_padding):
            return gen_nn_ops.depthwise_conv2d_native(input=x, filter=filter, strides=strides, padding=op_padding, data_format=data_format, name=name)
        return with_space_to_batch(input=input, filter_shape=array_ops.shape(filter), dilation_rate=[1, 1] if rate is None else rate, padding=padding,
                                   data_format=data_format, op=op)


def separable_conv2d(input, depthwise_filter, pointwise_filter, strides, padding, rate=None, name=None, data_format=None):
    """depthwise_conv2d, then a convolution of the channels at each point.

    Args:
      input: [batch, rows, columns, channels], or channels second for data_format "NCHW".
      depthwise_filter: [rows, columns, channels, multiplier].
      pointwise_filter: [1, 1, channels * multiplier, outputs].
      strides: four, of the depthwise part.
      padding: "SAME" or "VALID".
      rate: dilation of the depthwise part; ones by default.
      name: of the operation.
      data_format: "NHWC" or "NCHW".

    Raises:
      ValueError: for a pointwise filter of another shape.
    """
    with ops.name_scope(name, "separable_conv2d", [input, depthwise_filter, pointwise_filter]) as name:
        input = ops.convert_to_tensor(input, name="tensor_in")
        depthwise_filter = ops.convert_to_tensor(depthwise_filter, name="depthwise_filter")
        pointwise_filter = ops.convert_to_tensor(pointwise_filter, name="pointwise_filter")
        shape = pointwise_filter.get_shape().with_rank(4)
        shape[0].assert_is_compatible_with(1)
        shape[1].assert_is_compatible_with(1)

        def op(x, _, op_padding):
            return gen_nn_ops.depthwise_conv2d_native(input=x, filter=depthwise_filter, strides=strides, padding=op_padding, data_format=data_format,
                                                      name="depthwise")
        depthwise = with_space_to_batch(input=input, filter_shape=array_ops.shape(depthwise_filter), dilation_rate=[1, 1] if rate is None else rate,
                                        padding=padding, data_format=data_format, op=op)
        return gen_nn_ops.conv2d(depthwise, pointwise_filter, [1, 1, 1, 1], padding="VALID", data_format=data_format, name=name)


def erosion2d(value, kernel, strides, rates, padding, name=None):
    """The smallest value - kernel of each window: the dilation of -value by the reversed kernel, negated."""
    with ops.name_scope(name, "erosion2d", [value, kernel]) as name:
        return math_ops.negative(gen_nn_ops.dilation2d(input=math_ops.negative(value), filter=array_ops.reverse_v2(kernel, [0, 1]), strides=strides,
                                                       rates=rates, padding=padding, name=name))
