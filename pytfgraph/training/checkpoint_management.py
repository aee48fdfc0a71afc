"""The file `checkpoint`, which says which checkpoints a folder holds, and the checkpoints it names."""
import collections
import os
import re
import time

from pytfgraph import protos
from pytfgraph.framework import errors_impl as errors, graph_io, ops
from pytfgraph.lib.io import file_io
from pytfgraph.lib.io.file_system import errors_about, local
from pytfgraph.platform import tf_logging as logging
from pytfgraph.training import training_util
from pytfgraph.util import compat

V1, V2 = 1, 2  # SaverDef.CheckpointFormatVersion


def _state_file(save_dir, latest_filename):
    return os.path.join(save_dir, latest_filename or "checkpoint")


def _relative(path, folder):
    return path if os.path.isabs(path) else os.path.relpath(path, folder)


def generate_checkpoint_state_proto(save_dir, model_checkpoint_path, all_model_checkpoint_paths=None,
                                    all_model_checkpoint_timestamps=None, last_preserved_timestamp=None):
    """The CheckpointState for a folder; where that is given as a relative path, so are paths in it.

    Args:
      save_dir: the folder.
      model_checkpoint_path: the newest checkpoint.
      all_model_checkpoint_paths: all that are kept, oldest first; the newest is added where it is not last.
      all_model_checkpoint_timestamps: when each was saved, in seconds.
      last_preserved_timestamp: when the newest of those kept for good was saved.

    Raises:
      ValueError: if there are other times than paths.
    """
    paths = [] if all_model_checkpoint_paths is None else list(all_model_checkpoint_paths)
    if not paths or paths[-1] != model_checkpoint_path:
        logging.info("%s is not in all_model_checkpoint_paths. Manually adding it.", model_checkpoint_path)
        paths.append(model_checkpoint_path)
    times = all_model_checkpoint_timestamps
    if times and len(times) != len(paths):
        raise ValueError("Checkpoint timestamps, if provided, must match checkpoint paths (got paths %s and timestamps %s)" % (paths, times))
    if not os.path.isabs(save_dir):
        model_checkpoint_path = _relative(model_checkpoint_path, save_dir)
        paths = [_relative(p, save_dir) for p in paths]
    return protos.message("tensorflow.CheckpointState")(
        model_checkpoint_path=model_checkpoint_path, all_model_checkpoint_paths=paths, all_model_checkpoint_timestamps=times,
        last_preserved_timestamp=last_preserved_timestamp)


def update_checkpoint_state(save_dir, model_checkpoint_path, all_model_checkpoint_paths=None, latest_filename=None,
                            all_model_checkpoint_timestamps=None, last_preserved_timestamp=None):
    """Writes the file `checkpoint` of a folder.

    Args:
      save_dir: the folder.
      model_checkpoint_path: the newest checkpoint.
      all_model_checkpoint_paths: all that are kept, oldest first.
      latest_filename: another name for the file.
      all_model_checkpoint_timestamps: when each was saved, in seconds.
      last_preserved_timestamp: when the newest of those kept for good was saved.

    Raises:
      RuntimeError: if the file would take the checkpoint's own name.
    """
    update_checkpoint_state_internal(save_dir, model_checkpoint_path, all_model_checkpoint_paths, latest_filename,
                                     all_model_checkpoint_timestamps=all_model_checkpoint_timestamps,
                                     last_preserved_timestamp=last_preserved_timestamp)


def update_checkpoint_state_internal(save_dir, model_checkpoint_path, all_model_checkpoint_paths=None, latest_filename=None,
                                     save_relative_paths=False, all_model_checkpoint_timestamps=None, last_preserved_timestamp=None):
    from google.protobuf import text_format
    state_file = _state_file(save_dir, latest_filename)
    newest, paths = model_checkpoint_path, all_model_checkpoint_paths
    if save_relative_paths:
        newest = os.path.relpath(newest, save_dir) if os.path.isabs(newest) else newest
        paths = [os.path.relpath(p, save_dir) if os.path.isabs(p) else p for p in paths]
    state = generate_checkpoint_state_proto(save_dir, newest, paths, all_model_checkpoint_timestamps, last_preserved_timestamp)
    if state_file == state.model_checkpoint_path:
        raise RuntimeError("Save path '%s' conflicts with path used for checkpoint state.  Please use a different save path."
                           % model_checkpoint_path)
    path = local(state_file)
    with errors_about(state_file):
        graph_io._write_whole(path, text_format.MessageToString(state).encode("utf-8"))


