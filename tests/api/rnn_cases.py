"""tf.nn.rnn_cell, the layers under it, and the functions that apply cells: results, shapes, names, and what goes wrong."""
C = tf.nn.rnn_cell
tf.set_random_seed(7)
x = tf.placeholder_with_default(np.arange(24).reshape(2, 4, 3).astype(np.float32) / 24, [None, 4, 3], name="x")

def run(*fetches):
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        return s.run(fetches)

def names():
    return [v.name for v in tf.global_variables()]

#: cells: one step of each
row = x[:, 0, :]
cell = C.BasicRNNCell(2)
run(cell(row, cell.zero_state(2, tf.float32)))
cell = C.GRUCell(2)
run(cell(row, cell.zero_state(2, tf.float32)))
cell = C.BasicLSTMCell(2, forget_bias=0.25)
run(cell(row, C.LSTMStateTuple(tf.ones([2, 2]), tf.ones([2, 2]))))
cell = C.BasicLSTMCell(2, state_is_tuple=False, activation=tf.nn.relu, name="flat")
run(cell(row, tf.ones([2, 4])))
cell = C.LSTMCell(2)
run(cell(row, (tf.ones([2, 2]), tf.ones([2, 2]))))
cell = C.LSTMCell(3, use_peepholes=True, cell_clip=0.25, num_proj=2, proj_clip=0.125, initializer=tf.ones_initializer(), name="full")
run(cell(row, cell.zero_state(2, tf.float32)))
cell = C.LSTMCell(3, use_peepholes=True, num_proj=2, state_is_tuple=False, name="flat_full")
run(cell(row, tf.ones([2, 5])))
cell = C.MultiRNNCell([C.GRUCell(2), C.BasicRNNCell(3)])
run(cell(row, cell.zero_state(2, tf.float32)))
cell = C.MultiRNNCell([C.GRUCell(2), C.BasicRNNCell(3)], state_is_tuple=False)
with tf.variable_scope("flat_multi"): y = run(cell(row, cell.zero_state(2, tf.float32)))
y
cell = C.ResidualWrapper(C.BasicRNNCell(3, name="residual"))
run(cell(row, cell.zero_state(2, tf.float32)))
cell = C.ResidualWrapper(C.BasicRNNCell(2, name="residual2"), lambda i, o: o * 2 + tf.reduce_sum(i))
run(cell(row, cell.zero_state(2, tf.float32)))
cell = C.DeviceWrapper(C.BasicRNNCell(2, name="on_device"), "/cpu:0")
out, state = cell(row, cell.zero_state(2, tf.float32))
run(out), out.device, cell.zero_state(2, tf.float32).device
names()
sorted(tf.get_default_graph().get_all_collection_keys())

#: cells: sizes and states
C.LSTMStateTuple(1, 2), C.LSTMStateTuple(tf.zeros([1]), tf.zeros([1])).dtype, C.LSTMStateTuple(tf.zeros([1]), tf.zeros([1], tf.int32)).dtype
C.BasicRNNCell(2).state_size, C.BasicRNNCell(2).output_size, C.GRUCell(3).state_size, C.BasicLSTMCell(3).state_size
C.BasicLSTMCell(3, state_is_tuple=False).state_size, C.LSTMCell(3, num_proj=2).state_size, C.LSTMCell(3, num_proj=2, state_is_tuple=False).state_size
C.LSTMCell(3, num_proj=2).output_size, C.MultiRNNCell([C.GRUCell(2), C.LSTMCell(3)]).state_size, C.MultiRNNCell((C.GRUCell(2), C.BasicRNNCell(3)), False).state_size
C.MultiRNNCell([C.GRUCell(2), C.LSTMCell(3)]).output_size, C.DropoutWrapper(C.GRUCell(2)).state_size, C.ResidualWrapper(C.GRUCell(2)).output_size
C.GRUCell(3).zero_state(2, tf.float64), C.GRUCell(3).zero_state(tf.placeholder(tf.int32, []), tf.float16), C.GRUCell(3).zero_state(tf.constant(4), tf.float32)
C.LSTMCell(3).zero_state(2, tf.float32), C.MultiRNNCell([C.GRUCell(2), C.LSTMCell(3)]).zero_state(1, tf.float32)
C.GRUCell(3).zero_state(tf.constant([4, 5]), tf.float32), C.GRUCell(3).zero_state(tf.zeros([1, 1], tf.int32), tf.float32), C.GRUCell(3).zero_state(None, tf.float32)
C.GRUCell(3).get_initial_state(x), C.GRUCell(3).get_initial_state(tf.zeros([5, 1])), C.GRUCell(3).get_initial_state(batch_size=3, dtype=tf.float32)
C.GRUCell(3).get_initial_state(tf.zeros([5, 1]), batch_size=4), C.GRUCell(3).get_initial_state(tf.zeros([5, 1]), batch_size=tf.constant(5))
C.GRUCell(3).get_initial_state(tf.zeros([5, 1]), dtype=tf.float64), C.GRUCell(3).get_initial_state(batch_size=3), C.GRUCell(3).get_initial_state()
C.RNNCell().state_size, C.RNNCell().output_size, C.RNNCell().zero_state(1, tf.float32)
C.RNNCell()(tf.zeros([1, 2]), tf.zeros([1, 2]))

