#include "graph/signature.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

/* ---- Words ---- */

int tfg_scan_fail(TfgScanner *p, const char *what)
{
    return tfg_fail(p->s, TFG_INVALID_ARGUMENT, "%s at '%s' of '%s'", what, p->at, p->text);
}

static void skip_spaces(TfgScanner *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

bool tfg_scan_accept(TfgScanner *p, const char *token)
{
    skip_spaces(p);
    size_t n = strlen(token);
    if (strncmp(p->at, token, n) != 0 || (is_word(token[n - 1]) && is_word(p->at[n])))
        return false;
    p->at += n;
    return true;
}

int tfg_scan_expect(TfgScanner *p, const char *token)
{
    if (tfg_scan_accept(p, token))
        return 0;
    return tfg_fail(p->s, TFG_INVALID_ARGUMENT, "Expected '%s' at '%s' of '%s'", token, p->at, p->text);
}

const char *tfg_scan_word(TfgScanner *p, size_t *n)
{
    skip_spaces(p);
    const char *start = p->at;
    while (is_word(*p->at))
        p->at++;
    *n = (size_t)(p->at - start);
    return *n ? start : NULL;
}

int tfg_scan_int(TfgScanner *p, int64_t *out)
{
    skip_spaces(p);
    char *end;
    long long v = strtoll(p->at, &end, 10);
    if (end == p->at)
        return tfg_scan_fail(p, "Expected an integer");
    p->at = end;
    *out = v;
    return 0;
}

static char unescape(char c)
{
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == '0' ? '\0' : c;
}

int tfg_scan_string(TfgScanner *p, TfgBytes *out)
{
    skip_spaces(p);
    char quote = *p->at;
    if (quote != '\'' && quote != '"')
        return tfg_scan_fail(p, "Expected a quoted text");
    const char *end = ++p->at;
    while (*end && *end != quote)
        end += end[0] == '\\' && end[1] ? 2 : 1;
    if (!*end)
        return tfg_scan_fail(p, "Text without end");
    char *text = tfg_arena_alloc(p->arena, (size_t)(end - p->at) + 1);
    if (!text)
        return tfg_fail_memory(p->s);
    size_t n = 0;
    for (const char *c = p->at; c < end; c++)
        text[n++] = *c == '\\' ? unescape(*++c) : *c;
    *out = (TfgBytes){text, n};
    p->at = end + 1;
    return 0;
}

int tfg_scan_type(TfgScanner *p, TfgDType *out)
{
    size_t n;
    const char *word = tfg_scan_word(p, &n);
    *out = word ? tfg_dtype_parse(word, n) : TFG_INVALID;
    return *out == TFG_INVALID ? tfg_scan_fail(p, "Expected a type") : 0;
}

static const char *scan_name(TfgScanner *p)
{
    size_t n;
    const char *word = tfg_scan_word(p, &n);
    if (!word || tfg_scan_expect(p, ":") < 0) {
        if (!word)
            tfg_scan_fail(p, "Expected a name");
        return NULL;
    }
    const char *name = tfg_arena_strndup(p->arena, word, n);
    if (!name)
        tfg_fail_memory(p->s);
    return name;
}

static int scan_end(TfgScanner *p)
{
    skip_spaces(p);
    return *p->at ? tfg_scan_fail(p, "Extra text") : 0;
}

/* ---- Attributes ---- */

static const struct { const char *name; TfgAttrKind kind; } kinds[] = {
    {"string", TFG_ATTR_STRING}, {"int", TFG_ATTR_INT}, {"float", TFG_ATTR_FLOAT}, {"bool", TFG_ATTR_BOOL},
    {"type", TFG_ATTR_TYPE}, {"shape", TFG_ATTR_SHAPE}, {"tensor", TFG_ATTR_TENSOR}, {"func", TFG_ATTR_FUNC},
};

static const char *kind_name(TfgAttrKind kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].kind == kind)
            return kinds[i].name;
    return "";
}

#define MAX_SET 64

