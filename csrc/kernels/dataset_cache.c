/* Cached datasets: the elements of the first whole walk are kept, in memory as long as the dataset lives, or in a checkpoint's files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/checkpoint.h"
#include "io/file.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"

typedef struct Kept {           /* elements, one behind the other */
    TfgTensor **t;
    size_t capacity;
    int64_t n;                  /* tensors */
} Kept;

typedef struct Cache {
    TfgDataset base;
    char *path;                 /* NULL: in memory */
    pthread_mutex_t lock;
    bool complete;              /* `kept` does not change any more */
    Kept kept;
} Cache;

typedef struct CacheWalk {
    TfgWalk base;
    bool begun, reads, over;
    bool passes;                /* writes nothing: what was written before it was restored is not at hand */
    int64_t at;                 /* elements that were given */
    Kept mine;                  /* until the last one is there */
    TfgCheckpoint *files;
    TfgCheckpointWriter *writer;
    char *lockfile;             /* that is ours */
} CacheWalk;

static void kept_fini(Kept *k)
{
    for (int64_t i = 0; i < k->n; i++)
        tfg_tensor_unref(k->t[i]);
    tfg_free(k->t);
    *k = (Kept){0};
}

static void cache_fini(TfgDataset *d)
{
    Cache *c = (Cache *)d;
    kept_fini(&c->kept);
    tfg_free(c->path);
    pthread_mutex_destroy(&c->lock);
}

static void release_lockfile(CacheWalk *w)
{
    if (w->lockfile)
        unlink(w->lockfile);
    tfg_free(w->lockfile);
    w->lockfile = NULL;
}

static void cache_end(TfgWalk *walk)
{
    CacheWalk *w = (CacheWalk *)walk;
    kept_fini(&w->mine);
    tfg_checkpoint_close(w->files);
    tfg_checkpoint_writer_free(w->writer);
    release_lockfile(w);
}

/* ---- In memory ---------------------------------------------------------------------------------------------------------------- */

static bool is_complete(Cache *d)
{
    pthread_mutex_lock(&d->lock);
    bool complete = d->complete;
    pthread_mutex_unlock(&d->lock);
    return complete;
}

static int keep(CacheWalk *w, TfgTensor *const *element, TfgStatus *s)
{
    int n = w->base.dataset->n;
    if (tfg_grow((void **)&w->mine.t, &w->mine.capacity, (size_t)(w->mine.n + n), sizeof *w->mine.t) < 0)
        return tfg_fail_memory(s);
    for (int i = 0; i < n; i++)
        w->mine.t[w->mine.n++] = tfg_tensor_ref(element[i]);
    return 0;
}

/* Walks may go on side by side; the first one to reach the end leaves its elements. */
static void publish(CacheWalk *w)
{
    Cache *d = (Cache *)w->base.dataset;
    pthread_mutex_lock(&d->lock);
    if (!d->complete) {
        d->kept = w->mine;
        d->complete = true;
        w->mine = (Kept){0};
    }
    pthread_mutex_unlock(&d->lock);
}

static int memory_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    CacheWalk *w = (CacheWalk *)walk;
    Cache *d = (Cache *)walk->dataset;
    int n = walk->dataset->n;
    if (!w->begun) {
        w->reads = is_complete(d);
        if (!w->reads && tfg_walk_open_input(walk, s) < 0)
            return -1;
        w->begun = true;
    }
    if (w->reads) {
        if (w->at >= d->kept.n / n)
            return 0;
        for (int i = 0; i < n; i++)
            out[i] = tfg_tensor_ref(d->kept.t[w->at * n + i]);
        w->at++;
        return 1;
    }
    if (w->over)
        return 0;
    int rc = tfg_walk_next(walk->input, out, cancel, s);
    if (rc == 1)
        return keep(w, out, s) < 0 ? -1 : 1;
    w->over = rc == 0;
    if (w->over)
        publish(w);
    return rc;
}

/* ---- In files ------------------------------------------------------------------------------------------------------------------ */

#define MOST_ELEMENTS 10000000
#define ELEMENT_WIDTH 7         /* of its number in a key, with blanks before it: 10000000 has 8 digits, which are never reached */

static int count_digits(int n)
{
    int digits = 1;
    while (n >= 10) {
        n /= 10;
        digits++;
    }
    return digits;
}

