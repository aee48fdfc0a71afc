"""What stands around graphs: versions, logging, flags, signatures, the op registry, messages."""

#: versions
tf.__version__, tf.VERSION, tf.GRAPH_DEF_VERSION, tf.GRAPH_DEF_VERSION_MIN_CONSUMER, tf.GRAPH_DEF_VERSION_MIN_PRODUCER
type(tf.__version__)
tf.executing_eagerly()
tf.get_logger if hasattr(tf, "get_logger") else "absent"

#: names that are missing
tf.nope
import tensorflow.nope
from tensorflow import nope
from tensorflow.python.framework import nope

#: modules that programs import
from tensorflow.python.framework import ops, dtypes, tensor_shape, tensor_util, constant_op, errors, errors_impl, op_def_registry
from tensorflow.python.ops import array_ops, math_ops, nn_ops, state_ops, variables, variable_scope, control_flow_ops, random_ops, init_ops, gradients_impl, resource_variable_ops, gen_math_ops, gen_array_ops, nn
from tensorflow.python.client import session
from tensorflow.python.training import optimizer, gradient_descent, adam, momentum
from tensorflow.python.platform import tf_logging
from tensorflow.core.framework import graph_pb2, node_def_pb2, attr_value_pb2, types_pb2, tensor_pb2, op_def_pb2
from tensorflow.core.protobuf import config_pb2
ops.Graph is tf.Graph, ops.Tensor is tf.Tensor, dtypes.float32 is tf.float32, tensor_shape.TensorShape is tf.TensorShape, session.Session is tf.Session, adam.AdamOptimizer is tf.train.AdamOptimizer, graph_pb2.GraphDef is tf.GraphDef, config_pb2.ConfigProto is tf.ConfigProto
ops.get_default_graph() is tf.get_default_graph(), ops.convert_to_tensor(1), array_ops.zeros([1]), math_ops.add(1, 2), constant_op.constant(1)
ops.Tensor.__module__, ops.Graph.__module__, tf.errors.NotFoundError.__module__, tf.GraphDef.__module__, tf.TensorShape.__module__, tf.DType.__module__
gen_math_ops.add(1, 2), gen_array_ops.identity(1.), gen_math_ops._neg if hasattr(gen_math_ops, "_neg") else "absent"
ops.reset_default_graph, ops.name_scope is tf.name_scope, ops.GraphKeys is tf.GraphKeys, ops.IndexedSlices is tf.IndexedSlices

#: signatures
import inspect, re
def sig(f): return re.sub(r"<dtype: '(\w+)'>|tf\.(\w+)", r"\1\2", str(inspect.signature(f)))

