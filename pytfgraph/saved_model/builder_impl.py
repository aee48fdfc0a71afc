"""Writing SavedModels."""
import os

from pytfgraph import protos
from pytfgraph.framework import ops
from pytfgraph.lib.io import file_io
from pytfgraph.platform import tf_logging as logging
from pytfgraph.saved_model import asset_files, constants
from pytfgraph.saved_model import utils_impl as utils
from pytfgraph.util import compat, deprecation


def _validate(info):
    """AssertionError where a TensorInfo names nothing, or has no dtype."""
    if info is None:
        raise AssertionError("All TensorInfo protos used in the SignatureDefs must have the name and dtype fields set.")
    if info.WhichOneof("encoding") is None:
        raise AssertionError("All TensorInfo protos used in the SignatureDefs must have one of the 'encoding' fields (e.g., name or "
                             "coo_sparse) set: %s" % info)
    if not info.dtype:
        raise AssertionError("All TensorInfo protos used in the SignatureDefs must have the dtype field set: %s" % info)


def _validate_signatures(signature_def_map):
    for signature in (signature_def_map or {}).values():
        for infos in (signature.inputs, signature.outputs):
            for name in infos:
                _validate(infos[name])


def _add_main_op(main_op):
    if main_op is None:
        return
    if not isinstance(main_op, ops.Operation):
        raise TypeError("main_op needs to be an Operation: %r" % main_op)
    for key in (constants.MAIN_OP_KEY, constants.LEGACY_INIT_OP_KEY):
        if ops.get_collection(key):
            raise ValueError("Graph already contains one or more main ops under the collection {}.".format(key))
    ops.add_to_collection(constants.MAIN_OP_KEY, main_op)


def _saver_or_new(saver):
    if saver:
        return saver
    from pytfgraph.ops import variables
    from pytfgraph.training.saver import Saver
    return Saver(variables._all_saveable_objects(), sharded=True, write_version=2, allow_empty=True)


def _instead_of(main_op, legacy_init_op, function):
    if legacy_init_op is not None:
        deprecation.warn_of_argument(function, __name__, "legacy_init_op",
                                     "Pass your op to the equivalent parameter main_op instead.")
    return main_op if main_op is not None else legacy_init_op


class SavedModelBuilder:
    """Writes a SavedModel: add_meta_graph_and_variables() once, add_meta_graph() as often as needed, then save().

    Args:
      export_dir: the folder, which must not be there yet.

    Raises:
      AssertionError: if the folder is there.
    """

    def __init__(self, export_dir):
        self._saved_model = protos.message("tensorflow.SavedModel")()
        self._saved_model.saved_model_schema_version = constants.SAVED_MODEL_SCHEMA_VERSION
        self._export_dir = compat.path_to_str(export_dir)
        if file_io.file_exists(export_dir):
            raise AssertionError("Export directory already exists. Please specify a different export directory: %s" % export_dir)
        file_io.recursive_create_dir(export_dir)
        self._has_saved_variables = False

    def _prepare(self, signature_def_map, assets_collection, main_op, saver):
        """What both kinds of MetaGraphs need first; the Saver."""
        _validate_signatures(signature_def_map)
        asset_files.save(self._export_dir, assets_collection)
        _add_main_op(main_op)
        return _saver_or_new(saver)

    def _add(self, saver, tags, signature_def_map, clear_devices, strip_default_attrs):
        meta_graph_def = saver.export_meta_graph(clear_devices=clear_devices, strip_default_attrs=strip_default_attrs)
        meta_graph_def.meta_info_def.tags.extend(tags)
        for name, signature in (signature_def_map or {}).items():
            meta_graph_def.signature_def[name].CopyFrom(protos.convert("tensorflow.SignatureDef", signature))
        self._saved_model.meta_graphs.add().CopyFrom(meta_graph_def)

    def add_meta_graph(self, tags, signature_def_map=None, assets_collection=None, legacy_init_op=None, clear_devices=False, main_op=None,
                       strip_default_attrs=False, saver=None):
        """Adds the default graph, which shares the variables that were saved.

        Args: see add_meta_graph_and_variables.

        Raises:
          AssertionError: if no variables were saved yet, or a signature is not complete.
          TypeError, ValueError: see add_meta_graph_and_variables.
        """
        if not self._has_saved_variables:
            raise AssertionError("Graph state including variables and assets has not been saved yet. Please invoke "
                                 "`add_meta_graph_and_variables()` first.")
        main_op = _instead_of(main_op, legacy_init_op, "SavedModelBuilder.add_meta_graph")
        saver = self._prepare(signature_def_map, assets_collection, main_op, saver)
        self._add(saver, tags, signature_def_map, clear_devices, strip_default_attrs)

    def add_meta_graph_and_variables(self, sess, tags, signature_def_map=None, assets_collection=None, legacy_init_op=None,
                                     clear_devices=False, main_op=None, strip_default_attrs=False, saver=None):
        """Adds the default graph, and saves its variables.

        Args:
          sess: the Session with the variables.
          tags: list of texts by which the graph is found.
          signature_def_map: {name: SignatureDef}.
          assets_collection: constant string Tensors with the names of files, which are copied into the SavedModel.
          legacy_init_op: the older name of main_op.
          clear_devices: leave out devices.
          main_op: an Operation to run when the SavedModel is loaded, after the variables are restored.
          strip_default_attrs: leave out attributes that have their default.
          saver: a Saver to use instead of one for all variables.

        Raises:
          AssertionError: if variables were saved already, or a signature is not complete.
          TypeError: if main_op is no Operation, or an asset no constant.
          ValueError: if the graph has a main op already.
        """
        if self._has_saved_variables:
            raise AssertionError("Graph state including variables and assets has already been saved. Please invoke `add_meta_graph()` "
                                 "instead.")
        main_op = _instead_of(main_op, legacy_init_op, "SavedModelBuilder.add_meta_graph_and_variables")
        saver = self._prepare(signature_def_map, assets_collection, main_op, saver)
        utils.get_or_create_variables_dir(self._export_dir)
        saver.save(sess, utils.get_variables_path(self._export_dir), write_meta_graph=False, write_state=False)
        self._add(saver, tags, signature_def_map, clear_devices, strip_default_attrs)
        self._has_saved_variables = True

    def save(self, as_text=False):
        """Writes the graphs, as text if asked; the path of the file, bytes."""
        if not file_io.file_exists(self._export_dir):
            file_io.recursive_create_dir(self._export_dir)
        name = constants.SAVED_MODEL_FILENAME_PBTXT if as_text else constants.SAVED_MODEL_FILENAME_PB
        path = os.path.join(compat.as_bytes(self._export_dir), compat.as_bytes(name))
        file_io.atomic_write_string_to_file(path, str(self._saved_model) if as_text else self._saved_model.SerializeToString())
        logging.info("SavedModel written to: %s", compat.as_text(path))
        return path
