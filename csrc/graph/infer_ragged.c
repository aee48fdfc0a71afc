/* What is known of a dense tensor made of a ragged one: while the graph is built, and of the tensors themselves when it runs. */
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "graph/infer_ragged.h"

static bool is(TfgBytes text, const char *name) { return text.n == strlen(name) && memcmp(text.data, name, text.n) == 0; }

static TfgRowPartition type_of(TfgBytes text)
{
    return is(text, "FIRST_DIM_SIZE") ? TFG_FIRST_DIM_SIZE : is(text, "VALUE_ROWIDS") ? TFG_VALUE_ROWIDS : TFG_ROW_SPLITS;
}

static int read_type(TfgBytes text, TfgRowPartition *out, TfgStatus *s)
{
    static const char *const unsupported[] = {"ROW_LENGTHS", "ROW_LIMITS", "ROW_STARTS"};
    for (int i = 0; i < 3; i++)
        if (is(text, unsupported[i]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unsupported partition type: %s", unsupported[i]);
    *out = type_of(text);
    if (*out == TFG_ROW_SPLITS && !is(text, "ROW_SPLITS"))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unknown string for partition info type: %.*s", (int)(text.n < 200 ? text.n : 200), text.data);
    return 0;
}

TfgRowPartition tfg_row_partition(const TfgAttrs *attrs, int i)
{
    const TfgAttr *types = tfg_attrs_find(attrs, "row_partition_types");
    return types && i < types->n ? type_of(types->list_s[i]) : TFG_ROW_SPLITS;
}

static int check_partitions(const TfgAttrs *attrs, const TfgShape *partitions, int n, TfgStatus *s)
{
    const TfgAttr *types = tfg_attrs_find(attrs, "row_partition_types");
    TfgRowPartition type = TFG_ROW_SPLITS, first = TFG_ROW_SPLITS;
    int n_types = types ? types->n : 0;
    for (int i = 0; i < n_types; i++) {
        if (read_type(types->list_s[i], &type, s) < 0)
            return -1;
        if (i > 0 && type == TFG_FIRST_DIM_SIZE)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "FIRST_DIM_SIZE must be first");
        if (i == 1 && first == TFG_FIRST_DIM_SIZE && type != TFG_VALUE_ROWIDS)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "FIRST_DIM_SIZE must be followed by VALUE_ROWIDS");
        first = i == 0 ? type : first;
    }
    if (n_types == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Partition info types should not be empty");
    if (n_types == 1 && first == TFG_FIRST_DIM_SIZE)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "FIRST_DIM_SIZE must be followed by VALUE_ROWIDS");
    if (first == TFG_VALUE_ROWIDS)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "VALUE_ROWIDS cannot be first");
    if (n != n_types)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of row partition tensors (%d) does not equal the number of row partition types(%d).", n, n_types);
    for (int i = 0; i < n; i++) {
        bool scalar = i == 0 && first == TFG_FIRST_DIM_SIZE;
        if (partitions[i].rank >= 0 && partitions[i].rank != !scalar)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, scalar ? "FIRST_DIM_SIZE must be a scalar." : "Row partition must be a vector.");
    }
    return 0;
}

/* "<before>[a]<between>[b] are incompatible: <what>" */
static int fail_shapes(const char *before, const TfgShape *a, const char *between, const TfgShape *b, const char *what, TfgStatus *s)
{
    TfgStr one = TFG_STR_INIT, two = TFG_STR_INIT;
    tfg_shape_format(a, &one);
    if (b)
        tfg_shape_format(b, &two);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%s%s%s%s are incompatible: %s", before, tfg_str_text(&one), between, b ? tfg_str_text(&two) : "", what);
    tfg_str_fini(&one);
    tfg_str_fini(&two);
    return -1;
}

static int check_default(const TfgShape *def, const TfgShape *values, TfgStatus *s)
{
    static const char before[] = "default_value.shape=", between[] = " and rt_input.flat_values.shape=";
    char what[160];
    if (def->rank < 0 || values->rank < 0)
        return 0;
    if (def->rank >= values->rank) {
        snprintf(what, sizeof what, "default_value.rank = %d  must be less than rt_input.flat_values.rank = %d", def->rank, values->rank);
        return fail_shapes(before, def, between, values, what, s);
    }
    for (int i = 0; i < def->rank; i++) {
        int64_t x = def->dims[i], y = values->dims[i + 1];
        if (x >= 0 && y >= 0 && x != 1 && x != y) {
            snprintf(what, sizeof what, "default_value.shape[%d] = %lld but rt_input.flat_values.shape[%d] = %lld", i - def->rank, (long long)x,
                     i - def->rank, (long long)y);
            return fail_shapes(before, def, between, values, what, s);
        }
    }
    return 0;
}

int tfg_ragged_dense_shape(const TfgAttrs *attrs, const TfgShape *shape, const TfgShape *in, int n_in, TfgShape *out, TfgStatus *s)
{
    static const char before[] = "rt_input.shape and shape=";
    const TfgShape *values = &in[1];
    char what[160];
    if (check_partitions(attrs, in + 3, n_in - 3, s) < 0 || check_default(&in[2], values, s) < 0)
        return -1;
    int ragged = n_in - 3 - (tfg_row_partition(attrs, 0) == TFG_FIRST_DIM_SIZE), rank = ragged + values->rank;
    tfg_shape_copy(out, shape);
    if (values->rank < 0)
        return 0;
    if (rank > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    if (shape->rank >= 0 && shape->rank != rank) {
        snprintf(what, sizeof what, "rt_input.rank = %d but shape.rank = %d", rank, shape->rank);
        return fail_shapes(before, shape, "", NULL, what, s);
    }
    if (shape->rank < 0) {
        out->rank = rank;
        for (int d = 0; d < rank; d++)
            out->dims[d] = -1;
    }
    for (int i = 1; i < values->rank; i++) {
        int64_t *size = &out->dims[ragged + i], x = values->dims[i];
        if (x >= 0 && *size >= 0 && *size != x) {
            snprintf(what, sizeof what, "rt_input.shape[%d] = %lld but shape[%d] = %lld", i + ragged, (long long)x, i + ragged, (long long)*size);
            return fail_shapes(before, shape, "", NULL, what, s);
        }
        *size = x >= 0 ? x : *size;
    }
    return 0;
}
