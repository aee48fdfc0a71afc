"""Lists of tensors as values: what they hold, their static shapes, and what goes wrong, as in TensorFlow 1.12.3."""
import pytest

import pytfgraph as tf
from pytfgraph.ops import raw

gen = raw.module("gen_list_ops")


def empty(shape=(), dtype=tf.float32):
    return gen.empty_tensor_list(tf.constant(list(shape), tf.int32), element_dtype=dtype)


def filled(*values, shape=()):
    result = empty(shape)
    for v in values:
        result = gen.tensor_list_push_back(result, v)
    return result


def stack(handle, **options):
    return gen.tensor_list_stack(handle, tf.float32, **options)


def unknown(value):
    return tf.placeholder_with_default(value, None)


VALUES = [      # (what is run, value, static shape)
    (lambda: gen.tensor_list_length(filled(1., 2.)), 2, []), (lambda: stack(filled(1., 2.)), [1, 2], [None]), (lambda: stack(filled(1., 2.), num_elements=2), [1, 2], [2]),
    (lambda: gen.tensor_list_pop_back(filled(1., 2.), tf.float32)[1], 2, []), (lambda: gen.tensor_list_get_item(filled(1., 2.), 1, tf.float32), 2, []),
    (lambda: stack(gen.tensor_list_set_item(filled(1., 2.), 0, 5.)), [5, 2], [None]), (lambda: gen.tensor_list_element_shape(empty([-1, 2]), tf.int64), [-1, 2], [2]),
    (lambda: stack(gen.tensor_list_from_tensor([[1., 2.], [3., 4.]], tf.constant([2]))), [[1, 2], [3, 4]], [None, 2]),
    (lambda: gen.tensor_list_gather(gen.tensor_list_from_tensor([[1., 2.], [3., 4.]], tf.constant([2])), [1, 0], tf.float32), [[3, 4], [1, 2]], [2, 2]),
    (lambda: stack(gen.tensor_list_scatter([[1.], [2.]], [1, 0], tf.constant([1]))), [[2], [1]], [None, 1]), (lambda: stack(gen.tensor_list_concat_lists(filled(1.), filled(2.), tf.float32)), [1, 2], [None]),
    (lambda: stack(gen.tensor_list_push_back_batch(tf.stack([empty(), empty()]), [1., 2.])[1]), [2], None), (lambda: stack(tf.add_n([filled(1., 2.), filled(3., 4.)])), [4, 6], None),
    (lambda: gen.tensor_list_length(gen.tensor_list_reserve(tf.constant([2]), 3, element_dtype=tf.float32)), 0, []), (lambda: stack(tf.zeros_like(filled(1., 2.))), [0, 0], None),
]


@pytest.mark.parametrize("make, value, shape", VALUES, ids=range(len(VALUES)))
def test_values(make, value, shape):
    with tf.Graph().as_default(), tf.Session() as session:
        t = make()
        assert session.run(t).tolist() == value
        assert shape is None or t.shape.as_list() == shape


ERRORS = [
    (lambda: gen.tensor_list_pop_back(empty(), tf.float32), "Trying to pop from an empty list."), (lambda: gen.empty_tensor_list(unknown(3), element_dtype=tf.float32), "The only valid scalar shape "
     "tensor is the fully unknown shape specified as -1."), (lambda: gen.empty_tensor_list(unknown([-3]), element_dtype=tf.float32), "Dimension -3 must be >= -1"),
    (lambda: stack(filled(1.), num_elements=3), "Operation expected a list with 3 elements but got a list with 1 elements."),
    (lambda: gen.tensor_list_push_back(filled(1.), [1.]), "Tried to append a tensor with incompatible shape to a list. Op element shape: [1] list shape: []"),
    (lambda: stack(filled([1.], [2., 3.], shape=[-1])), "Tried to stack elements from a list with non-fully-defined shape: [?]"),
    (lambda: gen.tensor_list_get_item(filled(1.), 5, tf.float32), "Trying to access element 5 in a list with 1 elements."), (lambda: gen.tensor_list_set_item(filled(1.), -1, 5.), "Trying to modify element -1 "
     "in a list with 1 elements."), (lambda: gen.tensor_list_set_item(filled(1.), 0, 5), "Invalid data types; op elements int32 but list elements float"),
    (lambda: gen.tensor_list_from_tensor(unknown([[1.]]), unknown([2])), "Specified a list with shape [2] from a tensor with shape [1]"),
    (lambda: gen.tensor_list_from_tensor(unknown(1.), unknown([2])), "Tensor must be at least a vector, but saw shape: []"),
    (lambda: gen.tensor_list_gather(filled(1.), [1], tf.float32), "Index 1 out o range; list only has 1 elements."),
    (lambda: gen.tensor_list_scatter(unknown([[1.]]), [0, 1], tf.constant([1])), "Trying to scatter index 1 from tensor with 1 rows."),
    (lambda: gen.tensor_list_scatter(unknown([[1.]]), [-1], tf.constant([1])), "Trying to scatter index -1 from tensor with 1 rows."),      # TensorFlow ends the process
    (lambda: gen.tensor_list_length(tf.stack([empty(), empty()])), "A list is a scalar, and the tensor has 2 elements"),
    (lambda: gen.tensor_list_push_back_batch(tf.stack([empty(), empty()]), [[1.], [2.]]), "Tried to append a tensor with incompatible shape to a list at index 0. Op element shape: [1] list shape: []"),
    (lambda: gen.tensor_list_set_item(gen.tensor_list_reserve(tf.constant([2]), 3, element_dtype=tf.float32), 3, [1., 2.]), "Trying to modify element 3 in a list with 3 elements."),
]


