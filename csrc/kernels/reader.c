#include "kernels/reader.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/wire.h"

typedef enum CallKind { READ, RESET, RESTORE } CallKind;

typedef struct State {
    int64_t started, finished, produced;
} State;

typedef struct Call {           /* calls of a reader take their turns */
    CallKind kind;
    struct Call *next;
    TfgReader *reader;          /* counted */
    TfgQueue *queue;            /* counted */
    TfgCancel *cancel;          /* counted */
    int64_t cancel_id;
    bool listens;               /* has a callback in `cancel` */
    int64_t n;                  /* records wanted */
    State state;                /* to be restored, with `work` */
    TfgStr work;
    TfgRecords records;
    TfgTensor **tuple;          /* what the queue gave */
    int64_t taken;
    TfgStatus status;
    TfgReaderDone done;
    void *arg;
    _Atomic int meeting;        /* who comes second, the one who asked the queue or its answer, goes on */
} Call;

struct TfgReader {
    TfgHandle base;
    pthread_mutex_t lock;       /* guards the list of calls, the counts and the name of the file */
    TfgReaderFormat format;
    char *node_name;
    TfgReaderFile file;         /* of the call whose turn it is */
    TfgStr work;
    State state;
    Call *first, **end;         /* the first has its turn */
};

static void close_file(TfgReader *r)
{
    tfg_reader_file_fini(&r->file);
}

static void reader_free(TfgHandle *h)
{
    TfgReader *r = (TfgReader *)h;
    close_file(r);
    tfg_str_fini(&r->work);
    pthread_mutex_destroy(&r->lock);
    tfg_free(r->node_name);
    tfg_free(r);
}

TfgReader *tfg_reader_new(const TfgReaderFormat *format, const char *node_name, TfgStatus *s)
{
    TfgReader *r = tfg_calloc(1, sizeof *r);
    char *name = tfg_strdup(node_name);
    if (!r || !name) {
        tfg_free(r);
        tfg_free(name);
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&r->base.refs, 1);
    r->base.free = reader_free;
    r->base.type_name = TFG_READER_TYPE;
    pthread_mutex_init(&r->lock, NULL);
    r->format = *format;
    r->node_name = name;
    r->end = &r->first;
    return r;
}

void tfg_reader_after_fork(TfgHandle *h)
{
    TfgReader *r = (TfgReader *)h;
    pthread_mutex_init(&r->lock, NULL);
    r->first = NULL;
    r->end = &r->first;
}

void tfg_records_fini(TfgRecords *r)
{
    for (int64_t i = 0; i < r->n; i++) {
        tfg_string_clear(&r->keys[i]);
        tfg_string_clear(&r->values[i]);
    }
    tfg_free(r->keys);
    tfg_free(r->values);
    *r = (TfgRecords){0};
}

/* ---- Reading, by the call whose turn it is -------------------------------------------------------------------------------------- */

static void take_text(TfgStr *from, TfgString *to)
{
    to->n = from->n;
    to->data = from->n ? tfg_str_steal(from) : NULL;
}

static int add_record(TfgRecords *r, TfgStr *key, TfgStr *value, TfgStatus *s)
{
    if (r->n == r->room) {
        int64_t room = r->room ? r->room * 2 : 1;
        TfgString *keys = tfg_realloc(r->keys, (size_t)room * sizeof *keys);
        if (keys)
            r->keys = keys;
        TfgString *values = keys ? tfg_realloc(r->values, (size_t)room * sizeof *values) : NULL;
        if (!values)
            return tfg_fail_memory(s);
        r->values = values;
        r->room = room;
    }
    take_text(key, &r->keys[r->n]);
    take_text(value, &r->values[r->n++]);
    return 0;
}

static bool is_working(const TfgReader *r)
{
    return r->state.finished != r->state.started;
}

static void count(TfgReader *r, int started, int finished, int produced)
{
    pthread_mutex_lock(&r->lock);
    r->state.started += started;
    r->state.finished += finished;
    r->state.produced += produced;
    pthread_mutex_unlock(&r->lock);
}

