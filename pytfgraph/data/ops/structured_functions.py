"""Functions over structured elements: how elements travel as flat lists of tensors, into functions of the graph and out of them."""
import warnings

from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import nest, sparse
from pytfgraph.data.util.options import Options
from pytfgraph.framework import dtypes, function, ops
from pytfgraph.framework.sparse_tensor import SparseTensor, is_sparse


class _NestedDatasetComponent:
    """Stands for a dataset in the types, shapes and classes of an element."""

    def __init__(self, dataset=None, output_shapes=None, output_types=None, output_classes=None):
        given = (output_classes, output_shapes, output_types)
        if any(x is None for x in given) if dataset is None else any(x is not None for x in given):
            raise ValueError("Either `dataset`, or all of `output_classes`, `output_shapes`, and `output_types` must be specified.")
        if dataset is not None:
            given = dataset.output_classes, dataset.output_shapes, dataset.output_types
        self.output_classes, self.output_shapes, self.output_types = given


class _VariantDataset(dataset_ops.Dataset):
    """A dataset that is in a tensor."""

    def __init__(self, dataset_variant, structure):
        super().__init__()
        self._dataset_variant = dataset_variant
        self._structure = structure

    def _as_variant_tensor(self):
        return self._dataset_variant

    def _inputs(self):
        return []

    @property
    def output_classes(self):
        return self._structure.output_classes

    @property
    def output_shapes(self):
        return self._structure.output_shapes

    @property
    def output_types(self):
        return self._structure.output_types


class StructuredFunctionWrapper:
    """A Python function over elements as a function of the graph over their components."""

    def __init__(self, func, transformation_name, dataset=None, input_classes=None, input_shapes=None, input_types=None,
                 add_to_graph=True, experimental_nested_dataset_support=False):
        given = (input_classes, input_shapes, input_types)
        if any(x is None for x in given) if dataset is None else any(x is not None for x in given):
            raise ValueError("Either `dataset`, or all of `input_classes`, `input_shapes`, and `input_types` must be specified.")
        if dataset is not None:
            input_classes, input_shapes, input_types = dataset.output_classes, dataset.output_shapes, dataset.output_types
        self._name, self._nested = transformation_name, experimental_nested_dataset_support
        classes, shapes, types = map(nest.flatten, (input_classes, input_shapes, input_types))

        @function.Defun(*map(self._travels_as, types, classes))
        def tf_data_structured_function_wrapper(*args):
            elements = nest.pack_sequence_as(input_classes, [_from_travel(*x) for x in zip(args, classes, shapes, types)])
            if type(elements) is not tuple:
                elements = (elements,)
            return self._give(func(*elements))

        self.function = tf_data_structured_function_wrapper
        if add_to_graph:
            self.function.add_to_graph(ops.get_default_graph())
        else:
            self.function._create_definition_if_needed()

    def _travels_as(self, dtype, component):
        """The dtype of an argument."""
        if not isinstance(component, _NestedDatasetComponent):
            return dtypes.variant if component is SparseTensor else dtype
        if not self._nested:
            raise NotImplementedError("The %s transformation does not currently support nested datasets as inputs." % self._name)
        return dtypes.variant

    def _give(self, ret):
        """What the function gives, flat; its types, shapes and classes are noted."""
        ret = tuple(ret) if isinstance(ret, list) else ret
        given = [self._given(t) for t in nest.flatten(ret)]
        self.output_classes, self.output_shapes, self.output_types = (
            nest.pack_sequence_as(ret, [g[k] for g in given]) for k in (1, 2, 3))
        return [g[0] for g in given]

    def _given(self, t):
        if is_sparse(t):
            t = SparseTensor.from_value(t)
            return sparse.serialize_sparse_tensors(t), SparseTensor, t.get_shape(), t.dtype
        if isinstance(t, dataset_ops.Dataset):
            if not self._nested:
                raise NotImplementedError("The %s transformation does not currently support nested datasets as outputs." % self._name)
            component = _NestedDatasetComponent(t)
            if t.options() != Options():
                warnings.warn("Encountered a nested dataset with non-default options. These options will not be propagated to the outer "
                              "dataset.")
            return t._as_variant_tensor(), component, component, component
        try:
            t = ops.convert_to_tensor(t)
        except (ValueError, TypeError):
            raise TypeError("Unsupported return value from function passed to %s: %s." % (self._name, t))
        return t, ops.Tensor, t.get_shape(), t.dtype


def _from_travel(arg, arg_class, shape, dtype):
    """An argument as the function is to see it."""
    if isinstance(arg_class, _NestedDatasetComponent):
        return _VariantDataset(arg, arg_class)
    if arg_class is not SparseTensor:
        arg.set_shape(shape)
        return arg
    arg = sparse.deserialize_sparse_tensors(arg, dtype, shape, arg_class)
    arg.indices.set_shape([None, shape.ndims])
    arg.dense_shape.set_shape([shape.ndims])
    return arg


class State:
    """A state that goes over elements with them: tensors, with the sizes that stay as they are."""

    def __init__(self, initial_state):
        with ops.name_scope("initial_state"):
            self.tensors = dataset_ops._to_tensors(initial_state)
        self.classes = sparse.get_classes(self.tensors)
        self.shapes, self.types = dataset_ops._map(lambda t: t.get_shape(), self.tensors), dataset_ops._map(lambda t: t.dtype, self.tensors)

    @staticmethod
    def of(wrapped):
        """The state that a function gives."""
        state = State.__new__(State)
        state.classes, state.shapes, state.types = wrapped.output_classes, wrapped.output_shapes, wrapped.output_types
        return state

    def function_over(self, dataset, func, name, next_state):
        """func(state, element) as a function of the graph, traced again while a size of the state changes.

        Args:
          dataset: of the elements.
          func: the Python function.
          name: of the transformation, for messages.
          next_state: what the wrapped function says of the next state, from the wrapped function; may raise.

        Raises:
          TypeError: the next state has other classes or dtypes.
        """
        words = "The element %s for the new state must match the initial state. Expected %s; got %s."
        again = True
        while again:
            self.wrapped = StructuredFunctionWrapper(
                func, name, input_classes=(self.classes, dataset.output_classes), input_shapes=(self.shapes, dataset.output_shapes),
                input_types=(self.types, dataset.output_types), add_to_graph=False)
            new = next_state(self.wrapped)
            for have, want in zip(nest.flatten(new.output_classes), nest.flatten(self.classes)):
                if not issubclass(have, want):
                    raise TypeError(words % ("classes", self.classes, new.output_classes))
            for have, want in zip(nest.flatten(new.output_types), nest.flatten(self.types)):
                if have != want:
                    raise TypeError(words % ("types", self.types, new.output_types))
            before = nest.flatten(self.shapes)
            common = [a.most_specific_compatible_shape(b) for a, b in zip(before, nest.flatten(new.output_shapes))]
            again = any(a.ndims is not None and (b.ndims is None or a.as_list() != b.as_list()) for a, b in zip(before, common))
            if again:
                self.shapes = nest.pack_sequence_as(self.shapes, common)
        self.wrapped.function.add_to_graph(ops.get_default_graph())
        return self.wrapped.function


def _unnested(structure, what):
    return dataset_ops._map(lambda x: getattr(x, what) if isinstance(x, _NestedDatasetComponent) else x, structure)
