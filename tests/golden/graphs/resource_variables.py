with tf.variable_scope("r", use_resource=True):
    w = tf.get_variable("w", [3, 2], initializer=tf.ones_initializer()); b = tf.get_variable("b", [2], initializer=tf.zeros_initializer())
x = tf.placeholder(tf.float32, [None, 3], name="x")
loss = tf.reduce_sum(tf.matmul(x, w) + b)
w.assign(w * 2.); w.assign_add(tf.ones([3, 2])); b.assign_sub([1., 2.]); w.read_value(); w.value(); w[0]; w + 1.
tf.gradients(loss, [w, b])
tf.train.GradientDescentOptimizer(0.1).minimize(loss); tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss); tf.train.AdamOptimizer().minimize(loss)
e = tf.get_variable("emb", [5, 2], use_resource=True, initializer=tf.ones_initializer())
g = tf.reduce_sum(tf.gather(e, [1, 2, 1])); tf.train.GradientDescentOptimizer(0.1).minimize(g, var_list=[e]); tf.train.AdamOptimizer().minimize(g, var_list=[e])
tf.global_variables_initializer()
