/* Writers of event files as resources: SummaryWriter names one, CreateSummaryFileWriter makes it, the rest write to it. */
#include <time.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/events.h"
#include "io/stream.h"
#include "io/summary.h"
#include "kernels/isa.h"
#include "kernels/util.h"

/* The name that TensorFlow's messages show. */
#define WRITER_TYPE "N10tensorflow22SummaryWriterInterfaceE"

typedef struct SummaryWriter {
    TfgHandle base;
    TfgEvents *events;
    pthread_mutex_t lock;       /* guards the last two */
    int64_t max_queue, flush_ms, waiting, flushed_ms;
} SummaryWriter;

static int64_t now_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void free_writer(TfgHandle *h)
{
    SummaryWriter *w = (SummaryWriter *)h;
    TfgStatus ignored = TFG_STATUS_INIT;
    tfg_events_close(w->events, &ignored);
    tfg_status_fini(&ignored);
    tfg_events_free(w->events);
    pthread_mutex_destroy(&w->lock);
    tfg_free(w);
}

/* ---- Making ---- */

typedef struct Request { const char *logdir, *suffix; int64_t max_queue, flush_ms; } Request;

static TfgEvents *open_events(const Request *r, TfgStatus *s)
{
    TfgStr prefix = TFG_STR_INIT;
    tfg_str_printf(&prefix, "%s%sevents", r->logdir, *r->logdir && r->logdir[strlen(r->logdir) - 1] != '/' ? "/" : "");
    TfgEvents *e = prefix.failed ? NULL : tfg_events_new(prefix.data, s);
    if (prefix.failed)
        tfg_fail_memory(s);
    tfg_str_fini(&prefix);
    if (e && (tfg_make_folders(r->logdir, s) < 0 || tfg_events_set_suffix(e, r->suffix, s) < 0 || tfg_events_open(e, s) < 0)) {
        tfg_events_free(e);
        e = NULL;
    }
    return e;
}

static TfgHandle *make_writer(void *arg, TfgStatus *s)
{
    const Request *r = arg;
    SummaryWriter *w = tfg_calloc(1, sizeof *w);
    if (!w) {
        tfg_fail_memory(s);
        return NULL;
    }
    w->events = open_events(r, s);
    if (!w->events) {
        tfg_free(w);
        return NULL;
    }
    w->base = (TfgHandle){.refs = 1, .free = free_writer, .type_name = WRITER_TYPE};
    pthread_mutex_init(&w->lock, NULL);
    w->max_queue = r->max_queue;
    w->flush_ms = r->flush_ms;
    w->flushed_ms = now_ms(CLOCK_MONOTONIC);
    return &w->base;
}

static int want_scalar(const TfgKernelCall *c, int i, const char *what, TfgStatus *s)
{
    return c->in[i]->count == 1 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a scalar", what);
}

static char *text_of(const TfgTensor *t)
{
    const TfgString *e = t->data;
    return tfg_strndup(e->data ? e->data : "", e->n);
}

static int run_create(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const names[] = {"writer", "logdir", "max_queue", "flush_millis", "filename_suffix"};
    for (int i = 0; i < 5; i++)
        if (want_scalar(c, i, names[i], s) < 0)
            return -1;
    char *logdir = text_of(c->in[1]), *suffix = text_of(c->in[4]);
    Request r = {logdir, suffix, tfg_tensor_int(c->in[2], 0), tfg_tensor_int(c->in[3], 0)};
    TfgHandle *w = NULL;
    if (!logdir || !suffix)
        tfg_fail_memory(s);
    else
        w = tfg_resource_lookup_or_make(c->resources, c->in[0], WRITER_TYPE, make_writer, &r, s);
    int rc = w ? 0 : -1;
    tfg_free(logdir);
    tfg_free(suffix);
    if (w)
        tfg_handle_unref(w);
    return rc;
}

static void release_handle(void *state)
{
    tfg_tensor_unref(state);
}

/* Without a shared name the node's own is the resource's. */
static int prepare_handle(const TfgPrepare *p, void **state, TfgStatus *s)
{
    TfgBytes container = tfg_attrs_string(p->attrs, "container"), shared = tfg_attrs_string(p->attrs, "shared_name");
    char *place = tfg_strndup(container.n ? container.data : "localhost", container.n ? container.n : 9);
    char *name = shared.n ? tfg_strndup(shared.data, shared.n) : tfg_strdup(p->name);
    TfgTensor *t = place && name ? tfg_tensor_new(TFG_RESOURCE, 0, NULL, s) : NULL;
    TfgResourceHandle *h = t ? tfg_resource_handle_new(p->device, place, name, WRITER_TYPE, s) : NULL;
    if (h) {
        *(TfgHandle **)t->data = &h->base;
        *state = t;
    } else {
        tfg_tensor_unref(t);
        if (!place || !name)
            tfg_fail_memory(s);
    }
    tfg_free(place);
    tfg_free(name);
    return h ? 0 : -1;
}

