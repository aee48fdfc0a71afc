#include "io/checkpoint_v1.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/tensor_proto.h"

#define VERSION 1               /* of the format */
#define MAX_MESSAGE ((uint64_t)1 << 31)

/* ---- reading ---- */

struct TfgOldCheckpoint {
    TfgTable **tables;
    size_t n_tables;
    TfgOldTensor **tensors;     /* in order of names once opened */
    size_t n, capacity;
    TfgMap by_name;
};

static void free_tensor(TfgOldTensor *t)
{
    if (!t)
        return;
    tfg_slice_set_fini(&t->slices);
    tfg_free(t->files);
    tfg_free(t->name);
    tfg_free(t);
}

void tfg_old_checkpoint_close(TfgOldCheckpoint *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++)
        free_tensor(c->tensors[i]);
    for (size_t i = 0; c->tables && i < c->n_tables; i++)
        tfg_table_close(c->tables[i]);
    tfg_map_fini(&c->by_name);
    tfg_free(c->tensors);
    tfg_free(c->tables);
    tfg_free(c);
}

static int add_slice(TfgOldTensor *t, const TfgTensorSlice *slice, size_t file, TfgStatus *s)
{
    TfgShape part;
    if (tfg_tensor_slice_shape(slice, &t->shape, &part, s) < 0) {
        s->code = TFG_DATA_LOSS;
        return -1;
    }
    if (tfg_grow((void **)&t->files, &t->files_capacity, t->slices.n + 1, sizeof *t->files) < 0)
        return tfg_fail_memory(s);
    t->files[t->slices.n] = (int32_t)file;
    return tfg_slice_set_add(&t->slices, slice, s);
}

/* The tensor as one file tells of it; joins what other files said. */
static TfgOldTensor *tensor_named(TfgOldCheckpoint *c, const TfgField *name, TfgDType dtype, const TfgShape *shape, TfgStatus *s)
{
    TfgOldTensor *t = tfg_map_find(&c->by_name, (const char *)name->data, name->n);
    if (t) {
        if (t->dtype == dtype && tfg_shape_equal(&t->shape, shape))
            return t;
        tfg_fail(s, TFG_DATA_LOSS, "Files of one checkpoint disagree about the tensor %.*s", (int)(name->n < 4096 ? name->n : 4096),
                 (const char *)name->data);
        return NULL;
    }
    t = tfg_calloc(1, sizeof *t);
    if (!t || !(t->name = tfg_strndup(name->n ? (const char *)name->data : "", name->n)) ||
        tfg_grow((void **)&c->tensors, &c->capacity, c->n + 1, sizeof *c->tensors) < 0 ||
        tfg_map_put(&c->by_name, t->name, name->n, t) < 0) {
        free_tensor(t);
        tfg_fail_memory(s);
        return NULL;
    }
    t->n = name->n;
    t->dtype = dtype;
    tfg_shape_copy(&t->shape, shape);
    return c->tensors[c->n++] = t;
}

/* SavedSliceMeta, once for the tensor and once for its slices. */
static int read_tensor_meta(TfgOldCheckpoint *c, TfgWire w, size_t file, TfgStatus *s)
{
    TfgWire again = w, inner;
    TfgField f, name = {0};
    TfgShape shape = {0};
    TfgDType dtype = TFG_INVALID;
    TfgTensorSlice slice;
    int more;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, 1, TFG_WIRE_BYTES))
            name = f;
        else if (tfg_field_is(&f, 3, TFG_WIRE_VARINT))
            dtype = f.value < TFG_N_DTYPES ? (TfgDType)f.value : TFG_INVALID;
        else if (tfg_field_is(&f, 2, TFG_WIRE_BYTES) && (tfg_wire_enter(&w, &f, &inner, s) < 0 || tfg_shape_proto_read(inner, &shape, s) < 0))
            return -1;
    if (more < 0)
        return -1;
    if (dtype == TFG_INVALID || !tfg_shape_is_full(&shape) || name.n > INT32_MAX)
        return tfg_fail(s, TFG_DATA_LOSS, "Invalid tensor in the list of a checkpoint file");
    TfgOldTensor *t = tensor_named(c, &name, dtype, &shape, s);
    if (!t)
        return -1;
    while ((more = tfg_wire_next(&again, &f, s)) > 0)
        if (tfg_field_is(&f, 4, TFG_WIRE_BYTES) && (tfg_wire_enter(&again, &f, &inner, s) < 0 || tfg_tensor_slice_read(inner, &slice, s) < 0 ||
                                                    add_slice(t, &slice, file, s) < 0))
            return -1;
    return more;
}

