"""Public names that belong to no larger page."""

#: bessel functions
x = tf.constant([0., 1., -2.])
y, z = tf.math.bessel_i0(x), tf.math.bessel_i1(x, name="q")
y, z
ev([y, z])
[(op.name, op.type, [i.name for i in op.inputs]) for op in tf.get_default_graph().get_operations()]
tf.math.bessel_i0(3)
tf.math.bessel_i1(tf.constant(.5, tf.float64)), ev(tf.math.bessel_i1(tf.constant(.5, tf.float64)))
ev(tf.gradients(y, x)), ev(tf.gradients(z, x))
ev([tf.math.bessel_i0e(x), tf.math.bessel_i1e(x)])

#: documentation controls
from tensorflow.tools.docs import doc_controls
class A(object):
    @doc_controls.do_not_generate_docs
    def a(self):
        pass
    @doc_controls.do_not_doc_inheritable
    def b(self):
        pass
    @doc_controls.for_subclass_implementers
    def c(self):
        pass
    @property
    @doc_controls.do_not_generate_docs
    def d(self):
        pass
    def e(self):
        pass
class B(A):
    def a(self):
        pass
    def b(self):
        pass
    def c(self):
        pass
[[doc_controls.should_skip_class_attr(k, n) for n in "abcde"] for k in (A, B)]
doc_controls.should_skip(A.a), doc_controls.should_skip(A.d), doc_controls.should_skip(B.a), doc_controls.should_skip(3)
doc_controls.should_skip_class_attr(A, "name"), doc_controls.should_skip_class_attr(A, "nothing")
