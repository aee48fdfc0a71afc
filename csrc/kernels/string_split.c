/* Strings taken apart into sparse tensors: StringSplit, StringSplitV2. */
#include "kernels/string.h"

/* The pieces of all strings: which string, where it begins and how long it is. */
typedef struct Piece { int64_t row; const char *text; size_t n; } Piece;

typedef struct Pieces {
    Piece *items;
    size_t n, capacity;
    int64_t row, in_row, most;  /* of the string being split; pieces of the longest row */
    bool failed;
} Pieces;

static void add(Pieces *p, const char *text, size_t n)
{
    if (p->n == p->capacity) {
        size_t capacity = p->capacity ? p->capacity * 2 : 64;
        Piece *more = tfg_realloc(p->items, capacity * sizeof *more);
        if (!more) {
            p->failed = true;
            return;
        }
        p->items = more;
        p->capacity = capacity;
    }
    p->items[p->n++] = (Piece){p->row, text, n};
    if (++p->in_row > p->most)
        p->most = p->in_row;
}

static int give(TfgKernelCall *c, const Pieces *p, TfgStatus *s)
{
    if (p->failed)
        return tfg_fail_memory(s);
    int64_t n = (int64_t)p->n;
    TfgTensor *indices = tfg_kernel_output(c, 0, 2, (int64_t[]){n, 2}, s), *values = indices ? tfg_kernel_output(c, 1, 1, &n, s) : NULL;
    TfgTensor *shape = values ? tfg_kernel_output(c, 2, 1, (int64_t[]){2}, s) : NULL;
    if (!shape)
        return -1;
    int rc = 0;
    tfg_strings_begin(n);
    for (int64_t i = 0, column = 0; i < n && rc == 0; i++) {
        const Piece *piece = &p->items[i];
        column = i > 0 && piece[-1].row == piece->row ? column + 1 : 0;
        ((int64_t *)indices->data)[2 * i] = piece->row;
        ((int64_t *)indices->data)[2 * i + 1] = column;
        rc = tfg_string_put(tfg_strings_mut(values) + i, piece->text, piece->n, s);
    }
    tfg_strings_end();
    ((int64_t *)shape->data)[0] = c->in[0]->count;
    ((int64_t *)shape->data)[1] = p->most;
    return rc;
}

typedef void (*SplitFn)(Pieces *p, const TfgString *e, const TfgString *separator, const void *option);

static int split_all(TfgKernelCall *c, SplitFn fn, const void *option, const char *separator_name, TfgStatus *s)
{
    TfgShapeText text;
    if (c->in[0]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be a vector, got shape: %s", tfg_shape_text(c->in[0], &text));
    if (c->in[1]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a scalar, got shape: %s", separator_name, tfg_shape_text(c->in[1], &text));
    Pieces p = {.items = NULL};
    for (int64_t i = 0; i < c->in[0]->count && !p.failed; i++) {
        p.row = i;
        p.in_row = 0;
        fn(&p, tfg_strings(c->in[0]) + i, tfg_strings(c->in[1]), option);
    }
    int rc = give(c, &p, s);
    tfg_free(p.items);
    return rc;
}

/* ---- StringSplit: each byte of the separator separates --------------------------------------------------------------------------- */

static void split_at_bytes(Pieces *p, const TfgString *e, const TfgString *separator, const void *option)
{
    bool skip_empty = *(const bool *)option;
    size_t begin = 0;
    for (size_t i = 0; separator->n == 0 && i < e->n; i++)
        add(p, e->data + i, 1);
    if (separator->n == 0 || e->n == 0)
        return;
    for (size_t i = 0; i <= e->n; i++)
        if (i == e->n || memchr(separator->data, e->data[i], separator->n)) {
            if (i > begin || !skip_empty)
                add(p, e->data + begin, i - begin);
            begin = i + 1;
        }
}

static int run_split(TfgKernelCall *c, TfgStatus *s)
{
    bool skip_empty = tfg_attrs_bool(c->attrs, "skip_empty");
    return split_all(c, split_at_bytes, &skip_empty, "delimiter", s);
}

/* ---- StringSplitV2: as Python's str.split, but that 1.12.3 always gives what is left behind the last cut allowed ------------------- */

static void split_at_space(Pieces *p, const TfgString *e, int64_t most)
{
    if (most == 0) {
        add(p, e->data, e->n);
        return;
    }
    for (size_t i = 0; i < e->n;) {
        while (i < e->n && tfg_is_space(e->data[i]))
            i++;
        size_t begin = i;
        if (most >= 0 && p->in_row == most) {
            add(p, e->data + begin, e->n - begin);
            return;
        }
        if (begin == e->n)
            return;
        while (i < e->n && !tfg_is_space(e->data[i]))
            i++;
        add(p, e->data + begin, i - begin);
    }
    if (p->in_row == most)
        add(p, NULL, 0);
}

static void split_at_text(Pieces *p, const TfgString *e, const TfgString *separator, const void *option)
{
    int64_t most = *(const int64_t *)option;
    if (separator->n == 0) {
        split_at_space(p, e, most);
        return;
    }
    size_t begin = 0;
    while (most < 0 || p->in_row < most) {
        const char *found = e->n > begin ? memmem(e->data + begin, e->n - begin, separator->data, separator->n) : NULL;
        if (!found)
            break;
        add(p, e->data + begin, (size_t)(found - e->data) - begin);
        begin = (size_t)(found - e->data) + separator->n;
    }
    add(p, e->n ? e->data + begin : NULL, e->n - begin);
}

static int run_split_v2(TfgKernelCall *c, TfgStatus *s)
{
    int64_t most = tfg_attrs_int(c->attrs, "maxsplit");
    return split_all(c, split_at_text, &most, "sep", s);
}

static const TfgKernelRow rows[] = {
    {.op = "StringSplit", .run = run_split, .flags = TFG_KERNEL_VALUE_SHAPE},
    {.op = "StringSplitV2", .run = run_split_v2, .flags = TFG_KERNEL_VALUE_SHAPE},
};

int tfg_register_string_split(TfgStatus *s) { return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s); }
