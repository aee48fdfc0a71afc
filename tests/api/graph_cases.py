"""tf.Graph: https://www.tensorflow.org/versions/r1.12/api_docs/python/tf/Graph, in its order."""

#: a new graph
g = tf.Graph()
g.building_function, g.finalized, g.seed, g.version
str(g.graph_def_versions)
g.get_operations(), g.get_all_collection_keys(), g.collections
g.as_graph_def()
str(g.as_graph_def())
repr(g)
tf.get_default_graph() is g
tf.get_default_graph() is tf.get_default_graph()

#: as_default nests and restores
a, b = tf.Graph(), tf.Graph()
with a.as_default() as entered:
    print(entered is a, tf.get_default_graph() is a)
    with b.as_default():
        print(tf.get_default_graph() is b)
        x = tf.constant(1)
    print(tf.get_default_graph() is a)
x.graph is b
len(a.get_operations()), len(b.get_operations())

#: as_default given away out of order
a, b = tf.Graph(), tf.Graph()
m, n = a.as_default(), b.as_default()
m.__enter__() is a
n.__enter__() is b
m.__exit__(None, None, None)

#: reset_default_graph
x = tf.constant(1)
old = tf.get_default_graph()
tf.reset_default_graph()
tf.get_default_graph() is old
tf.get_default_graph().get_operations()
with tf.Graph().as_default(): tf.reset_default_graph()

#: version counts operations
g = tf.get_default_graph()
g.version
a = tf.constant(1)
g.version
b = a + 1
g.version
g._last_id, a.op._id, b.op._id
tf.add(a, 2.5)
g.version

#: finalize
g = tf.get_default_graph()
v = tf.Variable(1)
g.finalize()
g.finalized
tf.constant(1)
v + 1
tf.get_variable("w", [1])
g.add_to_collection("c", 1)
g.get_collection("c")
g.finalize()
with g.as_default(): tf.no_op()
S().run(v.initializer)
g.unique_name("a")
tf.global_variables_initializer()
names()

#: unique_name
g = tf.get_default_graph()
g.unique_name("a"), g.unique_name("a"), g.unique_name("A"), g.unique_name("a_1"), g.unique_name("a")
g.unique_name("b", mark_as_used=False), g.unique_name("b", mark_as_used=False), g.unique_name("b")
with tf.name_scope("s"):
    print(g.unique_name("a"), g.unique_name("a"), g.unique_name("x/y"), g.unique_name("x"))
g.unique_name("s/a"), g.unique_name("s"), g.unique_name("S")
g.unique_name("q_1"), g.unique_name("q"), g.unique_name("q"), g.unique_name("q")

#: names are compared without case
tf.constant(1, name="add").name, tf.constant(1, name="Add").name, tf.constant(1, name="ADD").name, (tf.constant(1) + 1).name

#: default names of operations
tf.constant(1).name, tf.constant(1).name, tf.placeholder(tf.float32).name, tf.zeros([2]).name, tf.ones([2]).name
tf.no_op().name, tf.group().name, tf.identity(1).name, tf.fill([2], 1).name, tf.range(3).name, tf.eye(2).name
names()

#: a name that ends in a slash is taken as it is
tf.constant(1, name="a/")
tf.constant(1, name="a/").name
with tf.name_scope("s") as scope: tf.constant(1, name=scope).name
names()

#: names that are not names
tf.constant(1, name="a b")
tf.constant(1, name="_a")
tf.constant(1, name="-a")
tf.constant(1, name="/a")
tf.constant(1, name="a:0")
tf.constant(1, name=u"\u00e9")
tf.constant(1, name=".a").name
tf.constant(1, name="0").name
tf.constant(1, name="a/b").name
tf.constant(1, name="a\\b").name
tf.constant(1, name="a>b").name
tf.constant(1, name="").name
with tf.name_scope("s"): print(tf.constant(1, name="_a").name, tf.constant(1, name="-a").name, tf.constant(1, name="/a").name)
names()

