"""What expressions show and raise in graph mode.  The lines before the first snippet run before each of them."""
x = tf.placeholder(tf.float32, [None, 3], name='x')
c = tf.constant([1., 2.], name='c')
v = tf.Variable([1., 2.], name='v')
i = tf.constant(1, name='i')

#: x
x

#: str(x)
str(x)

#: c.op
c.op

#: repr(c.op)
repr(c.op)

#: str(i.op)
str(i.op)

#: c.op.node_def
c.op.node_def

#: str(v)
str(v)

#: v.op
v.op

#: c.shape
c.shape

#: x.shape
x.shape

#: str(x.shape)
str(x.shape)

#: x.shape[0]
x.shape[0]

#: str(x.shape[0])
str(x.shape[0])

#: repr(x.shape[1])
repr(x.shape[1])

#: x.get_shape()[1].value
x.get_shape()[1].value

#: tf.TensorShape(None)
tf.TensorShape(None)

#: str(tf.TensorShape(None))
str(tf.TensorShape(None))

#: repr(tf.TensorShape([]))
repr(tf.TensorShape([]))

#: tf.TensorShape([None,2]).as_list()
tf.TensorShape([None,2]).as_list()

#: tf.TensorShape(None).as_list()
tf.TensorShape(None).as_list()

#: tf.TensorShape(None).ndims
tf.TensorShape(None).ndims

#: len(tf.TensorShape(None))
len(tf.TensorShape(None))

#: tf.Dimension(None)
tf.Dimension(None)

#: tf.Dimension(3)+2
tf.Dimension(3)+2

#: tf.Dimension(3)==3
tf.Dimension(3)==3

#: tf.Dimension(None)==3
tf.Dimension(None)==3

#: tf.TensorShape([1,2]).assert_is_compatible_with([1,3])
tf.TensorShape([1,2]).assert_is_compatible_with([1,3])

#: tf.TensorShape([1,2])==[1,2]
tf.TensorShape([1,2])==[1,2]

#: tf.TensorShape([None])==[None]
tf.TensorShape([None])==[None]

#: tf.TensorShape([1]).concatenate([2])
tf.TensorShape([1]).concatenate([2])

#: c.dtype
c.dtype

#: repr(c.dtype)
repr(c.dtype)

#: str(c.dtype)
str(c.dtype)

#: v.dtype
v.dtype

#: c.dtype.as_numpy_dtype
c.dtype.as_numpy_dtype

#: tf.float32.name
tf.float32.name

#: tf.float32.size
tf.float32.size

#: tf.float32.max
tf.float32.max

#: tf.as_dtype("float32")
tf.as_dtype("float32")

#: tf.as_dtype(np.float64)
tf.as_dtype(np.float64)

#: tf.as_dtype("nope")
tf.as_dtype("nope")

#: tf.float32_ref if hasattr(tf,"float32_ref") else "no attr"
tf.float32_ref if hasattr(tf,"float32_ref") else "no attr"

#: c.name
c.name

#: c.device
c.device

#: c.op.device
c.op.device

#: c.op.type
c.op.type

#: list(v.op.inputs)
list(v.op.inputs)

#: c.op.outputs
c.op.outputs

#: c.op.control_inputs
c.op.control_inputs

#: c.op.get_attr("dtype")
c.op.get_attr("dtype")

#: c.consumers()
c.consumers()

#: c.value_index
c.value_index

#: c.graph is tf.get_default_graph()
c.graph is tf.get_default_graph()

#: tf.SparseTensor([[0]],[1.],[3])
tf.SparseTensor([[0]],[1.],[3])

#: tf.get_default_graph()
tf.get_default_graph()

#: tf.get_default_session()
tf.get_default_session()

#: tf.VariableScope and tf.get_variable_scope().name
tf.VariableScope and tf.get_variable_scope().name

#: tf.GraphKeys.GLOBAL_VARIABLES
tf.GraphKeys.GLOBAL_VARIABLES

#: tf.global_variables()
tf.global_variables()

#: tf.Graph().version
tf.Graph().version

#: tf.get_default_graph().get_operations()[:3]
tf.get_default_graph().get_operations()[:3]

#: tf.get_default_graph().graph_def_versions
tf.get_default_graph().graph_def_versions

#: tf.TensorSpec([1],tf.float32)
tf.TensorSpec([1],tf.float32)

