"""Variables made with default arguments, found by name, scope or suffix, and assigned from checkpoints or arrays."""
import functools
import re

from pytfgraph.contrib.framework.python.ops.arg_scope import add_arg_scope
from pytfgraph.framework import device as device_lib
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, control_flow_ops, variable_scope, variables
from pytfgraph.platform import tf_logging as logging
from pytfgraph.training import checkpoint_reader, training_util
from pytfgraph.util.deprecation import deprecated

__all__ = [
    "add_model_variable", "assert_global_step", "assert_or_get_global_step", "assign_from_checkpoint", "assign_from_checkpoint_fn",
    "assign_from_values", "assign_from_values_fn", "create_global_step", "filter_variables", "get_global_step",
    "get_or_create_global_step", "get_local_variables", "get_model_variables", "get_trainable_variables", "get_unique_variable",
    "get_variables_by_name", "get_variables_by_suffix", "get_variable_full_name", "get_variables_to_restore", "get_variables",
    "global_variable", "local_variable", "model_variable", "variable", "VariableDeviceChooser"]


# ---- the global step ----

@deprecated(None, "Please switch to tf.train.assert_global_step")
def assert_global_step(global_step_tensor):
    """tf.train.assert_global_step."""
    training_util.assert_global_step(global_step_tensor)


def assert_or_get_global_step(graph=None, global_step_tensor=None):
    """The given global step, once it is known to be one (TypeError otherwise); without one, the graph's, or None."""
    if global_step_tensor is None:
        return get_global_step(graph)
    assert_global_step(global_step_tensor)
    return global_step_tensor


@deprecated(None, "Please switch to tf.train.get_global_step")
def get_global_step(graph=None):
    """tf.train.get_global_step."""
    return training_util.get_global_step(graph)


@deprecated(None, "Please switch to tf.train.create_global_step")
def create_global_step(graph=None):
    """tf.train.create_global_step."""
    return training_util.create_global_step(graph)


@deprecated(None, "Please switch to tf.train.get_or_create_global_step")
def get_or_create_global_step(graph=None):
    """tf.train.get_or_create_global_step."""
    return training_util.get_or_create_global_step(graph)


# ---- making ----

def _untrained(collection, initial_value, validate_shape, name, use_resource):
    return variable_scope.variable(initial_value, trainable=False, collections=[collection], validate_shape=validate_shape,
                                   use_resource=use_resource, name=name)


def local_variable(initial_value, validate_shape=True, name=None, use_resource=None):
    """A variable that is not trained, in the collection of local variables; arguments as of tf.Variable."""
    return _untrained(ops.GraphKeys.LOCAL_VARIABLES, initial_value, validate_shape, name, use_resource)


def global_variable(initial_value, validate_shape=True, name=None, use_resource=None):
    """A variable that is not trained, in the collection of global variables; arguments as of tf.Variable."""
    return _untrained(ops.GraphKeys.GLOBAL_VARIABLES, initial_value, validate_shape, name, use_resource)


@add_arg_scope
def variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, collections=None, caching_device=None,
             device=None, partitioner=None, custom_getter=None, use_resource=None,
             synchronization=variables.VariableSynchronization.AUTO, aggregation=variables.VariableAggregation.NONE):
    """tf.get_variable whose defaults an arg_scope may set.

    Args:
      device: where it lives; a string or a device function.
      custom_getter: takes the place of tf.get_variable, and is told reuse besides.
      The others are those of tf.get_variable.
    """
    collections = [ops.GraphKeys.GLOBAL_VARIABLES] if collections is None else list(dict.fromkeys(collections))
    getter = variable_scope.get_variable
    if custom_getter is not None:
        getter = functools.partial(custom_getter, reuse=variable_scope.get_variable_scope().reuse)
    with ops.device(device or ""):
        return getter(name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer, trainable=trainable,
                      collections=collections, caching_device=caching_device, partitioner=partitioner, use_resource=use_resource,
                      synchronization=synchronization, aggregation=aggregation)


@add_arg_scope
def model_variable(name, shape=None, dtype=dtypes.float32, initializer=None, regularizer=None, trainable=True, collections=None,
                   caching_device=None, device=None, partitioner=None, custom_getter=None, use_resource=None,
                   synchronization=variables.VariableSynchronization.AUTO, aggregation=variables.VariableAggregation.NONE):
    """A variable that also belongs to the collection of model variables; arguments as of `variable`."""
    collections = list(collections or []) + [ops.GraphKeys.GLOBAL_VARIABLES, ops.GraphKeys.MODEL_VARIABLES]
    return variable(name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer, trainable=trainable,
                    collections=collections, caching_device=caching_device, device=device, partitioner=partitioner,
                    custom_getter=custom_getter, use_resource=use_resource, synchronization=synchronization, aggregation=aggregation)


