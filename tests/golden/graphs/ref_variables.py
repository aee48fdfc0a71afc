v = tf.Variable([1., 2.], name="v"); u = tf.Variable(3, name="u", trainable=False)
v.assign([3., 4.]); v.assign_add([1., 1.]); v.assign_sub([1., 1.], use_locking=True); tf.assign(u, 4, validate_shape=False); tf.assign_add(u, 1)
v.value(); v.read_value(); v.initialized_value(); tf.is_variable_initialized(v); v + v; v[0]; v[0].assign(9.); v.op; v * 2.; 1. / v
tf.scatter_update(v, [0], [9.]); tf.scatter_add(v, [1], [1.]); tf.scatter_sub(v, [1], [1.])
with tf.device("/device:CPU:0"):
    d = tf.Variable(tf.zeros([2]), name="d")
w = tf.get_variable("w", initializer=lambda: tf.ones([2])); k = tf.get_variable("k", [2], caching_device="/cpu:0")
with tf.control_dependencies([v.initializer]):
    late = tf.Variable(v.initialized_value() * 2., name="late")
tf.variables_initializer([v, u], name="some"); tf.local_variables_initializer(); tf.report_uninitialized_variables()
tf.train.get_or_create_global_step(); tf.assert_variables_initialized()
