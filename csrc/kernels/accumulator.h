/* Accumulator: a sum of gradients that several steps, perhaps in several threads, add to until somebody takes it.  The room's lock guards it. */
#ifndef TFG_KERNELS_ACCUMULATOR_H
#define TFG_KERNELS_ACCUMULATOR_H

#include "kernels/wait.h"

typedef struct TfgAccumulator {
    TfgWaitRoom room;
    TfgDType dtype;
    TfgShape shape;             /* that gradients must fit; may be partly known */
    bool mean, sparse;
    int64_t step;               /* gradients of earlier ones are dropped */
    int32_t counter;            /* gradients in the sum */
    TfgTensor *sum;             /* nobody else's; NULL while the counter is 0 */
    int64_t *indices;           /* of a sparse one: of the sum's rows, */
    int32_t *counts;            /* and how many gradients had each */
} TfgAccumulator;

/* Adds a gradient, which must fit what is there. */
int tfg_accumulator_add(TfgAccumulator *a, const TfgTensor *gradient, TfgStatus *s);
/* The same for rows of a sparse one; the rows' indices are taken to be in order, as in TensorFlow.  shape may be NULL: not said. */
int tfg_accumulator_add_rows(TfgAccumulator *a, const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgStatus *s);
/* Makes a mean of the sum where it is to be one. */
void tfg_accumulator_average(TfgAccumulator *a);

#endif
