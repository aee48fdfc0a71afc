"""Distribution functions that need more than one formula: the normal's, its logarithm and inverse, and Laplace's."""
import numpy as np

from pytfgraph.framework import constant_op, ops
from pytfgraph.ops import array_ops, math_ops


def _check(x, name, words):
    x = ops.convert_to_tensor(x, name=name)
    if x.dtype.as_numpy_dtype not in (np.float32, np.float64):
        raise TypeError("%s.dtype=%s is not %s" % (name, x.dtype, words))
    return x


_HANDLED = "handled, see docstring for supported types."


def ndtr(x, name="ndtr"):
    """The distribution function of the standard normal, for float32 and float64 (else TypeError)."""
    with ops.name_scope(name, values=[x]):
        return _ndtr(_check(x, "x", _HANDLED))


def _ndtr(x):
    """erf where that is exact, erfc in the tails."""
    half_sqrt_2 = constant_op.constant(0.5 * np.sqrt(2.0), dtype=x.dtype, name="half_sqrt_2")
    w = x * half_sqrt_2
    z = math_ops.abs(w)
    near = math_ops.less(z, half_sqrt_2)
    middle = 1.0 + math_ops.erf(w)
    tails = array_ops.where(math_ops.greater(w, 0.0), 2.0 - math_ops.erfc(z), math_ops.erfc(z))
    return 0.5 * array_ops.where(near, middle, tails)


# Numerators and denominators of rational functions from the Cephes library (S. L. Moshier), lowest power first: around 1/2, and of
# 1/z for z = sqrt(-2 log p) in [2, 8) and beyond.
_MIDDLE = ([-1.23916583867381258016e0, 1.39312609387279679503e1, -5.66762857469070293439e1, 9.80010754185999661536e1,
            -5.99633501014107895267e1],
           [-1.18331621121330003142e0, 1.59056225126211695515e1, -8.20372256168333339912e1, 2.00260212380060660359e2,
            -2.25462687854119370527e2, 8.63602421390890590575e1, 4.67627912898881538453e0, 1.95448858338141759834e0, 1.0])
_TAIL = ([-8.57456785154685413611e-4, -3.50424626827848203418e-2, -1.40256079171354495875e-1, 2.18663306850790267539e0,
          1.46849561928858024014e1, 4.40805073893200834700e1, 5.71628192246421288162e1, 3.15251094599893866154e1,
          4.05544892305962419923e0],
         [-9.33259480895457427372e-4, -3.80806407691578277194e-2, -1.42182922854787788574e-1, 2.50464946208309415979e0,
          1.50425385692907503408e1, 4.13172038254672030440e1, 4.53907635128879210584e1, 1.57799883256466749731e1, 1.0])
_FAR = ([6.23974539184983293730e-9, 2.65806974686737550832e-6, 3.01581553508235416007e-4, 1.23716634817820021358e-2,
         2.01485389549179081538e-1, 1.33303460815807542389e0, 3.93881025292474443415e0, 6.91522889068984211695e0,
         3.23774891776946035970e0],
        [6.79019408009981274425e-9, 2.89247864745380683936e-6, 3.28014464682127739104e-4, 1.34204006088543189037e-2,
         2.16236993594496635890e-1, 1.37702099489081330271e0, 3.67983563856160859403e0, 6.02427039364742014255e0, 1.0])


def _polynomial(x, coefficients):
    total = array_ops.zeros_like(x)
    for c in np.array(coefficients[::-1], x.dtype.as_numpy_dtype):
        total = c + total * x
    return total


