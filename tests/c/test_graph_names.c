/* Names and name scopes, as TensorFlow 1.12.3 gives them. */
#include "graph_test.h"

static const char *taken(TfgGraph *g, const char *name)
{
    TfgStatus s = TFG_STATUS_INIT;
    return tfg_graph_unique_name(g, name, true, &s);
}

TEST(unique_names)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    CHECK_STREQ(taken(g, "a"), "a");
    CHECK_STREQ(taken(g, "a"), "a_1");
    CHECK_STREQ(taken(g, "A"), "A_2");          /* case does not count, but is kept */
    CHECK_STREQ(taken(g, "a_1"), "a_1_1");
    CHECK_STREQ(tfg_graph_unique_name(g, "a", false, &s), "a_3");
    CHECK_STREQ(tfg_graph_unique_name(g, "a", false, &s), "a_3");
    CHECK_STREQ(taken(g, "a"), "a_3");
    CHECK_STREQ(taken(g, "b_1"), "b_1");
    CHECK_STREQ(taken(g, "b"), "b");
    CHECK_STREQ(taken(g, "b"), "b_2");          /* b_1 is taken */
    CHECK_STREQ(taken(g, "MatMul"), "MatMul");
    CHECK_STREQ(taken(g, "matmul"), "matmul_1");
    tfg_graph_unref(g);
}

TEST(long_names)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    char name[5001];
    memset(name, 'N', 5000);
    name[5000] = '\0';
    CHECK_STREQ(taken(g, name), name);
    const char *second = taken(g, name);
    CHECK_EQ_INT(strlen(second), 5002);
    CHECK_STREQ(second + 5000, "_1");
    tfg_graph_unref(g);
}

TEST(scopes)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    const char *a, *b, *c;
    CHECK_STREQ(tfg_graph_name_scope(g), "");
    CHECK_STREQ(tfg_graph_enter_scope(g, "nested", &a, &s), "nested/");
    CHECK_STREQ(float_const(g, "c", 1, &s).op->name, "nested/c");
    CHECK_STREQ(tfg_graph_enter_scope(g, "inner", &b, &s), "nested/inner/");
    CHECK_STREQ(tfg_graph_name_scope(g), "nested/inner");
    CHECK_STREQ(float_const(g, "c", 1, &s).op->name, "nested/inner/c");
    CHECK_STREQ(tfg_graph_enter_scope(g, "nested/", &c, &s), "nested/");
    CHECK_STREQ(float_const(g, "c", 1, &s).op->name, "nested/c_1");
    tfg_graph_leave_scope(g, c);
    CHECK_STREQ(tfg_graph_enter_scope(g, "", &c, &s), "");
    CHECK_STREQ(float_const(g, "c", 1, &s).op->name, "c");
    tfg_graph_leave_scope(g, c);
    tfg_graph_leave_scope(g, b);
    CHECK_STREQ(tfg_graph_enter_scope(g, "inner", &b, &s), "nested/inner_1/");
    tfg_graph_leave_scope(g, b);
    CHECK_STREQ(tfg_graph_enter_scope(g, "_inner", &b, &s), "nested/_inner/");
    tfg_graph_leave_scope(g, b);
    tfg_graph_leave_scope(g, a);
    CHECK_STREQ(tfg_graph_enter_scope(g, "Nested", &a, &s), "Nested_1/");
    tfg_graph_leave_scope(g, a);
    CHECK_FAILS(tfg_graph_enter_scope(g, "_bad", &a, &s), s, TFG_VALUE_ERROR, "'_bad' is not a valid scope name");
    CHECK_FAILS(tfg_graph_enter_scope(g, "bad name", &a, &s), s, TFG_VALUE_ERROR, "'bad name' is not a valid scope name");
    CHECK_FAILS(float_const(g, "a\\b", 1, &s).op, s, TFG_VALUE_ERROR, "'a\\b' is not a valid node name");
    CHECK_FAILS(float_const(g, "bad name!", 1, &s).op, s, TFG_VALUE_ERROR, "'bad name!' is not a valid node name");
    tfg_graph_unref(g);
}

TEST(names_of_ops)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput x = float_const(g, "x", 1, &s);
    const char *saved;
    CHECK_STREQ(make1(g, "Neg", NULL, x, &s)->name, "Neg");
    CHECK_STREQ(make1(g, "Neg", NULL, x, &s)->name, "Neg_1");
    CHECK_STREQ(make1(g, "Neg", "neg", x, &s)->name, "neg_2");
    const char *scope = tfg_graph_enter_scope(g, "my_layer", &saved, &s);
    CHECK_STREQ(make1(g, "Neg", NULL, x, &s)->name, "my_layer/Neg");
    CHECK_STREQ(make1(g, "Relu", scope, x, &s)->name, "my_layer");
    CHECK_FAILS(make1(g, "Relu", scope, x, &s), s, TFG_VALUE_ERROR, "Duplicate node name in graph: 'my_layer'");
    tfg_graph_leave_scope(g, saved);
    CHECK_FAILS(make1(g, "Neg", "bad name", x, &s), s, TFG_VALUE_ERROR, "'bad name' is not a valid scope name");
    CHECK_FAILS(make1(g, "Neg", "", x, &s), s, TFG_VALUE_ERROR, "'' is not a valid node name");
    CHECK(tfg_graph_find_op(g, "my_layer/Neg") == tfg_graph_op(g, 4));
    CHECK(!tfg_graph_find_op(g, "my_layer/neg"));
    /* A failed addition leaves its name free. */
    CHECK(!make1(g, "Neg", "free", out(NULL, 0), &s));
    tfg_status_fini(&s);
    CHECK_STREQ(make1(g, "Neg", "free", x, &s)->name, "free");
    CHECK_OK(tfg_graph_check(g, &s) == 0, s);
    tfg_graph_unref(g);
}
