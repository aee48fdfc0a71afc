"""What single operations say when they run, or refuse."""
from tensorflow.python.ops import data_flow_ops, gen_array_ops, gen_data_flow_ops, gen_functional_ops, gen_math_ops, gen_state_ops
from tensorflow.python.framework import function
from tensorflow.python.ops import functional_ops
Defun = function.Defun

def run(fetches):
    with tf.Session() as s:
        return s.run(fetches)

def alone(build):
    with tf.Graph().as_default():
        return run(build())

def sparse(indices, values, shape=None, made=(3, 3)):
    q = data_flow_ops.SparseConditionalAccumulator(tf.float32, shape=made)
    return run(q.apply_grad(indices, values, shape))

@Defun(tf.int32, tf.float32, func_name="ForTwo")
def ForTwo(i, x): return x, x
@Defun(tf.int32, tf.float32, func_name="ForInt")
def ForInt(i, x): return i
@Defun(tf.float32, func_name="One")
def One(x): return x + 1.
@Defun(tf.float32, func_name="Two")
def Two(x): return x + 1., x
@Defun(tf.float32, func_name="Less")
def Less(x): return x < 3.
@Defun(tf.float32, func_name="LessTwo")
def LessTwo(x): return x < 3., x < 2.
@Defun(tf.float32, tf.float32, func_name="Both")
def Both(x, y): return x + y
@Defun(tf.int32, func_name="OfInt")
def OfInt(x): return x + 1
@Defun(tf.float32, func_name="ToInt")
def ToInt(x): return tf.to_int32(x)

#: sparse segments
x = tf.ones([10, 2])
tf.sparse_segment_sum(x, [8, 3, 0, 9], [0, 1, 3, 3], num_segments=-2)
tf.sparse_segment_mean(x, [8, 3, 0, 9], [0, 1, 3, 3], num_segments=-2)
tf.unsorted_segment_sum(x, [0] * 10, -2)
run(tf.gradients(tf.sparse_segment_mean(x, [8, 3, 0, 9], [0, 1, 2, 2], num_segments=5), x))
run(tf.gradients(tf.sparse_segment_sqrt_n(x, [8, 3, 0, 9], [0, 1, 2, 2], num_segments=5), x))
run(gen_math_ops.sparse_segment_mean_grad(tf.ones([3, 2]), [8, 3, 0, 9], [0, 1, 2, 1], 10))
run(gen_math_ops.sparse_segment_sqrt_n_grad(tf.ones([5, 1]), [0, 1], [1, 3], 3))
run(gen_math_ops.sparse_segment_mean_grad(tf.ones([2, 2]), [8, 3, 0, 9], [0, 1, 2, 2], 10))
run(gen_math_ops.sparse_segment_mean_grad(tf.ones([3, 2]), [8, 3, 0, 9], [0, -1, 2, 2], 10))
run(gen_math_ops.sparse_segment_mean_grad(tf.ones([3, 2]), [8, 3, 0, 10], [0, 1, 2, 2], 10))

#: sparse accumulators
sparse([[0, 1], [1, 0]], np.array([1, 2], np.float32))
sparse([0], np.float32(1))
sparse([0, 1], np.array([[0, 1, 1]], np.float32))
sparse(0, [1.0], [], [])
sparse(0, [1.0], None, [])
sparse([0], [[[1.0]]])
sparse([3], [[1., 2., 3.]])
sparse([0], [[1., 2.]])
sparse([0], [[1., 2., 3.]], [4, 3])
sparse([0], [1.], [3, 3])

#: scattering
gen_array_ops.scatter_nd_non_aliasing_add(tf.zeros([0, 3, 2]), tf.zeros([2, 2, 2], tf.int32), tf.zeros([2, 2, 2]))
tf.scatter_nd_add(tf.get_variable("empty", [0, 3, 2]), tf.zeros([2, 2, 2], tf.int32), tf.zeros([2, 2, 2]))

#: results of py_func
run(tf.py_func(lambda: np.array([], dtype=[("a", np.float32)]), [], tf.float32))
run(tf.py_func(lambda: np.zeros(2, "M8[s]"), [], tf.float32))
run(tf.py_func(lambda: np.zeros(2, np.longdouble), [], tf.float32))
run(tf.py_func(lambda: np.array([object()]), [], tf.float32))
run(tf.py_func(lambda: [{}], [], tf.float32))

#: temporary variables, stacks
v = gen_state_ops.temporary_variable([2], tf.float32, var_name="t")
run(gen_state_ops.destroy_temporary_variable(tf.assign(v, [1., 2.]), var_name="t"))
w = gen_state_ops.temporary_variable([2], tf.float32)
w.op.name, run(gen_state_ops.destroy_temporary_variable(tf.assign(w, [1., 2.]), var_name=w.op.name))
run(gen_data_flow_ops._stack(tf.float32, stack_name="foo"))[0]
[x[0] for x in run([tf.identity(gen_data_flow_ops._stack(tf.float32)), gen_data_flow_ops._stack(tf.float32)])]

