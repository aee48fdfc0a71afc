/* Sessions: plans, references, control flow, queues, partial runs, errors; everything through both executors. */
#include <pthread.h>
#include <unistd.h>

#include "graph_test.h"
#include "runtime/local.h"
#include "runtime/plan.h"
#include "runtime/session.h"

typedef struct Mode { TfgExecutorKind executor; uint32_t off; } Mode;
static const Mode modes[] = {{TFG_EXECUTOR_AUTO, 0}, {TFG_EXECUTOR_DATAFLOW, 0}, {TFG_EXECUTOR_AUTO, TFG_REWRITE_ALL},
                             {TFG_EXECUTOR_DATAFLOW, TFG_REWRITE_ALL}};
#define EACH_MODE for (size_t mode = 0; mode < sizeof modes / sizeof modes[0]; mode++)

static TfgSession *open_mode(TfgGraph *g, size_t mode, TfgStatus *s)
{
    TfgSessionOptions o = {.executor = modes[mode].executor, .rewrites_off = modes[mode].off};
    return tfg_session_open(g, "", &o, s);
}

static float value(const TfgTensor *t, int64_t i) { return t ? ((const float *)t->data)[i] : -1e30f; }

static TfgTensor *floats(int64_t n, const float *v, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(TFG_FLOAT, 1, &n, s);
    if (t)
        memcpy(t->data, v, (size_t)n * sizeof *v);
    return t;
}

static TfgOutput scalar_variable(TfgGraph *g, const char *name, float initial, TfgOp **init, TfgStatus *s)
{
    TfgOutput v = ref_variable(g, name, s);
    TfgStr value_name = TFG_STR_INIT;
    tfg_str_printf(&value_name, "%s_initial", name);
    *init = make2(g, "Assign", NULL, v, float_const(g, tfg_str_text(&value_name), initial, s), s);
    tfg_str_fini(&value_name);
    return v;
}

static int run1(TfgSession *session, TfgOp *target, TfgStatus *s)
{
    return tfg_session_run(session, NULL, NULL, 0, NULL, NULL, 0, &target, 1, s);
}

static float fetch1(TfgSession *session, TfgOutput o, TfgStatus *s)
{
    TfgTensor *t = NULL;
    if (tfg_session_run(session, NULL, NULL, 0, &o, &t, 1, NULL, 0, s) < 0)
        return -1e30f;
    float v = value(t, 0);
    tfg_tensor_unref(t);
    return v;
}

TEST(feed_and_fetch)
{
    EACH_MODE {
        TfgStatus s = TFG_STATUS_INIT;
        TfgGraph *g = tfg_graph_new(&s);
        int64_t dims[1] = {-1};
        TfgOutput x = placeholder(g, "x", TFG_FLOAT, 1, dims, &s), two = float_const(g, "two", 2, &s);
        TfgOutput y = out(make2(g, "Mul", "y", x, two, &s), 0), z = out(make2(g, "Add", "z", y, x, &s), 0);
        TfgSession *session = open_mode(g, mode, &s);
        CHECK_OK(session, s);
        for (int64_t n = 0; n < 40; n += 13) {
            float v[64];
            for (int i = 0; i < 64; i++)
                v[i] = (float)i - 7;
            TfgTensor *fed = floats(n, v, &s), *got[3] = {0};
            TfgOutput fetches[3] = {z, x, y};
            CHECK_EQ_INT(tfg_session_run(session, &x, &fed, 1, fetches, got, 3, NULL, 0, &s), 0);
            CHECK_OK(got[0], s);
            for (int64_t i = 0; i < n; i++) {
                CHECK(value(got[0], i) == 3 * v[i]);
                CHECK(value(got[1], i) == v[i]);
                CHECK(value(got[2], i) == 2 * v[i]);
            }
            for (int i = 0; i < 3; i++)
                tfg_tensor_unref(got[i]);
            tfg_tensor_unref(fed);
        }
        TfgTensor *none = NULL;
        CHECK_EQ_INT(tfg_session_run(session, NULL, NULL, 0, &z, &none, 1, NULL, 0, &s), -1);
        CHECK_EQ_INT(s.code, TFG_INVALID_ARGUMENT);
        CHECK(strncmp(s.message, "You must feed a value for placeholder tensor 'x' with dtype float and shape [?]", 79) == 0);
        CHECK(s.op == x.op);
        tfg_status_fini(&s);
        tfg_session_unref(session);
        tfg_graph_unref(g);
    }
}