def get_checkpoint_state(checkpoint_dir, latest_filename=None):
    """What the file `checkpoint` of a folder says: a CheckpointState whose paths can be used as they are, or None.

    Raises:
      ValueError: if the file names no checkpoint.
    """
    from google.protobuf import text_format
    state_file = _state_file(checkpoint_dir, latest_filename)
    try:
        if not file_io.file_exists(state_file):
            return None
        state = protos.message("tensorflow.CheckpointState")()
        text_format.Merge(file_io.read_file_to_string(state_file), state)
    except (errors.OpError, text_format.ParseError, UnicodeDecodeError) as e:
        logging.warning("%s: %s", type(e).__name__, e)
        logging.warning("%s: Checkpoint ignored", state_file)
        return None
    if not state.model_checkpoint_path:
        raise ValueError("Invalid checkpoint state loaded from " + checkpoint_dir)
    state.model_checkpoint_path = os.path.join(checkpoint_dir, state.model_checkpoint_path)
    for i, path in enumerate(state.all_model_checkpoint_paths):
        state.all_model_checkpoint_paths[i] = os.path.join(checkpoint_dir, path)
    return state


def _matches(pattern):
    """Files of that very name, or those that fit it as a pattern."""
    if os.path.exists(local(pattern)):
        return [pattern]
    return file_io.get_matching_files(pattern)


def _files_of(checkpoint_prefix):
    """The index of a checkpoint, or the files of one in the older format."""
    return _matches(checkpoint_prefix + ".index") or _matches(checkpoint_prefix)


def latest_checkpoint(checkpoint_dir, latest_filename=None):
    """The path of the newest checkpoint in a folder, as `checkpoint` names it; None where there is none.

    Args:
      checkpoint_dir: the folder.
      latest_filename: another name for the file `checkpoint`.
    """
    checkpoint_dir = compat.as_str_any(compat.path_to_str(checkpoint_dir))
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state and state.model_checkpoint_path:
        if _files_of(state.model_checkpoint_path):
            return state.model_checkpoint_path
        logging.error("Couldn't match files for checkpoint %s", state.model_checkpoint_path)
    return None


def checkpoint_exists(checkpoint_prefix):
    """Whether there is a checkpoint of that prefix, in either format.

    Raises:
      NotFoundError: if its folder does not exist.
    """
    return bool(_files_of(checkpoint_prefix))


def get_checkpoint_mtimes(checkpoint_prefixes):
    """When the checkpoints were written, in seconds; those that are not there are left out."""
    found = (_files_of(prefix) for prefix in checkpoint_prefixes)
    return [file_io.stat(files[0]).mtime_nsec / 1e9 for files in found if files]


def remove_checkpoint(checkpoint_prefix, checkpoint_format_version=V2, meta_graph_suffix="meta"):
    """Deletes the files of a checkpoint, its MetaGraph's among them.

    Args:
      checkpoint_prefix: the prefix.
      checkpoint_format_version: SaverDef.V2 or V1.
      meta_graph_suffix: of the MetaGraph's file.
    """
    _delete(meta_graph_filename(checkpoint_prefix, meta_graph_suffix))
    if checkpoint_format_version == V2:
        _delete(checkpoint_prefix + ".index")
        _delete(checkpoint_prefix + ".index.next")
        for path in _data_files(checkpoint_prefix):
            file_io.delete_file(path)
    else:
        _delete(checkpoint_prefix)


def _data_files(prefix):
    folder, name = os.path.split(local(prefix))
    pattern = re.compile(re.escape(name) + r"\.data-.{5}-of-.{5}", re.DOTALL)
    try:
        return [os.path.join(folder, n) for n in os.listdir(folder or ".") if pattern.fullmatch(n)]
    except FileNotFoundError:
        return []


def _delete(pattern):
    for path in _matches(pattern):
        file_io.delete_file(path)


