"""Wrong programs in graph mode: scopes, stacks, finished graphs."""

#: with tf.variable_scope('s'): tf.get_variable('w',[2]) with tf.variable
with tf.variable_scope('s'): tf.get_variable('w',[2])
with tf.variable_scope('s'): tf.get_variable('w',[2])

#: with tf.variable_scope('s',reuse=True): tf.get_variable('w',[2])
with tf.variable_scope('s',reuse=True): tf.get_variable('w',[2])

#: with tf.variable_scope('s'): tf.get_variable('w',[2]) with tf.variable (2)
with tf.variable_scope('s'): tf.get_variable('w',[2])
with tf.variable_scope('s',reuse=True): tf.get_variable('w',[3])

#: with tf.variable_scope('s',reuse=5): pass
with tf.variable_scope('s',reuse=5): pass

#: with tf.variable_scope(5): pass
with tf.variable_scope(5): pass

#: with tf.variable_scope(None): pass
with tf.variable_scope(None): pass

#: g=tf.get_default_graph(); g.finalize(); tf.constant(1)
g=tf.get_default_graph(); g.finalize(); tf.constant(1)

#: g1=tf.Graph() with g1.as_default(): a=tf.constant(1) tf.Session().run(
g1=tf.Graph()
with g1.as_default(): a=tf.constant(1)
tf.Session().run(a)

#: s=tf.Session(); tf.Graph().as_default().__enter__(); tf.constant(1).ev
s=tf.Session(); c=tf.Graph().as_default(); c.__enter__(); tf.constant(1).eval(session=s)

#: s=tf.Session(); s.__enter__(); v=tf.Variable(1.); v.eval()
s=tf.Session(); s.__enter__(); v=tf.Variable(1.); v.eval()

#: tf.RegisterGradient('Mul')(lambda o,g:g)
tf.RegisterGradient('Mul')(lambda o,g:g)

#: with tf.Session() as s: with tf.Graph().as_default(): tf.reset_default
with tf.Session() as s:
  with tf.Graph().as_default():
    tf.reset_default_graph()

#: slices of what is no variable do not assign
x = tf.zeros([3])
print(hasattr(x, "assign"), hasattr(x[0], "assign"))
x[0].assign(1.)
