"""Reading SavedModels."""
import os

from pytfgraph import protos
from pytfgraph.framework import ops
from pytfgraph.lib.io import file_io
from pytfgraph.platform import tf_logging as logging
from pytfgraph.saved_model import asset_files, constants
from pytfgraph.saved_model import utils_impl as utils
from pytfgraph.util import compat


def _parse_saved_model(export_dir):
    """The SavedModel message in a folder; IOError where there is none."""
    from google.protobuf import message, text_format
    export_dir = compat.as_text(compat.path_to_str(export_dir))
    binary = os.path.join(export_dir, constants.SAVED_MODEL_FILENAME_PB)
    text = os.path.join(export_dir, constants.SAVED_MODEL_FILENAME_PBTXT)
    path = binary if file_io.file_exists(binary) else text
    if not file_io.file_exists(path):
        raise IOError("SavedModel file does not exist at: %s/{%s|%s}"
                      % (export_dir, constants.SAVED_MODEL_FILENAME_PBTXT, constants.SAVED_MODEL_FILENAME_PB))
    data = file_io.read_file_to_string(path, binary_mode=True)
    saved_model = protos.message("tensorflow.SavedModel")()
    try:
        if path == binary:
            saved_model.ParseFromString(data)
        else:
            text_format.Merge(data.decode("utf-8"), saved_model)
    except (message.DecodeError, text_format.ParseError, UnicodeDecodeError) as e:
        raise IOError("Cannot parse file %s: %s." % (path, e)) from None
    return saved_model


parse_saved_model = _parse_saved_model


def maybe_saved_model_directory(export_dir):
    """Whether a folder has the file of a SavedModel."""
    export_dir = compat.as_text(compat.path_to_str(export_dir))
    return any(file_io.file_exists(os.path.join(export_dir, name))
               for name in (constants.SAVED_MODEL_FILENAME_PBTXT, constants.SAVED_MODEL_FILENAME_PB))


def _main_op(meta_graph_def, key):
    """The Operation that a MetaGraph's collection of main ops holds, None without one; RuntimeError where there are several."""
    if key not in meta_graph_def.collection_def:
        return None
    names = meta_graph_def.collection_def[key].node_list.value
    if len(names) != 1:
        raise RuntimeError("Expected exactly one SavedModel main op. Found: {}".format(names))
    return ops.get_collection(key)[0]


def load(sess, tags, export_dir, import_scope=None, **saver_kwargs):
    """Adds a graph of a SavedModel to a session's graph, restores its variables and runs its main op.

    Args:
      sess: the Session.
      tags: the tags of the graph, all of them.
      export_dir: the SavedModel's folder.
      import_scope: name scope for everything; none if None.
      **saver_kwargs: more arguments for import_meta_graph.

    Returns:
      The MetaGraphDef.

    Raises:
      IOError: if there is no SavedModel.
      RuntimeError: if it has no graph with these tags.
    """
    return SavedModelLoader(export_dir).load(sess, tags, import_scope, **saver_kwargs)


class SavedModelLoader:
    """A SavedModel whose graphs can be loaded, all at once or step by step.

    Args:
      export_dir: its folder.

    Raises:
      IOError: if there is no SavedModel.
    """

    def __init__(self, export_dir):
        self._export_dir = export_dir
        self._variables_path = utils.get_variables_path(export_dir)
        self._saved_model = _parse_saved_model(export_dir)

    @property
    def export_dir(self):
        """Its folder."""
        return self._export_dir

    @property
    def variables_path(self):
        """The prefix of the checkpoint with its variables."""
        return self._variables_path

    @property
    def saved_model(self):
        """The SavedModel message."""
        return self._saved_model

    def get_meta_graph_def_from_tags(self, tags):
        """The MetaGraphDef with exactly these tags; RuntimeError where there is none."""
        for meta_graph_def in self._saved_model.meta_graphs:
            if set(meta_graph_def.meta_info_def.tags) == set(tags):
                return meta_graph_def
        raise RuntimeError("MetaGraphDef associated with tags " + str(tags).strip("[]") + " could not be found in SavedModel. To inspect "
                           "available tag-sets in the SavedModel, please use the SavedModel CLI: `saved_model_cli`")

    def load_graph(self, graph, tags, import_scope=None, **saver_kwargs):
        """Adds a graph of the SavedModel to another graph: its Saver, and the elements that saver_kwargs asks for."""
        from pytfgraph.training import meta_graphs
        meta_graph_def = self.get_meta_graph_def_from_tags(tags)
        with graph.as_default():
            return meta_graphs._import_meta_graph_with_return_elements(meta_graph_def, import_scope=import_scope, **saver_kwargs)

    def restore_variables(self, sess, saver, import_scope=None):
        """Restores the variables in a session; ValueError where there are some, and no Saver."""
        from pytfgraph.ops import variables
        with sess.graph.as_default():
            if saver is None and not variables._all_saveable_objects(scope=import_scope):
                logging.info("The specified SavedModel has no variables; no checkpoints were restored.")
                return
            from pytfgraph.training.saver import Saver
            if not isinstance(saver, Saver):
                raise ValueError("No tf.train.Saver object was passed to the function SavedModelLoader.restore_variables. Since there are "
                                 "variables in the graph, a saver is required.")
            saver.restore(sess, self._variables_path)

    def run_init_ops(self, sess, tags, import_scope=None):
        """Runs the main op in a session, with the names of the asset files where they are now."""
        meta_graph_def = self.get_meta_graph_def_from_tags(tags)
        with sess.graph.as_default():
            main_op = _main_op(meta_graph_def, constants.MAIN_OP_KEY)
            if main_op is None:
                main_op = _main_op(meta_graph_def, constants.LEGACY_INIT_OP_KEY)
            if main_op is not None:
                sess.run(fetches=[main_op], feed_dict=asset_files.tensors_to_feed(self._export_dir, meta_graph_def, import_scope))

    def load(self, sess, tags, import_scope=None, **saver_kwargs):
        """Adds a graph of the SavedModel to a session's graph, restores its variables and runs its main op; the MetaGraphDef."""
        with sess.graph.as_default():
            saver, _ = self.load_graph(sess.graph, tags, import_scope, **saver_kwargs)
            self.restore_variables(sess, saver, import_scope)
            self.run_init_ops(sess, tags, import_scope)
        return self.get_meta_graph_def_from_tags(tags)
