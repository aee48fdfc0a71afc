x = tf.placeholder(tf.float32, [4, 3], name="x")
u = tf.placeholder(tf.float32, name="u")
with tf.name_scope("made"):
    tf.TensorArray(tf.float32, 3)
    tf.TensorArray(tf.int32, size=tf.placeholder(tf.int32, []), dynamic_size=True, clear_after_read=False, tensor_array_name="given", infer_shape=False, name="named")
    tf.TensorArray(tf.float64, 3, element_shape=[None, 2], colocate_with_first_write_call=False)
    tf.TensorArray(tf.float64, 3, element_shape=tf.TensorShape([3, 2]), infer_shape=False)
with tf.name_scope("used"):
    for k, (a, options) in enumerate([(x, {}), (u, {}), (x, {"dynamic_size": True, "infer_shape": False}), (x, {"element_shape": [3]}), (x, {"colocate_with_first_write_call": False})]):
        with tf.name_scope("a%d" % k), tf.device("/cpu:0"):
            ta = tf.TensorArray(tf.float32, 4, **options)
            w = ta.write(0, x[0]).write(1, x[1], name="second")
            w.read(1), w.gather([0, 1]), w.stack(), w.size(), w.concat(name="joined"), w.identity().stack(name="again"), w.close()
            ta.unstack(a).stack(), ta.scatter([3, 2, 1, 0], a).gather([0])
            if k not in (1, 3):
                tf.TensorArray(tf.float32, 2).split(a, [2, 2]).concat()
                tf.TensorArray(tf.float32, 2).split(a, [1, 3]).concat()
with tf.name_scope("differentiated"):
    for k, a in enumerate([x, u]):
        with tf.name_scope("a%d" % k):
            ta = tf.TensorArray(tf.float32, 4).unstack(a)
            y = [ta.read(0), ta.gather([1, 2]), ta.stack(), ta.concat()]
            tf.gradients(y, a)
            tf.gradients(y[0], a, colocate_gradients_with_ops=True)
            tf.gradients(tf.TensorArray(tf.float32, 2).split(a, [1, 3]).concat(), a)
            tf.gradients(tf.TensorArray(tf.float32, 2).write(0, a).write(1, a * a).stack(), a)
            tf.gradients(tf.gather(ta.stack(), [1, 0]), a)
            tf.TensorArray(tf.float32, 4).unstack(a).grad("mine").write(0, x[0]).stack()
with tf.name_scope("loops"):
    for k, (a, options) in enumerate([(x, {}), (u, {}), (x, {"clear_after_read": False}), (x, {"dynamic_size": True})]):
        with tf.name_scope("a%d" % k):
            inputs = tf.TensorArray(tf.float32, 4, **options).unstack(a)
            _, outputs, s = tf.while_loop(lambda i, t, s: i < 4, lambda i, t, s: (i + 1, t.write(i, inputs.read(i) * s), s + 1.), (0, tf.TensorArray(tf.float32, 4, **options), 1.))
            y = outputs.stack()
            tf.gradients(y, a)
            tf.gradients([y, s], a, name="gradients_of_both")
    p = tf.placeholder(tf.bool, [])
    ta = tf.TensorArray(tf.float32, 4)
    tf.cond(p, lambda: ta.write(0, x[0]).flow, lambda: ta.write(1, x[1]).flow)
    tf.cond(p, lambda: (ta.write(0, x[0]), x), lambda: (ta, x))[0].stack()
    tf.while_loop(lambda i, t: i < 4, lambda i, t: (i + 1, [t[0].write(i, x[0]), t[1]]), (0, [tf.TensorArray(tf.float32, 4), tf.TensorArray(tf.int32, 2)]))
