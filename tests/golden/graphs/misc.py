x = tf.placeholder(tf.float32, [2], name="x"); import numpy as np
tf.Assert(tf.less(x[0], 3.), [x]); tf.check_numerics(x, "bad"); tf.assert_equal(x, x); tf.stop_gradient(x)
tf.convert_to_tensor(np.zeros([2, 2], np.float32)); tf.convert_to_tensor([1, 2], name="cv")
tf.nn.embedding_lookup(tf.zeros([4, 2]), [1, 2]); tf.SparseTensor([[0, 1]], [1.], [2, 2])
tf.random_normal([2], seed=1); tf.random_uniform([2], seed=1); tf.truncated_normal([2], seed=1); tf.random_shuffle(x, seed=1)
tf.random_uniform([2], 0, 5, tf.int32); tf.random_normal([2])
tf.set_random_seed(7); tf.random_normal([3]); tf.random_uniform([2])
tf.reduce_sum(x); tf.reduce_mean(x, 0, keepdims=True); tf.argmax(x); tf.cumsum(x); tf.clip_by_value(x, 0., 1.); tf.clip_by_norm(x, 1.)
tf.reduce_logsumexp(x); tf.norm(x); tf.count_nonzero(x); tf.reduce_std if hasattr(tf, "reduce_std") else None