static int check_versions(TfgWire w, TfgStatus *s)
{
    TfgField f;
    int more;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, 2, TFG_WIRE_VARINT) && (int64_t)f.value > VERSION)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Checkpoint min consumer version %lld above current version %d for this release",
                            (long long)f.value, VERSION);
    return more;
}

static int read_meta(TfgOldCheckpoint *c, TfgWire w, size_t file, TfgStatus *s)
{
    TfgWire inner;
    TfgField f;
    int more;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (f.type != TFG_WIRE_BYTES || f.number > 2)
            continue;
        if (tfg_wire_enter(&w, &f, &inner, s) < 0 ||
            (f.number == 1 ? read_tensor_meta(c, inner, file, s) : check_versions(inner, s)) < 0)
            return -1;
    }
    return more;
}

/* The field `number` of the value that `key` has in a table: 1, 0 where there is none, -1.  Borrowed from the cursor. */
static int find_field(TfgCursor *cursor, const char *key, size_t key_n, uint32_t number, TfgWire *out, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    size_t n;
    int more = tfg_cursor_seek(cursor, key, key_n, s);
    if (more <= 0)
        return more;
    const char *at = tfg_cursor_key(cursor, &n);
    if (n != key_n || memcmp(at, key, n) != 0)
        return 0;
    const char *value = tfg_cursor_value(cursor, &n);
    tfg_wire_init(&w, value, n);
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, number, TFG_WIRE_BYTES))
            return tfg_wire_enter(&w, &f, out, s) < 0 ? -1 : 1;
    return more;
}

static int open_table(TfgOldCheckpoint *c, const char *path, TfgStatus *s)
{
    TfgBlob *src = tfg_blob_open(path, s);
    TfgTable *t = src ? tfg_table_open_steal(src, s) : NULL;
    if (t) {
        c->tables[c->n_tables++] = t;
        return 0;
    }
    if (s->code == TFG_RESOURCE_EXHAUSTED)
        return -1;
    tfg_status_append(s, ": perhaps your file is in a different file format and you need to use a different restore operator?");
    tfg_status_prepend(s, "Unable to open table file %s: %s: ", path, tfg_code_name(s->code));
    s->code = TFG_DATA_LOSS;
    return -1;
}

