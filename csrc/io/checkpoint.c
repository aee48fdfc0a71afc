#include "io/checkpoint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/checkpoint_v1.h"

/* ---- names ---- */

static char *index_name(const char *prefix, const char *suffix, TfgStatus *s)
{
    TfgStr name = TFG_STR_INIT;
    tfg_str_printf(&name, "%s.index%s", prefix, suffix);
    if (!name.failed)
        return tfg_str_steal(&name);
    tfg_str_fini(&name);
    tfg_fail_memory(s);
    return NULL;
}

static char *data_name(const char *prefix, int shard, int n_shards, TfgStatus *s)
{
    TfgStr name = TFG_STR_INIT;
    tfg_str_printf(&name, "%s.data-%05d-of-%05d", prefix, shard, n_shards);
    if (!name.failed)
        return tfg_str_steal(&name);
    tfg_str_fini(&name);
    tfg_fail_memory(s);
    return NULL;
}

static TfgBlob *open_shard(void *context, int shard, int n_shards, TfgStatus *s)
{
    char *path = data_name(context, shard, n_shards, s);
    TfgBlob *src = path ? tfg_blob_open(path, s) : NULL;
    tfg_free(path);
    return src;
}

static TfgBundle *open_bundle(const char *prefix, const char *index, TfgStatus *s)
{
    TfgBlob *src = tfg_blob_open(index, s);
    return src ? tfg_bundle_open_steal(src, open_shard, (void *)(uintptr_t)prefix, s) : NULL;
}

/* ---- opening what may be replaced, or was left half replaced ---- */