#: cells: variables, names and scopes
cell = C.BasicLSTMCell(2)
cell.name, cell.dtype, cell.built, cell.variables, cell.graph, cell.trainable, cell.input_spec
cell.scope_name
cell.count_params()
o, s = cell(x[:, 0], cell.zero_state(2, tf.float32))
o, s, cell.name, cell.dtype, cell.built, cell.scope_name, cell.count_params(), cell.graph is tf.get_default_graph()
cell.trainable_weights, cell.non_trainable_weights, cell.weights, cell.trainable_variables, cell.losses, cell.updates
o, s = cell(x[:, 1], s)
o, s, len(cell.variables)
other = C.BasicLSTMCell(2)
other.name, other(x[:, 0], s)[0], other.variables
C.BasicLSTMCell(2, name="own").name, C.BasicLSTMCell(2, name="own")(x[:, 0], s)[0], names()
C.BasicLSTMCell(2, name="own")(x[:, 0], s)[0]
C.BasicLSTMCell(2, name="own", reuse=True)(x[:, 0], s)[0]
C.BasicLSTMCell(2, name="own", reuse=tf.AUTO_REUSE)(x[:, 0], s)[0]
C.BasicLSTMCell(2, name="nowhere", reuse=True)(x[:, 0], s)[0]
with tf.variable_scope("outer"): print(C.BasicLSTMCell(2)(x[:, 0], s)[0])
with tf.variable_scope("outer", reuse=True): print(C.BasicLSTMCell(2)(x[:, 0], s)[0])
with tf.variable_scope("outer", reuse=tf.AUTO_REUSE): print(C.BasicLSTMCell(2)(x[:, 0], s)[0])
with tf.variable_scope("outer"): print(C.BasicLSTMCell(2)(x[:, 0], s)[0])
names()
C.GRUCell(2, trainable=False)(x[:, 0], tf.zeros([2, 2]))[0], len(tf.trainable_variables()), len(tf.global_variables())
C.GRUCell(2, dtype=tf.float64)(x[:, 0], tf.zeros([2, 2]))
C.GRUCell(2)(tf.cast(x[:, 0], tf.float64), tf.zeros([2, 2], tf.float64))[0]

