/* CondContext: node for node what TensorFlow 1.12.3 builds. */
#include "graph_test.h"

typedef struct Cond {
    TfgGraph *g;
    TfgOutput pred, pivot[2], result[2];
    TfgOpContext *arm[2];
    const char *saved;
} Cond;

/* tf.cond's head: the scope, the Switch of the predicate, the pivots, the two contexts in turn. */
static bool begin_cond(Cond *c, TfgGraph *g, TfgOutput pred, const char *name, TfgStatus *s)
{
    c->g = g;
    if (!tfg_graph_enter_scope(g, name, &c->saved, s))
        return false;
    TfgOp *sw = make2(g, "Switch", NULL, pred, pred, s);
    if (!sw)
        return false;
    c->pivot[1] = out(make1(g, "Identity", "switch_t", out(sw, 1), s), 0);
    c->pivot[0] = out(make1(g, "Identity", "switch_f", out(sw, 0), s), 0);
    c->pred = out(make1(g, "Identity", "pred_id", pred, s), 0);
    return c->pred.op != NULL;
}

static bool enter_arm(Cond *c, int branch, TfgStatus *s)
{
    c->arm[branch] = tfg_cond_context_new(c->g, "cond_text", c->pred, c->pivot[branch], branch, s);
    tfg_graph_set_context(c->g, c->arm[branch]);
    return c->arm[branch] != NULL;
}

static bool leave_arm(Cond *c, int branch, TfgOutput result, TfgStatus *s)
{
    bool ok = result.op && tfg_cond_add_result(c->arm[branch], result, &c->result[branch], s) == 0 &&
              tfg_context_exit_result(c->arm[branch], c->result[branch], s) == 0;
    tfg_graph_set_context(c->g, c->arm[branch]->outer);
    return ok;
}

static TfgOp *end_cond(Cond *c, TfgStatus *s)
{
    TfgOp *merge = make2(c->g, "Merge", NULL, c->result[0], c->result[1], s);
    tfg_graph_leave_scope(c->g, c->saved);
    return merge;
}

/* The operator form: the scope is the op's, the constant is made inside it. */
static TfgOp *with_const(TfgGraph *g, const char *type, const char *name, TfgOutput x, float v, TfgStatus *s)
{
    const char *saved, *scope = tfg_graph_enter_scope(g, name, &saved, s);
    TfgOutput y = float_const(g, "y", v, s);
    TfgOp *op = make2(g, type, scope, x, y, s);
    tfg_graph_leave_scope(g, saved);
    return op;
}

TEST(switches)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput p = placeholder(g, "p", TFG_BOOL, 0, NULL, &s), x = ref_variable(g, "x", &s);
    TfgOp *read = NULL;
    CHECK_OK(tfg_graph_enter_colocation(g, x.op, false, &s) == 0, s);
    read = make1(g, "Identity", "x/read", x, &s);
    tfg_graph_leave_colocation(g);
    TfgOutput y = placeholder(g, "y", TFG_FLOAT, 0, NULL, &s);
    Cond c;
    CHECK_OK(begin_cond(&c, g, p, "cond", &s), s);
    CHECK_OK(enter_arm(&c, 1, &s), s);
    CHECK_STREQ(c.arm[1]->name, "cond/cond_text");
    CHECK_OK(leave_arm(&c, 1, out(make2(g, "Mul", "mul", out(read, 0), y, &s), 0), &s), s);
    CHECK_OK(enter_arm(&c, 0, &s), s);
    CHECK_STREQ(c.arm[0]->name, "cond/cond_text_1");
    CHECK_OK(leave_arm(&c, 0, out(with_const(g, "Add", "add", y, 1, &s), 0), &s), s);
    CHECK_OK(end_cond(&c, &s), s);
    CHECK_GRAPH(g, "p Placeholder\nx VariableV2\nx/read Identity x loc:@x\ny Placeholder\n"
                "cond/Switch Switch p,p\ncond/switch_t Identity cond/Switch:1\ncond/switch_f Identity cond/Switch\n"
                "cond/pred_id Identity p\n"
                "cond/mul Mul cond/mul/Switch:1,cond/mul/Switch_1:1\n"
                "cond/mul/Switch Switch x/read,cond/pred_id loc:@x\n"
                "cond/mul/Switch_1 Switch y,cond/pred_id loc:@y\n"
                "cond/add/y Const ^cond/switch_f\n"
                "cond/add Add cond/add/Switch,cond/add/y\n"
                "cond/add/Switch Switch y,cond/pred_id loc:@y\n"
                "cond/Merge Merge cond/add,cond/mul\n");
    TfgOp *mul = tfg_graph_find_op(g, "cond/mul"), *sw = tfg_graph_find_op(g, "cond/mul/Switch");
    CHECK(mul->context == c.arm[1] && sw->context == c.arm[1]);
    CHECK(mul->unfetchable && sw->unfetchable);
    CHECK(!tfg_graph_find_op(g, "cond/Merge")->unfetchable);
    CHECK(!tfg_graph_find_op(g, "cond/Merge")->context);
    CHECK(tfg_context_is_cond(c.arm[1]));
    CHECK_EQ_INT(tfg_cond_branch(c.arm[1]), 1);
    /* What a file needs to know about the arm: pred, x/read and y came from outside. */
    CHECK_EQ_INT(c.arm[1]->n_external, 3);
    CHECK(c.arm[1]->external_from[1].op == read && c.arm[1]->external_to[1].op == sw);
    CHECK(tfg_context_has_value(c.arm[1], out(mul, 0)));
    CHECK(tfg_context_has_value(c.arm[1], c.pivot[1]));
    tfg_graph_unref(g);
}

