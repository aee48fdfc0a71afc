import numpy as np
import tensorflow as tf

for graph_seed, op_seed in [(1, None), (None, 2), (1, 2), (0, 0)]:
    answers = []
    for _ in range(2):
        with tf.Graph().as_default():
            if graph_seed is not None:
                tf.set_random_seed(graph_seed)
            ops = [tf.random_normal([2], seed=op_seed), tf.random_uniform([2], seed=op_seed),
                   tf.truncated_normal([2], seed=op_seed), tf.random_uniform([3], 0, 100, tf.int32, seed=op_seed),
                   tf.random_shuffle([1, 2, 3, 4, 5], seed=op_seed)]
            with tf.Session() as sess:
                answers.append([np.round(sess.run(op), 5).tolist() for op in ops + ops[:2]])
    print(graph_seed, op_seed, answers[0] == answers[1], answers[0])
