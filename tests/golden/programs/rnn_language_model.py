"""A language model of words as the well-known PTB program has it, once unrolled and once by dynamic_rnn with lengths; the state of one
batch is where the next begins."""
import numpy as np
import tensorflow as tf

TEXT = """the cat sat on the mat and the dog sat on the log and the cat saw the dog and the dog saw the cat and they sat on the mat
and the log and the cat ran and the dog ran and they ran on the mat""".split() * 4
WORDS = sorted(set(TEXT))
IDS = np.array([WORDS.index(w) for w in TEXT], np.int32)
BATCH, STEPS, SIZE, LAYERS = 4, 5, 16, 2


def batches():
    rows = IDS[:len(IDS) // BATCH * BATCH].reshape(BATCH, -1)
    for i in range((rows.shape[1] - 1) // STEPS):
        yield rows[:, i * STEPS:(i + 1) * STEPS], rows[:, i * STEPS + 1:(i + 1) * STEPS + 1]


class Model(object):
    def __init__(self, training, dynamic):
        self.x = tf.placeholder(tf.int32, [BATCH, STEPS])
        self.y = tf.placeholder(tf.int32, [BATCH, STEPS])
        keep = 0.9 if training else 1.0

        def layer():
            cell = tf.contrib.rnn.BasicLSTMCell(SIZE, forget_bias=0.0, state_is_tuple=True, reuse=not training)
            return tf.contrib.rnn.DropoutWrapper(cell, output_keep_prob=keep, seed=3) if training else cell
        cell = tf.contrib.rnn.MultiRNNCell([layer() for _ in range(LAYERS)], state_is_tuple=True)
        self.initial_state = cell.zero_state(BATCH, tf.float32)
        with tf.device("/cpu:0"):
            embedding = tf.get_variable("embedding", [len(WORDS), SIZE])
            inputs = tf.nn.embedding_lookup(embedding, self.x)
        if dynamic:
            lengths = tf.fill([BATCH], STEPS)
            outputs, self.final_state = tf.nn.dynamic_rnn(cell, inputs, sequence_length=lengths, initial_state=self.initial_state,
                                                          scope="RNN", parallel_iterations=1)
        else:
            outputs, state = [], self.initial_state
            with tf.variable_scope("RNN"):
                for step in range(STEPS):
                    if step > 0:
                        tf.get_variable_scope().reuse_variables()
                    output, state = cell(inputs[:, step, :], state)
                    outputs.append(output)
            outputs, self.final_state = tf.stack(outputs, 1), state
        output = tf.reshape(outputs, [-1, SIZE])
        logits = tf.matmul(output, tf.get_variable("softmax_w", [SIZE, len(WORDS)])) + tf.get_variable("softmax_b", [len(WORDS)])
        loss = tf.contrib.legacy_seq2seq.sequence_loss_by_example([logits], [tf.reshape(self.y, [-1])], [tf.ones([BATCH * STEPS])])
        self.cost = tf.reduce_sum(loss) / BATCH
        again = tf.contrib.seq2seq.sequence_loss(tf.reshape(logits, [BATCH, STEPS, len(WORDS)]), self.y, tf.ones([BATCH, STEPS]),
                                                 average_across_timesteps=False, average_across_batch=True)
        self.same = tf.reduce_sum(again)
        if not training:
            return
        variables = tf.trainable_variables()
        grads, self.norm = tf.clip_by_global_norm(tf.gradients(self.cost, variables), 5.0)
        self.rate = tf.Variable(1.0, trainable=False)
        self.train = tf.train.GradientDescentOptimizer(self.rate).apply_gradients(
            zip(grads, variables), global_step=tf.train.get_or_create_global_step())


def epoch(session, model, op=None):
    costs, state = 0., session.run(model.initial_state)
    count = 0
    for x, y in batches():
        feed = {model.x: x, model.y: y}
        for (c, h), value in zip(model.initial_state, state):
            feed[c], feed[h] = value.c, value.h
        fetches = [model.cost, model.final_state, model.same] + ([op, model.norm] if op is not None else [])
        found = session.run(fetches, feed)
        cost, state = found[:2]
        assert abs(found[2] - cost) < 1e-3
        costs += cost
        count += STEPS
    return np.exp(costs / count)


for dynamic in False, True:
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        initializer = tf.random_uniform_initializer(-0.1, 0.1)
        with tf.variable_scope("Model", reuse=None, initializer=initializer):
            train = Model(True, dynamic)
        with tf.variable_scope("Model", reuse=True, initializer=initializer):
            test = Model(False, dynamic)
        print("dynamic" if dynamic else "unrolled")
        for v in tf.trainable_variables():
            print("%-60s %s" % (v.name, v.shape))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            print("before: %.2f" % epoch(session, test))
            for i in range(6):
                session.run(train.rate.assign(1.0 * 0.8 ** max(i - 2, 0)))
                print("epoch %d: %.2f" % (i + 1, epoch(session, train, train.train)))
            print("after: %.2f" % epoch(session, test))
