"""What a value is made of: dtypes and shapes of its tensors, and how they are taken apart and put together."""
from pytfgraph.data.util import nest
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.framework.sparse_tensor import SparseTensor, SparseTensorValue
from pytfgraph.ops import sparse_ops

_converters = {}


class Structure:
    """What values of one kind are made of."""

    @property
    def _flat_shapes(self):
        raise NotImplementedError("Structure._flat_shapes")

    @property
    def _flat_types(self):
        raise NotImplementedError("Structure._flat_shapes")

    def is_compatible_with(self, other):
        """Whether values of `other` are values of this, too."""
        raise NotImplementedError("Structure.is_compatible_with()")

    def _to_tensor_list(self, value):
        raise NotImplementedError("Structure._to_tensor_list()")

    def _from_tensor_list(self, flat_value):
        raise NotImplementedError("Structure._from_tensor_list()")

    @staticmethod
    def from_value(value):
        """The structure of a value.

        Raises:
          TypeError: it is nothing that tensors are made of.
        """
        if isinstance(value, (SparseTensor, SparseTensorValue)):
            return SparseTensorStructure.from_value(value)
        if isinstance(value, (tuple, dict)):
            return NestedStructure.from_value(value)
        for kind, convert in _converters.items():
            if isinstance(value, kind):
                return convert(value)
        try:
            tensor = ops.convert_to_tensor(value)
        except (ValueError, TypeError):
            raise TypeError("Could not build a structure for %r" % (value,))
        return TensorStructure.from_value(tensor)

    @staticmethod
    def _from_legacy_structure(output_types, output_shapes, output_classes):
        parts = []
        for dtype, shape, kind in zip(*map(nest.flatten, (output_types, output_shapes, output_classes))):
            if issubclass(kind, SparseTensor):
                parts.append(SparseTensorStructure(dtype, shape))
            elif issubclass(kind, ops.Tensor):
                parts.append(TensorStructure(dtype, shape))
            else:
                raise TypeError("Could not build a structure for output class %r" % (dtype,))
        made = nest.pack_sequence_as(output_classes, parts)
        return made if isinstance(made, Structure) else NestedStructure(made)

    @staticmethod
    def _register_custom_converter(type_object, converter_fn):
        _converters[type_object] = converter_fn


class NestedStructure(Structure):
    """Tuples and dicts of others."""

    def __init__(self, nested_structure):
        self._nested_structure = nested_structure
        self._parts = nest.flatten(nested_structure)
        if not all(isinstance(s, Structure) for s in self._parts):
            raise TypeError("nested_structure must be a (potentially nested) tuple or dictionary of Structure objects.")

    @property
    def _flat_shapes(self):
        return [shape for s in self._parts for shape in s._flat_shapes]

    @property
    def _flat_types(self):
        return [dtype for s in self._parts for dtype in s._flat_types]

    def is_compatible_with(self, other):
        if not isinstance(other, NestedStructure):
            return False
        try:
            nest.assert_same_structure(self._nested_structure, other._nested_structure)
        except (ValueError, TypeError):
            return False
        return all(a.is_compatible_with(b) for a, b in zip(self._parts, other._parts))

    def _to_tensor_list(self, value):
        try:
            flat = nest.flatten_up_to(self._nested_structure, value)
        except (ValueError, TypeError):
            raise ValueError("The value %r is not compatible with the nested structure %r." % (value, self._nested_structure))
        made = []
        for part, structure in zip(flat, self._parts):
            if not structure.is_compatible_with(Structure.from_value(part)):
                raise ValueError("Component value %r is not compatible with the nested structure %r." % (part, structure))
            made.extend(structure._to_tensor_list(part))
        return made

    def _from_tensor_list(self, flat_value):
        if len(flat_value) != len(self._flat_types):
            raise ValueError("Expected %d flat values in NestedStructure but got %d." % (len(self._flat_types), len(flat_value)))
        return nest.pack_sequence_as(self._nested_structure, [s._from_tensor_list([v]) for v, s in zip(flat_value, self._parts)])

    @staticmethod
    def from_value(value):
        return NestedStructure(nest.pack_sequence_as(value, [Structure.from_value(part) for part in nest.flatten(value)]))


class TensorStructure(Structure):
    """One tensor."""

    def __init__(self, dtype, shape):
        self._dtype, self._shape = dtypes.as_dtype(dtype), tensor_shape.as_shape(shape)

    @property
    def _flat_shapes(self):
        return [self._shape]

    @property
    def _flat_types(self):
        return [self._dtype]

    def is_compatible_with(self, other):
        return (isinstance(other, TensorStructure) and self._dtype.is_compatible_with(other._dtype) and
                self._shape.is_compatible_with(other._shape))

    def _to_tensor_list(self, value):
        if not self.is_compatible_with(Structure.from_value(value)):
            raise ValueError("Value %r is not convertible to a tensor with dtype %s and shape %s." % (value, self._dtype, self._shape))
        return [value]

    def _from_tensor_list(self, flat_value):
        if len(flat_value) != 1:
            raise ValueError("TensorStructure corresponds to a single tf.Tensor.")
        if not self.is_compatible_with(Structure.from_value(flat_value[0])):
            raise ValueError("Cannot convert %r to a tensor with dtype %s and shape %s." % (flat_value[0], self._dtype, self._shape))
        return flat_value[0]

    @staticmethod
    def from_value(value):
        return TensorStructure(value.dtype, value.shape)


class SparseTensorStructure(Structure):
    """One sparse tensor."""

    def __init__(self, dtype, dense_shape):
        self._dtype, self._dense_shape = dtypes.as_dtype(dtype), tensor_shape.as_shape(dense_shape)

    @property
    def _flat_shapes(self):
        return [tensor_shape.vector(3)]

    @property
    def _flat_types(self):
        return [dtypes.variant]

    def is_compatible_with(self, other):
        return (isinstance(other, SparseTensorStructure) and self._dtype.is_compatible_with(other._dtype) and
                self._dense_shape.is_compatible_with(other._dense_shape))

    def _to_tensor_list(self, value):
        return [sparse_ops.serialize_sparse(value, out_type=dtypes.variant)]

    def _from_tensor_list(self, flat_value):
        if (len(flat_value) != 1 or flat_value[0].dtype != dtypes.variant or
                not flat_value[0].shape.is_compatible_with(tensor_shape.vector(3))):
            raise ValueError("SparseTensorStructure corresponds to a single tf.variant vector of length 3.")
        return sparse_ops.deserialize_sparse(flat_value[0], dtype=self._dtype, rank=self._dense_shape.ndims)

    @staticmethod
    def from_value(value):
        value = SparseTensor.from_value(value)
        return SparseTensorStructure(value.dtype, value.get_shape())
