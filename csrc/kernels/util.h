/* Util: what many kernels need - typed copies, ranges over the pool, checked sizes, arguments read as integers. */
#ifndef TFG_KERNELS_UTIL_H
#define TFG_KERNELS_UTIL_H

#include <string.h>

#include "runtime/kernel.h"
#include "tensor/half.h"

/* Sets of dtypes, as TensorFlow's kernels name them. */
#define TFG_B(d) TFG_BIT(TFG_##d)
#define TFG_TYPES_HALVES (TFG_B(HALF) | TFG_B(BFLOAT16))
#define TFG_TYPES_INTS (TFG_B(INT8) | TFG_B(INT16) | TFG_B(INT32) | TFG_B(INT64) | TFG_B(UINT8) | TFG_B(UINT16))
#define TFG_TYPES_WIDE_UINTS (TFG_B(UINT32) | TFG_B(UINT64))
#define TFG_TYPES_REAL (TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_TYPES_HALVES | TFG_TYPES_INTS)
#define TFG_TYPES_COMPLEX (TFG_B(COMPLEX64) | TFG_B(COMPLEX128))
#define TFG_TYPES_NUMBERS (TFG_TYPES_REAL | TFG_TYPES_COMPLEX)
#define TFG_TYPES_INDEX (TFG_B(INT32) | TFG_B(INT64))

/* A row for one dtype of attribute T. */
#define TFG_FOR(d) .types = {{"T", TFG_BIT(d)}}

/* Copies n elements; `to` already holds valid elements (empty strings, NULL handles).  -1 only without memory. */
int tfg_copy_elements(TfgDType d, void *to, const void *from, int64_t n, TfgStatus *s);
/* n copies of one element. */
int tfg_fill_elements(TfgDType d, void *to, const void *one, int64_t n, TfgStatus *s);
static inline const char *tfg_at(const TfgTensor *t, int64_t i)
{
    return (const char *)t->data + tfg_tensor_size(t->dtype, i);
}
static inline char *tfg_at_mut(TfgTensor *t, int64_t i)
{
    return (char *)t->data + tfg_tensor_size(t->dtype, i);
}

/* Calls fn(context, begin, end) for pieces of [0, n) of `grain` each, on the pool when there are several.  The pieces depend on n
 * and grain alone. */
typedef void (*TfgRangeFn)(void *context, int64_t begin, int64_t end);
void tfg_for_ranges(int64_t n, int64_t grain, TfgRangeFn fn, void *context);
/* The same for fn that can fail; the first piece's failure (in order) is the answer. */
typedef int (*TfgTryRangeFn)(void *context, int64_t begin, int64_t end, TfgStatus *s);
int tfg_try_ranges(int64_t n, int64_t grain, TfgTryRangeFn fn, void *context, TfgStatus *s);

/* "[2,3]" of a tensor, into a buffer that lives as long as the caller's block. */
typedef struct TfgShapeText { char text[256]; } TfgShapeText;
const char *tfg_shape_text(const TfgTensor *t, TfgShapeText *buffer);
const char *tfg_dims_text(int rank, const int64_t *dims, TfgShapeText *buffer);
const char *tfg_values_text(int n, const int64_t *values, TfgShapeText *buffer);     /* "[2, 3]" */

/* Product of dims, -1 where it passes int64 (zero sizes count: [0, huge] is 0). */
int64_t tfg_dims_count(int rank, const int64_t *dims);
static inline int64_t tfg_dims_product(int n, const int64_t *dims)      /* of sizes known to fit */
{
    int64_t p = 1;
    for (int i = 0; i < n; i++)
        p *= dims[i];
    return p;
}
/* Row-major strides in elements. */
void tfg_dims_strides(int rank, const int64_t *dims, int64_t *strides);
/* An axis argument into [0, rank): -1 and a message of TensorFlow's kind when it is not. */
bool tfg_axis_in_range(int64_t *axis, int rank);
static inline bool tfg_is_scalar(const TfgTensor *t) { return t->rank == 0; }
static inline bool tfg_is_vector(const TfgTensor *t) { return t->rank == 1; }
static inline bool tfg_is_matrix(const TfgTensor *t) { return t->rank == 2; }

/* Reads element i of a real tensor as float (halves too), or stores one. */
static inline float tfg_load_half(TfgDType d, uint16_t h)
{
    return d == TFG_HALF ? tfg_half_to_float(h) : tfg_bfloat16_to_float(h);
}
static inline uint16_t tfg_store_half(TfgDType d, float f)
{
    return d == TFG_HALF ? tfg_float_to_half(f) : tfg_float_to_bfloat16(f);
}

#endif
