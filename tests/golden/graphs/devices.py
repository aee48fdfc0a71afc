def by_type(op): return "/device:CPU:1" if op.type == "MatMul" else "/job:worker"
a = tf.ones([2, 2], name="a")
with tf.device("/job:ps/task:3"):
    b = tf.ones([2, 2], name="b")
    with tf.device("/cpu:0"):
        c = tf.identity(a); v = tf.Variable(1., name="v")
    with tf.device(None):
        d = tf.identity(a)
    with tf.device(by_type):
        e = tf.matmul(a, b); f = tf.identity(e)
    with tf.device("/device:GPU:*"):
        g = tf.identity(a); h = v.assign(3.)
with tf.device(tf.DeviceSpec(job="w", task=1, device_type="CPU", device_index=0)):
    i = a + b
with tf.device(v.device):
    j = tf.constant(1)
