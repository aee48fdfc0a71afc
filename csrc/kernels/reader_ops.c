/* Kernels of readers. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/named.h"
#include "kernels/reader.h"
#include "kernels/util.h"

static TfgHandle *make_reader(const TfgPrepare *p, const char *name, void *format, TfgStatus *s)
{
    (void)name;
    return (TfgHandle *)tfg_reader_new(format, p->name, s);
}

static int prepare_reader(const TfgPrepare *p, void **state, TfgStatus *s)
{
    TfgReaderFormat format;
    TfgNamed *named = NULL;
    if (tfg_reader_format(p, &format, s) < 0 || tfg_named_prepare(p, TFG_READER_TYPE, make_reader, &format, &named, NULL, s) < 0)
        return -1;
    *state = named;
    return 0;
}

static TfgReader *find_reader(TfgKernelCall *c, TfgStatus *s)
{
    return (TfgReader *)tfg_named_find(c, 0, TFG_READER_TYPE, s);
}

/* ---- What takes its turn ---------------------------------------------------------------------------------------------------------- */

typedef struct Waiter {
    TfgKernelCall *call;
    void (*done)(TfgKernelCall *c, TfgStatus *s);
    bool single;                /* one record, as scalars */
} Waiter;

/* Moves the texts into an output. */
static int give_texts(TfgKernelCall *c, int i, const Waiter *w, TfgString *texts, int64_t n, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output(c, i, w->single ? 0 : 1, &n, s);
    if (!out)
        return -1;
    memcpy(out->data, texts, (size_t)n * sizeof *texts);
    memset(texts, 0, (size_t)n * sizeof *texts);
    return 0;
}

static void have_read(void *arg, TfgRecords *records, TfgStatus *s)
{
    Waiter *w = arg;
    TfgKernelCall *c = w->call;
    TfgStatus mine = TFG_STATUS_INIT;
    void (*done)(TfgKernelCall *, TfgStatus *) = w->done;
    if (s->code == TFG_OK && c->n_out == 2 &&
        (give_texts(c, 0, w, records->keys, records->n, &mine) < 0 || give_texts(c, 1, w, records->values, records->n, &mine) < 0))
        s = &mine;
    tfg_free(w);
    done(c, s);
    tfg_status_fini(&mine);
}

static Waiter *waiter_new(TfgKernelCall *c, bool single, void (*done)(TfgKernelCall *c, TfgStatus *s), TfgStatus *s)
{
    Waiter *w = tfg_alloc(sizeof *w);
    if (!w)
        tfg_fail_memory(s);
    else
        *w = (Waiter){c, done, single};
    return w;
}

static void read_some(TfgKernelCall *c, bool single, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus s = TFG_STATUS_INIT;
    int64_t n = single ? 1 : c->in[2]->count == 1 ? tfg_tensor_int(c->in[2], 0) : -1;
    if (!single && c->in[2]->count != 1)
        tfg_fail(&s, TFG_INVALID_ARGUMENT, "num_records must be a scalar, but has %lld elements", (long long)c->in[2]->count);
    else if (n < 0)
        tfg_fail(&s, TFG_INVALID_ARGUMENT, "num_records must be >= 0 not %lld", (long long)n);
    TfgReader *r = n < 0 ? NULL : find_reader(c, &s);
    TfgQueue *q = r ? (TfgQueue *)tfg_named_find(c, 1, TFG_QUEUE_TYPE, &s) : NULL;
    Waiter *w = q ? waiter_new(c, single, done, &s) : NULL;
    if (w)
        tfg_reader_read(r, q, n, c->cancel, have_read, w);
    else
        done(c, &s);
    tfg_handle_unref((TfgHandle *)r);
    tfg_handle_unref((TfgHandle *)q);
    tfg_status_fini(&s);
}

static void start_read(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    read_some(c, true, done);
}

static void start_read_up_to(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    read_some(c, false, done);
}