static int keep_types(TfgScanner *p, TfgAttrDef *a, const TfgDType *types, int n)
{
    TfgDType *kept = tfg_arena_memdup(p->arena, types, (size_t)n * sizeof *types);
    if (!kept)
        return tfg_fail_memory(p->s);
    a->kind = TFG_ATTR_TYPE;
    a->allowed_order = kept;
    a->n_allowed_types = n;
    for (int i = 0; i < n; i++)
        a->allowed_types |= UINT64_C(1) << types[i];
    return 0;
}

static int scan_type_set(TfgScanner *p, TfgAttrDef *a)
{
    TfgDType types[MAX_SET];
    int n = 0;
    do {
        if (n == MAX_SET)
            return tfg_scan_fail(p, "Too many allowed values");
        if (tfg_scan_type(p, &types[n++]) < 0)
            return -1;
    } while (tfg_scan_accept(p, ","));
    return tfg_scan_expect(p, "}") < 0 ? -1 : keep_types(p, a, types, n);
}

static int scan_string_set(TfgScanner *p, TfgAttrDef *a)
{
    TfgBytes texts[MAX_SET];
    int n = 0;
    do {
        if (n == MAX_SET)
            return tfg_scan_fail(p, "Too many allowed values");
        if (tfg_scan_string(p, &texts[n++]) < 0)
            return -1;
    } while (tfg_scan_accept(p, ","));
    if (tfg_scan_expect(p, "}") < 0)
        return -1;
    a->kind = TFG_ATTR_STRING;
    a->allowed_strings = tfg_arena_memdup(p->arena, texts, (size_t)n * sizeof *texts);
    a->n_allowed_strings = n;
    return a->allowed_strings ? 0 : tfg_fail_memory(p->s);
}

/* Names for sets, as TensorFlow's REGISTER_OP knows them. */
static int scan_named_set(TfgScanner *p, TfgAttrDef *a, bool *found)
{
    static const TfgDType numbers[] = {TFG_FLOAT, TFG_DOUBLE, TFG_INT32, TFG_UINT8, TFG_INT16, TFG_INT8, TFG_COMPLEX64, TFG_INT64,
                                       TFG_QINT8, TFG_QUINT8, TFG_QINT32, TFG_BFLOAT16, TFG_UINT16, TFG_COMPLEX128, TFG_HALF,
                                       TFG_UINT32, TFG_UINT64};
    static const TfgDType reals[] = {TFG_FLOAT, TFG_DOUBLE, TFG_INT32, TFG_UINT8, TFG_INT16, TFG_INT8, TFG_INT64, TFG_BFLOAT16,
                                     TFG_UINT16, TFG_HALF, TFG_UINT32, TFG_UINT64};
    static const TfgDType quantized[] = {TFG_QINT8, TFG_QUINT8, TFG_QINT32, TFG_QINT16, TFG_QUINT16};
    *found = true;
    if (tfg_scan_accept(p, "numbertype"))
        return keep_types(p, a, numbers, (int)(sizeof numbers / sizeof *numbers));
    if (tfg_scan_accept(p, "realnumbertype"))
        return keep_types(p, a, reals, (int)(sizeof reals / sizeof *reals));
    if (tfg_scan_accept(p, "quantizedtype"))
        return keep_types(p, a, quantized, (int)(sizeof quantized / sizeof *quantized));
    *found = false;
    return 0;
}

