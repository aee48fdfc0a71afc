ds = tf.distributions; tf.set_random_seed(7)
p = tf.placeholder(tf.float32, [2, 3], name="p"); v = tf.placeholder(tf.float32, [None, 3], name="v")
makers = [lambda x: ds.Normal(x, 2.), lambda x: ds.Laplace(x, 2.), lambda x: ds.Uniform(x, x + 1.), lambda x: ds.Gamma(x, 2.), lambda x: ds.Exponential(x), lambda x: ds.Bernoulli(logits=x), lambda x: ds.Bernoulli(probs=x), lambda x: ds.Categorical(logits=x), lambda x: ds.Categorical(probs=x, dtype=tf.int64), lambda x: ds.Beta(x, 2.), lambda x: ds.Dirichlet(x), lambda x: ds.DirichletMultinomial(4., x), lambda x: ds.Multinomial(4., probs=x), lambda x: ds.StudentT(x, 0., 1.)]
for make in makers:
    for x in [v]:
        d = make(x)
        d.sample(); d.sample([4, 2]); d.sample(3, seed=1)
        d.batch_shape_tensor(); d.is_scalar_batch()
        for name in ["mean", "mode", "stddev", "variance", "entropy", "covariance"]:
            try:
                getattr(d, name)()
            except (NotImplementedError, ValueError):
                pass
        for name in ["log_prob", "prob", "log_cdf", "cdf", "survival_function", "log_survival_function", "quantile"]:
            try:
                getattr(d, name)(0.5 if d.dtype == tf.float32 else 1)
            except (NotImplementedError, ValueError):
                pass
    try:
        ds.kl_divergence(make(p), make(p)); ds.kl_divergence(make(p), make(p), allow_nan_stats=False); make(p).cross_entropy(make(p)); make(p).copy()
    except NotImplementedError:
        pass
ds.Normal([0.], 1., validate_args=True); ds.Gamma(p, 1., validate_args=True).log_prob(1.); ds.Bernoulli(probs=p, validate_args=True).log_prob(1); ds.Categorical(probs=v, validate_args=True).log_prob(1); ds.Uniform(0., 1., validate_args=True); ds.Beta(p, p, validate_args=True).log_prob(.5); ds.Dirichlet(p, validate_args=True).log_prob(p); ds.Multinomial(2., logits=p, validate_args=True).log_prob(p); ds.DirichletMultinomial(2., p, validate_args=True).prob(p); ds.StudentT(p, 0., 1., validate_args=True); ds.Laplace(p, 1., validate_args=True, allow_nan_stats=False); ds.Gamma(p, 1., allow_nan_stats=False).mode(); ds.Beta(p, 1., allow_nan_stats=False).mode(); ds.StudentT(p, 0., 1., allow_nan_stats=False).mean(); ds.Normal(0., 1.).sample(tf.placeholder(tf.int32)); ds.Normal(0., 1.).sample(tf.placeholder(tf.int32, []))
ds.Normal.param_shapes([2, 3])
