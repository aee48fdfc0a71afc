"""Barriers: elements by key, put together component by component."""
from pytfgraph.framework import tensor_shape, tensor_util
from pytfgraph.ops import data_flow_ops
from pytfgraph.ops.data_flow_ops import gen


class Barrier:
    """Elements with a key, a string, whose components come one by one and in any order.

    What is complete can be taken, those first whose key was seen first.

    Args:
      types: of the components, a DType or a list.
      shapes: of the components, fully known; without them components are scalars.
      shared_name: under which several operations share it.
      name: of the operation.

    Raises:
      ValueError: for shapes without elements, or not fully known.
    """

    def __init__(self, types, shapes=None, shared_name=None, name="barrier"):
        self._types = data_flow_ops._as_type_list(types)
        if shapes is None:
            self._shapes = [tensor_shape.unknown_shape() for _ in self._types]
        else:
            self._shapes = [tensor_shape.TensorShape(s) for s in data_flow_ops._as_shape_list(shapes, self._types)]
            for i, shape in enumerate(self._shapes):
                if shape.num_elements() == 0:
                    raise ValueError("Empty tensors are not supported, but received shape '%s' at index %d" % (shape, i))
        self._barrier_ref = gen.barrier(component_types=self._types, shapes=self._shapes, shared_name=shared_name, name=name)
        self._name = self._barrier_ref.op.name.split("/")[-1]

    @property
    def barrier_ref(self):
        """The Tensor that names the barrier."""
        return self._barrier_ref

    @property
    def name(self):
        """The name of its operation."""
        return self._barrier_ref.op.name

    def _call(self, function, name, what, *args, **kwargs):
        return function(self._barrier_ref, *args, name="%s_%s" % (self._name, what) if name is None else name, **kwargs)

    def insert_many(self, component_index, keys, values, name=None):
        """An Operation that gives keys a component.

        Args:
          component_index: which.
          keys: a vector of strings.
          values: their values, along the first dimension.
          name: of the operation.

        InvalidArgumentError when run with a key that has the component already, or values that do not fit; CancelledError with
        a new key once the barrier is closed.
        """
        return self._call(gen.barrier_insert_many, name, "BarrierInsertMany", keys, values, component_index)

    def take_many(self, num_elements, allow_small_batch=False, timeout=None, name=None):
        """Indices, keys and values of complete elements, waiting until there are num_elements.

        An element's index counts the insertions in which new keys came, from -2**63 on.

        Args:
          num_elements: how many, an int32 scalar.
          allow_small_batch: whether a closed barrier may give fewer.
          timeout: must be None.
          name: of the operation.

        OutOfRangeError when run on a closed barrier that cannot have as many.
        """
        taken = self._call(gen.barrier_take_many, name, "BarrierTakeMany", num_elements, self._types, allow_small_batch, timeout)
        op = taken[0].op
        n = None if allow_small_batch else tensor_shape.Dimension(tensor_util.constant_value(op.inputs[1]))
        op.outputs[0].set_shape(tensor_shape.vector(n))
        op.outputs[1].set_shape(tensor_shape.vector(n))
        for output, shape in zip(op.outputs[2:], self._shapes):
            output.set_shape(tensor_shape.TensorShape([n]).concatenate(shape))
        return taken

    def close(self, cancel_pending_enqueues=False, name=None):
        """An Operation after which no new key comes in.

        What is incomplete may still be completed, unless cancel_pending_enqueues.  CancelledError when run a second time, but for
        once with cancel_pending_enqueues after once without.
        """
        return self._call(gen.barrier_close, name, "BarrierClose", cancel_pending_enqueues=cancel_pending_enqueues)

    def ready_size(self, name=None):
        """The number of complete elements, an int32 Tensor."""
        return self._call(gen.barrier_ready_size, name, "BarrierReadySize")

    def incomplete_size(self, name=None):
        """The number of incomplete elements, an int32 Tensor."""
        return self._call(gen.barrier_incomplete_size, name, "BarrierIncompleteSize")
