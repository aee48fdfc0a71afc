"""The errors that people meet, with their words."""

#: placeholder not fed
x = tf.placeholder(tf.float32, name='x')
y = x*2
with S() as s: s.run(y)

#: placeholder not fed with shape
x = tf.placeholder(tf.float32, [None,3], name='x')
y = x*2
with S() as s: s.run(y)

#: uninit ref var
v = tf.Variable([1.,2.], name='w', use_resource=False)
with S() as s: s.run(v)

#: uninit resource var
v = tf.get_variable('w',[2],use_resource=True)
with S() as s: s.run(v.value())

#: matmul static
tf.matmul(tf.ones([2,3]), tf.ones([4,5]))

#: matmul runtime
a = tf.placeholder(tf.float32)
b = tf.placeholder(tf.float32)
c = tf.matmul(a,b)
with S() as s: s.run(c,{a:np.ones((2,3)),b:np.ones((4,5))})

#: matmul rank runtime
a = tf.placeholder(tf.float32)
b = tf.placeholder(tf.float32)
c = tf.matmul(a,b)
with S() as s: s.run(c,{a:np.ones((3,)),b:np.ones((4,5))})

#: add static
tf.ones([2,3])+tf.ones([4,5])

#: add runtime
a = tf.placeholder(tf.float32)
b = tf.placeholder(tf.float32)
c = a+b
with S() as s: s.run(c,{a:np.ones((2,3)),b:np.ones((4,5))})

#: dtype mismatch add
tf.constant(1.)+tf.constant(1)

#: dtype mismatch matmul
tf.matmul(tf.ones([2,2]), tf.ones([2,2],tf.float64))

#: feed tensor
x = tf.placeholder(tf.float32,[None],name='x')
with S() as s: s.run(x*1,{x:tf.ones([3])})

#: feed bad key
x = tf.placeholder(tf.float32,[None],name='x')
with S() as s: s.run(x*1,{object:1})

#: feed key str missing
x = tf.placeholder(tf.float32,[None],name='x')
with S() as s: s.run(x*1,{'nope:0':1})

#: feed key not in graph
with tf.Graph().as_default(): z = tf.placeholder(tf.float32,name='z')
x = tf.placeholder(tf.float32,[None],name='x')
with S() as s: s.run(x*1,{z:1})

#: feed string to float
x = tf.placeholder(tf.float32,name='x')
with S() as s: s.run(x*1,{x:'abc'})

#: feed ragged
x = tf.placeholder(tf.float32,name='x')
with S() as s: s.run(x*1,{x:[[1,2],[3]]})

#: feed None
x = tf.placeholder(tf.float32,name='x')
with S() as s: s.run(x*1,{x:None})

#: unfeedable
x = tf.constant(1.,name='c')
tf.get_default_graph().prevent_feeding(x)
with S() as s: s.run(x*1,{x:3})

#: fetch bad type int
with S() as s: s.run(3)

#: fetch float in list (loss overwritten)
x = tf.constant(1.)
with S() as s: s.run([x, 2.5])

#: fetch str not in graph
x = tf.constant(1.)
with S() as s: s.run('nope:0')

#: fetch str op
x = tf.constant(1.)
with S() as s: s.run('bad name')

#: tensor from other graph op
with tf.Graph().as_default(): z = tf.constant(1.,name='z')
tf.constant(1.,name='a')+z

#: closed session
x = tf.constant(1.)
s=S()
s.close()
s.run(x)

#: empty graph
with S() as s: s.run('x:0')

#: eval no session
tf.constant(1.,name='c').eval()

#: var exists
tf.get_variable('w',[2])
tf.get_variable('w',[2])

#: var does not exist
with tf.variable_scope('s',reuse=True): tf.get_variable('w',[2])

#: var share shape
with tf.variable_scope('s'): tf.get_variable('w',[2])
with tf.variable_scope('s',reuse=True): tf.get_variable('w',[3])

#: var share dtype
with tf.variable_scope('s'): tf.get_variable('w',[2])
with tf.variable_scope('s',reuse=True): tf.get_variable('w',[2],tf.int32)

#: var not fully defined
tf.get_variable('w',[None,2])

