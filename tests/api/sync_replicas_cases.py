"""Training in step: gradients of several replicas, here of one process."""

#: the graph
with tf.device("/cpu:0"):
    step = tf.train.get_or_create_global_step()
w = tf.get_variable("w", initializer=[1., 2.])
t = tf.get_variable("t", initializer=[[1.], [2.], [3.]])
u = tf.get_variable("u", initializer=3.)
loss = tf.reduce_sum(tf.square(w)) + tf.reduce_sum(tf.gather(t, [0, 2]))
opt = tf.train.SyncReplicasOptimizer(tf.train.MomentumOptimizer(0.1, 0.9), 2, total_num_replicas=3)
train = opt.apply_gradients(opt.compute_gradients(loss, [w, t, u]), step)
train, opt.get_chief_queue_runner().queue.name, opt.chief_init_op, opt.local_step_init_op, opt.ready_for_local_init_op
opt.get_init_tokens_op(), opt.get_init_tokens_op(5), opt.get_init_tokens_op(0)
opt.get_init_tokens_op(-2)
opt.get_slot_names(), opt.get_slot(w, "momentum"), opt.variables()
opt.get_name(), opt._tokens_per_step
[a.name for a, _ in opt._accumulator_list]
text()

#: with averages, minimize
step = tf.Variable(0, trainable=False, name="step")
w = tf.Variable([1., 2.], name="w")
averages = tf.train.ExponentialMovingAverage(0.5)
opt = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.5), 1, variable_averages=averages, variables_to_average=[w])
train = opt.minimize(tf.reduce_sum(tf.square(w)), global_step=step)
text()

#: mistakes
opt = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.5), 4, total_num_replicas=2)
opt.get_chief_queue_runner()
opt.get_init_tokens_op()
opt.make_session_run_hook(True).begin()
opt.apply_gradients([])
w = tf.Variable(1.)
opt.apply_gradients([(tf.constant(1.), w)])
step = tf.Variable(0, trainable=False)
opt.apply_gradients([(tf.SparseTensor([[0]], [1.], [1]), w)], step)
opt.apply_gradients([(tf.constant(1.), w)], step)
opt.get_init_tokens_op(1)

#: by hand
step = tf.Variable(0, trainable=False, dtype=tf.int64)
w = tf.Variable([1., 2.])
opt = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.25), 1)
train = opt.minimize(tf.reduce_sum(tf.square(w)), global_step=step)
init, tokens, runner = opt.chief_init_op, opt.get_init_tokens_op(), opt.get_chief_queue_runner()
s = tf.Session()
s.run(tf.global_variables_initializer()), s.run(init), s.run(tokens)
coord = tf.train.Coordinator()
threads = runner.create_threads(s, coord, daemon=True, start=True)
[int(s.run(train)) for _ in range(4)]
int(s.run(step)) >= 3, bool((s.run(w) < [0.2, 0.4]).all())
coord.request_stop(), s.close(), coord.join(threads)

#: with a hook
step = tf.train.get_or_create_global_step()
w = tf.Variable([1., 2.])
opt = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.25), 1)
train = opt.minimize(tf.reduce_sum(tf.square(w)), global_step=step)
hook = opt.make_session_run_hook(True)
seen = []
with tf.train.MonitoredTrainingSession(hooks=[hook], stop_grace_period_secs=1) as s:
    for _ in range(5):
        seen.append(int(s.run(train)))
seen
type(hook).__name__, isinstance(hook, tf.train.SessionRunHook)