def add_model_variable(var):
    """Adds a variable to the collection of model variables, once."""
    if not any(v is var for v in ops.get_collection(ops.GraphKeys.MODEL_VARIABLES)):
        ops.add_to_collection(ops.GraphKeys.MODEL_VARIABLES, var)


class VariableDeviceChooser:
    """A device function for variables: the tasks of a job in turn, or one device.

    Args:
      num_tasks: how many tasks there are; 0 names no job.
      job_name, device_type, device_index, replica: parts of the device's name.
    """

    def __init__(self, num_tasks=0, job_name="ps", device_type="CPU", device_index=0, replica=None):
        self._num_tasks, self._job_name, self._next_task_id = num_tasks, job_name, 0
        self._device_type, self._device_index, self._replica = device_type, device_index, replica

    def __call__(self, op):
        spec = device_lib.DeviceSpec(replica=self._replica, device_type=self._device_type, device_index=self._device_index)
        if self._num_tasks > 0:
            spec.job, spec.task = self._job_name, self._next_task_id
            self._next_task_id = (self._next_task_id + 1) % self._num_tasks
        return spec.to_string()


# ---- finding ----

def get_variables(scope=None, suffix=None, collection=ops.GraphKeys.GLOBAL_VARIABLES):
    """The variables of a collection, those of a scope, and whose name ends in a suffix.

    Args:
      scope: a variable scope, or a regular expression that the name begins with.
      suffix: a regular expression for the name's end; up to the ":" if it has none.
      collection: its name.
    """
    if isinstance(scope, variable_scope.VariableScope):
        scope = scope.name
    if suffix is not None:
        scope = (scope or "") + ".*" + (suffix if ":" in suffix else suffix + ":")
    return ops.get_collection(collection, scope)


def get_model_variables(scope=None, suffix=None):
    """get_variables of the model variables."""
    return get_variables(scope, suffix, ops.GraphKeys.MODEL_VARIABLES)


def get_local_variables(scope=None, suffix=None):
    """get_variables of the local variables."""
    return get_variables(scope, suffix, ops.GraphKeys.LOCAL_VARIABLES)


def get_trainable_variables(scope=None, suffix=None):
    """get_variables of the variables that are trained."""
    return get_variables(scope, suffix, ops.GraphKeys.TRAINABLE_VARIABLES)


def get_variables_to_restore(include=None, exclude=None):
    """The global variables in some scopes and not in others.

    Args:
      include: a list of scopes; None for all variables.
      exclude: a list of scopes.

    Raises:
      TypeError: if one is neither a list nor a tuple.
    """
    for name, scopes in (("include", include), ("exclude", exclude)):
        if scopes is not None and not isinstance(scopes, (list, tuple)):
            raise TypeError("%s is provided but is not a list or a tuple." % name)
    found = get_variables() if include is None else [v for scope in include for v in get_variables(scope)]
    left_out = {v for scope in exclude or () for v in get_variables(scope)}
    return [v for v in found if v not in left_out]


def get_variables_by_suffix(suffix, scope=None):
    """get_variables whose name ends in a suffix."""
    return get_variables(scope=scope, suffix=suffix)


def get_variables_by_name(given_name, scope=None):
    """The global variables whose name without scopes is given_name."""
    return get_variables(scope=scope, suffix="/" + given_name + ":|^" + given_name + ":")


def get_unique_variable(var_op_name):
    """The global variable of a full name; ValueError if there is none."""
    candidates = get_variables(scope=var_op_name)
    if not candidates:
        raise ValueError("Couldn't find variable %s" % var_op_name)
    for v in candidates:
        if v.op.name == var_op_name:
            return v
    raise ValueError("Variable %s does not uniquely identify a variable" % var_op_name)


def get_variable_full_name(var):
    """The name under which checkpoints keep a variable: that of the whole, for a part of one."""
    info = var._save_slice_info
    return info.full_name if info else var.op.name


def filter_variables(var_list, include_patterns=None, exclude_patterns=None, reg_search=True):
    """The variables whose op names match one of some regular expressions, and none of others.

    Args:
      var_list: variables.
      include_patterns: None for all.
      exclude_patterns: None for none.
      reg_search: whether a match may begin anywhere in the name, and not only at its beginning.
    """
    find = re.search if reg_search else re.match

    def fits(patterns, v):
        return any(find(p, v.op.name) for p in patterns)
    if include_patterns is not None:
        var_list = [v for v in var_list if fits(include_patterns, v)]
    if exclude_patterns is not None:
        var_list = [v for v in var_list if not fits(exclude_patterns, v)]
    return list(var_list)


# ---- assigning ----

