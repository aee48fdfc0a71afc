/* Vocabularies that changed between two trainings: where each word stood before, and a matrix whose rows and columns follow. */
#include <inttypes.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/checkpoint.h"
#include "io/file.h"
#include "kernels/io.h"

/* ---- GenerateVocabRemapping ---- */

typedef struct Words {          /* the lines of a file */
    TfgStr text;
    size_t n, capacity;
    TfgString *lines;           /* point into the text */
} Words;

static void words_fini(Words *w)
{
    tfg_str_fini(&w->text);
    tfg_free(w->lines);
}

/* Lines end with \n; every \r is left out, as TensorFlow reads such files. */
static int split_lines(Words *w, TfgStatus *s)
{
    char *to = w->text.data, *begin = to;
    for (size_t i = 0; i < w->text.n; i++) {
        char c = w->text.data[i];
        bool last = i + 1 == w->text.n;
        if (c != '\n' && c != '\r')
            *to++ = c;
        if (c != '\n' && !last)
            continue;
        if (tfg_grow((void **)&w->lines, &w->capacity, w->n + 1, sizeof *w->lines) < 0)
            return tfg_fail_memory(s);
        w->lines[w->n++] = (TfgString){begin, (size_t)(to - begin)};
        begin = to;
    }
    return 0;
}

static int read_words(const TfgTensor *name, const char *what, Words *w, TfgStatus *s)
{
    TfgShapeText shape;
    if (!tfg_is_scalar(name))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s_vocab_file should be a single string, but got %s", what, tfg_shape_text(name, &shape));
    char *path = tfg_path_of(name, 0, s);
    int rc = path ? 0 : -1;
    if (path && !*path)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "new vocab filename cannot be empty.");       /* "new" for either */
    if (rc == 0)
        rc = tfg_file_read(path, INT64_MAX, &w->text, s);
    if (rc == 0)
        rc = split_lines(w, s);
    tfg_free(path);
    return rc;
}

/* Line number + 1 by word. */
static int index_words(const Words *old, size_t n, TfgMap *by_word, TfgStatus *s)
{
    for (size_t i = 0; i < n; i++) {
        const TfgString *e = &old->lines[i];
        uintptr_t before = (uintptr_t)tfg_map_find(by_word, e->data, e->n);
        if (before)
            return tfg_fail(s, TFG_FAILED_PRECONDITION, "HashTable has different value for same key. Key %.*s has %zu and trying to add value %zu",
                            (int)(e->n < 4096 ? e->n : 4096), e->data, (size_t)before - 1, i);
        if (tfg_map_put(by_word, e->data, e->n, (void *)(uintptr_t)(i + 1)) < 0)
            return tfg_fail_memory(s);
    }
    return 0;
}

static int remap(TfgKernelCall *c, const Words *new, const Words *old, const TfgMap *by_word, TfgStatus *s)
{
    int64_t first = tfg_attrs_int(c->attrs, "new_vocab_offset"), n = tfg_attrs_int(c->attrs, "num_new_vocab");
    int32_t present = 0;
    (void)old;
    if (first < 0 || n < 0 || first > (int64_t)new->n || n > (int64_t)new->n - first)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "lookup table size must be larger than last new vocab entry's line");
    TfgTensor *remapping = tfg_kernel_output(c, 0, 1, &n, s), *count = remapping ? tfg_kernel_output(c, 1, 0, NULL, s) : NULL;
    if (!count)
        return -1;
    for (int64_t i = 0; i < n; i++) {
        const TfgString *e = &new->lines[first + i];
        uintptr_t at = (uintptr_t)tfg_map_find(by_word, e->data, e->n);
        ((int64_t *)remapping->data)[i] = (int64_t)at - 1;
        present += at != 0;
    }
    *(int32_t *)count->data = present;
    return 0;
}

static int run_vocab_remapping(TfgKernelCall *c, TfgStatus *s)
{
    Words new = {.n = 0}, old = {.n = 0};
    TfgMap by_word = {NULL, 0, 0};
    int64_t size = tfg_attrs_int(c->attrs, "old_vocab_size");
    int rc = read_words(c->in[0], "new", &new, s) < 0 || read_words(c->in[1], "old", &old, s) < 0 ? -1 : 0;
    if (rc == 0 && size > (int64_t)old.n)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid vocab_size: expected %" PRId64 " but got %zu", size, old.n);
    if (rc == 0)
        rc = index_words(&old, size < 0 ? old.n : (size_t)size, &by_word, s);
    if (rc == 0)
        rc = remap(c, &new, &old, &by_word, s);
    tfg_map_fini(&by_word);
    words_fini(&new);
    words_fini(&old);
    return rc;
}

/* ---- LoadAndRemapMatrix ---- */

/* Every old row or column may go to one new place only. */
static int check_once(const TfgTensor *remapping, int64_t limit, TfgStatus *s)
{
    TfgIdMap seen = {NULL, 0, 0};
    int rc = 0;
    for (int64_t i = 0; rc == 0 && i < remapping->count; i++) {
        int64_t old = ((const int64_t *)remapping->data)[i];
        uint64_t before;
        if (old < 0)
            continue;
        if (old >= limit)
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Old ID %" PRId64 " is outside of the old matrix, which has %" PRId64, old, limit);
        else if (tfg_idmap_get(&seen, (uint64_t)old, &before))
            rc = tfg_fail(s, TFG_UNIMPLEMENTED, "Old ID %" PRId64 " is mapped to both new ID %" PRIu64 " and %" PRId64
                          ", which is not supported.", old, before, i);
        else if (tfg_idmap_put(&seen, (uint64_t)old, (uint64_t)i) < 0)
            rc = tfg_fail_memory(s);
    }
    tfg_idmap_fini(&seen);
    return rc;
}