/* Whether the index at `path` agrees with every byte of the data. */
static bool agrees(const char *prefix, const char *path)
{
    TfgStatus ignored = TFG_STATUS_INIT;
    TfgBundle *b = open_bundle(prefix, path, &ignored);
    bool good = b && tfg_bundle_check(b, &ignored) == 0;
    tfg_bundle_close(b);
    tfg_status_fini(&ignored);
    return good;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Opens the index together with the data files it speaks of, and looks whether a save has moved one of them meanwhile. */
static TfgBundle *open_steady(const char *prefix, const char *index, const char *next, bool *moved, TfgStatus *s)
{
    struct stat before, after;
    memset(&before, 0, sizeof before);
    bool there = stat(index, &before) == 0;
    TfgBundle *b = open_bundle(prefix, index, s);
    if (b)
        tfg_bundle_open_shards(b);
    *moved = (there && (stat(index, &after) < 0 || !same_file(&before, &after))) || tfg_file_exists(next);
    return b;
}

static TfgBundle *open_prefix(const char *prefix, TfgStatus *s)
{
    char *index = index_name(prefix, "", s), *next = index ? index_name(prefix, ".next", s) : NULL;
    TfgBundle *b = NULL;
    bool moved = true;
    for (int tries = 0; next && moved && tries < 20; tries++) {
        tfg_bundle_close(b);
        tfg_status_fini(s);
        bool is_next = tfg_file_exists(next) && agrees(prefix, next);
        b = open_steady(prefix, is_next ? next : index, is_next ? index : next, &moved, s);
        if (tries && tfg_file_exists(next))     /* nobody is at work: it was left, and has been judged */
            break;
    }
    tfg_free(index);
    tfg_free(next);
    return b;
}

/* Completes or drops the save that was cut off. */
static int settle(const char *prefix, const char *index, const char *next, TfgStatus *s)
{
    if (!tfg_file_exists(next))
        return 0;
    return agrees(prefix, next) ? tfg_file_rename(next, index, s) : tfg_file_delete(next, s);
}

/* ---- either format ---- */

struct TfgCheckpoint {
    char *path;
    TfgBundle *bundle;          /* one of the two */
    TfgOldCheckpoint *old;
};

static int has_index(const char *path, TfgStatus *s)
{
    char *index = index_name(path, "", s);
    if (!index)
        return -1;
    bool there = tfg_file_exists(index);
    tfg_free(index);
    return there;
}

TfgCheckpoint *tfg_checkpoint_open(const char *path, TfgStatus *s)
{
    TfgCheckpoint *c = tfg_calloc(1, sizeof *c);
    if (!c || !(c->path = tfg_strdup(path))) {
        tfg_free(c);
        tfg_fail_memory(s);
        return NULL;
    }
    int there = has_index(path, s);
    if (there > 0)
        c->bundle = open_prefix(c->path, s);
    else if (there == 0)
        c->old = tfg_old_checkpoint_open(path, s);
    if (c->bundle || c->old)
        return c;
    tfg_checkpoint_close(c);
    return NULL;
}

void tfg_checkpoint_close(TfgCheckpoint *c)
{
    if (!c)
        return;
    tfg_bundle_close(c->bundle);
    tfg_old_checkpoint_close(c->old);
    tfg_free(c->path);
    tfg_free(c);
}

bool tfg_checkpoint_is_v1(const TfgCheckpoint *c) { return c->old != NULL; }

static const TfgOldTensor *find_old(const TfgCheckpoint *c, const char *name, size_t n, TfgStatus *s)
{
    const TfgOldTensor *t = tfg_old_checkpoint_find(c->old, name, n);
    if (!t)
        tfg_fail(s, TFG_NOT_FOUND, "Tensor name \"%.*s\" not found in checkpoint files %s", (int)(n < 4096 ? n : 4096), name, c->path);
    return t;
}

int tfg_checkpoint_find(TfgCheckpoint *c, const char *name, size_t n, TfgDType *dtype, TfgShape *shape, TfgStatus *s)
{
    TfgBundleEntry e;
    if (c->old) {
        const TfgOldTensor *t = find_old(c, name, n, s);
        if (t && dtype)
            *dtype = t->dtype;
        if (t && shape)
            tfg_shape_copy(shape, &t->shape);
        return t ? 0 : -1;
    }
    if (tfg_bundle_find(c->bundle, name, n, &e, s) < 0)
        return -1;
    if (dtype)
        *dtype = e.dtype;
    if (shape)
        tfg_shape_copy(shape, &e.shape);
    tfg_bundle_entry_fini(&e);
    return 0;
}

int tfg_checkpoint_read(TfgCheckpoint *c, const char *name, size_t n, TfgTensor **out, TfgStatus *s)
{
    if (!c->old)
        return tfg_bundle_read(c->bundle, name, n, out, s);
    const TfgOldTensor *t = find_old(c, name, n, s);
    TfgTensorSlice all;
    if (!t)
        return -1;
    tfg_tensor_slice_set_full(&all, t->shape.rank);
    return tfg_old_checkpoint_read(c->old, t, &all, out, s);
}

int tfg_checkpoint_read_slice(TfgCheckpoint *c, const char *name, size_t n, const TfgTensorSlice *slice, TfgTensor **out, TfgStatus *s)
{
    if (!c->old)
        return tfg_bundle_read_slice(c->bundle, name, n, slice, out, s);
    const TfgOldTensor *t = find_old(c, name, n, s);
    return t ? tfg_old_checkpoint_read(c->old, t, slice, out, s) : -1;
}

static int each_old(TfgCheckpoint *c, TfgCheckpointEachFn each, void *context, TfgStatus *s)
{
    for (size_t i = 0; i < tfg_old_checkpoint_count(c->old); i++) {
        const TfgOldTensor *t = tfg_old_checkpoint_at(c->old, i);
        if (each(context, t->name, t->n, t->dtype, &t->shape, s) < 0)
            return -1;
    }
    return 0;
}

int tfg_checkpoint_each(TfgCheckpoint *c, TfgCheckpointEachFn each, void *context, TfgStatus *s)
{
    if (c->old)
        return each_old(c, each, context, s);
    TfgCursor *cursor = NULL;
    TfgBundleEntry e;
    const char *key;
    size_t n;
    int more;
    while ((more = tfg_bundle_next(c->bundle, &cursor, &key, &n, &e, s)) > 0) {
        if (key[0] != 0 && each(context, key, n, e.dtype, &e.shape, s) < 0)     /* keys of slices begin with 0 */
            more = -1;
        tfg_bundle_entry_fini(&e);
        if (more < 0)
            break;
    }
    tfg_cursor_free(cursor);
    return more;
}

static void describe(const char *name, size_t n, TfgDType dtype, const TfgShape *shape, TfgStr *out)
{
    tfg_str_append(out, name, n);
    tfg_str_printf(out, " (%s) [", tfg_dtype_enum_name(dtype));
    for (int i = 0; i < shape->rank; i++)
        tfg_str_printf(out, "%s%lld", i ? "," : "", (long long)shape->dims[i]);
    tfg_str_putc(out, ']');
}

int tfg_checkpoint_describe(TfgCheckpoint *c, TfgStr *out, TfgStatus *s)
{
    for (size_t i = 0; c->old && i < tfg_old_checkpoint_count(c->old); i++) {
        const TfgOldTensor *t = tfg_old_checkpoint_at(c->old, i);
        describe(t->name, t->n, t->dtype, &t->shape, out);
        if (t->slices.n > 1)
            tfg_str_printf(out, ", %zu slices", t->slices.n);
        tfg_str_putc(out, '\n');
    }
    TfgCursor *cursor = NULL;
    TfgBundleEntry e;
    const char *key;
    size_t n;
    int more = 0;
    while (!c->old && (more = tfg_bundle_next(c->bundle, &cursor, &key, &n, &e, s)) > 0) {
        if (e.slices.n == 0) {
            describe(key, n, e.dtype, &e.shape, out);
            tfg_str_putc(out, '\n');
        }
        tfg_bundle_entry_fini(&e);
    }
    tfg_cursor_free(cursor);
    return more < 0 ? -1 : out->failed ? tfg_fail_memory(s) : 0;
}

/* ---- writing ---- */

struct TfgCheckpointWriter {
    char *prefix;
    TfgBundleWriter *bundle;
    TfgDraft *data;
};

typedef struct Move { TfgDraft *draft; char *from, *to; } Move;           /* of a data file: a draft's, or one that has a name */

static int move_data(const Move *moves, size_t n, TfgStatus *s)
{
    for (size_t i = 0; i < n; i++)
        if (moves[i].draft ? tfg_draft_move(moves[i].draft, moves[i].to, s) < 0 : tfg_file_rename(moves[i].from, moves[i].to, s) < 0)
            return -1;
    return 0;
}

/* The index is complete and synced, and so are the data. */
static int commit(const char *prefix, const Move *moves, size_t n, TfgDraft *index, TfgStatus *s)
{
    TfgStr folder = TFG_STR_INIT;
    char *path = index_name(prefix, "", s), *next = path ? index_name(prefix, ".next", s) : NULL;
    int rc = next ? 0 : -1;
    tfg_file_folder_of(prefix, &folder);
    if (rc == 0 && folder.failed)
        rc = tfg_fail_memory(s);
    if (rc == 0)
        rc = settle(prefix, path, next, s);
    bool again = rc == 0 && tfg_file_exists(path);
    if (rc == 0 && again)
        rc = tfg_draft_move(index, next, s) < 0 || tfg_file_sync_folder(tfg_str_text(&folder), s) < 0 ? -1 : 0;
    if (rc == 0)
        rc = move_data(moves, n, s);
    if (rc == 0 && again)       /* the data's move reaches the disk before the index's does */
        rc = tfg_file_sync_folder(tfg_str_text(&folder), s);
    if (rc == 0)
        rc = again ? tfg_file_rename(next, path, s) : tfg_draft_move(index, path, s);
    if (rc == 0)
        rc = tfg_file_sync_folder(tfg_str_text(&folder), s);
    tfg_str_fini(&folder);
    tfg_free(path);
    tfg_free(next);
    return rc;
}

static int make_folder_of(const char *prefix, TfgStatus *s)
{
    TfgStr folder = TFG_STR_INIT;
    tfg_file_folder_of(prefix, &folder);
    int rc = folder.failed ? tfg_fail_memory(s) : tfg_file_make_folder(tfg_str_text(&folder), s);
    tfg_str_fini(&folder);
    return rc;
}

TfgCheckpointWriter *tfg_checkpoint_writer_new(const char *prefix, TfgStatus *s)
{
    if (make_folder_of(prefix, s) < 0)
        return NULL;
    TfgCheckpointWriter *w = tfg_calloc(1, sizeof *w);
    char *path = data_name(prefix, 0, 1, s);
    if (!w || !path)
        tfg_fail_memory(s);
    else if (!(w->prefix = tfg_strdup(prefix)))
        tfg_fail_memory(s);
    else if ((w->bundle = tfg_bundle_writer_new(s)))
        w->data = tfg_draft_create(path, s);
    tfg_free(path);
    if (w && w->data)
        return w;
    tfg_checkpoint_writer_free(w);
    return NULL;
}

void tfg_checkpoint_writer_free(TfgCheckpointWriter *w)
{
    if (!w)
        return;
    tfg_draft_close(w->data);
    tfg_bundle_writer_free(w->bundle);
    tfg_free(w->prefix);
    tfg_free(w);
}

int tfg_checkpoint_add(TfgCheckpointWriter *w, const char *name, size_t n, const TfgTensor *t, TfgStatus *s)
{
    return tfg_bundle_add(w->bundle, name, n, t, w->data, s);
}

int tfg_checkpoint_add_slice(TfgCheckpointWriter *w, const char *name, size_t n, const TfgShape *whole, const TfgTensorSlice *slice,
                             const TfgTensor *t, TfgStatus *s)
{
    return tfg_bundle_add_slice(w->bundle, name, n, whole, slice, t, w->data, s);
}

int tfg_checkpoint_commit(TfgCheckpointWriter *w, TfgStatus *s)
{
    char *path = index_name(w->prefix, "", s);
    TfgDraft *index = path ? tfg_draft_create(path, s) : NULL;
    Move data = {w->data, NULL, NULL};
    int rc = -1;
    if (index && (data.to = data_name(w->prefix, 0, 1, s)) && tfg_bundle_finish(w->bundle, 1, index, s) == 0 &&
        tfg_draft_sync(w->data, s) == 0 && tfg_draft_sync(index, s) == 0)
        rc = commit(w->prefix, &data, 1, index, s);
    tfg_draft_close(index);
    tfg_free(data.to);
    tfg_free(path);
    return rc;
}

/* ---- merging ---- */

typedef struct Merge {
    TfgBundle **bundles;
    size_t n;
    Move *moves;                /* n_shards of them */
    int n_shards;
    TfgBundleWriter *writer;
} Merge;

static void merge_fini(Merge *m)
{
    for (size_t i = 0; m->bundles && i < m->n; i++)
        tfg_bundle_close(m->bundles[i]);
    for (int i = 0; m->moves && i < m->n_shards; i++) {
        tfg_free(m->moves[i].from);
        tfg_free(m->moves[i].to);
    }
    tfg_free(m->bundles);
    tfg_free(m->moves);
    tfg_bundle_writer_free(m->writer);
}

static int open_all(Merge *m, const char *const *prefixes, TfgStatus *s)
{
    m->bundles = tfg_calloc(m->n, sizeof *m->bundles);
    if (!m->bundles)
        return tfg_fail_memory(s);
    for (size_t i = 0; i < m->n; i++) {
        if (!(m->bundles[i] = open_prefix(prefixes[i], s)))
            return -1;
        m->n_shards += tfg_bundle_n_shards(m->bundles[i]);
    }
    m->moves = tfg_calloc((size_t)m->n_shards + 1, sizeof *m->moves);
    return m->moves && (m->writer = tfg_bundle_writer_new(s)) ? 0 : tfg_fail_memory(s);
}

static int take_entries(Merge *m, size_t i, const char *name, int first_shard, TfgStatus *s)
{
    TfgCursor *cursor = NULL;
    TfgBundleEntry e;
    const char *key;
    size_t n;
    int more;
    while ((more = tfg_bundle_next(m->bundles[i], &cursor, &key, &n, &e, s)) > 0) {
        if (tfg_bundle_add_entry(m->writer, key, n, &e, first_shard + e.shard, name, s) < 0)
            more = -1;
        tfg_bundle_entry_fini(&e);
        if (more < 0)
            break;
    }
    tfg_cursor_free(cursor);
    return more;
}

static int merge_indices(Merge *m, const char *const *prefixes, const char *prefix, TfgStatus *s)
{
    int shard = 0;
    for (size_t i = 0; i < m->n; i++) {
        int n = tfg_bundle_n_shards(m->bundles[i]);
        if (take_entries(m, i, prefixes[i], shard, s) < 0)
            return -1;
        for (int j = 0; j < n; j++, shard++) {
            m->moves[shard].from = data_name(prefixes[i], j, n, s);
            m->moves[shard].to = data_name(prefix, shard, m->n_shards, s);
            if (!m->moves[shard].from || !m->moves[shard].to)
                return -1;
        }
    }
    return 0;
}

/* What was merged is gone but for its index and, where it was alone in there, its folder.  Leftovers harm nobody. */
static void clean_up(const char *const *prefixes, size_t n, const char *prefix, bool folders)
{
    TfgStatus ignored = TFG_STATUS_INIT;
    TfgStr own = TFG_STR_INIT, folder = TFG_STR_INIT;
    tfg_file_folder_of(prefix, &own);
    for (size_t i = 0; i < n; i++) {
        char *index = index_name(prefixes[i], "", &ignored);
        if (index && strcmp(prefixes[i], prefix) != 0)
            unlink(index);
        tfg_free(index);
        tfg_file_folder_of(prefixes[i], &folder);
        if (folders && folder.n && strcmp(tfg_str_text(&folder), tfg_str_text(&own)) != 0)
            rmdir(folder.data);
    }
    tfg_status_fini(&ignored);
    tfg_str_fini(&own);
    tfg_str_fini(&folder);
}

int tfg_checkpoint_merge(const char *const *prefixes, size_t n, const char *prefix, bool delete_old_folders, TfgStatus *s)
{
    Merge m = {.n = n};
    TfgDraft *index = NULL;
    char *path = NULL;
    int rc = -1;
    if (make_folder_of(prefix, s) == 0 && open_all(&m, prefixes, s) == 0 && merge_indices(&m, prefixes, prefix, s) == 0 &&
        (path = index_name(prefix, "", s)) && (index = tfg_draft_create(path, s)) &&
        tfg_bundle_finish(m.writer, m.n_shards, index, s) == 0 && tfg_draft_sync(index, s) == 0)
        rc = commit(prefix, m.moves, (size_t)m.n_shards, index, s);
    tfg_draft_close(index);
    tfg_free(path);
    merge_fini(&m);
    if (rc == 0)
        clean_up(prefixes, n, prefix, delete_old_folders);
    return rc;
}
