/* Candidate sampling: a distribution over the classes [0, range), which may learn from what it is shown. */
#ifndef TFG_KERNELS_CANDIDATE_SAMPLING_H
#define TFG_KERNELS_CANDIDATE_SAMPLING_H

#include "base/philox.h"
#include "runtime/kernel.h"

/* A stream of samples, read one by one; a block of the generator gives four. */
typedef struct TfgSamples {
    TfgPhilox stream;
    uint32_t block[4];
    int used;
} TfgSamples;
uint32_t tfg_sample_32(TfgSamples *r);
uint64_t tfg_sample_64(TfgSamples *r);
float tfg_sample_float(TfgSamples *r);          /* in [0, 1) */
double tfg_sample_double(TfgSamples *r);

typedef enum TfgSamplerKind { TFG_SAMPLER_ALL, TFG_SAMPLER_UNIFORM, TFG_SAMPLER_LOG_UNIFORM, TFG_SAMPLER_LEARNED, TFG_SAMPLER_FIXED } TfgSamplerKind;

typedef struct TfgSampler {
    TfgSamplerKind kind;
    int64_t range;
    float inverse;              /* UNIFORM: 1 / range */
    double log_range;           /* LOG_UNIFORM */
    int32_t *seen;              /* LEARNED: a Fenwick tree of how often each class was shown; each counts once more */
    int64_t total;
    float *weights, sum;        /* FIXED */
    float *keep;                /* alias method: class i stays i with probability keep[i], else becomes other[i] */
    int32_t *other;
    int64_t possible;           /* classes of a weight above zero */
} TfgSampler;

/* Reads the attributes of an op of this kind. */
int tfg_sampler_init(TfgSampler *d, TfgSamplerKind kind, const TfgPrepare *p, TfgStatus *s);
void tfg_sampler_fini(TfgSampler *d);
int64_t tfg_sampler_draw(const TfgSampler *d, TfgSamples *r);
float tfg_sampler_probability(const TfgSampler *d, int64_t value);
/* LEARNED: value, which is in range, has been seen once more. */
void tfg_sampler_learn(TfgSampler *d, int64_t value);

#endif
