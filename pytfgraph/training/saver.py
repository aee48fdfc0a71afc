"""tf.train.Saver: saves variables to checkpoints and restores them."""
import os
import time

import numpy as np

from pytfgraph import protos
from pytfgraph.client import session
from pytfgraph.framework import errors_impl as errors, meta_graph, ops
from pytfgraph.ops import variables
from pytfgraph.platform import tf_logging as logging
from pytfgraph.training import checkpoint_management, training_util
from pytfgraph.training.checkpoint_management import (  # noqa: F401
    checkpoint_exists, generate_checkpoint_state_proto, get_checkpoint_mtimes, get_checkpoint_state, latest_checkpoint, remove_checkpoint,
    update_checkpoint_state)
from pytfgraph.training.meta_graphs import (  # noqa: F401
    _import_meta_graph_with_return_elements, export_meta_graph, import_meta_graph)
from pytfgraph.training.saver_builder import V1, V2, BaseSaverBuilder, BulkSaverBuilder  # noqa: F401
from pytfgraph.util import compat


def _get_saver_or_default():
    """The one saver in the collection SAVERS, made if there is none; RuntimeError if there are several."""
    key = ops.GraphKeys.SAVERS
    savers = ops.get_collection(key)
    if len(savers) > 1:
        raise RuntimeError("More than one item in collection {}. Please indicate which one to use by passing it to the constructor."
                           .format(key))
    if savers:
        return savers[0]
    saver = Saver(sharded=True, allow_empty=True)
    ops.add_to_collection(key, saver)
    return saver


