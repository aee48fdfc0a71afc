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

/* ---- Later versions: one Example or many, and ragged features ---- */

static int check_features(TfgShapeCall *c, int *n_sparse, int *n_dense, int *n_ragged, TfgStatus *s)
{
    const TfgAttr *sparse = tfg_attrs_find(c->attrs, "sparse_types"), *dense = tfg_attrs_find(c->attrs, "Tdense");
    const TfgAttr *shapes = tfg_attrs_find(c->attrs, "dense_shapes"), *values = tfg_attrs_find(c->attrs, "ragged_value_types");
    const TfgAttr *splits = tfg_attrs_find(c->attrs, "ragged_split_types");
    if (!sparse || sparse->n != tfg_attrs_int(c->attrs, "num_sparse"))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(sparse_keys) != len(sparse_types)");
    if (!dense || !shapes || dense->n != shapes->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(dense_keys) != len(dense_shapes)");
    if (!values || !splits || values->n != splits->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(ragged_keys) != len(ragged_split_types)");
    *n_sparse = sparse->n;
    *n_dense = dense->n;
    *n_ragged = values->n;
    return 0;
}

static int check_dense_shape(const TfgShape *shape, int d, TfgStatus *s)
{
    bool known = shape->rank >= 0;
    for (int k = 1; k < shape->rank; k++)
        known &= shape->dims[k] >= 0;
    if (known)
        return 0;
    TfgStr text = TFG_STR_INIT;
    if (shape->rank < 0)
        tfg_str_puts(&text, "<unknown>");
    else
        tfg_shape_format(shape, &text);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "dense_shapes[%d] has unknown rank or unknown inner dimensions: %s", d, tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

static int shape_parse_later(TfgShapeCall *c, TfgStatus *s)
{
    int n_sparse = 0, n_dense = 0, n_ragged = 0;
    if (check_features(c, &n_sparse, &n_dense, &n_ragged, s) < 0)
        return -1;
    const TfgShape *in = &c->in[0];
    TfgShape *out = c->out;
    for (int d = 0; d < n_dense; d++) {
        TfgShape each;
        tfg_shape_from_dims(&each, tfg_attrs_find(c->attrs, "dense_shapes")->list_shape[d]);
        if (check_dense_shape(&each, d, s) < 0)
            return -1;
        tfg_join_shapes(in, NULL, &each, &out[3 * n_sparse + d]);
    }
    if (tfg_want_rank_at_most(in, 1, s) < 0 || tfg_want_rank_at_most(&c->in[1], 1, s) < 0)
        return -1;
    int64_t columns = in->rank < 0 ? -1 : in->rank + 1, splits = in->rank == 1 ? tfg_add_dim(in->dims[0], 1) : -1;
    for (int i = 0; i < n_sparse; i++) {
        tfg_shape_set(&out[i], 2, (int64_t[]){-1, columns});
        tfg_shape_set(&out[n_sparse + i], 1, (int64_t[]){-1});
        tfg_shape_set(&out[2 * n_sparse + i], 1, &columns);
    }
    for (int i = 0; i < n_ragged; i++) {
        tfg_shape_set(&out[3 * n_sparse + n_dense + i], 1, (int64_t[]){-1});
        tfg_shape_set(&out[3 * n_sparse + n_dense + n_ragged + i], 1, &splits);
    }
    return 0;
}

static int shape_parse_single(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_scalar(c, 0, s) < 0 ? -1 : shape_features(c, (int)tfg_attrs_int(c->attrs, "num_sparse"), NULL, s);
}

/* ---- SequenceExamples: the parts of the outputs in their order ---- */

static int put_sparse_shapes(TfgShapeCall *c, const char *count, const char *types, int64_t columns, int *at, TfgStatus *s)
{
    const TfgAttr *listed = tfg_attrs_find(c->attrs, types);
    int n = (int)tfg_attrs_int(c->attrs, count);
    if (!listed || listed->n != n)              /* else outputs are not where they are looked for */
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s != len(%s)", count, types);
    for (int i = 0; i < n; i++) {
        tfg_shape_set(&c->out[*at + i], 2, (int64_t[]){-1, columns});
        tfg_shape_set(&c->out[*at + n + i], 1, (int64_t[]){-1});
        tfg_shape_set(&c->out[*at + 2 * n + i], 1, &columns);
    }
    *at += 3 * n;
    return 0;
}

/* Dense values behind `first`. */
static int put_dense_shapes(TfgShapeCall *c, const char *name, const char *types, const TfgShape *first, int *at, TfgStatus *s)
{
    const TfgAttr *shapes = tfg_attrs_find(c->attrs, name), *listed = tfg_attrs_find(c->attrs, types);
    if (!shapes || !listed || shapes->n != listed->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(%s) != len(%s)", types, name);
    for (int i = 0; i < shapes->n; i++) {
        TfgShape each;
        tfg_shape_from_dims(&each, shapes->list_shape[i]);
        if (tfg_shape_count(&each) == -1) {
            TfgStr text = TFG_STR_INIT;
            tfg_shape_format(&each, &text);
            tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape %s is not fully defined", tfg_str_text(&text));
            tfg_str_fini(&text);
            return -1;
        }
        tfg_join_shapes(first, NULL, &each, &c->out[(*at)++]);
    }
    return 0;
}

static int shape_sequences(TfgShapeCall *c, const TfgShape *context, const TfgShape *lists, int64_t columns, TfgStatus *s)
{
    int at = 0;
    return put_sparse_shapes(c, "Ncontext_sparse", "context_sparse_types", columns, &at, s) < 0 ||
           put_dense_shapes(c, "context_dense_shapes", "Tcontext_dense", context, &at, s) < 0 ||
           put_sparse_shapes(c, "Nfeature_list_sparse", "feature_list_sparse_types", columns + 1, &at, s) < 0 ||
           put_dense_shapes(c, "feature_list_dense_shapes", "feature_list_dense_types", lists, &at, s) < 0 ? -1 : at;
}

static int shape_single_sequence(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape none, length;
    tfg_shape_set_scalar(&none);
    tfg_shape_set(&length, 1, (int64_t[]){-1});
    return tfg_want_scalar(c, 0, s) < 0 || tfg_want_rank(&c->in[1], 1, NULL, s) < 0 || shape_sequences(c, &none, &length, 1, s) < 0 ? -1 : 0;
}

static int shape_sequence(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in, first;
    if (tfg_want_rank(&c->in[0], 1, &in, s) < 0 || tfg_want_rank(&c->in[1], 1, NULL, s) < 0)
        return -1;
    tfg_shape_set(&first, 2, (int64_t[]){in.dims[0], -1});
    int at = shape_sequences(c, &in, &first, 2, s);
    for (; at >= 0 && at < c->n_out; at++)
        tfg_shape_copy(&c->out[at], &in);
    return at < 0 ? -1 : 0;
}

#define SEQUENCE_OUT "context_sparse_indices: Ncontext_sparse * int64", "context_sparse_values: context_sparse_types", \
    "context_sparse_shapes: Ncontext_sparse * int64", "context_dense_values: Tcontext_dense", \
    "feature_list_sparse_indices: Nfeature_list_sparse * int64", "feature_list_sparse_values: feature_list_sparse_types", \
    "feature_list_sparse_shapes: Nfeature_list_sparse * int64", "feature_list_dense_values: feature_list_dense_types"
#define SEQUENCE_COUNTS "Ncontext_sparse: int >= 0 = 0", "Ncontext_dense: int >= 0 = 0", "Nfeature_list_sparse: int >= 0 = 0", \
    "Nfeature_list_dense: int >= 0 = 0", "context_sparse_types: " LIST_TYPES " >= 0 = []", "Tcontext_dense: " LIST_TYPES " >= 0 = []", \
    "feature_list_dense_types: " LIST_TYPES " >= 0 = []", "context_dense_shapes: list(shape) >= 0 = []", \
    "feature_list_sparse_types: " LIST_TYPES " >= 0 = []", "feature_list_dense_shapes: list(shape) >= 0 = []"

const TfgOpRow tfg_ops_parsing[] = {
    { .name = "DecodeCSV", .in = {"records: string", "record_defaults: OUT_TYPE"}, .out = {"output: OUT_TYPE"},
      .attr = {"OUT_TYPE: list({float, double, int32, int64, string}) >= 1", "field_delim: string = ','", "use_quote_delim: bool = true",
               "na_value: string = ''", "select_cols: list(int) = []"}, .shape = shape_csv },
    { .name = "DecodeCompressed", .in = {"bytes: string"}, .out = {"output: string"}, .attr = {"compression_type: string = ''"},
      .shape = tfg_shape_unchanged },
    { .name = "DecodeJSONExample", .in = {"json_examples: string"}, .out = {"binary_examples: string"}, .shape = tfg_shape_unchanged },
    { .name = "DecodeRaw", .in = {"bytes: string"}, .out = {"output: out_type"},
      .attr = {"out_type: {half, float, double, int32, uint16, uint8, int16, int8, int64}", "little_endian: bool = true"}, .shape = shape_raw },
    { .name = "ParseExample", .in = {"serialized: string", "names: string", "sparse_keys: Nsparse * string", "dense_keys: Ndense * string",
      "dense_defaults: Tdense"}, .out = {"sparse_indices: Nsparse * int64", "sparse_values: sparse_types", "sparse_shapes: Nsparse * int64",
      "dense_values: Tdense"}, .attr = {"Nsparse: int >= 0", "Ndense: int >= 0", "sparse_types: " LIST_TYPES " >= 0", "Tdense: " LIST_TYPES " >= 0",
      "dense_shapes: list(shape) >= 0"}, .shape = shape_parse_example },
    { .name = "ParseExampleV2", .in = {"serialized: string", "names: string", "sparse_keys: string", "dense_keys: string", "ragged_keys: string",
      "dense_defaults: Tdense"}, .out = {"sparse_indices: num_sparse * int64", "sparse_values: sparse_types", "sparse_shapes: num_sparse * int64",
      "dense_values: Tdense", "ragged_values: ragged_value_types", "ragged_row_splits: ragged_split_types"},
      .attr = {"Tdense: " LIST_TYPES " >= 0", "num_sparse: int >= 0", "sparse_types: " LIST_TYPES " >= 0", "ragged_value_types: " LIST_TYPES " >= 0",
               "ragged_split_types: list({int32, int64}) >= 0", "dense_shapes: list(shape) >= 0"}, .shape = shape_parse_later },
    { .name = "ParseSequenceExample", .in = {"serialized: string", "debug_name: string", "context_dense_defaults: Tcontext_dense"},
      .out = {SEQUENCE_OUT, "feature_list_dense_lengths: Nfeature_list_dense * int64"},
      .attr = {"feature_list_dense_missing_assumed_empty: list(string) >= 0", "context_sparse_keys: list(string) >= 0",
      "context_dense_keys: list(string) >= 0", "feature_list_sparse_keys: list(string) >= 0", "feature_list_dense_keys: list(string) >= 0",
      SEQUENCE_COUNTS}, .shape = shape_sequence },
    { .name = "ParseSingleSequenceExample", .in = {"serialized: string", "feature_list_dense_missing_assumed_empty: string",
      "context_sparse_keys: Ncontext_sparse * string", "context_dense_keys: Ncontext_dense * string",
      "feature_list_sparse_keys: Nfeature_list_sparse * string", "feature_list_dense_keys: Nfeature_list_dense * string",
      "context_dense_defaults: Tcontext_dense", "debug_name: string"}, .out = {SEQUENCE_OUT}, .attr = {SEQUENCE_COUNTS},
      .shape = shape_single_sequence },
    { .name = "ParseSingleExample", .in = {"serialized: string", "dense_defaults: Tdense"}, .out = {"sparse_indices: num_sparse * int64",
      "sparse_values: sparse_types", "sparse_shapes: num_sparse * int64", "dense_values: Tdense"}, .attr = {"num_sparse: int >= 0",
      "sparse_keys: list(string) >= 0", "dense_keys: list(string) >= 0", "sparse_types: " LIST_TYPES " >= 0", "Tdense: " LIST_TYPES " >= 0",
      "dense_shapes: list(shape) >= 0"}, .shape = shape_parse_single },
    { .name = "ParseTensor", .in = {"serialized: string"}, .out = {"output: out_type"}, .attr = {"out_type: type"}, .shape = shape_parse_tensor },
    { .name = "SerializeTensor", .in = {"tensor: T"}, .out = {"serialized: string"}, .attr = {"T: type"}, .shape = tfg_shape_scalar },
};
const int tfg_n_ops_parsing = sizeof tfg_ops_parsing / sizeof *tfg_ops_parsing;