TEST(reference_rules)
{
    EACH_MODE {
        TfgStatus s = TFG_STATUS_INIT;
        TfgGraph *g = tfg_graph_new(&s);
        TfgOp *init;
        TfgOutput v = scalar_variable(g, "v", 1, &init, &s), one = float_const(g, "one", 1, &s), zero = float_const(g, "zero", 0, &s);
        TfgOutput read = out(make1(g, "Identity", "v/read", v, &s), 0);
        TfgOp *add = make2(g, "AssignAdd", "add", v, one, &s);
        TfgOutput sum = out(make2(g, "Add", "sum", read, zero, &s), 0);
        TfgSession *session = open_mode(g, mode, &s);
        CHECK_OK(session, s);
        CHECK(fetch1(session, v, &s) < -1e29f);
        CHECK_EQ_INT(s.code, TFG_FAILED_PRECONDITION);
        CHECK(strncmp(s.message, "Attempting to use uninitialized value v\n\t [[{{node _retval_v_0_0}} = _Retval[T=DT_FLOAT, index=0", 90) == 0);
        CHECK(fetch1(session, sum, &s) < -1e29f);
        CHECK(strncmp(s.message, "Attempting to use uninitialized value v\n\t [[{{node v/read}} = Identity", 70) == 0);
        tfg_status_fini(&s);
        CHECK_EQ_INT(run1(session, init, &s), 0);
        TfgOutput both[3] = {v, out(add, 0), sum};
        TfgTensor *got[3];
        CHECK_EQ_INT(tfg_session_run(session, NULL, NULL, 0, both, got, 3, NULL, 0, &s), 0);
        CHECK(value(got[0], 0) == 2);
        CHECK(value(got[1], 0) == 2);
        CHECK(value(got[2], 0) == 1);
        CHECK_EQ_INT(run1(session, add, &s), 0);
        CHECK(value(got[0], 0) == 2);       /* fetched earlier, never changes */
        for (int i = 0; i < 3; i++)
            tfg_tensor_unref(got[i]);
        CHECK(fetch1(session, read, &s) == 3);
        /* A reader that the graph puts behind the writer reads what was written. */
        TfgOutput later_in[2] = {read, zero};
        TfgOpSpec spec = {.def = tfg_find_op_def("Add"), .name = "later", .inputs = later_in, .n_inputs = 2, .controls = &add, .n_controls = 1};
        TfgOp *later = tfg_graph_add_op(g, &spec, &s);
        CHECK_OK(later, s);
        CHECK(fetch1(session, out(later, 0), &s) == 4);
        TfgOutput three[3] = {sum, out(later, 0), v};
        CHECK_EQ_INT(tfg_session_run(session, NULL, NULL, 0, three, got, 3, NULL, 0, &s), 0);
        CHECK(value(got[0], 0) == 4);
        CHECK(value(got[1], 0) == 5);
        CHECK(value(got[2], 0) == 5);
        for (int i = 0; i < 3; i++)
            tfg_tensor_unref(got[i]);
        tfg_session_unref(session);
        tfg_graph_unref(g);
    }
}

/* Identity and Reshape of a reference are names for the buffer: fetched, they show it as it is at the end of the step. */
TEST(views_of_variables)
{
    EACH_MODE {
        TfgStatus s = TFG_STATUS_INIT;
        TfgGraph *g = tfg_graph_new(&s);
        TfgOp *init;
        int32_t one_by_one[2] = {1, 1};
        TfgOutput v = scalar_variable(g, "v", 1, &init, &s), one = float_const(g, "one", 1, &s);
        TfgOutput same = out(make1(g, "Identity", "same", out(make1(g, "Identity", "read", v, &s), 0), &s), 0);
        TfgOutput view = out(make2(g, "Reshape", "view", v, int_const(g, "shape", 1, one_by_one, 2, &s), &s), 0);
        TfgOutput flat = out(make1(g, "Squeeze", "flat", view, &s), 0), computed = out(make2(g, "Add", "computed", view, one, &s), 0);
        TfgOp *add = make2(g, "AssignAdd", "add", v, one, &s);
        CHECK_OK(add, s);
        TfgSession *session = open_mode(g, mode, &s);
        CHECK_EQ_INT(run1(session, init, &s), 0);
        TfgOutput fetches[2] = {same, flat}, mixed[2] = {computed, v};
        TfgTensor *got[2];
        CHECK_EQ_INT(tfg_session_run(session, NULL, NULL, 0, fetches, got, 2, &add, 1, &s), 0);
        CHECK(value(got[0], 0) == 2);
        CHECK(value(got[1], 0) == 2);
        tfg_tensor_unref(got[0]);
        tfg_tensor_unref(got[1]);
        CHECK_EQ_INT(tfg_session_run(session, NULL, NULL, 0, mixed, got, 2, &add, 1, &s), 0);
        CHECK(value(got[0], 0) == 3);
        CHECK(value(got[1], 0) == 3);
        tfg_tensor_unref(got[0]);
        tfg_tensor_unref(got[1]);
        tfg_session_unref(session);
        tfg_graph_unref(g);
    }
}