def ndtri(p, name="ndtri"):
    """The inverse of ndtr; infinite at 0 and 1."""
    with ops.name_scope(name, values=[p]):
        p = _check(p, "p", _HANDLED)
        turned = array_ops.where(p > -np.expm1(-2.0), 1.0 - p, p)
        is_low = turned <= 0.0
        half = array_ops.fill(array_ops.shape(p), np.array(0.5, p.dtype.as_numpy_dtype))
        safe = array_ops.where(is_low, half, turned)
        w = safe - 0.5
        square = w ** 2
        middle = w + w * square * (_polynomial(square, _MIDDLE[0]) / _polynomial(square, _MIDDLE[1]))
        middle *= -np.sqrt(2.0 * np.pi)
        z = math_ops.sqrt(-2.0 * math_ops.log(safe))
        first = z - math_ops.log(z) / z
        far, tail = [_polynomial(1.0 / z, top) / _polynomial(1.0 / z, bottom) / z for top, bottom in (_FAR, _TAIL)]
        far, tail = first - far, first - tail
        x = array_ops.where(safe > np.exp(-2.0), middle, array_ops.where(z >= 8.0, far, tail))
        x = array_ops.where(p > 1.0 - np.exp(-2.0), x, -x)
        infinity = constant_op.constant(np.inf, dtype=p.dtype)
        infinity = array_ops.fill(array_ops.shape(p), infinity)
        return array_ops.where(p <= 0.0, -infinity, array_ops.where(p >= 1.0, infinity, x))


# Below the first an asymptotic series serves, above the second log(1 - x) = -x.
LOGNDTR_FLOAT32_LOWER, LOGNDTR_FLOAT32_UPPER = np.array(-10, np.float32), np.array(5, np.float32)
LOGNDTR_FLOAT64_LOWER, LOGNDTR_FLOAT64_UPPER = np.array(-20, np.float64), np.array(8, np.float64)
_SEGMENTS = {np.float32: (LOGNDTR_FLOAT32_LOWER, LOGNDTR_FLOAT32_UPPER), np.float64: (LOGNDTR_FLOAT64_LOWER, LOGNDTR_FLOAT64_UPPER)}


def log_ndtr(x, series_order=3, name="log_ndtr"):
    """log(ndtr(x)), exact in the lower tail too.

    Args:
      x: float32 or float64.
      series_order: terms of the asymptotic series, 0 to 30.
      name: of the operation.
    """
    if not isinstance(series_order, int):
        raise TypeError("series_order must be a Python integer.")
    if series_order < 0:
        raise ValueError("series_order must be non-negative.")
    if series_order > 30:
        raise ValueError("series_order must be <= 30.")
    with ops.name_scope(name, values=[x]):
        x = _check(x, "x", "supported.")
        lower, upper = _SEGMENTS[x.dtype.as_numpy_dtype]
        is_upper = math_ops.greater(x, upper)
        above = -_ndtr(-x)
        is_middle = math_ops.greater(x, lower)
        middle = math_ops.log(_ndtr(math_ops.maximum(x, lower)))
        return array_ops.where(is_upper, above, array_ops.where(is_middle, middle, _log_tail(math_ops.minimum(x, lower), series_order)))


def _log_tail(x, series_order):
    log_scale = -0.5 * math_ops.square(x) - math_ops.log(-x) - 0.5 * np.log(2.0 * np.pi)
    return log_scale + math_ops.log(_tail_series(x, series_order))


def _tail_series(x, series_order):
    """1 - 1/x^2 + 3/x^4 - 15/x^6 ..., terms of one sign summed together."""
    dtype = x.dtype.as_numpy_dtype
    if series_order <= 0:
        return np.array(1, dtype)
    square = power = math_ops.square(x)
    sums = [array_ops.zeros_like(x), array_ops.zeros_like(x)]
    for n in range(1, series_order + 1):
        sums[n % 2] += np.array(np.prod(np.arange(2 * n - 1, 1, -2)), dtype) / power
        power *= square
    return 1.0 + sums[0] - sums[1]


def log_cdf_laplace(x, name="log_cdf_laplace"):
    """The logarithm of the standard Laplace's distribution function."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name="x")
        below = -np.log(2.0) + x
        above = math_ops.log1p(-0.5 * math_ops.exp(-math_ops.abs(x)))
        return array_ops.where(x < 0.0, below, above)
