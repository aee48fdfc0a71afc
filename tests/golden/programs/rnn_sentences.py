"""Sentences of different lengths sorted into two classes by a bidirectional network, and digits of 8 x 8 read row by row."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)
N, LONGEST, WORDS = 64, 9, 20
lengths = rng.randint(2, LONGEST + 1, N)
ids = np.zeros((N, LONGEST), np.int32)
labels = np.zeros(N, np.int32)
for k in range(N):
    ids[k, :lengths[k]] = rng.randint(2, WORDS, lengths[k])
    labels[k] = k % 2
    ids[k, rng.randint(lengths[k])] = labels[k]     # the word that decides

tf.set_random_seed(2)
x = tf.placeholder(tf.int32, [None, LONGEST], name="x")
n = tf.placeholder(tf.int32, [None], name="n")
y = tf.placeholder(tf.int32, [None], name="y")
words = tf.nn.embedding_lookup(tf.get_variable("words", [WORDS, 8]), x)
forward, backward = tf.nn.rnn_cell.LSTMCell(8, name="basic_lstm_cell"), tf.nn.rnn_cell.GRUCell(8)
(fw, bw), (fw_state, bw_state) = tf.nn.bidirectional_dynamic_rnn(forward, backward, words, sequence_length=n, dtype=tf.float32)
features = tf.concat([fw_state.h, bw_state, tf.reduce_max(tf.concat([fw, bw], 2), 1)], 1)
logits = tf.matmul(features, tf.get_variable("w", [32, 2])) + tf.get_variable("b", [2], initializer=tf.zeros_initializer())
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
accuracy = tf.reduce_mean(tf.to_float(tf.nn.in_top_k(logits, y, 1)))
train = tf.train.AdamOptimizer(0.02).minimize(loss)
print([op.name for op in tf.get_default_graph().get_operations() if op.type == "Enter"][:6])
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    feed = {x: ids, n: lengths, y: labels}
    for step in range(31):
        found = session.run([loss, accuracy, train], feed)
        if step % 10 == 0:
            print("step %2d: loss %.3f accuracy %.2f" % (step, found[0], found[1]))

tf.reset_default_graph()
tf.set_random_seed(3)
patterns = rng.rand(10, 8, 8)
digits = np.arange(200) % 10
images = (patterns[digits] + 0.3 * rng.randn(200, 8, 8)).astype(np.float32)
x = tf.placeholder(tf.float32, [None, 8, 8])
y = tf.placeholder(tf.float32, [None, 10])
cell = tf.contrib.rnn.BasicLSTMCell(24, forget_bias=1.0)
outputs, states = tf.contrib.rnn.static_rnn(cell, tf.unstack(x, 8, 1), dtype=tf.float32)
prediction = tf.matmul(outputs[-1], tf.Variable(tf.random_normal([24, 10], seed=5))) + tf.Variable(tf.random_normal([10], seed=6))
cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=prediction, labels=y))
train = tf.train.AdamOptimizer(learning_rate=0.02).minimize(cost)
right = tf.equal(tf.argmax(prediction, 1), tf.argmax(y, 1))
accuracy = tf.reduce_mean(tf.cast(right, tf.float32))
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in range(40):
        at = np.arange(step * 50, step * 50 + 50) % 150
        session.run(train, {x: images[at], y: np.eye(10)[digits[at]]})
        if step % 13 == 0:
            print("step %2d: cost %.2f" % (step, session.run(cost, {x: images[:150], y: np.eye(10)[digits[:150]]})))
    print("test accuracy %.2f" % session.run(accuracy, {x: images[150:], y: np.eye(10)[digits[150:]]}))