#: get_operation_by_name, get_tensor_by_name, as_graph_element
g = tf.get_default_graph()
a = tf.constant([1, 2], name="a")
u, i = tf.unique(a, name="u")
g.get_operation_by_name("a") is a.op
g.get_tensor_by_name("a:0") is a
g.get_tensor_by_name("u:1") is i
g.get_tensor_by_name("u:2")
g.get_tensor_by_name("u:-1")
g.get_tensor_by_name("u:x")
g.get_tensor_by_name("a")
g.get_tensor_by_name("zz:0")
g.get_tensor_by_name(3)
g.get_operation_by_name("a:0")
g.get_operation_by_name("zz")
g.get_operation_by_name(a.op)
g.as_graph_element("a"), g.as_graph_element("a:0"), g.as_graph_element(a) is a, g.as_graph_element(a.op) is a.op
g.as_graph_element("zz")
g.as_graph_element("a:0:0")
g.as_graph_element("zz:0")
g.as_graph_element("u:7")
g.as_graph_element(3)
g.as_graph_element("a", allow_operation=False)
g.as_graph_element("a:0", allow_tensor=False)
g.as_graph_element("a", allow_operation=False, allow_tensor=False)
g.as_graph_element(a, allow_tensor=False)
g.as_graph_element(a.op, allow_operation=False)
with tf.Graph().as_default() as h: z = tf.constant(1)
g.as_graph_element(z)
g.as_graph_element(z.op)
g.as_graph_element(tf.Variable(1, name="v"))
g.is_feedable(a), g.is_fetchable(a)
g.prevent_feeding(a)
g.prevent_fetching(a.op)
g.is_feedable(a), g.is_fetchable(a), g.is_fetchable(a.op)
S().run(a)

#: get_operations is in order of creation
g = tf.get_default_graph()
x = tf.placeholder(tf.float32, [2], name="x")
y = x * 2. + 1.
g.get_operations()
[op.name for op in g.get_operations()]
list(g.get_operations()) == list(g.get_operations())
g.get_operations() is g.get_operations()

#: create_op
g = tf.get_default_graph()
a = tf.constant([1., 2.], name="a")
op = g.create_op("Neg", [a], [tf.float32], name="n", attrs={})
op
op.outputs
op.node_def
g.create_op("Identity", [a], [tf.float32])
g.create_op("NoOp", [], [])
g.create_op("Nope", [], [])
g.create_op("Neg", [1], [tf.float32])
op = g.create_op("Add", [a, a], [tf.float32], input_types=[tf.float32, tf.float32], name="sum/")
op.name
ev(op.outputs[0])

#: as_graph_def
a = tf.constant([[1., 2.]], name="a")
x = tf.placeholder(tf.float32, [None, 1], name="x")
y = tf.matmul(x, a, name="y")
print(tf.get_default_graph().as_graph_def())
print(tf.get_default_graph().as_graph_def(add_shapes=True))
type(tf.get_default_graph().as_graph_def()).__name__
tf.get_default_graph().as_graph_def().versions.producer
len(tf.get_default_graph().as_graph_def().SerializeToString())

#: subclass of Graph may create operations its own way
class Loud(tf.Graph):
    def create_op(self, op_type, inputs, dtypes=None, *args, **kwargs):
        print(op_type, len(inputs), kwargs.get("name"))
        return super(Loud, self).create_op(op_type, inputs, dtypes, *args, **kwargs)

with Loud().as_default() as g: y = tf.constant(1.) + 2.
g.get_operations()

#: tensors of another graph
with tf.Graph().as_default(): z = tf.constant(1., name="z")
a = tf.constant(1., name="a")
a + z
tf.add(z, a)
tf.identity(z)
tf.identity(z).graph is z.graph
with tf.control_dependencies([z]): tf.no_op()
with tf.control_dependencies([z]): tf.constant(1)
tf.stack([a, z])
tf.matmul([[a]], [[z]])
tf.gradients(a, z)
tf.group(a, z)
tf.Variable(z, name="v")
S().run(z)
S().run(a, {z: 1.})

#: name scopes of two graphs are their own
g, h = tf.Graph(), tf.Graph()
with g.as_default(), tf.name_scope("s"):
    print(tf.constant(1).name)
    with h.as_default(): print(tf.constant(1).name)
    print(tf.constant(1).name)

#: container
g = tf.get_default_graph()
with g.container("c1"):
    v = tf.Variable(1., name="v")
    r = tf.get_variable("r", [1], use_resource=True)
    q = tf.FIFOQueue(1, tf.float32)
    with tf.container(""):
        w = tf.Variable(1., name="w")
[x.get_attr("container") for x in (v.op, r.op.inputs[0].op if r.op.inputs else r.op, q.queue_ref.op, w.op)]

#: colocate_with
with tf.device("/cpu:0"): a = tf.constant(1, name="a")
with tf.colocate_with(a):
    b = tf.constant(2, name="b")
    with tf.get_default_graph().colocate_with(b): c = tf.constant(3, name="c")
    with tf.get_default_graph().colocate_with(None, ignore_existing=True): d_ = tf.constant(4, name="d")
    with tf.get_default_graph().colocate_with(a.op, ignore_existing=True): e = tf.constant(4, name="e")
