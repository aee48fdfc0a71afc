#include "runtime/call.h"

#include <pthread.h>
#include <string.h>

#include "base/denormals.h"
#include "base/memory.h"
#include "base/status.h"

struct TfgScratch {             /* 64 bytes in front of what the kernel gets */
    TfgScratch *next;
    size_t n;
};
#define SCRATCH_HEAD 64

void *tfg_kernel_scratch(TfgKernelCall *c, size_t n, TfgStatus *s)
{
    TfgCallSite *site = c->runtime;
    TfgScratch *b = n < SIZE_MAX - SCRATCH_HEAD ? tfg_alloc_data(n + SCRATCH_HEAD) : NULL;
    if (!b) {
        tfg_fail_memory(s);
        return NULL;
    }
    b->next = site->scratch;
    b->n = n + SCRATCH_HEAD;
    site->scratch = b;
    return (char *)b + SCRATCH_HEAD;
}

void tfg_call_free_scratch(TfgCallSite *site)
{
    while (site->scratch) {
        TfgScratch *b = site->scratch;
        site->scratch = b->next;
        tfg_free_data(b, b->n);
    }
}

int tfg_kernel_check_cancel(TfgKernelCall *c, TfgStatus *s)
{
    return tfg_cancelled(c->cancel) ? tfg_fail(s, TFG_CANCELLED, "Operation was cancelled") : 0;
}

/* ---- In place ------------------------------------------------------------------------------------------------------------- */

static bool in_arena(const TfgCallSite *site, const TfgTensor *t)
{
    return site->layout && !t->buffer && tfg_layout_owns(site->layout, t->data);
}

bool tfg_kernel_input_dies(const TfgKernelCall *c, int j)
{
    const TfgCallSite *site = c->runtime;
    const TfgTensor *t = c->in[j];
    if (j >= 64 || !(site->dies >> j & 1) || !t)
        return false;
    if (!in_arena(site, t))
        return tfg_tensor_is_exclusive(t);
    return t == site->layout->slots[site->in_slots[j]].header && atomic_load_explicit(&t->refs, memory_order_acquire) == 2;
}

static void note_share(TfgCallSite *site, int j, int i, uint8_t share)
{
    TfgLayoutSlot *slot = &site->layout->slots[site->out_slot + i];
    int32_t parent = site->in_slots[j];
    if (parent < 0 || parent >= site->out_slot + i || (slot->seen_parent == parent && slot->seen_share == share))
        return;
    if (slot->seen_parent >= 0 && slot->seen_share == TFG_SHARE_FORWARD && share == TFG_SHARE_INPLACE)
        return;
    slot->seen_parent = parent;
    slot->seen_share = share;
    site->layout->dirty = true;
}

TfgTensor *tfg_call_reuse(TfgKernelCall *c, int j, int i, int rank, const int64_t *dims)
{
    TfgCallSite *site = c->runtime;
    if (!tfg_kernel_input_dies(c, j))
        return NULL;
    TfgTensor *in = c->in[j];
    TfgDType dtype = c->out_dtype[i];
    int64_t count = 1;
    for (int d = 0; d < rank; d++)
        count *= dims[d];
    if (count != in->count || tfg_dtype_size(dtype) != tfg_dtype_size(in->dtype) || !tfg_dtype_is_plain(dtype) ||
        !tfg_dtype_is_plain(in->dtype))
        return NULL;
    TfgTensor *out;
    if (in_arena(site, in)) {
        if (site->layout->slots[site->out_slot + i].parent != site->in_slots[j])
            return NULL;
        out = tfg_layout_header(site->layout, site->out_slot + i, dtype, rank, dims, count, in->data);
    } else if (dtype == in->dtype && rank == in->rank && memcmp(dims, in->dims, (size_t)rank * sizeof *dims) == 0) {
        out = tfg_tensor_ref(in);
    } else {
        TfgStatus ignored = TFG_STATUS_INIT;
        out = tfg_tensor_view(in, dtype, rank, dims, &ignored);
        tfg_status_fini(&ignored);
    }
    if (out && site->layout)
        note_share(site, j, i, TFG_SHARE_INPLACE);
    return out;
}

/* ---- Outputs --------------------------------------------------------------------------------------------------------------- */

/* A region of the arena for output i; notes how much was wanted.  NULL: memory of its own. */
static TfgTensor *from_arena(TfgCallSite *site, int i, TfgDType dtype, int rank, const int64_t *dims)
{
    TfgLayoutSlot *slot = &site->layout->slots[site->out_slot + i];
    int64_t count = 1;
    for (int d = 0; d < rank; d++)
        if (dims[d] < 0 || __builtin_mul_overflow(count, dims[d], &count))
            return NULL;
    size_t bytes;
    if (__builtin_mul_overflow((size_t)count, tfg_dtype_size(dtype), &bytes))
        return NULL;
    bytes = bytes ? bytes : 1;
    if (bytes > slot->need && !slot->escapes && tfg_dtype_is_plain(dtype)) {
        slot->need = bytes;
        site->layout->dirty = true;
    }
    if (slot->offset < 0 || bytes > slot->size)
        return NULL;
    return tfg_layout_header(site->layout, site->out_slot + i, dtype, rank, dims, count, site->layout->arena + slot->offset);
}

