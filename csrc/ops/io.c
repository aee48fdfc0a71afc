/* Files and checkpoints: signatures and shapes. */
#include "tensor/tensor_slice.h"
#include "ops/common.h"

/* Every input is a scalar, and so is every output. */
static int shape_scalars(TfgShapeCall *c, TfgStatus *s)
{
    for (int i = 0; i < c->n_in; i++)
        if (tfg_want_scalar(c, i, s) < 0)
            return -1;
    return tfg_shape_scalar(c, s);
}

static int shape_matching_files(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank_at_most(&c->in[0], 1, s) < 0)
        return -1;
    tfg_shape_set_rank(&c->out[0], 1);
    return 0;
}

static int shape_merge(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_rank(&c->in[0], 1, NULL, s) < 0 ? -1 : tfg_want_scalar(c, 1, s);
}

/* Inputs 1 to `lists` are vectors with an element for each tensor behind them. */
static int want_lists(TfgShapeCall *c, int lists, int tensors, TfgStatus *s)
{
    TfgShape list;
    if (tfg_want_scalar(c, 0, s) < 0)
        return -1;
    for (int i = 1; i <= lists; i++)
        if (tfg_want_rank(&c->in[i], 1, &list, s) < 0 || tfg_want_dim(list.dims[0], tensors, s) < 0)
            return -1;
    return 0;
}

static int shape_save(TfgShapeCall *c, TfgStatus *s) { return want_lists(c, 1, c->n_in - 2, s); }
static int shape_save_slices(TfgShapeCall *c, TfgStatus *s) { return want_lists(c, 2, c->n_in - 3, s); }

/* What the text of a slice tells of the shape of output i. */
static int shape_of_slice(TfgShapeCall *c, const TfgString *text, int i, TfgStatus *s)
{
    TfgShape whole;
    TfgTensorSlice slice;
    return text->n ? tfg_shape_and_slice_parse(text->data, text->n, &whole, &slice, &c->out[i], s) : 0;
}

static int shape_restore_v2(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape names, slices;
    if (tfg_want_scalar(c, 0, s) < 0 || tfg_want_rank(&c->in[1], 1, &names, s) < 0 || tfg_want_rank(&c->in[2], 1, &slices, s) < 0 ||
        tfg_merge_shape(&names, &slices, &names, s) < 0)
        return -1;
    const TfgTensor *texts = c->constant(c, 2);
    if (!texts)
        return 0;
    if (texts->count != c->n_out)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The number of shape_and_slice doesn't match tensor outputs.");
    for (int i = 0; i < c->n_out; i++)
        if (shape_of_slice(c, (const TfgString *)texts->data + i, i, s) < 0)
            return -1;
    return 0;
}

static int shape_restore(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_scalar(c, 0, s) < 0 || tfg_want_scalar(c, 1, s) < 0 ? -1 : 0;
}

static int shape_restore_slice(TfgShapeCall *c, TfgStatus *s)
{
    if (shape_restore(c, s) < 0 || tfg_want_scalar(c, 2, s) < 0)
        return -1;
    const TfgTensor *text = c->constant(c, 2);
    return text && text->count == 1 ? shape_of_slice(c, text->data, 0, s) : 0;
}

static int shape_vocab_remapping(TfgShapeCall *c, TfgStatus *s)
{
    int64_t n = tfg_attrs_int(c->attrs, "num_new_vocab");
    if (tfg_want_scalar(c, 0, s) < 0 || tfg_want_scalar(c, 1, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 1, &n);
    tfg_shape_set_scalar(&c->out[1]);
    return 0;
}

static int shape_load_and_remap(TfgShapeCall *c, TfgStatus *s)
{
    int64_t dims[] = {tfg_attrs_int(c->attrs, "num_rows"), tfg_attrs_int(c->attrs, "num_cols")};
    if (tfg_want_scalar(c, 1, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 2, dims);
    return 0;
}

const TfgOpRow tfg_ops_io[] = {
    { .name = "GenerateVocabRemapping", .in = {"new_vocab_file: string", "old_vocab_file: string"},
      .out = {"remapping: int64", "num_present: int32"}, .attr = {"new_vocab_offset: int >= 0", "num_new_vocab: int >= 0",
      "old_vocab_size: int >= -1 = -1"}, .shape = shape_vocab_remapping },
    { .name = "LoadAndRemapMatrix", .in = {"ckpt_path: string", "old_tensor_name: string", "row_remapping: int64", "col_remapping: int64",
      "initializing_values: float"}, .out = {"output_matrix: float"}, .attr = {"num_rows: int >= 0", "num_cols: int >= 1",
      "max_rows_in_memory: int = -1"}, .shape = shape_load_and_remap, .flags = TFG_OP_STATEFUL },
    { .name = "MatchingFiles", .in = {"pattern: string"}, .out = {"filenames: string"}, .shape = shape_matching_files },
    { .name = "MergeV2Checkpoints", .in = {"checkpoint_prefixes: string", "destination_prefix: string"},
      .attr = {"delete_old_dirs: bool = true"}, .shape = shape_merge, .flags = TFG_OP_STATEFUL },
    { .name = "ReadFile", .in = {"filename: string"}, .out = {"contents: string"}, .shape = shape_scalars },
    { .name = "Restore", .in = {"file_pattern: string", "tensor_name: string"}, .out = {"tensor: dt"}, .attr = {"dt: type",
      "preferred_shard: int = -1"}, .shape = shape_restore, .flags = TFG_OP_STATEFUL },
    { .name = "RestoreSlice", .in = {"file_pattern: string", "tensor_name: string", "shape_and_slice: string"}, .out = {"tensor: dt"},
      .attr = {"dt: type", "preferred_shard: int = -1"}, .shape = shape_restore_slice, .flags = TFG_OP_STATEFUL },
    { .name = "RestoreV2", .in = {"prefix: string", "tensor_names: string", "shape_and_slices: string"}, .out = {"tensors: dtypes"},
      .attr = {"dtypes: list(type) >= 1"}, .shape = shape_restore_v2, .flags = TFG_OP_STATEFUL },
    { .name = "Save", .in = {"filename: string", "tensor_names: string", "data: T"}, .attr = {"T: list(type) >= 1"}, .shape = shape_save,
      .flags = TFG_OP_STATEFUL },
    { .name = "SaveSlices", .in = {"filename: string", "tensor_names: string", "shapes_and_slices: string", "data: T"},
      .attr = {"T: list(type) >= 1"}, .shape = shape_save_slices, .flags = TFG_OP_STATEFUL },
    { .name = "SaveV2", .in = {"prefix: string", "tensor_names: string", "shape_and_slices: string", "tensors: dtypes"},
      .attr = {"dtypes: list(type) >= 1"}, .shape = shape_save_slices, .flags = TFG_OP_STATEFUL },
    { .name = "ShardedFilename", .in = {"basename: string", "shard: int32", "num_shards: int32"}, .out = {"filename: string"},
      .shape = shape_scalars },
    { .name = "ShardedFilespec", .in = {"basename: string", "num_shards: int32"}, .out = {"filename: string"}, .shape = shape_scalars },
    { .name = "WriteFile", .in = {"filename: string", "contents: string"}, .shape = shape_scalars },
};
const int tfg_n_ops_io = sizeof tfg_ops_io / sizeof *tfg_ops_io;