/* switch -> (a branch each) -> merge */
static TfgOutput cond(TfgGraph *g, TfgOutput pred, TfgOutput x, TfgStatus *s)
{
    TfgOp *sw = make2(g, "Switch", "sw", x, pred, s);
    TfgOutput t = out(make2(g, "Mul", "t", out(sw, 1), float_const(g, "ten", 10, s), s), 0);
    TfgOp *pivot = make1(g, "Identity", "pivot_f", out(make2(g, "Switch", "psw", pred, pred, s), 0), s);
    TfgTensor *five = tfg_tensor_new_scalar(TFG_FLOAT, &(float){5}, s);
    TfgNamedAttr attrs[] = {{"value", TFG_A_TENSOR(five)}, {"dtype", TFG_A_TYPE(TFG_FLOAT)}};
    TfgOpSpec spec = {.def = tfg_find_op_def("Const"), .name = "f", .controls = &pivot, .n_controls = 1, .attrs = attrs, .n_attrs = 2};
    TfgOp *f = tfg_graph_add_op(g, &spec, s);
    tfg_tensor_unref(five);
    TfgOutput both[2] = {out(f, 0), t};
    return out(tfg_graph_make(g, "Merge", "m", both, 2, NULL, 0, s), 0);
}

TEST(switch_and_merge)
{
    EACH_MODE {
        TfgStatus s = TFG_STATUS_INIT;
        TfgGraph *g = tfg_graph_new(&s);
        TfgOutput pred = placeholder(g, "pred", TFG_BOOL, 0, NULL, &s), x = placeholder(g, "x", TFG_FLOAT, 0, NULL, &s);
        TfgOutput m = cond(g, pred, x, &s);
        CHECK_OK(m.op, s);
        TfgOutput after = out(make2(g, "Add", "after", m, x, &s), 0);
        TfgSession *session = open_mode(g, mode, &s);
        TfgOutput feeds[2] = {pred, x}, dead = out(tfg_graph_find_op(g, "sw"), 1);
        for (int k = 0; k < 6; k++) {
            bool p = k & 1;
            float v = (float)k;
            TfgTensor *fed[2] = {tfg_tensor_new_scalar(TFG_BOOL, &p, &s), tfg_tensor_new_scalar(TFG_FLOAT, &v, &s)}, *got[2] = {0};
            TfgOutput fetches[2] = {after, out(m.op, 1)};
            CHECK_EQ_INT(tfg_session_run(session, feeds, fed, 2, fetches, got, 2, NULL, 0, &s), 0);
            CHECK_OK(got[0], s);
            CHECK(value(got[0], 0) == (p ? 11 * v : 5 + v));
            CHECK_EQ_INT(*(int32_t *)got[1]->data, p);
            tfg_tensor_unref(got[0]);
            tfg_tensor_unref(got[1]);
            got[0] = NULL;
            CHECK_EQ_INT(tfg_session_run(session, feeds, fed, 2, &dead, got, 1, NULL, 0, &s), p ? 0 : -1);
            if (!p)
                CHECK(strcmp(s.message, "Retval[0] does not have value") == 0);
            tfg_status_fini(&s);
            tfg_tensor_unref(got[0]);
            tfg_tensor_unref(fed[0]);
            tfg_tensor_unref(fed[1]);
        }
        tfg_session_unref(session);
        tfg_graph_unref(g);
    }
}

