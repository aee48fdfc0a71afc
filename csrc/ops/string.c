/* Strings: signatures and shapes. */
#include <string.h>

#include "ops/common.h"

/* The shape of all inputs that are no scalars, which have one. */
static int shape_join(TfgShapeCall *c, TfgStatus *s)
{
    bool all_scalar = true;
    for (int i = 0; i < c->n_in; i++)
        all_scalar = all_scalar && c->in[i].rank == 0;
    if (all_scalar)
        return tfg_shape_scalar(c, s);
    TfgShape shape;
    tfg_shape_copy(&shape, &c->out[0]);
    for (int i = 0; i < c->n_in; i++)
        if (c->in[i].rank > 0 && tfg_merge_shape(&shape, &c->in[i], &shape, s) < 0)
            return -1;
    tfg_shape_copy(&c->out[0], &shape);
    return 0;
}

static int shape_split(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank(&c->in[0], 1, NULL, s) < 0 || tfg_want_rank(&c->in[1], 0, NULL, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 2, (int64_t[]){-1, 2});
    tfg_shape_set(&c->out[1], 1, (int64_t[]){-1});
    tfg_shape_set(&c->out[2], 1, (int64_t[]){2});
    return 0;
}

static int shape_substr(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *pos = &c->in[1], *len = &c->in[2];
    if (pos->rank >= 0 && tfg_want_rank(len, pos->rank, NULL, s) < 0)
        return -1;
    for (int i = 0; i < pos->rank && len->rank >= 0; i++)
        if (pos->dims[i] != len->dims[i]) {
            TfgStr a = TFG_STR_INIT, b = TFG_STR_INIT;
            tfg_shape_format(pos, &a);
            tfg_shape_format(len, &b);
            tfg_fail(s, TFG_INVALID_ARGUMENT, "pos and len shapes must match: %s vs. %s", tfg_str_text(&a), tfg_str_text(&b));
            tfg_str_fini(&a);
            tfg_str_fini(&b);
            return -1;
        }
    return tfg_shape_broadcast(c, s);
}

/* Patterns and rewrites are scalars; the result is as the first input. */
static int shape_regex(TfgShapeCall *c, TfgStatus *s)
{
    for (int i = 1; i < c->n_in; i++)
        if (tfg_want_rank(&c->in[i], 0, NULL, s) < 0)
            return -1;
    return tfg_shape_unchanged(c, s);
}

static int64_t count_of(const TfgBytes *text, const TfgBytes *part)
{
    int64_t n = 0;
    for (size_t i = 0; part->n > 0 && i + part->n <= text->n;)
        if (memcmp(text->data + i, part->data, part->n) == 0) {
            n++;
            i += part->n;
        } else
            i++;
    return n;
}

static int shape_format(TfgShapeCall *c, TfgStatus *s)
{
    const TfgAttr *text = tfg_attrs_find(c->attrs, "template"), *place = tfg_attrs_find(c->attrs, "placeholder");
    int64_t n = text && place ? count_of(&text->s, &place->s) : 0;
    if (n != c->n_in)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num placeholders in template and num inputs must match: %lld vs. %d", (long long)n, c->n_in);
    return tfg_shape_scalar(c, s);
}

/* Row splits, and vectors of characters. */
static int shape_unicode_decode(TfgShapeCall *c, TfgStatus *s)
{
    int64_t n = tfg_shape_count(&c->in[0]), splits = n < 0 ? -1 : n + 1, unknown = -1;
    (void)s;
    tfg_shape_set(&c->out[0], 1, &splits);
    for (int i = 1; i < c->n_out; i++)
        tfg_shape_set(&c->out[i], 1, &unknown);
    return 0;
}

static int shape_unicode_encode(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank(&c->in[0], 1, NULL, s) < 0 || tfg_want_rank(&c->in[1], 1, NULL, s) < 0)
        return -1;
    int64_t n = tfg_dim(&c->in[1], 0);
    if (n == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Negative dimension size caused by subtracting 1 from 0");
    tfg_shape_set(&c->out[0], 1, &(int64_t){n < 0 ? -1 : n - 1});
    return 0;
}

#define UNICODE_ERRORS "errors: {'strict', 'replace', 'ignore'} = 'replace'", "replacement_char: int = 65533"
#define UNICODE_FORMS "output_encoding: {'UTF-8', 'UTF-16-BE', 'UTF-32-BE'}"
#define TSPLITS "Tsplits: {int32, int64} = DT_INT64"

