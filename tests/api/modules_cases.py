"""Functions of TensorFlow's modules that programs reach for, beside or in place of the public ones."""
def run(*fetches):
    with tf.Session() as s:
        return s.run(fetches)

#: regular expressions that are texts
from tensorflow.python.ops import string_ops
from tensorflow.python.compat import compat
x = tf.constant(["ab", "b"])
a, b = string_ops.regex_replace(x, "a", "c"), string_ops.regex_replace(x, tf.constant("a"), "c", replace_global=False)
a.op.type, b.op.type, run(a, b)
string_ops.regex_full_match(x, "a.").op.type
with compat.forward_compatibility_horizon(2018, 11, 11): c, d = string_ops.regex_full_match(x, "a.", name="full"), string_ops.regex_full_match(x, tf.constant("a."))

c, d.op.type, run(c, d)

#: tf.contrib.util
U = tf.contrib.util
U.constant_value(tf.constant([1, 2])), U.make_ndarray(U.make_tensor_proto([1., 2.])), U.make_tensor_proto(3)
tf.exp(tf.constant(1.), name="e")
g = tf.get_default_graph().as_graph_def()
sorted(U.ops_used_by_graph_def(g)), [op.name for op in U.stripped_op_list_for_graph(g).op]

#: what a template's checkpoint holds
def inner(): return tf.get_variable("w", [2], initializer=tf.ones_initializer())

def outer():
    first, second = tf.make_template("nested", inner), tf.make_template("nested", inner)
    return first() + second() + tf.get_variable("own", [2], initializer=tf.zeros_initializer())

t = tf.make_template("outer", outer)
y, z = t(), t()
[(d.name, type(d.ref).__name__) for d in t._checkpoint_dependencies]
[(d.name, d.ref.name) for d in t._checkpoint_dependencies[0].ref._checkpoint_dependencies]
import os
os.chdir(d)
c = tf.train.Checkpoint(t=t)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    path = c.save("./templates", session=s)

[name for name, _ in tf.train.list_variables(path)]

#: dependencies of one's own object
class Thing(tf.contrib.checkpoint.CheckpointableBase):
    def __init__(self):
        with tf.variable_scope("thing") as self.variable_scope:
            with tf.contrib.checkpoint.capture_dependencies(template=self):
                self.v = tf.get_variable("v", [])
                with tf.variable_scope("deep"): self.w = tf.get_variable("w", [])
                self.t = tf.make_template("t", lambda: tf.get_variable("x", []))
                self.t()

[(d.name, type(d.ref).__name__) for d in Thing()._checkpoint_dependencies]

#: incomplete beta functions of NaN and of the ends
nan, inf = float("nan"), float("inf")
run(tf.betainc([nan, 1., nan, 1., nan, 1., 0., -1., 1., 1., 1.], [1., nan, nan, 1., 1., 1., 1., 1., 1., 1., inf], [0., 1., 1., nan, 0.5, 1., 0., 0., -0.1, 1.1, 1.]))