static int open_file(TfgOldCheckpoint *c, const char *path, TfgStatus *s)
{
    TfgWire meta;
    if (open_table(c, path, s) < 0)
        return -1;
    TfgCursor *cursor = tfg_cursor_new(c->tables[c->n_tables - 1], s);
    if (!cursor)
        return -1;
    int found = find_field(cursor, "", 0, 1, &meta, s);
    if (found == 0)
        found = tfg_fail(s, TFG_INTERNAL, "Failed to find the saved tensor slices at the beginning of the checkpoint file: %s", path);
    int rc = found < 0 ? -1 : read_meta(c, meta, c->n_tables - 1, s);
    tfg_cursor_free(cursor);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    const TfgOldTensor *x = *(TfgOldTensor *const *)a, *y = *(TfgOldTensor *const *)b;
    int order = memcmp(x->name, y->name, x->n < y->n ? x->n : y->n);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

static TfgOldCheckpoint *open_files(char **paths, size_t n, TfgStatus *s)
{
    TfgOldCheckpoint *c = tfg_calloc(1, sizeof *c);
    if (!c || !(c->tables = tfg_calloc(n, sizeof *c->tables))) {
        tfg_free(c);
        tfg_fail_memory(s);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        if (open_file(c, paths[i], s) < 0) {
            tfg_old_checkpoint_close(c);
            return NULL;
        }
    if (c->n)
        qsort(c->tensors, c->n, sizeof *c->tensors, by_name);
    return c;
}

TfgOldCheckpoint *tfg_old_checkpoint_open(const char *pattern, TfgStatus *s)
{
    char **paths = NULL, *literal = (char *)(uintptr_t)pattern;
    size_t n = 0;
    TfgOldCheckpoint *c = NULL;
    if (tfg_file_exists(pattern))       /* also where its name could be read as a pattern */
        return open_files(&literal, 1, s);
    if (tfg_file_match(pattern, &paths, &n, s) < 0) {
        tfg_status_prepend(s, "Unsuccessful TensorSliceReader constructor: Failed to get matching files on %s: %s: ", pattern,
                           tfg_code_name(s->code));
        s->code = TFG_INVALID_ARGUMENT;
    } else if (n == 0) {
        tfg_fail(s, TFG_NOT_FOUND, "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for %s", pattern);
    } else {
        c = open_files(paths, n, s);
    }
    tfg_file_free_paths(paths, n);
    return c;
}

const TfgOldTensor *tfg_old_checkpoint_find(const TfgOldCheckpoint *c, const char *name, size_t n)
{
    return tfg_map_find(&c->by_name, name, n);
}

size_t tfg_old_checkpoint_count(const TfgOldCheckpoint *c) { return c->n; }
const TfgOldTensor *tfg_old_checkpoint_at(const TfgOldCheckpoint *c, size_t i) { return c->tensors[i]; }

/* The TensorProto in a SavedSlice, and what it leaves out behind it: the type and the shape. */
static int complete(TfgWire slice, TfgDType dtype, const TfgShape *shape, TfgStr *out, TfgStatus *s)
{
    TfgField f;
    int more;
    bool found = false;
    while ((more = tfg_wire_next(&slice, &f, s)) > 0)
        if (tfg_field_is(&f, 3, TFG_WIRE_BYTES)) {
            tfg_str_append(out, f.data, f.n);
            found = true;
        }
    if (more < 0)
        return -1;
    if (!found)
        return tfg_fail(s, TFG_DATA_LOSS, "A slice in a checkpoint file has no data");
    tfg_put_int(out, 1, dtype);
    size_t mark = tfg_put_begin(out, 2, 0);
    tfg_shape_proto_write(shape->rank, shape->dims, out);
    tfg_put_end(out, mark);
    return out->failed ? tfg_fail_memory(s) : 0;
}

typedef struct Part { TfgOldCheckpoint *c; const TfgOldTensor *t; } Part;

static TfgTensor *read_part(void *context, size_t i, const TfgTensorSlice *slice, TfgStatus *s)
{
    const Part *p = context;
    TfgStr key = TFG_STR_INIT, bytes = TFG_STR_INIT;
    TfgCursor *cursor = tfg_cursor_new(p->c->tables[p->t->files[i]], s);
    TfgTensor *t = NULL;
    TfgWire w;
    TfgShape shape;
    tfg_slice_key(p->t->name, p->t->n, slice, &key);
    if (cursor && key.failed)
        tfg_fail_memory(s);
    else if (cursor && tfg_tensor_slice_shape(slice, &p->t->shape, &shape, s) == 0) {
        int found = find_field(cursor, key.data, key.n, 2, &w, s);
        if (found == 0)
            tfg_fail(s, TFG_DATA_LOSS, "A slice of %s is missing in its checkpoint file", p->t->name);
        else if (found > 0 && complete(w, p->t->dtype, &shape, &bytes, s) == 0) {
            TfgProtoReader r = {NULL, 0};
            tfg_wire_init(&w, bytes.data, bytes.n);
            tfg_tensor_proto_read(&r, w, &t, NULL, s);
        }
    }
    tfg_cursor_free(cursor);
    tfg_str_fini(&bytes);
    tfg_str_fini(&key);
    return t;
}

/* An element takes at least a byte (packed bits would be fewer, but nobody packs them), and slices do not overlap. */
static int fits_files(const TfgOldCheckpoint *c, const TfgOldTensor *t, TfgStatus *s)
{
    uint64_t bytes = 0, count = 1;
    for (size_t i = 0; i < c->n_tables; i++)
        bytes += tfg_table_size(c->tables[i]) * 32;     /* blocks may be compressed */
    for (int i = 0; i < t->shape.rank; i++)
        if (t->shape.dims[i] == 0)
            return 0;
    for (int i = 0; i < t->shape.rank; i++)
        if (__builtin_mul_overflow(count, (uint64_t)t->shape.dims[i], &count) || count > bytes)
            return tfg_fail(s, TFG_DATA_LOSS, "The tensor %s has more elements than its files have bytes", t->name);
    return 0;
}

int tfg_old_checkpoint_read(TfgOldCheckpoint *c, const TfgOldTensor *t, const TfgTensorSlice *slice, TfgTensor **out, TfgStatus *s)
{
    TfgShape part;
    Part context = {c, t};
    if (t->dtype != TFG_STRING && !tfg_dtype_is_plain(t->dtype))
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Restoring data type %s not yet supported", tfg_dtype_signature_name(t->dtype));
    if (tfg_tensor_slice_shape(slice, &t->shape, &part, s) < 0 || fits_files(c, t, s) < 0)
        return -1;
    TfgTensor *tensor = NULL;
    int covers = tfg_slice_set_covers(&t->slices, &t->shape, slice, s);
    if (covers == 0)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Error copying slice data");
    else if (covers > 0 && (tensor = tfg_tensor_new(t->dtype, part.rank, part.dims, s)) &&
             tfg_slice_set_read(&t->slices, &t->shape, slice, read_part, &context, tensor, s) < 0) {
        tfg_tensor_unref(tensor);
        tensor = NULL;
    }
    if (!tensor)
        return -1;
    *out = tensor;
    return 0;
}

/* ---- writing ---- */

typedef struct Saved {          /* a pair of the table */
    TfgStr key, value;
} Saved;

typedef struct Listed {         /* a tensor in the list */
    char *name;
    size_t n;
    TfgDType dtype;
    TfgShape shape;
    TfgStr slices;
} Listed;

struct TfgOldWriter {
    Saved *saved;
    size_t n, capacity;
    Listed **listed;
    size_t n_listed, listed_capacity;
    TfgMap by_name;
};

TfgOldWriter *tfg_old_writer_new(TfgStatus *s)
{
    TfgOldWriter *w = tfg_calloc(1, sizeof *w);
    if (!w)
        tfg_fail_memory(s);
    return w;
}

void tfg_old_writer_free(TfgOldWriter *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->n; i++) {
        tfg_str_fini(&w->saved[i].key);
        tfg_str_fini(&w->saved[i].value);
    }
    for (size_t i = 0; i < w->n_listed; i++) {
        tfg_str_fini(&w->listed[i]->slices);
        tfg_free(w->listed[i]->name);
        tfg_free(w->listed[i]);
    }
    tfg_free(w->saved);
    tfg_free(w->listed);
    tfg_map_fini(&w->by_name);
    tfg_free(w);
}

static Listed *list_tensor(TfgOldWriter *w, const char *name, size_t n, TfgDType dtype, const TfgShape *shape, TfgStatus *s)
{
    Listed *l = tfg_map_find(&w->by_name, name, n);
    if (l) {
        if (l->dtype == dtype && tfg_shape_equal(&l->shape, shape))
            return l;
        tfg_fail(s, TFG_INTERNAL, "Mismatching shapes or types for %.*s", (int)n, name);
        return NULL;
    }
    l = tfg_calloc(1, sizeof *l);
    if (!l || !(l->name = tfg_strndup(n ? name : "", n)) ||
        tfg_grow((void **)&w->listed, &w->listed_capacity, w->n_listed + 1, sizeof *w->listed) < 0 ||
        tfg_map_put(&w->by_name, l->name, n, l) < 0) {
        if (l)
            tfg_free(l->name);
        tfg_free(l);
        tfg_fail_memory(s);
        return NULL;
    }
    l->n = n;
    l->dtype = dtype;
    tfg_shape_copy(&l->shape, shape);
    return w->listed[w->n_listed++] = l;
}

/* The TensorProto lists every value and leaves out type and shape. */
static int put_values(const TfgTensor *t, TfgStr *out, TfgStatus *s)
{
    TfgStr all = TFG_STR_INIT;
    TfgWire w;
    TfgField f;
    int more = -1;
    int form = t->count ? (int)t->count : TFG_TENSOR_FORM_NO_VALUES;
    if (tfg_tensor_proto_write(t, form, &all, s) == 0) {
        tfg_wire_init(&w, all.data, all.n);
        const uint8_t *from = w.p;
        while ((more = tfg_wire_next(&w, &f, s)) > 0) {
            if (f.number > 2)
                tfg_str_append(out, from, (size_t)(w.p - from));
            from = w.p;
        }
    }
    tfg_str_fini(&all);
    return more;
}

int tfg_old_writer_add(TfgOldWriter *w, const char *name, size_t n, const TfgShape *whole, const TfgTensorSlice *slice, const TfgTensor *t,
                       TfgStatus *s)
{
    if (t->dtype != TFG_STRING && !tfg_dtype_is_plain(t->dtype))
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Saving data type %s not yet supported", tfg_dtype_signature_name(t->dtype));
    if (tfg_tensor_proto_expect(t) + 1024 >= MAX_MESSAGE)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor slice is too large to serialize (conservative estimate: %llu bytes)",
                        (unsigned long long)(tfg_tensor_proto_expect(t) + 1024));
    Listed *l = list_tensor(w, name, n, t->dtype, whole, s);
    if (!l)
        return -1;
    size_t mark = tfg_put_begin(&l->slices, 4, 0);
    tfg_tensor_slice_write(slice, &l->slices);
    tfg_put_end(&l->slices, mark);
    if (l->slices.failed || tfg_grow((void **)&w->saved, &w->capacity, w->n + 1, sizeof *w->saved) < 0)
        return tfg_fail_memory(s);
    Saved *saved = &w->saved[w->n++];
    *saved = (Saved){TFG_STR_INIT, TFG_STR_INIT};
    tfg_slice_key(name, n, slice, &saved->key);
    TfgStr *v = &saved->value;
    size_t outer = tfg_put_begin(v, 2, 0);
    tfg_put_bytes(v, 1, name, n);
    mark = tfg_put_begin(v, 2, 0);
    tfg_tensor_slice_write(slice, v);
    tfg_put_end(v, mark);
    mark = tfg_put_begin(v, 3, tfg_tensor_proto_expect(t));
    if (put_values(t, v, s) < 0)
        return -1;
    tfg_put_end(v, mark);
    tfg_put_end(v, outer);
    return saved->key.failed || v->failed ? tfg_fail_memory(s) : 0;
}