#: cells: names of cells in scopes, given and called with
cell = C.GRUCell(2)
cell(x[:, 0], tf.zeros([2, 2]), scope="first")[0]
cell(x[:, 0], tf.zeros([2, 2]), scope="second")[0]
cell(x[:, 0], tf.zeros([2, 2]), "third")[0]
with tf.variable_scope("here") as here: pass
C.GRUCell(2)(x[:, 0], tf.zeros([2, 2]), scope=here)[0]
C.DropoutWrapper(C.GRUCell(2))(x[:, 0], tf.zeros([2, 2]), scope="dropped")[0]
C.MultiRNNCell([C.GRUCell(2), C.GRUCell(2)])(x[:, 0], (tf.zeros([2, 2]), tf.zeros([2, 2])))[0]
C.MultiRNNCell([C.GRUCell(2), C.GRUCell(2)])(x[:, 0], (tf.zeros([2, 2]), tf.zeros([2, 2])), scope="many")[0]
names()
multi = C.MultiRNNCell([C.GRUCell(2), C.GRUCell(2)])
multi(x[:, 0], (tf.zeros([2, 2]), tf.zeros([2, 2])))[0]
multi = C.MultiRNNCell([C.GRUCell(2), C.GRUCell(2)], reuse=True)
shared = C.GRUCell(3)
multi = C.MultiRNNCell([shared, shared])
with tf.variable_scope("sharing"): print(multi(x[:, 0], (tf.zeros([2, 3]), tf.zeros([2, 3])))[0])
[v.name for v in multi.variables], [v.name for v in shared.variables], names()

#: cells: configurations
C.BasicRNNCell(2, activation="relu").get_config(), C.GRUCell(2, kernel_initializer="ones").get_config()
C.BasicLSTMCell(2, name="n", dtype=tf.float64).get_config()
C.LSTMCell(2, initializer=tf.constant_initializer(3), num_proj=4).get_config()
C.LSTMCell(2, initializer={"class_name": "RandomUniform", "config": {"seed": 3}}).get_config()["initializer"]
C.GRUCell(2, kernel_initializer="uniform").get_config()["kernel_initializer"], C.GRUCell(2, kernel_initializer="he_normal").get_config()["kernel_initializer"]
C.GRUCell(2, kernel_initializer="nothing"), C.GRUCell(2, kernel_initializer=3), C.GRUCell(2, kernel_initializer={"a": 1})
C.GRUCell(2, activation="nothing"), C.GRUCell(2, activation=3), C.GRUCell(2, activation="hard_sigmoid").get_config()["activation"]
C.GRUCell(2, unknown=3), C.RNNCell(2, 3, 4, 5), C.BasicLSTMCell()
C.GRUCell(2, input_shape=(3,)).get_config()
C.GRUCell.from_config({"num_units": 3, "name": "again"}).state_size
[run(C.BasicRNNCell(2, activation=a)(x[:, 0], tf.zeros([2, 2]))[0]) for a in ("elu", "selu", "softplus", "softsign", "relu", "tanh", "sigmoid", "hard_sigmoid", "linear", "softmax")]

#: cells: what goes wrong
cell = C.BasicLSTMCell(2)
cell(tf.zeros([1, 2]), tf.zeros([1, 2]))
cell(tf.zeros([2]), cell.zero_state(2, tf.float32)), cell(tf.placeholder(tf.float32), cell.zero_state(2, tf.float32)), cell(tf.zeros([1, 2, 3]), cell.zero_state(2, tf.float32))
C.GRUCell(2)(tf.placeholder(tf.float32, [3, None]), tf.zeros([3, 2])), C.LSTMCell(2)(tf.placeholder(tf.float32, [3, None]), (tf.zeros([3, 2]), tf.zeros([3, 2])))
C.GRUCell(2)([tf.zeros([1, 2]), tf.zeros([1, 2])], tf.zeros([3, 2]))
C.GRUCell(2)(tf.zeros([1, 2]), tf.zeros([3, 2])), C.GRUCell(2)(tf.zeros([3, 2]), tf.zeros([3, 3]))
C.GRUCell(2)(tf.zeros([3, 2]), tf.zeros([3, 2], tf.float64)), C.GRUCell(2)(tf.zeros([3, 2], tf.int32), tf.zeros([3, 2], tf.int32))
C.MultiRNNCell([]), C.MultiRNNCell(C.GRUCell(2)), C.MultiRNNCell([C.LSTMCell(2)], state_is_tuple=False)
C.MultiRNNCell([C.GRUCell(2), C.GRUCell(2)])(tf.zeros([1, 2]), tf.zeros([1, 2]))
C.DropoutWrapper(3), C.DropoutWrapper(C.GRUCell), C.DropoutWrapper(C.GRUCell(2), input_keep_prob=1.5), C.DropoutWrapper(C.GRUCell(2), output_keep_prob=-1)
C.DropoutWrapper(C.GRUCell(2), dropout_state_filter_visitor=3), C.DropoutWrapper(C.GRUCell(2), variational_recurrent=True)
C.DropoutWrapper(C.GRUCell(2), input_keep_prob=0.5, variational_recurrent=True, dtype=tf.float32)
C.DropoutWrapper(C.GRUCell(2), input_keep_prob=0.)(tf.zeros([1, 2]), tf.zeros([1, 2]))
C.DropoutWrapper(C.LSTMCell(2), state_keep_prob=0.5, dropout_state_filter_visitor=lambda s: 3)(tf.zeros([1, 2]), (tf.zeros([1, 2]), tf.zeros([1, 2])))
C.DropoutWrapper(C.LSTMCell(2), state_keep_prob=0.5, dropout_state_filter_visitor=lambda s: (1, 2))(tf.zeros([1, 2]), (tf.zeros([1, 2]), tf.zeros([1, 2])))
C.DropoutWrapper(C.GRUCell(2), state_keep_prob=0.5, dropout_state_filter_visitor=lambda s: (True,))(tf.zeros([1, 2]), tf.zeros([1, 2]))
C.ResidualWrapper(C.GRUCell(2))(tf.zeros([1, 3]), tf.zeros([1, 2]))
g = tf.Graph()
with g.as_default(): y = tf.zeros([1, 2])
cell = C.GRUCell(2)
cell(tf.zeros([1, 2]), tf.zeros([1, 2]))[0]
with g.as_default(): cell(y, tf.zeros([1, 2]))