static void start_reset(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgReader *r = find_reader(c, &s);
    Waiter *w = r ? waiter_new(c, false, done, &s) : NULL;
    if (w)
        tfg_reader_reset(r, c->cancel, have_read, w);
    else
        done(c, &s);
    tfg_handle_unref((TfgHandle *)r);
    tfg_status_fini(&s);
}

static void start_restore(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgReader *r = find_reader(c, &s);
    const TfgString *state = c->in[1]->data;
    Waiter *w = NULL;
    if (r && c->in[1]->rank != 0)
        tfg_fail(&s, TFG_INVALID_ARGUMENT, "Reader state must be scalar");
    else if (r)
        w = waiter_new(c, false, done, &s);
    if (w)
        tfg_reader_restore(r, state->n ? state->data : "", state->n, c->cancel, have_read, w);
    else
        done(c, &s);
    tfg_handle_unref((TfgHandle *)r);
    tfg_status_fini(&s);
}

/* ---- What does not wait ---------------------------------------------------------------------------------------------------------------- */

static int give_count(TfgKernelCall *c, bool files, TfgStatus *s)
{
    TfgReader *r = find_reader(c, s);
    TfgTensor *out = r ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    int64_t counts[2];
    if (out) {
        tfg_reader_counts(r, &counts[0], &counts[1]);
        *(int64_t *)out->data = counts[files];
    }
    tfg_handle_unref((TfgHandle *)r);
    return out ? 0 : -1;
}

static int run_records(TfgKernelCall *c, TfgStatus *s)
{
    return give_count(c, false, s);
}

static int run_files(TfgKernelCall *c, TfgStatus *s)
{
    return give_count(c, true, s);
}

static int run_serialize(TfgKernelCall *c, TfgStatus *s)
{
    TfgReader *r = find_reader(c, s);
    TfgStr text = TFG_STR_INIT;
    TfgTensor *out = r && tfg_reader_save(r, &text, s) == 0 ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    int rc = out ? tfg_string_set(out->data, tfg_str_text(&text), text.n) < 0 ? tfg_fail_memory(s) : 0 : -1;
    tfg_str_fini(&text);
    tfg_handle_unref((TfgHandle *)r);
    return rc;
}

#define READER(name) {.op = name, .prepare = prepare_reader, .release = tfg_named_release, .run = tfg_named_run, .flags = TFG_KERNEL_KEEPS_STATE}
#define START(name, fn) {.op = name, .start = fn, .flags = TFG_KERNEL_MAY_BLOCK | TFG_KERNEL_READS_REF | TFG_KERNEL_VALUE_SHAPE}
#define RUN(name, fn) {.op = name, .run = fn, .flags = TFG_KERNEL_READS_REF}
static const TfgKernelRow rows[] = {
    READER("IdentityReader"), READER("IdentityReaderV2"), READER("WholeFileReader"), READER("WholeFileReaderV2"),
    READER("TextLineReader"), READER("TextLineReaderV2"), READER("FixedLengthRecordReader"), READER("FixedLengthRecordReaderV2"),
    READER("TFRecordReader"), READER("TFRecordReaderV2"),
    START("ReaderRead", start_read), START("ReaderReadV2", start_read),
    START("ReaderReadUpTo", start_read_up_to), START("ReaderReadUpToV2", start_read_up_to),
    START("ReaderReset", start_reset), START("ReaderResetV2", start_reset),
    START("ReaderRestoreState", start_restore), START("ReaderRestoreStateV2", start_restore),
    RUN("ReaderNumRecordsProduced", run_records), RUN("ReaderNumRecordsProducedV2", run_records),
    RUN("ReaderNumWorkUnitsCompleted", run_files), RUN("ReaderNumWorkUnitsCompletedV2", run_files),
    RUN("ReaderSerializeState", run_serialize), RUN("ReaderSerializeStateV2", run_serialize),
};

int tfg_register_kernels_reader(TfgStatus *s);
int tfg_register_kernels_reader(TfgStatus *s)
{
    tfg_resource_on_fork(TFG_READER_TYPE, tfg_reader_after_fork);
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
