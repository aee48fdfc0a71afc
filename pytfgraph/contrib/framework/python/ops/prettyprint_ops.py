"""Printing of tensors with what is known of them."""
from pytfgraph.framework import constant_op, dtypes, ops
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import array_ops, logging_ops, math_ops, tensor_array_ops, variables

__all__ = ["print_op"]

_KINDS = ((ops.Tensor, "Tensor"), (SparseTensor, "SparseTensor"), (tensor_array_ops.TensorArray, "TensorArray"),
          (variables.Variable, "Variable"))


def _kind(t):
    for cls, name in _KINDS:
        if isinstance(t, cls):
            return name
    return None


def _shape_parts(t, kind):
    if kind == "SparseTensor":
        return [constant_op.constant("Shape:"), t.dense_shape]
    if kind == "Tensor":
        return [constant_op.constant("Shape: " + str(t.get_shape().dims))]
    return [constant_op.constant("Size:"), t.size()] if kind == "TensorArray" else []


def _value_parts(t, kind):
    if kind == "SparseTensor":
        return [constant_op.constant("Sparse indices:"), t.indices, constant_op.constant("Sparse values:"), t.values]
    if kind == "Tensor":
        return [constant_op.constant("Value:"), t]
    return [constant_op.constant("Value:"), t.stack()] if kind == "TensorArray" else []


def _get_tensor_repr(t, print_tensor_name=True, print_tensor_type=True, print_shape=True, summarize_indicator_vector=True):
    """What is printed of a tensor, a list of tensors; ValueError for what is none."""
    kind, parts = _kind(t), []
    if print_tensor_name and kind == "Tensor":
        parts.append(constant_op.constant("Name: " + t.name))
    if print_tensor_type:
        if kind is None:
            raise ValueError("t must be a Tensor, SparseTensor, TensorArray or Variable.")
        parts.append(constant_op.constant("Type: {} ({})".format(kind, t.dtype.name)))
    if print_shape:
        parts += _shape_parts(t, kind)
    if summarize_indicator_vector and t.dtype == dtypes.bool:
        numbers = math_ops.cast(t, dtypes.uint8)
        parts += [constant_op.constant("First True in Boolean tensor at:"), math_ops.argmax(numbers, 0)]
    return parts + _value_parts(t, kind)


def print_op(input_, data=None, message=None, first_n=None, summarize=20, print_tensor_name=True, print_tensor_type=True, print_shape=True,
             summarize_indicator_vector=True, name=None):
    """`input_`, which is printed with its name, type, shape and value when it is computed.

    Args:
      input_: a Tensor, Variable, SparseTensor or TensorArray.
      data: a list of others that are printed, too.
      message: printed before them.
      first_n: how many times it is printed; always where not given.
      summarize: how many elements of each tensor are printed.
      print_tensor_name, print_tensor_type, print_shape: what is printed beside values.
      summarize_indicator_vector: whether the place of the first True of bools is printed.
      name: of the operation.

    Raises:
      ValueError: for what is no tensor.
    """
    if input_ is None:
        raise ValueError("input_ must be of type Tensor, SparseTensor or TensorArray")
    parts = []
    for t in [input_] + list(data or ()):
        parts += _get_tensor_repr(t, print_tensor_name, print_tensor_type, print_shape, summarize_indicator_vector)
    kind = _kind(input_)
    if kind is None:
        raise ValueError("input_ must be of type Tensor, SparseTensor or TensorArray")
    message = message or ""
    if kind in ("Tensor", "Variable"):
        return logging_ops.Print(input_, parts, message, first_n, summarize, name)
    printed = logging_ops.Print(constant_op.constant([]), parts, message, first_n, summarize, name)
    with ops.control_dependencies([printed]):
        if kind == "TensorArray":
            return tensor_array_ops.TensorArray(dtype=input_.dtype, handle=input_.handle, flow=input_.flow)
        return SparseTensor(array_ops.identity(input_.indices), array_ops.identity(input_.values), array_ops.identity(input_.dense_shape))