sig(tf.constant)
sig(tf.placeholder)
sig(tf.matmul)
sig(tf.concat)
sig(tf.cond)
sig(tf.reduce_sum)
sig(tf.one_hot)
sig(tf.name_scope)
sig(tf.get_variable)
sig(tf.variable_scope)
sig(tf.control_dependencies)
sig(tf.group)
sig(tf.convert_to_tensor)
sig(tf.zeros)
sig(tf.ones)
sig(tf.fill)
sig(tf.range)
sig(tf.random_normal)
sig(tf.random_uniform)
sig(tf.nn.softmax)
sig(tf.nn.relu)
sig(tf.nn.dropout)
sig(tf.add)
sig(tf.subtract)
sig(tf.multiply)
sig(tf.negative)
sig(tf.square)
sig(tf.reshape)
sig(tf.transpose)
sig(tf.split)
sig(tf.stack)
sig(tf.gather)
sig(tf.cast)
sig(tf.identity)
sig(tf.equal)
sig(tf.assign)
sig(tf.device)
sig(tf.Assert)
sig(tf.set_random_seed)
sig(tf.add_to_collection)
sig(tf.get_collection)
sig(tf.global_variables_initializer)
sig(tf.train.get_or_create_global_step)
sig(tf.clip_by_value)
sig(tf.nn.bias_add)
sig(tf.nn.embedding_lookup)
sig(tf.argmax)
sig(tf.tile)
sig(tf.expand_dims)
sig(tf.squeeze)
sig(tf.shape)
sig(tf.slice)
sig(tf.where)
sig(tf.nn.sparse_softmax_cross_entropy_with_logits)
sig(tf.nn.sigmoid_cross_entropy_with_logits)
sig(tf.stop_gradient)
sig(tf.add_n)
sig(tf.reduce_mean)
sig(tf.pow)
sig(tf.maximum)
sig(tf.eye)
sig(tf.pad)
sig(tf.unstack)
sig(tf.truncated_normal)
sig(tf.random_shuffle)
sig(tf.register_tensor_conversion_function)
sig(tf.placeholder_with_default)
sig(tf.sparse_placeholder)
sig(tf.no_op)
sig(tf.tuple)
sig(tf.case)
sig(tf.Session.__init__)
sig(tf.Session.run)
sig(tf.Session.make_callable)
sig(tf.Session.partial_run)
sig(tf.Graph.as_default)
sig(tf.Graph.create_op)
sig(tf.Graph.name_scope)
sig(tf.Graph.device)
sig(tf.Graph.add_to_collection)
sig(tf.Graph.as_graph_def)
sig(tf.Graph.get_tensor_by_name)
sig(tf.Graph.control_dependencies)
sig(tf.Graph.as_graph_element)
sig(tf.Tensor.eval)
sig(tf.Tensor.set_shape)
sig(tf.Tensor.get_shape)
sig(tf.Tensor.consumers)
sig(tf.Operation.run)
sig(tf.Operation.get_attr)
sig(tf.Variable.assign)
sig(tf.Variable.eval)
sig(tf.train.Optimizer.minimize)
sig(tf.train.Optimizer.compute_gradients)
sig(tf.train.AdamOptimizer.__init__)
sig(tf.train.GradientDescentOptimizer.__init__)
sig(tf.train.MomentumOptimizer.__init__)
sig(tf.FIFOQueue.__init__)
sig(tf.FIFOQueue.enqueue)
sig(tf.TensorShape.__init__)
sig(tf.InteractiveSession.__init__)
all((f.__doc__ or "").strip() for f in (tf.constant, tf.matmul, tf.add, tf.Session.run, tf.Graph, tf.Tensor, tf.gradients, tf.get_variable, tf.nn.relu, tf.square))
[f.__name__ for f in (tf.constant, tf.matmul, tf.add, tf.nn.relu, tf.square, tf.gradients, tf.negative)]

#: arguments of functions made from ops
tf.add(1, 2, name="n"), tf.add(x=1, y=2)
tf.add(1)
tf.add(1, 2, "n", 4)
tf.add(1, z=2)
tf.matmul(a=[[1.]], b=[[1.]])
tf.square("a")
tf.square(None)
tf.floor(1)
tf.logical_and(1, 2)
tf.equal(1, 1.)
tf.maximum(1, [1, 2]), tf.less(1, 2)
tf.cast(1, tf.float32), tf.cast([1.5], "int32")
tf.exp(1)
tf.exp("a")
tf.sqrt(tf.constant(1))
tf.add(tf.constant(1), tf.constant(1.))
tf.add(tf.constant(1), 1.5)
tf.add(1.5, tf.constant(1))
tf.add("a", "b"), tf.add(True, True)
tf.subtract("a", "b")
tf.greater("a", "b")
tf.invert_permutation([1.])