/* i = 0, x = start; while i < n: i += 1, x = x * 2 + k, with k a loop constant. */
static TfgOutput loop(TfgGraph *g, TfgOutput n, TfgOutput start, TfgOutput k, int parallel, TfgStatus *s)
{
    TfgOutput i0 = float_const(g, "i0", 0, s), one = float_const(g, "loop_one", 1, s), two = float_const(g, "loop_two", 2, s);
    TfgOutput invariants[4] = {n, k, one, two}, inside[4], ins[2] = {i0, start};
    TfgNamedAttr attrs[] = {{"frame_name", TFG_A_STRING("frame")}, {"parallel_iterations", TFG_A_INT(parallel)}, {"is_constant", TFG_A_BOOL(true)}};
    for (int c = 0; c < 4; c++)
        inside[c] = out(tfg_graph_make(g, "Enter", NULL, &invariants[c], 1, attrs, 3, s), 0);
    TfgOp *enter[2], *merge[2], *sw[2], *next[2], *exit[2];
    for (int v = 0; v < 2; v++) {
        enter[v] = tfg_graph_make(g, "Enter", NULL, &ins[v], 1, attrs, 2, s);
        TfgOutput both[2] = {out(enter[v], 0), out(enter[v], 0)};
        merge[v] = tfg_graph_make(g, "Merge", NULL, both, 2, NULL, 0, s);
    }
    TfgOp *test = make1(g, "LoopCond", NULL, out(make2(g, "Less", NULL, out(merge[0], 0), inside[0], s), 0), s);
    for (int v = 0; v < 2; v++) {
        sw[v] = make2(g, "Switch", NULL, out(merge[v], 0), out(test, 0), s);
        exit[v] = make1(g, "Exit", NULL, out(sw[v], 0), s);
    }
    TfgOutput i1 = out(make2(g, "Add", NULL, out(sw[0], 1), inside[2], s), 0);
    TfgOutput x1 = out(make2(g, "Add", NULL, out(make2(g, "Mul", NULL, out(sw[1], 1), inside[3], s), 0), inside[1], s), 0);
    TfgOutput turned[2] = {i1, x1};
    for (int v = 0; v < 2; v++) {
        next[v] = make1(g, "NextIteration", NULL, turned[v], s);
        if (tfg_op_update_input(merge[v], 1, out(next[v], 0), s) < 0)
            return (TfgOutput){NULL, 0};
    }
    return out(exit[1], 0);
}

TEST(while_loop)
{
    for (int parallel = 1; parallel < 12; parallel += 5)
        EACH_MODE {
            TfgStatus s = TFG_STATUS_INIT;
            TfgGraph *g = tfg_graph_new(&s);
            TfgOutput n = placeholder(g, "n", TFG_FLOAT, 0, NULL, &s), start = placeholder(g, "start", TFG_FLOAT, 0, NULL, &s);
            TfgOutput result = loop(g, n, start, float_const(g, "k", 3, &s), parallel, &s);
            CHECK_OK(result.op, s);
            TfgOutput after = out(make2(g, "Add", "after", result, start, &s), 0), feeds[2] = {n, start};
            TfgSession *session = open_mode(g, mode, &s);
            for (int rounds = 0; rounds < 15; rounds += 7) {
                float nv = (float)rounds, x = 1, want = 1;
                for (int i = 0; i < rounds; i++)
                    want = want * 2 + 3;
                TfgTensor *fed[2] = {tfg_tensor_new_scalar(TFG_FLOAT, &nv, &s), tfg_tensor_new_scalar(TFG_FLOAT, &x, &s)}, *got = NULL;
                CHECK_EQ_INT(tfg_session_run(session, feeds, fed, 2, &after, &got, 1, NULL, 0, &s), 0);
                CHECK_OK(got, s);
                CHECK(value(got, 0) == want + 1);
                tfg_tensor_unref(got);
                tfg_tensor_unref(fed[0]);
                tfg_tensor_unref(fed[1]);
            }
            tfg_session_unref(session);
            tfg_graph_unref(g);
        }
}

/* ---- Queues ---- */

static TfgOutput fifo(TfgGraph *g, const char *name, int64_t capacity, bool shaped, TfgStatus *s)
{
    static const TfgDims scalar = {.rank = 0};
    static const TfgDims *const shapes[1] = {&scalar};
    static const TfgDType types[1] = {TFG_FLOAT};
    TfgNamedAttr attrs[] = {{"component_types", {.kind = TFG_ATTR_TYPE, .is_list = true, .n = 1, .list_type = types}},
                            {"capacity", TFG_A_INT(capacity)},
                            {"shapes", {.kind = TFG_ATTR_SHAPE, .is_list = true, .n = shaped, .list_shape = shapes}}};
    return out(tfg_graph_make(g, "FIFOQueueV2", name, NULL, 0, attrs, 3, s), 0);
}