class Saver:
    """Saves variables to files and restores them.

    Args:
      var_list: the variables, as a list, or as a dict from names in the checkpoint to variables; all global variables and
        everything in the collection SAVEABLE_OBJECTS if None.
      reshape: whether a value in a checkpoint may have another shape than its variable, with as many elements.
      sharded: whether each device writes a file of its own.
      max_to_keep: how many checkpoints are kept; older ones are deleted.  None or 0 keeps all.
      keep_checkpoint_every_n_hours: of those, one is kept for good every so many hours.
      name: name scope of the nodes, "save" if None.
      restore_sequentially: has no effect on the results.
      saver_def: a SaverDef whose nodes are in the graph already.
      builder: a BaseSaverBuilder, to make other nodes.
      defer_build: whether the nodes are made by build() later.
      allow_empty: whether a saver of no variables is one that does nothing, rather than an error.
      write_version: SaverDef.V2, or V1 for the format of TensorFlow before 0.12.
      pad_step_number: whether step numbers in file names have eight digits.
      save_relative_paths: whether the file `checkpoint` holds relative paths.
      filename: the value of the constant with the file name.

    Raises:
      TypeError: if var_list holds something that is no variable.
      ValueError: if there is nothing to save, a name comes twice, or var_list comes with defer_build.
    """

    def __init__(self, var_list=None, reshape=False, sharded=False, max_to_keep=5, keep_checkpoint_every_n_hours=10000.0, name=None,
                 restore_sequentially=False, saver_def=None, builder=None, defer_build=False, allow_empty=False, write_version=V2,
                 pad_step_number=False, save_relative_paths=False, filename=None):
        if defer_build and var_list:
            raise ValueError("If `var_list` is provided then build cannot be deferred. Either set defer_build=False or var_list=None.")
        self._var_list = var_list
        self._reshape = reshape
        self._sharded = sharded
        self._max_to_keep = max_to_keep
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._name = name
        self._restore_sequentially = restore_sequentially
        self.saver_def = saver_def
        self._builder = builder
        self._is_built = False
        self._allow_empty = allow_empty
        self._is_empty = None
        self._write_version = write_version
        self._pad_step_number = pad_step_number
        self._filename = filename
        self._last_checkpoints = []             # (path, time), oldest first
        self._checkpoints_to_be_deleted = []
        self._save_relative_paths = save_relative_paths
        self._object_restore_saver = None
        if not defer_build:
            self.build()
        if self.saver_def:
            self._check_saver_def()
            self._write_version = self.saver_def.version

    # ---- the nodes ----

    def build(self):
        """Makes the nodes, if they are not made yet."""
        if self._is_built:
            return
        self._is_built = True
        if not self.saver_def:
            if not self._make_nodes():
                return
        elif self._name:
            for field in ("filename_tensor_name", "save_tensor_name", "restore_op_name"):
                setattr(self.saver_def, field, ops.prepend_name_scope(getattr(self.saver_def, field), self._name))
        self._check_saver_def()
        self._next_checkpoint_time = time.time() + self.saver_def.keep_checkpoint_every_n_hours * 3600

    def _make_nodes(self):
        if self._builder is None:
            self._builder = BulkSaverBuilder(self._write_version)
        if self._var_list is None:
            self._var_list = variables._all_saveable_objects()
        if not self._var_list:
            if not self._allow_empty:
                raise ValueError("No variables to save")
            self._is_empty = True
            return False
        self._is_empty = False
        self.saver_def = self._builder._build_internal(
            self._var_list, reshape=self._reshape, sharded=self._sharded, max_to_keep=self._max_to_keep,
            keep_checkpoint_every_n_hours=self._keep_checkpoint_every_n_hours, name=self._name,
            restore_sequentially=self._restore_sequentially, filename=self._filename)
        return True

    def _check_saver_def(self):
        if not protos.is_message(self.saver_def, "tensorflow.SaverDef"):
            raise ValueError("saver_def must be a saver_pb2.SaverDef: %s" % self.saver_def)
        if not self.saver_def.save_tensor_name:
            raise ValueError("saver_def must specify the save_tensor_name: %s" % str(self.saver_def))
        if not self.saver_def.restore_op_name:
            raise ValueError("saver_def must specify the restore_op_name: %s" % str(self.saver_def))

    def as_saver_def(self):
        """The SaverDef."""
        return self.saver_def

    def to_proto(self, export_scope=None):
        """The SaverDef with names relative to a scope; None if its nodes are outside of that."""
        if export_scope is None:
            return self.saver_def
        fields = ("filename_tensor_name", "save_tensor_name", "restore_op_name")
        if not all(getattr(self.saver_def, field).startswith(export_scope) for field in fields):
            return None
        saver_def = protos.message("tensorflow.SaverDef")()
        saver_def.CopyFrom(self.saver_def)
        for field in fields:
            setattr(saver_def, field, ops.strip_name_scope(getattr(saver_def, field), export_scope))
        return saver_def

    @staticmethod
    def from_proto(saver_def, import_scope=None):
        """A Saver for nodes that are in the graph, under `import_scope` where given."""
        return Saver(saver_def=saver_def, name=import_scope)

    # ---- which checkpoints there are ----

    def _CheckpointFilename(self, p):
        return p[0]

    def _RecordLastCheckpoint(self, latest_save_path):
        if not self.saver_def.max_to_keep:
            return
        self._last_checkpoints = [p for p in self._last_checkpoints if self._CheckpointFilename(p) != latest_save_path]
        self._last_checkpoints.append((latest_save_path, time.time()))
        if len(self._last_checkpoints) > self.saver_def.max_to_keep:
            self._checkpoints_to_be_deleted.append(self._last_checkpoints.pop(0))

    def _MaybeDeleteOldCheckpoints(self, meta_graph_suffix="meta"):
        """Deletes the checkpoint that is one too many, or keeps it for good where its turn has come."""
        if not self._checkpoints_to_be_deleted:
            return
        p = self._checkpoints_to_be_deleted.pop(0)
        if p[1] > self._next_checkpoint_time:
            self._next_checkpoint_time += self.saver_def.keep_checkpoint_every_n_hours * 3600
            return
        try:
            checkpoint_management.remove_checkpoint(self._CheckpointFilename(p), self.saver_def.version, meta_graph_suffix)
        except Exception as e:
            logging.warning("Ignoring: %s", str(e))

    @property
    def last_checkpoints(self):
        """Paths of the checkpoints that are kept, oldest first; any of them can be restored."""
        return [self._CheckpointFilename(p) for p in self._last_checkpoints]

    def set_last_checkpoints(self, last_checkpoints):
        """Says which checkpoints there are: a list of paths.  Deprecated: set_last_checkpoints_with_time."""
        assert isinstance(last_checkpoints, list)
        self._last_checkpoints = [(s, np.inf) for s in last_checkpoints]

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time):
        """Says which checkpoints there are: a list of (path, seconds)."""
        assert isinstance(last_checkpoints_with_time, list)
        self._last_checkpoints = last_checkpoints_with_time

    def recover_last_checkpoints(self, checkpoint_paths):
        """Takes over the checkpoints of an earlier run, which are then kept and deleted as this one's own.

        Args:
          checkpoint_paths: paths, oldest first.
        """
        mtimes = checkpoint_management.get_checkpoint_mtimes(checkpoint_paths)
        self.set_last_checkpoints_with_time(list(zip(checkpoint_paths, mtimes)))

    # ---- saving ----

    def _checkpoint_file(self, sess, save_path, global_step, latest_filename):
        """The prefix to save under."""
        if global_step is not None:
            if not isinstance(global_step, compat.integral_types):
                global_step = training_util.global_step(sess, global_step)
            return ("%s-%08d" if self._pad_step_number else "%s-%d") % (save_path, global_step)
        if os.path.basename(save_path) == latest_filename and not self._sharded:
            raise ValueError("'latest_filename' collides with 'save_path': '%s' and '%s'" % (latest_filename, save_path))
        return save_path

    def save(self, sess, save_path, global_step=None, latest_filename=None, meta_graph_suffix="meta", write_meta_graph=True,
             write_state=True, strip_default_attrs=False):
        """Saves the variables.

        Args:
          sess: the Session.
          save_path: what the names of the files begin with.
          global_step: a number to put behind it: an integer, or a Tensor, variable or Tensor's name with one.
          latest_filename: another name for the file `checkpoint`.
          meta_graph_suffix: of the MetaGraph's file.
          write_meta_graph: whether the MetaGraph is written.
          write_state: whether the file `checkpoint` is written, and old checkpoints are deleted.
          strip_default_attrs: whether attributes with their default are left out of the MetaGraph.

        Returns:
          The path, which restore() takes; None if there is nothing to save.

        Raises:
          TypeError: if sess is no Session.
          ValueError: if the folder does not exist, or latest_filename has a folder in it or collides with save_path.
          RuntimeError: if build() is still to come.
        """
        if not self._is_built:
            raise RuntimeError("`build()` should be called before save if defer_build==True")
        save_path = compat.as_str_any(compat.path_to_str(save_path))
        latest_filename = "checkpoint" if latest_filename is None else latest_filename
        if self._write_version != V2:
            _warn_of_v1()
        if os.path.split(latest_filename)[0]:
            raise ValueError("'latest_filename' must not contain path components")
        checkpoint_file = self._checkpoint_file(sess, save_path, global_step, latest_filename)
        if not isinstance(sess, session.SessionInterface):
            raise TypeError("'sess' must be a Session; %s" % sess)
        folder = os.path.dirname(save_path)
        path = None
        if not self._is_empty:
            try:
                path = self._save_variables(sess, checkpoint_file, folder, latest_filename, meta_graph_suffix, write_state)
            except (errors.FailedPreconditionError, errors.NotFoundError):
                if folder and not os.path.isdir(folder):
                    raise ValueError("Parent directory of {} doesn't exist, can't save.".format(save_path)) from None
                raise
        if write_meta_graph:
            with sess.graph.as_default():
                self.export_meta_graph(checkpoint_management.meta_graph_filename(checkpoint_file, meta_graph_suffix),
                                       strip_default_attrs=strip_default_attrs)
        return path

    def _save_variables(self, sess, checkpoint_file, folder, latest_filename, meta_graph_suffix, write_state):
        path = compat.as_str(sess.run(self.saver_def.save_tensor_name, {self.saver_def.filename_tensor_name: checkpoint_file}))
        if write_state:
            self._RecordLastCheckpoint(path)
            checkpoint_management.update_checkpoint_state_internal(
                folder, path, self.last_checkpoints, latest_filename, save_relative_paths=self._save_relative_paths)
            self._MaybeDeleteOldCheckpoints(meta_graph_suffix=meta_graph_suffix)
        return path

    def export_meta_graph(self, filename=None, collection_list=None, as_text=False, export_scope=None, clear_devices=False,
                          clear_extraneous_savers=False, strip_default_attrs=False):
        """The MetaGraphDef of the default graph and this saver; see tf.train.export_meta_graph."""
        return export_meta_graph(filename=filename, graph_def=ops.get_default_graph().as_graph_def(add_shapes=True),
                                 saver_def=self.saver_def, collection_list=collection_list, as_text=as_text, export_scope=export_scope,
                                 clear_devices=clear_devices, clear_extraneous_savers=clear_extraneous_savers,
                                 strip_default_attrs=strip_default_attrs)

    @staticmethod
    def _add_collection_def(meta_graph_def, key, export_scope=None):
        meta_graph.add_collection_def(meta_graph_def, key, export_scope=export_scope)

    # ---- restoring ----

    def restore(self, sess, save_path):
        """Gives the variables the values they have in a checkpoint; they need not be initialised before.

        Args:
          sess: the Session.
          save_path: what save() or tf.train.latest_checkpoint() returned.

        Raises:
          ValueError: if save_path is None, or there is no such checkpoint.
          NotFoundError: if it lacks a variable, or its folder does not exist.
          InvalidArgumentError: if a value does not fit its variable.
          DataLossError: if the files are damaged.
        """
        if self._is_empty:
            return
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        save_path = compat.as_text(compat.path_to_str(save_path))
        if not checkpoint_management.checkpoint_exists(save_path):
            raise ValueError("The passed save_path is not a valid checkpoint: " + save_path)
        logging.info("Restoring parameters from %s", save_path)
        try:
            sess.run(self.saver_def.restore_op_name, {self.saver_def.filename_tensor_name: save_path})
        except errors.NotFoundError as err:
            self._restore_objects(sess, save_path, err)
        except errors.InvalidArgumentError as err:
            raise _wrapped(err, "a mismatch between the current graph and the graph") from None

    def _restore_objects(self, sess, save_path, err):
        """Restores from a checkpoint of tf.train.Checkpoint, which knows the variables under other names."""
        try:
            names_to_keys = object_graph_key_mapping(save_path)
        except errors.NotFoundError:
            raise _wrapped(err, "a Variable name or other graph key that is missing") from None
        logging.warning("Restoring an object-based checkpoint using a name-based saver. This may be somewhat fragile, and will re-build the "
                        "Saver. Instead, consider loading object-based checkpoints using tf.train.Checkpoint().")
        self._object_restore_saver = saver_from_object_based_checkpoint(
            checkpoint_path=save_path, var_list=self._var_list, builder=self._builder, names_to_keys=names_to_keys,
            cached_saver=self._object_restore_saver)
        self._object_restore_saver.restore(sess=sess, save_path=save_path)