#: tf.get_seed(None) if hasattr(tf,"get_seed") else 0
tf.get_seed(None) if hasattr(tf,"get_seed") else 0

#: bool(c)
bool(c)

#: if c: pass
if c: pass

#: c == c
c == c

#: c != 1
c != 1

#: for q in c: pass
for q in c: pass

#: for q in x: pass
for q in x: pass

#: for q in i: pass
for q in i: pass

#: iter(c)
iter(c)

#: np.array(c)
np.array(c)

#: float(i)
float(i)

#: int(i)
int(i)

#: range(i)
range(i)

#: c[0] < c[1] < 3.
c[0] < c[1] < 3.

#: c < 1 and True
c < 1 and True

#: x[None]
x[None]

#: x["a"]
x["a"]

#: x[0.5]
x[0.5]

#: {c: 1}
{c: 1}

#: hash(c) is not None
hash(c) is not None

#: c.eval()
c.eval()

#: c.numpy()
c.numpy()

#: c.set_shape([3])
c.set_shape([3])

#: x.set_shape([2,3])
x.set_shape([2,3])

#: x.set_shape([2,2])
x.set_shape([2,2])

#: c + i
c + i

#: tf.add(c,i)
tf.add(c,i)

#: c + "a"
c + "a"

#: tf.matmul(c,c)
tf.matmul(c,c)

#: tf.matmul(tf.zeros([2,3]),tf.zeros([2,3]))
tf.matmul(tf.zeros([2,3]),tf.zeros([2,3]))

#: tf.reshape(c,[3])
tf.reshape(c,[3])

#: tf.reshape(c,[3,-1])
tf.reshape(c,[3,-1])

#: tf.concat([c,[[1.]]],0)
tf.concat([c,[[1.]]],0)

#: tf.stack([c,[1.]])
tf.stack([c,[1.]])

#: tf.constant("a",tf.float32)
tf.constant("a",tf.float32)

#: tf.constant(1.5,tf.int32)
tf.constant(1.5,tf.int32)

#: tf.constant([1,[2]])
tf.constant([1,[2]])

#: tf.constant([1,2],shape=[3])
tf.constant([1,2],shape=[3])

#: tf.constant([1,2,3],shape=[2])
tf.constant([1,2,3],shape=[2])

#: tf.constant(None)
tf.constant(None)

#: tf.constant(2**40,tf.int32)
tf.constant(2**40,tf.int32)

#: tf.convert_to_tensor(object())
tf.convert_to_tensor(object())

#: tf.convert_to_tensor(c,tf.int32)
tf.convert_to_tensor(c,tf.int32)

#: tf.cast("a",tf.float32)
tf.cast("a",tf.float32)

#: tf.placeholder()
tf.placeholder()

#: tf.Variable()
tf.Variable()

#: tf.Variable(None)
tf.Variable(None)

#: tf.Variable(tf.placeholder(tf.float32))
tf.Variable(tf.placeholder(tf.float32))

#: tf.Variable(1.,name="a b")
tf.Variable(1.,name="a b")

#: tf.constant(1.,name="a b")
tf.constant(1.,name="a b")

#: tf.constant(1.,name="")
tf.constant(1.,name="")

#: tf.name_scope("a b").__enter__()
tf.name_scope("a b").__enter__()

#: tf.name_scope("_a").__enter__()
tf.name_scope("_a").__enter__()

#: tf.get_variable("w",[None,2])
tf.get_variable("w",[None,2])

#: tf.get_variable("w",[2],dtype=tf.string)
tf.get_variable("w",[2],dtype=tf.string)

#: tf.get_variable("w",[2],initializer=tf.constant([1.,2.]))
tf.get_variable("w",[2],initializer=tf.constant([1.,2.]))

#: tf.get_variable("w",[2],initializer=[1.])
tf.get_variable("w",[2],initializer=[1.])

#: tf.get_variable("")
tf.get_variable("")

#: tf.get_variable(None,[2])
tf.get_variable(None,[2])

#: tf.gradients(c,v)
tf.gradients(c,v)

#: tf.gradients(i,i)
tf.gradients(i,i)

#: tf.gradients(c,3.)
tf.gradients(c,3.)

#: tf.gradients(tf.py_func(lambda a:a,[c],tf.float32),c)
tf.gradients(tf.py_func(lambda a:a,[c],tf.float32),c)

