/* Loops as regions, and functions: made by hand also where no Python would make them so; both executors agree, or fail alike, and a
 * failing allocation leaves nothing behind. */
#include "graph_test.h"
#include "io/wire.h"
#include "runtime/callable.h"
#include "runtime/local.h"
#include "runtime/plan.h"
#include "runtime/session.h"


static TfgOutput enter(TfgGraph *g, TfgOutput x, const char *frame, bool constant, TfgStatus *s)
{
    TfgNamedAttr attrs[] = {{"frame_name", TFG_A_STRING(frame)}, {"is_constant", TFG_A_BOOL(constant)}};
    return out(tfg_graph_make(g, "Enter", NULL, &x, 1, attrs, 2, s), 0);
}

static TfgOutput merge(TfgGraph *g, TfgOutput a, TfgOutput b, TfgStatus *s)
{
    TfgOutput in[2] = {a, b};
    return out(tfg_graph_make(g, "Merge", NULL, in, 2, NULL, 0, s), 0);
}

typedef struct Loop {           /* while (x < limit) { x = x + step; y = y * x; } */
    TfgOutput exit_x, exit_y;
    TfgOp *switch_x, *switch_y, *next_x, *next_y, *cond;
} Loop;

static Loop counting_loop(TfgGraph *g, TfgOutput x, TfgOutput y, TfgOutput limit, TfgOutput step, const char *frame, TfgStatus *s)
{
    Loop l;
    TfgOutput ex = enter(g, x, frame, false, s), ey = enter(g, y, frame, false, s);
    TfgOutput el = enter(g, limit, frame, true, s), es = enter(g, step, frame, true, s);
    TfgOutput mx = merge(g, ex, ex, s), my = merge(g, ey, ey, s);
    TfgOp *less = make2(g, "Less", NULL, mx, el, s);
    l.cond = make1(g, "LoopCond", NULL, out(less, 0), s);
    l.switch_x = make2(g, "Switch", NULL, mx, out(l.cond, 0), s);
    l.switch_y = make2(g, "Switch", NULL, my, out(l.cond, 0), s);
    TfgOp *add = make2(g, "Add", NULL, out(l.switch_x, 1), es, s);
    TfgOp *mul = make2(g, "Mul", NULL, out(l.switch_y, 1), out(add, 0), s);
    l.next_x = make1(g, "NextIteration", NULL, out(add, 0), s);
    l.next_y = make1(g, "NextIteration", NULL, out(mul, 0), s);
    tfg_merge_close_loop(mx.op, 1, out(l.next_x, 0), s);
    tfg_merge_close_loop(my.op, 1, out(l.next_y, 0), s);
    l.exit_x = out(make1(g, "Exit", NULL, out(l.switch_x, 0), s), 0);
    l.exit_y = out(make1(g, "Exit", NULL, out(l.switch_y, 0), s), 0);
    return l;
}

/* Runs in both executors: equal values, or failures with one code.  The code, and the first value. */
static void run_both_into(TfgGraph *g, TfgOutput *fetches, int n, float *value, TfgCode *code)
{
    TfgCode codes[2] = {TFG_OK, TFG_OK};
    float values[2][4] = {{0}};
    for (int e = 0; e < 2; e++) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgSessionOptions o = {.executor = e ? TFG_EXECUTOR_DATAFLOW : TFG_EXECUTOR_AUTO};
        TfgRunOptions run = {.timeout_ms = 5000};
        TfgSession *session = tfg_session_open(g, "", &o, &s);
        CHECK_OK(session != NULL, s);
        for (int times = 0; times < 3; times++) {
            TfgTensor *got[4] = {0};
            TfgPlan *p = tfg_session_plan(session, NULL, 0, fetches, n, NULL, 0, &s);
            int rc = p ? tfg_plan_run(p, NULL, got, &run, &s) : -1;
            codes[e] = rc < 0 ? s.code : TFG_OK;
            for (int i = 0; i < n; i++) {
                if (rc == 0)
                    values[e][i] = *(float *)tfg_tensor_data(got[i]);
                tfg_tensor_unref(got[i]);
            }
            tfg_plan_unref(p);
            tfg_status_fini(&s);
        }
        tfg_session_unref(session);
    }
    CHECK_EQ_INT(codes[0], codes[1]);
    for (int i = 0; i < n && codes[0] == TFG_OK; i++)
        CHECK(memcmp(&values[0][i], &values[1][i], sizeof(float)) == 0);
    *value = values[0][0];
    *code = codes[0];
}

