"""What distributions share: logits and probabilities, checks of arguments, seeds."""
import functools
import hashlib
import inspect

import numpy as np

from pytfgraph.framework import constant_op, dtypes, ops, tensor_util
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, linalg_ops, math_ops, nn_ops
from pytfgraph.ops.distributions.matrices import (  # noqa: F401
    assert_symmetric, fill_triangular, fill_triangular_inverse, matrix_diag_transform, tridiag)
from pytfgraph.ops.distributions.static_values import (  # noqa: F401
    dimension_size, maybe_get_static_value, pad, prefer_static_broadcast_shape, prefer_static_rank, prefer_static_shape,
    prefer_static_value, same_dynamic_shape)


def assert_integer_form(x, data=None, summarize=None, message=None, int_dtype=None, name="assert_integer_form"):
    """An operation that fails where x has fractions."""
    with ops.name_scope(name, values=[x, data]):
        x = ops.convert_to_tensor(x, name="x")
        if x.dtype.is_integer:
            return control_flow_ops.no_op()
        message = message or "{} has non-integer components".format(x)
        if int_dtype is None:
            int_dtype = {dtypes.float16: dtypes.int16, dtypes.float32: dtypes.int32, dtypes.float64: dtypes.int64}.get(x.dtype.base_dtype)
            if int_dtype is None:
                raise TypeError("Unrecognized type {}".format(x.dtype.name))
        return check_ops.assert_equal(x, math_ops.cast(math_ops.cast(x, int_dtype), x.dtype), data=data, summarize=summarize,
                                      message=message, name=name)


def embed_check_nonnegative_integer_form(x, name="embed_check_nonnegative_integer_form"):
    """x, checked to have neither signs nor fractions."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name="x")
        checks = [check_ops.assert_non_negative(x, message="'{}' must be non-negative.".format(x))]
        if not x.dtype.is_integer:
            checks.append(assert_integer_form(x, message="'{}' cannot contain fractional components.".format(x)))
        return control_flow_ops.with_dependencies(checks, x)


_SIGNED = (dtypes.float16, dtypes.float32, dtypes.float64, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)
_UNSIGNED = (dtypes.bool, dtypes.uint8, dtypes.uint16)


def _largest_integer(dtype):
    """Up to here the dtype has every integer."""
    dtype = dtype.base_dtype
    if dtype not in _SIGNED + _UNSIGNED:
        raise TypeError("Unrecognized dtype: {}".format(dtype.name))
    if dtype.is_floating:
        return int(2 ** (np.finfo(dtype.as_numpy_dtype).nmant + 1))
    return 1 if dtype == dtypes.bool else int(np.iinfo(dtype.as_numpy_dtype).max)


def _smallest_integer(dtype):
    return -_largest_integer(dtype) if dtype.base_dtype not in _UNSIGNED else 0


def _is_integer(dtype):
    if dtype.base_dtype not in _SIGNED + _UNSIGNED:
        raise TypeError("Unrecognized dtype: {}".format(dtype.name))
    return dtype.is_integer or dtype.base_dtype == dtypes.bool


def embed_check_categorical_event_shape(categorical_param, name="embed_check_categorical_event_shape"):
    """Logits or probabilities, checked to be of two events or more, and no more than their dtype can number."""
    with ops.name_scope(name, values=[categorical_param]):
        x = ops.convert_to_tensor(categorical_param, name="categorical_param")
        dtype = x.dtype.base_dtype
        most = _largest_integer(dtype) if dtype.is_floating else 0
        if most == 0:
            raise TypeError("Unable to validate size of unrecognized dtype ({}).".format(dtype.name))
        at_least_one = "A categorical-distribution parameter must have at least 1 dimension."
        at_least_two = "A categorical-distribution parameter must have at least 2 events."
        try:
            size = x.get_shape().with_rank_at_least(1)[-1].value
        except ValueError:
            raise ValueError(at_least_one) from None
        if size is None:
            size = array_ops.shape(x, name="x_shape")[-1]
            return control_flow_ops.with_dependencies([
                check_ops.assert_rank_at_least(x, 1, message=at_least_one),
                check_ops.assert_greater_equal(array_ops.shape(x)[-1], 2, message=at_least_two),
                check_ops.assert_less_equal(size, most, message="Number of classes exceeds `dtype` precision, i.e., {} dtype cannot "
                                            "exceed {} shape.".format(dtype.name, most))], x)
        if size < 2:
            raise ValueError(at_least_two)
        if size > most:
            raise ValueError("Number of classes exceeds `dtype` precision, i.e., {} implies shape ({}) cannot exceed {}.".format(
                dtype.name, size, most))
        return x


def _range_checks(x, target_dtype, assert_nonnegative):
    checks = []
    if assert_nonnegative:
        checks.append(check_ops.assert_non_negative(x, message="Elements must be non-negative."))
    if x.dtype.is_floating:
        checks.append(assert_integer_form(x, int_dtype=target_dtype, message="Elements must be {}-equivalent.".format(target_dtype.name)))
        return checks
    most, least = _largest_integer(target_dtype), _smallest_integer(target_dtype)
    if _largest_integer(x.dtype) > most:
        checks.append(check_ops.assert_less_equal(x, most, message="Elements cannot exceed {}.".format(most)))
    if not assert_nonnegative and _smallest_integer(x.dtype) < least:
        checks.append(check_ops.assert_greater_equal(x, least, message="Elements cannot be smaller than {}.".format(least)))
    return checks


def embed_check_integer_casting_closed(x, target_dtype, assert_nonnegative=True, name="embed_check_casting_closed"):
    """x, checked to hold integers that target_dtype has."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name="x")
        if not _is_integer(x.dtype) and not x.dtype.is_floating:
            raise TypeError("{}.dtype must be floating- or integer-type.".format(x.dtype.name))
        if not _is_integer(target_dtype) and not target_dtype.is_floating:
            raise TypeError("target_dtype ({}) must be floating- or integer-type.".format(target_dtype.name))
        if not _is_integer(x.dtype) and not _is_integer(target_dtype):
            raise TypeError("At least one of {}.dtype ({}) and target_dtype ({}) must be integer-type.".format(
                x, x.dtype.name, target_dtype.name))
        checks = _range_checks(x, target_dtype, assert_nonnegative)
        return control_flow_ops.with_dependencies(checks, x) if checks else x