@pytest.mark.parametrize("make, message", ERRORS, ids=range(len(ERRORS)))
def test_errors(make, message):
    with tf.Graph().as_default(), tf.Session() as session:
        made = make()
        with pytest.raises(tf.errors.InvalidArgumentError) as error:
            session.run((made[0] if isinstance(made, (list, tuple)) else made).op)
        assert error.value.message.split("\n")[0] == message


BUILD_ERRORS = [
    (lambda: gen.tensor_list_push_back(filled(1.), 1), "Trying to push to list with wrong element dtype. List has type float but trying to push element with type int32"),
    (lambda: gen.tensor_list_stack(filled(1.), tf.int32), "Trying to read from list with wrong element dtype. List has type float but expectec type int32"),
    (lambda: gen.tensor_list_get_item(filled(1.), 0, tf.int32), "Expected list with element dtype int32 but got list with element dtype float"),
    (lambda: gen.tensor_list_set_item(filled(1.), 0, [5.]), "Shapes must be equal rank, but are 1 and 0"), (lambda: gen.empty_tensor_list([[1]], element_dtype=tf.float32), "Shape must be at most rank 1 "
     "but is rank 2"), (lambda: gen.tensor_list_concat_lists(filled(1.), empty([], tf.int32), tf.float32), "input_b.type != element_dtype: int32 vs. float"),
    (lambda: gen.tensor_list_concat_lists(filled(1.), empty([2]), tf.float32), "Shapes must be equal rank, but are 0 and 1"),
    (lambda: tf.gradients(stack(gen.tensor_list_scatter(tf.ones([2, 1]), [1, 0], tf.constant([1]))), tf.get_default_graph().get_tensor_by_name("ones:0")), "Num gradients 2 generated for op TensorListScatter"),
]


@pytest.mark.parametrize("make, message", BUILD_ERRORS, ids=range(len(BUILD_ERRORS)))
def test_building(make, message):
    with tf.Graph().as_default():
        with pytest.raises(ValueError) as error:
            make()
        assert str(error.value).startswith(message)


def test_reserved():
    """In 1.12 no element of a reserved list can be set; graphs of later versions rely on it."""
    with tf.Graph().as_default(), tf.Session() as session:
        reserved = gen.tensor_list_reserve(tf.constant([2]), 3, element_dtype=tf.float32)
        one = gen.tensor_list_set_item(reserved, 1, [1., 2.])
        assert session.run(stack(one)).tolist() == [[0, 0], [1, 2], [0, 0]]
        assert session.run([gen.tensor_list_length(one), gen.tensor_list_length(reserved)]) == [3, 0]
        assert session.run(gen.tensor_list_get_item(one, 2, tf.float32)).tolist() == [0, 0]
        assert session.run(stack(tf.zeros_like(one))).tolist() == [[0, 0]] * 3
        assert session.run(stack(tf.add_n([one, one, gen.tensor_list_set_item(reserved, 0, [5., 5.])]))).tolist() == [[5, 5], [2, 4], [0, 0]]
        assert session.run(stack(gen.tensor_list_push_back(one, [3., 3.]))).tolist()[3] == [3, 3]
        assert session.run(stack(gen.tensor_list_push_back(reserved, [3., 3.]))).tolist() == [[3, 3]]
        words = gen.tensor_list_set_item(gen.tensor_list_reserve(tf.constant([], tf.int32), 2, element_dtype=tf.string), 0, 'a')
        assert session.run(gen.tensor_list_stack(words, tf.string)).tolist() == [b'a', b'']
        unknown_shape = gen.tensor_list_set_item(gen.tensor_list_reserve(tf.constant(-1), 2, element_dtype=tf.float32), 0, [1.])
        with pytest.raises(tf.errors.InvalidArgumentError, match="uninitialized"):
            session.run(gen.tensor_list_get_item(unknown_shape, 1, tf.float32))


def test_lists_are_values():
    """What is done to a list changes no other."""
    with tf.Graph().as_default(), tf.Session() as session:
        a = filled(1., 2.)
        b, c = gen.tensor_list_push_back(a, 3.), gen.tensor_list_set_item(a, 0, 7.)
        d, _ = gen.tensor_list_pop_back(a, tf.float32)
        assert [v.tolist() for v in session.run([stack(a), stack(b), stack(c), stack(d)])] == [[1, 2], [1, 2, 3], [7, 2], [1]]


def test_gradient_of_gather():
    """docs/differences.md: it works."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant([[1., 2.], [3., 4.]])
        rows = gen.tensor_list_gather(gen.tensor_list_from_tensor(x, tf.constant([2])), [1, 0], tf.float32)
        dx, = tf.gradients(rows * [[1., 2.], [3., 4.]], x)
        assert session.run(dx).tolist() == [[3., 4.], [1., 2.]]


def nested(n):
    """A list in a list in a list ... n deep."""
    def inner():
        return gen.empty_tensor_list(tf.constant([], tf.int32), element_dtype=tf.variant)
    return tf.while_loop(lambda i, l: i < n, lambda i, l: (i + 1, gen.tensor_list_push_back(inner(), l)), [0, inner()])[1]


def test_lists_in_lists_are_not_too_deep():
    with tf.Graph().as_default(), tf.Session() as session:
        deep = nested(1000)
        assert session.run(gen.tensor_list_length(tf.zeros_like(deep))) == 1
        assert session.run(gen.tensor_list_length(tf.add_n([deep, deep]))) == 1
        with pytest.raises(tf.errors.ResourceExhaustedError, match="Lists are nested more than 1000 deep"):
            session.run(gen.tensor_list_length(nested(5000)))
        with pytest.raises(tf.errors.ResourceExhaustedError, match="Lists are nested more than 1000 deep"):
            session.run(gen.tensor_list_length(gen.tensor_list_set_item(nested(1), 0, deep)))
