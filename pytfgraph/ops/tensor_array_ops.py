"""tf.TensorArray: tensors by index, written and read in any order."""
import contextlib

from pytfgraph.framework import ops, tensor_shape, tensor_util
from pytfgraph.ops import raw

gen_data_flow_ops = raw.module("gen_data_flow_ops")


class TensorArray:
    """Tensors of one dtype by index, each written once; with tf.while_loop, what is different in each iteration.

    An array is written to by functions that return a new TensorArray, which is the one to go on with: its `flow` has the writes
    before it.

    Args:
      dtype: of the elements.
      size: a scalar, the number of elements.
      dynamic_size: whether writes may make the array longer.
      clear_after_read: whether an element is forgotten once it has been read.
      tensor_array_name: a name that messages show.
      handle, flow: those of an array that exists; then none of the other arguments that make one.
      infer_shape: whether all elements have the shape of the first that is written.
      element_shape: the shape of all elements, as far as it is known.
      colocate_with_first_write_call: whether the array goes where the value goes that is written first.
      name: a name scope.

    Raises:
      ValueError: for arguments that exclude each other.
      TypeError: for a handle that is no Tensor.
    """

    def __init__(self, dtype, size=None, dynamic_size=None, clear_after_read=None, tensor_array_name=None, handle=None, flow=None,
                 infer_shape=True, element_shape=None, colocate_with_first_write_call=True, name=None):
        _check_arguments(handle, size, dynamic_size, clear_after_read, tensor_array_name, element_shape)
        self._dtype = dtype
        self._colocate_with_first_write_call = colocate_with_first_write_call
        self._colocate_with = [] if colocate_with_first_write_call else None
        self._infer_shape = infer_shape or element_shape is not None
        self._element_shape = [] if element_shape is None else [tensor_shape.TensorShape(element_shape)]
        with ops.name_scope(name, "TensorArray", [handle, size, flow]) as scope:
            if handle is not None:
                if flow is None:
                    raise ValueError("flow must not be None if handle is not None.")
                self._handle, self._flow = handle, flow
                return

            def create():
                return gen_data_flow_ops.tensor_array_v3(
                    dtype=dtype, size=size, element_shape=element_shape, identical_element_shapes=infer_shape,
                    dynamic_size=dynamic_size or False, clear_after_read=clear_after_read is None or clear_after_read,
                    tensor_array_name=tensor_array_name, name=scope)
            if not colocate_with_first_write_call:
                self._handle, self._flow = create()
                return
            with ops.device(None), ops.colocate_with(None, ignore_existing=True):
                self._handle, self._flow = create()

    def mark_used(self):
        """Nothing: results that nobody used are not logged here."""

    @property
    def flow(self):
        """A scalar that has all writes before it."""
        return self._flow

    @property
    def dtype(self):
        """The dtype of the elements."""
        return self._dtype

    @property
    def handle(self):
        """The resource."""
        return self._handle

    @property
    def _implementation(self):
        return self

    def _with_flow(self, flow):
        """This array, as it is behind `flow`."""
        ta = TensorArray(self._dtype, handle=self._handle, flow=flow, infer_shape=self._infer_shape,
                         colocate_with_first_write_call=self._colocate_with_first_write_call)
        ta._infer_shape = self._infer_shape
        ta._element_shape = self._element_shape
        ta._colocate_with = self._colocate_with
        return ta

    def _merge_element_shape(self, shape):
        if not self._element_shape:
            self._element_shape.append(shape)
            return
        if not shape.is_compatible_with(self._element_shape[0]):
            raise ValueError("Inconsistent shapes: saw %s but expected %s (and infer_shape=True)" % (shape, self._element_shape[0]))
        self._element_shape[0] = self._element_shape[0].merge_with(shape)

    def _element_dims(self):
        """The dims of an element; None where not even their number is known."""
        return self._element_shape[0].dims if self._element_shape else None

    @contextlib.contextmanager
    def _beside(self, value):
        if not self._colocate_with_first_write_call:
            yield
            return
        if not self._colocate_with:
            self._colocate_with.append(value)
        with ops.colocate_with(self._colocate_with[0]):
            yield

    def identity(self):
        """The same array, with what is done to it after this in the control_dependencies around it."""
        return self._with_flow(raw.function("identity")(self._flow))

    def grad(self, source, flow=None, name=None):
        """The array that holds the gradients of this one's elements, in the call of tf.gradients that `source` names."""
        if flow is None:
            flow = self._flow
        with ops.name_scope(name, "TensorArrayGrad", [self._handle]), ops.colocate_with(self._handle):
            handle, _ = gen_data_flow_ops.tensor_array_grad_v3(handle=self._handle, source=source, flow_in=flow, name=name)
            with ops.control_dependencies([handle]):
                flow = raw.function("identity")(flow, name="gradient_flow")
            g = TensorArray(dtype=self._dtype, handle=handle, flow=flow, infer_shape=self._infer_shape, colocate_with_first_write_call=False)
            g._element_shape = self._element_shape
            return g

    def read(self, index, name=None):
        """The element at a scalar index."""
        value = gen_data_flow_ops.tensor_array_read_v3(handle=self._handle, index=index, flow_in=self._flow, dtype=self._dtype, name=name)
        if self._element_shape:
            value.set_shape(self._element_shape[0].dims)
        return value

    def write(self, index, value, name=None):
        """The array with `value` at `index`.  ValueError for a value of another shape than those before it, with infer_shape."""
        with ops.name_scope(name, "TensorArrayWrite", [self._handle, index, value]):
            value = ops.convert_to_tensor(value, name="value")
            if self._infer_shape:
                self._merge_element_shape(value.shape)
            with self._beside(value):
                flow = gen_data_flow_ops.tensor_array_write_v3(handle=self._handle, index=index, value=value, flow_in=self._flow, name=name)
            return self._with_flow(flow)

    def stack(self, name=None):
        """All elements, along a new first axis."""
        from pytfgraph.ops import math_ops
        with ops.colocate_with(self._handle), ops.name_scope(name, "TensorArrayStack", [self._handle]):
            return self.gather(math_ops.range(0, self.size()), name=name)

    def gather(self, indices, name=None):
        """The elements of a vector of indices, along a new first axis."""
        shape = self._element_shape[0] if self._element_shape else tensor_shape.TensorShape(None)
        value = gen_data_flow_ops.tensor_array_gather_v3(handle=self._handle, indices=indices, flow_in=self._flow, dtype=self._dtype,
                                                         name=name, element_shape=shape)
        if self._element_dims() is not None:
            value.set_shape([None] + self._element_dims())
        return value

    def concat(self, name=None):
        """All elements, one behind the other along their first axis."""
        dims = self._element_dims()
        rest = tensor_shape.TensorShape(None if dims is None else dims[1:])
        value, _ = gen_data_flow_ops.tensor_array_concat_v3(handle=self._handle, flow_in=self._flow, dtype=self._dtype, name=name,
                                                            element_shape_except0=rest)
        if dims is not None:
            value.set_shape([None] + dims[1:])
        return value

    def unstack(self, value, name=None):
        """The array with the rows of `value` at 0, 1, 2 ..."""
        from pytfgraph.ops import array_ops, math_ops
        with ops.name_scope(name, "TensorArrayUnstack", [self._handle, value]):
            n = array_ops.shape(value)[0]
            return self.scatter(indices=math_ops.range(0, n), value=value, name=name)

    def scatter(self, indices, value, name=None):
        """The array with the rows of `value` at a vector of indices."""
        with ops.name_scope(name, "TensorArrayScatter", [self._handle, value, indices]):
            value = ops.convert_to_tensor(value, name="value")
            if self._infer_shape:
                self._merge_element_shape(value.shape[1:])
            with self._beside(value):
                flow = gen_data_flow_ops.tensor_array_scatter_v3(handle=self._handle, indices=indices, value=value, flow_in=self._flow,
                                                                 name=name)
            return self._with_flow(flow)

    def split(self, value, lengths, name=None):
        """The array with as many rows of `value` at 0, 1, 2 ... as the vector `lengths` says."""
        from pytfgraph.ops import math_ops
        with ops.name_scope(name, "TensorArraySplit", [self._handle, value, lengths]):
            value = ops.convert_to_tensor(value, name="value")
            with self._beside(value):
                lengths = math_ops.to_int64(lengths)
                if self._infer_shape:
                    known = tensor_util.constant_value(lengths)
                    if value.shape.dims is not None and known is not None and known.max() == known.min():
                        self._merge_element_shape(tensor_shape.TensorShape([known[0]]).concatenate(value.shape[1:]))
                flow = gen_data_flow_ops.tensor_array_split_v3(handle=self._handle, value=value, lengths=lengths, flow_in=self._flow, name=name)
            return self._with_flow(flow)

    def size(self, name=None):
        """The number of elements."""
        return gen_data_flow_ops.tensor_array_size_v3(handle=self._handle, flow_in=self._flow, name=name)

    def close(self, name=None):
        """An Operation that forgets all elements."""
        return gen_data_flow_ops.tensor_array_close_v3(handle=self._handle, name=name)


def _check_arguments(handle, size, dynamic_size, clear_after_read, tensor_array_name, element_shape):
    if handle is None:
        if size is None:
            raise ValueError("Size must be provided if handle is not provided")
        return
    if tensor_array_name:
        raise ValueError("Cannot construct with both handle and tensor_array_name")
    if not isinstance(handle, ops.Tensor):
        raise TypeError("Handle must be a Tensor")
    if size is not None:
        raise ValueError("Cannot provide both a handle and size at the same time")
    for name, value in (("element_shape", element_shape), ("dynamic_size", dynamic_size), ("clear_after_read", clear_after_read)):
        if value is not None:
            raise ValueError("Cannot provide both a handle and %s at the same time" % name)