TEST(references_and_assignments)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput p = placeholder(g, "p", TFG_BOOL, 0, NULL, &s), x = ref_variable(g, "x", &s);
    Cond c;
    const char *saved;
    CHECK_OK(begin_cond(&c, g, p, "side/cond", &s), s);
    CHECK_OK(enter_arm(&c, 1, &s), s);
    const char *scope = tfg_graph_enter_scope(g, "Assign", &saved, &s);
    TfgOutput value = float_const(g, "value", 1, &s);
    TfgOp *assign = make2(g, "Assign", scope, x, value, &s);
    CHECK_OK(assign, s);
    tfg_graph_leave_scope(g, saved);
    CHECK_OK(leave_arm(&c, 1, out(assign, 0), &s), s);
    CHECK_OK(enter_arm(&c, 0, &s), s);
    CHECK_OK(leave_arm(&c, 0, out(make1(g, "Identity", "read", x, &s), 0), &s), s);
    CHECK_GRAPH(g, "p Placeholder\nx VariableV2\nside/cond/Switch Switch p,p\nside/cond/switch_t Identity side/cond/Switch:1\n"
                "side/cond/switch_f Identity side/cond/Switch\nside/cond/pred_id Identity p\n"
                "side/cond/Assign/value Const ^side/cond/switch_t\n"
                "side/cond/Assign Assign side/cond/Assign/Switch:1,side/cond/Assign/value loc:@x\n"
                "side/cond/Assign/Switch RefSwitch x,side/cond/pred_id loc:@x\n"
                "side/cond/read Identity side/cond/read/Switch\n"
                "side/cond/read/Switch RefSwitch x,side/cond/pred_id loc:@x\n");
    tfg_graph_leave_scope(g, c.saved);
    tfg_graph_unref(g);
}

TEST(nested)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput p = placeholder(g, "p", TFG_BOOL, 0, NULL, &s), y = placeholder(g, "y", TFG_FLOAT, 0, NULL, &s);
    Cond a, b;
    CHECK_OK(begin_cond(&a, g, p, "cond_1", &s), s);
    CHECK_OK(enter_arm(&a, 1, &s), s);
    TfgOp *less = with_const(g, "Less", "Less", y, 0, &s);
    CHECK_OK(less && begin_cond(&b, g, out(less, 0), "cond", &s), s);
    CHECK_OK(enter_arm(&b, 1, &s), s);
    CHECK(b.arm[1]->outer == a.arm[1]);
    CHECK_OK(leave_arm(&b, 1, y, &s), s);
    CHECK_OK(enter_arm(&b, 0, &s), s);
    CHECK_OK(leave_arm(&b, 0, out(make1(g, "Neg", NULL, y, &s), 0), &s), s);
    CHECK_OK(leave_arm(&a, 1, out(end_cond(&b, &s), 0), &s), s);
    CHECK_OK(enter_arm(&a, 0, &s), s);
    CHECK_OK(leave_arm(&a, 0, y, &s), s);
    CHECK_OK(end_cond(&a, &s), s);
    CHECK_GRAPH(g, "p Placeholder\ny Placeholder\n"
                "cond_1/Switch Switch p,p\ncond_1/switch_t Identity cond_1/Switch:1\ncond_1/switch_f Identity cond_1/Switch\n"
                "cond_1/pred_id Identity p\n"
                "cond_1/Less/y Const ^cond_1/switch_t\n"
                "cond_1/Less Less cond_1/Less/Switch:1,cond_1/Less/y\n"
                "cond_1/Less/Switch Switch y,cond_1/pred_id loc:@y\n"
                "cond_1/cond/Switch Switch cond_1/Less,cond_1/Less\n"
                "cond_1/cond/switch_t Identity cond_1/cond/Switch:1\n"
                "cond_1/cond/switch_f Identity cond_1/cond/Switch\n"
                "cond_1/cond/pred_id Identity cond_1/Less\n"
                "cond_1/cond/Switch_1 Switch cond_1/Less/Switch:1,cond_1/cond/pred_id loc:@y\n"
                "cond_1/cond/Neg Neg cond_1/cond/Neg/Switch\n"
                "cond_1/cond/Neg/Switch Switch cond_1/Less/Switch:1,cond_1/cond/pred_id loc:@y\n"
                "cond_1/cond/Merge Merge cond_1/cond/Neg,cond_1/cond/Switch_1:1\n"
                "cond_1/Switch_1 Switch y,cond_1/pred_id loc:@y\n"
                "cond_1/Merge Merge cond_1/Switch_1,cond_1/cond/Merge\n");
    tfg_graph_unref(g);
}