static TfgCode run_both(TfgGraph *g, TfgOutput *fetches, int n, float *value)
{
    TfgCode code = TFG_UNKNOWN;
    run_both_into(g, fetches, n, value, &code);
    return code;
}

TEST(a_loop)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    float value;
    Loop l = counting_loop(g, float_const(g, "x", 1, &s), float_const(g, "y", 1, &s), float_const(g, "n", 5, &s), float_const(g, "d", 1, &s), "f", &s);
    TfgOutput both[2] = {l.exit_x, l.exit_y};
    CHECK_EQ_INT(run_both(g, both, 2, &value), TFG_OK);
    CHECK(value == 5);
    CHECK_EQ_INT(run_both(g, both + 1, 1, &value), TFG_OK);
    CHECK(value == 120);
    tfg_graph_unref(g);
}

/* Of two loops with one frame name, those that stand side by side are one frame. */
TEST(loops_of_one_name)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    float value;
    TfgOutput one = float_const(g, "x", 1, &s), n = float_const(g, "n", 5, &s);
    Loop a = counting_loop(g, one, one, n, one, "f", &s), b = counting_loop(g, one, one, n, float_const(g, "d", 2, &s), "f", &s);
    TfgOutput all[2] = {a.exit_y, b.exit_y};
    run_both(g, all, 2, &value);
    /* The second begins with what the first gives. */
    Loop c = counting_loop(g, a.exit_x, one, float_const(g, "m", 9, &s), one, "f", &s);
    run_both(g, &c.exit_y, 1, &value);
    Loop d = counting_loop(g, a.exit_x, one, float_const(g, "m", 9, &s), one, "other", &s);
    CHECK_EQ_INT(run_both(g, &d.exit_x, 1, &value), TFG_OK);
    CHECK(value == 9);
    tfg_graph_unref(g);
}

/* Parts of a loop that are looked at from where nobody looks. */
TEST(odd_loops)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    float value;
    TfgOutput one = float_const(g, "x", 1, &s), n = float_const(g, "n", 5, &s);
    Loop l = counting_loop(g, one, one, n, one, "f", &s);
    TfgOutput inside = out(l.switch_x, 1), both[2] = {l.exit_y, inside};
    run_both(g, both, 2, &value);
    TfgOutput last = out(make1(g, "Neg", NULL, out(l.switch_y, 0), &s), 0);             /* runs in the last iteration alone */
    TfgOutput negative = out(make1(g, "Exit", NULL, last, &s), 0);
    CHECK_EQ_INT(run_both(g, &negative, 1, &value), TFG_OK);
    CHECK(value == -120);
    TfgOutput twice = out(make2(g, "Add", NULL, l.exit_x, l.exit_x, &s), 0);
    CHECK_EQ_INT(run_both(g, &twice, 1, &value), TFG_OK);
    CHECK(value == 10);
    /* A second condition on the same variables. */
    TfgOp *cond = make1(g, "LoopCond", NULL, l.cond->inputs[0], &s);
    TfgOp *other = make2(g, "Switch", NULL, l.switch_y->inputs[0], out(cond, 0), &s);
    TfgOutput exits[2] = {out(make1(g, "Exit", NULL, out(other, 0), &s), 0), l.exit_x};
    run_both(g, exits, 2, &value);
    /* An Exit of what is no variable. */
    TfgOutput exit_next = out(make1(g, "Exit", NULL, out(l.switch_y, 1), &s), 0);
    run_both(g, &exit_next, 1, &value);
    tfg_graph_unref(g);
}

TEST(loops_in_loops)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    float value;
    TfgOutput one = float_const(g, "x", 1, &s);
    TfgOutput x = enter(g, one, "outer", false, &s), n = enter(g, float_const(g, "n", 4, &s), "outer", true, &s);
    TfgOutput step = enter(g, one, "outer", true, &s), m = merge(g, x, x, &s);
    TfgOp *cond = make1(g, "LoopCond", NULL, out(make2(g, "Less", NULL, m, n, &s), 0), &s);
    TfgOp *sides = make2(g, "Switch", NULL, m, out(cond, 0), &s);
    Loop inner = counting_loop(g, step, out(sides, 1), n, step, "inner", &s);
    TfgOp *next = make1(g, "NextIteration", NULL, inner.exit_y, &s);
    tfg_merge_close_loop(m.op, 1, out(next, 0), &s);
    TfgOutput result = out(make1(g, "Exit", NULL, out(sides, 0), &s), 0);
    CHECK_EQ_INT(run_both(g, &result, 1, &value), TFG_OK);
    CHECK(value == 24);
    tfg_graph_unref(g);
}