def _check_probabilities(probs, multidimensional):
    with ops.name_scope("validate_probs"):
        one = constant_op.constant(1.0, probs.dtype)
        checks = [check_ops.assert_non_negative(probs)]
        if multidimensional:
            probs = embed_check_categorical_event_shape(probs)
            checks.append(check_ops.assert_near(math_ops.reduce_sum(probs, -1), one, message="probs does not sum to 1."))
        else:
            checks.append(check_ops.assert_less_equal(probs, one, message="probs has components greater than 1."))
        return control_flow_ops.with_dependencies(checks, probs)


def get_logits_and_probs(logits=None, probs=None, multidimensional=False, validate_args=False, name="get_logits_and_probs", dtype=None):
    """(logits, probs), the one given as it is, the other computed; multidimensional: over the last dimension, else of each element."""
    with ops.name_scope(name, values=[probs, logits]):
        if (probs is None) == (logits is None):
            raise ValueError("Must pass probs or logits, but not both.")
        if probs is None:
            logits = ops.convert_to_tensor(logits, name="logits", dtype=dtype)
            if not logits.dtype.is_floating:
                raise TypeError("logits must having floating type.")
            if not multidimensional:
                return logits, math_ops.sigmoid(logits, name="probs")
            if validate_args:
                logits = embed_check_categorical_event_shape(logits)
            return logits, nn_ops.softmax(logits, name="probs")
        probs = ops.convert_to_tensor(probs, name="probs", dtype=dtype)
        if not probs.dtype.is_floating:
            raise TypeError("probs must having floating type.")
        if validate_args:
            probs = _check_probabilities(probs, multidimensional)
        with ops.name_scope("logits"):
            if multidimensional:
                return math_ops.log(probs), probs
            return math_ops.log(probs) - math_ops.log1p(-1.0 * probs), probs