#: tf.train.GradientDescentOptimizer(.1).minimize(c)
tf.train.GradientDescentOptimizer(.1).minimize(c)

#: tf.train.GradientDescentOptimizer(.1).minimize(i)
tf.train.GradientDescentOptimizer(.1).minimize(i)

#: tf.train.GradientDescentOptimizer(.1).apply_gradients([])
tf.train.GradientDescentOptimizer(.1).apply_gradients([])

#: tf.train.GradientDescentOptimizer(.1).apply_gradients([(None,v)])
tf.train.GradientDescentOptimizer(.1).apply_gradients([(None,v)])

#: tf.nn.softmax_cross_entropy_with_logits(c,c)
tf.nn.softmax_cross_entropy_with_logits(c,c)

#: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=c,logits=c)
tf.nn.sparse_softmax_cross_entropy_with_logits(labels=c,logits=c)

#: tf.split(c,3)
tf.split(c,3)

#: tf.squeeze(c,[0])
tf.squeeze(c,[0])

#: tf.reduce_sum(c,axis=2)
tf.reduce_sum(c,axis=2)

#: tf.expand_dims(c,5)
tf.expand_dims(c,5)

#: tf.gather(i,0)
tf.gather(i,0)

#: tf.assign(v,[1.,2.,3.])
tf.assign(v,[1.,2.,3.])

#: v.assign(["a"])
v.assign(["a"])

#: tf.cond(i,lambda:c,lambda:c)
tf.cond(i,lambda:c,lambda:c)

#: tf.cond(tf.constant(True),lambda:c,lambda:i)
tf.cond(tf.constant(True),lambda:c,lambda:i)

#: tf.cond(tf.constant(True),lambda:c,lambda:(c,c))
tf.cond(tf.constant(True),lambda:c,lambda:(c,c))

#: tf.get_default_graph().get_tensor_by_name("nope:0")
tf.get_default_graph().get_tensor_by_name("nope:0")

#: tf.get_default_graph().get_tensor_by_name("c")
tf.get_default_graph().get_tensor_by_name("c")

#: tf.get_default_graph().get_operation_by_name("nope")
tf.get_default_graph().get_operation_by_name("nope")

#: tf.get_default_graph().get_operation_by_name("c:0")
tf.get_default_graph().get_operation_by_name("c:0")

#: tf.get_default_graph().as_graph_element("c")
tf.get_default_graph().as_graph_element("c")

#: tf.get_default_graph().as_graph_element("zz/")
tf.get_default_graph().as_graph_element("zz/")

#: tf.device("/bad:dev:x").__enter__() or tf.constant(1.)
tf.device("/bad:dev:x").__enter__() or tf.constant(1.)

#: tf.control_dependencies([5]).__enter__()
tf.control_dependencies([5]).__enter__()

#: tf.add_n([])
tf.add_n([])

#: tf.add_n([c,i])
tf.add_n([c,i])

#: tf.nn.dropout(c,keep_prob=0.)
tf.nn.dropout(c,keep_prob=0.)

#: tf.nn.dropout(c)
tf.nn.dropout(c)

#: tf.argmax(c,axis=3)
tf.argmax(c,axis=3)

#: tf.range(0,5,0)
tf.range(0,5,0)

#: tf.one_hot(c,2)
tf.one_hot(c,2)

#: tf.equal(c,["a","b"])
tf.equal(c,["a","b"])

#: tf.group(5)
tf.group(5)

#: tf.Session(graph=5)
tf.Session(graph=5)

#: tf.Session(5)
tf.Session(5)

#: tf.Session(config=5)
tf.Session(config=5)

#: tf.contrib.layers if False else tf.nope
tf.contrib.layers if False else tf.nope

#: S().run(None)
S().run(None)

#: S().run(5)
S().run(5)

#: S().run("nope")
S().run("nope")

#: S().run("nope:0")
S().run("nope:0")

#: S().run([])
S().run([])

#: S().run({})
S().run({})

#: S().run([c,i])
S().run([c,i])

#: S().run((c,))
S().run((c,))

#: S().run(c.op)
S().run(c.op)

#: S().run(v)
S().run(v)

#: S().run(x)
S().run(x)

#: S().run(x,{x:[[1,2,3]]})
S().run(x,{x:[[1,2,3]]})

#: S().run(x,{x:[1,2]})
S().run(x,{x:[1,2]})

