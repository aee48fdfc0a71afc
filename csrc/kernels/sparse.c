/* SparseTensorDenseAdd: values added where their indices say; those of one place add up. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"

typedef struct AddLoop { void (*add)(void *to, int64_t at, const void *from, int64_t i); } AddLoop;

#define ADD_ROW(D, S, T)                                                                         \
    static void add_##D(void *to, int64_t at, const void *from, int64_t i)                       \
    {                                                                                            \
        S *place = (S *)to + at;                                                                 \
        T sum = ADD_##D((T)LOAD_##D(*place), LOAD_##D(((const S *)from)[i]));                    \
        *place = STORE_##D(sum);                                                                 \
    }                                                                                            \
    static const AddLoop loop_##D = {add_##D};
TFG_NUMBERS(ADD_ROW)

static int check_parts(const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgStatus *s)
{
    TfgShapeText x, y;
    if (indices->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input a_indices should be a matrix but received shape: %s", tfg_shape_text(indices, &x));
    if (values->rank != 1 || shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inputs a_values and a_shape should be vectors but received shapes: %s and %s",
                        tfg_shape_text(values, &x), tfg_shape_text(shape, &y));
    /* 1.12.3 reads past the end here; values that are too many it leaves out. */
    if (indices->dims[1] != shape->count || indices->dims[0] > values->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input a_indices of shape %s does not fit %lld values and a_shape of %lld dimensions",
                        tfg_shape_text(indices, &x), (long long)values->count, (long long)shape->count);
    return 0;
}

static int check_shapes(const TfgTensor *shape, const TfgTensor *b, TfgStatus *s)
{
    if (shape->count != b->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Two operands have different ranks; received: %lld and %d", (long long)shape->count, (int)b->rank);
    for (int d = 0; d < b->rank; d++)
        if (tfg_tensor_int(shape, d) != b->dims[d])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %d does not equal (no broadcasting is supported): sparse side %lld vs dense side %lld",
                            d, (long long)tfg_tensor_int(shape, d), (long long)b->dims[d]);
    return 0;
}

static int add_values(const AddLoop *loop, TfgTensor *out, const TfgTensor *indices, const TfgTensor *values, TfgStatus *s)
{
    TfgShapeText text;
    for (int64_t i = 0; i < indices->dims[0]; i++) {
        int64_t at = 0;
        for (int d = 0; d < out->rank; d++) {
            int64_t index = tfg_tensor_int(indices, i * out->rank + d);
            if (index < 0 || index >= out->dims[d])
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Sparse tensor has some invalid index on dimension %d; dense tensor shape: %s", d,
                                tfg_shape_text(out, &text));
            at = at * out->dims[d] + index;
        }
        loop->add(out->data, at, values->data, i);
    }
    return 0;
}

static int run_dense_add(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0], *values = c->in[1], *shape = c->in[2], *b = c->in[3];
    if (check_parts(indices, values, shape, s) < 0 || check_shapes(shape, b, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output_like(c, 0, b, s);
    if (!out || (out->data != b->data && tfg_copy_elements(b->dtype, out->data, b->data, b->count, s) < 0))
        return -1;
    return add_values(c->row->loops, out, indices, values, s);
}

#define ROW(D, S, T) {.op = "SparseTensorDenseAdd", TFG_FOR(TFG_##D), .inplace = {{4, 1}}, .loops = &loop_##D, .run = run_dense_add},
static const TfgKernelRow rows[] = { TFG_NUMBERS(ROW) };

int tfg_register_kernels_sparse(TfgStatus *s);
int tfg_register_kernels_sparse(TfgStatus *s)
{
    static TfgRowsFn *const plain[] = {
        tfg_kernels_sparse_add, tfg_kernels_sparse_dense, tfg_kernels_sparse_move, tfg_kernels_sparse_reduce, tfg_kernels_sparse_rows,
        tfg_kernels_sparse_serialize, tfg_kernels_sparse_cross,
    };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (tfg_register_plain(plain[i], s) < 0)
            return -1;
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s);
}