def meta_graph_filename(checkpoint_filename, meta_graph_suffix="meta"):
    """The MetaGraph's file of a checkpoint, whose name may end in that of a shard."""
    return "%s.%s" % (re.sub(r"-[\d\?]+-of-\d+$", "", checkpoint_filename), meta_graph_suffix)


class CheckpointManager:
    """Saves a tf.train.Checkpoint again and again, and deletes old ones.

    Args:
      checkpoint: the tf.train.Checkpoint.
      directory: the folder.
      max_to_keep: how many checkpoints are kept; None keeps all.
      keep_checkpoint_every_n_hours: keep one for good every so many hours.

    Raises:
      ValueError: if max_to_keep is not positive.
    """

    def __init__(self, checkpoint, directory, max_to_keep, keep_checkpoint_every_n_hours=None):
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError("Expected a positive integer or `None` for `max_to_max_to_keep`, got %d." % (max_to_keep,))
        self._checkpoint = checkpoint
        self._save_counter_assign = None
        self._max_to_keep = max_to_keep
        self._keep_every = keep_checkpoint_every_n_hours
        self._directory = directory
        self._checkpoint_prefix = os.path.join(directory, "ckpt")
        self._maybe_delete = collections.OrderedDict()      # {path: when it was saved}, oldest first
        self._recover(get_checkpoint_state(directory), time.time())

    def _recover(self, state, now):
        self._latest_checkpoint = state.model_checkpoint_path if state else None
        if state is None:
            self._last_preserved_timestamp = now - 1.
            return
        last = state.last_preserved_timestamp
        if now < last:
            logging.warning("time.time() returned a value %f seconds behind the last preserved checkpoint timestamp." % (last - now,))
            last = now
        self._last_preserved_timestamp = last
        paths = state.all_model_checkpoint_paths
        for path, saved in zip(paths, state.all_model_checkpoint_timestamps or [last] * len(paths)):
            if min(saved, now) > last:
                self._maybe_delete[path] = min(saved, now)

    @property
    def latest_checkpoint(self):
        """The path of the newest checkpoint, or None."""
        return self._latest_checkpoint

    @property
    def checkpoints(self):
        """The paths of the checkpoints that may be deleted later, oldest first."""
        return list(self._maybe_delete)

    def _sweep(self):
        while self._max_to_keep and len(self._maybe_delete) > self._max_to_keep:
            path, saved = self._maybe_delete.popitem(last=False)
            if self._keep_every and saved - self._keep_every * 3600. >= self._last_preserved_timestamp:
                self._last_preserved_timestamp = saved
            else:
                remove_checkpoint(path)

    def _record_state(self):
        update_checkpoint_state_internal(self._directory, self.latest_checkpoint, list(self._maybe_delete), save_relative_paths=True,
                                         all_model_checkpoint_timestamps=list(self._maybe_delete.values()),
                                         last_preserved_timestamp=self._last_preserved_timestamp)

    @property
    def _prefix(self):
        return self._checkpoint_prefix

    def save(self, session=None, checkpoint_number=None):
        """Saves a checkpoint, numbered by the Checkpoint's save counter.

        Args:
          session: the Session; the default one if None.
          checkpoint_number: another number, or a Tensor or variable with one.

        Returns:
          The path.
        """
        from pytfgraph.ops import variable_scope
        session = session or ops.get_default_session()

        def creator(next_creator, **kwargs):
            v = next_creator(**kwargs)
            session.run(v.initializer)
            return v
        with variable_scope.variable_creator_scope(creator):
            counter = self._checkpoint.save_counter
        if self._save_counter_assign is None:
            self._save_counter_assign = counter.assign_add(1, read_value=False)
        session.run(self._save_counter_assign)
        number = counter if checkpoint_number is None else checkpoint_number
        if not isinstance(number, compat.integral_types):
            number = training_util.global_step(sess=session, global_step_tensor=number)
        path = self._checkpoint.write("%s-%d" % (self._prefix, number), session=session)
        self._maybe_delete.pop(path, None)
        self._maybe_delete[path] = time.time()
        self._latest_checkpoint = path
        self._sweep()
        self._record_state()
        return path
