/* Files: reading and writing whole ones, patterns, names of shards. */
#include "kernels/io.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/file.h"

char *tfg_path_of(const TfgTensor *t, int64_t i, TfgStatus *s)
{
    const TfgString *e = (const TfgString *)t->data + i;
    char *text = tfg_strndup(e->n ? e->data : "", e->n);
    if (!text)
        tfg_fail_memory(s);
    else if (strlen(text) != e->n) {
        tfg_free(text);
        text = NULL;
        tfg_fail(s, TFG_INVALID_ARGUMENT, "A file name holds a NUL byte");
    }
    return text;
}

static int want_one(const TfgTensor *t, const char *what, TfgStatus *s)
{
    TfgShapeText shape;
    if (tfg_is_scalar(t))
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be scalar, but had shape: %s", what, tfg_shape_text(t, &shape));
}

static int run_read_file(TfgKernelCall *c, TfgStatus *s)
{
    TfgStr data = TFG_STR_INIT;
    if (want_one(c->in[0], "Input filename tensor", s) < 0)
        return -1;
    char *path = tfg_path_of(c->in[0], 0, s);
    if (!path)
        return -1;
    int rc = tfg_file_read(path, INT64_MAX, &data, s);
    TfgTensor *out = rc == 0 ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (rc == 0 && (!out || tfg_string_set(out->data, data.data, data.n) < 0))
        rc = out ? tfg_fail_memory(s) : -1;
    tfg_str_fini(&data);
    tfg_free(path);
    return rc;
}

/* Makes every folder on the way to `path` that is not there. */
static int make_folders(const char *path, TfgStatus *s)
{
    TfgStr folder = TFG_STR_INIT;
    tfg_file_folder_of(path, &folder);
    int rc = folder.failed ? tfg_fail_memory(s) : 0;
    if (rc == 0 && folder.n && !tfg_file_is_folder(folder.data)) {
        rc = make_folders(folder.data, s);
        if (rc == 0)
            rc = tfg_file_make_folder(folder.data, s);
    }
    tfg_str_fini(&folder);
    return rc;
}

static int run_write_file(TfgKernelCall *c, TfgStatus *s)
{
    if (want_one(c->in[0], "Input filename tensor", s) < 0 || want_one(c->in[1], "Contents tensor", s) < 0)
        return -1;
    char *path = tfg_path_of(c->in[0], 0, s);
    const TfgString *contents = c->in[1]->data;
    int rc = path ? make_folders(path, s) : -1;
    if (rc == 0 && tfg_file_is_folder(path))
        rc = tfg_fail(s, TFG_FAILED_PRECONDITION, "%s; Is a directory", path);
    if (rc == 0)
        rc = tfg_file_write(path, contents->data, contents->n, s);
    tfg_free(path);
    return rc;
}

typedef struct Paths { char **items; size_t n, capacity; } Paths;

static int add_matches(Paths *all, const char *pattern, TfgStatus *s)
{
    char **found = NULL;
    size_t n = 0;
    if (tfg_file_match(pattern, &found, &n, s) < 0)
        return -1;
    if (tfg_grow((void **)&all->items, &all->capacity, all->n + n + 1, sizeof *all->items) < 0) {
        tfg_file_free_paths(found, n);
        return tfg_fail_memory(s);
    }
    for (size_t i = 0; i < n; i++)
        all->items[all->n++] = found[i];
    tfg_free(found);
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int run_matching_files(TfgKernelCall *c, TfgStatus *s)
{
    Paths all = {NULL, 0, 0};
    TfgShapeText shape;
    int rc = 0;
    if (c->in[0]->rank > 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input patterns tensor must be scalar or vector, but had shape: %s",
                        tfg_shape_text(c->in[0], &shape));
    for (int64_t i = 0; rc == 0 && i < c->in[0]->count; i++) {
        char *pattern = tfg_path_of(c->in[0], i, s);
        rc = pattern ? add_matches(&all, pattern, s) : -1;
        tfg_free(pattern);
    }
    if (rc == 0 && all.n)
        qsort(all.items, all.n, sizeof *all.items, by_text);
    int64_t n = (int64_t)all.n;
    TfgTensor *out = rc == 0 ? tfg_kernel_output(c, 0, 1, &n, s) : NULL;
    if (!out)
        rc = -1;
    for (int64_t i = 0; rc == 0 && i < n; i++)
        if (tfg_string_set((TfgString *)out->data + i, all.items[i], strlen(all.items[i])) < 0)
            rc = tfg_fail_memory(s);
    tfg_file_free_paths(all.items, all.n);
    return rc;
}

/* "base-00001-of-00004", or for all of them "base-?????-of-00004". */
static int put_sharded_name(TfgKernelCall *c, const int32_t *shard, int32_t n, TfgStatus *s)
{
    const TfgString *base = c->in[0]->data;
    TfgStr name = TFG_STR_INIT;
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    if (!out)
        return -1;
    tfg_str_append(&name, base->data, base->n);
    if (shard)
        tfg_str_printf(&name, "-%05d-of-%05d", *shard, n);
    else
        tfg_str_printf(&name, "-\?\?\?\?\?-of-%05d", n);
    int rc = name.failed || tfg_string_set(out->data, name.data, name.n) < 0 ? tfg_fail_memory(s) : 0;
    tfg_str_fini(&name);
    return rc;
}

static int want_scalars(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const names[] = {"basename", "shard", "num_shards"};
    for (int i = 0; i < c->n_in; i++)
        if (!tfg_is_scalar(c->in[i])) {
            TfgShapeText shape;
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a scalar, got shape %s", names[c->n_in == 2 && i ? 2 : i],
                            tfg_shape_text(c->in[i], &shape));
        }
    return 0;
}

static int run_sharded_filename(TfgKernelCall *c, TfgStatus *s)
{
    return want_scalars(c, s) < 0 ? -1 : put_sharded_name(c, c->in[1]->data, *(const int32_t *)c->in[2]->data, s);
}

static int run_sharded_filespec(TfgKernelCall *c, TfgStatus *s)
{
    return want_scalars(c, s) < 0 ? -1 : put_sharded_name(c, NULL, *(const int32_t *)c->in[1]->data, s);
}

static const TfgKernelRow rows[] = {
    {.op = "ReadFile", .run = run_read_file, .flags = TFG_KERNEL_EXPENSIVE},
    {.op = "WriteFile", .run = run_write_file, .flags = TFG_KERNEL_EXPENSIVE},
    {.op = "MatchingFiles", .run = run_matching_files, .flags = TFG_KERNEL_EXPENSIVE | TFG_KERNEL_VALUE_SHAPE},
    {.op = "ShardedFilename", .run = run_sharded_filename},
    {.op = "ShardedFilespec", .run = run_sharded_filespec},
};

int tfg_register_kernels_io(TfgStatus *s);
int tfg_register_kernels_io(TfgStatus *s)
{
    if (tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s) < 0)
        return -1;
    return tfg_register_kernels_checkpoint(s) < 0 ? -1 : tfg_register_kernels_remap(s);
}