def _warn_of_v1():
    line = "*******************************************************"
    for text in (line, "TensorFlow's V1 checkpoint format has been deprecated.", "Consider switching to the more efficient V2 format:",
                 "   `tf.train.Saver(write_version=tf.train.SaverDef.V2)`", "now on by default.", line):
        logging.warning(text)


def _wrapped(err, reason):
    return type(err)(err.node_def, err.op, "Restoring from checkpoint failed. This is most likely due to %s from the checkpoint. Please "
                     "ensure that you have not altered the graph expected based on the checkpoint. Original error:\n\n%s"
                     % (reason, err.message))


ops.register_proto_function(ops.GraphKeys.SAVERS, proto_type="tensorflow.SaverDef", to_proto=Saver.to_proto, from_proto=Saver.from_proto)


# ---- checkpoints of tf.train.Checkpoint ----

def object_graph_key_mapping(checkpoint_path):
    """{name of a variable: its key} in a checkpoint of tf.train.Checkpoint; NotFoundError if it is none."""
    from pytfgraph.training import checkpoint_reader
    graph = protos.message("tensorflow.CheckpointableObjectGraph")()
    graph.ParseFromString(checkpoint_reader.NewCheckpointReader(checkpoint_path).get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"))
    return {attribute.full_name: attribute.checkpoint_key for node in graph.nodes for attribute in node.attributes}


def saver_from_object_based_checkpoint(checkpoint_path, var_list=None, builder=None, names_to_keys=None, cached_saver=None):
    """A Saver that reads variables, by their names, from a checkpoint of tf.train.Checkpoint.

    Args:
      checkpoint_path: the checkpoint.
      var_list: the variables, all if None.
      builder: a BaseSaverBuilder.
      names_to_keys: what object_graph_key_mapping gives for the checkpoint.
      cached_saver: a Saver made before for such a checkpoint, which is then used again.

    Raises:
      ValueError: if the checkpoint is none of tf.train.Checkpoint.
      NotFoundError: if it lacks a variable.
    """
    if names_to_keys is None:
        try:
            names_to_keys = object_graph_key_mapping(checkpoint_path)
        except errors.NotFoundError:
            raise ValueError("Checkpoint in %s not an object-based checkpoint." % checkpoint_path) from None
    if var_list is None:
        var_list = variables._all_saveable_objects()
    saveables = (builder or BulkSaverBuilder())._ValidateAndSliceInputs(var_list)
    for saveable in saveables:
        for spec in saveable.specs:
            if spec.name not in names_to_keys:
                raise errors.NotFoundError(None, None, "Attempting to load an object-based checkpoint using variable names, but could not "
                                           "find %s in the checkpoint." % spec.name)
            spec.name = names_to_keys[spec.name]
    return Saver(saveables) if cached_saver is None else cached_saver
