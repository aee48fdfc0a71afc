/* Gradient functions without a graph: the same rows, behind a backend that runs each op at once.  This is the seam of a later tape. */
#include <math.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/status.h"
#include "gradients/gradient.h"
#include "graph/opdef.h"
#include "runtime/kernel.h"
#include "test.h"

/* ---- the backend: a value is a tensor ---- */

typedef struct Eager {
    TfgArena arena;
    TfgTensor *kept[64];        /* all that was computed, dropped at the end */
    int n_kept, n_calls;
} Eager;

static int input_start(const TfgOpDef *def, int arg, const TfgAttrs *attrs)
{
    int start = 0;
    for (int i = 0; i < arg; i++)
        start += tfg_arg_count(&def->in[i], attrs);
    return start;
}

/* Attributes as given, then from the inputs' dtypes, then the defaults.  Enough for ops without lists. */
static TfgAttrs complete(Eager *e, const TfgOpDef *def, const TfgAttrs *given, TfgTensor *const *in, int n_in)
{
    TfgAttrs all = {0, tfg_arena_alloc(&e->arena, (size_t)(def->n_attr + 1) * sizeof(TfgNamedAttr))};
    for (int i = 0; i < def->n_attr; i++) {
        const TfgAttrDef *a = &def->attr[i];
        const TfgAttr *v = tfg_attrs_find(given, a->name);
        all.items[all.n] = (TfgNamedAttr){a->name, v ? *v : a->default_value};
        for (int j = 0; !v && j < def->n_in; j++) {
            int at = input_start(def, j, &all);
            if (def->in[j].type_attr && strcmp(def->in[j].type_attr, a->name) == 0 && at < n_in)
                all.items[all.n].value = TFG_A_TYPE(in[at]->dtype);
        }
        all.n++;
    }
    return all;
}

static int eager_call(TfgGradCall *g, const char *type, const char *name, const TfgValue *in, int n_in, const TfgNamedAttr *attrs,
                      int n_attrs, TfgValue *out, int n_out, TfgStatus *s)
{
    Eager *e = g->context;
    const TfgOpDef *def = tfg_find_op_def(type);
    TfgTensor *inputs[8], *outputs[8] = {NULL};
    if (!def || n_in > 8 || n_out > 8)
        return tfg_fail(s, TFG_INTERNAL, "cannot run %s", type);
    for (int i = 0; i < n_in; i++)
        inputs[i] = in[i].a;
    TfgAttrs given = {n_attrs, (TfgNamedAttr *)(uintptr_t)attrs}, all = complete(e, def, &given, inputs, n_in);
    e->n_calls++;
    if (tfg_kernel_run_once(def, name ? name : type, &all, inputs, n_in, outputs, def->n_out, s) < 0)
        return -1;
    for (int i = 0; i < n_out; i++)
        out[i] = (TfgValue){e->kept[e->n_kept++] = outputs[i], 0};
    return 0;
}

static TfgDType eager_dtype(TfgGradCall *g, TfgValue v)
{
    (void)g;
    return ((TfgTensor *)v.a)->dtype;
}

static void eager_shape(TfgGradCall *g, TfgValue v, TfgShape *out)
{
    (void)g;
    tfg_tensor_shape(v.a, out);
}

static TfgTensor *eager_constant(TfgGradCall *g, TfgValue v)
{
    (void)g;
    return tfg_tensor_ref(v.a);
}

static int enter_nothing(TfgGradCall *g, const char *name, TfgStatus *s)
{
    (void)g, (void)name, (void)s;
    return 0;
}

static int enter_controls(TfgGradCall *g, const TfgValue *values, int n, TfgStatus *s)
{
    (void)g, (void)values, (void)n, (void)s;
    return 0;
}

static int enter_colocation(TfgGradCall *g, TfgValue with, bool alone, TfgStatus *s)
{
    (void)g, (void)with, (void)alone, (void)s;
    return 0;
}

static void leave(TfgGradCall *g) { (void)g; }