#: var constant init and shape
tf.get_variable('w',[2],initializer=tf.constant([1.,2.]))

#: initial_value none
tf.Variable(None)

#: initial_value not known shape
tf.Variable(tf.placeholder(tf.float32))

#: bad scope name
with tf.name_scope('bad name'): pass

#: bad op name
tf.constant(1.,name='bad name!')

#: bad op name get_tensor_by_name
tf.constant(1.,name='a')
tf.get_default_graph().get_tensor_by_name('a')

#: get_tensor_by_name missing
tf.constant(1.,name='a')
tf.get_default_graph().get_tensor_by_name('b:0')

#: get_operation_by_name missing
tf.constant(1.,name='a')
tf.get_default_graph().get_operation_by_name('b')

#: get_operation_by_name given tensor
tf.constant(1.,name='a')
tf.get_default_graph().get_operation_by_name('a:0')

#: bool(tensor)
if tf.constant(1.)>0: pass

#: iter tensor
for a in tf.constant([1.,2.]): pass

#: np.array(tensor)
np.array(tf.constant([1.,2.],name='c'))

#: item assignment
a=tf.zeros([3])
a[0]=1

#: no gradients for any variable
v=tf.get_variable('w',[2])
tf.train.GradientDescentOptimizer(.1).minimize(tf.constant(1.))

#: no variables to optimize
tf.train.GradientDescentOptimizer(.1).minimize(tf.constant(1.))

#: const unsupported
tf.constant(object())

#: const None
tf.constant(None)

#: const shape mismatch
tf.constant([1,2,3],shape=[2])

#: expected int got float
tf.constant(1.5,tf.int32)

#: expected float got str
tf.constant('a',tf.float32)

#: check_numerics nan
x=tf.check_numerics(tf.log(tf.constant(-1.)),'bad loss')
with S() as s: s.run(x)

#: tf.Assert
x=tf.Assert(tf.constant(False),[tf.constant(1.),tf.constant('hey')])
with S() as s: s.run(x)

#: gather OOB
i=tf.placeholder(tf.int32)
x=tf.gather(tf.ones([3]),i,name='g')
with S() as s: s.run(x,{i:[0,5]})

#: embedding_lookup OOB
i=tf.placeholder(tf.int32,[None])
v=tf.get_variable('emb',[3,2])
x=tf.nn.embedding_lookup(v,i)
with S() as s: s.run(tf.global_variables_initializer()); s.run(x,{i:[0,5]})

#: reshape static
tf.reshape(tf.ones([2,3]),[4,2])

#: reshape runtime
a=tf.placeholder(tf.float32)
x=tf.reshape(a,[4,2])
with S() as s: s.run(x,{a:np.ones((2,3))})

#: concat runtime
a=tf.placeholder(tf.float32)
b=tf.placeholder(tf.float32)
x=tf.concat([a,b],0)
with S() as s: s.run(x,{a:np.ones((2,3)),b:np.ones((2,4))})

#: logits/labels xent args
tf.nn.softmax_cross_entropy_with_logits(tf.ones([2,3]),tf.ones([2,3]))

#: sparse xent rank
tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.ones([2,3],tf.int32),logits=tf.ones([2,3]))

#: sparse xent label range
l=tf.placeholder(tf.int32,[None])
x=tf.nn.sparse_softmax_cross_entropy_with_logits(labels=l,logits=tf.ones([2,3]))
with S() as s: s.run(x,{l:[0,7]})

#: cond not callable
tf.cond(tf.constant(True),tf.constant(1),tf.constant(2))

#: cond branch count
tf.cond(tf.placeholder(tf.bool),lambda:[tf.constant(1)],lambda:[tf.constant(2),tf.constant(2)])

#: queue closed
q=tf.FIFOQueue(3,[tf.float32])
c=q.close()
d_=q.dequeue()
with S() as s: s.run(c); s.run(d_)

#: bad device string
with tf.device('/foo:bar'): x=tf.constant(1.)

#: nested session stack
a=tf.Session().__enter__()
b=tf.Graph().as_default()
b.__enter__()
a.__exit__(None,None,None)

#: split mismatch
tf.split(tf.ones([5,2]),2)

#: shape dims out of range reduce
tf.reduce_sum(tf.ones([2]),axis=3)