[(x.device, x.op.colocation_groups()) for x in (a, b, c, d_, e)]
tf.get_default_graph().colocate_with(None).__enter__()
tf.get_default_graph().colocate_with(3).__enter__()
d_.op.get_attr("_class")
c.op.get_attr("_class")

#: device stack
g = tf.get_default_graph()
with g.device("/job:a"):
    with g.device("/cpu:0"): x = tf.constant(1)
    with g.device("/job:b/cpu:1"): y = tf.constant(1)
    with g.device(lambda op: "/job:c" if op.type == "Const" else "/task:7"): z = tf.constant(1); w = tf.identity(1)
    with g.device(""): u = tf.constant(1)
[t.device for t in (x, y, z, w, u)]
tf.constant(1).device
with g.device(3): tf.constant(1)
with g.device("/nope"): tf.constant(1)
with g.device(lambda op: 3): tf.constant(1)
with g.device(lambda op: "/nope"): tf.constant(1)
with g.device(lambda op: None): tf.constant(1).device
with g.device(tf.DeviceSpec(job="ps", task=0)): print(tf.constant(1).device)

#: device functions see the operation
seen = []
with tf.device(lambda op: seen.append((op.name, op.type, op.device, len(op.inputs))) or "/cpu:1"):
    y = tf.constant([1.], name="c") * 2.
seen
y.device

#: DeviceSpec
s = tf.DeviceSpec.from_string("/job:w/replica:1/task:2/device:GPU:3")
s.job, s.replica, s.task, s.device_type, s.device_index
s.to_string()
tf.DeviceSpec().to_string()
tf.DeviceSpec(job="a", device_type="CPU").to_string()
tf.DeviceSpec(job="a", device_type="gpu", device_index=1).to_string()
t = tf.DeviceSpec(job="b", task=5)
s.merge_from(t)
s.to_string()
tf.DeviceSpec.from_string("/job:a") == tf.DeviceSpec(job="a")
tf.DeviceSpec.from_string("nope:x")
tf.DeviceSpec.from_string("/a:b:c")
tf.DeviceSpec(job="a").parse_from_string("/cpu:0").to_string()

#: control_dependencies on what
a, v = tf.constant(1, name="a"), tf.Variable(1, name="v")
with tf.control_dependencies([a, a.op, v, a]) as c: x = tf.constant(2, name="x")
x.op.control_inputs
with tf.control_dependencies([tf.SparseTensor([[0]], [1], [2])]): y = tf.no_op(name="y")
with tf.control_dependencies([3]): pass
with tf.control_dependencies(["a"]): z = tf.no_op(name="z")
with tf.control_dependencies(3): pass
with tf.control_dependencies(a): pass
with tf.control_dependencies([]): tf.no_op().control_inputs
with tf.control_dependencies([tf.IndexedSlices([[1.]], [0])]): print(len(tf.no_op().control_inputs))
with tf.control_dependencies([None]): pass

#: control inputs that are data inputs already
a, b = tf.constant(1., name="a"), tf.constant(2., name="b")
with tf.control_dependencies([a, b]):
    c = tf.add(a, 1., name="c")
    d_ = tf.add(c, b, name="d")
    with tf.control_dependencies([c]): e = tf.add(d_, 1., name="e"); f = tf.no_op(name="f")
text()

#: control_dependencies(None) clears and restores
a, b = tf.constant(1., name="a"), tf.constant(2., name="b")
with tf.control_dependencies([a]):
    with tf.control_dependencies(None):
        c = tf.no_op(name="c")
        with tf.control_dependencies([b]): d_ = tf.no_op(name="d")
    e = tf.no_op(name="e")
[op.control_inputs for op in (c, d_, e)]

