/* Kernels of accumulators. */
#include "kernels/accumulator.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/named.h"
#include "kernels/util.h"

#define ACCUMULATOR_TYPE "Accumulator"

/* ---- Making and finding ----------------------------------------------------------------------------------------------------------------- */

static void accumulator_free(TfgHandle *h)
{
    TfgAccumulator *a = (TfgAccumulator *)h;
    tfg_tensor_unref(a->sum);
    tfg_free(a->indices);
    tfg_free(a->counts);
    tfg_wait_room_fini(&a->room);
    tfg_free(a);
}

static TfgHandle *make_accumulator(const TfgPrepare *p, const char *name, void *arg, TfgStatus *s)
{
    (void)name;
    (void)arg;
    TfgAccumulator *a = tfg_calloc(1, sizeof *a);
    if (!a) {
        tfg_fail_memory(s);
        return NULL;
    }
    tfg_wait_room_init(&a->room, ACCUMULATOR_TYPE, accumulator_free);
    a->dtype = tfg_attrs_type(p->attrs, "dtype");
    tfg_attrs_shape(p->attrs, "shape", &a->shape);
    a->mean = tfg_attrs_string_is(p->attrs, "reduction_type", "MEAN");
    a->sparse = strcmp(p->type, "SparseConditionalAccumulator") == 0;
    return &a->room.base;
}

/* A resource's handle has two elements, as the static shape says; whoever looks for the accumulator looks at the first. */
static int spread_handle(TfgNamed *named, TfgStatus *s)
{
    int64_t two = 2;
    TfgTensor *t = tfg_tensor_new(TFG_RESOURCE, 1, &two, s);
    if (!t)
        return -1;
    for (int i = 0; i < 2; i++)
        ((TfgHandle **)t->data)[i] = tfg_handle_ref(*(TfgHandle **)named->handle->data);
    tfg_tensor_unref(named->handle);
    named->handle = t;
    return 0;
}

/* Whoever shares a name gets what the first has made, of whatever dtype and shape, as in TensorFlow. */
static int prepare_accumulator(const TfgPrepare *p, void **state, TfgStatus *s)
{
    TfgNamed *named;
    if (tfg_named_prepare(p, ACCUMULATOR_TYPE, make_accumulator, NULL, &named, NULL, s) < 0)
        return -1;
    if (named->handle->dtype == TFG_RESOURCE && spread_handle(named, s) < 0) {
        tfg_named_release(named);
        return -1;
    }
    *state = named;
    return 0;
}

static TfgAccumulator *find(TfgKernelCall *c, TfgStatus *s)
{
    return (TfgAccumulator *)tfg_named_find(c, 0, ACCUMULATOR_TYPE, s);
}

static int fail_signature(const TfgKernelCall *c, const TfgAccumulator *a, TfgStatus *s)
{
    TfgStr have = TFG_STR_INIT, want = TFG_STR_INIT;
    bool takes = c->n_out > 0;
    for (int i = 1; i < c->n_in; i++)
        tfg_str_printf(&have, ", %s", tfg_dtype_signature_name(c->in[i]->dtype));
    tfg_str_puts(&have, "->");
    for (int i = 0; i < c->n_out; i++)
        tfg_str_printf(&have, "%s%s", i ? ", " : "", tfg_dtype_signature_name(c->out_dtype[i]));
    const char *dtype = tfg_dtype_signature_name(a->dtype), *handle = c->in[0] && c->in[0]->dtype == TFG_RESOURCE ? "resource" : "string_ref";
    if (takes)
        tfg_str_printf(&want, a->sparse ? ", int32->int64, %s, int64" : ", int32->%s", dtype);
    else
        tfg_str_printf(&want, a->sparse ? ", int64, int64, %s, int64->" : ", int64, %s->", dtype);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Signature mismatch, have: %s%s expected: %s%s", handle, tfg_str_text(&have), handle,
             tfg_str_text(&want));
    tfg_str_fini(&have);
    tfg_str_fini(&want);
    return -1;
}