def _assignments(pairs):
    """(operation that assigns placeholders, what to feed them) of pairs (variable, array)."""
    assign_ops, feed_dict = [], {}
    for var, value in pairs:
        given = array_ops.placeholder(dtype=var.dtype.base_dtype, shape=var.get_shape(), name="placeholder/" + var.op.name)
        assign_ops.append(var.assign(given))
        feed_dict[given] = value(var)
    return control_flow_ops.group(*assign_ops), feed_dict


def assign_from_values(var_names_to_values):
    """Assignments that keep the values out of the graph.

    Args:
      var_names_to_values: {op name of a global variable: array with as many elements}.

    Returns:
      (assign_op, feed_dict): the operation, and what to feed when it is run.

    Raises:
      ValueError: if a variable is not there, or a value has another number of elements.
    """
    def named(name):
        found = ops.get_collection(ops.GraphKeys.GLOBAL_VARIABLES, name)
        if not found:
            raise ValueError("Variable %s wasn't found" % name)
        for v in found:
            if len(found) == 1 or v.op.name == name:
                return v
        raise ValueError("Variable %s doesn't uniquely identify a variable" % name)
    return _assignments((named(name), lambda var, value=value: value.reshape(var.get_shape().as_list()))
                        for name, value in var_names_to_values.items())


def assign_from_values_fn(var_names_to_values):
    """A function of a session that makes the assignments of assign_from_values."""
    assign_op, feed_dict = assign_from_values(var_names_to_values)
    return lambda session: session.run(assign_op, feed_dict)


def _by_checkpoint_name(var_list):
    """[(name in the checkpoint, variables)]; parts of one whole stand together."""
    grouped = {}
    if isinstance(var_list, (tuple, list)):
        for var in var_list:
            grouped.setdefault(get_variable_full_name(var), []).append(var)
    else:
        for name, value in var_list.items():
            grouped[name] = list(value) if isinstance(value, (tuple, list)) else [value]
    return grouped.items()


def _value_for(var, name, value):
    """The part of a tensor of a checkpoint that belongs to a variable."""
    info = var._save_slice_info
    if info:
        part = value[tuple(slice(start, start + size) for start, size in zip(info.var_offset, info.var_shape))]
        return part.reshape(info.var_shape)
    if var.get_shape() != value.shape:
        raise ValueError("Total size of new array must be unchanged for %s lh_shape: [%s], rh_shape: [%s]"
                         % (name, str(value.shape), str(var.get_shape())))
    return value


def assign_from_checkpoint(model_path, var_list, ignore_missing_vars=False):
    """Assignments of values read from a checkpoint, kept out of the graph.

    Args:
      model_path: the checkpoint.
      var_list: variables, or {name in the checkpoint: variable, or list of a partitioned variable's parts}.
      ignore_missing_vars: whether what the checkpoint lacks is only warned of.

    Returns:
      (assign_op, feed_dict): the operation, and what to feed when it is run.

    Raises:
      ValueError: if the checkpoint lacks a variable, or has it with another shape.
      NotFoundError: if there is no such checkpoint.
    """
    grouped = _by_checkpoint_name(var_list)
    reader = checkpoint_reader.NewCheckpointReader(model_path)

    def pairs():
        for name, group in grouped:
            if not reader.has_tensor(name):
                words = "Checkpoint is missing variable [%s]" % name
                if not ignore_missing_vars:
                    raise ValueError(words)
                logging.warning(words)
                continue
            value = reader.get_tensor(name)
            for var in group:
                yield var, lambda v, name=name, value=value: _value_for(v, name, value)
    return _assignments(pairs())


def assign_from_checkpoint_fn(model_path, var_list, ignore_missing_vars=False, reshape_variables=False):
    """A function of a session that restores variables from a checkpoint by a Saver.

    Args:
      model_path: the checkpoint.
      var_list: variables, or {name in the checkpoint: variable}.
      ignore_missing_vars: whether what the checkpoint lacks is only warned of.
      reshape_variables: whether tensors of another shape with as many elements fit.

    Returns:
      The function; None if the checkpoint has none of the variables and that may be so.

    Raises:
      ValueError: if var_list is empty.
    """
    from pytfgraph.training import saver as saver_lib
    if not var_list:
        raise ValueError("var_list cannot be empty")
    if ignore_missing_vars:
        reader = checkpoint_reader.NewCheckpointReader(model_path)
        by_name = var_list if isinstance(var_list, dict) else {v.op.name: v for v in var_list}
        var_list = {}
        for name, var in by_name.items():
            if reader.has_tensor(name):
                var_list[name] = var
            else:
                logging.warning("Variable %s missing in checkpoint %s", name, model_path)
        if not var_list:
            logging.warning("No Variables to restore")
            return None
    saver = saver_lib.Saver(var_list, reshape=reshape_variables, write_version=1)
    return lambda session: saver.restore(session, model_path)
