"""The nodes of a Saver: what is saved, under which names, and the operations that save and restore it."""
import uuid

from pytfgraph import protos
from pytfgraph.framework import constant_op, device as pydev, ops
from pytfgraph.ops import array_ops, control_flow_ops, raw, resource_variable_ops, state_ops, variables
from pytfgraph.training import saveable_object

gen_io_ops = raw.module("gen_io_ops")

V1, V2 = 1, 2  # SaverDef.CheckpointFormatVersion
_REF_OPS = ("Variable", "VariableV2", "AutoReloadVariable")
_VARIABLE_OPS = set(_REF_OPS + ("VarHandleOp", "ReadVariableOp"))


def _on_cpu0(device_name):
    """The device's name with the CPU of its task in place of another device."""
    spec = pydev.DeviceSpec.from_string(device_name)
    spec.device_type, spec.device_index = "CPU", 0
    return spec.to_string()


def _is_checkpointable(x):
    """Whether an object that is no variable tells itself what of it is to be saved."""
    return not isinstance(x, variables.Variable) and hasattr(x, "_gather_saveables_for_checkpoint")


def _tensor_of(x):
    """The tensor that stands for a variable: a reference, or the read of a resource variable."""
    if isinstance(x, resource_variable_ops.ResourceVariable):
        return x._graph_element
    return ops.internal_convert_to_tensor(x, as_ref=True)


class VariableSaveable(saveable_object.SaveableObject):
    """A variable behind a reference."""

    def __init__(self, var, slice_spec, name):
        super().__init__(var, [saveable_object.SaveSpec(var, slice_spec, name, dtype=var.dtype)], name)

    def restore(self, restored_tensors, restored_shapes):
        value = restored_tensors[0]
        if restored_shapes is not None:
            value = array_ops.reshape(value, restored_shapes[0])
        return state_ops.assign(self.op, value, validate_shape=restored_shapes is None and self.op.get_shape().is_fully_defined())


def _reader_of(variable):
    def read():
        with ops.device(variable.device):
            value = variable.read_value()
            with ops.device("/device:CPU:0"):
                return array_ops.identity(value)
    return read


class ResourceVariableSaveable(saveable_object.SaveableObject):
    """A variable behind a handle, or a read of one."""

    def __init__(self, var, slice_spec, name):
        self._var_device = var.device
        self._var_shape = var.shape
        if isinstance(var, ops.Tensor):
            self.handle_op = var.op.inputs[0]
            tensor = var
        elif isinstance(var, resource_variable_ops.ResourceVariable):
            self.handle_op = var.handle
            tensor = _reader_of(var)
        else:
            raise ValueError("Saveable is neither a resource variable nor a read operation. Got: %s" % repr(var))
        super().__init__(var, [saveable_object.SaveSpec(tensor, slice_spec, name, dtype=var.dtype)], name)

    def restore(self, restored_tensors, restored_shapes):
        value = restored_tensors[0]
        if restored_shapes is not None:
            value = array_ops.reshape(value, restored_shapes[0])
        with ops.device(self._var_device):
            value = array_ops.identity(value)
            return resource_variable_ops.shape_safe_assign_variable_handle(self.handle_op, self._var_shape, value)


def _saveable_of(variable, kind, slice_spec, name):
    return (VariableSaveable if kind in _REF_OPS else ResourceVariableSaveable)(variable, slice_spec, name)


def _saveables_of_slices(parts, name):
    """The saveables of the parts of a partitioned variable."""
    full_name = None
    for part in parts:
        if not isinstance(part, variables.Variable):
            raise ValueError("Slices must all be Variables: %s" % part)
        if not part._save_slice_info:
            raise ValueError("Slices must all be slices: %s" % part)
        if full_name is None:
            full_name = part._save_slice_info.full_name
        elif full_name != part._save_slice_info.full_name:
            raise ValueError("Slices must all be from the same tensor: %s != %s" % (full_name, part._save_slice_info.full_name))
        yield _saveable_of(part, part.op.type, part._save_slice_info.spec, name)