static int read_step(const TfgTensor *t, const char *name, int64_t *step, TfgStatus *s)
{
    TfgShapeText b;
    if (t->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Argument %s must be scalar, but had bad shape %s", name, tfg_shape_text(t, &b));
    *step = tfg_tensor_int(t, 0);
    return 0;
}

/* ---- Adding ------------------------------------------------------------------------------------------------------------------------------- */

/* With the lock.  A gradient of an earlier step is dropped before anybody looks at it. */
static int apply(TfgKernelCall *c, TfgAccumulator *a, int64_t step, TfgStatus *s)
{
    bool rows = c->n_in == 5;
    if (c->in[rows ? 3 : 2]->dtype != a->dtype)
        return fail_signature(c, a, s);
    if (step < a->step)
        return 0;
    if (rows && !a->sparse)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unknown input name: gradient");
    if (!rows && a->sparse)
        return tfg_fail(s, TFG_NOT_FOUND, "No attr named 'has_known_shape' in NodeDef:");
    if (!rows)
        return tfg_accumulator_add(a, c->in[2], s);
    return tfg_accumulator_add_rows(a, c->in[2], c->in[3], tfg_attrs_bool(c->attrs, "has_known_shape") ? c->in[4] : NULL, s);
}

static int run_apply(TfgKernelCall *c, TfgStatus *s)
{
    int64_t step = 0;
    TfgAccumulator *a = find(c, s);
    if (!a)
        return -1;
    int rc = read_step(c->in[1], "local_step", &step, s);
    if (rc == 0) {
        tfg_wait_room_enter(&a->room);
        rc = apply(c, a, step, s);
        tfg_wait_room_leave(&a->room);
    }
    tfg_handle_unref(&a->room.base);
    return rc;
}

/* ---- Taking ------------------------------------------------------------------------------------------------------------------------------- */

typedef struct Take {
    TfgWait wait;
    int32_t required;
    TfgTensor *sum;
    int64_t *indices;
    int64_t rows;               /* the accumulator's, -1 while they are not known */
} Take;

/* Who came first takes first, also where another would have enough. */
static bool try_take(TfgWait *w)
{
    TfgAccumulator *a = (TfgAccumulator *)w->room;
    Take *take = (Take *)w;
    if (a->room.first != w || a->counter < take->required)
        return false;
    a->step++;
    tfg_accumulator_average(a);
    take->sum = a->sum;
    take->indices = a->indices;
    take->rows = a->shape.rank > 0 ? a->shape.dims[0] : -1;
    a->sum = NULL;
    a->indices = NULL;
    tfg_free(a->counts);
    a->counts = NULL;
    a->counter = 0;
    return true;
}

static void finish_take(TfgWait *w)
{
    TfgKernelCall *c = w->call;
    Take *take = (Take *)w;
    int64_t rank = take->sum->rank;
    if (c->n_out == 3) {
        TfgTensor *indices = tfg_kernel_output(c, 0, 1, &take->sum->dims[0], &w->status);
        TfgTensor *shape = indices ? tfg_kernel_output(c, 2, 1, &rank, &w->status) : NULL;
        if (!shape)
            return;
        memcpy(indices->data, take->indices, (size_t)take->sum->dims[0] * sizeof(int64_t));
        for (int i = 0; i < take->sum->rank; i++)
            ((int64_t *)shape->data)[i] = i ? take->sum->dims[i] : take->rows;
    }
    c->out[c->n_out == 3] = take->sum;
    take->sum = NULL;
}

static void drop_take(TfgWait *w)
{
    tfg_tensor_unref(((Take *)w)->sum);
    tfg_free(((Take *)w)->indices);
}

static const TfgWaitKind kind = {sizeof(Take), "TakeGrad operation was cancelled", try_take, finish_take, drop_take};

static int read_take(TfgKernelCall *c, TfgAccumulator *a, Take *take, TfgStatus *s)
{
    int64_t required = 0;
    bool rows = c->n_out == 3;
    if (tfg_dtype_base(c->out_dtype[rows]) != a->dtype || rows != a->sparse)
        return fail_signature(c, a, s);
    if (read_step(c->in[1], "num_required", &required, s) < 0)
        return -1;
    if (required <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Argument num_required must be positive, but was %lld", (long long)required);
    take->required = (int32_t)required;
    return 0;
}

static void start_take(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus status = TFG_STATUS_INIT;
    TfgAccumulator *a = find(c, &status);
    TfgWait *w = a ? tfg_wait_new(&kind, &a->room, c, done) : NULL;
    if (a && !w)
        tfg_fail_memory(&status);
    if (!w) {
        done(c, &status);
        tfg_status_fini(&status);
    } else if (read_take(c, a, (Take *)w, &w->status) == 0) {
        tfg_wait_begin(w);
    } else {
        tfg_wait_give_up(w);
    }
    if (a)
        tfg_handle_unref(&a->room.base);
}

/* ---- Steps and numbers --------------------------------------------------------------------------------------------------------------------- */

static int run_set_step(TfgKernelCall *c, TfgStatus *s)
{
    int64_t step = 0;
    TfgAccumulator *a = find(c, s);
    if (!a)
        return -1;
    int rc = read_step(c->in[1], "num_required", &step, s);        /* TensorFlow's word for it */
    if (rc == 0) {
        pthread_mutex_lock(&a->room.lock);
        a->step = step;
        pthread_mutex_unlock(&a->room.lock);
    }
    tfg_handle_unref(&a->room.base);
    return rc;
}

static int run_count(TfgKernelCall *c, TfgStatus *s)
{
    TfgAccumulator *a = find(c, s);
    TfgTensor *out = a ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (out) {
        pthread_mutex_lock(&a->room.lock);
        *(int32_t *)out->data = a->counter;
        pthread_mutex_unlock(&a->room.lock);
    }
    if (a)
        tfg_handle_unref(&a->room.base);
    return out ? 0 : -1;
}

#define FLOATS {{"dtype", TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_B(HALF)}}
#define MAKE(name) {.op = name, .types = FLOATS, .prepare = prepare_accumulator, .release = tfg_named_release, .run = tfg_named_run, \
    .flags = TFG_KERNEL_KEEPS_STATE}
#define RUN(name, fn) {.op = name, .run = fn, .flags = TFG_KERNEL_READS_REF}
#define TAKE(name) {.op = name, .start = start_take, .flags = TFG_KERNEL_MAY_BLOCK | TFG_KERNEL_READS_REF | TFG_KERNEL_VALUE_SHAPE}
static const TfgKernelRow rows[] = {
    MAKE("ConditionalAccumulator"), MAKE("ResourceConditionalAccumulator"), MAKE("SparseConditionalAccumulator"),
    RUN("AccumulatorApplyGradient", run_apply), RUN("ResourceAccumulatorApplyGradient", run_apply), RUN("SparseAccumulatorApplyGradient", run_apply),
    TAKE("AccumulatorTakeGradient"), TAKE("ResourceAccumulatorTakeGradient"), TAKE("SparseAccumulatorTakeGradient"),
    RUN("AccumulatorSetGlobalStep", run_set_step), RUN("ResourceAccumulatorSetGlobalStep", run_set_step),
    RUN("AccumulatorNumAccumulated", run_count), RUN("ResourceAccumulatorNumAccumulated", run_count),
};

int tfg_register_kernels_accumulator(TfgStatus *s);
int tfg_register_kernels_accumulator(TfgStatus *s)
{
    tfg_resource_on_fork(ACCUMULATOR_TYPE, tfg_wait_room_after_fork);
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