/* Records of the present file, as many as are wanted; at its end it is closed. */
static int read_records(Call *c, TfgStatus *s)
{
    TfgReader *r = c->reader;
    TfgStr key = TFG_STR_INIT, value = TFG_STR_INIT;
    int there = 1;
    while (there > 0 && c->records.n < c->n && is_working(r)) {
        tfg_str_clear(&key);
        tfg_str_clear(&value);
        there = r->format.next(&r->format, &r->file, &r->work, &key, &value, s);
        if (there > 0 && add_record(&c->records, &key, &value, s) < 0)
            there = -1;
        bool ends = there == 0 || (there > 0 && r->format.single);
        if (ends)
            close_file(r);
        count(r, 0, ends, there > 0);
    }
    tfg_str_fini(&key);
    tfg_str_fini(&value);
    return there < 0 ? -1 : 0;
}

/* The name that the queue gave. */
static int take_work(Call *c, TfgStatus *s)
{
    TfgReader *r = c->reader;
    int n = tfg_queue_spec(c->queue)->n, rc = -1;
    const TfgTensor *t = c->tuple[0];
    if (n != 1) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected single component queue");
    } else if (t->dtype != TFG_STRING) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected queue with single string component");
    } else if (t->count != 1) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected to dequeue a one-element string tensor");
    } else {
        const TfgString *name = t->data;
        pthread_mutex_lock(&r->lock);
        tfg_str_clear(&r->work);
        tfg_str_append(&r->work, name->n ? name->data : "", name->n);
        rc = r->work.failed ? tfg_fail_memory(s) : 0;
        pthread_mutex_unlock(&r->lock);
    }
    for (int k = 0; k < n; k++)
        tfg_tensor_unref(c->tuple[k]);
    tfg_free(c->tuple);
    c->tuple = NULL;
    return rc;
}

static int start_work(Call *c, TfgStatus *s)
{
    TfgReader *r = c->reader;
    close_file(r);
    if (take_work(c, s) < 0)
        return -1;
    if (r->format.open(&r->format, &r->file, tfg_str_text(&r->work), s) < 0) {
        close_file(r);
        return -1;
    }
    count(r, 1, 0, 0);
    return 0;
}

/* ---- Turns -------------------------------------------------------------------------------------------------------------------------- */

static void call_end(Call *c)
{
    TfgReader *r = c->reader;
    if (c->status.code != TFG_OK)
        tfg_records_fini(&c->records);
    c->done(c->arg, &c->records, &c->status);
    tfg_records_fini(&c->records);
    tfg_status_fini(&c->status);
    tfg_str_fini(&c->work);
    tfg_handle_unref((TfgHandle *)c->queue);
    tfg_cancel_unref(c->cancel);
    tfg_free(c);
    tfg_handle_unref(&r->base);
}

static void go_on(Call *c);

static void got_work(void *arg, TfgStatus *s)
{
    Call *c = arg;
    if (s->code != TFG_OK)
        tfg_status_copy(&c->status, s);
    if (atomic_fetch_add(&c->meeting, 1) == 1)
        go_on(c);
}

/* True where the answer is there already. */
static bool ask_queue(Call *c)
{
    atomic_store(&c->meeting, 0);
    tfg_queue_dequeue(c->queue, &c->tuple, 1, false, &c->taken, c->cancel, got_work, c);
    return atomic_fetch_add(&c->meeting, 1) == 1;
}

/* Stands where a new reader does, or where a saved one stood. */
static void set_state(Call *c)
{
    TfgReader *r = c->reader;
    TfgStr old = r->work;
    close_file(r);
    pthread_mutex_lock(&r->lock);
    r->state = c->state;
    r->work = c->work;
    pthread_mutex_unlock(&r->lock);
    c->work = old;
}

