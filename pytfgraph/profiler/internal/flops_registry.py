"""Float operations of a node, as TensorFlow counts them: registered for graph_util and the profiler."""
from pytfgraph.framework import graph_util_impl, ops


def _shape(graph, name):
    """The tensor's dimensions; ValueError where they are not all known."""
    shape = graph_util_impl.tensor_shape_from_node_def_name(graph, name)
    shape.assert_is_fully_defined()
    return shape.as_list()


def _product(dims):
    result = 1
    for d in dims:
        result *= d
    return result


def _size(graph, name):
    return _product(_shape(graph, name))


def _register(op, count):
    ops.RegisterStatistics(op, "flops")(lambda graph, node: ops.OpStats("flops", count(graph, node)))


def _per_input(times, less=0):
    return lambda graph, node: _size(graph, node.input[0]) * times - less


def _per_output(times):
    return lambda graph, node: _size(graph, node.name) * times


def _reduction(finalize):
    """One for each element but the first of each result, and `finalize` for each result."""
    return lambda graph, node: _size(graph, node.input[0]) + _size(graph, node.name) * (finalize - 1)


def _want_nhwc(node):
    if node.attr["data_format"].s != b"NHWC":
        raise ValueError("Only NHWC format is supported in flops computations")


def _mat_mul(graph, node):
    inner = _shape(graph, node.input[0])[0 if node.attr["transpose_a"].b else 1]
    return inner * _size(graph, node.name) * 2


def _conv_2d(graph, node):
    _shape(graph, node.input[0])
    return _size(graph, node.name) * _product(_shape(graph, node.input[1])[:3]) * 2


def _per_window(graph, node):
    _shape(graph, node.input[0])
    return _size(graph, node.name) * _product(_shape(graph, node.input[1])[:2]) * 2


def _conv_2d_backward(graph, node, image, kernel):
    """Of the larger one's size and the kernel's: each element of the image meets the kernel but for channels and strides."""
    _want_nhwc(node)
    image, kernel = _shape(graph, image), _shape(graph, kernel)
    strides = node.attr["strides"].list.i
    return 2 * _product(image) * _product(kernel) / (image[-1] * strides[1] * strides[2])


def _pool(graph, node):
    _want_nhwc(node)
    return _product(node.attr["ksize"].list.i) * _size(graph, node.name)


def _avg_pool_grad(graph, node):
    _want_nhwc(node)
    return _product(node.attr["ksize"].list.i) * _size(graph, node.input[1]) * 2


def _max_pool_grad(graph, node):
    _want_nhwc(node)
    return (_product(node.attr["ksize"].list.i) + 1) * _size(graph, node.input[1])


def _add_n(graph, node):
    return _size(graph, node.input[0]) * (len(node.input) - 1) if node.input else 0


for _op in ("Reciprocal", "Square", "Log", "Neg", "AssignSub", "AssignAdd", "BiasAdd"):
    _register(_op, _per_input(1))
_register("Rsqrt", _per_input(2))
_register("Softmax", _per_input(5))
_register("L2Loss", _per_input(3, 1))
for _op in ("Add", "Sub", "Mul", "RealDiv", "Maximum", "Minimum", "Pow", "GreaterEqual", "Greater", "LessEqual", "Less", "Equal", "NotEqual"):
    _register(_op, _per_output(1))
_register("SquaredDifference", _per_output(2))
_register("RsqrtGrad", _per_output(4))
_register("Mean", _reduction(1))
for _op in ("Sum", "ArgMax", "ArgMin", "BiasAddGrad"):
    _register(_op, _reduction(0))
_register("MatMul", _mat_mul)
_register("Conv2D", _conv_2d)
_register("DepthwiseConv2dNative", _per_window)
_register("Dilation2D", _per_window)
_register("Conv2DBackpropInput", lambda graph, node: _conv_2d_backward(graph, node, node.name, node.input[1]))
_register("Conv2DBackpropFilter", lambda graph, node: _conv_2d_backward(graph, node, node.input[0], node.name))
for _op in ("AvgPool", "MaxPool"):
    _register(_op, _pool)
_register("AvgPoolGrad", _avg_pool_grad)
_register("MaxPoolGrad", _max_pool_grad)
_register("AddN", _add_n)
