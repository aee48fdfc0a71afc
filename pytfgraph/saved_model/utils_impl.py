"""TensorInfos, and the folders of a SavedModel."""
import os

from pytfgraph import protos
from pytfgraph.framework import dtypes, ops, sparse_tensor
from pytfgraph.lib.io import file_io
from pytfgraph.saved_model import constants
from pytfgraph.util import compat


def build_tensor_info(tensor):
    """A TensorInfo with the name, dtype and shape of a Tensor, or with the three names of a SparseTensor."""
    info = protos.message("tensorflow.TensorInfo")(dtype=dtypes.as_dtype(tensor.dtype).as_datatype_enum)
    info.tensor_shape.CopyFrom(tensor.get_shape().as_proto())
    if isinstance(tensor, sparse_tensor.SparseTensor):
        info.coo_sparse.values_tensor_name = tensor.values.name
        info.coo_sparse.indices_tensor_name = tensor.indices.name
        info.coo_sparse.dense_shape_tensor_name = tensor.dense_shape.name
    else:
        info.name = tensor.name
    return info


def get_tensor_from_tensor_info(tensor_info, graph=None, import_scope=None):
    """The Tensor or SparseTensor that a TensorInfo describes.

    Args:
      tensor_info: a TensorInfo.
      graph: where it is, the default graph if None.
      import_scope: name scope that comes before its name.

    Raises:
      KeyError: if it is not in the graph.
      ValueError: if the TensorInfo names nothing.
    """
    graph = graph or ops.get_default_graph()

    def find(name):
        return graph.get_tensor_by_name(ops.prepend_name_scope(name, import_scope=import_scope))
    encoding = tensor_info.WhichOneof("encoding")
    if encoding == "name":
        return find(tensor_info.name)
    if encoding == "coo_sparse":
        sparse = tensor_info.coo_sparse
        return sparse_tensor.SparseTensor(find(sparse.indices_tensor_name), find(sparse.values_tensor_name),
                                          find(sparse.dense_shape_tensor_name))
    raise ValueError("Invalid TensorInfo.encoding: %s" % encoding)


def _text(path):
    return compat.as_text(compat.path_to_str(path))


def _made(folder):
    if not file_io.file_exists(folder):
        file_io.recursive_create_dir(folder)
    return folder


def get_variables_dir(export_dir):
    """The folder of a SavedModel's variables."""
    return os.path.join(_text(export_dir), constants.VARIABLES_DIRECTORY)


def get_or_create_variables_dir(export_dir):
    """The folder of a SavedModel's variables, made where it is not there."""
    return _made(get_variables_dir(export_dir))


def get_variables_path(export_dir):
    """The prefix of the checkpoint with a SavedModel's variables."""
    return os.path.join(get_variables_dir(export_dir), constants.VARIABLES_FILENAME)


def get_assets_dir(export_dir):
    """The folder of a SavedModel's assets."""
    return os.path.join(_text(export_dir), constants.ASSETS_DIRECTORY)


def get_or_create_assets_dir(export_dir):
    """The folder of a SavedModel's assets, made where it is not there."""
    return _made(get_assets_dir(export_dir))