#: cells: dropout
ones = tf.ones([3, 8])
cell = C.DropoutWrapper(C.BasicRNNCell(4), input_keep_prob=0.5, output_keep_prob=0.5, state_keep_prob=0.5, seed=5)
run(cell(ones, tf.ones([3, 4])))
cell = C.DropoutWrapper(C.LSTMCell(4), state_keep_prob=0.5, seed=5)
run(cell(ones, (tf.ones([3, 4]), tf.ones([3, 4]))))
cell = C.DropoutWrapper(C.LSTMCell(4, name="v"), state_keep_prob=0.5, input_keep_prob=0.5, output_keep_prob=tf.constant(0.5), seed=5, variational_recurrent=True, dtype=tf.float32, input_size=8)
run(tf.nn.dynamic_rnn(cell, tf.ones([3, 2, 8]), dtype=tf.float32))
cell = C.DropoutWrapper(C.MultiRNNCell([C.LSTMCell(2), C.GRUCell(3)]), state_keep_prob=0.5, seed=5, dropout_state_filter_visitor=lambda s: not isinstance(s, C.LSTMStateTuple))
run(tf.nn.dynamic_rnn(cell, tf.ones([3, 2, 8]), dtype=tf.float32, scope="visited", parallel_iterations=1))
cell = C.DropoutWrapper(C.GRUCell(3), output_keep_prob=0.5)
run(tf.nn.dynamic_rnn(cell, tf.ones([3, 2, 8]), dtype=tf.float32, scope="unseeded", parallel_iterations=1))
cell.wrapped_cell.name, cell.name, [v.name for v in cell.variables], [v.name for v in cell.wrapped_cell.variables]

