/* Datasets that begin a pipeline: tensors at hand, their rows, numbers. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"

/* ---- TensorDataset, TensorSliceDataset --------------------------------------------------------------------------------------- */

typedef struct Tensors {
    TfgDataset base;
    TfgTensor **tensors;        /* the inputs of its call */
} Tensors;

typedef struct TensorsCursor {
    TfgWalk base;
    int64_t next;
} TensorsCursor;

static int next_whole(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    (void)cancel, (void)s;
    if (((TensorsCursor *)c)->next++)
        return 0;
    for (int i = 0; i < c->dataset->n; i++)
        out[i] = tfg_tensor_ref(((Tensors *)c->dataset)->tensors[i]);
    return 1;
}

static int next_slice(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    (void)cancel;
    TensorsCursor *cursor = (TensorsCursor *)c;
    Tensors *t = (Tensors *)c->dataset;
    if (cursor->next >= t->tensors[0]->dims[0])
        return 0;
    for (int i = 0; i < t->base.n; i++)
        if (!(out[i] = tfg_row_of(t->tensors[i], cursor->next, s)))
            return -1;
    cursor->next++;
    return 1;
}

static int tensors_state(TfgWalk *c, TfgWalkState *t, TfgStatus *s)
{
    return tfg_state_count(t, "i", &((TensorsCursor *)c)->next, 0, INT64_MAX - 1, s);
}

static const TfgDatasetKind tensor_kind = {"Tensor", sizeof(Tensors), sizeof(TensorsCursor), NULL, NULL, next_whole, NULL, tensors_state};
static const TfgDatasetKind slice_kind = {"TensorSlice", sizeof(Tensors), sizeof(TensorsCursor), NULL, NULL, next_slice, NULL, tensors_state};

static int check_slices(const TfgKernelCall *c, TfgStatus *s)
{
    for (int i = 0; i < c->n_in; i++) {
        if (c->in[i]->rank < 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "All components must be at least 1-dimensional");
        if (c->in[i]->dims[0] != c->in[0]->dims[0])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "All components must have the same size in the 0th dimension");
    }
    return 0;
}

static int run_tensors(TfgKernelCall *c, const TfgDatasetKind *kind, TfgStatus *s)
{
    int skip = kind == &slice_kind;
    if (skip && check_slices(c, s) < 0)
        return -1;
    Tensors *d = tfg_dataset_new(kind, NULL, s);
    const TfgAttr *types = tfg_attrs_find(c->attrs, "Toutput_types");
    if (!d || tfg_dataset_declare(&d->base, types->n, types->list_type, s) < 0)
        goto failed;
    if (tfg_dataset_take_inputs(&d->base, c->n_in, s) < 0)
        goto failed;
    d->tensors = d->base.origin.in;
    for (int i = 0; i < d->base.n; i++)
        if (!(d->tensors[i] = tfg_kernel_keep(c, i, s)) ||
            tfg_dataset_set_shape(&d->base, i, c->in[i]->rank - skip, c->in[i]->dims + skip, s) < 0)
            goto failed;
    return tfg_dataset_give_steal(c, d, s);
failed:
    tfg_dataset_unref(d);
    return -1;
}

static int run_tensor(TfgKernelCall *c, TfgStatus *s) { return run_tensors(c, &tensor_kind, s); }
static int run_tensor_slice(TfgKernelCall *c, TfgStatus *s) { return run_tensors(c, &slice_kind, s); }

/* ---- RangeDataset ------------------------------------------------------------------------------------------------------------ */

typedef struct Range {
    TfgDataset base;
    int64_t start, stop, step;
} Range;

typedef struct RangeCursor {
    TfgWalk base;
    int64_t next;
    bool over;
} RangeCursor;

static int range_begin(TfgWalk *c, TfgStatus *s)
{
    (void)s;
    ((RangeCursor *)c)->next = ((Range *)c->dataset)->start;
    return 0;
}

static int range_next(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    (void)cancel;
    RangeCursor *cursor = (RangeCursor *)c;
    const Range *r = (const Range *)c->dataset;
    if (cursor->over || (r->step > 0 ? cursor->next >= r->stop : cursor->next <= r->stop))
        return 0;
    out[0] = tfg_tensor_new_scalar(TFG_INT64, &cursor->next, s);
    if (!out[0])
        return -1;
    cursor->over = __builtin_add_overflow(cursor->next, r->step, &cursor->next);
    return 1;
}

static int range_state(TfgWalk *c, TfgWalkState *t, TfgStatus *s)
{
    return tfg_state_int(t, "next", &((RangeCursor *)c)->next, s) < 0 ? -1 : tfg_state_flag(t, "over", &((RangeCursor *)c)->over, s);
}

static const TfgDatasetKind range_kind = {"Range", sizeof(Range), sizeof(RangeCursor), NULL, range_begin, range_next, NULL, range_state};

static int run_range(TfgKernelCall *c, TfgStatus *s)
{
    int64_t start, stop, step;
    if (tfg_scalar_argument(c, 0, "start", &start, s) < 0 || tfg_scalar_argument(c, 1, "stop", &stop, s) < 0 ||
        tfg_scalar_argument(c, 2, "step", &step, s) < 0)
        return -1;
    if (step == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "step must be a non-zero integer.");
    static const TfgDType dtype = TFG_INT64;
    Range *r = tfg_dataset_new(&range_kind, NULL, s);
    if (!r || tfg_dataset_declare(&r->base, 1, &dtype, s) < 0) {
        tfg_dataset_unref(r);
        return -1;
    }
    r->start = start;
    r->stop = stop;
    r->step = step;
    return tfg_dataset_give_steal(c, r, s);
}

static const TfgKernelRow rows[] = {
    {.op = "TensorDataset", .run = run_tensor},
    {.op = "TensorSliceDataset", .run = run_tensor_slice},
    {.op = "RangeDataset", .run = run_range},
};

int tfg_register_datasets_source(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
