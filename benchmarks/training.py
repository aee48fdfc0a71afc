"""Steps of training: the tutorial's linear regression and a small network."""
from benchmarks.stepping import timed


def regression(tf, np):
    """one step of the linear regression (353x4, fed)"""
    rng = np.random.RandomState(0)
    x_train, y_train = rng.randn(353, 4).astype(np.float32), rng.randn(353, 1).astype(np.float32)
    data, label = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.float32, [None, 1])
    weight = tf.Variable(tf.random_normal([4, 1]), dtype=tf.float32)
    bias = tf.Variable(tf.ones([1]), dtype=tf.float32)
    loss = tf.reduce_mean(tf.square(label - tf.add(tf.matmul(data, weight), bias)))
    train = tf.train.GradientDescentOptimizer(0.2).minimize(loss)
    s = tf.Session()
    s.run(tf.global_variables_initializer())
    feed = {data: x_train, label: y_train}
    return timed(lambda: s.run(train, feed), 1000)


def mlp(tf, np):
    """one Adam step of an MLP 784-256-256-10, batch 128"""
    rng = np.random.RandomState(0)
    x = tf.placeholder(tf.float32, [None, 784])
    y = tf.placeholder(tf.int64, [None])
    h = x
    for i, (a, b) in enumerate([(784, 256), (256, 256), (256, 10)]):
        w = tf.Variable(tf.truncated_normal([a, b], stddev=0.05))
        h = tf.matmul(h, w) + tf.Variable(tf.zeros([b]))
        if i < 2:
            h = tf.nn.relu(h)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=h))
    train = tf.train.AdamOptimizer(1e-3).minimize(loss)
    s = tf.Session()
    s.run(tf.global_variables_initializer())
    feed = {x: rng.rand(128, 784).astype(np.float32), y: rng.randint(0, 10, 128)}
    return timed(lambda: s.run(train, feed), 50)


def _recurrent(tf, np, apply):
    """A step of gradient descent on 32 sequences of 50 steps, 128 inputs and units."""
    rng = np.random.RandomState(0)
    x = tf.placeholder(tf.float32, [50, 32, 128])
    outputs = apply(x)
    loss = tf.reduce_mean(tf.square(outputs))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    s = tf.Session()
    s.run(tf.global_variables_initializer())
    feed = {x: rng.rand(50, 32, 128).astype(np.float32)}
    return timed(lambda: s.run(train, feed), 5)


def dynamic_rnn(tf, np):
    """one step of dynamic_rnn(BasicLSTMCell(128)), batch 32, 50 steps"""
    return _recurrent(tf, np, lambda x: tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(128), x, dtype=tf.float32, time_major=True)[0])


def static_rnn(tf, np):
    """the same with static_rnn"""
    def apply(x):
        return tf.stack(tf.nn.static_rnn(tf.nn.rnn_cell.BasicLSTMCell(128), tf.unstack(x), dtype=tf.float32)[0])
    return _recurrent(tf, np, apply)


def dynamic_gru(tf, np):
    """the same with dynamic_rnn(GRUCell(128))"""
    return _recurrent(tf, np, lambda x: tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(128), x, dtype=tf.float32, time_major=True)[0])


def fused_lstm(tf, np):
    """the same with LSTMBlockFusedCell"""
    return _recurrent(tf, np, lambda x: tf.contrib.rnn.LSTMBlockFusedCell(128)(x, dtype=tf.float32)[0])


WORKLOADS = [(regression, "us", 5), (mlp, "ms", 5), (dynamic_rnn, "ms", 3), (static_rnn, "ms", 3), (dynamic_gru, "ms", 3),
             (fused_lstm, "ms", 3)]
