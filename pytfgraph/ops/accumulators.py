"""Accumulators: sums of gradients that outlive steps, until somebody takes them."""
from pytfgraph.framework import ops, tensor_shape
from pytfgraph.ops import math_ops
from pytfgraph.ops.data_flow_ops import gen


class ConditionalAccumulatorBase:
    """What accumulators have in common.

    Gradients carry the number of the step whose variables they come from; those older than the accumulator's own step are
    dropped.  Taking waits until enough gradients are in.

    Args:
      dtype: of the gradients.
      shape: of the gradients, perhaps partly known, or None.
      accumulator_ref: the Tensor that names the accumulator.
    """

    def __init__(self, dtype, shape, accumulator_ref):
        self._dtype = dtype
        self._shape = tensor_shape.unknown_shape() if shape is None else tensor_shape.TensorShape(shape)
        self._accumulator_ref = accumulator_ref
        self._name = accumulator_ref.op.name.split("/")[-1]

    @property
    def accumulator_ref(self):
        """The Tensor that names the accumulator."""
        return self._accumulator_ref

    @property
    def name(self):
        """The last part of its operation's name."""
        return self._name

    @property
    def dtype(self):
        """The gradients' dtype, as it was given."""
        return self._dtype

    def num_accumulated(self, name=None):
        """How many gradients are in, an int32 Tensor."""
        return gen.accumulator_num_accumulated(self._accumulator_ref, name="%s_NumAccumulated" % self._name if name is None else name)

    def set_global_step(self, new_global_step, name=None):
        """An Operation that sets the accumulator's step: gradients of earlier ones are dropped from then on."""
        step = math_ops.to_int64(ops.convert_to_tensor(new_global_step))
        return gen.accumulator_set_global_step(self._accumulator_ref, step, name=name)


class ConditionalAccumulator(ConditionalAccumulatorBase):
    """An accumulator of dense gradients.

    Args:
      dtype: of the gradients: float16, float32 or float64.
      shape: of the gradients, perhaps partly known, or None.
      shared_name: under which several operations share it.
      name: of the operation.
      reduction_type: "MEAN" or "SUM": what one takes.

    Raises:
      ValueError: for another reduction_type.
    """

    def __init__(self, dtype, shape=None, shared_name=None, name="conditional_accumulator", reduction_type="MEAN"):
        ref = gen.conditional_accumulator(dtype=dtype, shape=shape, shared_name=shared_name, name=name, reduction_type=reduction_type)
        super().__init__(dtype, shape, ref)

    def apply_grad(self, grad, local_step=0, name=None):
        """An Operation that adds a gradient, or drops it where local_step is before the accumulator's step.

        Args:
          grad: the gradient, of the accumulator's dtype.
          local_step: the step it comes from.
          name: of the operation.

        Raises:
          ValueError: where its shape does not fit.
        """
        grad = ops.convert_to_tensor(grad, self._dtype)
        grad.get_shape().assert_is_compatible_with(self._shape)
        local_step = math_ops.to_int64(ops.convert_to_tensor(local_step))
        return gen.accumulator_apply_gradient(self._accumulator_ref, local_step=local_step, gradient=grad, name=name)

    def take_grad(self, num_required, name=None):
        """The mean, or sum, of what is in, once num_required gradients are.

        The accumulator is empty then, and its step is one further.  InvalidArgumentError when run with num_required below 1.
        """
        out = gen.accumulator_take_gradient(self._accumulator_ref, num_required, dtype=self._dtype, name=name)
        out.set_shape(self._shape)
        return out


class SparseConditionalAccumulator(ConditionalAccumulatorBase):
    """An accumulator of gradients that are rows with indices.  The mean of a row is over the gradients that have it.

    Args:
      dtype: of the gradients: float16, float32 or float64.
      shape: of the gradients as dense tensors, perhaps partly known, or None.
      shared_name: under which several operations share it.
      name: of the operation.
      reduction_type: "MEAN" or "SUM": what one takes.

    Raises:
      ValueError: for another reduction_type.
    """

    def __init__(self, dtype, shape=None, shared_name=None, name="sparse_conditional_accumulator", reduction_type="MEAN"):
        ref = gen.sparse_conditional_accumulator(dtype=dtype, shape=shape, shared_name=shared_name, name=name,
                                                 reduction_type=reduction_type)
        super().__init__(dtype, shape, ref)

    def apply_indexed_slices_grad(self, grad, local_step=0, name=None):
        """apply_grad for IndexedSlices."""
        return self.apply_grad(grad_indices=grad.indices, grad_values=grad.values, grad_shape=grad.dense_shape, local_step=local_step,
                               name=name)

    def apply_grad(self, grad_indices, grad_values, grad_shape=None, local_step=0, name=None):
        """An Operation that adds a gradient, or drops it where local_step is before the accumulator's step.

        Args:
          grad_indices: of the rows, in increasing order.
          grad_values: the rows.
          grad_shape: of the gradient as a dense tensor, or None.
          local_step: the step it comes from.
          name: of the operation.

        InvalidArgumentError when run with rows, indices or a shape that do not fit the accumulator.
        """
        local_step = math_ops.to_int64(ops.convert_to_tensor(local_step))
        return gen.sparse_accumulator_apply_gradient(
            self._accumulator_ref, local_step=local_step, gradient_indices=math_ops.to_int64(grad_indices), gradient_values=grad_values,
            gradient_shape=math_ops.to_int64([] if grad_shape is None else grad_shape), has_known_shape=grad_shape is not None, name=name)

    def take_grad(self, num_required, name=None):
        """Indices, values and shape of the mean, or sum, of what is in, once num_required gradients are.

        The accumulator is empty then, and its step is one further.  InvalidArgumentError when run with num_required below 1.
        """
        return gen.sparse_accumulator_take_gradient(self._accumulator_ref, num_required, dtype=self._dtype, name=name)

    def take_indexed_slices_grad(self, num_required, name=None):
        """take_grad as IndexedSlices."""
        taken = self.take_grad(num_required, name)
        return ops.IndexedSlices(indices=taken.indices, values=taken.values, dense_shape=taken.shape)
