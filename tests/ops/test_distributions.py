"""tf.distributions, row by row, and what classes of a program's own get from Distribution."""
import pytest

import pytfgraph as tf
from family import make_tests

test_row = make_tests("distributions", {"": 64})


class Constant(tf.distributions.Distribution):
    """Always the same number."""

    def __init__(self, value):
        self.value = tf.convert_to_tensor(value)
        super().__init__(dtype=self.value.dtype, reparameterization_type=tf.distributions.FULLY_REPARAMETERIZED, validate_args=False,
                         allow_nan_stats=True, parameters={"value": value}, graph_parents=[self.value], name="Constant")

    def _sample_n(self, n, seed=None):
        return tf.fill([n], self.value)

    def _stddev(self):
        return tf.zeros_like(self.value)

    def _log_prob(self, x):
        return tf.where(tf.equal(x, self.value), 0., -float("inf"))


@tf.distributions.RegisterKL(Constant, tf.distributions.Distribution)
def kl_constant(a, b, name=None):
    with tf.name_scope(name, "kl_constant"):
        return -b.log_prob(a.value)


def test_a_class_of_ones_own():
    with tf.Graph().as_default(), tf.Session() as s:
        c = Constant(2.)
        assert s.run(c.sample(3)).tolist() == [2., 2., 2.]
        assert s.run([c.prob(2.), c.prob(1.), c.variance()]) == [1., 0., 0.]
        assert s.run(c.copy(value=5.).sample(1)).tolist() == [5.]
        assert c.batch_shape.ndims is None and str(c) == 'tfp.distributions.Constant("Constant/", dtype=float32)'
        with pytest.raises(NotImplementedError, match="^mean is not implemented: Constant$"):
            c.mean()
        with pytest.raises(NotImplementedError, match="^cdf is not implemented: Constant$"):
            c.cdf(1.)
        n = tf.distributions.Normal(0., 1.)
        assert s.run(c.kl_divergence(n) + n.log_prob(2.)) == 0
        with pytest.raises(NotImplementedError, match="No KL"):
            n.kl_divergence(c)
        with pytest.raises(ValueError, match="has already been registered"):
            tf.distributions.RegisterKL(Constant, tf.distributions.Distribution)(kl_constant)
        with pytest.raises(TypeError, match="kl_fn must be callable"):
            tf.distributions.RegisterKL(Constant, Constant)(1)


def test_gradients_flow_through_samples():
    with tf.Graph().as_default(), tf.Session() as s:
        loc, scale = tf.constant(1.), tf.constant(2.)
        x = tf.distributions.Normal(loc, scale).sample(5, seed=1)
        d_loc, d_scale, x, = s.run(tf.gradients(x, [loc, scale]) + [x])
        assert d_loc == 5 and d_scale == pytest.approx(((x - 1) / 2).sum(), rel=1e-5)