/* The tensor that was output i an iteration ago, where it can be it again. */
static TfgTensor *take_spare(TfgCallSite *site, int i, TfgDType dtype, int rank, const int64_t *dims)
{
    TfgTensor *t = site->spare[i];
    if (!t || t->dtype != dtype || t->rank != rank || (rank && memcmp(t->dims, dims, (size_t)rank * sizeof *dims) != 0) ||
        !tfg_dtype_is_plain(dtype) || !tfg_tensor_is_exclusive(t) || t->data != t->buffer->data)
        return NULL;
    site->spare[i] = NULL;
    return t;
}

TfgTensor *tfg_call_fresh(TfgKernelCall *c, int i, int rank, const int64_t *dims, TfgStatus *s)
{
    TfgCallSite *site = c->runtime;
    TfgTensor *t = site->spare ? take_spare(site, i, c->out_dtype[i], rank, dims) : NULL;
    if (!t)
        t = site->layout ? from_arena(site, i, c->out_dtype[i], rank, dims) : NULL;
    if (!t)
        t = tfg_tensor_new(c->out_dtype[i], rank, dims, s);
    if (!t)
        return NULL;
    tfg_tensor_unref(c->out[i]);
    return c->out[i] = t;
}

TfgTensor *tfg_kernel_output(TfgKernelCall *c, int i, int rank, const int64_t *dims, TfgStatus *s)
{
    const int8_t (*pair)[2] = c->row->inplace;
    for (int p = 0; p < 4 && pair[p][0]; p++) {
        if (pair[p][1] - 1 != i || pair[p][0] > c->n_in)
            continue;
        TfgTensor *t = tfg_call_reuse(c, pair[p][0] - 1, i, rank, dims);
        if (t) {
            tfg_tensor_unref(c->out[i]);
            return c->out[i] = t;
        }
    }
    return tfg_call_fresh(c, i, rank, dims, s);
}

TfgTensor *tfg_kernel_output_like(TfgKernelCall *c, int i, const TfgTensor *like, TfgStatus *s)
{
    return tfg_kernel_output(c, i, like->rank, like->dims, s);
}

int tfg_kernel_forward_as(TfgKernelCall *c, int j, int i, int rank, const int64_t *dims, TfgStatus *s)
{
    TfgCallSite *site = c->runtime;
    TfgTensor *in = c->in[j], *out = NULL;
    bool same = in->rank == rank && memcmp(in->dims, dims, (size_t)rank * sizeof *dims) == 0;
    TfgDType dtype = c->out_dtype ? c->out_dtype[i] : in->dtype;
    if (in_arena(site, in)) {
        TfgLayout *l = site->layout;
        note_share(site, j, i, TFG_SHARE_FORWARD);
        if (l->slots[site->out_slot + i].parent == site->in_slots[j] &&
            l->slots[site->out_slot + i].seen_share == TFG_SHARE_FORWARD)
            out = tfg_layout_header(l, site->out_slot + i, dtype, rank, dims, in->count, in->data);
        if (!out) {             /* the layout does not expect it this time */
            out = tfg_tensor_new(dtype, rank, dims, s);
            if (!out)
                return -1;
            memcpy(out->data, in->data, tfg_tensor_nbytes(out));
        }
    } else {
        if (site->layout)
            note_share(site, j, i, TFG_SHARE_FORWARD);
        if (same && dtype == in->dtype)
            out = tfg_tensor_ref(in);
        else if (!in->buffer && site->layout)
            out = tfg_layout_header(site->layout, site->out_slot + i, dtype, rank, dims, in->count, in->data);
        if (!out && !(out = tfg_tensor_view(in, dtype, rank, dims, s)))
            return -1;
    }
    tfg_tensor_unref(c->out[i]);
    c->out[i] = out;
    return 0;
}

int tfg_kernel_forward(TfgKernelCall *c, int j, int i, TfgStatus *s)
{
    return tfg_kernel_forward_as(c, j, i, c->in[j]->rank, c->in[j]->dims, s);
}

TfgTensor *tfg_kernel_keep(TfgKernelCall *c, int j, TfgStatus *s)
{
    TfgCallSite *site = c->runtime;
    TfgTensor *t = c->in[j];
    if (t->buffer && !t->buffer->owner)         /* an owner outside, such as an array of the program, may change it later */
        return tfg_tensor_ref(t);
    if (in_arena(site, t)) {
        site->layout->slots[site->in_slots[j]].escapes = true;
        site->layout->dirty = true;
    }
    return tfg_tensor_copy(t, s);
}

