"""Operations on arrays that came after 1.12, row by row, and their gradients."""
import pytfgraph as tf
from pytfgraph.ops import raw

from family import make_tests
from gradcheck import Row, check_row, parametrize

test_row = make_tests("later_array")

X = [[0.5, -1.25], [3., 2.], [0.75, -4.]]
U = [[1.5, -2.], [0.25, 3.5]]
AT = [[2], [0]]


@parametrize([Row("tensor_scatter_" + kind, lambda x, u, kind=kind: raw.function("tensor_scatter_" + kind)(x, AT, tf.square(u)), X, U) for kind in ["update", "add", "sub", "min", "max"]])
def test_gradient(row):
    check_row(row)


def test_gradient_of_gathered_slices():
    for indices, want in [([[0, 1], [2, 0], [0, 1]], [[0, 2], [0, 0], [1, 0]]), ([[1], [1]], [[0, 0], [2, 2], [0, 0]])]:
        with tf.Graph().as_default(), tf.Session() as session:
            v = tf.get_variable("v", initializer=X, use_resource=True)
            y = raw.function("resource_gather_nd")(v.handle, indices, dtype=tf.float32)
            dv = tf.convert_to_tensor(tf.gradients(y, v)[0])
            session.run(v.initializer)
            assert session.run(dv).tolist() == want
