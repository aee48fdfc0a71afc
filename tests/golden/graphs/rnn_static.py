x = [tf.placeholder(tf.float32, [None, 3]) for _ in range(3)]; L = tf.placeholder(tf.int64, [None], name="L")
o, s = tf.nn.static_rnn(tf.nn.rnn_cell.BasicLSTMCell(4), x, dtype=tf.float32)
tf.gradients(o, tf.trainable_variables())
with tf.variable_scope("lengths"):
    cell = tf.nn.rnn_cell.GRUCell(2, kernel_initializer="ones", bias_initializer=tf.zeros_initializer())
    o, s = tf.nn.static_rnn(cell, x, sequence_length=L, dtype=tf.float32)
    tf.gradients(o[-1], tf.trainable_variables("lengths"))
with tf.variable_scope("both"):
    tf.nn.static_bidirectional_rnn(tf.nn.rnn_cell.BasicRNNCell(2), tf.nn.rnn_cell.BasicRNNCell(2, activation="relu"), x, sequence_length=L, dtype=tf.float32)
    tf.nn.static_bidirectional_rnn(tf.nn.rnn_cell.BasicRNNCell(2), tf.nn.rnn_cell.BasicRNNCell(2), x, dtype=tf.float32, scope="x")
class Saver(object):
    def state(self, name):
        return tf.get_variable(name, [5, 2], trainable=False, initializer=tf.zeros_initializer())
    def save_state(self, name, value):
        with tf.variable_scope(tf.get_variable_scope(), reuse=True):
            return tf.assign(self.state(name), value)
y = [tf.placeholder(tf.float32, [5, 3]) for _ in range(2)]
tf.nn.static_state_saving_rnn(tf.nn.rnn_cell.LSTMCell(2), y, Saver(), ("c", "h"), scope="saving")
tf.nn.static_state_saving_rnn(tf.nn.rnn_cell.BasicRNNCell(2), y, Saver(), "n", scope="saving1")