static int run_handle(TfgKernelCall *c, TfgStatus *s)
{
    (void)s;
    c->out[0] = tfg_tensor_ref(c->state);
    return 0;
}

/* ---- Writing ---- */

static SummaryWriter *find_writer(TfgKernelCall *c, TfgStatus *s)
{
    return want_scalar(c, 0, "writer", s) < 0 ? NULL : (SummaryWriter *)tfg_resource_lookup(c->resources, c->in[0], WRITER_TYPE, s);
}

static int flush(SummaryWriter *w, TfgStatus *s)
{
    pthread_mutex_lock(&w->lock);
    w->waiting = 0;
    w->flushed_ms = now_ms(CLOCK_MONOTONIC);
    pthread_mutex_unlock(&w->lock);
    return tfg_events_write(w->events, s);
}

/* Takes an Event's bytes; flushes when many wait, or the last flush is long ago. */
static int add_event(SummaryWriter *w, const TfgStr *event, TfgStatus *s)
{
    if (event->failed)
        return tfg_fail_memory(s);
    if (tfg_events_add(w->events, tfg_str_text(event), event->n, s) < 0)
        return -1;
    pthread_mutex_lock(&w->lock);
    bool full = ++w->waiting > w->max_queue || now_ms(CLOCK_MONOTONIC) - w->flushed_ms > w->flush_ms;
    pthread_mutex_unlock(&w->lock);
    return full ? flush(w, s) : 0;
}

static TfgBytes bytes_of(const TfgTensor *t)
{
    const TfgString *e = t->data;
    return (TfgBytes){e->data, e->n};
}

typedef int PutFn(TfgKernelCall *c, TfgStr *out, TfgStatus *s);

/* An Event of the step in input 1, with what `put` appends in the field `number`. */
static int write_event(TfgKernelCall *c, uint32_t number, PutFn *put, TfgStatus *s)
{
    SummaryWriter *w = find_writer(c, s);
    if (!w)
        return -1;
    TfgStr event = TFG_STR_INIT;
    int rc = want_scalar(c, 1, "step", s);
    if (rc == 0) {
        tfg_put_double(&event, 1, (double)now_ms(CLOCK_REALTIME) * 1e-3);
        tfg_put_int_unless_zero(&event, 2, tfg_tensor_int(c->in[1], 0));
        size_t mark = tfg_put_begin(&event, number, 64);
        rc = put(c, &event, s);
        tfg_put_end(&event, mark);
    }
    if (rc == 0)
        rc = add_event(w, &event, s);
    tfg_str_fini(&event);
    tfg_handle_unref(&w->base);
    return rc;
}

enum { EVENT_GRAPH = 4, EVENT_SUMMARY = 5 };

static int put_scalar(TfgKernelCall *c, TfgStr *out, TfgStatus *s)
{
    if (want_scalar(c, 2, "tag", s) < 0 || want_scalar(c, 3, "value", s) < 0)
        return -1;
    tfg_summary_put_scalar(out, bytes_of(c->in[2]), (float)tfg_tensor_double(c->in[3], 0));
    return 0;
}

static int put_histogram(TfgKernelCall *c, TfgStr *out, TfgStatus *s)
{
    if (want_scalar(c, 2, "tag", s) < 0)
        return -1;
    TfgBytes tag = bytes_of(c->in[2]);
    char *name = tfg_strndup(tag.data ? tag.data : "", tag.n);
    int rc = name ? tfg_summary_put_histogram(out, tag, c->in[3], name, s) : tfg_fail_memory(s);
    tfg_free(name);
    return rc;
}

static int put_images(TfgKernelCall *c, TfgStr *out, TfgStatus *s)
{
    if (want_scalar(c, 2, "tag", s) < 0)
        return -1;
    if (c->in[4]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "bad_color must be a vector");
    return tfg_summary_put_images(out, bytes_of(c->in[2]), c->in[3], tfg_attrs_int(c->attrs, "max_images"), c->in[4], s);
}

static int put_audio(TfgKernelCall *c, TfgStr *out, TfgStatus *s)
{
    if (want_scalar(c, 2, "tag", s) < 0 || want_scalar(c, 4, "sample_rate", s) < 0)
        return -1;
    return tfg_summary_put_audio(out, bytes_of(c->in[2]), c->in[3], *(const float *)c->in[4]->data, tfg_attrs_int(c->attrs, "max_outputs"), s);
}

