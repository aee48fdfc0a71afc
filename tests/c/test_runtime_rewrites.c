/* Rewrites and layouts leave results as they were: random programs, run with everything on, each rewrite off, all off, and by the
 * other executor, several times over and under changing shapes, give the same bits. */
#include <math.h>
#include <pthread.h>

#include "graph_test.h"
#include "runtime/plan.h"
#include "runtime/session.h"

typedef struct Random { uint64_t state; } Random;

static uint32_t next(Random *r, uint32_t n)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(r->state >> 33) % n;
}

static TfgOutput axes_of(TfgGraph *g, int kind, TfgStatus *s)
{
    static const int32_t both[2] = {0, 1}, last[1] = {-1};
    return kind ? int_const(g, "axes", 1, both, 2, s) : int_const(g, "axes", 1, last, 1, s);
}

/* A program over x [n, m], a row [m], a column [n, 1], a scalar and a variable; every value may be read again later. */
static int random_program(TfgGraph *g, Random *r, const TfgOutput *feeds, int n_ops, TfgOutput *results, TfgStatus *s)
{
    static const char *const binary[] = {"Add", "Sub", "Mul", "Maximum", "Minimum", "SquaredDifference", "Add", "Mul"};
    static const char *const unary[] = {"Neg", "Square", "Tanh", "Abs", "Identity", "Sigmoid", "StopGradient", "Relu"};
    TfgOutput pool[80];
    int n = 0, n_results = 0;
    for (int i = 0; i < 4; i++)
        pool[n++] = feeds[i];
    pool[n++] = float_const(g, "c", 0.75f, s);
    pool[n++] = float_const(g, "d", -1.25f, s);
    for (int i = 0; i < n_ops && n < 80; i++) {
        TfgOutput a = pool[next(r, 3) ? n - 1 - (int)next(r, n > 6 ? 4 : (uint32_t)n) : (int)next(r, (uint32_t)n)];
        TfgOutput b = pool[next(r, (uint32_t)n)];
        TfgOp *op;
        switch (next(r, 13)) {
        case 12: {              /* over all dimensions, of which only the running step knows how many */
            TfgOutput in[3] = {int_const(g, "zero", 0, (int32_t[]){0}, 1, s), out(make1(g, "Rank", NULL, a, s), 0),
                               int_const(g, "one", 0, (int32_t[]){1}, 1, s)};
            in[1] = out(tfg_graph_make(g, "Range", NULL, in, 3, NULL, 0, s), 0);
            in[0] = a;
            op = tfg_graph_make(g, next(r, 2) ? "Mean" : "Max", NULL, in, 2, NULL, 0, s);
            break;
        }
        case 0: case 1: case 2: op = make1(g, unary[next(r, 8)], NULL, a, s); break;
        case 3: {
            TfgNamedAttr keep = {"keep_dims", TFG_A_BOOL(true)};
            TfgOutput in[2] = {a, axes_of(g, 1, s)}, x = out(make2(g, "Add", NULL, a, feeds[0], s), 0);
            in[0] = x;
            op = tfg_graph_make(g, next(r, 2) ? "Sum" : "Max", NULL, in, 2, &keep, 1, s);
            break;
        }
        default: op = make2(g, binary[next(r, 8)], NULL, a, b, s);
        }
        if (!op)
            return -1;
        pool[n++] = out(op, 0);
    }
    for (int i = 0; i < 3; i++)
        results[n_results++] = pool[n - 1 - i * 2];
    TfgOutput in[2] = {out(make2(g, "Add", NULL, results[0], feeds[0], s), 0), axes_of(g, 1, s)};
    results[n_results++] = out(make2(g, "Mean", NULL, in[0], in[1], s), 0);
    return n_results;
}

static TfgTensor *filled(Random *r, int rank, const int64_t *dims, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(TFG_FLOAT, rank, dims, s);
    for (int64_t i = 0; t && i < t->count; i++)
        ((float *)t->data)[i] = (float)next(r, 4000) / 1000.0f - 2.0f;
    return t;
}

/* Bit by bit, but for the sign of what is not a number: of two, an addition gives either. */
static bool same_numbers(const TfgTensor *a, const TfgTensor *b)
{
    bool same = a->dtype == b->dtype && a->rank == b->rank && a->count == b->count;
    for (int32_t i = 0; i < a->rank && same; i++)
        same = a->dims[i] == b->dims[i];
    const float *x = a->data, *y = b->data;
    for (int64_t i = 0; i < a->count && same; i++)
        same = (x[i] != x[i] && y[i] != y[i]) || memcmp(&x[i], &y[i], sizeof x[i]) == 0;
    return same;
}