static TfgOp *dequeue_op(TfgGraph *g, const char *type, TfgOutput q, TfgOutput n, TfgStatus *s)
{
    static const TfgDType types[1] = {TFG_FLOAT};
    TfgNamedAttr attrs[] = {{"component_types", {.kind = TFG_ATTR_TYPE, .is_list = true, .n = 1, .list_type = types}}};
    TfgOutput in[2] = {q, n};
    return tfg_graph_make(g, type, NULL, in, n.op ? 2 : 1, attrs, 1, s);
}

TEST(queue_either_order)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput q = fifo(g, "q", 3, true, &s), none = {NULL, 0};
    TfgOp *d = dequeue_op(g, "QueueDequeueV2", q, none, &s);
    TfgOp *e = make2(g, "QueueEnqueueV2", "e", q, float_const(g, "five", 5, &s), &s), *size = make1(g, "QueueSizeV2", "size", q, &s);
    TfgOp *close = make1(g, "QueueCloseV2", "close", q, &s);
    CHECK_OK(close, s);
    TfgSession *session = tfg_session_open(g, "", NULL, &s);
    TfgOutput fetch = out(d, 0);
    for (int i = 0; i < 3; i++) {
        TfgTensor *got = NULL;
        CHECK_EQ_INT(tfg_session_run(session, NULL, NULL, 0, &fetch, &got, 1, &e, 1, &s), 0);
        CHECK_OK(got, s);
        CHECK(value(got, 0) == 5);
        tfg_tensor_unref(got);
    }
    CHECK_EQ_INT(run1(session, e, &s), 0);
    TfgOutput size_out = out(size, 0);
    TfgTensor *n = NULL;
    CHECK_EQ_INT(tfg_session_run(session, NULL, NULL, 0, &size_out, &n, 1, NULL, 0, &s), 0);
    CHECK_EQ_INT(*(int32_t *)n->data, 1);
    tfg_tensor_unref(n);
    int32_t two = 2;
    TfgOp *many = dequeue_op(g, "QueueDequeueManyV2", q, int_const(g, "two", 0, &two, 1, &s), &s);
    TfgOp *up_to = dequeue_op(g, "QueueDequeueUpToV2", q, int_const(g, "two_b", 0, &two, 1, &s), &s);
    CHECK_EQ_INT(run1(session, close, &s), 0);
    CHECK_EQ_INT(run1(session, many, &s), -1);
    CHECK_EQ_INT(s.code, TFG_OUT_OF_RANGE);
    CHECK(strstr(s.message, "_q' is closed and has insufficient elements (requested 2, current size 1)\n\t [[{{node") != NULL);
    tfg_status_fini(&s);
    TfgOutput up_to_out = out(up_to, 0);
    CHECK_EQ_INT(tfg_session_run(session, NULL, NULL, 0, &up_to_out, &n, 1, NULL, 0, &s), 0);
    CHECK_EQ_INT(n->count, 1);
    CHECK_EQ_INT(n->rank, 1);
    tfg_tensor_unref(n);
    CHECK_EQ_INT(run1(session, d, &s), -1);
    CHECK(strstr(s.message, "(requested 1, current size 0)") != NULL);
    CHECK_EQ_INT(run1(session, e, &s), -1);
    CHECK_EQ_INT(s.code, TFG_CANCELLED);
    CHECK(strstr(s.message, "_q' is closed.") != NULL);
    CHECK_EQ_INT(run1(session, close, &s), -1);
    CHECK(strstr(s.message, "_q' is already closed.") != NULL);
    tfg_status_fini(&s);
    tfg_session_unref(session);
    tfg_graph_unref(g);
}

typedef struct Blocked { TfgSession *session; TfgOp *op; TfgStatus status; int rc; } Blocked;

static void *run_blocked(void *arg)
{
    Blocked *b = arg;
    b->rc = run1(b->session, b->op, &b->status);
    return NULL;
}