def log_combinations(n, counts, name="log_combinations"):
    """log of the multinomial coefficient of n over counts, which lie along the last dimension."""
    with ops.name_scope(name, values=[n, counts]):
        n = ops.convert_to_tensor(n, name="n")
        counts = ops.convert_to_tensor(counts, name="counts")
        whole = math_ops.lgamma(n + 1)
        parts = math_ops.lgamma(counts + 1)
        return whole - math_ops.reduce_sum(parts, axis=[-1])


def rotate_transpose(x, shift, name="rotate_transpose"):
    """x with its dimensions moved `shift` places to the right, around the end."""
    with ops.name_scope(name, values=[x, shift]):
        x = ops.convert_to_tensor(x, name="x")
        shift = ops.convert_to_tensor(shift, name="shift")
        check_ops.assert_integer(shift)
        known = tensor_util.constant_value(shift)
        ndims = x.get_shape().ndims
        if ndims is not None and known is not None:
            if ndims < 2 or known % ndims == 0:
                return x
            return array_ops.transpose(x, perm=np.roll(np.arange(ndims), known % ndims))
        ndims = array_ops.rank(x)
        shift = array_ops.where(math_ops.less(shift, 0), math_ops.mod(-shift, ndims), ndims - math_ops.mod(shift, ndims))
        first = math_ops.range(0, shift)
        last = math_ops.range(shift, ndims)
        return array_ops.transpose(x, perm=array_ops.concat([last, first], 0))


def pick_vector(cond, true_vector, false_vector, name="pick_vector"):
    """true_vector or false_vector, as the scalar `cond` says when the step runs, or now where it is known."""
    with ops.name_scope(name, values=(cond, true_vector, false_vector)):
        cond = ops.convert_to_tensor(cond, name="cond")
        if cond.dtype != dtypes.bool:
            raise TypeError("%s.dtype=%s which is not %s" % (cond, cond.dtype, dtypes.bool))
        known = tensor_util.constant_value(cond)
        if known is not None:
            return true_vector if known else false_vector
        true_vector = ops.convert_to_tensor(true_vector, name="true_vector")
        false_vector = ops.convert_to_tensor(false_vector, name="false_vector")
        if true_vector.dtype != false_vector.dtype:
            raise TypeError("%s.dtype=%s does not match %s.dtype=%s" % (true_vector, true_vector.dtype, false_vector, false_vector.dtype))
        n = array_ops.shape(true_vector)[0]
        return array_ops.slice(array_ops.concat([true_vector, false_vector], 0), [array_ops.where(cond, 0, n)], [array_ops.where(cond, n, -1)])


def gen_new_seed(seed, salt):
    """Another seed for a second generator of the same distribution; None stays None."""
    if seed is None:
        return None
    return int(hashlib.md5((str(seed) + salt).encode("utf-8")).hexdigest()[:8], 16) & 0x7FFFFFFF


def reduce_weighted_logsumexp(logx, w=None, axis=None, keep_dims=False, return_sign=False, name=None):
    """log(abs(sum(w * exp(logx)))) along axes, without overflow; with return_sign a pair of it and the sum's sign."""
    with ops.name_scope(name, "reduce_weighted_logsumexp", [logx, w]):
        logx = ops.convert_to_tensor(logx, name="logx")
        if w is None:
            result = math_ops.reduce_logsumexp(logx, axis=axis, keepdims=keep_dims)
            return (result, array_ops.ones_like(result)) if return_sign else result
        w = ops.convert_to_tensor(w, dtype=logx.dtype, name="w")
        logs = logx + math_ops.log(math_ops.abs(w))
        largest = math_ops.reduce_max(logs, axis=axis, keepdims=True)
        # Without infinite maxima inf - inf is not met.
        largest = array_ops.where(math_ops.is_inf(largest), array_ops.zeros_like(largest), largest)
        terms = math_ops.sign(w) * math_ops.exp(logs - largest)
        total = math_ops.reduce_sum(terms, axis=axis, keepdims=keep_dims)
        if not keep_dims:
            largest = array_ops.squeeze(largest, axis)
        sign = math_ops.sign(total)
        result = largest + math_ops.log(sign * total)
        return (result, sign) if return_sign else result


