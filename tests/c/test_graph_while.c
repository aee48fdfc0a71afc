/* WhileContext and the gradients of loops: node for node what TensorFlow 1.12.3 builds, and whole when memory runs out. */
#include "graph_test.h"

/* v = x; while (v < limit) v = v * y, in the scope "while".  y is from outside. */
static bool build_loop(TfgGraph *g, TfgOutput x, TfgOutput y, TfgOutput *result, TfgStatus *s)
{
    const char *saved, *inside;
    TfgWhileArgs args = {.parallel_iterations = 10, .back_prop = true};
    TfgParts v = {.values = x}, p, less[1];
    if (!tfg_graph_enter_scope(g, "while", &saved, s))
        return false;
    TfgOpContext *c = tfg_while_context_new(g, NULL, &args, s), *before = tfg_graph_context(g);
    bool ok = c != NULL;
    if (ok)
        tfg_graph_set_context(g, c);
    ok = ok && tfg_while_begin(c, &v, 1, true, &p, s) == 0 && tfg_while_merge(c, less, s) == 0;
    const char *scope = ok ? tfg_graph_enter_scope(g, "Less", &inside, s) : NULL;
    TfgOp *test = NULL;
    if (scope) {
        TfgOutput limit = float_const(g, "y", 100, s);
        test = limit.op ? make2(g, "Less", scope, less[0].values, limit, s) : NULL;
        tfg_graph_leave_scope(g, inside);
    }
    TfgOp *product = NULL;
    if (test && tfg_while_test(c, out(test, 0), &p, s) == 0)
        product = make2(g, "Mul", "mul", p.values, y, s);
    if (product) {
        v.values = out(product, 0);
        ok = tfg_while_next(c, 0, &v, s) == 0 && tfg_while_end(c, &p, s) == 0;
        *result = p.values;
    }
    tfg_graph_set_context(g, before);
    tfg_graph_leave_scope(g, saved);
    return ok && product;
}

TEST(loop)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, 0, NULL, &s), y = placeholder(g, "y", TFG_FLOAT, 0, NULL, &s), end;
    CHECK_OK(build_loop(g, x, y, &end, &s), s);
    CHECK_GRAPH(g, "x Placeholder\ny Placeholder\nwhile/Enter Enter x\nwhile/Merge Merge while/Enter,while/NextIteration\n"
                "while/Less/y Const ^while/Merge\nwhile/Less Less while/Merge,while/Less/y\nwhile/LoopCond LoopCond while/Less\n"
                "while/Switch Switch while/Merge,while/LoopCond loc:@while/Merge\nwhile/Identity Identity while/Switch:1\n"
                "while/mul Mul while/Identity,while/mul/Enter\nwhile/mul/Enter Enter y\n"
                "while/NextIteration NextIteration while/mul\nwhile/Exit Exit while/Switch\n");
    TfgOpContext *c = end.op->context;
    CHECK(tfg_context_is_while(c) && tfg_context_loop(c) == c && !tfg_op_output_context(end.op));
    CHECK_STREQ(c->name, "while/while_context");
    CHECK_EQ_INT(c->n_external, 1);
    CHECK_EQ_INT(tfg_while_n_enters(c), 1);
    CHECK_EQ_INT(tfg_while_n_exits(c), 1);
    CHECK(tfg_op_is_exit(end.op) && !end.op->unfetchable && tfg_while_pivot(c).op->unfetchable);
    CHECK_OK(tfg_graph_check(g, &s) == 0, s);
    tfg_graph_unref(g);
}

TEST(what_is_inside_stays_inside)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, 0, NULL, &s), y = placeholder(g, "y", TFG_FLOAT, 0, NULL, &s), end, other;
    CHECK_OK(build_loop(g, x, y, &end, &s), s);
    TfgOutput inside = out(tfg_graph_find_op(g, "while/mul"), 0);
    int32_t n = tfg_graph_n_ops(g);
    CHECK(!make2(g, "Mul", "outside", inside, y, &s));
    CHECK_EQ_INT(s.code, TFG_VALUE_ERROR);
    CHECK(strstr(s.message, "Cannot use 'while/mul' as input to 'outside' because 'while/mul' is in a while loop."));
    tfg_status_fini(&s);
    CHECK_EQ_INT(tfg_graph_n_ops(g), n);
    CHECK(!build_loop(g, x, inside, &other, &s));
    CHECK(strstr(s.message, "because they are in different while loops."));
    tfg_status_fini(&s);
    CHECK_OK(tfg_graph_check(g, &s) == 0, s);
    tfg_graph_unref(g);
}

TEST(bad_arguments)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    for (int64_t n = -1; n <= (int64_t)INT32_MAX + 1; n += (int64_t)INT32_MAX + 2) {
        TfgWhileArgs args = {.parallel_iterations = n};
        CHECK(!tfg_while_context_new(g, NULL, &args, &s));
        CHECK_EQ_INT(s.code, TFG_VALUE_ERROR);
        tfg_status_fini(&s);
    }
    tfg_graph_unref(g);
}

TEST(gradient_of_a_loop)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, 0, NULL, &s), y = placeholder(g, "y", TFG_FLOAT, 0, NULL, &s), end, dx[2];
    TfgOutput xs[2] = {x, y};
    CHECK_OK(build_loop(g, x, y, &end, &s), s);
    CHECK_OK(tfg_add_gradients(g, &end, 1, xs, 2, NULL, dx, &s) == 0, s);
    CHECK_STREQ(dx[0].op->name, "gradients/while/Enter_grad/Exit");
    CHECK_STREQ(dx[1].op->name, "gradients/while/mul/Enter_grad/b_acc_3");
    TfgOpContext *c = dx[0].op->context;
    CHECK_STREQ(c->name, "gradients/while/while_context");
    CHECK(tfg_while_grad(c) && tfg_while_grad(c)->forward == end.op->context);
    CHECK_OK(tfg_graph_check(g, &s) == 0, s);
    tfg_graph_unref(g);
}

/* Whatever allocation fails, the graph is whole, says what it lacks, and leaks nothing. */
static void attempt(int64_t fail_at, bool gradient, bool *fired)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, 0, NULL, &s), y = placeholder(g, "y", TFG_FLOAT, 0, NULL, &s), end, dx[2];
    TfgOutput xs[2] = {x, y};
    if (gradient)
        CHECK_OK(build_loop(g, x, y, &end, &s), s);
    tfg_alloc_fail_at(fail_at);
    bool ok = gradient ? tfg_add_gradients(g, &end, 1, xs, 2, NULL, dx, &s) == 0 : build_loop(g, x, y, &end, &s);
    *fired = tfg_alloc_failed();
    tfg_alloc_fail_at(0);
    CHECK(ok || *fired);
    CHECK(ok || s.code != TFG_OK);
    tfg_status_fini(&s);
    CHECK(!tfg_graph_context(g));
    CHECK_OK(tfg_graph_check(g, &s) == 0, s);
    tfg_graph_unref(g);
}

TEST(failing_allocations)
{
    bool fired;
    attempt(0, true, &fired);       /* definitions are read at first use, and stay */
    for (int gradient = 0; gradient < 2; gradient++) {
        int64_t live = tfg_alloc_live(), n = 1;
        for (fired = true; fired; n += 1 + n / 40) {
            attempt(n, gradient, &fired);
            CHECK_EQ_INT(tfg_alloc_live(), live);
        }
        CHECK(n > 20);
    }
}