TEST(queue_waits_end)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput q = fifo(g, "q", 1, false, &s), none = {NULL, 0};
    TfgOp *d = dequeue_op(g, "QueueDequeueV2", q, none, &s), *e = make2(g, "QueueEnqueueV2", "e", q, float_const(g, "c", 5, &s), &s);
    TfgSession *session = tfg_session_open(g, "", NULL, &s);
    /* a timeout */
    TfgPlan *p = tfg_session_plan(session, NULL, 0, NULL, 0, &d, 1, &s);
    CHECK_OK(p, s);
    TfgRunOptions options = {.timeout_ms = 50};
    CHECK_EQ_INT(tfg_plan_run(p, NULL, NULL, &options, &s), -1);
    CHECK_EQ_INT(s.code, TFG_DEADLINE_EXCEEDED);
    CHECK(strcmp(s.message, "Timed out waiting for notification") == 0);
    tfg_status_fini(&s);
    tfg_plan_unref(p);
    /* another step brings the element */
    Blocked b = {session, d, TFG_STATUS_INIT, 1};
    pthread_t thread;
    pthread_create(&thread, NULL, run_blocked, &b);
    usleep(20000);
    CHECK_EQ_INT(run1(session, e, &s), 0);
    pthread_join(thread, NULL);
    CHECK_EQ_INT(b.rc, 0);
    /* closing the session cancels */
    Blocked c = {session, d, TFG_STATUS_INIT, 1};
    pthread_create(&thread, NULL, run_blocked, &c);
    usleep(20000);
    CHECK_EQ_INT(tfg_session_close(session, &s), 0);
    pthread_join(thread, NULL);
    CHECK_EQ_INT(c.rc, -1);
    CHECK_EQ_INT(c.status.code, TFG_CANCELLED);
    CHECK(c.status.message && strncmp(c.status.message, "Dequeue operation was cancelled\n\t [[", 36) == 0);
    tfg_status_fini(&c.status);
    CHECK_EQ_INT(run1(session, e, &s), -1);
    CHECK(s.message && strcmp(s.message, "Session has been closed.") == 0);
    tfg_status_fini(&s);
    tfg_session_unref(session);
    tfg_graph_unref(g);
}

/* ---- Partial runs ---- */

TEST(partial_runs)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput a = placeholder(g, "a", TFG_FLOAT, 0, NULL, &s), b = placeholder(g, "b", TFG_FLOAT, 0, NULL, &s);
    TfgOutput one = float_const(g, "one", 1, &s), y = out(make2(g, "Add", "y", a, one, &s), 0), z = out(make2(g, "Mul", "z", y, b, &s), 0);
    TfgSession *session = tfg_session_open(g, "", NULL, &s);
    TfgOutput feeds[2] = {a, b}, fetches[2] = {y, z};
    float two = 2, ten = 10;
    TfgTensor *av = tfg_tensor_new_scalar(TFG_FLOAT, &two, &s), *bv = tfg_tensor_new_scalar(TFG_FLOAT, &ten, &s), *got = NULL;
    CHECK_EQ_INT(tfg_session_partial_run(session, "nothing", &a, &av, 1, &y, &got, 1, NULL, &s), -1);
    CHECK(strcmp(s.message, "Must run 'setup' before performing partial runs!") == 0);
    tfg_status_fini(&s);
    char *handle = tfg_session_partial_setup(session, feeds, 2, fetches, 2, NULL, 0, &s);
    CHECK_OK(handle, s);
    CHECK_EQ_INT(tfg_session_partial_run(session, handle, &a, &av, 1, &z, &got, 1, NULL, &s), -1);
    CHECK(strcmp(s.message, "Fetch b:0 can't be computed from the feeds that have been fed so far.") == 0);
    tfg_status_fini(&s);
    CHECK_EQ_INT(tfg_session_partial_run(session, handle, &a, &av, 1, &y, &got, 1, NULL, &s), 0);
    CHECK_OK(got, s);
    CHECK(value(got, 0) == 3);
    tfg_tensor_unref(got);
    CHECK_EQ_INT(tfg_session_partial_run(session, handle, NULL, NULL, 0, &y, &got, 1, NULL, &s), -1);
    CHECK(strcmp(s.message, "The fetch y:0 has already been fetched.") == 0);
    CHECK_EQ_INT(tfg_session_partial_run(session, handle, &a, &av, 1, &z, &got, 1, NULL, &s), -1);
    CHECK(strcmp(s.message, "The feed a:0 has already been fed.") == 0);
    tfg_status_fini(&s);
    CHECK_EQ_INT(tfg_session_partial_run(session, handle, &b, &bv, 1, &z, &got, 1, NULL, &s), 0);
    CHECK(value(got, 0) == 30);
    tfg_tensor_unref(got);
    CHECK_EQ_INT(tfg_session_partial_run(session, handle, &b, &bv, 1, &z, &got, 1, NULL, &s), -1);
    tfg_status_fini(&s);
    tfg_free(handle);
    handle = tfg_session_partial_setup(session, feeds, 2, fetches, 2, NULL, 0, &s);     /* left open: the session ends it */
    tfg_free(handle);
    tfg_tensor_unref(av);
    tfg_tensor_unref(bv);
    tfg_session_close(session, &s);
    tfg_session_unref(session);
    tfg_graph_unref(g);
}