#: int32 division by zero
a=tf.placeholder(tf.int32)
x=tf.constant(1)//a
with S() as s: s.run(x,{a:0})

#: py_func raises
def f(a): raise KeyError('boo')
x=tf.py_func(f,[tf.constant(1.)],tf.float32)
with S() as s: s.run(x)

#: shape ndims None
len(tf.placeholder(tf.float32).get_shape())

#: as_list unknown
tf.placeholder(tf.float32).get_shape().as_list()

#: set_shape incompatible
tf.ones([2,3]).set_shape([3,3])

#: merge_with
tf.TensorShape([2,3]).assert_is_compatible_with([3,3])

#: assign shape
v=tf.get_variable('w',[2],use_resource=False)
tf.assign(v,[1.,2.,3.])

#: control dep bad
with tf.control_dependencies([3]): tf.no_op()

#: colocate missing attr
tf.constant(1.).op.get_attr('nope')

#: bad placeholder dtype
tf.placeholder('flot')

#: 2GB const
tf.constant(np.broadcast_to(np.float32(0),(600,1000,1000)))

#: dtype not allowed
tf.nn.relu(tf.constant('a'))

#: stack shapes
tf.stack([tf.ones([2]),tf.ones([2,3])])

#: stack shapes 2
tf.stack([tf.ones([2]),tf.ones([3])])

#: concat rank
tf.concat([tf.ones([2]),tf.ones([2,3])],0)

#: old concat arg order
tf.concat(1,[tf.ones([2,3]),tf.ones([2,3])])

#: no opkernel 2
x=tf.matmul(tf.ones([2,2],tf.int8),tf.ones([2,2],tf.int8))
with tf.Session() as s: s.run(x)

#: assign to const
tf.assign(tf.constant(1.),2.)

#: reuse_variables not first
with tf.variable_scope(None): pass

#: gradient through int
w=tf.get_variable('w',[3],tf.int32,initializer=tf.zeros_initializer())
r=tf.gradients(w*2,w)
r

#: GradientTape in graph? skip
tf.gradients(tf.constant(1.),tf.constant(2.))

#: minimize callable required
tf.train.AdamOptimizer().apply_gradients([])

#: InteractiveSession double
a=tf.InteractiveSession()
b=tf.InteractiveSession()
a.close()
b.close()

#: with closed session twice
a=tf.Session()
a.close()
a.run(tf.constant(1.))

#: session config type
tf.Session(config=3)

#: target bad
tf.Session('foo://bar').run(tf.constant(1.))

#: partial_run
a=tf.placeholder(tf.float32)
b=a+1.
with tf.Session() as s:
    h=s.partial_run_setup([b],[a]); s.partial_run(h,b,{a:1.}); s.partial_run(h,b,{a:1.})

#: shape mismatch grad
tf.gradients(tf.ones([2])*tf.constant(1.),[tf.constant(1.)],grad_ys=[tf.ones([3]),tf.ones([1])])

#: tf.shape cast
tf.zeros([2,None])

#: one_hot float
tf.one_hot(tf.constant([1.]),3)

#: argmax dims
tf.argmax(tf.ones([3]),1)

#: bias_add
tf.nn.bias_add(tf.ones([2,3]),tf.ones([4]))

#: transpose perm
tf.transpose(tf.ones([2,3]),[0,1,2])

#: batch norm fused etc skip; dropout rate
tf.nn.dropout(tf.ones([3]),keep_prob=2.)

#: tile
tf.tile(tf.ones([2,3]),[2])

#: a device that is not there, of several operations
with tf.device("/gpu:0"):
    x = tf.placeholder(tf.float32, [2, 2])
    c = tf.constant([[1., 2.], [3., 4.]])
    y = tf.matmul(x, c)
    z = y + 1.
try: S().run(z, {x: [[1, 2], [3, 4]]})
except tf.errors.InvalidArgumentError as e: print(e.op.name, str(e)[:112])
g = tf.Graph()
with g.as_default(), tf.device("/gpu:0"): a, b = tf.constant(1.), tf.placeholder(tf.float32)
try: S(graph=g).run(a)
except tf.errors.InvalidArgumentError as e: print(e.op.name, str(e)[:108])