static size_t key_of(const CacheWalk *w, int component, char key[48])
{
    return (size_t)snprintf(key, 48, "%*lld_%*d", ELEMENT_WIDTH, (long long)w->at, count_digits(w->base.dataset->n - 1), component);
}

/* One writer at a time: a file that only one can make says so. */
static int take_lockfile(CacheWalk *w, const char *path, TfgStatus *s)
{
    TfgStr name = TFG_STR_INIT;
    tfg_str_printf(&name, "%s_0.lockfile", path);
    char *lockfile = name.failed ? NULL : tfg_strdup(name.data);
    tfg_str_fini(&name);
    if (!lockfile)
        return tfg_fail_memory(s);
    int file = open(lockfile, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    if (file >= 0) {
        char text[64];
        int n = snprintf(text, sizeof text, "Created at: %lld", (long long)time(NULL));
        ssize_t wrote = write(file, text, (size_t)n);
        close(file);
        w->lockfile = lockfile;
        return wrote == n ? 0 : tfg_fail_errno(s, w->lockfile, errno);
    }
    int number = errno;
    if (number == EEXIST) {
        TfgStr contents = TFG_STR_INIT;
        TfgStatus unheard = TFG_STATUS_INIT;
        tfg_file_read(lockfile, 4096, &contents, &unheard);
        tfg_status_fini(&unheard);
        tfg_fail(s, TFG_ALREADY_EXISTS, "There appears to be a concurrent caching iterator running - cache lockfile already exists ('%s'). If you "
                 "are sure no other running TF computations are using this cache prefix, delete the lockfile and re-initialize the iterator. "
                 "Lockfile contents: %s", lockfile, tfg_str_text(&contents));
        tfg_str_fini(&contents);
    } else {
        tfg_fail_errno(s, lockfile, number);
    }
    tfg_free(lockfile);
    return -1;
}

static int begin_files(CacheWalk *w, TfgStatus *s)
{
    const char *path = ((const Cache *)w->base.dataset)->path;
    TfgStr index = TFG_STR_INIT;
    tfg_str_printf(&index, "%s.index", path);
    if (index.failed)
        return tfg_fail_memory(s);
    w->reads = tfg_file_exists(index.data);
    tfg_str_fini(&index);
    if (w->reads)
        return (w->files = tfg_checkpoint_open(path, s)) ? 0 : -1;
    if (take_lockfile(w, path, s) < 0 || !(w->writer = tfg_checkpoint_writer_new(path, s)))
        return -1;
    return tfg_walk_open_input(&w->base, s);
}

/* The elements end where a number is missing. */
static int read_element(CacheWalk *w, TfgTensor **out, TfgStatus *s)
{
    char key[48];
    size_t n = key_of(w, 0, key);
    if (tfg_checkpoint_find(w->files, key, n, NULL, NULL, s) < 0) {
        if (s->code != TFG_NOT_FOUND)
            return -1;
        tfg_status_fini(s);
        w->over = true;
        return 0;
    }
    for (int i = 0; i < w->base.dataset->n; i++) {
        n = key_of(w, i, key);
        if (tfg_checkpoint_read(w->files, key, n, &out[i], s) < 0)
            return -1;
    }
    w->at++;
    return 1;
}

static int write_element(CacheWalk *w, TfgTensor *const *element, TfgStatus *s)
{
    char key[48];
    if (w->at >= MOST_ELEMENTS)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Upstream iterator is producing more than %d items, which is more than the cache limit.",
                        MOST_ELEMENTS);
    for (int i = 0; i < w->base.dataset->n; i++) {
        size_t n = key_of(w, i, key);
        if (tfg_checkpoint_add(w->writer, key, n, element[i], s) < 0)
            return -1;
    }
    w->at++;
    return 0;
}

static int files_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    CacheWalk *w = (CacheWalk *)walk;
    if (!w->begun && begin_files(w, s) < 0) {
        release_lockfile(w);
        return -1;
    }
    w->begun = true;
    if (w->over)
        return 0;
    if (w->reads)
        return read_element(w, out, s);
    int rc = tfg_walk_next(walk->input, out, cancel, s);
    if (w->passes) {
        w->at += rc == 1;
        w->over = rc == 0;
        return rc;
    }
    if (rc == 1)
        return write_element(w, out, s) < 0 ? -1 : 1;
    if (rc == 0) {
        w->over = true;
        rc = tfg_checkpoint_commit(w->writer, s);
        tfg_checkpoint_writer_free(w->writer);
        w->writer = NULL;
        release_lockfile(w);
    }
    return rc;
}

