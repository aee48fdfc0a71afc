"""tf.contrib.util: values of tensors and messages of them, and the operations that a graph uses."""
from pytfgraph.framework.meta_graph import ops_used_by_graph_def, stripped_op_list_for_graph  # noqa: F401
from pytfgraph.framework.tensor_util import MakeNdarray as make_ndarray  # noqa: F401
from pytfgraph.framework.tensor_util import constant_value, make_tensor_proto  # noqa: F401
