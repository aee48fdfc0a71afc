"""Iterators: what a session takes the elements of a dataset from."""
import warnings

from pytfgraph.data.util import nest, sparse
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.ops import raw
from pytfgraph.training.checkpointable import base as checkpointable

gen_dataset_ops = raw.module("gen_dataset_ops")

GET_NEXT_CALL_WARNING_THRESHOLD = 32
GET_NEXT_CALL_WARNING_MESSAGE = (
    "An unusually high number of `Iterator.get_next()` calls was detected. This often indicates that `Iterator.get_next()` is being "
    "called inside a training loop, which will cause gradual slowdown and eventual resource exhaustion. If this is the case, restructure "
    "your code to call `next_element = iterator.get_next()` once outside the loop, and use `next_element` as the input to some "
    "computation that is invoked inside the loop.")
GLOBAL_ITERATORS = "iterators"


def _structure(output_types, output_shapes, output_classes):
    """Types, shapes and classes of an element as programs give them, in full."""
    output_types = nest.map_structure(dtypes.as_dtype, output_types)
    if output_shapes is None:
        output_shapes = nest.map_structure(lambda _: tensor_shape.TensorShape(None), output_types)
    else:
        output_shapes = nest.map_structure_up_to(output_types, tensor_shape.as_shape, output_shapes)
    if output_classes is None:
        output_classes = nest.map_structure(lambda _: ops.Tensor, output_types)
    nest.assert_same_structure(output_types, output_shapes)
    return output_types, output_shapes, output_classes


def _attrs(output_types, output_shapes, output_classes):
    return {"output_types": nest.flatten(sparse.as_dense_types(output_types, output_classes)),
            "output_shapes": nest.flatten(sparse.as_dense_shapes(output_shapes, output_classes))}


def _on_cpu(make):
    """make(), on the CPU where the program names no device."""
    if not ops.get_default_graph()._device_stack_is_empty():
        return make()
    with ops.device("/cpu:0"):
        return make()


class Iterator(checkpointable.CheckpointableBase):
    """Goes through a dataset, element by element.

    Datasets make it (Dataset.make_one_shot_iterator, Dataset.make_initializable_iterator), or one that several datasets of the same
    structure can be given to is made by from_structure and from_string_handle.
    """

    def __init__(self, iterator_resource, initializer, output_types, output_shapes, output_classes):
        self._iterator_resource = iterator_resource
        self._initializer = initializer
        self._output_classes = output_classes
        self._output_types = output_types
        self._output_shapes = output_shapes
        self._string_handle = gen_dataset_ops.iterator_to_string_handle(iterator_resource)
        self._get_next_call_count = 0
        ops.add_to_collection(GLOBAL_ITERATORS, iterator_resource)

    @staticmethod
    def from_structure(output_types, output_shapes=None, shared_name=None, output_classes=None):
        """An iterator without a dataset; make_initializer gives it one.

        Args:
          output_types: a structure of dtypes.
          output_shapes: a structure of shapes; unknown where it is None.
          shared_name: under which sessions share it.
          output_classes: a structure of tf.Tensor and tf.SparseTensor; all tf.Tensor where it is None.

        Raises:
          TypeError: the structures differ.
        """
        structure = _structure(output_types, output_shapes, output_classes)
        resource = _on_cpu(lambda: gen_dataset_ops.iterator_v2(container="", shared_name=shared_name or "", **_attrs(*structure)))
        return Iterator(resource, None, *structure)

    @staticmethod
    def from_string_handle(string_handle, output_types, output_shapes=None, output_classes=None):
        """The iterator that a handle (Iterator.string_handle) names when the graph runs."""
        structure = _structure(output_types, output_shapes, output_classes)
        string_handle = ops.convert_to_tensor(string_handle, dtype=dtypes.string)
        resource = _on_cpu(lambda: gen_dataset_ops.iterator_from_string_handle_v2(string_handle, **_attrs(*structure)))
        return Iterator(resource, None, *structure)

    @property
    def initializer(self):
        """The operation that (again) begins with the first element.

        Raises:
          ValueError: a one-shot iterator has none, nor one that no dataset was given to.
        """
        if self._initializer is None:
            raise ValueError("Iterator does not have an initializer.")
        return self._initializer

    def make_initializer(self, dataset, name=None):
        """An operation that makes the iterator go through `dataset`.

        Raises:
          TypeError: the dataset's elements are others than the iterator's.
        """
        with ops.name_scope(name, "make_initializer") as name:
            nest.assert_same_structure(self._output_types, dataset.output_types)
            nest.assert_same_structure(self._output_shapes, dataset.output_shapes)
            for mine, its in zip(nest.flatten(self._output_classes), nest.flatten(dataset.output_classes)):
                if mine is not its:
                    raise TypeError("Expected output classes %r but got dataset with output class %r."
                                    % (self._output_classes, dataset.output_classes))
            for mine, its in zip(nest.flatten(self._output_types), nest.flatten(dataset.output_types)):
                if mine != its:
                    raise TypeError("Expected output types %r but got dataset with output types %r."
                                    % (self._output_types, dataset.output_types))
            for mine, its in zip(nest.flatten(self._output_shapes), nest.flatten(dataset.output_shapes)):
                if not mine.is_compatible_with(its):
                    raise TypeError("Expected output shapes compatible with %r but got dataset with output shapes %r."
                                    % (self._output_shapes, dataset.output_shapes))
        with ops.colocate_with(self._iterator_resource):
            return gen_dataset_ops.make_iterator(dataset._as_variant_tensor(), self._iterator_resource, name=name)

    def get_next(self, name=None):
        """The next element: a structure of tensors, which is another one each time that it is run.

        Running it raises OutOfRangeError behind the last element, and FailedPreconditionError before the initializer has run.
        """
        self._get_next_call_count += 1
        if self._get_next_call_count > GET_NEXT_CALL_WARNING_THRESHOLD:
            warnings.warn(GET_NEXT_CALL_WARNING_MESSAGE)
        flat = gen_dataset_ops.iterator_get_next(self._iterator_resource, name=name,
                                                 **_attrs(self._output_types, self._output_shapes, self._output_classes))
        return sparse.deserialize_sparse_tensors(nest.pack_sequence_as(self._output_types, flat), self._output_types,
                                                 self._output_shapes, self._output_classes)

    def string_handle(self, name=None):
        """A text that names this iterator, to feed to one that from_string_handle made."""
        if name is None:
            return self._string_handle
        return gen_dataset_ops.iterator_to_string_handle(self._iterator_resource, name=name)

    @property
    def output_classes(self):
        """tf.Tensor or tf.SparseTensor for each component of an element."""
        return self._output_classes

    @property
    def output_shapes(self):
        """The shape of each component of an element."""
        return self._output_shapes

    @property
    def output_types(self):
        """The dtype of each component of an element."""
        return self._output_types


def get_next_as_optional(iterator):
    """The next element of an iterator as an Optional, which has no value behind the last one."""
    from pytfgraph.data.ops import optional_ops
    types, shapes, classes = iterator.output_types, iterator.output_shapes, iterator.output_classes
    return optional_ops._OptionalImpl(
        gen_dataset_ops.iterator_get_next_as_optional(iterator._iterator_resource, **_attrs(types, shapes, classes)),
        optional_ops.structure.Structure._from_legacy_structure(types, shapes, classes))
