"""A network of characters that is trained with the decoder of legacy_seq2seq and then writes by itself, its state fed back."""
import numpy as np
import tensorflow as tf
from tensorflow.contrib import legacy_seq2seq, rnn

TEXT = "to be or not to be that is the question whether tis nobler in the mind to suffer " * 6
CHARS = sorted(set(TEXT))
CODE = {c: i for i, c in enumerate(CHARS)}
DATA = np.array([CODE[c] for c in TEXT])
SIZE, LENGTH = 32, 12


class Model(object):
    def __init__(self, batch, length, training=True):
        cell = rnn.MultiRNNCell([rnn.GRUCell(SIZE), rnn.LSTMCell(SIZE)])
        self.x = tf.placeholder(tf.int32, [batch, length])
        self.y = tf.placeholder(tf.int32, [batch, length])
        self.initial_state = cell.zero_state(batch, tf.float32)
        with tf.variable_scope("rnnlm"):
            w = tf.get_variable("softmax_w", [SIZE, len(CHARS)])
            b = tf.get_variable("softmax_b", [len(CHARS)], initializer=tf.zeros_initializer())
            embedding = tf.get_variable("embedding", [len(CHARS), SIZE])
        inputs = [tf.squeeze(i, [1]) for i in tf.split(tf.nn.embedding_lookup(embedding, self.x), length, 1)]

        def loop(prev, _):
            symbol = tf.stop_gradient(tf.argmax(tf.matmul(prev, w) + b, 1))
            return tf.nn.embedding_lookup(embedding, symbol)
        outputs, last = legacy_seq2seq.rnn_decoder(inputs, self.initial_state, cell, loop_function=None if training else loop, scope="rnnlm")
        self.logits = tf.matmul(tf.reshape(tf.concat(outputs, 1), [-1, SIZE]), w) + b
        self.probs = tf.nn.softmax(self.logits)
        loss = legacy_seq2seq.sequence_loss_by_example([self.logits], [tf.reshape(self.y, [-1])], [tf.ones([batch * length])])
        self.cost = tf.reduce_mean(loss)
        self.final_state = last
        if training:
            v = tf.trainable_variables()
            grads, _ = tf.clip_by_global_norm(tf.gradients(self.cost, v), 5.)
            self.train = tf.train.AdamOptimizer(0.01).apply_gradients(zip(grads, v))


tf.set_random_seed(4)
with tf.variable_scope("all"):
    model = Model(5, LENGTH)
with tf.variable_scope("all", reuse=True):
    writer = Model(1, 1, training=False)
n = len(DATA) // 5
rows = DATA[:5 * n].reshape(5, n)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for epoch in range(8):
        state, costs = session.run(model.initial_state), []
        for i in range((n - 1) // LENGTH):
            feed = {model.x: rows[:, i * LENGTH:(i + 1) * LENGTH], model.y: rows[:, i * LENGTH + 1:(i + 1) * LENGTH + 1],
                    model.initial_state: state}
            cost, state, _ = session.run([model.cost, model.final_state, model.train], feed)
            costs.append(cost)
        print("epoch %d: %.2f" % (epoch + 1, np.mean(costs)))
    text, state = "to be ", session.run(writer.initial_state)
    for c in text[:-1]:
        state = session.run(writer.final_state, {writer.x: [[CODE[c]]], writer.initial_state: state})
    for _ in range(40):
        probs, state = session.run([writer.probs, writer.final_state], {writer.x: [[CODE[text[-1]]]], writer.initial_state: state})
        text += CHARS[np.argmax(probs[0])]
    print(text)