#: collections
g = tf.get_default_graph()
g.add_to_collection("k", 1)
g.add_to_collection("k", 1)
g.add_to_collections(("k", "l"), 2)
g.add_to_collections("m", 3)
g.add_to_collections(["k", "k"], 4)
[g.get_collection(k) for k in "klmn"]
sorted(g.get_all_collection_keys())
g.get_collection_ref("n").append(7)
g.get_collection("n")
g.get_collection("k").append(9)
g.get_collection("k")
a, b = tf.constant(1, name="x/a"), tf.constant(1, name="y/a")
for t in (a, b, 5): tf.add_to_collection("t", t)
tf.get_collection("t", "x")
tf.get_collection("t", scope="x/")
tf.get_collection("t", ".*a")
tf.get_collection("t", scope="")
g.clear_collection("k")
g.get_collection("k")
tf.get_collection_ref("k")
tf.get_collection(("tuple", 1))
tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.TRAINABLE_VARIABLES, tf.GraphKeys.LOSSES, tf.GraphKeys.UPDATE_OPS
[tf.GraphKeys.__dict__[k] for k in ("SUMMARIES", "QUEUE_RUNNERS", "LOCAL_VARIABLES", "MODEL_VARIABLES", "MOVING_AVERAGE_VARIABLES", "REGULARIZATION_LOSSES", "INIT_OP", "READY_OP", "SAVERS", "GLOBAL_STEP", "COND_CONTEXT", "WHILE_CONTEXT", "TABLE_INITIALIZERS", "EVAL_STEP", "TRAIN_OP", "CONCATENATED_VARIABLES", "SUMMARY_OP", "WEIGHTS", "BIASES", "ACTIVATIONS", "LOCAL_RESOURCES", "RESOURCES", "LOCAL_INIT_OP", "READY_FOR_LOCAL_INIT_OP", "ASSET_FILEPATHS", "METRIC_VARIABLES", "TRAINABLE_RESOURCE_VARIABLES", "SAVEABLE_OBJECTS")]
tf.GraphKeys.VARIABLES

#: get_name_scope
g = tf.get_default_graph()
g.get_name_scope()
with tf.name_scope("a"), tf.name_scope("b") as s: print(g.get_name_scope(), s)

#: op seeds and the graph's seed
g = tf.get_default_graph()
g.seed
tf.set_random_seed(5)
g.seed
a = tf.random_uniform([2])
b = tf.random_uniform([2], seed=9)
c = tf.random_normal([2])
[(op.name, op.get_attr("seed"), op.get_attr("seed2")) for op in g.get_operations() if "Random" in op.type]
tf.get_seed(None), tf.get_seed(3)

#: gradient_override_map
g = tf.get_default_graph()
@tf.RegisterGradient("Ten")
def ten(op, dy): return dy * 10.
x = tf.constant(3.)
with g.gradient_override_map({"Square": "Ten"}): y = tf.square(x)
y.op.get_attr("_gradient_op_type")
ev(tf.gradients(y, x))
with g.gradient_override_map({"Square": "NoSuch"}): z = tf.square(x)
tf.gradients(z, x)
g.gradient_override_map(3).__enter__()
g.gradient_override_map({"a": 3}).__enter__()
tf.RegisterGradient("Ten")(ten)

#: graph kept alive by its parts
x = tf.Graph()
with x.as_default(): t = tf.constant(5)
del x
ev if False else t.graph.get_operations()
tf.Session(graph=t.graph).run(t)

#: deprecated names
g = tf.get_default_graph()
tf.all_variables()
tf.initialize_all_variables().name
tf.initialize_local_variables().name
tf.initialize_variables([]).name
tf.op_scope
with tf.op_scope([], "a") as s: s
names()

#: versions of a graph that is imported
for p, m, bad in ((-1, 0, []), (27, 28, []), (100, 0, []), (27, 0, [27])):
    g = tf.GraphDef(); g.versions.producer = p; g.versions.min_consumer = m; g.versions.bad_consumers.extend(bad)
    try: tf.import_graph_def(g); print('fine')
    except ValueError as e: print(e)

#: attributes that a graph leaves out, in the message that was imported
from google.protobuf import text_format
g = tf.GraphDef(); text_format.Merge("node { name: 'a' op: 'Placeholder' attr { key: 'dtype' value { type: DT_FLOAT } } } node { name: 'b' op: 'MatMul' input: 'a' input: 'a' attr { key: 'T' value { type: DT_FLOAT } } }", g)
tf.import_graph_def(g, name=''), sorted(g.node[0].attr), sorted(g.node[1].attr), str(g.node[0].attr['shape']), g.node[1].attr['transpose_b']
g = tf.GraphDef(); text_format.Merge("node { name: 'c' op: 'Complex' input: 'x' input: 'x' } node { name: 'x' op: 'Const' attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: 'value' value { tensor { dtype: DT_FLOAT tensor_shape { } float_val: 1 } } } }", g)
tf.import_graph_def(g, name='i'), sorted(g.node[0].attr), tf.Session().run('i/c:0')
