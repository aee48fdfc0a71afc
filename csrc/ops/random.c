/* Ops of the random family. */
#include "ops/common.h"

/* The output's shape is input 0's value. */
static int shape_random(TfgShapeCall *c, TfgStatus *s)
{
    return c->constant_shape(c, 0, &c->out[0], s);
}

static int shape_random_int(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_scalar(c, 1, s) < 0 || tfg_want_scalar(c, 2, s) < 0)
        return -1;
    return shape_random(c, s);
}

static int shape_between_bounds(TfgShapeCall *c, TfgStatus *s)
{
    for (int i = 1; i <= 4; i++)
        if (tfg_want_rank_at_most(&c->in[i], 1, s) < 0)
            return -1;
    return shape_random(c, s);
}

/* The shape that input 0 gives, then that of the parameters. */
static int shape_per_parameter(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape;
    return c->constant_shape(c, 0, &shape, s) < 0 ? -1 : tfg_concat_shape(&shape, &c->in[1], &c->out[0]);
}

static int shape_multinomial(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape logits;
    int64_t samples;
    if (tfg_want_rank(&c->in[0], 2, &logits, s) < 0 || tfg_want_scalar(c, 1, s) < 0 || tfg_scalar_dim(c, 1, &samples, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 2, (int64_t[]){logits.dims[0], samples});
    return 0;
}

static int want_seed(const TfgShapeCall *c, int i, TfgStatus *s)
{
    TfgShape seed;
    return tfg_want_rank(&c->in[i], 1, &seed, s) < 0 ? -1 : tfg_want_dim(seed.dims[0], 2, s);
}

static int shape_stateless(TfgShapeCall *c, TfgStatus *s)
{
    return want_seed(c, 1, s) < 0 ? -1 : shape_random(c, s);
}

static int shape_stateless_multinomial(TfgShapeCall *c, TfgStatus *s)
{
    return want_seed(c, 2, s) < 0 ? -1 : shape_multinomial(c, s);
}

#define SEEDS "seed: int = 0", "seed2: int = 0"
#define SEED_TYPE "Tseed: " INDEX " = DT_INT64"

const TfgOpRow tfg_ops_random[] = {
    { .name = "Multinomial", .in = {"logits: T", "num_samples: int32"}, .out = {"output: output_dtype"}, .attr = {SEEDS, "T: " REALS,
      "output_dtype: " INDEX " = DT_INT64"}, .shape = shape_multinomial, .flags = TFG_OP_STATEFUL },
    { .name = "ParameterizedTruncatedNormal", .in = {"shape: T", "means: dtype", "stdevs: dtype", "minvals: dtype", "maxvals: dtype"},
      .out = {"output: dtype"}, .attr = {SEEDS, "dtype: " FLOATS, "T: " INDEX}, .shape = shape_between_bounds,
      .flags = TFG_OP_STATEFUL },
    { .name = "RandomGamma", .in = {"shape: S", "alpha: T"}, .out = {"output: T"}, .attr = {SEEDS, "S: " INDEX,
      "T: {half, float, double}"}, .shape = shape_per_parameter, .flags = TFG_OP_STATEFUL },
    { .name = "RandomGammaGrad", .in = {"alpha: T", "sample: T"}, .out = {"output: T"}, .attr = {"T: {float, double}"},
      .shape = tfg_shape_broadcast },
    { .name = "RandomPoisson", .in = {"shape: S", "rate: dtype"}, .out = {"output: dtype"}, .attr = {SEEDS, "S: " INDEX,
      "dtype: {half, float, double}"}, .shape = shape_per_parameter, .flags = TFG_OP_STATEFUL, .deprecated_since = 25,
      .deprecation = "Replaced by RandomPoissonV2" },
    { .name = "RandomPoissonV2", .in = {"shape: S", "rate: R"}, .out = {"output: dtype"}, .attr = {SEEDS, "S: " INDEX,
      "R: {half, float, double, int32, int64} = DT_DOUBLE", "dtype: {half, float, double, int32, int64} = DT_INT64"},
      .shape = shape_per_parameter, .flags = TFG_OP_STATEFUL },
    { .name = "RandomShuffle", .in = {"value: T"}, .out = {"output: T"}, .attr = {SEEDS, "T: type"}, .shape = tfg_shape_unchanged,
      .flags = TFG_OP_STATEFUL },
    { .name = "RandomStandardNormal", .in = {"shape: T"}, .out = {"output: dtype"}, .attr = {SEEDS, "dtype: " FLOATS, "T: " INDEX},
      .shape = shape_random, .flags = TFG_OP_STATEFUL },
    { .name = "RandomUniform", .in = {"shape: T"}, .out = {"output: dtype"}, .attr = {SEEDS, "dtype: " FLOATS, "T: " INDEX},
      .shape = shape_random, .flags = TFG_OP_STATEFUL },
    { .name = "RandomUniformInt", .in = {"shape: T", "minval: Tout", "maxval: Tout"}, .out = {"output: Tout"}, .attr = {SEEDS,
      "Tout: " INDEX, "T: " INDEX}, .shape = shape_random_int, .flags = TFG_OP_STATEFUL },
    { .name = "StatelessMultinomial", .in = {"logits: T", "num_samples: int32", "seed: Tseed"}, .out = {"output: output_dtype"},
      .attr = {"T: " REALS, SEED_TYPE, "output_dtype: " INDEX " = DT_INT64"}, .shape = shape_stateless_multinomial },
    { .name = "StatelessRandomNormal", .in = {"shape: T", "seed: Tseed"}, .out = {"output: dtype"},
      .attr = {"dtype: {half, float, double} = DT_FLOAT", "T: " INDEX " = DT_INT32", SEED_TYPE}, .shape = shape_stateless },
    { .name = "StatelessRandomUniform", .in = {"shape: T", "seed: Tseed"}, .out = {"output: dtype"},
      .attr = {"dtype: {half, float, double} = DT_FLOAT", "T: " INDEX " = DT_INT32", SEED_TYPE}, .shape = shape_stateless },
    { .name = "StatelessTruncatedNormal", .in = {"shape: T", "seed: Tseed"}, .out = {"output: dtype"},
      .attr = {"dtype: {half, float, double} = DT_FLOAT", "T: " INDEX " = DT_INT32", SEED_TYPE}, .shape = shape_stateless },
    { .name = "TruncatedNormal", .in = {"shape: T"}, .out = {"output: dtype"}, .attr = {SEEDS, "dtype: " FLOATS, "T: " INDEX},
      .shape = shape_random, .flags = TFG_OP_STATEFUL },
};
const int tfg_n_ops_random = sizeof tfg_ops_random / sizeof *tfg_ops_random;