/* Reads as far as the queue lets it; true when the call is at its end, false when the queue's answer will go on. */
static bool read_on(Call *c)
{
    if (c->kind != READ) {
        set_state(c);
        return true;
    }
    for (;;) {
        if (c->tuple || c->status.code != TFG_OK) {
            if (c->status.code != TFG_OK || start_work(c, &c->status) < 0) {
                tfg_free(c->tuple);
                return true;
            }
        }
        if (is_working(c->reader) && (c->n == 0 || read_records(c, &c->status) < 0 || c->records.n > 0))
            return true;
        if (!is_working(c->reader) && !ask_queue(c))
            return false;
    }
}

/* Runs the first call, and those behind it as far as they do not wait. */
static void go_on(Call *c)
{
    while (c && read_on(c)) {
        TfgReader *r = c->reader;
        pthread_mutex_lock(&r->lock);
        r->first = c->next;
        if (!r->first)
            r->end = &r->first;
        Call *next = r->first;
        pthread_mutex_unlock(&r->lock);
        if (next && next->listens) {
            tfg_cancel_remove(next->cancel, next->cancel_id);
            next->listens = false;
        }
        call_end(c);
        c = next;
    }
}

/* A call that waits for its turn. */
static void on_cancel(void *arg)
{
    Call *c = arg;
    TfgReader *r = c->reader;
    bool found = false;
    pthread_mutex_lock(&r->lock);
    for (Call **link = r->first ? &r->first->next : &r->first; *link && !found;) {
        if (*link != c) {
            link = &(*link)->next;
            continue;
        }
        found = true;
        *link = c->next;
        if (r->end == &c->next)
            r->end = link;
    }
    pthread_mutex_unlock(&r->lock);
    if (!found)
        return;
    tfg_fail(&c->status, TFG_CANCELLED, "Dequeue operation was cancelled");
    call_end(c);
}

static Call *call_new(TfgReader *r, CallKind kind, TfgQueue *queue, int64_t n, TfgCancel *cancel, TfgReaderDone done, void *arg)
{
    Call *c = tfg_calloc(1, sizeof *c);
    if (!c) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgRecords none = {0};
        tfg_fail_memory(&s);
        done(arg, &none, &s);
        tfg_status_fini(&s);
        return NULL;
    }
    *c = (Call){.kind = kind, .reader = r, .queue = queue, .cancel = cancel ? tfg_cancel_ref(cancel) : NULL, .n = n, .done = done, .arg = arg};
    tfg_handle_ref(&r->base);
    if (queue)
        tfg_handle_ref((TfgHandle *)queue);
    return c;
}

static void take_turn(Call *c)
{
    TfgReader *r = c->reader;
    pthread_mutex_lock(&r->lock);
    bool first = !r->first, cancelled = false;
    /* The callback wants the lock, so it is added while nobody can end the call. */
    if (!first && c->cancel) {
        c->listens = tfg_cancel_add(c->cancel, on_cancel, c, &c->cancel_id);
        cancelled = !c->listens;
    }
    if (!cancelled) {
        *r->end = c;
        r->end = &c->next;
    }
    pthread_mutex_unlock(&r->lock);
    if (cancelled) {
        tfg_fail(&c->status, TFG_CANCELLED, "Dequeue operation was cancelled");
        call_end(c);
    } else if (first) {
        go_on(c);
    }
}

void tfg_reader_read(TfgReader *r, TfgQueue *queue, int64_t n, TfgCancel *cancel, TfgReaderDone done, void *arg)
{
    Call *c = call_new(r, READ, queue, n, cancel, done, arg);
    if (c)
        take_turn(c);
}

void tfg_reader_reset(TfgReader *r, TfgCancel *cancel, TfgReaderDone done, void *arg)
{
    Call *c = call_new(r, RESET, NULL, 0, cancel, done, arg);
    if (c)
        take_turn(c);
}

/* ---- Counts and state ---------------------------------------------------------------------------------------------------------------- */

void tfg_reader_counts(TfgReader *r, int64_t *records, int64_t *files)
{
    pthread_mutex_lock(&r->lock);
    *records = r->state.produced;
    *files = r->state.finished;
    pthread_mutex_unlock(&r->lock);
}

