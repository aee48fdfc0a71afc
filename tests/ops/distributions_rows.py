"""Rows of tf.distributions: samples with seeds, densities, moments, divergences and messages."""
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


X = "P([[.5, 1.5, 3.], [2., 4., 1.2]])"
MAKERS = {"Normal": "Normal(%s, 2.)", "Laplace": "Laplace(%s, 2.)", "Uniform": "Uniform(%s / 10., 1.)", "Gamma": "Gamma(%s, 2.)", "Exponential": "Exponential(%s)",
          "Bernoulli logits": "Bernoulli(logits=%s)", "Bernoulli probs": "Bernoulli(probs=%s / 10.)", "Categorical logits": "Categorical(logits=%s)",
          "Categorical probs": "Categorical(probs=tf.nn.softmax(%s), dtype=tf.int64)", "Beta": "Beta(%s, 2.)", "Dirichlet": "Dirichlet(%s)",
          "DirichletMultinomial": "DirichletMultinomial(4., %s)", "Multinomial": "Multinomial(4., logits=%s)", "StudentT": "StudentT(%s, .5, 1.)"}
VALUES = {"Bernoulli": "1", "Categorical": "[0, 2]", "DirichletMultinomial": "[[1., 2., 1.], [0., 4., 0.]]", "Multinomial": "[[1., 2., 1.], [0., 4., 0.]]",
          "Dirichlet": "[[.2, .3, .5], [.6, .1, .3]]"}
for name, maker in MAKERS.items():
    d, value = "tf.distributions." + maker % X, VALUES.get(name.split()[0], "[.1, .5, .9]")
    wide = "tf.distributions." + maker % X.replace("P(", "S(").replace("]])", "]], [None, 3])")
    if name != "Multinomial":           # its draws come in no certain order
        for shape in ["2", "[2, 3]", "[]", "P([2], 'int32')", "P(2, 'int32')"]:
            add("%s sample %s" % (name, shape), "%s.sample(%s, seed=3)" % (d, shape))
        add("%s sample static" % name, "%s.sample(2, seed=3)" % wide)
        add("%s sample of a seeded graph" % name, "[tf.set_random_seed(5), %s.sample([4])][1]" % d)
    for f in ["mean", "mode", "stddev", "variance", "entropy", "covariance", "batch_shape_tensor", "event_shape_tensor", "is_scalar_batch", "is_scalar_event"]:
        add("%s %s" % (name, f), "%s.%s()" % (d, f))
        add("%s %s static" % (name, f), "%s.%s()" % (wide, f))
    for f in ["log_prob", "prob", "log_cdf", "cdf", "survival_function", "log_survival_function", "quantile"]:
        add("%s %s" % (name, f), "%s.%s(%s)" % (d, f, value))
    add("%s divergence" % name, "tf.distributions.kl_divergence(%s, %s)" % (d, "tf.distributions." + maker % ("(" + X + " + 1.)")))
    add("%s cross entropy" % name, "%s.cross_entropy(%s)" % (d, d))
    add("%s text" % name, "tf.constant([str(%s), repr(%s)])" % (d, wide))
    add("%s copy" % name, "%s.copy(name='other').mean()" % d)
add("Normal tails", "[getattr(tf.distributions.Normal(P(0., d), P(1., d)), f)(P([-40., -12., -5., -1., 0., 1., 5., 12., 40.], d)) for f in ['log_cdf', 'cdf', 'log_survival_function'] for d in ['float32', 'float64']]")
add("Normal quantiles", "[tf.distributions.Normal(P(0., d), P(1., d)).quantile(P([0., 1e-30, 1e-5, .1, .13, .5, .87, .9, 1.], d)) for d in ['float32', 'float64']]")
add("Laplace tails", "[getattr(tf.distributions.Laplace(0., 1.), f)(P([-40., -1., 0., 1., 40.])) for f in ['log_cdf', 'cdf', 'log_survival_function']]")
for name, expression in [
        ("Normal scale", "Normal(0., P(-1.), validate_args=True).mean()"), ("Bernoulli both", "Bernoulli(logits=1., probs=.5).mean()"), ("Bernoulli neither", "Bernoulli().mean()"),
        ("Bernoulli probs", "Bernoulli(probs=P(1.5), validate_args=True).mean()"), ("Bernoulli ints", "Bernoulli(probs=1).mean()"), ("Bernoulli event", "Bernoulli(.5, validate_args=True).log_prob(P(2))"),
        ("Categorical sum", "Categorical(probs=P([.5, .6]), validate_args=True).entropy()"), ("Categorical events", "Categorical(logits=[1.], validate_args=True).entropy()"),
        ("Categorical event", "Categorical([1., 2.], validate_args=True).log_prob(P(-1, 'int32'))"), ("Categorical scalar", "Categorical(1.).mean()"), ("Gamma sample", "Gamma(1., 1., validate_args=True).log_prob(P(-1.))"),
        ("Gamma mode", "Gamma(P(.5), 1., allow_nan_stats=False).mode()"), ("Beta sample", "Beta(1., 1., validate_args=True).prob(P(2.))"), ("Beta dtypes", "Beta(1., np.float64(1)).mean()"),
        ("Dirichlet sum", "Dirichlet([1., 2.], validate_args=True).prob(P([.5, .6]))"), ("Dirichlet size", "Dirichlet(P([1.]), validate_args=True).mean()"),
        ("Multinomial fractions", "Multinomial(P(3.5), [0., 0.], validate_args=True).mean()"), ("StudentT mean", "StudentT(P(.5), 0., 1., allow_nan_stats=False).mean()"), ("Uniform ends", "Uniform(P(2.), 1., validate_args=True).mean()"),
        ("No divergence", "kl_divergence(tf.distributions.Normal(0., 1.), tf.distributions.Uniform(0., 1.))"), ("No covariance", "Normal(0., 1.).covariance()"), ("Sample matrix", "Normal(0., 1.).sample([[1]])"),
        ("Shapes", "Normal.param_shapes([2, 3])['loc']"), ("Static shapes", "Normal.param_static_shapes(tf.TensorShape([None]))"), ("NaN divergence", "kl_divergence(tf.distributions.Normal(P(np.nan), 1.), tf.distributions.Normal(0., 1.), allow_nan_stats=False)")]:
    add("message " + name, "tf.distributions." + expression)
