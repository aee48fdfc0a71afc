/* Sparse: what kernels over sparse tensors share.  Indices are int64 [n, rank], and rows of them are compared as words are. */
#ifndef TFG_KERNELS_SPARSE_H
#define TFG_KERNELS_SPARSE_H

#include "kernels/util.h"

static inline const int64_t *tfg_index_row(const TfgTensor *indices, int64_t i)
{
    return (const int64_t *)indices->data + i * indices->dims[1];
}

static inline int tfg_compare_rows(const int64_t *x, const int64_t *y, int64_t rank)
{
    for (int64_t d = 0; d < rank; d++)
        if (x[d] != y[d])
            return x[d] < y[d] ? -1 : 1;
    return 0;
}

/* A matrix, a vector and a vector that belong together, every size at least 0; words as those of TensorFlow's SparseTensor::Create.
 * Their ranks have been looked at. */
int tfg_sparse_check_sizes(const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgStatus *s);
/* "Input indices should be a matrix but received shape [2]" and its kin, then the above. */
int tfg_sparse_check(const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgStatus *s);
/* Every index inside the shape, rows strictly ascending: "indices[1] = [0,3] is out of bounds: ...". */
int tfg_sparse_check_order(const TfgTensor *indices, const TfgTensor *shape, TfgStatus *s);
/* Numbers 0 to n-1 in ascending order of what they stand for, equal ones in theirs; scratch of the call. */
typedef int (*TfgCompareFn)(const void *context, int64_t i, int64_t j);
int64_t *tfg_sort_order(TfgKernelCall *c, int64_t n, TfgCompareFn compare, const void *context, TfgStatus *s);
/* Numbers of the n rows of `rank` at `rows`, ascending, equal ones in their order; scratch of the call, NULL where memory ran out. */
int64_t *tfg_sparse_sort(TfgKernelCall *c, const int64_t *rows, int64_t n, int64_t rank, TfgStatus *s);

/* Sparse tensors of one rank, one below the other. */
typedef struct TfgSparseParts {
    int64_t n, rank, total;     /* tensors, dimensions of each, elements together */
    TfgTensor **t;              /* indices, values and shape of each */
} TfgSparseParts;
/* Outputs 0 to 2: all of them under `front` more dimensions, whose product is their number; the others are as large as the largest. */
int tfg_sparse_write_joined(TfgKernelCall *c, int front, const int64_t *dims, const TfgSparseParts *p, TfgStatus *s);

/* Rows of the first dimension as sparse tensors of their own.  The check: two dimensions at least, indices inside, ascending. */
typedef int (*TfgSparseRowFn)(void *context, int64_t row, TfgTensor *const parts[3], TfgStatus *s);
int tfg_sparse_check_rows(const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgStatus *s);
int tfg_sparse_each_row(const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgSparseRowFn each, void *context,
                        TfgStatus *s);

#endif