/* ---- Functions: F(x) = x + G(x), G(x) = x * x -------------------------------------------------------------------------------- */

static void put_arg(TfgStr *o, uint32_t field, const char *name)
{
    size_t mark = tfg_put_begin(o, field, 0);
    tfg_put_text(o, 1, name);
    tfg_put_int(o, 3, TFG_FLOAT);
    tfg_put_end(o, mark);
}

static void put_node(TfgStr *o, const char *name, const char *op, const char *a, const char *b)
{
    size_t mark = tfg_put_begin(o, 3, 0);
    tfg_put_text(o, 1, name);
    tfg_put_text(o, 2, op);
    tfg_put_text(o, 3, a);
    if (b) {
        tfg_put_text(o, 3, b);
        size_t attr = tfg_put_begin(o, 5, 0);
        tfg_put_text(o, 1, "T");
        size_t value = tfg_put_begin(o, 2, 0);
        tfg_put_int(o, 6, TFG_FLOAT);
        tfg_put_end(o, value);
        tfg_put_end(o, attr);
    }
    tfg_put_end(o, mark);
}

static void put_ret(TfgStr *o, const char *value)
{
    size_t mark = tfg_put_begin(o, 4, 0);
    tfg_put_text(o, 1, "y");
    tfg_put_text(o, 2, value);
    tfg_put_end(o, mark);
}

static int add_function(TfgGraph *g, const char *name, bool calls, TfgStatus *s)
{
    TfgStr o = TFG_STR_INIT;
    size_t mark = tfg_put_begin(&o, 1, 0);
    tfg_put_text(&o, 1, name);
    put_arg(&o, 2, "x");
    put_arg(&o, 3, "y");
    tfg_put_end(&o, mark);
    if (calls)
        put_node(&o, "g", "G", "x", NULL);
    put_node(&o, "z", calls ? "Add" : "Mul", "x", calls ? "g:y:0" : "x");
    put_ret(&o, "z:z:0");
    int rc = o.failed ? -1 : tfg_graph_add_function(g, name, o.data, o.n, NULL, s);
    tfg_str_fini(&o);
    return rc;
}

/* PartitionedCall and SymbolicGradient of F, and both arms of an If. */
static int function_graph(TfgGraph *g, TfgOutput *fetches, TfgStatus *s)
{
    if (add_function(g, "G", false, s) < 0 || add_function(g, "F", true, s) < 0)
        return -1;
    static const TfgDType one[] = {TFG_FLOAT};
    static const TfgFuncAttr f = {"F", {0, NULL}}, square = {"G", {0, NULL}};
    TfgOutput x = float_const(g, "x", 3, s), in[2] = {x, x};
    bool yes = true;
    TfgTensor *t = tfg_tensor_new_scalar(TFG_BOOL, &yes, s);
    TfgOutput p = tfg_graph_constant(g, t, "p", s);
    tfg_tensor_unref(t);
    TfgAttr types = {.kind = TFG_ATTR_TYPE, .is_list = true, .n = 1, .list_type = one};
    TfgNamedAttr call[] = {{"Tout", types}, {"f", {.kind = TFG_ATTR_FUNC, .func = &f}}};
    TfgNamedAttr branches[] = {{"Tout", types}, {"then_branch", {.kind = TFG_ATTR_FUNC, .func = &f}},
                               {"else_branch", {.kind = TFG_ATTR_FUNC, .func = &square}}};
    TfgOutput chosen[2] = {p, x};
    fetches[0] = out(tfg_graph_make(g, "PartitionedCall", NULL, in, 1, call, 2, s), 0);
    fetches[1] = out(tfg_graph_make(g, "SymbolicGradient", NULL, in, 2, call, 2, s), 0);
    fetches[2] = out(tfg_graph_make(g, "If", NULL, chosen, 2, branches, 3, s), 0);
    return fetches[0].op && fetches[1].op && fetches[2].op ? 0 : -1;
}

