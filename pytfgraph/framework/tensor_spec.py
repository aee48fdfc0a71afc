"""What a Tensor will be: its shape, its dtype, and the bounds of its elements."""
import numpy as np

from pytfgraph.framework import common_shapes, dtypes, ops, tensor_shape


class TensorSpec:
    """The shape and dtype of a Tensor, before it is there."""

    __slots__ = ["_shape", "_shape_tuple", "_dtype", "_name"]

    def __init__(self, shape, dtype, name=None):
        """
        Args:
          shape: a TensorShape, or what makes one.
          dtype: a DType, or what makes one.
          name: of the Tensor.

        Raises:
          TypeError: shape or dtype cannot be made one.
        """
        self._shape = tensor_shape.TensorShape(shape)
        self._shape_tuple = None if self._shape.ndims is None else tuple(self._shape.as_list())
        self._dtype = dtypes.as_dtype(dtype)
        self._name = name

    @classmethod
    def from_spec(cls, spec, name=None):
        """A spec like another, under another name if one is given."""
        return cls(spec.shape, spec.dtype, name or spec.name)

    @classmethod
    def from_tensor(cls, tensor, name=None):
        """The spec of a Tensor; ValueError for anything else."""
        if not isinstance(tensor, ops.Tensor):
            raise ValueError("`tensor` should be a tf.Tensor")
        return TensorSpec(tensor.shape, tensor.dtype, name or tensor.op.name)

    @classmethod
    def is_bounded(cls):
        """Whether its elements have bounds."""
        return False

    shape = property(lambda self: self._shape, doc="The TensorShape.")
    dtype = property(lambda self: self._dtype, doc="The DType.")
    name = property(lambda self: self._name, doc="The name, or None.")
    is_discrete = property(lambda self: self._dtype.is_integer, doc="Whether elements are integers.")
    is_continuous = property(lambda self: self._dtype.is_floating, doc="Whether elements are floating-point numbers.")

    def is_compatible_with(self, spec_or_tensor):
        """Whether a spec or Tensor may be of this dtype and shape."""
        return self._dtype.is_compatible_with(spec_or_tensor.dtype) and self._shape.is_compatible_with(spec_or_tensor.shape)

    def __repr__(self):
        return "TensorSpec(shape=%s, dtype=%r, name=%r)" % (self.shape, self.dtype, self.name)

    def __hash__(self):
        return hash((self._shape_tuple, self.dtype))

    def __eq__(self, other):
        return self.shape == other.shape and self.dtype == other.dtype

    def __ne__(self, other):
        return not self == other

    def __reduce__(self):
        return TensorSpec, (self._shape, self._dtype, self._name)


class BoundedTensorSpec(TensorSpec):
    """A TensorSpec whose elements lie between bounds, which they may reach."""

    __slots__ = ("_minimum", "_maximum")

    def __init__(self, shape, dtype, minimum, maximum, name=None):
        """
        Args:
          shape, dtype, name: as of TensorSpec.
          minimum, maximum: numbers or arrays that broadcast to the shape.

        Raises:
          ValueError: a bound is None or does not broadcast.
        """
        super().__init__(shape, dtype, name)
        if minimum is None or maximum is None:
            raise ValueError("minimum and maximum must be provided; but saw '%s' and '%s'" % (minimum, maximum))
        self._minimum = self._bound("minimum", minimum)
        self._maximum = self._bound("maximum", maximum)

    def _bound(self, which, value):
        try:
            common_shapes.broadcast_shape(tensor_shape.TensorShape(np.shape(value)), self.shape)
        except ValueError as e:
            raise ValueError("%s is not compatible with shape. Message: %r." % (which, e)) from None
        value = np.array(value, dtype=self.dtype.as_numpy_dtype)
        value.setflags(write=False)
        return value

    @classmethod
    def is_bounded(cls):
        return True

    @classmethod
    def from_spec(cls, spec):
        """A spec like another; without bounds it gets those of its dtype."""
        dtype = dtypes.as_dtype(spec.dtype)
        return BoundedTensorSpec(spec.shape, dtype, getattr(spec, "minimum", dtype.min), getattr(spec, "maximum", dtype.max), spec.name)

    minimum = property(lambda self: self._minimum, doc="An array that cannot be written.")
    maximum = property(lambda self: self._maximum, doc="An array that cannot be written.")

    def __repr__(self):
        return "BoundedTensorSpec(shape=%s, dtype=%r, name=%r, minimum=%r, maximum=%r)" % (
            self.shape, self.dtype, self.name, self.minimum, self.maximum)

    __hash__ = TensorSpec.__hash__

    def __eq__(self, other):
        return super().__eq__(other) and np.allclose(self.minimum, other.minimum) and np.allclose(self.maximum, other.maximum)

    def __reduce__(self):
        return BoundedTensorSpec, (self._shape, self._dtype, self._minimum, self._maximum, self._name)
