"""Values that may be missing."""
from pytfgraph.data.util import structure
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.ops import raw

gen_dataset_ops = raw.module("gen_dataset_ops")


class Optional:
    """A value - a tensor or a structure of them - that may be missing when the graph runs."""

    def has_value(self, name=None):
        """A bool: whether it is there."""
        raise NotImplementedError("Optional.has_value()")

    def get_value(self, name=None):
        """The value; running it is an InvalidArgumentError where it is missing."""
        raise NotImplementedError("Optional.get_value()")

    @property
    def value_structure(self):
        """What the value is made of."""
        raise NotImplementedError("Optional.value_structure")

    @staticmethod
    def from_value(value):
        """An Optional that has `value`."""
        with ops.name_scope("optional") as scope:
            with ops.name_scope("value"):
                made_of = structure.Structure.from_value(value)
                flat = made_of._to_tensor_list(value)
        return _OptionalImpl(gen_dataset_ops.optional_from_value(flat, name=scope), made_of)

    @staticmethod
    def none_from_structure(value_structure):
        """An Optional without a value, which would be made of `value_structure`."""
        return _OptionalImpl(gen_dataset_ops.optional_none(), value_structure)


class _OptionalImpl(Optional):
    """One in a tensor."""

    def __init__(self, variant_tensor, value_structure):
        self._variant_tensor = variant_tensor
        self._value_structure = value_structure

    def has_value(self, name=None):
        return gen_dataset_ops.optional_has_value(self._variant_tensor, name=name)

    def get_value(self, name=None):
        with ops.name_scope(name, "OptionalGetValue", [self._variant_tensor]) as scope:
            flat = gen_dataset_ops.optional_get_value(
                self._variant_tensor, name=scope, output_types=self._value_structure._flat_types,
                output_shapes=self._value_structure._flat_shapes)
            return self._value_structure._from_tensor_list(list(flat) if isinstance(flat, (list, tuple)) else [flat])

    @property
    def value_structure(self):
        return self._value_structure


class OptionalStructure(structure.Structure):
    """One Optional."""

    def __init__(self, value_structure):
        self._value_structure = value_structure

    @property
    def _flat_shapes(self):
        return [tensor_shape.scalar()]

    @property
    def _flat_types(self):
        return [dtypes.variant]

    def is_compatible_with(self, other):
        return isinstance(other, OptionalStructure) and self._value_structure.is_compatible_with(other._value_structure)

    def _to_tensor_list(self, value):
        return [value._variant_tensor]

    def _from_tensor_list(self, flat_value):
        if (len(flat_value) != 1 or flat_value[0].dtype != dtypes.variant or
                not flat_value[0].shape.is_compatible_with(tensor_shape.scalar())):
            raise ValueError("OptionalStructure corresponds to a single tf.variant scalar.")
        return _OptionalImpl(flat_value[0], self._value_structure)

    @staticmethod
    def from_value(value):
        return OptionalStructure(value.value_structure)


structure.Structure._register_custom_converter(Optional, OptionalStructure.from_value)