#: dynamic_rnn: results
o, s = tf.nn.dynamic_rnn(C.BasicLSTMCell(2), x, dtype=tf.float32)
o, s, run(o, s)
o, s = tf.nn.dynamic_rnn(C.BasicLSTMCell(2), x, sequence_length=[1, 3], dtype=tf.float32, scope="a")
o, s, run(o, s)
o, s = tf.nn.dynamic_rnn(C.BasicLSTMCell(2), x, sequence_length=[0, 0], initial_state=C.LSTMStateTuple(tf.ones([2, 2]), tf.zeros([2, 2])), scope="b")
o, s, run(o, s)
o, s = tf.nn.dynamic_rnn(C.GRUCell(2), tf.transpose(x, [1, 0, 2]), sequence_length=tf.constant([4, 2], tf.int64), dtype=tf.float32, time_major=True, scope="c")
o, s, run(o, s)
o, s = tf.nn.dynamic_rnn(C.MultiRNNCell([C.GRUCell(2), C.LSTMCell(3)]), x, dtype=tf.float32, scope="d", swap_memory=True, parallel_iterations=1)
o, s, run(o, s)
o, s = tf.nn.dynamic_rnn(C.GRUCell(2), tf.zeros([0, 4, 3]), dtype=tf.float32, scope="e")
o, s, run(o, s)
o, s = tf.nn.dynamic_rnn(C.GRUCell(2), tf.zeros([2, 0, 3]), dtype=tf.float32, scope="f")
o, s, run(o, s)
o, s = tf.nn.dynamic_rnn(C.GRUCell(2), tf.placeholder(tf.float16, [None, None, 3]), dtype=tf.float16, scope="g")
o, s
y = tf.placeholder_with_default(np.ones([3, 5, 3]), [3, None, 3])
o, s = tf.nn.dynamic_rnn(C.GRUCell(2), y, tf.placeholder_with_default([1, 0, 5], [None]), dtype=tf.float64, scope="h")
o, s, run(o, s)
run(tf.gradients(o, tf.trainable_variables("h")), tf.gradients(o, y)[0])
class Own(C.RNNCell):
    state_size = property(lambda self: (2, tf.TensorShape([2, 1])))
    output_size = property(lambda self: (2, tf.TensorShape([2, 1])))
    def call(self, inputs, state):
        a, b = inputs
        return (state[0] + a, state[1] - b), (state[0] + a, state[1] - b)
o, s = tf.nn.dynamic_rnn(Own(), (tf.ones([3, 4, 2]), tf.ones([3, 4, 2, 1])), [1, 2, 3], dtype=tf.float32)
o, s, run(o, s)
names()

#: dynamic_rnn: what goes wrong
cell = C.BasicLSTMCell(4)
tf.nn.dynamic_rnn(cell, tf.ones([2, 3, 4])), tf.nn.dynamic_rnn(3, tf.ones([2, 3, 4]), dtype=tf.float32), tf.nn.dynamic_rnn(C.GRUCell, tf.ones([2, 3, 4]), dtype=tf.float32)
tf.nn.dynamic_rnn(cell, tf.ones([2, 3]), dtype=tf.float32), tf.nn.dynamic_rnn(cell, tf.ones([2]), dtype=tf.float32), tf.nn.dynamic_rnn(cell, tf.placeholder(tf.float32), dtype=tf.float32)
tf.nn.dynamic_rnn(cell, tf.placeholder(tf.float32, [2, 3, None]), dtype=tf.float32), tf.nn.dynamic_rnn(cell, [], dtype=tf.float32)
tf.nn.dynamic_rnn(cell, (tf.ones([2, 3, 4]), tf.ones([3, 3, 4])), dtype=tf.float32), tf.nn.dynamic_rnn(cell, (tf.ones([2, 3, 4]), tf.ones([2, 4, 4])), dtype=tf.float32)
tf.nn.dynamic_rnn(cell, tf.ones([2, 3, 4]), sequence_length=3, dtype=tf.float32), tf.nn.dynamic_rnn(cell, tf.ones([2, 3, 4]), sequence_length=[[3, 3]], dtype=tf.float32)
tf.nn.dynamic_rnn(cell, tf.ones([2, 3, 4]), dtype=tf.float32, parallel_iterations=1.5), tf.nn.dynamic_rnn(cell, tf.ones([2, 3, 4]), dtype=tf.float32, parallel_iterations=-1)
tf.nn.dynamic_rnn(C.GRUCell(2), tf.ones([2, 3, 4]), initial_state=tf.ones([3, 2])), tf.nn.dynamic_rnn(C.GRUCell(2), tf.ones([2, 3, 4]), initial_state=tf.ones([2, 3]))
tf.nn.dynamic_rnn(C.GRUCell(2), tf.ones([2, 3, 4]), dtype=tf.float64)
tf.nn.dynamic_rnn(C.LSTMCell(2), tf.ones([2, 3, 4]), initial_state=[tf.ones([2, 2])]), tf.nn.dynamic_rnn(C.LSTMCell(2), tf.ones([2, 3, 4]), initial_state=(tf.ones([2, 2]), tf.ones([2, 2])))
o, s = tf.nn.dynamic_rnn(C.GRUCell(2), tf.ones([2, 3, 4]), sequence_length=tf.placeholder_with_default([1, 2, 3], [None]), dtype=tf.float32, scope="z")
run(o)
tf.nn.dynamic_rnn(C.GRUCell(2), tf.ones([2, 3, 4]), dtype=tf.float32, scope="z")
c = C.BasicLSTMCell(4)
tf.nn.dynamic_rnn(c, tf.ones([2, 3, 4]), dtype=tf.float32, scope="y")[0]
tf.nn.dynamic_rnn(c, tf.ones([2, 3, 5]), dtype=tf.float32, scope="y")[0]
tf.nn.dynamic_rnn(C.LSTMCell(2), tf.ones([2, 3, 4]), initial_state=C.LSTMStateTuple(tf.ones([2, 2]), tf.ones([2, 2], tf.float64)))