#: op registry
from tensorflow.python.framework import op_def_registry, kernels, ops
r = op_def_registry.get_registered_ops()
r["Add"]
r["MatMul"]
sorted(n for n in r if n in ("Add", "AddN", "MatMul", "Const", "Placeholder", "VariableV2", "Switch", "Merge", "NoOp", "ApplyAdam", "Sum", "ConcatV2", "FIFOQueueV2", "Assign", "Identity"))
[k.op for k in kernels.get_registered_kernels_for_op("Neg").kernel][:1]
len(kernels.get_registered_kernels_for_op("Nope").kernel)
"Mul" in ops._gradient_registry.list(), ops.get_gradient_function(tf.constant(1).op)
callable(ops.get_gradient_function((tf.constant(1.) * 2.).op))

#: messages
c = tf.ConfigProto(intra_op_parallelism_threads=2, log_device_placement=True, device_count={"CPU": 2})
str(c)
c.gpu_options.allow_growth = True
c.gpu_options.per_process_gpu_memory_fraction = 0.5
str(c)
tf.ConfigProto.FromString(c.SerializeToString()) == c
tf.ConfigProto(nope=1)
c.intra_op_parallelism_threads = "a"
tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE).trace_level, tf.RunOptions.SOFTWARE_TRACE, str(tf.RunOptions(timeout_in_ms=5))
tf.GraphOptions(optimizer_options=tf.OptimizerOptions(opt_level=tf.OptimizerOptions.L0))
tf.GPUOptions(allow_growth=True), tf.NodeDef(name="a", op="B"), tf.AttrValue(i=3)
type(tf.GraphDef()).__name__, tf.GraphDef.DESCRIPTOR.full_name
import pickle
pickle.loads(pickle.dumps(tf.NodeDef(name="a"))).name
from google.protobuf import text_format, json_format
text_format.Parse('node { name: "x" op: "NoOp" }', tf.GraphDef()).node[0].op
text_format.MessageToString(tf.get_default_graph().as_graph_def())
g = tf.GraphDef()
n = g.node.add()
n.name = "q"
len(g.node), g.ByteSize(), g.HasField("versions"), g.node[0].ListFields()[0][1]
tf.GraphDef.FromString(b"\xff\xff\xff")

#: make_tensor_proto, make_ndarray
p = tf.make_tensor_proto([1, 2])
p
tf.make_ndarray(p), tf.make_ndarray(tf.make_tensor_proto(["a", "b"])), tf.make_ndarray(tf.make_tensor_proto(1.5)), tf.make_ndarray(tf.make_tensor_proto(7, shape=[2, 2])), tf.make_ndarray(tf.make_tensor_proto([1 + 2j])), tf.make_ndarray(tf.make_tensor_proto([True]))
tf.make_tensor_proto([1.5], dtype=tf.half), tf.make_tensor_proto([1, 2], tf.int64)
tf.make_tensor_proto(None)
tf.make_tensor_proto([1, 2], shape=[3])
tf.make_tensor_proto([[1], [2, 3]])

#: logging
tf.logging.DEBUG, tf.logging.INFO, tf.logging.WARN, tf.logging.ERROR, tf.logging.FATAL
tf.logging.set_verbosity(tf.logging.ERROR)
tf.logging.get_verbosity()
tf.logging.info("not %s", "shown")
tf.logging.set_verbosity(tf.logging.FATAL)
tf.logging.get_verbosity()
callable(tf.logging.log_if), callable(tf.logging.warning), callable(tf.logging.vlog), callable(tf.logging.flush), callable(tf.logging.log_every_n)
tf.logging.TaskLevelStatusMessage("x")

#: flags and app
F = tf.flags.FLAGS
tf.flags.DEFINE_string("conf_name", "abc", "a name")
tf.flags.DEFINE_integer("conf_steps", 5, "steps")
tf.flags.DEFINE_float("conf_rate", 0.5, "rate")
tf.flags.DEFINE_boolean("conf_on", True, "switch")
F(["prog", "--conf_steps=7", "--noconf_on"])
F.conf_name, F.conf_steps, F.conf_rate, F.conf_on
F.conf_nope
tf.app.flags is tf.flags, tf.app.flags.FLAGS is F
tf.flags.DEFINE_string("conf_name", "again", "twice") if False else None

