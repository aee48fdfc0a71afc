#include "kernels/broadcast.h"

#include "kernels/util.h"
#include "runtime/call.h"

int tfg_broadcast_tensors(const TfgTensor *a, const TfgTensor *b, TfgShape *out, TfgStatus *s)
{
    TfgShapeText ta, tb;
    if (tfg_shape_broadcast_known(out, a->rank, a->dims, b->rank, b->dims) < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Incompatible shapes: %s vs. %s", tfg_shape_text(a, &ta), tfg_shape_text(b, &tb));
    return 0;
}

int64_t tfg_broadcast_index(int64_t i, const TfgShape *shape, const TfgTensor *t)
{
    int64_t index = 0, stride = 1;
    for (int d = shape->rank - 1, k = t->rank - 1; k >= 0; d--, k--) {
        int64_t at = i % shape->dims[d];
        i /= shape->dims[d];
        if (t->dims[k] != 1)
            index += at * stride;
        stride *= t->dims[k];
    }
    return index;
}

int tfg_broadcast_run(TfgKernelCall *c, TfgBlockFn fn, int n_in, const void *state, TfgStatus *s)
{
    TfgKernelRow row = *c->row;
    TfgKernelCall call = *c;
    row.block = fn;
    call.row = &row;
    call.n_in = n_in;
    call.state = (void *)(uintptr_t)state;      /* handed through, as const again */
    return tfg_elementwise_run(&call, s);
}

int tfg_same_shape_run(TfgKernelCall *c, TfgStatus *s)
{
    for (int j = 1; j < c->n_in; j++)
        if (!tfg_tensor_same_shape(c->in[0], c->in[j])) {
            TfgShapeText ta, tb;
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inputs to operation %s of type %s must have the same size and shape.  Input 0: %s != input %d: %s",
                            c->name, c->type, tfg_shape_text(c->in[0], &ta), j, tfg_shape_text(c->in[j], &tb));
        }
    return tfg_broadcast_run(c, c->row->block, c->n_in, c->state, s);
}