#: S().run(x,{x:[[1,2]]})
S().run(x,{x:[[1,2]]})

#: S().run(x,{x:"a"})
S().run(x,{x:"a"})

#: S().run(x,{x:c})
S().run(x,{x:c})

#: S().run(x,{"x:0":[[1.,2.,3.]]})
S().run(x,{"x:0":[[1.,2.,3.]]})

#: S().run(x,{"x":[[1.,2.,3.]]})
S().run(x,{"x":[[1.,2.,3.]]})

#: S().run(x,{"zz:0":[[1.,2.,3.]]})
S().run(x,{"zz:0":[[1.,2.,3.]]})

#: S().run(x,{x:None})
S().run(x,{x:None})

#: S().run(i,{i:1.5})
S().run(i,{i:1.5})

#: S().run(i,{i:5})
S().run(i,{i:5})

#: S().run(c,{c:[9.,9.]})
S().run(c,{c:[9.,9.]})

#: S().run(tf.Graph)
S().run(tf.Graph)

#: S(graph=tf.Graph()).run(c)
S(graph=tf.Graph()).run(c)

#: S().run(tf.Graph().as_graph_def)
S().run(tf.Graph().as_graph_def)

#: (lambda s:(s.close(),s.run(c)))(S())
(lambda s:(s.close(),s.run(c)))(S())

#: S().run(tf.Assert(tf.constant(False),[c]))
S().run(tf.Assert(tf.constant(False),[c]))

#: S().run(tf.check_numerics(tf.log(c-5.),"msg"))
S().run(tf.check_numerics(tf.log(c-5.),"msg"))

#: S().run(tf.reshape(x,[7]),{x:[[1,2,3]]})
S().run(tf.reshape(x,[7]),{x:[[1,2,3]]})

#: S().run(x+tf.placeholder_with_default([1.,2.],[None]),{x:[[1,2,3]]})
S().run(x+tf.placeholder_with_default([1.,2.],[None]),{x:[[1,2,3]]})

#: S().run(tf.py_func(lambda:1/0,[],tf.float32))
S().run(tf.py_func(lambda:1/0,[],tf.float32))

#: S().run(tf.constant(1)//tf.constant(0))
S().run(tf.constant(1)//tf.constant(0))

#: S().run(tf.constant([1])[0]/0)
S().run(tf.constant([1])[0]/0)

#: S().run(tf.constant("a"))
S().run(tf.constant("a"))

#: S().run(tf.constant(True))
S().run(tf.constant(True))

#: type(S().run(i))
type(S().run(i))

#: type(S().run(c))
type(S().run(c))

#: S().run(tf.SparseTensor([[0]],[1.],[3]))
S().run(tf.SparseTensor([[0]],[1.],[3]))

#: S().run(tf.report_uninitialized_variables())
S().run(tf.report_uninitialized_variables())

#: S().run(tf.global_variables_initializer())
S().run(tf.global_variables_initializer())

#: S().run(tf.no_op())
S().run(tf.no_op())

#: [S().list_devices()[0].name,S().list_devices()[0].device_type]
[S().list_devices()[0].name,S().list_devices()[0].device_type]

#: S().run(tf.FIFOQueue(2,tf.float32).dequeue(),options=tf.RunOptions(tim
S().run(tf.FIFOQueue(2,tf.float32).dequeue(),options=tf.RunOptions(timeout_in_ms=50))

#: (lambda q:S().run([q.close(),q.dequeue()]))(tf.FIFOQueue(2,tf.float32)
(lambda q:S().run([q.close(),q.dequeue()]))(tf.FIFOQueue(2,tf.float32))

#: S().run(tf.nn.embedding_lookup(tf.zeros([2,2]),[5]))
S().run(tf.nn.embedding_lookup(tf.zeros([2,2]),[5]))

#: S().run(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[7],logi
S().run(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[7],logits=[[1.,2.]]))

#: S().run(tf.random_uniform([2],5,5,tf.int32))
S().run(tf.random_uniform([2],5,5,tf.int32))

#: S().run(tf.tile(c,[-1]))
S().run(tf.tile(c,[-1]))

#: S().run(tf.fill([-1],1.))
S().run(tf.fill([-1],1.))

#: S().run(tf.constant([1.,2.])+tf.placeholder(tf.float32,[2],name="ph"))
S().run(tf.constant([1.,2.])+tf.placeholder(tf.float32,[2],name="ph"))
