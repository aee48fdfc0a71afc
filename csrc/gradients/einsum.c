/* Gradient of Einsum: einsums of the equation turned round, and labels that were summed away spread out again. */
#include "graph/einsum.h"

#include <string.h>

#include "base/str.h"
#include "gradients/rows.h"

static TfgBytes bytes(const TfgStr *s) { return (TfgBytes){tfg_str_text(s), s->n}; }
static void put(TfgStr *s, TfgBytes b) { tfg_str_append(s, b.data, b.n); }

static TfgValue einsum(TfgBuild *b, TfgBytes x_labels, TfgValue x, TfgBytes y_labels, TfgValue y, TfgBytes out)
{
    TfgStr equation = TFG_STR_INIT;
    int n = tfg_has_value(y) ? 2 : 1;
    put(&equation, x_labels);
    if (n == 2) {
        tfg_str_putc(&equation, ',');
        put(&equation, y_labels);
    }
    tfg_str_puts(&equation, "->");
    put(&equation, out);
    TfgValue z = TFG_NO_VALUE;
    if (equation.failed)
        tfg_b_fail(b, TFG_RESOURCE_EXHAUSTED, "out of memory");
    else
        z = tfg_b_op(b, "Einsum", NULL, (TfgValue[]){x, y}, n, B_ATTRS({"equation", {.kind = TFG_ATTR_STRING, .s = bytes(&equation)}}));
    tfg_str_fini(&equation);
    return z;
}

/* Axis of a label where it stands first; from the end where "..." stands before it. */
static int axis_of(TfgBytes subscript, char label)
{
    int ellipsis = tfg_einsum_ellipsis(subscript), at = 0;
    while (subscript.data[at] != label)
        at++;
    return ellipsis >= 0 && at > ellipsis ? at - (int)subscript.n : at;
}

static bool repeats(TfgBytes s)
{
    bool seen[256] = {false};
    for (size_t i = 0; i < s.n; i++) {
        unsigned char label = (unsigned char)s.data[i];
        if (label != '.' && seen[label])
            return true;
        seen[label] = true;
    }
    return false;
}

static bool equal(TfgBytes a, TfgBytes b) { return a.n == b.n && (a.n == 0 || memcmp(a.data, b.data, a.n) == 0); }

/* dy of "in->kept", spread over the labels that only `in` has. */
static TfgValue spread(TfgBuild *b, TfgValue dy, TfgBytes in, TfgBytes kept, const TfgStr *lost, TfgBytes left, TfgValue shape)
{
    int64_t axes[256];
    int n = (int)lost->n;
    for (int i = 0; i < n; i++)
        axes[i] = axis_of(in, lost->data[i]);
    if (!repeats(in) && !repeats(kept) && equal(left, kept)) {
        TfgValue ones = tfg_b_reduced_shape(b, shape, tfg_b_ints(b, "Const", axes, n));
        return B_OP(b, "BroadcastTo", tfg_b_reshape(b, dy, ones), shape);
    }
    int64_t one[256];
    TfgValue sizes[257], dims = tfg_b_shape(b, dy), small[2];
    for (int i = 0; i < n; i++) {
        one[i] = 1;
        sizes[i] = tfg_b_slice(b, shape, B_AT(axes[i]), axes[i] == -1 ? B_OPEN : B_AT(axes[i] + 1));
    }
    small[0] = tfg_b_ints(b, "ones", one, n);
    small[1] = sizes[n] = dims;
    TfgValue whole = B_OP(b, "BroadcastTo", tfg_b_reshape(b, dy, tfg_b_concat(b, small, 2, 0)), tfg_b_concat(b, sizes, n + 1, 0));
    TfgStr from = TFG_STR_INIT;
    tfg_str_append(&from, lost->data, lost->n);
    put(&from, kept);
    TfgValue z = TFG_NO_VALUE;
    if (from.failed)
        tfg_b_fail(b, TFG_RESOURCE_EXHAUSTED, "out of memory");
    else
        z = einsum(b, bytes(&from), whole, (TfgBytes){0}, TFG_NO_VALUE, in);
    tfg_str_fini(&from);
    return z;
}

/* dx of the input with labels `in`; the other's, if there is one, are `other_labels`. */
static TfgValue towards(TfgBuild *b, TfgValue dy, TfgBytes out, TfgBytes other_labels, TfgValue other, TfgBytes in, TfgValue shape)
{
    TfgStr lost = TFG_STR_INIT, left = TFG_STR_INIT;
    for (size_t i = 0; i < in.n; i++) {
        char label = in.data[i];
        if (label == '.' || tfg_einsum_has(out, label) || tfg_einsum_has(other_labels, label))
            tfg_str_putc(&left, label);
        else if (!tfg_einsum_has(bytes(&lost), label))
            tfg_str_putc(&lost, label);
    }
    TfgValue z = dy;
    TfgBytes kept = out;
    if (lost.failed || left.failed) {
        tfg_b_fail(b, TFG_RESOURCE_EXHAUSTED, "out of memory");
    } else {
        if (tfg_has_value(other) || lost.n == 0) {
            kept = bytes(&left);
            z = einsum(b, out, dy, other_labels, other, kept);
        }
        if (lost.n)
            z = spread(b, z, in, kept, &lost, bytes(&left), shape);
    }
    tfg_str_fini(&lost);
    tfg_str_fini(&left);
    return z;
}

