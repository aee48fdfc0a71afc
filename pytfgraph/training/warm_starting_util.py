"""tf.train.warm_start: variables begin with the values of an earlier training, also where vocabularies have changed."""
import collections

from pytfgraph.framework import ops
from pytfgraph.ops import state_ops, variable_scope, variables
from pytfgraph.platform import tf_logging as logging
from pytfgraph.training import checkpoint_ops, checkpoint_utils
from pytfgraph.training.saver_builder import BaseSaverBuilder


class VocabInfo(collections.namedtuple("VocabInfo", ["new_vocab", "new_vocab_size", "num_oov_buckets", "old_vocab", "old_vocab_size",
                                                     "backup_initializer", "axis"])):
    """How the vocabulary of a variable has changed.

    Attributes:
      new_vocab: file with the new vocabulary, a word a line.
      new_vocab_size: how many words of it are used.
      num_oov_buckets: rows for unknown words behind them.
      old_vocab: file with the vocabulary of the checkpoint.
      old_vocab_size: how many words of it were used; -1 is all.
      backup_initializer: initializer for new words; zeros if None.
      axis: 0 if words are rows, 1 if they are columns.
    """

    def __new__(cls, new_vocab, new_vocab_size, num_oov_buckets, old_vocab, old_vocab_size=-1, backup_initializer=None, axis=0):
        if axis not in (0, 1):
            raise ValueError("The only supported values for the axis argument are 0 and 1.  Provided axis: {}".format(axis))
        return super().__new__(cls, new_vocab, new_vocab_size, num_oov_buckets, old_vocab, old_vocab_size, backup_initializer, axis)


def _infer_var_name(var):
    """The name in checkpoints of a variable, given as the list of its parts."""
    names = BaseSaverBuilder.OpListToDict(var)
    if len(names) > 1:
        raise TypeError("`var` = %s passed as arg violates the constraints.  name_to_var_dict = %s" % (var, names))
    return list(names)[0]


def _parts_of(var):
    """A variable, a list of parts or a PartitionedVariable as a list of variables."""
    if checkpoint_utils._is_variable(var):
        return [var]
    if isinstance(var, list) and all(checkpoint_utils._is_variable(v) for v in var):
        return var
    if isinstance(var, variables.PartitionedVariable):
        return var._get_variable_list()
    raise TypeError("var MUST be one of the following: a Variable, list of Variable or PartitionedVariable, but is {}".format(type(var)))


def _warm_start_var(var, prev_ckpt, prev_tensor_name=None):
    parts = _parts_of(var)
    name = _infer_var_name([var] if isinstance(var, variables.PartitionedVariable) else parts)
    checkpoint_utils.init_from_checkpoint(prev_ckpt, {prev_tensor_name or name: var if checkpoint_utils._is_variable(var) else parts})


def _warm_start_var_with_vocab(var, current_vocab_path, current_vocab_size, prev_ckpt, prev_vocab_path, previous_vocab_size=-1,
                               current_oov_buckets=0, prev_tensor_name=None, initializer=None, axis=0):
    if not (current_vocab_path and current_vocab_size and prev_ckpt and prev_vocab_path):
        raise ValueError("Invalid args: Must provide all of [current_vocab_path, current_vocab_size, prev_ckpt, prev_vocab_path}.")
    parts = _parts_of(var)
    if not prev_tensor_name:
        prev_tensor_name = _infer_var_name(parts)
    if axis not in (0, 1):
        raise ValueError("The only supported values for the axis argument are 0 and 1.  Provided axis: {}".format(axis))
    n_rows = sum(v.get_shape().as_list()[0] for v in parts)
    for v in parts:
        shape = v.get_shape().as_list()
        info = v._get_save_slice_info()
        partition = variable_scope._PartitionInfo(full_shape=info.full_shape, var_offset=info.var_offset) if info else None
        if axis == 0:
            of_axis = dict(new_row_vocab_size=current_vocab_size, new_col_vocab_size=shape[1], old_row_vocab_size=previous_vocab_size,
                           old_row_vocab_file=prev_vocab_path, new_row_vocab_file=current_vocab_path,
                           num_row_oov_buckets=current_oov_buckets)
        else:
            of_axis = dict(new_row_vocab_size=n_rows, new_col_vocab_size=current_vocab_size, old_col_vocab_file=prev_vocab_path,
                           new_col_vocab_file=current_vocab_path, num_col_oov_buckets=current_oov_buckets)
        init = checkpoint_ops._load_and_remap_matrix_initializer(
            ckpt_path=checkpoint_utils._get_checkpoint_filename(prev_ckpt), old_tensor_name=prev_tensor_name, initializer=initializer,
            **of_axis)
        value = ops.convert_to_tensor(init(shape=shape, partition_info=partition))
        v._initializer_op = state_ops.assign(v, value)