TEST(random_programs)
{
    static const uint32_t off[] = {TFG_REWRITE_ALL, 0, TFG_REWRITE_FUSE, TFG_REWRITE_LAYOUT, TFG_REWRITE_CSE, TFG_REWRITE_FOLD, TFG_REWRITE_SHAPE, 0};
    enum { MODES = sizeof off / sizeof off[0] };
    for (uint64_t seed = 1; seed <= 60; seed++) {
        TfgStatus s = TFG_STATUS_INIT;
        Random r = {seed};
        TfgGraph *g = tfg_graph_new(&s);
        TfgOutput feeds[4], results[4];
        int64_t unknown[2] = {-1, -1};
        for (int i = 0; i < 4; i++)
            feeds[i] = placeholder(g, "x", TFG_FLOAT, i == 0 || i == 2 ? 2 : i == 1 ? 1 : 0, unknown, &s);
        int n = random_program(g, &r, feeds, 4 + (int)next(&r, 60), results, &s);
        CHECK_OK(n > 0, s);
        TfgSession *sessions[MODES];
        for (int mode = 0; mode < MODES; mode++) {
            TfgSessionOptions o = {.rewrites_off = off[mode], .executor = mode == MODES - 1 ? TFG_EXECUTOR_DATAFLOW : TFG_EXECUTOR_AUTO};
            sessions[mode] = tfg_session_open(g, "", &o, &s);
        }
        static const int64_t sizes[][2] = {{3, 5}, {3, 5}, {3, 5}, {7, 200}, {7, 200}, {2, 1}, {130, 170}, {3, 5}, {1, 1}, {0, 4}, {7, 200}};
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            int64_t full[2] = {sizes[k][0], sizes[k][1]}, row[1] = {sizes[k][1]}, column[2] = {sizes[k][0], 1};
            TfgTensor *fed[4] = {filled(&r, 2, full, &s), filled(&r, 1, row, &s), filled(&r, 2, column, &s), filled(&r, 0, NULL, &s)};
            TfgTensor *want[4], *got[4];
            for (int mode = 0; mode < MODES; mode++) {
                int rc = tfg_session_run(sessions[mode], feeds, fed, 4, results, mode ? got : want, n, NULL, 0, &s);
                CHECK_OK(rc == 0, s);
                for (int i = 0; i < n && mode; i++) {
                    if (!same_numbers(got[i], want[i]))
                        TEST_FAIL("seed %d, sizes %d, mode %d, result %d differs", (int)seed, (int)k, mode, i);
                    tfg_tensor_unref(got[i]);
                }
            }
            for (int i = 0; i < 4; i++) {
                tfg_tensor_unref(fed[i]);
                tfg_tensor_unref(want[i]);
            }
        }
        for (int mode = 0; mode < MODES; mode++)
            tfg_session_unref(sessions[mode]);
        tfg_graph_unref(g);
    }
}

static int n_instructions(TfgGraph *g, TfgOutput fetch, const TfgOutput *feeds, int n_feeds, uint32_t off, TfgStatus *s)
{
    TfgSessionOptions o = {.rewrites_off = off};
    TfgSession *session = tfg_session_open(g, "", &o, s);
    TfgPlan *p = session ? tfg_session_plan(session, feeds, n_feeds, &fetch, 1, NULL, 0, s) : NULL;
    int n = p ? p->n_code : -1;
    tfg_plan_unref(p);
    tfg_session_unref(session);
    return n;
}

TEST(what_is_rewritten)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    int64_t unknown[1] = {-1};
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, 1, unknown, &s), one = float_const(g, "one", 1, &s), two = float_const(g, "two", 2, &s);
    TfgOutput three = out(make2(g, "Add", NULL, one, two, &s), 0);                       /* folds */
    TfgOutput a = out(make2(g, "Mul", NULL, x, three, &s), 0), b = out(make2(g, "Mul", NULL, x, three, &s), 0);   /* one of them */
    TfgOutput c = out(make1(g, "Identity", NULL, a, &s), 0), y = out(make2(g, "Sub", NULL, c, b, &s), 0);
    CHECK_OK(y.op, s);
    CHECK_EQ_INT(n_instructions(g, y, &x, 1, TFG_REWRITE_ALL, &s), 5);
    CHECK_EQ_INT(n_instructions(g, y, &x, 1, TFG_REWRITE_ALL & ~TFG_REWRITE_FOLD, &s), 4);
    CHECK_EQ_INT(n_instructions(g, y, &x, 1, TFG_REWRITE_ALL & ~(TFG_REWRITE_FOLD | TFG_REWRITE_CSE), &s), 3);
    CHECK_EQ_INT(n_instructions(g, y, &x, 1, TFG_REWRITE_FUSE, &s), 2);
    CHECK_EQ_INT(n_instructions(g, y, &x, 1, 0, &s), 1);
    tfg_graph_unref(g);
}

/* The greatest of one element is that element, also where it is not a number; of several that are none it is -inf, as in 1.12.3. */
TEST(greatest_of_one)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    int64_t unknown[2] = {-1, -1};
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, 2, unknown, &s), in[2] = {out(make2(g, "Add", NULL, x, x, &s), 0), axes_of(g, 1, &s)};
    TfgOutput y = out(tfg_graph_make(g, "Max", NULL, in, 2, NULL, 0, &s), 0);
    CHECK_OK(y.op, s);
    TfgSession *session = tfg_session_open(g, "", NULL, &s);
    for (int64_t n = 1; n <= 2; n++) {
        TfgTensor *fed = tfg_tensor_new(TFG_FLOAT, 2, (int64_t[]){1, n}, &s), *got;
        for (int64_t i = 0; i < n; i++)
            ((float *)fed->data)[i] = NAN;
        CHECK_OK(tfg_session_run(session, &x, &fed, 1, &y, &got, 1, NULL, 0, &s) == 0, s);
        float v = *(const float *)got->data;
        CHECK(n == 1 ? isnan(v) : isinf(v) && v < 0);
        tfg_tensor_unref(fed);
        tfg_tensor_unref(got);
    }
    tfg_session_unref(session);
    tfg_graph_unref(g);
}

/* Of what elementwise ops made from one tensor, the tensor itself is asked for its shape. */
TEST(who_is_asked_for_shapes)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    int64_t unknown[1] = {-1};
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, 1, unknown, &s), y = placeholder(g, "y", TFG_FLOAT, 1, unknown, &s);
    TfgOutput two = float_const(g, "two", 2, &s), feeds[2] = {x, y};
    TfgOutput a = out(make2(g, "Mul", NULL, x, two, &s), 0), b = out(make2(g, "Maximum", NULL, a, x, &s), 0);
    TfgOutput one_root = out(make1(g, "Shape", NULL, b, &s), 0), mixed = out(make2(g, "Add", NULL, b, y, &s), 0);
    TfgOutput two_roots = out(make1(g, "Rank", NULL, mixed, &s), 0);
    CHECK_OK(two_roots.op, s);
    CHECK_EQ_INT(n_instructions(g, one_root, feeds, 2, TFG_REWRITE_FUSE | TFG_REWRITE_SHAPE, &s), 3);
    CHECK_EQ_INT(n_instructions(g, one_root, feeds, 2, 0, &s), 1);
    CHECK_EQ_INT(n_instructions(g, two_roots, feeds, 2, 0, &s), 2);
    tfg_graph_unref(g);
}

/* An op whose folding fails stays, and fails only when it runs. */
TEST(folding_that_fails)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    int32_t one = 1, zero = 0;
    TfgOutput pred = placeholder(g, "pred", TFG_BOOL, 0, NULL, &s);
    TfgOp *sw = make2(g, "Switch", "sw", pred, pred, &s), *pivot = make1(g, "Identity", "pivot", out(sw, 1), &s);
    TfgTensor *zt = tfg_tensor_new_scalar(TFG_INT32, &zero, &s);
    TfgNamedAttr attrs[] = {{"value", TFG_A_TENSOR(zt)}, {"dtype", TFG_A_TYPE(TFG_INT32)}};
    TfgOpSpec spec = {.def = tfg_find_op_def("Const"), .name = "zero", .controls = &pivot, .n_controls = 1, .attrs = attrs, .n_attrs = 2};
    TfgOp *z = tfg_graph_add_op(g, &spec, &s);
    tfg_tensor_unref(zt);
    TfgOutput bad = out(make2(g, "FloorDiv", "bad", int_const(g, "one", 0, &one, 1, &s), out(z, 0), &s), 0);
    TfgOutput other = out(make1(g, "Identity", "other", int_const(g, "seven", 0, &(int32_t){7}, 1, &s), &s), 0);
    TfgOp *guarded = make2(g, "Switch", "guard", other, pred, &s);
    TfgOutput both[2] = {out(guarded, 0), bad};
    TfgOutput m = out(tfg_graph_make(g, "Merge", "m", both, 2, NULL, 0, &s), 0);
    CHECK_OK(m.op, s);
    for (int flow = 0; flow < 2; flow++) {
        TfgSessionOptions o = {.executor = flow ? TFG_EXECUTOR_DATAFLOW : TFG_EXECUTOR_AUTO};
        TfgSession *session = tfg_session_open(g, "", &o, &s);
        for (int p = 0; p < 2; p++) {
            TfgTensor *fed = tfg_tensor_new_scalar(TFG_BOOL, &(bool){p}, &s), *got = NULL;
            int rc = tfg_session_run(session, &pred, &fed, 1, &m, &got, 1, NULL, 0, &s);
            CHECK_EQ_INT(rc, p ? -1 : 0);
            if (p)
                CHECK(strncmp(s.message, "Integer division by zero", 24) == 0);
            else
                CHECK_EQ_INT(*(int32_t *)got->data, 7);
            tfg_status_fini(&s);
            tfg_tensor_unref(got);
            tfg_tensor_unref(fed);
        }
        tfg_session_unref(session);
    }
    tfg_graph_unref(g);
}

/* Errors inside a fused group name the op, with TensorFlow's words. */
TEST(errors_of_members)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, -1, NULL, &s), y = placeholder(g, "y", TFG_FLOAT, -1, NULL, &s), feeds[2] = {x, y};
    TfgOutput sum = out(make2(g, "Add", "sum", x, y, &s), 0), z = out(make1(g, "Neg", "z", sum, &s), 0);
    int64_t a[2] = {2, 3}, b[2] = {4, 5};
    Random r = {1};
    TfgTensor *fed[2] = {filled(&r, 2, a, &s), filled(&r, 2, b, &s)}, *got = NULL;
    for (int off = 0; off < 2; off++) {
        TfgSessionOptions o = {.rewrites_off = off ? TFG_REWRITE_ALL : 0};
        TfgSession *session = tfg_session_open(g, "", &o, &s);
        CHECK_EQ_INT(tfg_session_run(session, feeds, fed, 2, &z, &got, 1, NULL, 0, &s), -1);
        CHECK(strncmp(s.message, "Incompatible shapes: [2,3] vs. [4,5]\n\t [[{{node sum}} = Add[T=DT_FLOAT, _device=\"/job:localhost/replica:0/task:0/"
                      "device:CPU:0\"](_arg_x_0_0, _arg_y_0_1)]]", 150) == 0);
        CHECK(s.op == sum.op);
        tfg_status_fini(&s);
        tfg_session_unref(session);
    }
    tfg_tensor_unref(fed[0]);
    tfg_tensor_unref(fed[1]);
    tfg_graph_unref(g);
}

/* A steady step takes no memory for what lies between feeds and fetches. */
TEST(steady_steps)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    int64_t dims[2] = {8, 8};
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, 2, dims, &s), y = x;
    for (int i = 0; i < 20; i++)
        y = out(make2(g, "MatMul", NULL, out(make1(g, "Tanh", NULL, y, &s), 0), x, &s), 0);
    TfgSession *session = tfg_session_open(g, "", NULL, &s);
    TfgPlan *p = tfg_session_plan(session, &x, 1, &y, 1, NULL, 0, &s);
    CHECK_OK(p, s);
    Random r = {5};
    TfgTensor *fed = filled(&r, 2, dims, &s), *got;
    for (int i = 0; i < 5; i++) {
        CHECK_EQ_INT(tfg_plan_run(p, &fed, &got, NULL, &s), 0);
        tfg_tensor_unref(got);
    }
    int64_t before = tfg_alloc_live();
    tfg_alloc_fail_at(8);               /* the fetched tensor needs its few requests; a step of 40 ops needs no more */
    CHECK_EQ_INT(tfg_plan_run(p, &fed, &got, NULL, &s), 0);
    CHECK(!tfg_alloc_failed());
    tfg_alloc_fail_at(0);
    tfg_tensor_unref(got);
    CHECK_EQ_INT(tfg_alloc_live(), before);
    tfg_tensor_unref(fed);
    tfg_plan_unref(p);
    tfg_session_unref(session);
    tfg_graph_unref(g);
}

/* Any allocation of making a plan or running it may fail: a clean failure, and the session goes on. */
TEST(failing_memory)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    Random r = {9};
    TfgOutput feeds[4], results[4];
    int64_t unknown[2] = {-1, -1}, dims[2] = {4, 6};
    for (int i = 0; i < 4; i++)
        feeds[i] = placeholder(g, "x", TFG_FLOAT, i == 0 || i == 2 ? 2 : i == 1 ? 1 : 0, unknown, &s);
    int n = random_program(g, &r, feeds, 30, results, &s);
    int64_t column[2] = {4, 1};
    TfgTensor *fed[4] = {filled(&r, 2, dims, &s), filled(&r, 1, dims + 1, &s), filled(&r, 2, column, &s), filled(&r, 0, NULL, &s)};
    for (int flow = 0; flow < 2; flow++)
        for (int64_t k = 1;; k += 1 + k / 40) {
            TfgSessionOptions o = {.executor = flow ? TFG_EXECUTOR_DATAFLOW : TFG_EXECUTOR_AUTO};
            int64_t before = tfg_alloc_live();
            TfgTensor *got[4] = {0};
            tfg_alloc_fail_at(k);
            TfgSession *session = tfg_session_open(g, "", &o, &s);
            int rc = session ? tfg_session_run(session, feeds, fed, 4, results, got, n, NULL, 0, &s) : -1;
            bool fired = tfg_alloc_failed();
            tfg_alloc_fail_at(0);
            if (rc < 0)
                CHECK_EQ_INT(s.code, TFG_RESOURCE_EXHAUSTED);
            tfg_status_fini(&s);
            for (int i = 0; i < n; i++)
                tfg_tensor_unref(got[i]);
            if (session) {
                rc = tfg_session_run(session, feeds, fed, 4, results, got, n, NULL, 0, &s);
                CHECK_OK(rc == 0, s);
                for (int i = 0; i < n; i++)
                    tfg_tensor_unref(got[i]);
            }
            tfg_session_unref(session);
            CHECK_EQ_INT(tfg_alloc_live(), before);
            if (!fired)
                break;
        }
    for (int i = 0; i < 4; i++)
        tfg_tensor_unref(fed[i]);
    tfg_graph_unref(g);
}

/* What a NoOp in between merely waits for is not computed; what was asked for, and whatever has effects, is. */
TEST(values_only_waited_for)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    int64_t unknown[2] = {-1, -1};
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, 2, unknown, &s), v = ref_variable(g, "v", &s);
    TfgOp *waste = make2(g, "MatMul", "waste", out(make1(g, "Tanh", "before", x, &s), 0), x, &s);
    TfgOp *init = make2(g, "Assign", "init", v, float_const(g, "three", 3, &s), &s), *both[2] = {waste, init};
    TfgOpSpec spec = {.def = tfg_find_op_def("NoOp"), .name = "group", .controls = both, .n_controls = 2};
    TfgOp *group = tfg_graph_add_op(g, &spec, &s);
    TfgOutput neg_in = out(make1(g, "Neg", "neg", x, &s), 0);
    TfgOpSpec after = {.def = tfg_find_op_def("Abs"), .name = "after", .inputs = &neg_in, .n_inputs = 1, .controls = &group, .n_controls = 1};
    TfgOp *y = tfg_graph_add_op(g, &after, &s);
    CHECK_OK(y, s);
    CHECK_EQ_INT(n_instructions(g, out(y, 0), &x, 1, TFG_REWRITE_ALL, &s), 5);
    CHECK_EQ_INT(n_instructions(g, out(y, 0), &x, 1, TFG_REWRITE_ALL & ~TFG_REWRITE_UNUSED, &s), 3);
    /* A group that is itself the target runs all of it. */
    TfgSession *session = tfg_session_open(g, "", NULL, &s);
    TfgPlan *p = tfg_session_plan(session, &x, 1, NULL, 0, &group, 1, &s);
    CHECK_OK(p, s);
    CHECK_EQ_INT(p->n_code, 3);
    tfg_plan_unref(p);
    tfg_session_unref(session);
    tfg_graph_unref(g);
}
