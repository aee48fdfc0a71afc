"""What a Saver saves: objects that are made of one or more tensors."""


class SaveSpec:
    """A tensor to save, or a slice of one.

    Args:
      tensor: the Tensor, or a function that makes it.
      slice_spec: "" or the text of the slice, as Variable.SaveSliceInfo.spec gives it.
      name: the name it gets in the checkpoint.
      dtype: its dtype; needed where `tensor` is a function.
    """

    def __init__(self, tensor, slice_spec, name, dtype=None):
        self._tensor = tensor
        self.slice_spec = slice_spec
        self.name = name
        if callable(tensor):
            if dtype is None:
                raise AssertionError("When passing a callable `tensor` to a SaveSpec, an explicit dtype must be provided.")
            self.dtype = dtype
        else:
            self.dtype = tensor.dtype

    @property
    def tensor(self):
        """The Tensor; a function makes it anew each time."""
        return self._tensor() if callable(self._tensor) else self._tensor


class SaveableObject:
    """Something that can be saved and restored; programs derive their own from it and put them into SAVEABLE_OBJECTS.

    Args:
      op: what makes the tensors, for example a Variable; a Saver takes nothing with the same `op` twice.
      specs: the SaveSpecs, all on one device.
      name: the name of the whole.
    """

    def __init__(self, op, specs, name):
        self.op = op
        self.specs = specs
        self.name = name
        self._device = None

    @property
    def device(self):
        """The device of the tensors."""
        if self._device is None:
            self._device = self.specs[0].tensor.device
        return self._device

    def restore(self, restored_tensors, restored_shapes):
        """Makes the operation that restores the object.

        Args:
          restored_tensors: what was read, one Tensor for each SaveSpec.
          restored_shapes: shapes that they should get, or None.

        Returns:
          The Operation.
        """
        raise ValueError("Calling an abstract method.")
