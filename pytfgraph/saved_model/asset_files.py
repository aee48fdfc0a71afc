"""Files that a graph reads, and that a SavedModel keeps beside it."""
import os

from pytfgraph import protos
from pytfgraph.framework import dtypes, ops
from pytfgraph.lib.io import file_io
from pytfgraph.platform import tf_logging as logging
from pytfgraph.saved_model import constants
from pytfgraph.saved_model import utils_impl as utils
from pytfgraph.util import compat


def _path_in(tensor):
    """The path in a constant of one string; TypeError for another tensor."""
    if not isinstance(tensor, ops.Tensor):
        raise TypeError("Asset path tensor must be a Tensor.")
    if tensor.op.type != "Const":
        raise TypeError("Asset path tensor must be of type constant.")
    if tensor.dtype != dtypes.string:
        raise TypeError("Asset path tensor must be of dtype string.")
    values = tensor.op.get_attr("value").string_val
    if len(values) != 1:
        raise TypeError("Asset path tensor must be a scalar.")
    return values[0]


def _unique_name(path, paths):
    """A name for a file among those that are kept: its own, or one with a number where another file has that."""
    name = os.path.basename(path)
    if name not in paths or paths[name] == path or file_io.filecmp(path, paths[name]):
        return name
    i, unique = 1, name
    while unique in paths:
        unique = name + b"_%d" % i
        i += 1
    return unique


def _note(name, tensor):
    asset = protos.message("tensorflow.AssetFileDef")(filename=compat.as_text(name))
    asset.tensor_info.name = tensor.name
    wrapped = protos.message("google.protobuf.Any")()
    wrapped.type_url = "type.googleapis.com/tensorflow.AssetFileDef"
    wrapped.value = asset.SerializeToString()
    ops.add_to_collection(constants.ASSETS_KEY, wrapped)


def save(export_dir, tensors):
    """Copies the files that tensors name into a SavedModel's folder, and notes them in the default graph.

    Args:
      export_dir: the SavedModel's folder.
      tensors: constant string Tensors, or None.

    Raises:
      TypeError: if a tensor is something else.
      ValueError: if it is empty.
    """
    paths = {}
    if tensors is None:
        logging.info("No assets to save.")
    else:
        for tensor in tensors:
            path = _path_in(tensor)
            if not path:
                raise ValueError("Invalid asset filepath tensor %s" % tensor)
            name = _unique_name(path, paths)
            _note(name, tensor)
            paths[name] = path
        logging.info("Assets added to graph.")
    if not paths:
        logging.info("No assets to write.")
        return
    folder = utils.get_or_create_assets_dir(export_dir)
    for name, path in paths.items():
        target = os.path.join(compat.as_bytes(folder), name)
        if not file_io.file_exists(target):
            file_io.copy(path, target)
    logging.info("Assets written to: %s", folder)


def tensors_to_feed(export_dir, meta_graph_def, import_scope=None):
    """{name of a tensor: path of its file} of the assets of a MetaGraph in a SavedModel.

    1.x notes them in a collection, 2.x in a field of their own."""
    message = protos.message("tensorflow.AssetFileDef")
    assets = list(meta_graph_def.asset_file_def)
    if not assets and constants.ASSETS_KEY in meta_graph_def.collection_def:
        assets = [message.FromString(wrapped.value) for wrapped in meta_graph_def.collection_def[constants.ASSETS_KEY].any_list.value]
    folder = compat.as_bytes(utils.get_assets_dir(export_dir))
    prefix = import_scope + "/" if import_scope else ""
    return {prefix + asset.tensor_info.name: os.path.join(folder, compat.as_bytes(asset.filename)) for asset in assets}
