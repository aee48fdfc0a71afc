"""Looking into checkpoints, and variables that begin with what a checkpoint holds."""
import os

from pytfgraph.framework import ops
from pytfgraph.ops import raw, resource_variable_ops, variable_scope, variables
from pytfgraph.platform import tf_logging as logging
from pytfgraph.training import checkpoint_management, checkpoint_reader
from pytfgraph.training.saver_builder import BaseSaverBuilder


def _get_checkpoint_filename(ckpt_dir_or_file):
    """The newest checkpoint of a folder, or the checkpoint itself."""
    if os.path.isdir(ckpt_dir_or_file):
        return checkpoint_management.latest_checkpoint(ckpt_dir_or_file)
    return ckpt_dir_or_file


def load_checkpoint(ckpt_dir_or_file):
    """A CheckpointReader.

    Args:
      ckpt_dir_or_file: a checkpoint, or a folder, whose newest one is taken.

    Raises:
      ValueError: if the folder holds none.
      NotFoundError: if there is no such checkpoint.
    """
    filename = _get_checkpoint_filename(ckpt_dir_or_file)
    if filename is None:
        raise ValueError("Couldn't find 'checkpoint' file or checkpoints in given directory %s" % ckpt_dir_or_file)
    return checkpoint_reader.NewCheckpointReader(filename)


def load_variable(ckpt_dir_or_file, name):
    """The value of a variable in a checkpoint, as a NumPy array; a ':0' at the end of the name does not matter."""
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name[:-2] if name.endswith(":0") else name)


def list_variables(ckpt_dir_or_file):
    """[(name, shape as a list)] of the variables in a checkpoint, sorted."""
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


def _is_variable(x):
    return isinstance(x, variables.Variable) or resource_variable_ops.is_resource_variable(x)


def _collect_partitioned_variable(name, all_vars):
    """The list of a partitioned variable's parts, or None."""
    parts = []
    while "%s/part_%d" % (name, len(parts)) in all_vars:
        parts.append(all_vars["%s/part_%d" % (name, len(parts))])
    return parts or None


def _set_checkpoint_initializer(variable, ckpt_file, tensor_name, slice_spec, name="checkpoint_initializer"):
    """Replaces a variable's initializer by one that reads from a checkpoint, on the CPU."""
    with ops.device(variable.device), ops.device("/cpu:0"):
        value = raw.module("gen_io_ops").restore_v2(ckpt_file, [tensor_name], [slice_spec], [variable.dtype.base_dtype], name=name)[0]
        saveables = [s for n, op in BaseSaverBuilder.OpListToDict([variable]).items() for s in BaseSaverBuilder.SaveableObjectsForOp(op, n)]
        assert len(saveables) == 1
        variable._initializer_op = saveables[0].restore([value], restored_shapes=None)
        value.set_shape(variable.shape)
        variable._initial_value = value


def _set_variable_or_list_initializer(variable_or_list, ckpt_file, tensor_name):
    if not isinstance(variable_or_list, (list, tuple)):
        _set_checkpoint_initializer(variable_or_list, ckpt_file, tensor_name, "")
        return
    whole = None
    for v in variable_or_list:
        info = v._save_slice_info
        if whole is None:
            whole = info.full_name
        elif whole != info.full_name:
            raise ValueError("Slices must all be from the same tensor: %s != %s" % (whole, info.full_name))
        _set_checkpoint_initializer(v, ckpt_file, tensor_name, info.spec)


def init_from_checkpoint(ckpt_dir_or_file, assignment_map):
    """Makes variables begin with the values they have in a checkpoint, by replacing their initializers.

    Args:
      ckpt_dir_or_file: a checkpoint, or a folder, whose newest one is taken.
      assignment_map: {name in the checkpoint: variable, list of a partitioned variable's parts, or name of a variable of
        get_variable}, or {scope ending in '/': scope}, where '/' is everything.

    Raises:
      ValueError: if the checkpoint lacks a name, a shape does not fit, or a scope maps to a name.
    """
    ckpt_file = _get_checkpoint_filename(ckpt_dir_or_file)
    shapes = load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map()
    for tensor_name, current in sorted(assignment_map.items(), key=lambda item: item[0]):
        store = variable_scope._get_default_variable_store()._vars
        if _is_variable(current) or isinstance(current, list) and all(_is_variable(v) for v in current):
            var = current
        else:
            var = store.get(current, None)
            if var is None:
                var = _collect_partitioned_variable(current, store)
        if var is not None:
            _init_variable(var, tensor_name, shapes, ckpt_file, ckpt_dir_or_file)
        else:
            _init_scope(current, tensor_name, shapes, store, ckpt_file, ckpt_dir_or_file)


def _init_variable(var, tensor_name, shapes, ckpt_file, given):
    if tensor_name not in shapes:
        raise ValueError("Tensor %s is not found in %s checkpoint %s" % (tensor_name, given, shapes))
    if _is_variable(var) and not var.get_shape().is_compatible_with(shapes[tensor_name]):
        raise ValueError("Shape of variable %s (%s) doesn't match with shape of tensor %s (%s) from checkpoint reader."
                         % (var.name, str(var.get_shape()), tensor_name, str(shapes[tensor_name])))
    _set_variable_or_list_initializer(var, ckpt_file, tensor_name)
    logging.debug("Initialize variable %s from checkpoint %s with %s",
                  var.name if _is_variable(var) else ",".join(v.name for v in var), given, tensor_name)


def _init_scope(current, tensor_name, shapes, store, ckpt_file, given):
    """All variables of the scope `current`, from those of the scope `tensor_name` in the checkpoint."""
    scope = current[:current.rindex("/")] if "/" in current else ""
    if not tensor_name.endswith("/"):
        raise ValueError("Assignment map with scope only name {} should map to scope only {}. Should be 'scope/': 'other_scope/'."
                         .format(scope, tensor_name))
    names = {n[:n.index("/part_")] if "/part_" in n else n for n in store if not scope or n.startswith(scope + "/")}
    for name in sorted(names):
        full = name[len(scope):]
        if current != "/":
            full = full[1:]
        if tensor_name != "/":
            full = tensor_name + full
        if full.endswith("/"):
            full = full[:-1]
        if full not in shapes:
            raise ValueError("Tensor %s (%s in %s) is not found in %s checkpoint" % (full, name[len(scope) + 1:], tensor_name, given))
        var = store.get(name, None)
        _set_variable_or_list_initializer(_collect_partitioned_variable(name, store) if var is None else var, ckpt_file, full)
        logging.debug("Initialize variable %s from checkpoint %s with %s", name, given, full)
