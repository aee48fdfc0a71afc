"""tf.contrib.framework: default arguments by scope, variables found by name, values assigned from checkpoints, and small helpers."""
from pytfgraph.contrib.framework.python.framework.checkpoint_utils import (  # noqa: F401
    init_from_checkpoint, list_variables, load_checkpoint, load_variable)
from pytfgraph.contrib.framework.python.framework.graph_util import fuse_op, get_placeholders  # noqa: F401
from pytfgraph.contrib.framework.python.framework.tensor_util import (  # noqa: F401
    assert_same_float_dtype, assert_scalar, assert_scalar_int, convert_to_tensor_or_sparse_tensor, is_tensor, reduce_sum_n,
    remove_squeezable_dimensions, with_same_shape, with_shape)
from pytfgraph.contrib.framework.python.ops import *  # noqa: F401,F403
from pytfgraph.contrib.framework.python.ops.checkpoint_ops import (  # noqa: F401
    load_and_remap_matrix_initializer, load_embedding_initializer, load_linear_multiclass_bias_initializer, load_variable_slot_initializer)
from pytfgraph.contrib.framework.python.ops.prettyprint_ops import print_op  # noqa: F401
from pytfgraph.contrib.framework.python.ops.script_ops import py_func  # noqa: F401
from pytfgraph.framework.tensor_spec import BoundedTensorSpec, TensorSpec  # noqa: F401
from pytfgraph.contrib.framework.python.ops import get_graph_from_inputs, get_name_scope  # noqa: F401
from pytfgraph.framework.ops import prepend_name_scope, strip_name_scope  # noqa: F401
from pytfgraph.ops.init_convolutions import (  # noqa: F401
    convolutional_delta_orthogonal, convolutional_orthogonal_1d, convolutional_orthogonal_2d, convolutional_orthogonal_3d)
from pytfgraph.ops.record_input import RecordInput  # noqa: F401
from pytfgraph.util import nest  # noqa: F401
from pytfgraph.util.deprecation import deprecated, deprecated_arg_values, deprecated_args  # noqa: F401


def __getattr__(name):
    if name in ("smart_case", "smart_cond", "smart_constant_value"):
        import importlib
        return getattr(importlib.import_module("pytfgraph.framework.smart_cond"), name)
    raise AttributeError("module 'tensorflow.contrib.framework' has no attribute '%s' (pytfgraph does not provide it yet)" % name, name=name)