TEST(functions)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput fetches[3];
    float value;
    CHECK_OK(function_graph(g, fetches, &s) == 0, s);
    static const float want[] = {12, 21, 12};           /* x + x^2; 3 + 2*3*3; x + x^2 */
    for (int i = 0; i < 3; i++) {
        CHECK_EQ_INT(run_both(g, fetches + i, 1, &value), TFG_OK);
        CHECK(value == want[i]);
    }
    tfg_graph_unref(g);
}

/* A kernel that keeps a function runs it when it likes, also with no step under way. */
TEST(callables)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput fetches[3];
    CHECK_OK(function_graph(g, fetches, &s) == 0, s);
    TfgSessionOptions o = {.n_cpu_devices = 1};
    TfgSession *session = tfg_session_open(g, "", &o, &s);
    TfgPlan *p = tfg_session_plan(session, NULL, 0, fetches, 1, NULL, 0, &s);
    CHECK_OK(p != NULL, s);
    TfgFrame *frame = tfg_session_begin_step(session, p, &s);
    TfgKernelCall c = {.name = "kernel", .frame = frame}, outside = {.name = "kernel"};
    TfgFuncAttr f = {"F", {0, NULL}}, none = {"NoSuch", {0, NULL}};
    CHECK(tfg_callable_new(&outside, &f, &s) == NULL);
    CHECK_EQ_INT(s.code, TFG_INVALID_ARGUMENT);
    tfg_status_fini(&s);
    CHECK(tfg_callable_new(&c, &none, &s) == NULL);
    CHECK_EQ_INT(s.code, TFG_NOT_FOUND);
    tfg_status_fini(&s);
    TfgCallable *callable = tfg_callable_new(&c, &f, &s);
    CHECK_OK(callable != NULL, s);
    tfg_session_end_step(session, frame);
    tfg_plan_unref(p);
    CHECK(tfg_callable_n_in(callable) == 1 && tfg_callable_n_out(callable) == 1 && !tfg_callable_is_stateful(callable));
    CHECK_EQ_INT(tfg_callable_out_dtype(callable, 0), TFG_FLOAT);
    for (int i = 0; i < 3; i++) {
        float x = (float)i;
        TfgTensor *in = tfg_tensor_new_scalar(TFG_FLOAT, &x, &s), *y;
        CHECK_OK(tfg_callable_run(callable, &in, &y, NULL, &s) == 0, s);
        CHECK(*(float *)tfg_tensor_data(y) == x + x * x);
        tfg_tensor_unref(in);
        tfg_tensor_unref(y);
    }
    tfg_callable_free(callable);
    tfg_session_unref(session);
    tfg_graph_unref(g);
}

TEST(failing_memory)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput fetches[4];
    TfgOutput one = float_const(g, "x", 1, &s), n = float_const(g, "n", 5, &s);
    fetches[3] = counting_loop(g, one, one, n, one, "f", &s).exit_y;
    CHECK_OK(function_graph(g, fetches, &s) == 0, s);
    for (int flow = 0; flow < 2; flow++)
        for (int64_t k = 1;; k += 1 + k / 60) {
            TfgSessionOptions o = {.executor = flow ? TFG_EXECUTOR_DATAFLOW : TFG_EXECUTOR_AUTO};
            int64_t before = tfg_alloc_live();
            TfgTensor *got[4] = {0};
            tfg_alloc_fail_at(k);
            TfgSession *session = tfg_session_open(g, "", &o, &s);
            int rc = session ? tfg_session_run(session, NULL, NULL, 0, fetches, got, 4, NULL, 0, &s) : -1;
            bool fired = tfg_alloc_failed();
            tfg_alloc_fail_at(0);
            if (rc < 0)
                CHECK_EQ_INT(s.code, TFG_RESOURCE_EXHAUSTED);
            tfg_status_fini(&s);
            for (int i = 0; i < 4; i++)
                tfg_tensor_unref(got[i]);
            if (session) {
                rc = tfg_session_run(session, NULL, NULL, 0, fetches, got, 4, NULL, 0, &s);
                CHECK_OK(rc == 0, s);
                CHECK(*(float *)tfg_tensor_data(got[3]) == 120);
                for (int i = 0; i < 4; i++)
                    tfg_tensor_unref(got[i]);
            }
            tfg_session_unref(session);
            CHECK(tfg_alloc_live() <= before + 64);     /* definitions of called functions stay with the graph */
            if (!fired)
                break;
        }
    tfg_graph_unref(g);
}