/* ---- broadcasting ---- */

/* The axes that "..." stands for: from `begin` up to `end` counted from the rank, 0 being all that follow. */
static void rest_of(TfgBytes subscript, int *begin, int *end)
{
    *begin = tfg_einsum_ellipsis(subscript);
    *end = *begin + 3 - (int)subscript.n;
}

static TfgValue rest_shape(TfgBuild *b, TfgValue shape, TfgBytes subscript)
{
    int begin, end;
    rest_of(subscript, &begin, &end);
    return tfg_b_slice(b, shape, B_AT(begin), end ? B_AT(end) : B_OPEN);
}

static bool same_rest(TfgBuild *b, TfgValue x, TfgBytes x_labels, TfgValue y, TfgBytes y_labels)
{
    TfgShape sx, sy;
    int bx, ex, by, ey;
    tfg_b_static_shape(b, x, &sx);
    tfg_b_static_shape(b, y, &sy);
    if (!tfg_shape_is_full(&sx) || !tfg_shape_is_full(&sy))
        return false;
    rest_of(x_labels, &bx, &ex);
    rest_of(y_labels, &by, &ey);
    int nx = sx.rank + ex - bx, ny = sy.rank + ey - by;
    return nx == ny && (nx <= 0 || memcmp(sx.dims + bx, sy.dims + by, (size_t)nx * sizeof *sx.dims) == 0);
}

static TfgValue gather_up(TfgBuild *b, TfgValue dx, TfgBytes labels, TfgValue axes, TfgValue shape)
{
    axes = tfg_b_const_op(b, "Add", "add", (double)tfg_einsum_ellipsis(labels), axes);
    return tfg_b_sum_to(b, dx, axes, shape);
}

static void grad_two(TfgBuild *b, TfgBytes x_labels, TfgBytes y_labels, TfgBytes out)
{
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_x(b, 1), dy = tfg_b_dy(b), r[2];
    if (tfg_b_is_complex(b, dy)) {
        x = tfg_b_conj(b, x);
        y = tfg_b_conj(b, y);
    }
    TfgValue sx = tfg_b_shape(b, x), sy = tfg_b_shape(b, y);
    TfgValue dx0 = towards(b, dy, out, y_labels, y, x_labels, sx), dx1 = towards(b, dy, out, x_labels, x, y_labels, sy);
    if (!b->failed && tfg_einsum_has(out, '.') && !same_rest(b, x, x_labels, y, y_labels)) {
        tfg_b_op_n(b, "BroadcastGradientArgs", NULL, B_LIST(rest_shape(b, sx, x_labels), rest_shape(b, sy, y_labels)), NULL, 0, r, 2);
        dx0 = gather_up(b, dx0, x_labels, r[0], sx);
        dx1 = gather_up(b, dx1, y_labels, r[1], sy);
    }
    tfg_b_dx(b, 0, dx0);
    tfg_b_dx(b, 1, dx1);
}

static int grad_einsum(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgEinsum e;
    if (tfg_einsum_parse(tfg_attrs_string(g->attrs, "equation"), g->n_in, &e, s) < 0)
        return -1;
    if (e.n_in == 1) {
        TfgValue x = tfg_b_x(b, 0), dy = tfg_b_dy(b);
        tfg_b_dx(b, 0, towards(b, dy, e.out, (TfgBytes){0}, TFG_NO_VALUE, e.in[0], tfg_b_shape(b, x)));
        return tfg_b_done(b);
    }
    /* An operand without "..." may be broadcast all the same; its gradient needs a place for those axes. */
    TfgStr labels[2] = {TFG_STR_INIT, TFG_STR_INIT};
    for (int i = 0; i < 2; i++) {
        put(&labels[i], e.in[i]);
        if (tfg_einsum_has(e.out, '.') && !tfg_einsum_has(e.in[i], '.'))
            tfg_str_puts(&labels[i], "...");
    }
    if (labels[0].failed || labels[1].failed)
        tfg_b_fail(b, TFG_RESOURCE_EXHAUSTED, "out of memory");
    else
        grad_two(b, bytes(&labels[0]), bytes(&labels[1]), e.out);
    tfg_str_fini(&labels[0]);
    tfg_str_fini(&labels[1]);
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_einsum[] = {
    GRAD("Einsum", grad_einsum, TFG_USES_X),
};
const int tfg_n_gradients_einsum = sizeof tfg_gradients_einsum / sizeof *tfg_gradients_einsum;