/* control_dependencies(None) leaves the arm for as long as it lasts. */
TEST(cleared_controls)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput p = placeholder(g, "p", TFG_BOOL, 0, NULL, &s);
    Cond c;
    CHECK_OK(begin_cond(&c, g, p, "cond", &s), s);
    CHECK_OK(enter_arm(&c, 1, &s), s);
    CHECK_OK(tfg_graph_enter_controls(g, NULL, 0, true, &s) == 0, s);
    CHECK(!tfg_graph_context(g));
    TfgOp *outside = float_const(g, "outside", 1, &s).op;
    tfg_graph_leave_controls(g);
    CHECK(tfg_graph_context(g) == c.arm[1]);
    TfgOp *inside = float_const(g, "inside", 1, &s).op;
    CHECK_EQ_INT(outside->n_controls, 0);
    CHECK_EQ_INT(inside->n_controls, 1);
    /* One that waits for something inside needs no pivot. */
    CHECK_OK(tfg_graph_enter_controls(g, &inside, 1, false, &s) == 0, s);
    TfgOp *after = float_const(g, "after", 1, &s).op;
    tfg_graph_leave_controls(g);
    CHECK_EQ_INT(after->n_controls, 1);
    CHECK(after->controls[0] == inside);
    TfgOutput done;
    CHECK_OK(tfg_cond_add_op_result(c.arm[1], after, &done, &s) == 0, s);
    CHECK_STREQ(done.op->name, "cond/control_dependency");
    CHECK(done.op->controls[0] == after);
    tfg_graph_leave_scope(g, c.saved);
    tfg_graph_unref(g);
}

static bool build_arm(TfgGraph *g, Cond *c, TfgOutput y, TfgOutput x, TfgStatus *s)
{
    tfg_graph_set_context(g, c->arm[1]);
    TfgOp *mul = make2(g, "Mul", "mul", y, x, s);
    TfgOp *neg = mul ? make1(g, "Neg", "neg", x, s) : NULL;
    tfg_graph_set_context(g, NULL);
    return neg != NULL;
}

TEST(failing_allocations)
{
    TfgStatus s = TFG_STATUS_INIT;
    bool done = false;
    for (int64_t n = 1; !done; n++) {
        TfgGraph *g = tfg_graph_new(&s);
        TfgOutput p = placeholder(g, "p", TFG_BOOL, 0, NULL, &s), y = placeholder(g, "y", TFG_FLOAT, 0, NULL, &s);
        TfgOutput x = float_const(g, "x", 1, &s);
        Cond c;
        CHECK_OK(begin_cond(&c, g, p, "cond", &s) && enter_arm(&c, 1, &s), s);
        for (int i = 0; i < 40; i++)            /* so that arenas and tables are in the middle of a chunk each time */
            CHECK_OK(float_const(g, "filler", 1, &s).op, s);
        int32_t before = tfg_graph_n_ops(g);
        tfg_alloc_fail_at(n);
        bool ok = build_arm(g, &c, y, x, &s);
        bool fired = tfg_alloc_failed();
        tfg_alloc_fail_at(0);
        CHECK(ok != fired);
        tfg_status_fini(&s);
        CHECK_OK(tfg_graph_check(g, &s) == 0, s);
        if (!ok) {
            int32_t now = tfg_graph_n_ops(g);
            CHECK(now == before || now == before + 3);       /* mul and its switches, or nothing */
            CHECK_EQ_INT(c.arm[1]->n_external, now == before ? 1 : 3);
            CHECK_OK(build_arm(g, &c, y, x, &s), s);
            CHECK_OK(tfg_graph_check(g, &s) == 0, s);
        }
        tfg_graph_leave_scope(g, c.saved);
        tfg_graph_unref(g);
        done = !fired;
        CHECK(n < 1000);
    }
}
