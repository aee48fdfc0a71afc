/* Saving and restoring: the operations behind tf.train.Saver. */
#include "base/memory.h"
#include "base/status.h"
#include "io/checkpoint.h"
#include "io/checkpoint_v1.h"
#include "kernels/io.h"

static const TfgString *text_at(const TfgTensor *t, int64_t i) { return (const TfgString *)t->data + i; }

/* ---- checks ---- */

/* The inputs of SaveV2 and RestoreV2: a prefix, and for each of n tensors a name and a slice. */
static int check_lists(TfgKernelCall *c, int n, bool saves, TfgStatus *s)
{
    const TfgTensor *prefix = c->in[0], *names = c->in[1], *slices = c->in[2];
    TfgShapeText a, b;
    if (prefix->count != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input prefix should have a single element, got %lld instead.", (long long)prefix->count);
    if (!tfg_is_vector(names) || !tfg_is_vector(slices))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input tensor_names and shape_and_slices should be an 1-D tensors, got %s and %s instead.",
                        tfg_shape_text(names, &a), tfg_shape_text(slices, &b));
    if (names->count != slices->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "tensor_names and shape_and_slices have different number of elements: %lld vs. %lld",
                        (long long)names->count, (long long)slices->count);
    if (names->count != n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, saves ? "Got %lld tensor names but %d tensors." : "Got %lld tensor names, but %d expected dtypes.",
                        (long long)names->count, n);
    return 0;
}

typedef struct Slice {          /* one text "8 2 0,3:-", taken apart */
    TfgShape whole, part;
    TfgTensorSlice slice;
} Slice;

static bool same_shape(const TfgShape *shape, const TfgTensor *t)
{
    return shape->rank == t->rank && memcmp(shape->dims, t->dims, (size_t)t->rank * sizeof *t->dims) == 0;
}

static int parse_saved_slice(const TfgString *text, const TfgTensor *t, Slice *slice, TfgStatus *s)
{
    TfgShapeText shape;
    if (tfg_shape_and_slice_parse(text->data, text->n, &slice->whole, &slice->slice, &slice->part, s) < 0)
        return -1;
    if (!same_shape(&slice->part, t))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Slice in shape_and_slice specification does not match the shape of the tensor to  save: %.*s, "
                        "tensor: %s", (int)text->n, text->data, tfg_shape_text(t, &shape));
    return 0;
}

static int shapes_differ(TfgStatus *s, const char *format, const char *name, int name_n, const TfgShape *want, const TfgShape *have)
{
    TfgShapeText a, b;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, format, name_n, name, tfg_dims_text(want->rank, want->dims, &a),
                    tfg_dims_text(have->rank, have->dims, &b));
}

/* ---- SaveV2 ---- */

static int save_one(TfgCheckpointWriter *w, const TfgString *name, const TfgString *text, const TfgTensor *t, TfgStatus *s)
{
    Slice slice;
    if (text->n == 0)
        return tfg_checkpoint_add(w, name->data, name->n, t, s);
    if (parse_saved_slice(text, t, &slice, s) < 0)
        return -1;
    return tfg_checkpoint_add_slice(w, name->data, name->n, &slice.whole, &slice.slice, t, s);
}

static int run_save_v2(TfgKernelCall *c, TfgStatus *s)
{
    int n = c->n_in - 3, rc = 0;
    if (check_lists(c, n, true, s) < 0)
        return -1;
    char *prefix = tfg_path_of(c->in[0], 0, s);
    TfgCheckpointWriter *w = prefix ? tfg_checkpoint_writer_new(prefix, s) : NULL;
    if (!w)
        rc = -1;
    for (int i = 0; rc == 0 && i < n; i++)
        rc = tfg_kernel_check_cancel(c, s) < 0 ? -1 : save_one(w, text_at(c->in[1], i), text_at(c->in[2], i), c->in[i + 3], s);
    if (rc == 0)
        rc = tfg_checkpoint_commit(w, s);
    tfg_checkpoint_writer_free(w);
    tfg_free(prefix);
    return rc;
}

/* ---- RestoreV2 ---- */

