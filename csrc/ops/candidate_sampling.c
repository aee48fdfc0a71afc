/* Candidate sampling: a few classes of many to train against. */
#include "ops/common.h"

static int shape_sampler(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape classes;
    int64_t n = tfg_attrs_int(c->attrs, "num_sampled"), num_true = tfg_attrs_int(c->attrs, "num_true");
    if (tfg_want_rank(&c->in[0], 2, &classes, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 1, &n);
    tfg_shape_set(&c->out[1], 2, (int64_t[]){classes.dims[0], num_true});
    tfg_shape_set(&c->out[2], 1, &n);
    return 0;
}

static int shape_hits(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape unused;
    if (tfg_want_rank(&c->in[0], 2, &unused, s) < 0 || tfg_want_rank(&c->in[1], 1, &unused, s) < 0)
        return -1;
    for (int i = 0; i < 3; i++)
        tfg_shape_set_rank(&c->out[i], 1);
    return 0;
}

#define SEEDS "seed: int = 0", "seed2: int = 0"
#define COUNTS "num_true: int >= 1", "num_sampled: int >= 1", "unique: bool"
#define SAMPLER(op_, ...)                                                                                                           \
    { .name = op_, .in = {"true_classes: int64"}, .out = {"sampled_candidates: int64", "true_expected_count: float",                \
      "sampled_expected_count: float"}, .attr = {COUNTS, __VA_ARGS__}, .shape = shape_sampler, .flags = TFG_OP_STATEFUL }

const TfgOpRow tfg_ops_candidate_sampling[] = {
    SAMPLER("AllCandidateSampler", SEEDS),
    { .name = "ComputeAccidentalHits", .in = {"true_classes: int64", "sampled_candidates: int64"}, .out = {"indices: int32", "ids: int64",
      "weights: float"}, .attr = {"num_true: int", SEEDS}, .shape = shape_hits },
    SAMPLER("FixedUnigramCandidateSampler", "range_max: int >= 1", "vocab_file: string = ''", "distortion: float = 1", "num_reserved_ids: int = 0",
            "num_shards: int >= 1 = 1", "shard: int >= 0 = 0", "unigrams: list(float) = []", SEEDS),
    SAMPLER("LearnedUnigramCandidateSampler", "range_max: int >= 1", SEEDS),
    SAMPLER("LogUniformCandidateSampler", "range_max: int >= 1", SEEDS),
    SAMPLER("ThreadUnsafeUnigramCandidateSampler", "range_max: int >= 1", SEEDS),
    SAMPLER("UniformCandidateSampler", "range_max: int >= 1", SEEDS),
};
const int tfg_n_ops_candidate_sampling = sizeof tfg_ops_candidate_sampling / sizeof *tfg_ops_candidate_sampling;