#: bidirectional_dynamic_rnn
(f, b), (sf, sb) = tf.nn.bidirectional_dynamic_rnn(C.GRUCell(2), C.LSTMCell(3), x, dtype=tf.float32)
f, b, sf, sb, run(f, b, sf, sb)
(f, b), (sf, sb) = tf.nn.bidirectional_dynamic_rnn(C.GRUCell(2), C.BasicRNNCell(2), x, [2, 3], dtype=tf.float32, scope="s")
f, b, sf, sb, run(f, b, sf, sb)
(f, b), (sf, sb) = tf.nn.bidirectional_dynamic_rnn(C.GRUCell(2), C.BasicRNNCell(2), tf.transpose(x, [1, 0, 2]), [2, 3], tf.ones([2, 2]), tf.zeros([2, 2]), time_major=True, scope="t")
f, b, sf, sb, run(f, b, sf, sb)
tf.nn.bidirectional_dynamic_rnn(C.GRUCell(2), 3, x, dtype=tf.float32), tf.nn.bidirectional_dynamic_rnn(3, C.GRUCell(2), x, dtype=tf.float32)
names()

#: static_rnn
steps = tf.unstack(x, axis=1)
o, s = tf.nn.static_rnn(C.LSTMCell(2), steps, dtype=tf.float32)
o, s, run(o, s)
o, s = tf.nn.static_rnn(C.GRUCell(2), steps, sequence_length=[1, 3], dtype=tf.float32, scope="a")
o, s, run(o, s)
o, s = tf.nn.static_rnn(C.LSTMCell(2), steps, tf.nn.rnn_cell.LSTMStateTuple(tf.ones([2, 2]), tf.ones([2, 2])), sequence_length=tf.constant([0, 0], tf.int64), scope="b")
o, s, run(o, s)
run(tf.gradients(o[-1] + o[0], [steps[0]]))
o, s = tf.nn.static_rnn(C.GRUCell(2), [tf.ones([5, 3])] * 2, sequence_length=tf.placeholder_with_default([2, 2, 2, 1, 1], [None]), dtype=tf.float32, scope="c")
o, s, run(o, s, tf.gradients(o, tf.trainable_variables("c")))
tf.nn.static_rnn(C.GRUCell(2), [], dtype=tf.float32), tf.nn.static_rnn(C.GRUCell(2), x, dtype=tf.float32), tf.nn.static_rnn(3, [x], dtype=tf.float32)
tf.nn.static_rnn(C.GRUCell(2), steps), tf.nn.static_rnn(C.GRUCell(2), [tf.placeholder(tf.float32, [2, None])], dtype=tf.float32)
tf.nn.static_rnn(C.GRUCell(2), [tf.ones([2, 3]), tf.ones([3, 3])], dtype=tf.float32), tf.nn.static_rnn(C.GRUCell(2), steps, dtype=tf.float32, sequence_length=3)
tf.nn.static_rnn(C.GRUCell(2), steps, dtype=tf.float32, scope="a"), names()

