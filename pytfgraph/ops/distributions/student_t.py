"""Student's t distribution."""
import numpy as np

from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, math_ops, nn, random_ops, special_math_ops
from pytfgraph.ops.distributions import distribution, util


class StudentT(distribution.ScalarDistribution):
    """(1 + y^2 / df)^(-(df + 1) / 2) up to a factor, y being (x - loc) / scale.

    Args:
      df: degrees of freedom, above 0.
      loc, scale: as of a normal distribution.
      validate_args, allow_nan_stats, name: as of every Distribution.
    """

    _BROADCAST = ("df", "loc", "scale")

    def __init__(self, df, loc, scale, validate_args=False, allow_nan_stats=True, name="StudentT"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[df, loc, scale]) as name:
            with ops.control_dependencies([check_ops.assert_positive(df)] if validate_args else []):
                self._df = array_ops.identity(df, name="df")
                self._loc = array_ops.identity(loc, name="loc")
                self._scale = array_ops.identity(scale, name="scale")
                check_ops.assert_same_float_dtype((self._df, self._loc, self._scale))
        super().__init__(dtype=self._scale.dtype, reparameterization_type=distribution.FULLY_REPARAMETERIZED, validate_args=validate_args,
                         allow_nan_stats=allow_nan_stats, parameters=parameters, graph_parents=[self._df, self._loc, self._scale], name=name)

    @property
    def df(self):
        """Degrees of freedom."""
        return self._df

    @property
    def loc(self):
        """The middle."""
        return self._loc

    @property
    def scale(self):
        """The scale, which is not the standard deviation."""
        return self._scale

    def _sample_n(self, n, seed=None):
        shape = array_ops.concat([[n], self.batch_shape_tensor()], 0)
        normal = random_ops.random_normal(shape, dtype=self.dtype, seed=seed)
        df = self.df * array_ops.ones(self.batch_shape_tensor(), dtype=self.dtype)
        gamma = random_ops.random_gamma([n], 0.5 * df, beta=0.5, dtype=self.dtype, seed=util.gen_new_seed(seed, salt="student_t"))
        return normal * math_ops.rsqrt(gamma / df) * self.scale + self.loc

    def _log_prob(self, x):
        y = (x - self.loc) / self.scale
        unnormalized = -0.5 * (self.df + 1.0) * math_ops.log1p(y ** 2.0 / self.df)
        return unnormalized - self._log_normalization()

    def _log_normalization(self):
        return (math_ops.log(math_ops.abs(self.scale)) + 0.5 * math_ops.log(self.df) + 0.5 * np.log(np.pi) + math_ops.lgamma(0.5 * self.df)
                - math_ops.lgamma(0.5 * (self.df + 1.0)))

    def _cdf(self, x):
        y = (x - self.loc) / math_ops.abs(self.scale)
        ratio = self.df / (y ** 2.0 + self.df)
        tail = 0.5 * math_ops.betainc(0.5 * self.df, 0.5, ratio)
        return array_ops.where(math_ops.less(y, 0.0), tail, 1.0 - tail)

    def _entropy(self):
        v = array_ops.ones(self.batch_shape_tensor(), dtype=self.dtype)[..., array_ops.newaxis]
        u = v * self.df[..., array_ops.newaxis]
        halves = array_ops.concat([u, v], -1) / 2.0
        return (math_ops.log(math_ops.abs(self.scale)) + 0.5 * math_ops.log(self.df) + special_math_ops.lbeta(halves)
                + 0.5 * (self.df + 1.0) * (math_ops.digamma(0.5 * (self.df + 1.0)) - math_ops.digamma(0.5 * self.df)))

    def _where_df_above_one(self, value, what):
        """value, and NaN (or an error) where df is not above 1."""
        if self.allow_nan_stats:
            is_defined = math_ops.greater(self.df, array_ops.ones(self.batch_shape_tensor(), dtype=self.dtype))
            return array_ops.where(is_defined, value, self._nan(self.batch_shape_tensor()))
        return control_flow_ops.with_dependencies([check_ops.assert_less(
            array_ops.ones([], dtype=self.dtype), self.df, message="%s not defined for components of df <= 1" % what)], value)

    def _mean(self):
        mean = self.loc * array_ops.ones(self.batch_shape_tensor(), dtype=self.dtype)
        return self._where_df_above_one(mean, "mean")

    def _variance(self):
        is_above_two = math_ops.greater(self.df, 2.0)
        denominator = array_ops.where(is_above_two, self.df - 2.0, array_ops.ones_like(self.df))
        variance = array_ops.ones(self.batch_shape_tensor(), dtype=self.dtype) * math_ops.square(self.scale) * self.df / denominator
        is_finite = self.df > array_ops.fill(self.batch_shape_tensor(), np.array(2.0, self.dtype.as_numpy_dtype()))
        variance = array_ops.where(is_finite, variance, self._nan(self.batch_shape_tensor(), np.inf, "inf"))
        return self._where_df_above_one(variance, "variance")

    def _mode(self):
        return array_ops.identity(self.loc)


class StudentTWithAbsDfSoftplusScale(StudentT):
    """StudentT(floor(abs(df)), loc, softplus(scale))."""

    def __init__(self, df, loc, scale, validate_args=False, allow_nan_stats=True, name="StudentTWithAbsDfSoftplusScale"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[df, scale]) as name:
            super().__init__(df=math_ops.floor(math_ops.abs(df)), loc=loc, scale=nn.softplus(scale, name="softplus_scale"),
                             validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters
