/* The walk over graphs: names of what it makes, errors, and that depth and size cost what they must. */
#include <time.h>

#include "base/memory.h"
#include "gradients/backprop.h"
#include "test.h"

static TfgGraph *new_graph(void)
{
    TfgStatus s = TFG_STATUS_INIT;
    return tfg_graph_new(&s);
}

static TfgOutput unary(TfgGraph *g, const char *type, TfgOutput x)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgOp *op = tfg_graph_make(g, type, NULL, &x, 1, NULL, 0, &s);
    tfg_status_fini(&s);
    return (TfgOutput){op, 0};
}

static TfgOutput placeholder(TfgGraph *g, TfgDType dtype)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgNamedAttr attrs[] = {{"dtype", TFG_A_TYPE(dtype)}};
    TfgOp *op = tfg_graph_make(g, "Placeholder", "x", NULL, 0, attrs, 1, &s);
    tfg_status_fini(&s);
    return (TfgOutput){op, 0};
}

/* Seconds for the gradient of n Tanhs in a row; negative after a failure. */
static double chain(int n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = new_graph();
    tfg_graph_lock(g);
    TfgOutput x = placeholder(g, TFG_FLOAT), y = x, dx;
    for (int i = 0; i < n; i++)
        y = unary(g, "Tanh", y);
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    int rc = tfg_add_gradients(g, &y, 1, &x, 1, NULL, &dx, &s);
    clock_gettime(CLOCK_MONOTONIC, &b);
    bool whole = rc == 0 && dx.op && tfg_graph_n_ops(g) == 2 * n + 4;
    tfg_graph_unlock(g);
    tfg_graph_unref(g);
    tfg_status_fini(&s);
    return whole ? (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) * 1e-9 : -1;
}

/* A hundred thousand in a row: no stack is deep enough to recurse, no time long enough to be quadratic. */
TEST(deep_chain)
{
    double few = chain(10000), many = chain(100000);
    printf("10,000: %.1f ms, 100,000: %.1f ms\n", few * 1e3, many * 1e3);
    CHECK(few > 0 && many > 0);
    CHECK(many < 60 * few + 0.1);
}

/* One x used by many: all contributions come together in one AddN. */
TEST(wide_sum)
{
    enum { N = 3000 };
    static TfgOutput ys[N];
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = new_graph();
    TfgOutput x = placeholder(g, TFG_FLOAT), dx;
    for (int i = 0; i < N; i++)
        ys[i] = unary(g, "Tanh", x);
    CHECK_OK(tfg_add_gradients(g, ys, N, &x, 1, NULL, &dx, &s) == 0, s);
    CHECK_STREQ(dx.op->def->name, "AddN");
    CHECK_STREQ(dx.op->name, "gradients/AddN");
    CHECK_EQ_INT(dx.op->n_inputs, N);
    tfg_graph_unref(g);
}

TEST(names)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = new_graph();
    TfgOutput x = placeholder(g, TFG_FLOAT), y = unary(g, "Tanh", x), dx;
    CHECK_OK(tfg_add_gradients(g, &y, 1, &x, 1, NULL, &dx, &s) == 0, s);
    CHECK_STREQ(dx.op->name, "gradients/Tanh_grad/TanhGrad");
    CHECK_OK(tfg_add_gradients(g, &y, 1, &x, 1, NULL, &dx, &s) == 0, s);
    CHECK_STREQ(dx.op->name, "gradients_1/Tanh_grad/TanhGrad");
    tfg_graph_unref(g);
}

TEST(unconnected_is_none)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = new_graph();
    TfgOutput x = placeholder(g, TFG_FLOAT), z = placeholder(g, TFG_FLOAT), y = unary(g, "StopGradient", x), dx[2];
    CHECK_OK(tfg_add_gradients(g, &y, 1, (TfgOutput[]){x, z}, 2, NULL, dx, &s) == 0, s);
    CHECK(!dx[0].op && !dx[1].op);
    TfgSlices slices[1];
    TfgBackpropCall call = {.ys = &y, .n_ys = 1, .xs = &z, .n_xs = 1, .zero_unconnected = true};
    CHECK_OK(tfg_backprop(g, &call, slices, &s) == 0, s);
    CHECK_STREQ(slices[0].values.op->def->name, "ZerosLike");
    tfg_graph_unref(g);
}

TEST(errors)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = new_graph(), *other = new_graph();
    TfgOutput x = placeholder(g, TFG_FLOAT), y = unary(g, "Snapshot", x), c = placeholder(g, TFG_COMPLEX64), dx;
    int32_t before = tfg_graph_n_ops(g);
    CHECK(tfg_add_gradients(g, &y, 1, &x, 1, NULL, &dx, &s) < 0);
    CHECK_EQ_INT(s.code, TFG_LOOKUP_ERROR);
    CHECK_STREQ(s.message, "No gradient defined for operation 'Snapshot' (op type: Snapshot)");
    CHECK(tfg_graph_n_ops(g) >= before);
    tfg_status_fini(&s);
    CHECK(tfg_add_gradients(g, &c, 1, &c, 1, NULL, &dx, &s) < 0);
    CHECK_EQ_INT(s.code, TFG_TYPE_ERROR);
    CHECK_STREQ(s.message, "Gradients of complex tensors must set grad_ys (y.dtype = tf.complex64)");
    tfg_status_fini(&s);
    CHECK(tfg_add_gradients(other, &y, 1, &x, 1, NULL, &dx, &s) < 0);
    CHECK_EQ_INT(s.code, TFG_VALUE_ERROR);
    tfg_status_fini(&s);
    tfg_graph_unref(g);
    tfg_graph_unref(other);
}

/* The gradient of tanh(x) * x in a graph of its own, where the n-th allocation fails; 0: none does. */
static int small_gradient(int64_t n, bool *fired, TfgStatus *s)
{
    TfgGraph *g = new_graph();
    TfgOutput x = placeholder(g, TFG_FLOAT), t = unary(g, "Tanh", x), dx;
    TfgOp *mul = tfg_graph_make(g, "Mul", NULL, (TfgOutput[]){t, x}, 2, NULL, 0, s);
    TfgOutput y = {mul, 0};
    tfg_alloc_fail_at(n);
    int rc = mul ? tfg_add_gradients(g, &y, 1, &x, 1, NULL, &dx, s) : -2;
    *fired = tfg_alloc_failed();
    tfg_alloc_fail_at(0);
    tfg_graph_unref(g);
    return rc;
}

/* Memory that runs out anywhere in the walk is an error, and leaks nothing. */
TEST(failing_allocations)
{
    bool fired = true;
    TfgStatus s = TFG_STATUS_INIT;
    CHECK_OK(small_gradient(0, &fired, &s) == 0, s);       /* definitions are parsed when first asked for, and kept */
    int64_t live = tfg_alloc_live();
    for (int n = 1; n < 4000; n++) {
        int rc = small_gradient(n, &fired, &s);
        CHECK(fired || rc == 0);
        if (rc < 0)
            CHECK_EQ_INT(s.code, TFG_RESOURCE_EXHAUSTED);
        tfg_status_fini(&s);
        CHECK_EQ_INT(tfg_alloc_live(), live);
        if (!fired)
            return;
    }
    TEST_FAIL("the walk never succeeded");
}
