"""tensorflow.python.layers.utils: arguments of layers in one form, sizes of convolutions, conditionals decided while the graph is built."""
from pytfgraph.framework import smart_cond as smart_module
from pytfgraph.ops import control_flow_ops, variables

_FORMATS = {"channels_last": {3: "NWC", 4: "NHWC", 5: "NDHWC"}, "channels_first": {3: "NCW", 4: "NCHW", 5: "NCDHW"}}


def convert_data_format(data_format, ndim):
    """"channels_last" or "channels_first" as the operations of that rank have it; ValueError for anything else."""
    if data_format not in _FORMATS:
        raise ValueError("Invalid data_format:", data_format)
    if ndim not in _FORMATS[data_format]:
        raise ValueError("Input rank not supported:", ndim)
    return _FORMATS[data_format][ndim]


def normalize_tuple(value, n, name):
    """An integer n times, or n integers as a tuple; ValueError, which names the argument, for anything else."""
    if isinstance(value, int):
        return (value,) * n
    wrong = "The `%s` argument must be a tuple of %s integers. Received: %s" % (name, n, value)
    try:
        values = tuple(value)
    except TypeError:
        raise ValueError(wrong) from None
    if len(values) != n:
        raise ValueError(wrong)
    for element in values:
        try:
            int(element)
        except (ValueError, TypeError):
            raise ValueError("%s including element %s of type %s" % (wrong, element, type(element))) from None
    return values


def normalize_data_format(value):
    """"channels_first" or "channels_last" in lower case; ValueError for anything else."""
    if value.lower() not in _FORMATS:
        raise ValueError('The `data_format` argument must be one of "channels_first", "channels_last". Received: %s' % value)
    return value.lower()


def normalize_padding(value):
    """"valid" or "same" in lower case; ValueError for anything else."""
    if value.lower() not in ("valid", "same"):
        raise ValueError('The `padding` argument must be one of "valid", "same". Received: %s' % value.lower())
    return value.lower()


def conv_output_length(input_length, filter_size, padding, stride, dilation=1):
    """The length of what a convolution gives; None where that of its input is."""
    if input_length is None:
        return None
    reach = filter_size + (filter_size - 1) * (dilation - 1) - 1
    assert padding in ("same", "valid", "full")
    return (input_length + {"same": 0, "valid": -reach, "full": reach}[padding] + stride - 1) // stride


def conv_input_length(output_length, filter_size, padding, stride):
    """The length of what a convolution takes; None where that of its output is."""
    if output_length is None:
        return None
    assert padding in ("same", "valid", "full")
    return (output_length - 1) * stride - 2 * {"same": filter_size // 2, "valid": 0, "full": filter_size - 1}[padding] + filter_size


def deconv_output_length(input_length, filter_size, padding, stride):
    """The length of what a transposed convolution gives; None where that of its input is."""
    if input_length is None:
        return None
    return input_length * stride + {"valid": max(filter_size - stride, 0), "full": 2 - stride - filter_size}.get(padding, 0)


def smart_cond(pred, true_fn=None, false_fn=None, name=None):
    """What true_fn or false_fn returns: one is called where the predicate is known, else tf.cond, as for a variable, has both."""
    if isinstance(pred, variables.Variable):
        return control_flow_ops.cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    return smart_module.smart_cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)


def constant_value(pred):
    """The value of a predicate: a bool, 0, 1 or a tensor; None where it is known only when it runs, as that of a variable."""
    return None if isinstance(pred, variables.Variable) else smart_module.smart_constant_value(pred)