static int scan_kind(TfgScanner *p, TfgAttrDef *a)
{
    if (tfg_scan_accept(p, "{")) {
        skip_spaces(p);
        return *p->at == '\'' || *p->at == '"' ? scan_string_set(p, a) : scan_type_set(p, a);
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (tfg_scan_accept(p, kinds[i].name)) {
            a->kind = kinds[i].kind;
            return 0;
        }
    bool found;
    if (scan_named_set(p, a, &found) < 0)
        return -1;
    return found ? 0 : tfg_scan_fail(p, "Expected the kind of an attribute");
}

static int spell_type(TfgScanner *p, TfgAttrDef *a)
{
    a->type = kind_name(a->kind);
    if (!a->is_list)
        return 0;
    size_t n = strlen(a->type);
    char *text = tfg_arena_alloc(p->arena, n + sizeof "list()");
    if (!text)
        return tfg_fail_memory(p->s);
    memcpy(text, "list(", 5);
    memcpy(text + 5, a->type, n);
    text[5 + n] = ')';
    a->type = text;
    return 0;
}

static int parse_attr(TfgScanner *p, TfgAttrDef *a)
{
    a->name = scan_name(p);
    if (!a->name)
        return -1;
    a->is_list = tfg_scan_accept(p, "list");
    if ((a->is_list && tfg_scan_expect(p, "(") < 0) || scan_kind(p, a) < 0 || (a->is_list && tfg_scan_expect(p, ")") < 0) ||
        spell_type(p, a) < 0)
        return -1;
    if (tfg_scan_accept(p, ">=")) {
        a->has_minimum = true;
        if (tfg_scan_int(p, &a->minimum) < 0)
            return -1;
    }
    if (tfg_scan_accept(p, "=")) {
        if (tfg_scan_default(p, a) < 0)
            return -1;
        a->has_default = true;
    }
    return scan_end(p);
}

/* ---- Arguments ---- */

static int find_attr(const TfgOpDef *d, const char *name, size_t n)
{
    for (int i = 0; i < d->n_attr; i++)
        if (strlen(d->attr[i].name) == n && memcmp(d->attr[i].name, name, n) == 0)
            return i;
    return -1;
}

static int scan_arg_type(TfgScanner *p, const TfgOpDef *d, TfgArgDef *arg)
{
    size_t n;
    const char *word = tfg_scan_word(p, &n);
    if (!word)
        return tfg_scan_fail(p, "Expected a type");
    int i = find_attr(d, word, n);
    if (i >= 0 && tfg_scan_accept(p, "*")) {
        if (d->attr[i].kind != TFG_ATTR_INT || d->attr[i].is_list)
            return tfg_scan_fail(p, "Expected an attribute of kind int before '*'");
        arg->number_attr = d->attr[i].name;
        if (tfg_scan_accept(p, "Ref")) {        /* "N * Ref(T)" is "Ref(N * T)" */
            arg->is_ref = true;
            if (tfg_scan_expect(p, "(") < 0)
                return -1;
        }
        if (!(word = tfg_scan_word(p, &n)))
            return tfg_scan_fail(p, "Expected a type");
        i = find_attr(d, word, n);
    }
    if (i < 0) {
        arg->type = tfg_dtype_parse(word, n);
        return arg->type == TFG_INVALID ? tfg_scan_fail(p, "Expected a type before") : 0;
    }
    if (d->attr[i].kind != TFG_ATTR_TYPE || (d->attr[i].is_list && arg->number_attr))
        return tfg_scan_fail(p, "Expected an attribute of kind type before");
    *(d->attr[i].is_list ? &arg->type_list_attr : &arg->type_attr) = d->attr[i].name;
    return 0;
}

static int parse_arg(TfgScanner *p, const TfgOpDef *d, TfgArgDef *arg)
{
    arg->name = scan_name(p);
    if (!arg->name)
        return -1;
    arg->is_ref = tfg_scan_accept(p, "Ref");
    if (arg->is_ref && tfg_scan_expect(p, "(") < 0)
        return -1;
    if (scan_arg_type(p, d, arg) < 0 || (arg->is_ref && tfg_scan_expect(p, ")") < 0))
        return -1;
    return scan_end(p);
}

/* ---- Rows ---- */

static int count(const char *const *texts, int max)
{
    int n = 0;
    while (n < max && texts[n])
        n++;
    return n;
}

#define COUNT(a) count((a), (int)(sizeof(a) / sizeof *(a)))

static int parse_row(TfgOpDef *d, const TfgOpRow *row, TfgArena *arena, TfgStatus *s)
{
    for (int i = 0; i < d->n_attr; i++) {
        TfgScanner p = {row->attr[i], row->attr[i], arena, s};
        if (parse_attr(&p, &d->attr[i]) < 0)
            return -1;
    }
    for (int i = 0; i < d->n_later; i++) {
        TfgScanner p = {row->later[i], row->later[i], arena, s};
        if (parse_attr(&p, &d->later[i]) < 0)
            return -1;
    }
    for (int i = 0; i < d->n_in + d->n_out; i++) {
        const char *text = i < d->n_in ? row->in[i] : row->out[i - d->n_in];
        TfgScanner p = {text, text, arena, s};
        if (parse_arg(&p, d, i < d->n_in ? &d->in[i] : &d->out[i - d->n_in]) < 0)
            return -1;
    }
    return 0;
}

/* The same row with the inputs of later versions behind its own. */
static int parse_longer(TfgOpDef *d, const TfgOpRow *row, TfgArena *arena, TfgStatus *s)
{
    TfgOpRow longer = *row;
    int n = COUNT(row->later_in);
    for (int i = 0; i < n && d->n_in + i < TFG_OP_MAX_IN; i++) {
        longer.in[d->n_in + i] = row->later_in[i];
        longer.later_in[i] = NULL;
    }
    if (n > 0 && !(d->longer = tfg_op_def_parse(&longer, arena, s)))
        return -1;
    return 0;
}

TfgOpDef *tfg_op_def_parse(const TfgOpRow *row, TfgArena *arena, TfgStatus *s)
{
    TfgOpDef *d = tfg_arena_alloc(arena, sizeof *d);
    if (!d)
        goto no_memory;
    d->n_in = COUNT(row->in);
    d->n_out = COUNT(row->out);
    d->n_attr = COUNT(row->attr);
    d->n_later = COUNT(row->later);
    d->name = tfg_arena_strdup(arena, row->name);
    d->in = tfg_arena_alloc(arena, (size_t)d->n_in * sizeof *d->in);
    d->out = tfg_arena_alloc(arena, (size_t)d->n_out * sizeof *d->out);
    d->attr = tfg_arena_alloc(arena, (size_t)d->n_attr * sizeof *d->attr);
    d->later = tfg_arena_alloc(arena, (size_t)d->n_later * sizeof *d->later);
    if (!d->name || !d->in || !d->out || !d->attr || !d->later)
        goto no_memory;
    d->shape = row->shape;
    d->flags = row->flags;
    d->deprecated_since = row->deprecated_since;
    d->deprecation = row->deprecation;
    if (parse_row(d, row, arena, s) < 0) {
        tfg_status_prepend(s, "Op %s: ", row->name);
        return NULL;
    }
    tfg_op_def_link(d);
    return parse_longer(d, row, arena, s) < 0 ? NULL : d;
no_memory:
    tfg_fail_memory(s);
    return NULL;
}

/* ---- What follows from a definition ---- */

static int16_t attr_index(const TfgOpDef *d, const char *name)
{
    return (int16_t)(name ? find_attr(d, name, strlen(name)) : -1);
}

static void link_arg(TfgOpDef *d, TfgArgDef *arg)
{
    arg->type_index = attr_index(d, arg->type_attr);
    arg->number_index = attr_index(d, arg->number_attr);
    arg->type_list_index = attr_index(d, arg->type_list_attr);
    if (arg->number_attr || arg->type_list_attr)
        d->is_plain_io = false;
}

static void mark_inferred(TfgOpDef *d, int i)
{
    if (i >= 0)
        d->attr[i].inferred = true;
}

void tfg_op_def_link(TfgOpDef *d)
{
    d->is_plain_io = true;
    for (int i = 0; i < d->n_in; i++) {
        link_arg(d, &d->in[i]);
        mark_inferred(d, d->in[i].type_index);
        mark_inferred(d, d->in[i].number_index);
        mark_inferred(d, d->in[i].type_list_index);
    }
    for (int i = 0; i < d->n_out; i++)
        link_arg(d, &d->out[i]);
}
