"""Arguments of datasets as tensors."""
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.framework.constant_op import constant


def optional_param_to_tensor(argument_name, argument_value, argument_default=0, argument_dtype=dtypes.int64):
    """An argument, or its default where it is None, as a tensor of that name."""
    if argument_value is None:
        return constant(argument_default, dtype=argument_dtype, name=argument_name)
    return ops.convert_to_tensor(argument_value, dtype=argument_dtype, name=argument_name)


def partial_shape_to_tensor(shape_like):
    """A shape as a vector of int64 with -1 for sizes that are not known.

    Raises:
      ValueError: it is a tensor of another rank.
      TypeError: it is a tensor of another dtype.
    """
    try:
        dims = tensor_shape.as_shape(shape_like).as_list()
        return ops.convert_to_tensor([-1 if dim is None else dim for dim in dims], dtype=dtypes.int64)
    except (TypeError, ValueError):
        made = ops.convert_to_tensor(shape_like, preferred_dtype=dtypes.int64)
        if made.shape.dims is not None and len(made.shape.dims) != 1:
            raise ValueError("The given shape %s must be a 1-D tensor of tf.int64 values, but the shape was %s." % (shape_like, made.shape))
        if made.dtype != dtypes.int64:
            raise TypeError("The given shape %s must be a 1-D tensor of tf.int64 values, but the element type was %s."
                            % (shape_like, made.dtype.name))
        return made