static int put_tensor(TfgKernelCall *c, TfgStr *out, TfgStatus *s)
{
    if (want_scalar(c, 3, "tag", s) < 0 || want_scalar(c, 4, "summary_metadata", s) < 0)
        return -1;
    return tfg_summary_put_tensor(out, bytes_of(c->in[3]), (TfgBytes){NULL, 0}, c->in[2], bytes_of(c->in[4]), true, s);
}

/* Whether bytes are a message, as far as its own fields go. */
static int check_message(TfgBytes data, const char *what, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    TfgStatus bad = TFG_STATUS_INIT;
    int more;
    tfg_wire_init(&w, data.data, data.n);
    while ((more = tfg_wire_next(&w, &f, &bad)) > 0)
        ;
    tfg_status_fini(&bad);
    return more < 0 ? tfg_fail(s, TFG_DATA_LOSS, "Bad %s binary proto tensor string", what) : 0;
}

static int put_graph(TfgKernelCall *c, TfgStr *out, TfgStatus *s)
{
    if (want_scalar(c, 2, "tensor", s) < 0 || check_message(bytes_of(c->in[2]), "tf.GraphDef", s) < 0)
        return -1;
    tfg_str_append(out, bytes_of(c->in[2]).data ? bytes_of(c->in[2]).data : "", bytes_of(c->in[2]).n);
    return 0;
}

#define WRITE(name, field, put) \
    static int run_write_##name(TfgKernelCall *c, TfgStatus *s) { return write_event(c, field, put, s); }
WRITE(scalar, EVENT_SUMMARY, put_scalar)
WRITE(histogram, EVENT_SUMMARY, put_histogram)
WRITE(images, EVENT_SUMMARY, put_images)
WRITE(audio, EVENT_SUMMARY, put_audio)
WRITE(tensor, EVENT_SUMMARY, put_tensor)
WRITE(graph, EVENT_GRAPH, put_graph)

static int run_import(TfgKernelCall *c, TfgStatus *s)
{
    SummaryWriter *w = find_writer(c, s);
    if (!w)
        return -1;
    TfgStr event = TFG_STR_INIT;
    int rc = want_scalar(c, 1, "event", s) < 0 || check_message(bytes_of(c->in[1]), "tf.Event", s) < 0 ? -1 : 0;
    if (rc == 0) {
        tfg_str_append(&event, bytes_of(c->in[1]).data ? bytes_of(c->in[1]).data : "", bytes_of(c->in[1]).n);
        rc = add_event(w, &event, s);
    }
    tfg_str_fini(&event);
    tfg_handle_unref(&w->base);
    return rc;
}

static int run_flush(TfgKernelCall *c, TfgStatus *s)
{
    SummaryWriter *w = find_writer(c, s);
    if (!w)
        return -1;
    int rc = flush(w, s);
    tfg_handle_unref(&w->base);
    return rc;
}

static int run_close(TfgKernelCall *c, TfgStatus *s)
{
    if (want_scalar(c, 0, "writer", s) < 0)
        return -1;
    const TfgResourceHandle *h = tfg_tensor_resource_handle(c->in[0], s);
    return h ? tfg_resources_remove(c->resources, h->container, h->name, WRITER_TYPE, s) : -1;
}

static const TfgKernelRow rows[] = {
    {.op = "CloseSummaryWriter", .run = run_close}, {.op = "CreateSummaryFileWriter", .run = run_create},
    {.op = "FlushSummaryWriter", .run = run_flush}, {.op = "ImportEvent", .run = run_import},
    {.op = "SummaryWriter", .prepare = prepare_handle, .release = release_handle, .run = run_handle},
    {.op = "WriteAudioSummary", .run = run_write_audio}, {.op = "WriteGraphSummary", .run = run_write_graph},
    {.op = "WriteHistogramSummary", .types = {{"T", TFG_TYPES_REAL}}, .run = run_write_histogram},
    {.op = "WriteImageSummary", .run = run_write_images},
    {.op = "WriteScalarSummary", .types = {{"T", TFG_TYPES_REAL}}, .run = run_write_scalar},
    {.op = "WriteSummary", .run = run_write_tensor},
};

static void renew(TfgHandle *h)
{
    SummaryWriter *w = (SummaryWriter *)h;
    pthread_mutex_init(&w->lock, NULL);
    tfg_events_after_fork(w->events);
}

int tfg_register_kernels_summary(TfgStatus *s);
int tfg_register_kernels_summary(TfgStatus *s)
{
    tfg_resource_on_fork(WRITER_TYPE, renew);
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s);
}
