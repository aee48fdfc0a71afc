"""tf.einsum, as products of matrices, and functions made of others."""
import re

from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, math_ops
from pytfgraph.platform import tf_logging as logging


def einsum(equation, *inputs, **kwargs):
    """Einstein's sum over repeated indices: einsum('ij,jk->ik', a, b) is a matrix product.

    Args:
      equation: indices of each input and, behind "->", of the output (those that occur once, in order, where not given).
      *inputs: the tensors.
      name: of the operations.

    Raises:
      TypeError: for other keyword arguments.
      ValueError: for an equation that is malformed or does not fit the inputs.
    """
    equation = equation.replace(" ", "")
    name = kwargs.pop("name", None)
    if kwargs:
        raise TypeError("invalid keyword arguments for this function: " + ", ".join(sorted(kwargs)))
    with ops.name_scope(name, "einsum", [equation, inputs]) as name:
        labels, output = _parse(equation)
        inputs = list(inputs)
        if len(inputs) != len(labels):
            raise ValueError("Got %d arguments for equation \"%s\", expecting %d" % (len(inputs), equation, len(labels)))
        for a in set("".join(labels)):
            if sum(a in s for s in labels) > 2 and a not in output:
                logging.warn("Falling back to exponential-space implementation of einsum() because index \"%s\" is summed over more than "
                             "two inputs.", a)
                return _by_broadcasting(labels, output, inputs)
        product, have = inputs[0], labels[0]
        for x, x_labels in zip(inputs[1:], labels[1:]):
            product, have = _contract(product, have, x, x_labels, set(have) & set(x_labels) - set(output))
        if set(have) - set(output):
            product = math_ops.reduce_sum(product, reduction_indices=[i for i, a in enumerate(have) if a not in output])
            have = "".join(a for a in have if a in output)
        if sorted(have) != sorted(output):
            raise ValueError("Invalid equation: %s" % equation)
        return _transposed(product, [have.index(a) for a in output])


def _parse(equation):
    """The inputs' indices, a list, and the output's."""
    if "..." in equation:
        raise ValueError("Subscripts with ellipses are not yet supported.")
    match = re.match("^([a-zA-Z,]+)(->[a-zA-Z]*)?$", equation)
    if not match:
        raise ValueError("Indices have incorrect format: %s" % equation)
    labels = match.group(1).split(",")
    if match.group(2):
        return labels, match.group(2)[2:]
    joined = "".join(labels)
    return labels, "".join(a for a in sorted(set(joined)) if joined.count(a) == 1)


def _transposed(t, perm):
    """Also where nothing changes place: TensorFlow's graphs have these nodes, too."""
    return array_ops.transpose(t, perm)


def _reshaped(t, shape):
    shape = tuple(-1 if n is None else n for n in shape)
    known = tuple(d.value for d in t.get_shape())
    if len(shape) == len(known) and all(a == b or b == -1 for a, b in zip(known, shape)):
        return t
    return array_ops.reshape(t, shape)


def _sizes(t):
    """A tensor's sizes: ints where known, scalar tensors elsewhere."""
    sizes = t.get_shape().as_list()
    if any(n is None for n in sizes):
        shape = array_ops.shape(t)
        sizes = [shape[i] if n is None else n for i, n in enumerate(sizes)]
    return sizes


def _product(sizes):
    result = 1
    for n in sizes:
        result *= n
    return result