#: static_bidirectional_rnn and static_state_saving_rnn
steps = tf.unstack(x, axis=1)
o, sf, sb = tf.nn.static_bidirectional_rnn(C.GRUCell(2), C.LSTMCell(3), steps, dtype=tf.float32)
o, sf, sb, run(o, sf, sb)
o, sf, sb = tf.nn.static_bidirectional_rnn(C.GRUCell(2), C.GRUCell(2), steps, sequence_length=[2, 3], dtype=tf.float32, scope="s")
o, sf, sb, run(o, sf, sb)
tf.nn.static_bidirectional_rnn(C.GRUCell(2), 3, steps, dtype=tf.float32), tf.nn.static_bidirectional_rnn(C.GRUCell(2), C.GRUCell(2), 3, dtype=tf.float32), tf.nn.static_bidirectional_rnn(C.GRUCell(2), C.GRUCell(2), [], dtype=tf.float32)
class Saver(object):
    saved = {}
    def state(self, name): return tf.ones([2, 2])
    def save_state(self, name, value):
        self.saved[name] = value
        return tf.no_op(name="save_" + name)
saver = Saver()
o, s = tf.nn.static_state_saving_rnn(C.LSTMCell(2), steps, saver, ("c", "h"), scope="saving")
o, s, run(o, s), sorted(saver.saved.items()), o[-1].op.control_inputs
o, s = tf.nn.static_state_saving_rnn(C.GRUCell(2), steps, saver, "g", sequence_length=[1, 2], scope="saving1")
o, s, run(o, s)
tf.nn.static_state_saving_rnn(C.LSTMCell(2), steps, saver, "c"), tf.nn.static_state_saving_rnn(C.GRUCell(2), steps, saver, ("c",)), tf.nn.static_state_saving_rnn(C.LSTMCell(2), steps, saver, ("c",))

#: raw_rnn
cell = C.LSTMCell(2)
inputs = tf.TensorArray(tf.float32, size=4).unstack(tf.transpose(x, [1, 0, 2]))
def loop_fn(time, output, state, loop_state):
    if output is None:
        return tf.constant([False, False]), inputs.read(0), cell.zero_state(2, tf.float32), None, None
    finished = time >= tf.constant([3, 4])
    return finished, tf.cond(tf.reduce_all(finished), lambda: tf.zeros([2, 3]), lambda: inputs.read(time)), state, output, None
ta, state, loop_state = tf.nn.raw_rnn(cell, loop_fn)
out = ta.stack()
out, state, loop_state, run(out, state)
run(tf.gradients(out, tf.trainable_variables()))
def counting(time, output, state, loop_state):
    if output is None:
        return time >= tf.constant([1, 2]), tf.ones([2, 3]), C.LSTMStateTuple(tf.zeros([2, 2]), tf.zeros([2, 2])), {"twice": tf.zeros([2]), "time": tf.zeros([], tf.int32)}, tf.constant(1)
    return time >= tf.constant([1, 2]), tf.ones([2, 3]), state, {"twice": output * 2, "time": tf.fill([2], time)}, loop_state * 3
ta, state, loop_state = tf.nn.raw_rnn(cell, counting, parallel_iterations=2, scope="again")
run(ta["twice"].stack(), ta["time"].stack(), state, loop_state)
tf.nn.raw_rnn(cell, 3), tf.nn.raw_rnn(3, loop_fn), tf.nn.raw_rnn(cell, lambda *a: 3), tf.nn.raw_rnn(cell, lambda *a: (tf.constant([True]), tf.ones([1, 3]), tf.ones([1, 2]), None, None))
names()

#: layers: a layer of one's own
class Scale(tf.layers.Layer):
    def build(self, shape):
        self.w = self.add_variable("w", [int(shape[-1])], initializer=tf.ones_initializer(), regularizer=lambda w: tf.reduce_sum(w) * .5)
        self.n = self.add_weight("n", [], dtype=tf.int32, trainable=False)
        self.add_update(tf.assign_add(self.n, 1))
        super(Scale, self).build(shape)
    def call(self, inputs):
        self.add_loss(tf.reduce_mean(inputs), inputs=inputs)
        return inputs * self.w
