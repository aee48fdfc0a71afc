/* Lookup tables: signatures and shapes.  A handle knows the shapes and dtypes of a key and a value. */
#include "ops/common.h"

/* A handle by reference is two strings: container and name. */
static int shape_handle_ref(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_set(&c->out[0], 1, (int64_t[]){2});
    return 0;
}

static int want_handle(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape handle;
    if (c->in_dtype[0] == TFG_RESOURCE)
        return tfg_want_rank(&c->in[0], 0, NULL, s);
    return tfg_want_rank(&c->in[0], 1, &handle, s) < 0 ? -1 : tfg_want_dim(handle.dims[0], 2, s);
}

static int give_handle(TfgShapeCall *c, const TfgShape *key, const TfgShape *value, TfgStatus *s)
{
    TfgHandleInfo *info = tfg_arena_alloc(c->arena, sizeof *info);
    const TfgDims **shapes = tfg_arena_alloc(c->arena, 2 * sizeof *shapes);
    TfgDType *dtypes = tfg_arena_alloc(c->arena, 2 * sizeof *dtypes);
    if (!info || !shapes || !dtypes)
        return tfg_fail_memory(s);
    tfg_shape_set_scalar(&c->out[0]);
    shapes[0] = tfg_dims_new(c->arena, key);
    shapes[1] = tfg_dims_new(c->arena, value);
    if ((!shapes[0] && key->rank >= 0) || (!shapes[1] && value->rank >= 0))
        return tfg_fail_memory(s);
    dtypes[0] = tfg_attrs_type(c->attrs, "key_dtype");
    dtypes[1] = tfg_attrs_type(c->attrs, "value_dtype");
    *info = (TfgHandleInfo){2, shapes, dtypes};
    c->out_handle[0] = info;
    return 0;
}

static int shape_scalars_table(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape scalar;
    tfg_shape_set_scalar(&scalar);
    return give_handle(c, &scalar, &scalar, s);
}

static int shape_tensors_table(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape key, value;
    tfg_shape_set_scalar(&key);
    tfg_attrs_shape(c->attrs, "value_shape", &value);
    return give_handle(c, &key, &value, s);
}

static int shape_dense_table(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape value;
    if (tfg_want_rank_at_most(&c->in[0], 1, s) < 0)
        return -1;
    tfg_attrs_shape(c->attrs, "value_shape", &value);
    return give_handle(c, &c->in[0], &value, s);
}

static int check_dtype(TfgDType wanted, TfgDType got, TfgStatus *s)
{
    if (wanted == got)
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to read value with wrong dtype. Expected %s got %s", tfg_dtype_signature_name(wanted),
                    tfg_dtype_signature_name(got));
}

/* What the handle says of the table, whose dtypes must be those of the op; NULL where nothing is known. */
static int handle_of(TfgShapeCall *c, const char *key, const char *value, const TfgHandleInfo **info, TfgStatus *s)
{
    *info = c->in_handle && c->in_handle[0] && c->in_handle[0]->n == 2 ? c->in_handle[0] : NULL;
    if (!*info)
        return 0;
    return check_dtype((*info)->dtypes[0], tfg_attrs_type(c->attrs, key), s) < 0 ? -1 : check_dtype((*info)->dtypes[1], tfg_attrs_type(c->attrs, value), s);
}

/* The keys' shape with the table's key shape at its end replaced by the value shape. */
static int shape_find(TfgShapeCall *c, TfgStatus *s)
{
    const TfgHandleInfo *info;
    TfgShape key, value, outer, text;
    if (want_handle(c, s) < 0 || tfg_want_rank_at_most(&c->in[2], 1, s) < 0 || handle_of(c, "Tin", "Tout", &info, s) < 0)
        return -1;
    if (!info)
        return 0;
    tfg_shape_from_dims(&key, info->shapes[0]);
    tfg_shape_from_dims(&value, info->shapes[1]);
    if (key.rank < 0 || c->in[1].rank < 0)
        return 0;
    if (c->in[1].rank < key.rank) {
        TfgStr wanted = TFG_STR_INIT, is = TFG_STR_INIT;
        tfg_shape_format(&key, &wanted);
        tfg_shape_copy(&text, &c->in[1]);
        tfg_shape_format(&text, &is);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected keys to have suffix %s but saw shape: %s", tfg_str_text(&wanted), tfg_str_text(&is));
        tfg_str_fini(&wanted);
        tfg_str_fini(&is);
        return -1;
    }
    return tfg_sub_shape(&c->in[1], 0, c->in[1].rank - key.rank, &outer) < 0 ? -1 : tfg_concat_shape(&outer, &value, &c->out[0]);
}

static int shape_export(TfgShapeCall *c, TfgStatus *s)
{
    const TfgHandleInfo *info;
    if (want_handle(c, s) < 0 || handle_of(c, "Tkeys", "Tvalues", &info, s) < 0)
        return -1;
    tfg_shape_set_rank(&c->out[0], 1);
    if (!info)
        return 0;
    TfgShape value;
    tfg_shape_from_dims(&value, info->shapes[1]);
    return tfg_concat_shape(&c->out[0], &value, &c->out[1]);
}

static int shape_handle_only(TfgShapeCall *c, TfgStatus *s) { return want_handle(c, s); }

static int shape_size(TfgShapeCall *c, TfgStatus *s) { return want_handle(c, s) < 0 ? -1 : tfg_shape_scalar(c, s); }