const TfgOpRow tfg_ops_string[] = {
    { .name = "AsString", .in = {"input: T"}, .out = {"output: string"},
      .attr = {"T: {int8, int16, int32, int64, complex64, complex128, float, double, bool}", "precision: int = -1", "scientific: bool = false",
               "shortest: bool = false", "width: int = -1", "fill: string = ''"}, .shape = tfg_shape_unchanged },
    { .name = "DecodeBase64", .in = {"input: string"}, .out = {"output: string"}, .shape = tfg_shape_unchanged },
    { .name = "EncodeBase64", .in = {"input: string"}, .out = {"output: string"}, .attr = {"pad: bool = false"}, .shape = tfg_shape_unchanged },
    { .name = "ReduceJoin", .in = {"inputs: string", "reduction_indices: int32"}, .out = {"output: string"},
      .attr = {"keep_dims: bool = false", "separator: string = ''"}, .shape = tfg_shape_reduce },
    { .name = "RegexFullMatch", .in = {"input: string", "pattern: string"}, .out = {"output: bool"}, .shape = shape_regex },
    { .name = "RegexReplace", .in = {"input: string", "pattern: string", "rewrite: string"}, .out = {"output: string"},
      .attr = {"replace_global: bool = true"}, .shape = shape_regex },
    { .name = "StaticRegexFullMatch", .in = {"input: string"}, .out = {"output: bool"}, .attr = {"pattern: string"}, .shape = tfg_shape_unchanged },
    { .name = "StaticRegexReplace", .in = {"input: string"}, .out = {"output: string"},
      .attr = {"pattern: string", "rewrite: string", "replace_global: bool = true"}, .shape = tfg_shape_unchanged },
    { .name = "StringFormat", .in = {"inputs: T"}, .out = {"output: string"},
      .attr = {"T: list(type) >= 0", "template: string = '%s'", "placeholder: string = '%s'", "summarize: int = 3"}, .shape = shape_format },
    { .name = "StringJoin", .in = {"inputs: N * string"}, .out = {"output: string"}, .attr = {"N: int >= 1", "separator: string = ''"},
      .shape = shape_join },
    { .name = "StringLength", .in = {"input: string"}, .out = {"output: int32"}, .attr = {"unit: {'BYTE', 'UTF8_CHAR'} = 'BYTE'"},
      .shape = tfg_shape_unchanged },
    { .name = "StringLower", .in = {"input: string"}, .out = {"output: string"}, .attr = {"encoding: string = ''"}, .shape = tfg_shape_unchanged },
    { .name = "StringSplit", .in = {"input: string", "delimiter: string"}, .out = {"indices: int64", "values: string", "shape: int64"},
      .attr = {"skip_empty: bool = true"}, .shape = shape_split },
    { .name = "StringSplitV2", .in = {"input: string", "sep: string"}, .out = {"indices: int64", "values: string", "shape: int64"},
      .attr = {"maxsplit: int = -1"}, .shape = shape_split },
    { .name = "StringStrip", .in = {"input: string"}, .out = {"output: string"}, .shape = tfg_shape_unchanged },
    { .name = "StringToHashBucket", .in = {"string_tensor: string"}, .out = {"output: int64"}, .attr = {"num_buckets: int >= 1"},
      .shape = tfg_shape_unchanged },
    { .name = "StringToHashBucketFast", .in = {"input: string"}, .out = {"output: int64"}, .attr = {"num_buckets: int >= 1"},
      .shape = tfg_shape_unchanged },
    { .name = "StringToHashBucketStrong", .in = {"input: string"}, .out = {"output: int64"}, .attr = {"num_buckets: int >= 1", "key: list(int)"},
      .shape = tfg_shape_unchanged },
    { .name = "StringToNumber", .in = {"string_tensor: string"}, .out = {"output: out_type"},
      .attr = {"out_type: {float, double, int32, int64} = DT_FLOAT"}, .shape = tfg_shape_unchanged },
    { .name = "StringUpper", .in = {"input: string"}, .out = {"output: string"}, .attr = {"encoding: string = ''"}, .shape = tfg_shape_unchanged },
    { .name = "Substr", .in = {"input: string", "pos: T", "len: T"}, .out = {"output: string"}, .attr = {"T: {int32, int64}"},
      .shape = shape_substr },
    { .name = "UnicodeDecode", .in = {"input: string"}, .out = {"row_splits: Tsplits", "char_values: int32"},
      .attr = {"input_encoding: string", UNICODE_ERRORS, "replace_control_characters: bool = false", TSPLITS}, .shape = shape_unicode_decode },
    { .name = "UnicodeDecodeWithOffsets", .in = {"input: string"}, .out = {"row_splits: Tsplits", "char_values: int32", "char_to_byte_starts: int64"},
      .attr = {"input_encoding: string", UNICODE_ERRORS, "replace_control_characters: bool = false", TSPLITS}, .shape = shape_unicode_decode },
    { .name = "UnicodeEncode", .in = {"input_values: int32", "input_splits: Tsplits"}, .out = {"output: string"},
      .attr = {"errors: {'ignore', 'replace', 'strict'} = 'replace'", UNICODE_FORMS, "replacement_char: int = 65533", TSPLITS},
      .shape = shape_unicode_encode },
    { .name = "UnicodeTranscode", .in = {"input: string"}, .out = {"output: string"},
      .attr = {"input_encoding: string", UNICODE_FORMS, UNICODE_ERRORS, "replace_control_characters: bool = false"}, .shape = tfg_shape_unchanged },
    { .name = "UnicodeScript", .in = {"input: int32"}, .out = {"output: int32"}, .shape = tfg_shape_unchanged },
};
const int tfg_n_ops_string = (int)(sizeof tfg_ops_string / sizeof *tfg_ops_string);