static const TfgGradBackend eager = {
    .call = eager_call, .dtype = eager_dtype, .shape = eager_shape, .constant = eager_constant, .enter_scope = enter_nothing,
    .leave_scope = leave, .enter_controls = enter_controls, .leave_controls = leave, .enter_colocation = enter_colocation,
    .leave_colocation = leave, .enter_device = enter_nothing, .leave_device = leave,
};

/* ---- calls ---- */

static TfgTensor *tensor(Eager *e, int rank, const int64_t *dims, const float *values)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *t = tfg_tensor_new(TFG_FLOAT, rank, dims, &s);
    memcpy(t->data, values, (size_t)t->count * sizeof(float));
    e->kept[e->n_kept++] = t;
    return t;
}

static TfgTensor *ints(Eager *e, int n, const int32_t *values)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *t = tfg_tensor_new(TFG_INT32, 1, (int64_t[]){n}, &s);
    memcpy(t->data, values, (size_t)n * sizeof(int32_t));
    e->kept[e->n_kept++] = t;
    return t;
}

/* Runs `op` forward, then its gradient with dy; dx gets n_in tensors (NULL: none).  False after a failure, which is printed. */
static bool differentiate(Eager *e, const char *op, TfgTensor *const *x, int n_in, TfgTensor *dy, TfgTensor **dx)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGrad results[4] = {{{NULL, 0}, {NULL, 0}, {NULL, 0}}}, received = {{dy, 0}, {NULL, 0}, {NULL, 0}};
    TfgValue in[4], y;
    for (int i = 0; i < n_in; i++)
        in[i] = (TfgValue){x[i], 0};
    const TfgOpDef *def = tfg_find_op_def(op);
    const TfgGradRow *row = tfg_find_gradient(op);
    TfgAttrs none = {0, NULL}, attrs = complete(e, def, &none, x, n_in);
    TfgGradCall g = {.op_type = op, .op_name = op, .attrs = &attrs, .n_in = n_in, .n_out = 1, .x = in, .y = &y, .dy = &received,
                     .dx = results, .backend = &eager, .context = e, .row = row};
    bool ok = row && row->fn && eager_call(&g, op, op, in, n_in, NULL, 0, &y, 1, &s) == 0 && row->fn(&g, &s) == 0;
    if (!ok)
        fprintf(stderr, "%s: %s\n", op, s.message ? s.message : "no gradient");
    for (int i = 0; i < n_in; i++)
        dx[i] = results[i].value.a;
    tfg_status_fini(&s);
    return ok;
}

static void finish(Eager *e)
{
    for (int i = 0; i < e->n_kept; i++)
        tfg_tensor_unref(e->kept[i]);
    tfg_arena_fini(&e->arena);
}

static bool near(const TfgTensor *t, int rank, const int64_t *dims, const float *want)
{
    if (!t || t->rank != rank)
        return false;
    for (int i = 0; i < rank; i++)
        if (t->dims[i] != dims[i])
            return false;
    for (int64_t i = 0; i < t->count; i++)
        if (fabsf(((const float *)t->data)[i] - want[i]) > 1e-5f)
            return false;
    return true;
}

#define BEGIN()                                             \
    TfgStatus s0 = TFG_STATUS_INIT;                         \
    CHECK(tfg_init(&s0) == 0);                              \
    Eager e = {.n_kept = 0};                                \
    tfg_arena_init(&e.arena)

static const int64_t D23[] = {2, 3}, D3[] = {3}, D32[] = {3, 2}, D22[] = {2, 2}, D2[] = {2};

TEST(mul_sums_what_was_broadcast)
{
    BEGIN();
    TfgTensor *x[] = {tensor(&e, 2, D23, (float[]){1, 2, 3, 4, 5, 6}), tensor(&e, 1, D3, (float[]){10, 20, 30})}, *dx[2];
    TfgTensor *dy = tensor(&e, 2, D23, (float[]){1, 1, 1, 2, 2, 2});
    CHECK(differentiate(&e, "Mul", x, 2, dy, dx));
    CHECK(near(dx[0], 2, D23, (float[]){10, 20, 30, 20, 40, 60}));
    CHECK(near(dx[1], 1, D3, (float[]){1 + 8, 2 + 10, 3 + 12}));
    finish(&e);
}