/* tensorflow.ReaderBaseState: work_started = 1, work_finished = 2, num_records_produced = 3, current_work = 4. */
int tfg_reader_save(TfgReader *r, TfgStr *out, TfgStatus *s)
{
    if (!r->format.saves)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Reader SerializeState");
    pthread_mutex_lock(&r->lock);
    const int64_t numbers[] = {r->state.started, r->state.finished, r->state.produced};
    for (uint32_t i = 0; i < 3; i++)
        tfg_put_int_unless_zero(out, i + 1, numbers[i]);
    if (r->work.n)
        tfg_put_bytes(out, 4, r->work.data, r->work.n);
    pthread_mutex_unlock(&r->lock);
    return out->failed ? tfg_fail_memory(s) : 0;
}

static int parse_state(Call *c, const char *data, size_t n, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    int more;
    tfg_wire_init(&w, data, n);
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (f.number <= 3 && f.type == TFG_WIRE_VARINT)
            *(f.number == 1 ? &c->state.started : f.number == 2 ? &c->state.finished : &c->state.produced) = (int64_t)f.value;
        if (f.number == 4 && f.type == TFG_WIRE_BYTES) {
            tfg_str_clear(&c->work);
            tfg_str_append(&c->work, f.data, f.n);
        }
    }
    return more < 0 ? -1 : c->work.failed ? tfg_fail_memory(s) : 0;
}

static void escape(TfgStr *out, const char *data, size_t n)
{
    static const char special[] = "\n\r\t\"'\\", letters[] = "nrt\"'\\";
    for (size_t i = 0; i < n; i++) {
        const char *at = data[i] ? strchr(special, data[i]) : NULL;
        if (at)
            tfg_str_printf(out, "\\%c", letters[at - special]);
        else if ((unsigned char)data[i] < 32 || (unsigned char)data[i] > 126)
            tfg_str_printf(out, "\\%03o", (unsigned)(unsigned char)data[i]);
        else
            tfg_str_putc(out, data[i]);
    }
}

static int fail_state(const Call *c, const char *what, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    const char *names[] = {"work_started", "work_finished", "num_records_produced"};
    const int64_t numbers[] = {c->state.started, c->state.finished, c->state.produced};
    for (int i = 0; i < 3; i++)
        if (numbers[i])
            tfg_str_printf(&text, "%s%s: %lld", text.n ? " " : "", names[i], (long long)numbers[i]);
    if (c->work.n) {
        tfg_str_printf(&text, "%scurrent_work: \"", text.n ? " " : "");
        escape(&text, c->work.data, c->work.n);
        tfg_str_puts(&text, "\"");
    }
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%s when restoring in %s '%s': %s", what, c->reader->format.name, c->reader->node_name, tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

static int check_state(const Call *c, TfgStatus *s)
{
    if (c->state.started < 0 || c->state.finished < 0 || c->state.produced < 0)
        return fail_state(c, "Unexpected negative value", s);
    return c->state.started > c->state.finished ? fail_state(c, "Inconsistent work started vs. finished", s) : 0;
}

void tfg_reader_restore(TfgReader *r, const char *data, size_t n, TfgCancel *cancel, TfgReaderDone done, void *arg)
{
    Call *c = call_new(r, RESTORE, NULL, 0, cancel, done, arg);
    TfgStatus bad = TFG_STATUS_INIT;
    if (!c)
        return;
    if (!r->format.saves) {
        tfg_fail(&c->status, TFG_UNIMPLEMENTED, "Reader RestoreState");
    } else if (parse_state(c, data, n, &bad) < 0) {
        TfgStr text = TFG_STR_INIT;
        escape(&text, data, n);
        tfg_fail(&c->status, TFG_INVALID_ARGUMENT, "Could not parse state for %s '%s': %s", r->format.name, r->node_name, tfg_str_text(&text));
        tfg_str_fini(&text);
    } else {
        check_state(c, &c->status);
    }
    tfg_status_fini(&bad);
    if (c->status.code != TFG_OK)
        call_end(c);
    else
        take_turn(c);
}