layer = Scale(activity_regularizer=tf.reduce_max)
layer.name, layer.variables, layer.losses
y = layer(x)
y, layer.name, layer.trainable_variables, layer.non_trainable_variables, layer.updates, layer.get_updates_for(None), layer.get_updates_for(x)
layer.get_losses_for(x), layer.get_losses_for(None), layer.dtype, layer.activity_regularizer is tf.reduce_max
layer.losses, tf.get_collection("regularization_losses"), tf.get_collection(tf.GraphKeys.UPDATE_OPS)
layer.apply(x), run(y, layer.losses), layer.count_params(), layer.scope_name, layer.get_config()
layer.input, layer.output, layer.input_shape, layer.output_shape, layer.compute_mask(x), layer.compute_mask(x, x)
layer.trainable = False
layer.trainable_variables, layer.non_trainable_variables, layer.updates
with tf.variable_scope("s", reuse=tf.AUTO_REUSE): print(Scale()(x), Scale(name="t")(x), Scale(name="t")(x), Scale(_scope="u")(x), Scale(_reuse=True, name="t")(x))
names()
class Bad(tf.layers.Layer):
    def call(self, inputs): return None
Bad()(x), Bad(3, 4, 5), Bad(unknown=1), Bad(name="bad").name, Bad().name, Bad().name
class Spec(tf.layers.Layer):
    def __init__(self, spec): super(Spec, self).__init__(); self.input_spec = spec
I = tf.layers.InputSpec
I(ndim=2), I(shape=(3, None)), I(dtype=tf.float32, axes={-1: 3}), I(max_ndim=3, min_ndim=2)
Spec(I(ndim=2))(x), Spec(I(min_ndim=4))(x), Spec(I(max_ndim=2))(x), Spec(I(dtype=tf.int32))(x), Spec(I(axes={-1: 4}))(x), Spec(I(shape=(2, 4, 4)))(x)
Spec([I(ndim=3), I(ndim=3)])(x), Spec(I(ndim=3))(tf.placeholder(tf.float32)), Spec(I(shape=(None, 4, 3), axes={1: 4, -1: 3}, dtype=tf.float32))(x), Spec([None])(x)
class Wants(tf.layers.Layer):
    def call(self, inputs, scope=None): return inputs * 2, scope.name
Wants()(x), Wants()(x, scope="mine")
class Private_(tf.layers.Layer): pass
class _Hidden(tf.layers.Layer): pass
Private_().name, _Hidden().name, type("LSTM2dNet", (tf.layers.Layer,), {})().name
Scale(name="q").add_weight("v", [2], dtype=tf.string), Scale(name="q2").add_weight("v", [2], dtype=tf.bool), Scale(name="q3").add_weight("v", [2], trainable=True, synchronization=tf.VariableSynchronization.ON_READ)
Scale(name="q4").add_weight("v", [2], trainable=None, synchronization=tf.VariableSynchronization.ON_READ), Scale(name="q5").add_weight("v", [2], use_resource=True), Scale(name="q6").add_weight("v", [4], partitioner=tf.fixed_size_partitioner(2))

#: modules of other versions
from tensorflow.python.ops import rnn, rnn_cell, rnn_cell_impl
from tensorflow.python.ops.rnn_cell_impl import _concat, LSTMStateTuple, LayerRNNCell, assert_like_rnncell
rnn.dynamic_rnn is tf.nn.dynamic_rnn, rnn.static_rnn is tf.nn.static_rnn, rnn_cell.GRUCell is C.GRUCell, rnn_cell_impl.MultiRNNCell is C.MultiRNNCell, rnn_cell_impl.RNNCell is C.RNNCell
_concat(2, 3), _concat(tf.constant(2), [3, 4]), _concat(None, 3), _concat(None, 3, static=True), _concat(tf.placeholder(tf.int32, []), 3, static=True), _concat([2, 3], tf.TensorShape([4]), static=True)
rnn._transpose_batch_time(x), rnn._transpose_batch_time(tf.zeros([2])), rnn._transpose_batch_time(tf.placeholder(tf.float32))
from tensorflow.python.layers import base
base.Layer is tf.layers.Layer, base.InputSpec is tf.layers.InputSpec
