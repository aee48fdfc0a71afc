/* Build: how gradient functions say what they compute.  Each function stands for one of TensorFlow's Python functions or operators
 * and makes the nodes that it makes, under its names; a failure sticks, so a formula is written down without looking. */
#ifndef TFG_GRADIENTS_BUILD_H
#define TFG_GRADIENTS_BUILD_H

#include "gradients/gradient.h"

typedef struct TfgBuild {
    TfgGradCall *g;
    TfgStatus *s;
    bool failed;                /* everything after does nothing and gives no value */
} TfgBuild;
#define TFG_BUILD(g, s) {(g), (s), false}

int tfg_b_done(const TfgBuild *b);                      /* 0 or -1: what a gradient function returns */
int tfg_b_fail(TfgBuild *b, TfgCode code, const char *format, ...) TFG_PRINTF(3, 4);

static inline TfgValue tfg_b_x(const TfgBuild *b, int i) { return b->g->x[i]; }
static inline TfgValue tfg_b_y(const TfgBuild *b, int i) { return b->g->y[i]; }
/* dy 0.  Where it is slices, this stands for them: an op that takes it makes a dense tensor of them, under the name of its argument,
 * as TensorFlow converts at each use; as a result it stays slices. */
TfgValue tfg_b_dy(TfgBuild *b);
TfgValue tfg_b_converted(TfgBuild *b, TfgValue v, const char *name);    /* v, or slices made dense now */
TfgValue tfg_b_dy_of(TfgBuild *b, int i);               /* dy i, dense; made so at each call */
void tfg_b_dx_slices(TfgBuild *b, int i, TfgValue values, TfgValue indices, TfgValue dense_shape);
void tfg_b_dx(TfgBuild *b, int i, TfgValue v);          /* sets the result, unless something failed */
TfgDType tfg_b_dtype(const TfgBuild *b, TfgValue v);
bool tfg_b_is_complex(const TfgBuild *b, TfgValue v);
void tfg_b_static_shape(const TfgBuild *b, TfgValue v, TfgShape *out);      /* unknown after a failure */

/* Scopes; each enter has its leave, also after a failure. */
bool tfg_b_enter(TfgBuild *b, const char *name);        /* name scope; false where nothing was entered */
void tfg_b_leave(TfgBuild *b, bool entered);
bool tfg_b_after(TfgBuild *b, TfgValue v);              /* control_dependencies([v]) */
void tfg_b_leave_after(TfgBuild *b, bool entered);
bool tfg_b_beside(TfgBuild *b, TfgValue v, bool alone); /* colocate_with(v, ignore_existing=alone) */
void tfg_b_leave_beside(TfgBuild *b, bool entered);

/* An op.  name NULL: the type; "/": the current scope's own name. */
TfgValue tfg_b_op(TfgBuild *b, const char *type, const char *name, const TfgValue *in, int n_in, const TfgNamedAttr *attrs, int n_attrs);
void tfg_b_op_n(TfgBuild *b, const char *type, const char *name, const TfgValue *in, int n_in, const TfgNamedAttr *attrs, int n_attrs,
                TfgValue *out, int n_out);
#define B_LIST(...) (TfgValue[]){__VA_ARGS__}, (int)(sizeof((TfgValue[]){__VA_ARGS__}) / sizeof(TfgValue))
#define B_OP(b, type, ...) tfg_b_op(b, type, NULL, B_LIST(__VA_ARGS__), NULL, 0)
#define B_NAMED(b, type, name, ...) tfg_b_op(b, type, name, B_LIST(__VA_ARGS__), NULL, 0)
#define B_ATTRS(...) (TfgNamedAttr[]){__VA_ARGS__}, (int)(sizeof((TfgNamedAttr[]){__VA_ARGS__}) / sizeof(TfgNamedAttr))
/* Python's operators. */
static inline TfgValue tfg_b_mul(TfgBuild *b, TfgValue x, TfgValue y) { return B_NAMED(b, "Mul", "mul", x, y); }
static inline TfgValue tfg_b_add(TfgBuild *b, TfgValue x, TfgValue y) { return B_NAMED(b, "Add", "add", x, y); }
static inline TfgValue tfg_b_sub(TfgBuild *b, TfgValue x, TfgValue y) { return B_NAMED(b, "Sub", "sub", x, y); }
static inline TfgValue tfg_b_mod(TfgBuild *b, TfgValue x, TfgValue y) { return B_NAMED(b, "FloorMod", "mod", x, y); }
static inline TfgValue tfg_b_neg(TfgBuild *b, TfgValue x) { return B_OP(b, "Neg", x); }
static inline TfgValue tfg_b_quotient(TfgBuild *b, TfgValue x, TfgValue y) { return B_NAMED(b, "RealDiv", "truediv", x, y); }
static inline TfgValue tfg_b_div(TfgBuild *b, TfgValue x, TfgValue y) { return B_NAMED(b, "RealDiv", "div", x, y); }   /* of floats */
TfgValue tfg_b_op_const(TfgBuild *b, const char *type, const char *name, TfgValue x, double c);        /* x op c: "name/y" */
TfgValue tfg_b_const_op(TfgBuild *b, const char *type, const char *name, double c, TfgValue x);        /* c op x: "name/x" */

