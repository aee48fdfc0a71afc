"""What a test case says of arrays, Tensors, messages and errors."""
import collections.abc
import contextlib
import itertools
import re

import numpy as np
from google.protobuf import text_format

from pytfgraph.framework import device, dtypes, errors_impl, ops, versions
from pytfgraph.platform import tf_logging
from pytfgraph.util.protobuf import compare


def _at(path):
    return "[" + "][".join(path) + "]" if path else ""


def _subscripts(subscripts, value, limit=10, indent=2):
    """A line for each of the first `limit` elements, with its index."""
    lines = [" " * indent + "%s : %s" % (s, value[tuple(s)]) for s in itertools.islice(np.transpose(subscripts), limit)]
    return lines + ([" " * indent + "..."] if np.size(subscripts) and len(subscripts[0]) > limit else [])


class Asserts:
    """Assertions for a unittest.TestCase that has `evaluate`."""

    def _GetNdArray(self, a):
        """An array of a Tensor's value, or of anything else."""
        if isinstance(a, ops.Tensor):
            a = self.evaluate(a)
        return a if isinstance(a, np.ndarray) else np.array(a)

    # ---- numbers and arrays ----

    def assertNear(self, f1, f2, err, msg=None):
        """Numbers at most `err` apart."""
        if not (f1 == f2 or abs(f1 - f2) <= err):
            raise self.failureException("False is not true : %f != %f +/- %f%s" % (
                np.asarray(f1).item(), np.asarray(f2).item(), np.asarray(err).item(), " (%s)" % msg if msg is not None else ""))

    def assertArrayNear(self, farray1, farray2, err, msg=None):
        """Sequences of one length whose elements are at most `err` apart."""
        self.assertEqual(len(farray1), len(farray2), msg=msg)
        for f1, f2 in zip(farray1, farray2):
            self.assertNear(float(f1), float(f2), err, msg=msg)

    def assertNDArrayNear(self, ndarray1, ndarray2, err, msg=None):
        """Arrays whose difference has a norm under `err`."""
        self.assertTrue(self._NDArrayNear(ndarray1, ndarray2, err), msg=msg)

    def _NDArrayNear(self, ndarray1, ndarray2, err):
        return bool(np.linalg.norm(ndarray1 - ndarray2) < err)

    def _assert_arrays_close(self, a, b, rtol, atol, msg):
        a, b = self._GetNdArray(a), self._GetNdArray(b)
        shapes = "Shape mismatch: expected %s, got %s" % (a.shape, b.shape)
        small = b.ndim <= 3 or b.size < 500
        self.assertEqual(a.shape, b.shape, shapes + (" with contents %s." % b if small else "."))
        if np.allclose(a, b, rtol=rtol, atol=atol):
            return
        far = np.logical_or(np.abs(a - b) > atol + rtol * np.abs(b), np.isnan(a) != np.isnan(b))
        lines = [msg]
        x, y = a, b
        if a.ndim:
            x, y = a[np.where(far)], b[np.where(far)]
            lines.append("not close where = %s" % (np.where(far),))
        lines += ["not close lhs = %s" % x, "not close rhs = %s" % y, "not close dif = %s" % np.abs(x - y),
                  "not close tol = %s" % (atol + rtol * np.abs(y)), "dtype = %s, shape = %s" % (a.dtype, a.shape)]
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol, err_msg="\n".join(lines), equal_nan=True)

    def _assert_dicts_close(self, a, b, rtol, atol, path, msg):
        at = _at(path)
        self.assertCountEqual(a.keys(), b.keys(), msg="mismatched keys: a%s has keys %s, but b%s has keys %s. %s" % (
            at, a.keys(), at, b.keys(), msg))
        for k in a:
            self._assert_close(a[k], b[k], rtol, atol, path + [str(k)], msg)

    def _assert_lists_close(self, a, b, rtol, atol, path, msg):
        at = _at(path)
        try:  # as arrays at once where they are regular
            a_array, b_array = self._GetNdArray(a), self._GetNdArray(b)
            self._assert_arrays_close(a_array, b_array, rtol, atol, "Mismatched value: a%s is different from b%s. %s" % (at, at, msg))
        except (ValueError, TypeError):
            if len(a) != len(b):
                raise ValueError("Mismatched length: a%s has %d items, but b%s has %d items. %s" % (at, len(a), at, len(b), msg)) from None
            for i, (x, y) in enumerate(zip(a, b)):
                self._assert_close(x, y, rtol, atol, path + [str(i)], msg)

    def _assert_close(self, a, b, rtol, atol, path, msg):
        a, b = (x._asdict() if hasattr(x, "_asdict") else x for x in (a, b))
        at = _at(path)
        is_dict = isinstance(a, collections.abc.Mapping)
        if is_dict != isinstance(b, collections.abc.Mapping):
            raise ValueError("Can't compare dict to non-dict, a%s vs b%s. %s" % (at, at, msg))
        if is_dict:
            self._assert_dicts_close(a, b, rtol, atol, path, msg)
        elif isinstance(a, (list, tuple)):
            self._assert_lists_close(a, b, rtol, atol, path, msg)
        else:
            try:
                self._assert_arrays_close(a, b, rtol, atol, "Mismatched value: a%s is different from b%s. %s" % (at, at, msg))
            except TypeError as e:
                e.args = ("%s : Error: a%s has %s, but b%s has %s. %s" % (e.args[0], at, type(a), at, type(b), msg),) + e.args[1:]
                raise

    def assertAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        """Arrays, Tensors, or dicts, namedtuples, lists and tuples of them in any nesting, equal within tolerances.

        Args:
          a, b: the expected and the actual structure.
          rtol: relative tolerance.
          atol: absolute tolerance.
          msg: shown on failure.

        Raises:
          ValueError: a dict is compared with something else, or lists have different lengths.
        """
        self._assert_close(a, b, rtol, atol, [], msg if msg else "")

    def assertAllCloseAccordingToType(self, a, b, rtol=1e-6, atol=1e-6, float_rtol=1e-6, float_atol=1e-6, half_rtol=1e-3, half_atol=1e-3,
                                      bfloat16_rtol=1e-2, bfloat16_atol=1e-2, msg=None):
        """assertAllClose with the tolerances of the narrower of two arrays' types."""
        a, b = self._GetNdArray(a), self._GetNdArray(b)
        kinds = {a.dtype, b.dtype}
        for types, r, t in (((np.float32, np.complex64), float_rtol, float_atol), ((np.float16,), half_rtol, half_atol),
                            ((dtypes.bfloat16.as_numpy_dtype,), bfloat16_rtol, bfloat16_atol)):
            if kinds & {np.dtype(x) for x in types}:
                rtol, atol = max(rtol, r), max(atol, t)
        self.assertAllClose(a, b, rtol=rtol, atol=atol, msg=msg)

    def assertNotAllClose(self, a, b, **kwargs):
        """Arrays of which some elements are not close."""
        try:
            self.assertAllClose(a, b, **kwargs)
        except AssertionError:
            return
        raise AssertionError("The two values are close at all elements")

    def assertAllEqual(self, a, b, msg=None):
        """Equal arrays or Tensors of one shape; a NaN equals a NaN."""
        msg = msg if msg else ""
        a, b = self._GetNdArray(a), self._GetNdArray(b)
        self.assertEqual(a.shape, b.shape, "Shape mismatch: expected %s, got %s. %s" % (a.shape, b.shape, msg))
        same = a == b
        if a.dtype in (np.float16, np.float32, np.float64, dtypes.bfloat16.as_numpy_dtype):
            same = np.logical_or(same, np.logical_and(np.isnan(a), np.isnan(b)))
        if np.all(same):
            return
        differ = np.logical_not(same)
        x, y, lines = a, b, [msg]
        if a.ndim:
            x, y = a[np.where(differ)], b[np.where(differ)]
            lines.append("not equal where = %s" % (np.where(differ),))
        lines += ["not equal lhs = %s" % x, "not equal rhs = %s" % y]
        np.testing.assert_array_equal(a, b, err_msg="\n".join(lines))

    def assertAllGreater(self, a, comparison_target):
        """Elements that are all above a number."""
        self.assertGreater(np.min(self._GetNdArray(a)).item(), comparison_target)

    def assertAllLess(self, a, comparison_target):
        """Elements that are all under a number."""
        self.assertLess(np.max(self._GetNdArray(a)).item(), comparison_target)

    def assertAllGreaterEqual(self, a, comparison_target):
        """Elements that are all at least a number."""
        self.assertGreaterEqual(np.min(self._GetNdArray(a)).item(), comparison_target)

    def assertAllLessEqual(self, a, comparison_target):
        """Elements that are all at most a number."""
        self.assertLessEqual(np.max(self._GetNdArray(a)).item(), comparison_target)

    def assertAllInRange(self, target, lower_bound, upper_bound, open_lower_bound=False, open_upper_bound=False):
        """Numbers that all lie between two bounds; an open bound itself is outside.

        Raises:
          AssertionError: an element lies outside or is NaN, or the array has no numbers.
        """
        target = self._GetNdArray(target)
        if not (np.issubdtype(target.dtype, np.floating) or np.issubdtype(target.dtype, np.integer)):
            raise AssertionError("The value of %s does not have an ordered numeric type, instead it has type: %s" % (target, target.dtype))
        nans = np.where(np.isnan(target))
        if np.size(nans):
            raise AssertionError("%d of the %d element(s) are NaN. Subscripts(s) and value(s) of the NaN element(s):\n" % (
                len(nans[0]), np.size(target)) + "\n".join(_subscripts(nans, target)))
        below = (np.less_equal if open_lower_bound else np.less)(target, lower_bound)
        above = (np.greater_equal if open_upper_bound else np.greater)(target, upper_bound)
        outside = np.where(np.logical_or(below, above))
        if np.size(outside):
            bounds = "%s%s, %s%s" % ("(" if open_lower_bound else "[", lower_bound, upper_bound, ")" if open_upper_bound else "]")
            raise AssertionError("%d of the %d element(s) are outside the range %s. Subscript(s) and value(s) of the offending elements:\n" % (
                len(outside[0]), np.size(target), bounds) + "\n".join(_subscripts(outside, target)))

    def assertAllInSet(self, target, expected_set):
        """Elements that are all in a set."""
        others = np.setdiff1d(self._GetNdArray(target).flatten(), list(expected_set))
        if np.size(others):
            raise AssertionError("%d unique element(s) are not in the set %s: %s" % (np.size(others), expected_set, others))

    def assertDTypeEqual(self, target, expected_dtype):
        """An array or Tensor of a NumPy type."""
        self.assertEqual(self._GetNdArray(target).dtype, expected_dtype)

    def assertShapeEqual(self, np_array, tf_tensor, msg=None):
        """A NumPy array or scalar and a Tensor of one shape; TypeError where they are something else."""
        if not isinstance(np_array, (np.ndarray, np.generic)):
            raise TypeError("np_array must be a Numpy ndarray or Numpy scalar")
        if not isinstance(tf_tensor, ops.Tensor):
            raise TypeError("tf_tensor must be a Tensor")
        self.assertAllEqual(np_array.shape, tf_tensor.get_shape().as_list(), msg=msg)

    # ---- texts, devices and messages ----

    def assertStartsWith(self, actual, expected_start, msg=None):
        """A text that begins with another."""
        if not actual.startswith(expected_start):
            self.fail("%r does not start with %r" % (actual, expected_start) + (" : %r" % msg if msg else ""))

    def assertDeviceEqual(self, device1, device2, msg=None):
        """Device names, or DeviceSpecs, that mean the same device."""
        device1, device2 = device.canonical_name(device1), device.canonical_name(device2)
        self.assertEqual(device1, device2, "Devices %s and %s are not equal. %s" % (device1, device2, msg))

    def _AssertProtoEquals(self, a, b, msg=None):
        if not compare.ProtoEq(a, b):
            compare.assertProtoEqual(self, a, b, normalize_numbers=True, msg=msg)

    def assertProtoEquals(self, expected_message_maybe_ascii, message, msg=None):
        """A protocol buffer message equal to another, or to one given as text."""
        expected = expected_message_maybe_ascii
        if isinstance(expected, str):
            expected = text_format.Merge(expected, type(message)(), descriptor_pool=message.DESCRIPTOR.file.pool)
        elif not isinstance(expected, type(message)):
            raise AssertionError("Can't compare protos of type %s and %s. %s" % (type(expected), type(message), msg or ""))
        self._AssertProtoEquals(expected, message, msg=msg)

    def assertProtoEqualsVersion(self, expected, actual, producer=versions.GRAPH_DEF_VERSION,
                                 min_consumer=versions.GRAPH_DEF_VERSION_MIN_CONSUMER, msg=None):
        """assertProtoEquals of a GraphDef and the text of one without its versions."""
        self.assertProtoEquals("versions { producer: %d min_consumer: %d };\n%s" % (producer, min_consumer, expected), actual, msg=msg)

    # ---- errors ----

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(self, exception_type, expected_err_re_or_predicate):
        """For a with statement whose body raises an error of a class that a predicate accepts or a regular expression is found in.

        The text that is searched is the message, and for an OpError also the names of its node and of those that it was made for.
        """
        matches = expected_err_re_or_predicate
        if not callable(matches):
            def matches(e):
                text = _searched(e)
                tf_logging.info("Searching within error strings: '%s' within '%s'", expected_err_re_or_predicate, text)
                return re.search(expected_err_re_or_predicate, text)
        try:
            yield
            self.fail(exception_type.__name__ + " not raised")
        except Exception as e:
            if not isinstance(e, exception_type) or not matches(e):
                raise AssertionError("Exception of type %s: %s" % (type(e), e)) from e

    def assertRaisesOpError(self, expected_err_re_or_predicate):
        """assertRaisesWithPredicateMatch for tf.OpError."""
        return self.assertRaisesWithPredicateMatch(errors_impl.OpError, expected_err_re_or_predicate)


def _searched(error):
    if not isinstance(error, errors_impl.OpError):
        return str(error)
    text, op = error.message, error.op
    while op is not None:
        text += "\nCaused by: " + op.name
        op = getattr(op, "_original_op", None)
    return text