static void put_meta(const TfgOldWriter *w, TfgStr *out)
{
    size_t outer = tfg_put_begin(out, 1, 0), mark;
    for (size_t i = 0; i < w->n_listed; i++) {
        const Listed *l = w->listed[i];
        size_t tensor = tfg_put_begin(out, 1, 0);
        tfg_put_bytes(out, 1, l->name, l->n);
        mark = tfg_put_begin(out, 2, 0);
        tfg_shape_proto_write(l->shape.rank, l->shape.dims, out);
        tfg_put_end(out, mark);
        tfg_put_int(out, 3, l->dtype);
        tfg_str_append(out, l->slices.data, l->slices.n);
        tfg_put_end(out, tensor);
    }
    mark = tfg_put_begin(out, 2, 0);
    tfg_put_int(out, 1, VERSION);       /* producer */
    tfg_put_end(out, mark);
    tfg_put_end(out, outer);
}

static int by_key(const void *a, const void *b)
{
    const Saved *x = a, *y = b;
    int order = memcmp(x->key.data, y->key.data, x->key.n < y->key.n ? x->key.n : y->key.n);
    return order ? order : (x->key.n > y->key.n) - (x->key.n < y->key.n);
}

int tfg_old_writer_finish(TfgOldWriter *w, TfgDraft *draft, TfgStatus *s)
{
    TfgStr meta = TFG_STR_INIT;
    TfgTableWriter *table = tfg_table_writer_new(draft, s);
    int rc = table ? 0 : -1;
    put_meta(w, &meta);
    if (rc == 0 && meta.failed)
        rc = tfg_fail_memory(s);
    if (rc == 0)
        rc = tfg_table_add(table, "", 0, meta.data, meta.n, s);
    if (w->n)
        qsort(w->saved, w->n, sizeof *w->saved, by_key);
    for (size_t i = 0; rc == 0 && i < w->n; i++) {
        const Saved *v = &w->saved[i];
        if (i + 1 < w->n && by_key(v, &w->saved[i + 1]) == 0)
            continue;           /* saved twice: the later one counts */
        rc = tfg_table_add(table, v->key.data, v->key.n, v->value.data, v->value.n, s);
    }
    if (rc == 0)
        rc = tfg_table_finish(table, s);
    tfg_table_writer_free(table);
    tfg_str_fini(&meta);
    return rc;
}