static int shape_pairs(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape keys, pairs;
    return want_handle(c, s) < 0 || tfg_want_rank(&c->in[1], 1, &keys, s) < 0 ? -1 : tfg_merge_shape(&keys, &c->in[2], &pairs, s);
}

static int shape_text_file(TfgShapeCall *c, TfgStatus *s) { return want_handle(c, s) < 0 ? -1 : tfg_want_rank(&c->in[1], 0, NULL, s); }

#define PLACE "container: string = ''", "shared_name: string = ''", "use_node_name_sharing: bool = false", "key_dtype: type", "value_dtype: type"
#define DENSE PLACE, "value_shape: shape = {}", "initial_num_buckets: int = 131072", "max_load_factor: float = 0.8"
#define REF {"table_handle: Ref(string)"}
#define RESOURCE {"table_handle: resource"}
#define TEXT "key_index: int >= -2", "value_index: int >= -2", "vocab_size: int >= -1 = -1", "delimiter: string = '\\t'"

const TfgOpRow tfg_ops_lookup[] = {
    { .name = "HashTable", .out = REF, .attr = {PLACE}, .shape = shape_handle_ref, .flags = TFG_OP_STATEFUL },
    { .name = "HashTableV2", .out = RESOURCE, .attr = {PLACE}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "InitializeTable", .in = {"table_handle: Ref(string)", "keys: Tkey", "values: Tval"}, .attr = {"Tkey: type", "Tval: type"},
      .shape = shape_pairs },
    { .name = "InitializeTableFromTextFile", .in = {"table_handle: Ref(string)", "filename: string"}, .attr = {TEXT}, .shape = shape_text_file },
    { .name = "InitializeTableFromTextFileV2", .in = {"table_handle: resource", "filename: string"}, .attr = {TEXT}, .shape = shape_text_file,
      .flags = TFG_OP_STATEFUL },
    { .name = "InitializeTableV2", .in = {"table_handle: resource", "keys: Tkey", "values: Tval"}, .attr = {"Tkey: type", "Tval: type"},
      .shape = shape_pairs, .flags = TFG_OP_STATEFUL },
    { .name = "LookupTableExport", .in = REF, .out = {"keys: Tkeys", "values: Tvalues"}, .attr = {"Tkeys: type", "Tvalues: type"},
      .shape = shape_export },
    { .name = "LookupTableExportV2", .in = RESOURCE, .out = {"keys: Tkeys", "values: Tvalues"}, .attr = {"Tkeys: type", "Tvalues: type"},
      .shape = shape_export, .flags = TFG_OP_STATEFUL },
    { .name = "LookupTableFind", .in = {"table_handle: Ref(string)", "keys: Tin", "default_value: Tout"}, .out = {"values: Tout"},
      .attr = {"Tin: type", "Tout: type"}, .shape = shape_find },
    { .name = "LookupTableFindV2", .in = {"table_handle: resource", "keys: Tin", "default_value: Tout"}, .out = {"values: Tout"},
      .attr = {"Tin: type", "Tout: type"}, .shape = shape_find, .flags = TFG_OP_STATEFUL },
    { .name = "LookupTableImport", .in = {"table_handle: Ref(string)", "keys: Tin", "values: Tout"}, .attr = {"Tin: type", "Tout: type"},
      .shape = shape_handle_only },
    { .name = "LookupTableImportV2", .in = {"table_handle: resource", "keys: Tin", "values: Tout"}, .attr = {"Tin: type", "Tout: type"},
      .shape = shape_pairs, .flags = TFG_OP_STATEFUL },
    { .name = "LookupTableInsert", .in = {"table_handle: Ref(string)", "keys: Tin", "values: Tout"}, .attr = {"Tin: type", "Tout: type"},
      .shape = shape_handle_only },
    { .name = "LookupTableInsertV2", .in = {"table_handle: resource", "keys: Tin", "values: Tout"}, .attr = {"Tin: type", "Tout: type"},
      .shape = shape_handle_only, .flags = TFG_OP_STATEFUL },
    { .name = "LookupTableSize", .in = REF, .out = {"size: int64"}, .shape = shape_size },
    { .name = "LookupTableSizeV2", .in = RESOURCE, .out = {"size: int64"}, .shape = shape_size, .flags = TFG_OP_STATEFUL },
    { .name = "MutableDenseHashTable", .in = {"empty_key: key_dtype"}, .out = REF, .attr = {DENSE}, .shape = shape_handle_ref,
      .flags = TFG_OP_STATEFUL },
    { .name = "MutableDenseHashTableV2", .in = {"empty_key: key_dtype"}, .out = RESOURCE, .attr = {DENSE},
      .later_in = {"deleted_key: key_dtype"}, .shape = shape_dense_table,
      .flags = TFG_OP_STATEFUL },
    { .name = "MutableHashTable", .out = REF, .attr = {PLACE}, .shape = shape_handle_ref, .flags = TFG_OP_STATEFUL },
    { .name = "MutableHashTableOfTensors", .out = REF, .attr = {PLACE, "value_shape: shape = {}"}, .shape = shape_handle_ref,
      .flags = TFG_OP_STATEFUL },
    { .name = "MutableHashTableOfTensorsV2", .out = RESOURCE, .attr = {PLACE, "value_shape: shape = {}"}, .shape = shape_tensors_table,
      .flags = TFG_OP_STATEFUL },
    { .name = "MutableHashTableV2", .out = RESOURCE, .attr = {PLACE}, .shape = shape_scalars_table, .flags = TFG_OP_STATEFUL },
};
const int tfg_n_ops_lookup = sizeof tfg_ops_lookup / sizeof *tfg_ops_lookup;