/* ---- Where they stand -------------------------------------------------------------------------------------------------------------- */

/* The cache that a dataset has by now belongs to the state, unless who reads it has one. */
static int kept_state(Cache *d, TfgWalkState *t, TfgStatus *s)
{
    Kept read = {0}, *kept = &d->kept;
    int64_t n = 0;
    bool complete = d->complete;
    if (tfg_state_flag(t, "cache_completed", &complete, s) < 0)
        return -1;
    if (!complete)
        return 0;
    n = kept->n / d->base.n;
    if (t->reads)
        kept = &read;
    int rc = tfg_state_elements(t, "cache", &kept->t, &kept->capacity, &n, d->base.n, d->base.dtypes, s);
    if (t->reads)
        read.n = n * d->base.n;
    if (t->reads && rc == 0 && !d->complete) {
        d->kept = read;
        d->complete = true;
        read = (Kept){0};
    }
    kept_fini(&read);
    return rc;
}

static int memory_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    CacheWalk *w = (CacheWalk *)walk;
    Cache *d = (Cache *)walk->dataset;
    pthread_mutex_lock(&d->lock);
    int rc = kept_state(d, t, s);
    pthread_mutex_unlock(&d->lock);
    int64_t n = w->mine.n / walk->dataset->n;
    if (rc < 0 || tfg_state_flag(t, "begun", &w->begun, s) < 0 || tfg_state_flag(t, "reads", &w->reads, s) < 0 ||
        tfg_state_flag(t, "over", &w->over, s) < 0 || tfg_state_count(t, "index", &w->at, 0, INT64_MAX - 1, s) < 0)
        return -1;
    if (w->reads || !w->begun)
        return !w->reads || is_complete(d) ? 0 : tfg_fail(s, TFG_DATA_LOSS, "The state of an iterator has no cache for what reads it");
    rc = tfg_state_elements(t, "mine", &w->mine.t, &w->mine.capacity, &n, walk->dataset->n, walk->dataset->dtypes, s);
    if (t->reads)
        w->mine.n = n * walk->dataset->n;
    return rc < 0 ? -1 : tfg_state_pass(walk, t, s);
}

static int files_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    CacheWalk *w = (CacheWalk *)walk;
    if (tfg_state_flag(t, "begun", &w->begun, s) < 0 || tfg_state_flag(t, "reads", &w->reads, s) < 0 || tfg_state_flag(t, "over", &w->over, s) < 0 ||
        tfg_state_count(t, "cur_index", &w->at, 0, MOST_ELEMENTS, s) < 0)
        return -1;
    if (!w->begun)
        return 0;
    if (!w->reads) {
        w->passes = w->passes || t->reads;
        return tfg_state_pass(walk, t, s);
    }
    if (t->reads)
        w->files = tfg_checkpoint_open(((const Cache *)walk->dataset)->path, s);
    return w->files ? 0 : -1;
}

static const TfgDatasetKind memory_kind = {"MemoryCache", sizeof(Cache), sizeof(CacheWalk), cache_fini, NULL, memory_next, cache_end, memory_state};
static const TfgDatasetKind files_kind = {"FileCache", sizeof(Cache), sizeof(CacheWalk), cache_fini, NULL, files_next, cache_end, files_state};

static int run_cache(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (!input)
        return -1;
    if (c->in[1]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "filename must be a scalar");
    const TfgString *path = c->in[1]->data;
    Cache *d = tfg_dataset_new(path->n ? &files_kind : &memory_kind, input, s);
    if (!d)
        return -1;
    pthread_mutex_init(&d->lock, NULL);
    d->path = path->n ? tfg_strndup(path->data, path->n) : NULL;
    if ((path->n && !d->path ? tfg_fail_memory(s) : 0) == 0 && tfg_dataset_declare_like(&d->base, input, s) == 0)
        return tfg_dataset_give_steal(c, d, s);
    tfg_dataset_unref(d);
    return -1;
}

static const TfgKernelRow rows[] = {{.op = "CacheDataset", .run = run_cache}};

int tfg_register_datasets_cache(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
