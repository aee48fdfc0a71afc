/* Common to the tables of ops/: lists of dtypes as signatures spell them, and shape functions that several families share. */
#ifndef TFG_OPS_COMMON_H
#define TFG_OPS_COMMON_H

#include "base/memory.h"
#include "base/status.h"
#include "graph/infer.h"

#define INDEX "{int32, int64}"
#define FLOATS "{half, bfloat16, float, double}"
#define FLOATS_B "{bfloat16, half, float, double}"
#define COMPLEX "{complex64, complex128}"
#define FLOATS_AND_COMPLEX "{bfloat16, half, float, double, complex64, complex128}"
#define UNARY_NUMBERS "{bfloat16, half, float, double, int32, int64, complex64, complex128}"
#define BINARY_NUMBERS "{bfloat16, half, float, double, uint8, int8, uint16, int16, int32, int64, complex64, complex128}"
#define INTS "{int8, int16, int32, int64, uint8, uint16, uint32, uint64}"
#define REALS "{float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}"
#define NUMBERS "{float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, complex128, " \
                "half, uint32, uint64}"
#define NUMBERS_AND(type) "{float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, " \
                          "complex128, half, uint32, uint64, " type "}"

/* Inputs 0 and 1 merged. */
int tfg_shape_merge_both(TfgShapeCall *c, TfgStatus *s);
/* ref, indices, updates of the ScatterNd* ops; the result has ref's shape. */
int tfg_shape_scatter_nd_update(TfgShapeCall *c, TfgStatus *s);
/* Checks the three against each other; `name` is what messages call the target. */
int tfg_check_scatter_nd(const TfgShape *indices, const TfgShape *updates, const TfgShape *target, const char *name, TfgStatus *s);
/* A handle's shape 0 and dtype 0 (resource variables); unknown and TFG_INVALID where nothing is known. */
void tfg_handle_value(const TfgShapeCall *c, int i, TfgShape *shape, TfgDType *dtype);
int tfg_want_scalar(const TfgShapeCall *c, int i, TfgStatus *s);
/* in[0..2]: indices, values and shape of one sparse tensor. */
int tfg_want_sparse(const TfgShape *in, TfgStatus *s);
/* Sets rank and all dims unknown. */
void tfg_shape_set_rank(TfgShape *s, int rank);
/* The value of scalar input i as a size, -1 while unknown ("Dimension size, given by scalar input 1, must be non-negative ..."). */
int tfg_scalar_dim(TfgShapeCall *c, int i, int64_t *out, TfgStatus *s);
/* The same with the words of operations that name what they count. */
int tfg_scalar_count(TfgShapeCall *c, int i, const char *what, int64_t *out, TfgStatus *s);
/* The value of scalar input i as an axis of a tensor of rank `rank`; -1 while it, or the rank it is counted from, is unknown. */
int tfg_scalar_axis(TfgShapeCall *c, int i, int rank, int64_t *out, TfgStatus *s);
/* How many dims a tensor needs to have `axis`, counted from either end; more than there can be where it is far out. */
int tfg_rank_for_axis(int64_t axis);
/* `shape` must begin with the dims of `prefix`; unknown dims of it are filled in. */
int tfg_merge_prefix(TfgShape *shape, const TfgShape *prefix, TfgStatus *s);
/* first + middle + last, or a part of it that is NULL left out. */
void tfg_join_shapes(const TfgShape *first, const int64_t *middle, const TfgShape *last, TfgShape *out);
/* Those of MatMul, BiasAdd, Reshape, Conv2D, MaxPool, AvgPool and images of a given size; the quantised ops have them, too. */
int tfg_shape_matmul(TfgShapeCall *c, TfgStatus *s);
int tfg_shape_bias_add(TfgShapeCall *c, TfgStatus *s);
int tfg_shape_reshape(TfgShapeCall *c, TfgStatus *s);
int tfg_shape_conv2d(TfgShapeCall *c, TfgStatus *s);
int tfg_shape_max_pool(TfgShapeCall *c, TfgStatus *s);
int tfg_shape_avg_pool(TfgShapeCall *c, TfgStatus *s);
int tfg_shape_resize(TfgShapeCall *c, TfgStatus *s);
/* Concat of inputs 1 to n along the axis that input 0 gives; what follows them is left alone. */
int tfg_shape_concat_first(TfgShapeCall *c, int n, TfgStatus *s);
#define TFG_TO_END INT32_MAX    /* for tfg_sub_shape */

#endif