int tfg_call_run(TfgKernelCall *c, TfgStatus *s)
{
    return c->row->run ? c->row->run(c, s) : tfg_elementwise_run(c, s);
}

/* ---- One call outside any step ---------------------------------------------------------------------------------------------- */

#define MAX_ONCE 256

typedef struct Waiting {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done;
    TfgStatus status;
} Waiting;

typedef struct OnceSite {
    TfgCallSite site;           /* first: TfgKernelCall.runtime points at it */
    Waiting wait;
} OnceSite;

static void once_done(TfgKernelCall *c, TfgStatus *s)
{
    Waiting *w = &((OnceSite *)c->runtime)->wait;
    pthread_mutex_lock(&w->lock);
    tfg_status_move(&w->status, s);
    w->done = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

static int start_and_wait(TfgKernelCall *c, OnceSite *once, TfgStatus *s)
{
    Waiting *w = &once->wait;
    memset(w, 0, sizeof *w);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    c->row->start(c, once_done);
    pthread_mutex_lock(&w->lock);
    while (!w->done)
        pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->changed);
    if (w->status.code == TFG_OK)
        return 0;
    tfg_status_move(s, &w->status);
    return -1;
}

int tfg_arg_dtypes(const TfgArgDef *args, int n_args, const TfgAttrs *attrs, TfgDType *dtypes, int max)
{
    int n = 0;
    for (int i = 0; i < n_args; i++) {
        int count = tfg_arg_count(&args[i], attrs);
        for (int k = 0; k < count; k++, n++)
            if (n < max)
                dtypes[n] = tfg_arg_dtype(&args[i], k, attrs);
    }
    return n;
}

int tfg_kernel_run_row(const TfgKernelRow *row, const char *name, const TfgAttrs *attrs, TfgTensor *const *in, const TfgDType *in_dtype,
                       int n_in, TfgTensor **out, const TfgDType *out_dtype, int n_out, TfgStatus *s)
{
    TfgPrepare p = {.name = name, .type = row->op, .attrs = attrs, .n_in = n_in, .n_out = n_out, .in_dtype = in_dtype,
                    .out_dtype = out_dtype, .device = "/job:localhost/replica:0/task:0/device:CPU:0"};
    void *state = NULL;
    if (row->prepare && row->prepare(&p, &state, s) < 0)
        return -1;
    OnceSite once;
    memset(&once.site, 0, sizeof once.site);
    for (int i = 0; i < n_out; i++)
        out[i] = NULL;
    TfgKernelCall c = {.row = row, .name = name, .type = row->op, .attrs = attrs, .state = state, .n_in = n_in, .n_out = n_out,
                       .in = in, .out = out, .out_dtype = out_dtype, .runtime = &once};
    uint64_t denormals = tfg_denormals_off();
    int rc = tfg_row_waits(row) ? start_and_wait(&c, &once, s) : tfg_call_run(&c, s);
    tfg_denormals_restore(denormals);
    tfg_call_free_scratch(&once.site);
    if (row->release)
        row->release(state);
    for (int i = 0; i < n_out && rc == 0; i++)
        if (!out[i])
            rc = tfg_fail(s, TFG_INTERNAL, "%s left output %d unset", row->op, i);
    for (int i = 0; i < n_out && rc < 0; i++) {
        tfg_tensor_unref(out[i]);
        out[i] = NULL;
    }
    return rc;
}

int tfg_kernel_run_once(const TfgOpDef *def, const char *name, const TfgAttrs *attrs, TfgTensor *const *in, int n_in, TfgTensor **out,
                        int n_out, TfgStatus *s)
{
    const TfgKernelRow *row = tfg_find_kernel(def->name, "CPU", attrs);
    if (!row)
        return tfg_fail(s, TFG_NOT_FOUND, "No OpKernel was registered to support Op '%s' with these attrs.", def->name);
    if (n_in > MAX_ONCE || n_out > MAX_ONCE)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "%s has too many inputs or outputs for a single call", def->name);
    TfgDType in_dtype[MAX_ONCE], out_dtype[MAX_ONCE];
    for (int i = 0; i < n_in; i++)
        in_dtype[i] = in[i]->dtype;
    if (tfg_arg_dtypes(def->out, def->n_out, attrs, out_dtype, MAX_ONCE) != n_out)
        return tfg_fail(s, TFG_INTERNAL, "%s does not have %d outputs", def->name, n_out);
    return tfg_kernel_run_row(row, name, attrs, in, in_dtype, n_in, out, out_dtype, n_out, s);
}