TEST(devices_and_targets)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput a = float_const(g, "a", 1, &s);
    CHECK_EQ_INT(tfg_op_set_device_name(a.op, "/device:GPU:0", &s), 0);
    TfgSession *session = tfg_session_open(g, "", NULL, &s);
    CHECK(fetch1(session, a, &s) < -1e29f);
    CHECK(strncmp(s.message, "Cannot assign a device for operation a: Operation was explicitly assigned to /device:GPU:0 but available devices are "
                  "[ /job:localhost/replica:0/task:0/device:CPU:0 ]. Make sure the device specification refers to a valid device.\n\t [[", 200) == 0);
    tfg_status_fini(&s);
    tfg_session_unref(session);
    TfgSessionOptions soft = {.allow_soft_placement = true, .n_cpu_devices = 3};
    session = tfg_session_open(g, "", &soft, &s);
    CHECK(fetch1(session, a, &s) == 1);
    CHECK_EQ_INT(tfg_session_n_devices(session), 3);
    tfg_session_unref(session);
    session = tfg_session_open(g, "grpc://localhost:1", NULL, &s);
    CHECK_OK(session, s);
    CHECK(fetch1(session, a, &s) < -1e29f);
    CHECK_EQ_INT(s.code, TFG_UNAVAILABLE);
    tfg_status_fini(&s);
    tfg_session_unref(session);
    CHECK(tfg_session_open(g, "foo://bar", NULL, &s) == NULL);
    CHECK_EQ_INT(s.code, TFG_NOT_FOUND);
    tfg_status_fini(&s);
    tfg_graph_unref(g);
}


/* Plans are kept by last use within a budget of bytes; one that went is made again. */
TEST(plans_within_a_budget)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput y = float_const(g, "a", 1, &s), one = float_const(g, "one", 1, &s), fetches[50];
    for (int i = 0; i < 50; i++)
        y = fetches[i] = out(make2(g, "Add", NULL, y, one, &s), 0);
    TfgSession *session = tfg_session_open(g, "", NULL, &s);
    CHECK_OK(session, s);
    CHECK(fetch1(session, fetches[0], &s) == 2);
    size_t one_plan = session->plan_bytes;
    session->plan_budget = 10 * one_plan;
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 50; i++) {
            CHECK(fetch1(session, fetches[i], &s) == (float)i + 2);
            CHECK(session->plan_bytes <= session->plan_budget);
            CHECK(session->newest && session->newest != session->oldest ? session->plan_bytes > 0 : round == 0 && i == 0);
        }
    tfg_session_unref(session);
    tfg_graph_unref(g);
}

/* A node is frozen when a session first runs it; later mutations count for new sessions. */
TEST(mutations_come_too_late)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput one = float_const(g, "one", 1, &s), ten = float_const(g, "ten", 10, &s), y = out(make2(g, "Add", "y", one, one, &s), 0);
    TfgOutput z = out(make2(g, "Mul", "z", y, ten, &s), 0);
    TfgSession *session = tfg_session_open(g, "", NULL, &s), *fresh = tfg_session_open(g, "", NULL, &s);
    CHECK(fetch1(session, y, &s) == 2);
    CHECK_EQ_INT(tfg_op_update_input(y.op, 1, ten, &s), 0);
    CHECK(fetch1(session, y, &s) == 2);
    CHECK(fetch1(session, z, &s) == 20);        /* another plan, the same frozen node */
    CHECK(fetch1(fresh, z, &s) == 110);
    tfg_session_unref(session);
    tfg_session_unref(fresh);
    tfg_graph_unref(g);
}
