"""Partitioned variables: several variables that are slices of one."""
from pytfgraph.framework import ops
from pytfgraph.ops import raw


class SaveSliceInfo:
    """Which slice of which whole a variable is, for checkpoints.

    Args:
      full_name: name of the whole.
      full_shape: its shape, a list of ints.
      var_offset: where the slice starts.
      var_shape: the slice's shape.
      save_slice_info_def: a SaveSliceInfoDef to read all of these from instead.
      import_scope: scope put in front of the name in the message.
    """

    def __init__(self, full_name=None, full_shape=None, var_offset=None, var_shape=None, save_slice_info_def=None, import_scope=None):
        if save_slice_info_def:
            self.full_name = ops.prepend_name_scope(save_slice_info_def.full_name, import_scope=import_scope)
            self.full_shape = list(save_slice_info_def.full_shape)
            self.var_offset = list(save_slice_info_def.var_offset)
            self.var_shape = list(save_slice_info_def.var_shape)
        else:
            self.full_name = full_name
            self.full_shape = full_shape
            self.var_offset = var_offset
            self.var_shape = var_shape

    @property
    def spec(self):
        """The slice as SaveV2 spells it: "8 2 0,3:0,2"."""
        whole = "".join("%d " % d for d in self.full_shape)
        return whole + ":".join("%d,%d" % part for part in zip(self.var_offset, self.var_shape))

    def to_proto(self, export_scope=None):
        """A SaveSliceInfoDef, or None where the name is not in `export_scope`."""
        if export_scope is not None and not self.full_name.startswith(export_scope):
            return None
        from pytfgraph import protos
        d = protos.message("tensorflow.SaveSliceInfoDef")()
        d.full_name = ops.strip_name_scope(self.full_name, export_scope)
        d.full_shape.extend(self.full_shape)
        d.var_offset.extend(self.var_offset)
        d.var_shape.extend(self.var_shape)
        return d


class PartitionedVariable:
    """Variables that are slices of one whole along an axis; converts to the Tensor of the whole.

    Args:
      name: of the whole.
      shape: of the whole.
      dtype: of the elements.
      variable_list: the slices, with SaveSliceInfo.
      partitions: the number of slices per axis.

    Raises:
      TypeError, ValueError: where these do not fit together.
    """

    __array_priority__ = 100

    def __init__(self, name, shape, dtype, variable_list, partitions):
        if not isinstance(variable_list, (list, tuple)):
            raise TypeError("variable_list is not a list or tuple: %s" % variable_list)
        if not isinstance(partitions, (list, tuple)):
            raise TypeError("partitions is not a list or tuple: %s" % partitions)
        if not all(p >= 1 for p in partitions):
            raise ValueError("partition values must be positive: %s" % partitions)
        if not variable_list:
            raise ValueError("variable_list may not be empty")
        infos = [v._get_save_slice_info() for v in variable_list]
        if any(i is None for i in infos):
            raise ValueError("All variables must have a save_slice_info available: %s" % [v.name for v in variable_list])
        if len(shape) != len(partitions):
            raise ValueError("len(shape) != len(partitions): %s vs. %s" % (shape, partitions))
        if any(shape != i.full_shape for i in infos):
            raise ValueError("All variables' full shapes must match shape: %s; but full shapes were: %s"
                             % (shape, str([i.full_shape for i in infos])))
        self._variable_list = sorted(variable_list, key=lambda v: v._get_save_slice_info().var_offset)
        self._name = name
        self._shape = shape
        self._dtype = dtype
        self._partitions = partitions

    def __iter__(self):
        return iter(self._variable_list)

    def __len__(self):
        n = len(self._partition_axes())
        if n > 1:
            raise ValueError("Cannot get a length for %d > 1 partition axes" % n)
        return len(self._variable_list)

    def _partition_axes(self):
        return [i for i, p in enumerate(self._partitions) if p > 1] or [0]

    def _one_axis(self, what):
        axes = self._partition_axes()
        if len(axes) > 1:
            raise NotImplementedError(what % str(axes))
        return axes[0]

    def _concat(self):
        from pytfgraph.ops import array_ops
        if len(self._variable_list) == 1:
            with ops.name_scope(None):
                return array_ops.identity(self._variable_list[0], name=self._name)
        axis = self._one_axis("Cannot concatenate along more than one dimension: %s.  Multi-axis partition concat is not supported")
        with ops.name_scope(self._name + "/ConcatPartitions/"):
            whole = array_ops.concat(self._variable_list, axis)
        with ops.name_scope(None):
            return array_ops.identity(whole, name=self._name)

    def as_tensor(self):
        """The whole, a Tensor, outside of any control dependencies."""
        with ops.control_dependencies(None):
            return self._concat()

    @staticmethod
    def _TensorConversionFunction(v, dtype=None, name=None, as_ref=False):
        if dtype is not None and not dtype.is_compatible_with(v.dtype):
            raise ValueError("Incompatible type conversion requested to type '%s' for variable of type '%s'" % (dtype.name, v.dtype.name))
        if as_ref:
            raise NotImplementedError("PartitionedVariable doesn't support being used as a reference.")
        return v.as_tensor()

    @property
    def name(self):
        return self._name

    @property
    def dtype(self):
        return self._dtype

    @property
    def shape(self):
        return self._shape

    def get_shape(self):
        """The shape of the whole."""
        return self._shape

    def _get_variable_list(self):
        return self._variable_list

    def _get_partitions(self):
        return self._partitions

    def _apply(self, method, value, use_locking, name, read_value):
        from pytfgraph.ops import array_ops
        axis = self._one_axis("Cannot do assign action along more than one dimension: %s.  Multi-axis partition assign action is not "
                              "supported ")
        parts = array_ops.split(value, [v.shape[axis].value for v in self._variable_list], axis=axis)
        done = [getattr(v, method)(parts[i], use_locking=use_locking, name="%s_%d" % (name, i), read_value=read_value)
                for i, v in enumerate(self._variable_list)]
        return done if read_value else [getattr(d, "op", d) for d in done]

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """Assigns to all slices: a list of Tensors (Operations, where read_value is False)."""
        return self._apply("assign", value, use_locking, name, read_value)

    def assign_add(self, value, use_locking=False, name=None, read_value=True):
        """Adds to all slices."""
        return self._apply("assign_add", value, use_locking, name, read_value)

    def assign_sub(self, value, use_locking=False, name=None, read_value=True):
        """Subtracts from all slices."""
        return self._apply("assign_sub", value, use_locking, name, read_value)