def softplus_inverse(x, name=None):
    """log(exp(x) - 1), exact for small and large x, too."""
    with ops.name_scope(name, "softplus_inverse", values=[x]):
        x = ops.convert_to_tensor(x, name="x")
        threshold = np.log(np.finfo(x.dtype.as_numpy_dtype).eps) + 2.
        small = math_ops.less(x, np.exp(threshold))
        large = math_ops.greater(x, -threshold)
        of_small, of_large = math_ops.log(x), x
        # Where one of those is taken, the gradient of the formula must be finite.
        x = array_ops.where(math_ops.logical_or(small, large), array_ops.ones_like(x), x)
        y = x + math_ops.log(-math_ops.expm1(-x))
        return array_ops.where(small, of_small, array_ops.where(large, of_large, y))


def process_quadrature_grid_and_probs(quadrature_grid_and_probs, dtype, validate_args, name=None):
    """(points, weights that sum to 1) of a quadrature, as tensors of the dtype; those of Gauss and Hermite with 8 points for None.

    Raises:
      ValueError: where they are known to be of different number.
    """
    with ops.name_scope(name, "process_quadrature_grid_and_probs", [quadrature_grid_and_probs]):
        if quadrature_grid_and_probs is None:
            grid, probs = [a.astype(dtype.as_numpy_dtype) for a in np.polynomial.hermite.hermgauss(deg=8)]
            probs /= np.linalg.norm(probs, ord=1, keepdims=True)
            return ops.convert_to_tensor(grid, name="grid", dtype=dtype), ops.convert_to_tensor(probs, name="probs", dtype=dtype)
        grid, probs = tuple(quadrature_grid_and_probs)
        grid = ops.convert_to_tensor(grid, name="grid", dtype=dtype)
        probs = ops.convert_to_tensor(probs, name="unnormalized_probs", dtype=dtype)
        probs /= linalg_ops.norm(probs, ord=1, axis=-1, keepdims=True, name="probs")
        what = "`quadrature_grid_and_probs` must be a `tuple` of same-length zero-th-dimension `Tensor`s"
        m, n = (x.shape.with_rank_at_least(1)[-1].value for x in (probs, grid))
        if m is not None and n is not None:
            if m != n:
                raise ValueError(what + " (saw lengths {}, {})".format(m, n))
        elif validate_args:
            check = check_ops.assert_equal(dimension_size(probs, axis=-1), dimension_size(grid, axis=-1), message=what)
            with ops.control_dependencies([check]):
                grid, probs = array_ops.identity(grid), array_ops.identity(probs)
        return grid, probs


def parent_frame_arguments():
    """The arguments of the function that calls this one, by name; those of its ** among them, those of its * left out."""
    names, _, named, values = inspect.getargvalues(inspect.stack()[1][0])
    result = {name: values[name] for name in names}
    result.update(values.get(named) or {})
    return result


class AppendDocstring:
    """A decorator that adds a note, and a list of arguments, to a doc string.

    Raises:
      ValueError: for names with spaces, and descriptions of several lines.
    """

    def __init__(self, additional_note="", kwargs_dict=None):
        self._note = additional_note
        lines = []
        for key in sorted(kwargs_dict or {}):
            value = kwargs_dict[key].lstrip()
            if any(c.isspace() for c in key):
                raise ValueError("Parameter name \"%s\" contains whitespace." % key)
            if "\n" in value:
                raise ValueError("Parameter description for \"%s\" contains newlines." % key)
            lines.append("*  `%s`: %s" % (key, value))
        if lines:
            self._note += "\n\n##### `kwargs`:\n\n" + "\n".join(lines)

    def __call__(self, fn):
        @functools.wraps(fn)
        def wrapped(*args, **kwargs):
            return fn(*args, **kwargs)
        wrapped.__doc__ = self._note if wrapped.__doc__ is None else wrapped.__doc__ + "\n%s" % self._note
        return wrapped