static int restore_bundle_part(TfgCheckpoint *p, const TfgString *name, const TfgString *text, TfgTensor **out, TfgStatus *s)
{
    Slice slice;
    TfgShape stored;
    if (tfg_checkpoint_find(p, name->data, name->n, NULL, &stored, s) < 0)
        return -1;
    if (text->n == 0)
        return tfg_checkpoint_read(p, name->data, name->n, out, s);
    if (tfg_shape_and_slice_parse(text->data, text->n, &slice.whole, &slice.slice, &slice.part, s) < 0)
        return -1;
    if (!tfg_shape_equal(&slice.whole, &stored))
        return shapes_differ(s, "tensor_name = %.*s; shape in shape_and_slice spec %s does not match the shape stored in checkpoint: %s",
                             name->data, (int)name->n, &slice.whole, &stored);
    return tfg_checkpoint_read_slice(p, name->data, name->n, &slice.slice, out, s);
}

static int restore_old_part(TfgCheckpoint *p, const TfgString *name, const TfgString *text, TfgDType want, TfgTensor **out, TfgStatus *s)
{
    Slice slice;
    TfgShape stored;
    TfgDType dtype;
    if (tfg_checkpoint_find(p, name->data, name->n, &dtype, &stored, s) < 0)
        return -1;
    if (dtype != want)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected to restore a tensor of type %s, got a tensor of type %s instead: tensor_name = %.*s",
                        tfg_dtype_signature_name(want), tfg_dtype_signature_name(dtype), (int)name->n, name->data);
    if (text->n == 0)
        return tfg_checkpoint_read(p, name->data, name->n, out, s);
    if (tfg_shape_and_slice_parse(text->data, text->n, &slice.whole, &slice.slice, &slice.part, s) < 0)
        return -1;
    if (!tfg_shape_equal(&slice.whole, &stored))
        return shapes_differ(s, "Shape in shape_and_slice spec does not match the shape in the save file: %.*s%s, save file shape: %s", "", 0,
                             &slice.whole, &stored);
    return tfg_checkpoint_read_slice(p, name->data, name->n, &slice.slice, out, s);
}

static int restore_one(TfgKernelCall *c, TfgCheckpoint *p, int i, const TfgString *name, const TfgString *text, TfgStatus *s)
{
    TfgDType want = tfg_dtype_base(c->out_dtype[i]);
    TfgTensor *t = NULL;
    if (tfg_kernel_check_cancel(c, s) < 0)
        return -1;
    if ((tfg_checkpoint_is_v1(p) ? restore_old_part(p, name, text, want, &t, s) : restore_bundle_part(p, name, text, &t, s)) < 0)
        return -1;
    if (t->dtype != want) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "tensor_name = %.*s; expected dtype %s does not equal original dtype %s", (int)name->n, name->data,
                 tfg_dtype_signature_name(want), tfg_dtype_signature_name(t->dtype));
        tfg_tensor_unref(t);
        return -1;
    }
    c->out[i] = t;
    return 0;
}

static int run_restore_v2(TfgKernelCall *c, TfgStatus *s)
{
    if (check_lists(c, c->n_out, false, s) < 0)
        return -1;
    char *prefix = tfg_path_of(c->in[0], 0, s);
    TfgCheckpoint *p = prefix ? tfg_checkpoint_open(prefix, s) : NULL;
    int rc = p ? 0 : -1;
    for (int i = 0; rc == 0 && i < c->n_out; i++)
        rc = restore_one(c, p, i, text_at(c->in[1], i), text_at(c->in[2], i), s);
    tfg_checkpoint_close(p);
    tfg_free(prefix);
    return rc;
}

/* ---- MergeV2Checkpoints ---- */

static int run_merge(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *from = c->in[0];
    TfgShapeText shape;
    if (!tfg_is_vector(from))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input checkpoint_prefixes should be an 1-D tensor, got %s instead.", tfg_shape_text(from, &shape));
    if (!tfg_is_scalar(c->in[1]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input destination_prefix should be a scalar tensor, got %s instead.",
                        tfg_shape_text(c->in[1], &shape));
    char **prefixes = tfg_calloc((size_t)from->count + 1, sizeof *prefixes), *prefix = tfg_path_of(c->in[1], 0, s);
    int rc = prefixes ? 0 : tfg_fail_memory(s);
    for (int64_t i = 0; rc == 0 && i < from->count; i++)
        rc = (prefixes[i] = tfg_path_of(from, i, s)) ? 0 : -1;
    if (rc == 0)
        rc = prefix ? tfg_checkpoint_merge((const char *const *)prefixes, (size_t)from->count, prefix,
                                           tfg_attrs_bool(c->attrs, "delete_old_dirs"), s) : -1;
    for (int64_t i = 0; prefixes && i < from->count; i++)
        tfg_free(prefixes[i]);
    tfg_free(prefixes);
    tfg_free(prefix);
    return rc;
}

/* ---- Save, SaveSlices: the older format ---- */

static int check_save(TfgKernelCall *c, bool slices, TfgStatus *s)
{
    int fixed = slices ? 3 : 2;
    int64_t n = c->in[1]->count;
    if (c->in[0]->count != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input 0 (filename) must be a string scalar; got a tensor of %lldelements",
                        (long long)c->in[0]->count);
    if (slices && c->in[2]->count != n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected %lld elements for the tensor shapes and slices but got %lld", (long long)n,
                        (long long)c->in[2]->count);
    if (c->n_in != n + fixed)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected totally %lld inputs as input #1 (which is a string tensor of saved names) contains "
                        "%lld names, but received %d inputs", (long long)(n + fixed), (long long)n, c->n_in);
    return 0;
}