def _contract(t0, labels0, t1, labels1, summed):
    """The product of two tensors, summed over some indices, and its indices: kept ones, t0's own, t1's own."""
    for i, (t, labels) in enumerate(((t0, labels0), (t1, labels1))):
        if len(labels) != len(t.get_shape()):
            raise ValueError("Tensor t%d of rank %d does not match einsum reduction of length %d" % (i, len(t.get_shape()), len(labels)))
    kept = set(labels0) & set(labels1) - summed
    own0, own1 = set(labels0) - kept - summed, set(labels1) - kept - summed
    order0 = sorted(labels0, key=lambda a: (-1 if a in kept else 0 if a in own0 else 1, a))
    order1 = sorted(labels1, key=lambda a: (-1 if a in kept else 0 if a in summed else 1, a))
    t0 = _transposed(t0, [labels0.find(a) for a in order0])
    t1 = _transposed(t1, [labels1.find(a) for a in order1])
    n = len(kept)
    if not summed:
        for _ in own1:
            t0 = array_ops.expand_dims(t0, -1)
        for _ in own0:
            t1 = array_ops.expand_dims(t1, n)
        return math_ops.multiply(t0, t1), "".join(order0 + order1[n:])
    sizes0 = _sizes(t0)
    rows, inner = _product(sizes0[n:-len(summed)]), _product(sizes0[-len(summed):])
    t0 = _reshaped(t0, sizes0[:n] + [rows, inner])
    sizes1 = _sizes(t1)
    columns = _product(sizes1[n + len(summed):])
    t1 = _reshaped(t1, sizes1[:n] + [inner, columns])
    product = math_ops.matmul(t0, t1)
    product = _reshaped(product, sizes0[:n + len(own0)] + sizes1[len(sizes1) - len(own1):])
    return product, "".join(order0[:n + len(own0)] + order1[len(order1) - len(own1):])


def _by_broadcasting(labels, output, inputs):
    """Multiplies all inputs over all indices at once, then sums: for indices of three inputs and more."""
    every = sorted(set("".join(labels)))
    missing = set(output).difference(every)
    if missing:
        raise ValueError("Unknown output axes: %s" % missing)
    order = [a for a in every if a not in output] + list(output)
    expanded, sizes = [], {}
    for i, (x, axes) in enumerate(zip(inputs, labels)):
        if x.get_shape().ndims != len(axes):
            raise ValueError("Input %d with axes %s has incorrect number of dimensions (expected %d, got %d)"
                             % (i, axes, len(axes), x.get_shape().ndims))
        if len(set(axes)) != len(axes):
            raise ValueError("Subscript not supported: an axis appears more than once: %s" % axes)
        here = sorted(axes, key=order.index)
        if list(axes) != here:
            x = _transposed(x, [axes.find(a) for a in here])
        known = dict(zip(here, x.get_shape().as_list()))
        for a, n in known.items():
            if n is not None and n > 1 and sizes.setdefault(a, n) != n:
                raise ValueError("Dimension mismatch on axis: %s" % a)
        expanded.append(array_ops.reshape(x, [(known[a] or -1) if a in known else 1 for a in order]))
    result = 1
    for x in expanded:
        result *= x
    return math_ops.reduce_sum(result, [j for j, a in enumerate(order) if a not in output])


def lbeta(x, name=None):
    """log(|Beta(x)|) over the last dimension: the sum of lgamma less lgamma of the sum.

    Args:
      x: a float Tensor of rank 1 or more.
      name: of the name scope.
    """
    with ops.name_scope(name, "lbeta", [x]):
        x = ops.convert_to_tensor(x, name="x")
        product = math_ops.reduce_sum(math_ops.lgamma(x), reduction_indices=[-1])
        return product - math_ops.lgamma(math_ops.reduce_sum(x, axis=[-1]))


def bessel_i0(x, name=None):
    """The modified Bessel function of the first kind of order 0, elementwise; it overflows where `bessel_i0e` does not.

    Args:
      x: a tensor of half, float32 or float64.
      name: of the operations.
    """
    with ops.name_scope(name, "bessel_i0", [x]):
        return math_ops.exp(math_ops.abs(x)) * math_ops.bessel_i0e(x)


def bessel_i1(x, name=None):
    """The modified Bessel function of the first kind of order 1, elementwise; it overflows where `bessel_i1e` does not.

    Args:
      x: a tensor of half, float32 or float64.
      name: of the operations.
    """
    with ops.name_scope(name, "bessel_i1", [x]):
        return math_ops.exp(math_ops.abs(x)) * math_ops.bessel_i1e(x)