#: test utilities and nest
from tensorflow.python.util import nest
nest.flatten([1, [2, (3, {"b": 5, "a": 4})]]), nest.is_sequence([1]), nest.is_sequence("a"), nest.map_structure(lambda x: x * 2, [1, (2, 3)]), nest.pack_sequence_as([0, [0, 0]], [1, 2, 3])
nest.assert_same_structure([1, 2], [1, [2]])
nest.assert_same_structure([1, (2, 3)], [4, (5, 6)])
tf.contrib if False else None
tf.compat.as_bytes("a"), tf.compat.as_text(b"a"), tf.compat.as_str("a"), tf.compat.as_str_any(5), tf.compat.as_bytes(b"a")
tf.compat.as_bytes(5)
tf.test.is_built_with_cuda(), tf.test.is_gpu_available(), tf.test.gpu_device_name()

#: old names
x = tf.constant([1., 4.])
[f.__name__ for f in (tf.initialize_all_variables, tf.all_variables)]
tf.to_float(1), tf.to_double(1), tf.to_int32(1.5), tf.to_int64(1.5), tf.to_bfloat16(1.)
ev([tf.reduce_sum(x, reduction_indices=[0]), tf.reduce_mean(x, reduction_indices=0, keep_dims=True), tf.argmax(x, dimension=0), tf.expand_dims(x, dim=0), tf.squeeze(tf.expand_dims(x, 0), squeeze_dims=[0])])
tf.div(7, 2), ev([tf.div(7, 2), tf.div(-7, 2), tf.div(7., 2.), tf.truediv(7, 2), tf.floordiv(-7, 2), tf.mod(-7, 3), tf.truncatediv(-7, 2), tf.truncatemod(-7, 3)])
tf.reduce_sum(x, axis=0, reduction_indices=0)
tf.concat(concat_dim=0, values=[x, x])

#: sessions and graphs can be weakly referenced and compared
import weakref
g = tf.Graph()
weakref.ref(g)() is g, weakref.ref(tf.get_default_graph())() is tf.get_default_graph()
with g.as_default(): t = tf.constant(1)
weakref.ref(t)() is t
s = tf.Session()
weakref.ref(s)() is s
g == tf.Graph(), g == g, hash(g) == hash(g)

#: versions of what is imported
from tensorflow.python.ops import gen_nn_ops
def versions():
    g = tf.get_default_graph()
    return str(g.graph_def_versions).split(), str(g.as_graph_def().versions).split()
def old(producer):
    tf.reset_default_graph()
    message = tf.GraphDef()
    message.versions.producer = producer
    node = message.node.add(name="x", op="Placeholder")
    node.attr["dtype"].type = 1
    node.attr["shape"].shape.SetInParent()
    tf.import_graph_def(message, name="")
    print(producer, versions(), tf.get_default_graph().get_tensor_by_name("x:0").shape, tf.placeholder(tf.float32, []).shape)
    print(gen_nn_ops._batch_norm_with_global_normalization(tf.zeros([1, 1, 1, 2]), tf.ones([2]), tf.ones([2]), tf.ones([2]), tf.ones([2]), variance_epsilon=.1, scale_after_normalization=False))
versions()
old(21)
old(8)
old(30)
old(0)
tf.import_graph_def(tf.GraphDef(versions={"producer": 20, "min_consumer": 14}))
versions()
message = tf.GraphDef(versions={"producer": 0, "min_consumer": 99})
tf.import_graph_def(message)
versions()

#: rows of indices of both types are merged
rows = tf.cond(tf.less(1, 2), lambda: tf.IndexedSlices(tf.constant([10]), tf.constant([0])), lambda: tf.IndexedSlices(tf.constant([20]), tf.constant([0], tf.int64)))
rows
[(o.name, o.type, [i.name for i in o.inputs]) for o in tf.get_default_graph().get_operations()][-8:]
