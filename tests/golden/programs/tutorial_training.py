import numpy as np
import tensorflow as tf

for make in [lambda: tf.train.GradientDescentOptimizer(0.1), lambda: tf.train.MomentumOptimizer(0.1, 0.9),
             lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True), lambda: tf.train.AdamOptimizer(0.1)]:
    with tf.Graph().as_default():
        w = tf.Variable([1., -2.], name="w")
        loss = tf.reduce_sum(tf.square(w - [3., 0.5]))
        step = tf.train.get_or_create_global_step()
        opt = make()
        pairs = opt.compute_gradients(loss)
        clipped = [(tf.clip_by_value(g, -1., 1.), v) for g, v in pairs]
        train = opt.apply_gradients(clipped, global_step=step)
        print(opt.get_name(), opt.get_slot_names(), [v.name for v in opt.variables()], train.name)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for _ in range(3):
                print(np.round(sess.run([w, loss, train])[0], 5).tolist())
            print(sess.run(step), np.round(sess.run(w), 5).tolist())
