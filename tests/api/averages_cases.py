"""Moving averages, histograms, and functions made of a few operations."""

#: ExponentialMovingAverage of variables
v = tf.Variable([1., 2.], name="v")
w = tf.get_variable("w", initializer=5., use_resource=True)
ema = tf.train.ExponentialMovingAverage(0.9)
op = ema.apply([v, w])
op.name
[ema.average(v).name, ema.average_name(v), ema.average_name(w), ema.name]
s = tf.Session()
s.run(tf.global_variables_initializer())
s.run([v.assign([3., 4.]), w.assign(1.).op])
s.run(op)
s.run([ema.average(v), ema.average(w)])
sorted(ema.variables_to_restore())
[x.name for x in tf.moving_average_variables()]
sorted((n.name, n.op) for n in tf.get_default_graph().as_graph_def().node)

#: ExponentialMovingAverage with num_updates
v = tf.Variable(1., name="v")
n = tf.Variable(3, trainable=False, name="n")
ema = tf.train.ExponentialMovingAverage(0.99, num_updates=n, name="avg")
op = ema.apply()
s = tf.Session()
s.run(tf.global_variables_initializer())
s.run(v.assign(10.))
s.run(op)
s.run(ema.average(v))
ema.average(n)
ema.average_name(n)

#: ExponentialMovingAverage of tensors, corrected
x = tf.placeholder(tf.float32, [2], name="x")
y = x * 2
ema = tf.train.ExponentialMovingAverage(0.5, zero_debias=True)
op = ema.apply([y])
s = tf.Session()
s.run(tf.global_variables_initializer())
s.run(op, {x: [1., 2.]})
s.run(ema.average(y))
s.run(op, {x: [3., 2.]})
s.run(ema.average(y))
sorted(v.name for v in tf.global_variables())
ema.apply([tf.constant(1)])

#: assign_moving_average
from tensorflow.python.training import moving_averages
v = tf.get_variable("v", initializer=0.)
a = moving_averages.assign_moving_average(v, 3., 0.9)
b = moving_averages.assign_moving_average(v, 1., 0.5, zero_debias=False, name="plain")
[a.name, b.name]
s = tf.Session()
s.run(tf.global_variables_initializer())
s.run(a)
s.run(b)
s.run(v)
q = moving_averages.weighted_moving_average(tf.constant(2.), 0.9, tf.constant(3.))
s.run(tf.global_variables_initializer())
s.run(q)
q.name

#: histograms
s = tf.Session()
s.run(tf.histogram_fixed_width([-1., 0., 1.5, 2., 5., 15.], [0., 5.], nbins=5))
s.run(tf.histogram_fixed_width_bins([-1., 0., 1.5, 2., 5., 15.], [0., 5.], nbins=5))
s.run(tf.histogram_fixed_width([1, 2, 3], [0, 4], nbins=4, dtype=tf.int64))
tf.histogram_fixed_width([1., 2.], [0., 1.])
s.run(tf.histogram_fixed_width([1., 2.], [1., 0.]))
s.run(tf.histogram_fixed_width([1., 2.], [0., 1.], nbins=0))

#: lbeta
s = tf.Session()
s.run(tf.lbeta([[1., 2., 3.], [0.5, 0.5, 1.]]))
s.run(tf.lbeta([]))
tf.lbeta([1., 2.])

#: batch_scatter_update
v = tf.Variable([[1, 2, 3], [4, 5, 6]], name="v")
u = tf.batch_scatter_update(v, [[0, 2], [1, 1]], [[10, 30], [50, 51]])
s = tf.Session()
s.run(v.initializer)
s.run(u)
tf.batch_scatter_update(v, tf.placeholder(tf.int32), [[10, 30], [50, 51]])
