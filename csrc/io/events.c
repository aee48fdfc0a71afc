#include "io/events.h"

#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/records.h"
#include "io/wire.h"

enum { EVENT_WALL_TIME = 1, EVENT_STEP = 2, EVENT_FILE_VERSION = 3, EVENT_SUMMARY = 5, SUMMARY_VALUE = 1, VALUE_TAG = 1, VALUE_METADATA = 9 };

struct TfgEvents {
    pthread_mutex_t lock;       /* guards pending, scratch and seen */
    pthread_mutex_t file_lock;  /* guards the rest; taken before `lock` */
    TfgStr pending, scratch, writing;
    TfgArena tags;
    TfgMap seen;
    char *prefix, *suffix, *path;
    TfgSink *sink;
};

TfgEvents *tfg_events_new(const char *prefix, TfgStatus *s)
{
    TfgEvents *e = tfg_calloc(1, sizeof *e);
    char *copy = tfg_strdup(prefix), *suffix = tfg_strdup("");
    if (!e || !copy || !suffix) {
        tfg_free(e);
        tfg_free(copy);
        tfg_free(suffix);
        tfg_fail_memory(s);
        return NULL;
    }
    pthread_mutex_init(&e->lock, NULL);
    pthread_mutex_init(&e->file_lock, NULL);
    tfg_arena_init(&e->tags);
    e->prefix = copy;
    e->suffix = suffix;
    return e;
}

void tfg_events_free(TfgEvents *e)
{
    if (!e)
        return;
    tfg_sink_free(e->sink);
    tfg_str_fini(&e->pending);
    tfg_str_fini(&e->scratch);
    tfg_str_fini(&e->writing);
    tfg_map_fini(&e->seen);
    tfg_arena_fini(&e->tags);
    tfg_free(e->prefix);
    tfg_free(e->suffix);
    tfg_free(e->path);
    pthread_mutex_destroy(&e->lock);
    pthread_mutex_destroy(&e->file_lock);
    tfg_free(e);
}

void tfg_events_after_fork(TfgEvents *e)
{
    pthread_mutex_init(&e->lock, NULL);
    pthread_mutex_init(&e->file_lock, NULL);
    tfg_str_clear(&e->pending);
    tfg_str_clear(&e->writing);
}

int tfg_events_set_suffix(TfgEvents *e, const char *suffix, TfgStatus *s)
{
    char *copy = tfg_strdup(suffix);
    if (!copy)
        return tfg_fail_memory(s);
    tfg_free(e->suffix);
    e->suffix = copy;
    return 0;
}

/* ---- the file ---- */

static int write_version(TfgEvents *e, int64_t now, TfgStatus *s)
{
    TfgStr event = TFG_STR_INIT;
    tfg_put_double(&event, EVENT_WALL_TIME, (double)now);
    tfg_put_text(&event, EVENT_FILE_VERSION, "brain.Event:2");
    int rc = event.failed ? tfg_fail_memory(s) : tfg_record_write(e->sink, event.data, event.n, s);
    tfg_str_fini(&event);
    return rc < 0 || e->sink->flush(e->sink, s) < 0 ? -1 : 0;
}

static int open_file(TfgEvents *e, TfgStatus *s)
{
    TfgStr path = TFG_STR_INIT;
    char host[256] = "";
    int64_t now = (int64_t)time(NULL);
    gethostname(host, sizeof host - 1);
    tfg_str_printf(&path, "%s.out.tfevents.%010lld.%s%s", e->prefix, (long long)now, host, e->suffix);
    if (path.failed) {
        tfg_str_fini(&path);
        return tfg_fail_memory(s);
    }
    TfgSink *sink = tfg_file_sink_new(path.data, true, s);
    if (!sink) {
        tfg_str_fini(&path);
        return -1;
    }
    tfg_sink_free(e->sink);
    tfg_free(e->path);
    e->sink = sink;
    e->path = tfg_str_steal(&path);
    return write_version(e, now, s);
}

/* A file that was removed under the writer is made anew, as TensorFlow does. */
static int ensure_open(TfgEvents *e, TfgStatus *s)
{
    return e->sink && access(e->path, F_OK) == 0 ? 0 : open_file(e, s);
}

int tfg_events_open(TfgEvents *e, TfgStatus *s)
{
    pthread_mutex_lock(&e->file_lock);
    int rc = ensure_open(e, s);
    pthread_mutex_unlock(&e->file_lock);
    return rc;
}

int tfg_events_name(TfgEvents *e, TfgStr *out, TfgStatus *s)
{
    pthread_mutex_lock(&e->file_lock);
    int rc = ensure_open(e, s);
    if (rc == 0)
        tfg_str_puts(out, e->path);
    pthread_mutex_unlock(&e->file_lock);
    return rc == 0 && out->failed ? tfg_fail_memory(s) : rc;
}