#: functions that do not fit
alone(lambda: gen_functional_ops._for(0, 3, 1, [tf.constant(1.)], ForTwo))
alone(lambda: gen_functional_ops._for(0, 3, 1, [tf.constant(1.)], ForInt))
alone(lambda: gen_functional_ops._for(0, 3, 1, [tf.constant(1.)], One))
alone(lambda: gen_functional_ops._for(0, 3, 1, [tf.constant(1.)], Both))
alone(lambda: functional_ops.While([1.], Less, One))
alone(lambda: functional_ops.While([1.], LessTwo, One))
alone(lambda: functional_ops.While([1.], Less, Two))
alone(lambda: functional_ops.While([1.], Less, ToInt))
alone(lambda: functional_ops.While([1.], OfInt, One))
alone(lambda: functional_ops.While([1.], Less, Both))
alone(lambda: gen_functional_ops._if(True, [tf.constant(1.)], [tf.float32], Two, One))
alone(lambda: gen_functional_ops._if(False, [tf.constant(1.)], [tf.float32], Two, One))
alone(lambda: gen_functional_ops._if(True, [tf.constant(1.)], [tf.float32], ToInt, One))
alone(lambda: gen_functional_ops._if(False, [tf.constant(1.)], [tf.float32], ToInt, One))

#: numbers that are no scalars
run(tf.range(tf.placeholder_with_default([0], None), 3, 2))
run(tf.range(0, tf.placeholder_with_default([3], None), 2))
run(tf.range(0, 3, tf.placeholder_with_default([2], None)))

#: lists that do not fit
from tensorflow.python.ops import list_ops
def a_list(values, shape, dtype=tf.float32):
    return list_ops.tensor_list_from_tensor(tf.constant(values, dtype), element_shape=tf.constant(shape, tf.int32))

def joined(a, b):
    both = list_ops.tensor_list_concat_lists(tf.stack([a]), tf.stack([b]), element_dtype=tf.float32)
    return run(list_ops.tensor_list_stack(both[0], element_dtype=tf.float32))

def nested():
    outer = list_ops.empty_tensor_list(element_shape=tf.constant([], tf.int32), element_dtype=tf.variant)
    for values in ([1., 2.], [5.]):
        outer = list_ops.tensor_list_push_back(outer, a_list(values, []))
    return outer

joined(a_list([1., 2.], []), a_list([3.], []))
joined(a_list([1., 2.], []), a_list([[3.]], [1]))
joined(a_list([1., 2.], []), a_list([3], [], tf.int32))
joined(a_list([1], [], tf.int32), a_list([3.], []))
rest, last = list_ops.tensor_list_pop_back(tf.zeros_like(nested()), element_dtype=tf.variant)
run([list_ops.tensor_list_stack(l, element_dtype=tf.float32) for l in (last, list_ops.tensor_list_pop_back(rest, element_dtype=tf.variant)[1])])
run(list_ops.tensor_list_length(tf.add_n([a_list([1., 2.], []), a_list([3.], [])])))
run(list_ops.tensor_list_length(tf.add_n([a_list([1., 2.], []), a_list([3, 4], [], tf.int32)])))
run(list_ops.tensor_list_length(tf.add_n([a_list([1., 2.], []), a_list([[3.], [4.]], [1])])))

#: halves whose steps are rounded
x = np.array([-8, -3.1, -1.7, -0.9, -0.3, -0.01, -1e-4, 0, 0.02, 0.7, 2.3, 9], np.float16)
run(tf.nn.elu(x)).tobytes(), run(tf.nn.selu(x)).tobytes()
from tensorflow.python.ops import gen_math_ops
run(gen_math_ops.xlogy(x, abs(x) + np.float16(0.37))).tobytes()

#: gradients of a batch normalisation of nothing
x = tf.zeros([0, 3, 2, 4])
y, mean, variance = tf.nn.fused_batch_norm(x, tf.ones([4]), tf.zeros([4]))
from tensorflow.python.ops import gen_nn_ops
run(gen_nn_ops.fused_batch_norm_grad(y, x, tf.ones([4]), tf.fill([4], float("nan")), tf.fill([4], float("nan")))[:3])

#: strings that do not fit an example
def example(**features):
    e = tf.train.Example()
    for key, values in features.items():
        e.features.feature[key].bytes_list.value.extend(values)
    return e.SerializeToString()

run(tf.parse_example([example(a=[b"x", b"y", b"z"])], {"a": tf.FixedLenFeature([2], tf.string)}))
run(tf.parse_example([example(a=[b"x", b"y", b"z"])], {"a": tf.FixedLenSequenceFeature([2], tf.string, allow_missing=True)}))
run(tf.parse_single_example(example(a=[b"x", b"y", b"z"]), {"a": tf.FixedLenFeature([2], tf.string)}))