TEST(tanh_uses_its_output)
{
    BEGIN();
    TfgTensor *x[] = {tensor(&e, 1, D3, (float[]){-1, 0, 0.5f})}, *dx[1], *dy = tensor(&e, 1, D3, (float[]){1, 2, 3});
    CHECK(differentiate(&e, "Tanh", x, 1, dy, dx));
    float want[3] = {1 - tanhf(-1) * tanhf(-1), 2, 3 * (1 - tanhf(0.5f) * tanhf(0.5f))};
    CHECK(near(dx[0], 1, D3, want));
    CHECK_EQ_INT(e.n_calls, 2);         /* Tanh and TanhGrad */
    finish(&e);
}

TEST(matmul_gives_both_sides)
{
    BEGIN();
    TfgTensor *x[] = {tensor(&e, 2, D23, (float[]){1, 2, 3, 4, 5, 6}), tensor(&e, 2, D32, (float[]){1, 0, 0, 1, 2, 3})}, *dx[2];
    TfgTensor *dy = tensor(&e, 2, D22, (float[]){1, 2, 3, 4});
    CHECK(differentiate(&e, "MatMul", x, 2, dy, dx));
    CHECK(near(dx[0], 2, D23, (float[]){1, 2, 8, 3, 4, 18}));
    CHECK(near(dx[1], 2, D32, (float[]){13, 18, 17, 24, 21, 30}));
    finish(&e);
}

TEST(sum_spreads_along_its_axes)
{
    BEGIN();
    TfgTensor *x[] = {tensor(&e, 2, D23, (float[]){1, 2, 3, 4, 5, 6}), ints(&e, 2, (int32_t[]){0, 1})}, *dx[2];
    TfgTensor *dy = tensor(&e, 0, NULL, (float[]){7});
    CHECK(differentiate(&e, "Sum", x, 2, dy, dx));
    CHECK(near(dx[0], 2, D23, (float[]){7, 7, 7, 7, 7, 7}));
    CHECK(dx[1] == NULL);
    finish(&e);
}

TEST(softmax_of_two)
{
    BEGIN();
    TfgTensor *x[] = {tensor(&e, 2, D22, (float[]){0, 0, 1, 1})}, *dx[1], *dy = tensor(&e, 2, D22, (float[]){1, 0, 3, 1});
    CHECK(differentiate(&e, "Softmax", x, 1, dy, dx));
    CHECK(near(dx[0], 2, D22, (float[]){0.25f, -0.25f, 0.5f, -0.5f}));
    finish(&e);
}

TEST(reshape_gives_the_shape_back)
{
    BEGIN();
    TfgTensor *x[] = {tensor(&e, 2, D23, (float[]){1, 2, 3, 4, 5, 6}), ints(&e, 2, (int32_t[]){3, 2})}, *dx[2];
    TfgTensor *dy = tensor(&e, 2, D32, (float[]){1, 2, 3, 4, 5, 6});
    CHECK(differentiate(&e, "Reshape", x, 2, dy, dx));
    CHECK(near(dx[0], 2, D23, (float[]){1, 2, 3, 4, 5, 6}));
    finish(&e);
}

TEST(labels_are_registered_once)
{
    BEGIN();
    (void)D2;
    TfgStatus s = TFG_STATUS_INIT;
    CHECK(tfg_register_foreign_gradient("TestLabel", NULL, NULL, &s) == 0);
    CHECK(tfg_register_foreign_gradient("TestLabel", NULL, NULL, &s) < 0);
    CHECK_EQ_INT(s.code, TFG_KEY_ERROR);
    CHECK(strstr(s.message, "TestLabel") != NULL);
    tfg_status_fini(&s);
    CHECK(tfg_find_gradient("TestLabel") && !tfg_find_gradient("TestLabel")->fn);
    CHECK(tfg_find_gradient("NoSuchOp") == NULL);
    finish(&e);
}