static int save_old(TfgOldWriter *w, const TfgString *name, const TfgString *text, const TfgTensor *t, TfgStatus *s)
{
    Slice slice;
    if (text && text->n) {
        if (parse_saved_slice(text, t, &slice, s) < 0)
            return -1;
    } else {
        tfg_tensor_shape(t, &slice.whole);
        tfg_tensor_slice_set_full(&slice.slice, t->rank);
    }
    return tfg_old_writer_add(w, name->data, name->n, &slice.whole, &slice.slice, t, s);
}

static int run_save(TfgKernelCall *c, TfgStatus *s)
{
    bool slices = strcmp(c->row->op, "SaveSlices") == 0;
    if (check_save(c, slices, s) < 0)
        return -1;
    int fixed = slices ? 3 : 2, rc = -1;
    char *path = tfg_path_of(c->in[0], 0, s);
    TfgOldWriter *w = path ? tfg_old_writer_new(s) : NULL;
    TfgDraft *draft = w ? tfg_draft_create(path, s) : NULL;
    if (draft)
        rc = 0;
    for (int i = fixed; rc == 0 && i < c->n_in; i++)
        rc = save_old(w, text_at(c->in[1], i - fixed), slices ? text_at(c->in[2], i - fixed) : NULL, c->in[i], s);
    if (rc == 0)
        rc = tfg_old_writer_finish(w, draft, s);
    if (rc == 0) {
        rc = tfg_draft_finish_steal(draft, s);
        draft = NULL;
    }
    tfg_draft_close(draft);
    tfg_old_writer_free(w);
    tfg_free(path);
    return rc;
}

/* ---- Restore, RestoreSlice ---- */

static int run_restore(TfgKernelCall *c, TfgStatus *s)
{
    static const TfgString whole = {NULL, 0};
    for (int i = 0; i < c->n_in; i++)
        if (c->in[i]->count != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %d (%s) must be a string scalar; got a tensor of %lldelements", i,
                            i == 0 ? "file_pattern" : i == 1 ? "tensor_name" : "shape_and_slice", (long long)c->in[i]->count);
    char *path = tfg_path_of(c->in[0], 0, s);
    TfgCheckpoint *p = path ? tfg_checkpoint_open(path, s) : NULL;
    int rc = p ? restore_one(c, p, 0, text_at(c->in[1], 0), c->n_in > 2 ? text_at(c->in[2], 0) : &whole, s) : -1;
    tfg_checkpoint_close(p);
    tfg_free(path);
    return rc;
}

#define FLAGS TFG_KERNEL_EXPENSIVE
static const TfgKernelRow rows[] = {
    {.op = "SaveV2", .run = run_save_v2, .flags = FLAGS},
    {.op = "RestoreV2", .run = run_restore_v2, .flags = FLAGS | TFG_KERNEL_VALUE_SHAPE},
    {.op = "MergeV2Checkpoints", .run = run_merge, .flags = FLAGS},
    {.op = "Save", .run = run_save, .flags = FLAGS},
    {.op = "SaveSlices", .run = run_save, .flags = FLAGS},
    {.op = "Restore", .run = run_restore, .flags = FLAGS | TFG_KERNEL_VALUE_SHAPE},
    {.op = "RestoreSlice", .run = run_restore, .flags = FLAGS | TFG_KERNEL_VALUE_SHAPE},
};

int tfg_register_kernels_checkpoint(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