static int check_remappings(TfgKernelCall *c, int64_t n_rows, int64_t n_cols, TfgStatus *s)
{
    static const char *const names[] = {"ckpt_path", "old_tensor_name"};
    const TfgTensor *rows = c->in[2], *cols = c->in[3];
    TfgShapeText shape;
    for (int i = 0; i < 2; i++)
        if (c->in[i]->count != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "The `%s` tensor must have exactly one element, got tensor of shape %s", names[i],
                            tfg_shape_text(c->in[i], &shape));
    if (!tfg_is_vector(rows))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The `row_remapping` tensor must be 1-D, got a tensor of shape %s", tfg_shape_text(rows, &shape));
    if (rows->count != n_rows)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Size of row_remapping is %" PRId64 " instead of being equal to num_rows=%" PRId64, rows->count,
                        n_rows);
    if (!tfg_is_vector(cols))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The `col_remapping` tensor must be 1-D, got a tensor of shape %s", tfg_shape_text(cols, &shape));
    if (cols->count && cols->count != n_cols)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Provided col_remapping, but its size is %" PRId64 " instead of being equal to num_cols=%" PRId64,
                        cols->count, n_cols);
    return 0;
}

static int check_old(const char *name, int name_n, TfgDType dtype, const TfgShape *shape, int64_t want_cols, TfgStatus *s)
{
    TfgShapeText text;
    if (dtype != TFG_FLOAT)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor %.*s has invalid type %s instead of expected type float", name_n, name,
                        tfg_dtype_signature_name(dtype));
    if (shape->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor %.*s has shape %s of invalid rank %d instead of expected shape of rank 2.", name_n, name,
                        tfg_dims_text(shape->rank, shape->dims, &text), shape->rank);
    if (want_cols >= 0 && shape->dims[1] != want_cols)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor %.*s has shape %s, where the size of its 2nd dimension is %" PRId64
                        " instead of being equal to num_cols=%" PRId64, name_n, name, tfg_dims_text(shape->rank, shape->dims, &text),
                        shape->dims[1], want_cols);
    return 0;
}

/* Elements whose row or column is new come from the initial values, in order. */
static int fill_matrix(const TfgTensor *old, const TfgTensor *rows, const TfgTensor *cols, const TfgTensor *initial, TfgTensor *out, TfgStatus *s)
{
    const int64_t *row = rows->data, *col = cols->count ? cols->data : NULL;
    const float *from = old->data, *next = initial->data;
    float *to = out->data;
    int64_t n_cols = out->dims[1], used = 0;
    for (int64_t i = 0; i < out->dims[0]; i++)
        for (int64_t j = 0; j < n_cols; j++) {
            int64_t k = col ? col[j] : j;
            if (row[i] >= 0 && k >= 0)
                to[i * n_cols + j] = from[row[i] * old->dims[1] + k];
            else if (used == initial->count)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "initializing_values contained %" PRId64 " elements, but more missing values remain.",
                                initial->count);
            else
                to[i * n_cols + j] = next[used++];
        }
    if (used != initial->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "initializing_values contained %" PRId64 " elements, but only %" PRId64
                        " elements were used to fill in missing values.", initial->count, used);
    return 0;
}

static int load_old(TfgKernelCall *c, const char *path, int64_t n_cols, TfgTensor **old, TfgStatus *s)
{
    const TfgString *name = c->in[1]->data;
    TfgDType dtype;
    TfgShape shape;
    TfgCheckpoint *p = tfg_checkpoint_open(path, s);
    int rc = -1;
    if (p && tfg_checkpoint_find(p, name->data, name->n, &dtype, &shape, s) == 0 &&
        check_old(name->data, (int)name->n, dtype, &shape, c->in[3]->count ? -1 : n_cols, s) == 0 &&
        check_once(c->in[2], shape.dims[0], s) == 0 && check_once(c->in[3], shape.dims[1], s) == 0)
        rc = tfg_checkpoint_read(p, name->data, name->n, old, s);
    tfg_checkpoint_close(p);
    return rc;
}

static int run_load_and_remap(TfgKernelCall *c, TfgStatus *s)
{
    int64_t dims[] = {tfg_attrs_int(c->attrs, "num_rows"), tfg_attrs_int(c->attrs, "num_cols")};
    if (check_remappings(c, dims[0], dims[1], s) < 0)
        return -1;
    TfgTensor *old = NULL;
    char *path = tfg_path_of(c->in[0], 0, s);
    int rc = path ? load_old(c, path, dims[1], &old, s) : -1;
    TfgTensor *out = rc == 0 ? tfg_kernel_output(c, 0, 2, dims, s) : NULL;
    rc = out ? fill_matrix(old, c->in[2], c->in[3], c->in[4], out, s) : -1;
    tfg_tensor_unref(old);
    tfg_free(path);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "GenerateVocabRemapping", .run = run_vocab_remapping, .flags = TFG_KERNEL_EXPENSIVE},
    {.op = "LoadAndRemapMatrix", .run = run_load_and_remap, .flags = TFG_KERNEL_EXPENSIVE},
};

int tfg_register_kernels_remap(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