def _get_grouped_variables(vars_to_warm_start):
    """{name in checkpoints: [variable or parts of a partitioned one]}."""
    if isinstance(vars_to_warm_start, str) or vars_to_warm_start is None:
        found = ops.get_collection(ops.GraphKeys.TRAINABLE_VARIABLES, scope=vars_to_warm_start)
    elif not isinstance(vars_to_warm_start, list):
        raise ValueError("`vars_to_warm_start must be a `list` or `str`.  Given type is {}".format(type(vars_to_warm_start)))
    elif all(isinstance(v, str) for v in vars_to_warm_start):
        found = [v for scope in vars_to_warm_start for v in ops.get_collection(ops.GraphKeys.GLOBAL_VARIABLES, scope=scope)]
    elif all(checkpoint_utils._is_variable(v) for v in vars_to_warm_start):
        found = vars_to_warm_start
    else:
        raise ValueError("If `vars_to_warm_start` is a list, it must be all `Variable` or all `str`.  Given types are {}"
                         .format([type(v) for v in vars_to_warm_start]))
    groups = {}
    for v in found:
        groups.setdefault(_infer_var_name(v if isinstance(v, list) else [v]), []).append(v)
    return groups


def _check_used(what, given, used, groups):
    unused = set(given) - used
    if unused:
        raise ValueError("You provided the following variables in {0} that were not used: {1}.  Perhaps you misspelled them?  Here is the "
                         "list of viable variable names: {2}".format(what, unused, groups.keys()))


def warm_start(ckpt_to_initialize_from, vars_to_warm_start=".*", var_name_to_vocab_info=None, var_name_to_prev_var_name=None):
    """Makes variables begin with the values they have in a checkpoint.

    Args:
      ckpt_to_initialize_from: a checkpoint, or a folder, whose newest one is taken.
      vars_to_warm_start: a regular expression for names of trainable variables, a list of such for all variables, a list of
        variables; None for those that the next two arguments name.
      var_name_to_vocab_info: {variable's name: VocabInfo}.
      var_name_to_prev_var_name: {variable's name: its name in the checkpoint}.

    Raises:
      ValueError: if a name of the last two arguments is that of no variable.
    """
    vocab_infos, old_names = var_name_to_vocab_info or {}, var_name_to_prev_var_name or {}
    logging.info("Warm-starting from: %s", (ckpt_to_initialize_from,))
    groups = _get_grouped_variables(vars_to_warm_start)
    names_used, infos_used = set(), set()
    for name, variable in groups.items():
        old_name, info = old_names.get(name), vocab_infos.get(name)
        if old_name:
            names_used.add(name)
        if info:
            infos_used.add(name)
            _log_vocab(name, old_name, info)
            _warm_start_var_with_vocab(
                variable, info.new_vocab, info.new_vocab_size, ckpt_to_initialize_from, info.old_vocab,
                previous_vocab_size=info.old_vocab_size, current_oov_buckets=info.num_oov_buckets, prev_tensor_name=old_name,
                initializer=info.backup_initializer, axis=info.axis)
        elif vars_to_warm_start:
            logging.info("Warm-starting variable: {}; prev_var_name: {}".format(name, old_name or "Unchanged"))
            _warm_start_var(variable[0] if len(variable) == 1 else variable, ckpt_to_initialize_from, old_name)
    _check_used("var_name_to_prev_var_name", old_names, names_used, groups)
    _check_used("var_name_to_vocab_info", vocab_infos, infos_used, groups)


def _log_vocab(name, old_name, info):
    logging.info("Warm-starting variable: {}; current_vocab: {} current_vocab_size: {} prev_vocab: {} prev_vocab_size: {} current_oov: {} "
                 "prev_tensor: {} initializer: {}".format(
                     name, info.new_vocab, info.new_vocab_size, info.old_vocab, info.old_vocab_size if info.old_vocab_size > 0 else "All",
                     info.num_oov_buckets, old_name or "Unchanged", info.backup_initializer or "zero-initialized"))