static int write_pending(TfgEvents *e, TfgStatus *s)
{
    pthread_mutex_lock(&e->lock);
    TfgStr pending = e->pending;
    e->pending = e->writing;
    e->writing = pending;
    pthread_mutex_unlock(&e->lock);
    if (!e->writing.n)
        return 0;
    int rc = ensure_open(e, s);
    if (rc == 0)
        rc = e->sink->write(e->sink, e->writing.data, e->writing.n, s) < 0 ? -1 : e->sink->flush(e->sink, s);
    tfg_str_clear(&e->writing);
    return rc;
}

int tfg_events_write(TfgEvents *e, TfgStatus *s)
{
    pthread_mutex_lock(&e->file_lock);
    int rc = write_pending(e, s);
    pthread_mutex_unlock(&e->file_lock);
    return rc;
}

int tfg_events_close(TfgEvents *e, TfgStatus *s)
{
    pthread_mutex_lock(&e->file_lock);
    int rc = write_pending(e, s);
    TfgStatus second = TFG_STATUS_INIT;
    if (e->sink && e->sink->close(e->sink, rc < 0 ? &second : s) < 0)
        rc = -1;
    tfg_status_fini(&second);
    tfg_sink_free(e->sink);
    e->sink = NULL;
    pthread_mutex_unlock(&e->file_lock);
    return rc;
}

/* ---- events ---- */

/* With the lock held.  A record is pending whole or not at all. */
static int64_t add_framed(TfgEvents *e, const void *event, size_t n, TfgStatus *s)
{
    size_t before = e->pending.n;
    tfg_record_frame(&e->pending, event, n);
    if (!e->pending.failed)
        return (int64_t)e->pending.n;
    e->pending.failed = false;
    e->pending.n = before;
    return tfg_fail_memory(s);
}

int64_t tfg_events_add(TfgEvents *e, const void *event, size_t n, TfgStatus *s)
{
    pthread_mutex_lock(&e->lock);
    int64_t rc = add_framed(e, event, n, s);
    pthread_mutex_unlock(&e->lock);
    return rc;
}

/* Whether a value with this tag came before; from now on it did. */
static int see_tag(TfgEvents *e, const TfgField *tag, bool *seen, TfgStatus *s)
{
    const char *text = (const char *)tag->data;
    *seen = tfg_map_has(&e->seen, text, tag->n);
    if (*seen)
        return 0;
    char *copy = tfg_arena_alloc(&e->tags, tag->n + 1);
    if (!copy)
        return tfg_fail_memory(s);
    if (tag->n)
        memcpy(copy, text, tag->n);
    return tfg_map_put(&e->seen, copy, tag->n, e) < 0 ? tfg_fail_memory(s) : 0;
}

static int put_value(TfgEvents *e, const TfgWire *summary, const TfgField *value, TfgStr *out, TfgStatus *s)
{
    TfgWire w;
    TfgField f, tag = {.number = VALUE_TAG};
    bool has_metadata = false, seen = false;
    int more;
    if (tfg_wire_enter(summary, value, &w, s) < 0)
        return -1;
    TfgWire again = w;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (tfg_field_is(&f, VALUE_TAG, TFG_WIRE_BYTES))
            tag = f;
        has_metadata |= tfg_field_is(&f, VALUE_METADATA, TFG_WIRE_BYTES);
    }
    if (more < 0 || see_tag(e, &tag, &seen, s) < 0)
        return -1;
    if (!seen || !has_metadata) {
        tfg_put_bytes(out, SUMMARY_VALUE, value->data, value->n);
        return 0;
    }
    size_t mark = tfg_put_begin(out, SUMMARY_VALUE, value->n);
    for (const uint8_t *from = again.p; tfg_wire_next(&again, &f, s) > 0; from = again.p)
        if (!tfg_field_is(&f, VALUE_METADATA, TFG_WIRE_BYTES))
            tfg_str_append(out, from, (size_t)(again.p - from));
    tfg_put_end(out, mark);
    return 0;
}

static int put_summary(TfgEvents *e, const void *summary, size_t n, TfgStr *out, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    int more;
    size_t mark = tfg_put_begin(out, EVENT_SUMMARY, n);
    tfg_wire_init(&w, summary, n);
    for (const uint8_t *from = w.p; (more = tfg_wire_next(&w, &f, s)) > 0; from = w.p) {
        if (!tfg_field_is(&f, SUMMARY_VALUE, TFG_WIRE_BYTES))
            tfg_str_append(out, from, (size_t)(w.p - from));
        else if (put_value(e, &w, &f, out, s) < 0)
            return -1;
    }
    tfg_put_end(out, mark);
    return more;
}

int64_t tfg_events_add_summary(TfgEvents *e, const void *summary, size_t n, double wall_time, int64_t step, TfgStatus *s)
{
    pthread_mutex_lock(&e->lock);
    TfgStr *event = &e->scratch;
    tfg_str_clear(event);
    tfg_put_double(event, EVENT_WALL_TIME, wall_time);
    tfg_put_int_unless_zero(event, EVENT_STEP, step);
    int64_t rc = put_summary(e, summary, n, event, s);
    if (rc == 0 && event->failed)
        rc = tfg_fail_memory(s);
    event->failed = false;
    if (rc == 0)
        rc = add_framed(e, event->data, event->n, s);
    pthread_mutex_unlock(&e->lock);
    return rc;
}