/* Constants; name NULL: "Const". */
TfgValue tfg_b_const(TfgBuild *b, const char *name, TfgDType dtype, double value);
TfgValue tfg_b_ints(TfgBuild *b, const char *name, const int64_t *values, int n);       /* int32 vector */
TfgValue tfg_b_dims(TfgBuild *b, const char *name, const TfgShape *shape, TfgDType dtype);

TfgValue tfg_b_conj(TfgBuild *b, TfgValue x);           /* itself where real */
TfgValue tfg_b_cast(TfgBuild *b, TfgValue x, TfgDType dtype, const char *name);        /* itself where it is of that dtype */
TfgValue tfg_b_shape(TfgBuild *b, TfgValue x);          /* constant where all is known; so are size and rank */
TfgValue tfg_b_shape_as(TfgBuild *b, TfgValue x, TfgDType dtype);
TfgValue tfg_b_size(TfgBuild *b, TfgValue x);
TfgValue tfg_b_rank(TfgBuild *b, TfgValue x);
TfgValue tfg_b_reshape(TfgBuild *b, TfgValue x, TfgValue shape);
TfgValue tfg_b_flatten(TfgBuild *b, TfgValue x);        /* reshape(x, [-1]) */
TfgValue tfg_b_reshape_like(TfgBuild *b, TfgValue x, TfgValue like);
TfgValue tfg_b_zeros(TfgBuild *b, TfgValue shape, TfgDType dtype);
TfgValue tfg_b_zeros_of(TfgBuild *b, const char *name, const TfgShape *shape, TfgDType dtype);    /* of a known shape */
TfgValue tfg_b_filled_of(TfgBuild *b, const char *name, const TfgShape *shape, TfgDType dtype, int value);
TfgValue tfg_b_zeros_like(TfgBuild *b, TfgValue x, bool optimize);
TfgValue tfg_b_ones_like(TfgBuild *b, TfgValue x, TfgDType dtype);
TfgValue tfg_b_fill(TfgBuild *b, TfgValue dims, int64_t value);         /* int32, "Fill/value" */
TfgValue tfg_b_where(TfgBuild *b, TfgValue c, TfgValue x, TfgValue y);
TfgValue tfg_b_expand_dims(TfgBuild *b, TfgValue x, int axis);
TfgValue tfg_b_gather(TfgBuild *b, TfgValue params, TfgValue indices);
TfgValue tfg_b_concat(TfgBuild *b, const TfgValue *values, int n, int axis);
/* The same where values without one are the constant c, inside a list of its own: concat([v, [c], ...], axis). */
TfgValue tfg_b_concat_with(TfgBuild *b, const TfgValue *values, int n, int64_t c, int axis);
/* stack() and other lists of scalars: v and the constants named by their place. */
TfgValue tfg_b_stack_const(TfgBuild *b, const char *name, TfgValue v, int64_t c, bool const_first);
TfgValue tfg_b_cut(TfgBuild *b, TfgValue x, TfgValue begin, TfgValue size);            /* slice(x, begin, size) */
TfgValue tfg_b_range(TfgBuild *b, TfgValue start, TfgValue limit, TfgValue delta);     /* no value: 0, 1; int32 */
TfgValue tfg_b_transpose(TfgBuild *b, TfgValue x, TfgValue perm);
TfgValue tfg_b_sum(TfgBuild *b, TfgValue x, TfgValue axes);
TfgValue tfg_b_sum_last(TfgBuild *b, TfgValue x, bool keep_dims);       /* over axis -1 */
/* int32 sizes with 1 in place of those at `axes`: math_ops.reduced_shape (math_reduce.c). */
TfgValue tfg_b_reduced_shape(TfgBuild *b, TfgValue shape, TfgValue axes);
/* Everything: reduce_xxx(x) without axis. */
TfgValue tfg_b_reduce_all(TfgBuild *b, const char *type, TfgValue x);
TfgValue tfg_b_item(TfgBuild *b, TfgValue x, int64_t i);                /* x[i] */
TfgValue tfg_b_item_at(TfgBuild *b, TfgValue x, TfgValue i);
/* x[begin:end] of a vector; a bound is a value, or `c` where it has none; open: left out. */
typedef struct TfgBound { bool open; TfgValue v; int64_t c; } TfgBound;
#define B_OPEN ((TfgBound){.open = true})
#define B_AT(x) ((TfgBound){.c = (x)})
#define B_AT_VALUE(x) ((TfgBound){.v = (x)})
TfgValue tfg_b_slice(TfgBuild *b, TfgValue x, TfgBound begin, TfgBound end);

/* Gradients of broadcasting: shapes of both operands, and the axes along which each was repeated. */
typedef struct TfgBroadcast { TfgValue sx, sy, rx, ry; } TfgBroadcast;
TfgBroadcast tfg_b_broadcast(TfgBuild *b, TfgValue x, TfgValue y);
TfgValue tfg_b_sum_to(TfgBuild *b, TfgValue v, TfgValue axes, TfgValue shape);          /* reshape(reduce_sum(v, axes), shape) */
/* All three shapes are fully known and equal. */
bool tfg_b_same_shapes(const TfgBuild *b, TfgValue x, TfgValue y, TfgValue z);

#endif
