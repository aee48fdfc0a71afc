"""tf.contrib.legacy_seq2seq over symbols: embeddings, attention, several decoders, buckets."""

L = tf.contrib.legacy_seq2seq
g = lambda: print("\n".join("%s %s %s" % (n.name, n.op, list(n.input)) for n in tf.get_default_graph().as_graph_def().node))
rnn = tf.nn.rnn_cell
enc = lambda n=2: [tf.constant(i, tf.int32, shape=[2], name="e%d" % i) for i in range(n)]
dec = lambda n=3: [tf.constant(i, tf.int32, shape=[2], name="d%d" % i) for i in range(n)]
vars_ = lambda: print("\n".join("%s %s" % (v.name, v.shape) for v in tf.global_variables()))
init = tf.variable_scope("root", initializer=tf.constant_initializer(0.5))
show = lambda v, feed=None: [np.round(np.asarray(a, np.float64), 4).tolist() for a in ev(v, feed)]

#: embedding_rnn_decoder
with init:
    outs, state = L.embedding_rnn_decoder(dec(), tf.ones([2, 4]), rnn.GRUCell(4), 5, 3)
    print(outs, state)
    w, b = tf.get_variable("w", [4, 5]), tf.get_variable("b", [5])
    two = L.embedding_rnn_decoder(dec(), tf.ones([2, 4]), rnn.GRUCell(4), 5, 3, output_projection=(w, b), feed_previous=True, scope="other")
show([outs, state, two[0]]), vars_()
L.embedding_rnn_decoder(dec(), tf.ones([2, 4]), rnn.GRUCell(4), 6, 3, output_projection=(w, b), scope="bad")
g()

#: embedding_rnn_seq2seq
with init:
    outs, state = L.embedding_rnn_seq2seq(enc(), dec(), rnn.BasicLSTMCell(2), 3, 4, 2)
    p = tf.placeholder(tf.bool, [], name="p")
    both, s = L.embedding_rnn_seq2seq(enc(), dec(2), rnn.BasicLSTMCell(2), 3, 4, 2, feed_previous=p, scope="both")
outs, state, both, s
show([outs, state]), show([both, s], {p: True}), show([both, s], {p: False}), vars_()
grads = tf.gradients(both[1], tf.trainable_variables())
[t if t is None else type(t).__name__ for t in grads]
g()

#: embedding_tied_rnn_seq2seq
with init:
    outs, state = L.embedding_tied_rnn_seq2seq(enc(), dec(), rnn.GRUCell(2), 4, 2, num_decoder_symbols=3)
    fed, s = L.embedding_tied_rnn_seq2seq(enc(), dec(), rnn.GRUCell(2), 4, 2, feed_previous=True, scope="fed")
    p = tf.placeholder(tf.bool, [], name="p")
    both, t = L.embedding_tied_rnn_seq2seq(enc(), dec(2), rnn.BasicLSTMCell(2), 4, 2, feed_previous=p, scope="both")
outs, state, t
show([outs, state, fed, s]), show([both, t], {p: True}), show([both, t], {p: False}), vars_()
g()

#: attention_decoder
inp = [tf.constant(0.1 * i, shape=[2, 3]) for i in range(3)]
states = tf.constant(np.linspace(-1, 1, 16).reshape(2, 4, 2), tf.float32)
with init:
    outs, state = L.attention_decoder(inp, tf.ones([2, 4]), states, rnn.GRUCell(4), output_size=5)
    two = L.attention_decoder(inp[:2], rnn.LSTMStateTuple(tf.ones([2, 4]), tf.zeros([2, 4])), states, rnn.BasicLSTMCell(4), num_heads=2, scope="heads",
                              initial_state_attention=True, loop_function=lambda prev, i: tf.identity(prev[:, :3]))
outs, state, two
show([outs, state, two[0], two[1]]), vars_()
L.attention_decoder([], tf.ones([2, 4]), states, rnn.GRUCell(4))
L.attention_decoder(inp, tf.ones([2, 4]), states, rnn.GRUCell(4), num_heads=0)
L.attention_decoder(inp, tf.ones([2, 4]), tf.placeholder(tf.float32, [2, 4, None]), rnn.GRUCell(4))
L.attention_decoder([tf.placeholder(tf.float32, [2, None])], tf.ones([2, 4]), states, rnn.GRUCell(4), scope="x")
g()

#: embedding_attention_seq2seq
with init:
    outs, state = L.embedding_attention_seq2seq(enc(3), dec(2), rnn.GRUCell(2), 4, 5, 3)
    p = tf.placeholder(tf.bool, [], name="p")
    w, b = tf.get_variable("w", [2, 5]), tf.get_variable("b", [5])
    cell = rnn.MultiRNNCell([rnn.BasicLSTMCell(2), rnn.BasicLSTMCell(2)])
    both, s = L.embedding_attention_seq2seq(enc(2), dec(2), cell, 4, 5, 3, feed_previous=p, output_projection=(w, b), num_heads=2, scope="both")
outs, state, both, s
show([outs, state]), show([both, s], {p: True}), show([both, s], {p: False}), vars_()
g()

#: one2many_rnn_seq2seq
with init:
    outs, states = L.one2many_rnn_seq2seq(enc(), {"a": dec(2)}, rnn.GRUCell(2), {"a": rnn.GRUCell(2)}, 3, {"a": 4}, 2)
    p = tf.placeholder(tf.bool, [], name="p")
    both, s = L.one2many_rnn_seq2seq(enc(), {"b": dec(2)}, rnn.GRUCell(2), {"b": rnn.GRUCell(2)}, 3, {"b": 4}, 2, feed_previous=p, scope="both")
outs, states, both, s
show([outs["a"], states["a"]]), show([both["b"], s["b"]], {p: True}), vars_()
L.one2many_rnn_seq2seq(enc(), {"a": dec(2)}, 3, {"a": rnn.GRUCell(2)}, 3, {"a": 4}, 2)
L.one2many_rnn_seq2seq(enc(), {"a": dec(2)}, rnn.GRUCell(2), {"a": 3}, 3, {"a": 4}, 2)
L.one2many_rnn_seq2seq(enc(), {"a": dec(2)}, rnn.GRUCell(2), {"c": 3}, 3, {"a": 4}, 2)
g()

#: model_with_buckets
f = lambda x, y: L.embedding_rnn_seq2seq(x, y, rnn.GRUCell(2), 4, 4, 2)
weights = [tf.ones([2]) for _ in range(4)]
with init:
    outs, losses = L.model_with_buckets(enc(3), dec(4), dec(4), weights, [(1, 2), (3, 3)], f)
    _, each = L.model_with_buckets(enc(3), dec(4), dec(4), weights, [(1, 2), (3, 3)], lambda x, y: L.basic_rnn_seq2seq([tf.ones([2, 2])], [tf.ones([2, 2])] * len(y), rnn.GRUCell(4)), per_example_loss=True, name="each")
[len(o) for o in outs], losses, each, show(losses), show(each), vars_()
L.model_with_buckets(enc(2), dec(4), dec(4), weights, [(3, 3)], f)
L.model_with_buckets(enc(3), dec(4), dec(2), weights, [(3, 3)], f)
L.model_with_buckets(enc(3), dec(4), dec(4), weights[:2], [(3, 3)], f)
g()
