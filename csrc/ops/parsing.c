/* Strings turned into tensors. */
#include "ops/common.h"

#define LIST_TYPES "list({float, int64, string})"

static int shape_raw(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    int64_t unknown = -1;
    tfg_join_shapes(&c->in[0], &unknown, NULL, &c->out[0]);
    return 0;
}

static int shape_csv(TfgShapeCall *c, TfgStatus *s)
{
    for (int i = 1; i < c->n_in; i++) {
        if (tfg_want_rank_at_most(&c->in[i], 1, s) < 0)
            return -1;
        if (c->in[i].rank == 1 && c->in[i].dims[0] > 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape of a default must be a length-0 or length-1 vector, or a scalar.");
    }
    for (int i = 0; i < c->n_out; i++)
        tfg_shape_copy(&c->out[i], &c->in[0]);
    return 0;
}

static int shape_parse_tensor(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_scalar(c, 0, s);
}

/* Sparse indices, values and shapes; then the dense values, behind `batch` where that is given. */
static int shape_features(TfgShapeCall *c, int n_sparse, const int64_t *batch, TfgStatus *s)
{
    const TfgAttr *shapes = tfg_attrs_find(c->attrs, "dense_shapes"), *types = tfg_attrs_find(c->attrs, "sparse_types");
    if (!types || types->n != n_sparse)         /* else outputs are not where they are looked for */
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(sparse_keys) != len(sparse_types)");
    int64_t columns = batch ? 2 : 1;
    for (int i = 0; i < n_sparse; i++) {
        tfg_shape_set(&c->out[i], 2, (int64_t[]){-1, columns});
        tfg_shape_set(&c->out[n_sparse + i], 1, (int64_t[]){-1});
        tfg_shape_set(&c->out[2 * n_sparse + i], 1, &columns);
    }
    int n_dense = c->n_out - 3 * n_sparse;
    if (!shapes || shapes->n != n_dense)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(dense_keys) != len(dense_shapes)");
    for (int i = 0; i < n_dense; i++) {
        TfgShape each;
        tfg_shape_from_dims(&each, shapes->list_shape[i]);
        if (batch)
            tfg_join_shapes(NULL, batch, &each, &c->out[3 * n_sparse + i]);
        else
            tfg_shape_copy(&c->out[3 * n_sparse + i], &each);
    }
    return 0;
}

static int shape_parse_example(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in;
    if (tfg_want_rank(&c->in[0], 1, &in, s) < 0)
        return -1;
    return shape_features(c, (int)tfg_attrs_int(c->attrs, "Nsparse"), &in.dims[0], s);
}

static int shape_parse_single(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_scalar(c, 0, s) < 0 ? -1 : shape_features(c, (int)tfg_attrs_int(c->attrs, "num_sparse"), NULL, s);
}

const TfgOpRow tfg_ops_parsing[] = {
    { .name = "DecodeCSV", .in = {"records: string", "record_defaults: OUT_TYPE"}, .out = {"output: OUT_TYPE"},
      .attr = {"OUT_TYPE: list({float, double, int32, int64, string}) >= 1", "field_delim: string = ','", "use_quote_delim: bool = true",
               "na_value: string = ''", "select_cols: list(int) = []"}, .shape = shape_csv },
    { .name = "DecodeCompressed", .in = {"bytes: string"}, .out = {"output: string"}, .attr = {"compression_type: string = ''"},
      .shape = tfg_shape_unchanged },
    { .name = "DecodeRaw", .in = {"bytes: string"}, .out = {"output: out_type"},
      .attr = {"out_type: {half, float, double, int32, uint16, uint8, int16, int8, int64}", "little_endian: bool = true"}, .shape = shape_raw },
    { .name = "ParseExample", .in = {"serialized: string", "names: string", "sparse_keys: Nsparse * string", "dense_keys: Ndense * string",
      "dense_defaults: Tdense"}, .out = {"sparse_indices: Nsparse * int64", "sparse_values: sparse_types", "sparse_shapes: Nsparse * int64",
      "dense_values: Tdense"}, .attr = {"Nsparse: int >= 0", "Ndense: int >= 0", "sparse_types: " LIST_TYPES " >= 0", "Tdense: " LIST_TYPES " >= 0",
      "dense_shapes: list(shape) >= 0"}, .shape = shape_parse_example },
    { .name = "ParseSingleExample", .in = {"serialized: string", "dense_defaults: Tdense"}, .out = {"sparse_indices: num_sparse * int64",
      "sparse_values: sparse_types", "sparse_shapes: num_sparse * int64", "dense_values: Tdense"}, .attr = {"num_sparse: int >= 0",
      "sparse_keys: list(string) >= 0", "dense_keys: list(string) >= 0", "sparse_types: " LIST_TYPES " >= 0", "Tdense: " LIST_TYPES " >= 0",
      "dense_shapes: list(shape) >= 0"}, .shape = shape_parse_single },
    { .name = "ParseTensor", .in = {"serialized: string"}, .out = {"output: out_type"}, .attr = {"out_type: type"}, .shape = shape_parse_tensor },
    { .name = "SerializeTensor", .in = {"tensor: T"}, .out = {"serialized: string"}, .attr = {"T: type"}, .shape = tfg_shape_scalar },
};
const int tfg_n_ops_parsing = sizeof tfg_ops_parsing / sizeof *tfg_ops_parsing;