class BaseSaverBuilder:
    """Makes the nodes of a Saver; programs derive from it to have other nodes.

    Args:
      write_version: SaverDef.V2 or V1.
    """

    SaveSpec = saveable_object.SaveSpec
    SaveableObject = saveable_object.SaveableObject
    VariableSaveable = VariableSaveable
    ResourceVariableSaveable = ResourceVariableSaveable

    def __init__(self, write_version=V2):
        self._write_version = write_version

    # ---- operations that a derived class may make differently ----

    def save_op(self, filename_tensor, saveables):
        """The Operation that saves.

        Args:
          filename_tensor: the prefix, or for the older format the file.
          saveables: SaveableObjects.

        Raises:
          RuntimeError: for a write_version that is neither V1 nor V2.
        """
        specs = [spec for saveable in saveables for spec in saveable.specs]
        names = [spec.name for spec in specs]
        tensors = [spec.tensor for spec in specs]
        slices = [spec.slice_spec for spec in specs]
        if self._write_version == V1:
            return gen_io_ops.save_slices(filename_tensor, names, slices, tensors, name="save")
        if self._write_version == V2:
            return gen_io_ops.save_v2(filename_tensor, names, slices, tensors)
        raise RuntimeError("Unexpected write_version: " + self._write_version)

    def bulk_restore(self, filename_tensor, saveables, preferred_shard, restore_sequentially):
        """Reads all saveables, each with operations of its own.

        Returns:
          A list of Tensors, in the order of the saveables' specs.
        """
        del restore_sequentially
        tensors = []
        for saveable in saveables:
            with ops.device(_on_cpu0(saveable.device) if saveable.device else None):
                tensors.extend(self.restore_op(filename_tensor, saveable, preferred_shard))
        return tensors

    def restore_op(self, filename_tensor, saveable, preferred_shard):
        """Reads one saveable: a list of Tensors."""
        return [gen_io_ops.restore_v2(filename_tensor, [spec.name], [spec.slice_spec], [spec.dtype.base_dtype])[0]
                for spec in saveable.specs]

    def sharded_filename(self, filename_tensor, shard, num_shards):
        """The name of one shard, as a string Tensor."""
        return gen_io_ops.sharded_filename(filename_tensor, shard, num_shards)

    # ---- saving ----

    def _AddSaveOps(self, filename_tensor, saveables):
        """Saves what is on one shard; the result is the name it was saved under."""
        save = self.save_op(filename_tensor, saveables)
        return control_flow_ops.with_dependencies([save], filename_tensor)

    def _AddShardedSaveOpsForV2(self, checkpoint_prefix, per_device):
        """Every device saves into a folder of its own making, then one operation makes one checkpoint of all."""
        prefix = raw.module("gen_string_ops").string_join([checkpoint_prefix, "_temp_%s/part" % uuid.uuid4().hex])
        num_shards = constant_op.constant(len(per_device), name="num_shards")
        prefixes, saves, last = [], [], None
        for shard, (device_name, saveables) in enumerate(per_device):
            last = device_name
            with ops.device(_on_cpu0(device_name)):
                name = self.sharded_filename(prefix, shard, num_shards)
                prefixes.append(name)
                saves.append(self._AddSaveOps(name, saveables))
        with ops.control_dependencies([x.op for x in saves]), ops.device(_on_cpu0(last)):
            merge = gen_io_ops.merge_v2_checkpoints(prefixes, checkpoint_prefix, delete_old_dirs=True)
            with ops.control_dependencies([merge]):
                return array_ops.identity(checkpoint_prefix)

    def _AddShardedSaveOps(self, filename_tensor, per_device):
        if self._write_version == V2:
            return self._AddShardedSaveOpsForV2(filename_tensor, per_device)
        num_shards = constant_op.constant(len(per_device), name="num_shards")
        saves = []
        for shard, (device_name, saveables) in enumerate(per_device):
            with ops.device(device_name):
                saves.append(self._AddSaveOps(self.sharded_filename(filename_tensor, shard, num_shards), saveables))
        with ops.control_dependencies([x.op for x in saves]):
            return gen_io_ops.sharded_filespec(filename_tensor, num_shards)

    # ---- restoring ----

    def _AddRestoreOps(self, filename_tensor, saveables, restore_sequentially, reshape, preferred_shard=-1, name="restore_all"):
        """The Operation that restores all saveables."""
        tensors = self.bulk_restore(filename_tensor, saveables, preferred_shard, restore_sequentially)
        assigns, first = [], 0
        for saveable in saveables:
            shapes = None
            if reshape:
                shapes = []
                for spec in saveable.specs:
                    tensor = spec.tensor
                    shape = tensor.get_shape()
                    shapes.append(shape if shape.is_fully_defined() else array_ops.shape(tensor))
            n = len(saveable.specs)
            assigns.append(saveable.restore(tensors[first:first + n], shapes))
            first += n
        return control_flow_ops.group(*assigns, name=name)

    def _AddShardedRestoreOps(self, filename_tensor, per_device, restore_sequentially, reshape):
        restores = []
        for shard, (device_name, saveables) in enumerate(per_device):
            with ops.device(device_name):
                restores.append(self._AddRestoreOps(filename_tensor, saveables, restore_sequentially, reshape, preferred_shard=shard,
                                                    name="restore_shard"))
        return control_flow_ops.group(*restores, name="restore_all")

    # ---- what is saved ----

    @staticmethod
    def _IsVariable(v):
        return isinstance(v, ops.Tensor) and v.op.type in _VARIABLE_OPS

    def _GroupByDevices(self, saveables):
        """[(device, saveables on it)], sorted; ValueError for a saveable on several devices."""
        per_device = {}
        for saveable in saveables:
            devices = {pydev.canonical_name(spec.tensor.device) for spec in saveable.specs}
            if len(devices) != 1:
                raise ValueError("All tensors of a saveable object must be on the same device: %s" % saveable.name)
            per_device.setdefault(devices.pop(), []).append(saveable)
        return sorted(per_device.items(), key=lambda item: item[0])

    @staticmethod
    def OpListToDict(op_list, convert_variable_to_tensor=True):
        """{name: variable, SaveableObject or list of the slices of a partitioned variable}.

        Args:
          op_list: Variables and SaveableObjects, in a list, tuple or set.
          convert_variable_to_tensor: whether variables become the tensors that stand for them.

        Raises:
          TypeError: for anything else.
          ValueError: if two have one name.
        """
        if not isinstance(op_list, (list, tuple, set)):
            raise TypeError("Variables to save should be passed in a dict or a list: %s" % op_list)
        result = {}
        for var in sorted(op_list, key=lambda x: x.name):
            if isinstance(var, saveable_object.SaveableObject):
                result[var.name] = var
            elif isinstance(var, variables.PartitionedVariable):
                _add_once(result, var.name, var)
            elif isinstance(var, variables.Variable) and var._save_slice_info:
                name = var._save_slice_info.full_name
                if not isinstance(result.setdefault(name, []), list):
                    raise ValueError("Mixing slices and non-slices with the same name: %s" % name)
                result[name].append(var)
            elif _is_checkpointable(var):
                parts = [f() if callable(f) else f for f in var._gather_saveables_for_checkpoint().values()]
                result.update(BaseSaverBuilder.OpListToDict(parts))
            else:
                if convert_variable_to_tensor:
                    var = _tensor_of(var)
                    if not BaseSaverBuilder._IsVariable(var):
                        raise TypeError("Variable to save is not a Variable: %s" % var)
                _add_once(result, (var.op.inputs[0] if var.op.type == "ReadVariableOp" else var).op.name, var)
        return result

    @staticmethod
    def SaveableObjectsForOp(op, name):
        """Yields the SaveableObjects that stand for a variable, a list of slices or a SaveableObject.

        Raises:
          TypeError: if `name` is no text, or `op` is nothing that can be saved.
          ValueError: if slices do not belong together.
        """
        if not isinstance(name, str):
            raise TypeError("names_to_saveables must be a dict mapping string names to checkpointable operations. Name is not a string: %s"
                            % name)
        if isinstance(op, saveable_object.SaveableObject):
            yield op
        elif isinstance(op, (list, tuple, variables.PartitionedVariable)):
            yield from _saveables_of_slices(list(op), name)
        elif _is_checkpointable(op):
            for attribute, factory in op._gather_saveables_for_checkpoint().items():
                part = factory(name + "_" + attribute) if callable(factory) else factory
                yield from BaseSaverBuilder.SaveableObjectsForOp(part, part.name)
        else:
            tensor = _tensor_of(op)
            if not BaseSaverBuilder._IsVariable(tensor):
                raise TypeError("names_to_saveables must be a dict mapping string names to Tensors/Variables. Not a variable: %s" % tensor)
            yield _saveable_of(tensor, tensor.op.type, "", name)

    def _ValidateAndSliceInputs(self, names_to_saveables):
        """The SaveableObjects of a dict or a list, sorted by names; ValueError where one comes twice."""
        if not isinstance(names_to_saveables, dict):
            names_to_saveables = BaseSaverBuilder.OpListToDict(names_to_saveables)
        saveables, seen = [], set()
        for name, op in sorted(names_to_saveables.items(), key=lambda item: item[0]):
            for saveable in self.SaveableObjectsForOp(op, name):
                self._AddSaveable(saveables, seen, saveable)
        return saveables

    def _AddSaveable(self, saveables, seen_ops, saveable):
        if saveable.op in seen_ops:
            raise ValueError("The same saveable will be restored with two names: %s" % saveable.name)
        saveables.append(saveable)
        seen_ops.add(saveable.op)

    # ---- the whole ----

    def build(self, names_to_saveables, reshape=False, sharded=False, max_to_keep=5, keep_checkpoint_every_n_hours=10000.0, name=None,
              restore_sequentially=False, filename="model"):
        """Adds the nodes to the default graph.

        Args:
          names_to_saveables: {name in the checkpoint: Variable or SaveableObject}, or a list of these.
          reshape: whether what is read gets the shape of its variable.
          sharded: whether each device saves what is on it.
          max_to_keep: for the SaverDef.
          keep_checkpoint_every_n_hours: for the SaverDef.
          name: name scope of the nodes, "save" if None.
          restore_sequentially: given to bulk_restore.
          filename: value of the file name's constant.

        Returns:
          A SaverDef.
        """
        return self._build_internal(names_to_saveables, reshape=reshape, sharded=sharded, max_to_keep=max_to_keep,
                                    keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours, name=name,
                                    restore_sequentially=restore_sequentially, filename=filename)

    def _build_internal(self, names_to_saveables, reshape=False, sharded=False, max_to_keep=5, keep_checkpoint_every_n_hours=10000.0,
                        name=None, restore_sequentially=False, filename="model", build_save=True, build_restore=True):
        if not build_save or not build_restore:
            raise ValueError("save and restore operations need to be built together  when eager execution is not enabled.")
        saveables = self._ValidateAndSliceInputs(names_to_saveables)
        with ops.name_scope(name, "save", [saveable.op for saveable in saveables]):
            filename_tensor = constant_op.constant(filename or "model")
            if sharded:
                per_device = self._GroupByDevices(saveables)
                save = self._AddShardedSaveOps(filename_tensor, per_device)
                restore = self._AddShardedRestoreOps(filename_tensor, per_device, restore_sequentially, reshape)
            else:
                save = self._AddSaveOps(filename_tensor, saveables)
                restore = self._AddRestoreOps(filename_tensor, saveables, restore_sequentially, reshape)
        _join_partitioned_variables()
        return protos.message("tensorflow.SaverDef")(
            filename_tensor_name=filename_tensor.name, save_tensor_name=save.name, restore_op_name=restore.name,
            max_to_keep=max_to_keep or 0, sharded=sharded, keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
            version=self._write_version)


def _add_once(result, name, var):
    if name in result:
        raise ValueError("At least two variables have the same name: %s" % name)
    result[name] = var


def _join_partitioned_variables():
    """Partitioned variables in collections are written as the tensor that joins their parts, so the graph needs one."""
    graph = ops.get_default_graph()
    for key in graph.get_all_collection_keys():
        for element in graph.get_collection(key):
            if isinstance(element, variables.PartitionedVariable):
                try:
                    graph.get_operation_by_name(element.name)
                except KeyError:
                    element.as_tensor()


class BulkSaverBuilder(BaseSaverBuilder):
    """Reads all variables with one operation."""

    def bulk_restore(self, filename_tensor, saveables, preferred_shard, restore_sequentially):
        del restore_sequentially
        specs = [spec for saveable in saveables for spec in saveable.specs]
        with ops.device("cpu:0"):
            return gen_io_ops.restore_v2(filename_tensor, [spec.name for spec in specs], [spec.slice_spec for spec in specs],
                                         [spec.dtype.base_dtype for spec in specs])
