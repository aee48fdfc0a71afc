/* Control dependencies, devices, colocation, attribute scopes, overrides, containers, functions. */
#include "graph_test.h"

TEST(control_dependencies)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOp *a = float_const(g, "a", 1, &s).op, *b = float_const(g, "b", 1, &s).op, *c = float_const(g, "c", 1, &s).op;
    TfgOp *ab[] = {a, b, a}, *bc[] = {b, c};
    CHECK_OK(tfg_graph_enter_controls(g, ab, 3, false, &s) == 0, s);
    float_const(g, "d", 1, &s);
    TfgOp *neg = make1(g, "Neg", "on_a", out(a, 0), &s);            /* a data input is not repeated */
    CHECK_OK(tfg_graph_enter_controls(g, bc, 2, false, &s) == 0, s);        /* b is there already */
    float_const(g, "e", 1, &s);
    make1(g, "Neg", "on_neg", out(neg, 0), &s);                     /* made inside the outer block: waits for a and b already */
    CHECK_OK(tfg_graph_enter_controls(g, NULL, 0, true, &s) == 0, s);
    float_const(g, "f", 1, &s);
    CHECK_OK(tfg_graph_enter_controls(g, &c, 1, false, &s) == 0, s);
    float_const(g, "h", 1, &s);
    tfg_graph_leave_controls(g);
    tfg_graph_leave_controls(g);
    TfgOp *i = float_const(g, "i", 1, &s).op;
    int n;
    TfgOp **now = tfg_graph_current_controls(g, &n, &s);
    CHECK_EQ_INT(n, 3);
    CHECK(now[0] == a && now[1] == b && now[2] == c);
    tfg_free(now);
    tfg_graph_leave_controls(g);
    make1(g, "Neg", "on_i", out(i, 0), &s);
    tfg_graph_leave_controls(g);
    float_const(g, "j", 1, &s);
    CHECK_GRAPH(g, "a Const\nb Const\nc Const\nd Const ^a,^b\non_a Neg a,^b\ne Const ^a,^b,^c\non_neg Neg on_a,^c\nf Const\n"
                "h Const ^c\ni Const ^a,^b,^c\non_i Neg i\nj Const\n");
    tfg_graph_unref(g);
}

TEST(entered_again)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOp *a = float_const(g, "a", 1, &s).op;
    const TfgControlScope *scope = NULL;
    CHECK_OK(tfg_graph_enter_controls_again(g, &scope, &a, 1, &s) == 0, s);
    TfgOp *b = float_const(g, "b", 1, &s).op;
    tfg_graph_leave_controls(g);
    make1(g, "Neg", "outside", out(b, 0), &s);
    CHECK_OK(tfg_graph_enter_controls_again(g, &scope, &a, 1, &s) == 0, s);
    make1(g, "Neg", "inside", out(b, 0), &s);
    tfg_graph_leave_controls(g);
    CHECK_GRAPH(g, "a Const\nb Const ^a\noutside Neg b\ninside Neg b\n");
    tfg_graph_unref(g);
}

static const char *canonical(const char *text)
{
    static char result[300];
    TfgStatus s = TFG_STATUS_INIT;
    TfgDeviceSpec d;
    if (tfg_device_parse(text, &d, &s) < 0) {
        snprintf(result, sizeof result, "! %s", s.message);
        tfg_status_fini(&s);
        return result;
    }
    TfgStr out_text = TFG_STR_INIT;
    tfg_device_format(&d, &out_text);
    snprintf(result, sizeof result, "%s", tfg_str_text(&out_text));
    tfg_str_fini(&out_text);
    return result;
}

TEST(device_names)
{
    CHECK_STREQ(canonical(""), "");
    CHECK_STREQ(canonical("/cpu:0"), "/device:CPU:0");
    CHECK_STREQ(canonical("/gpu:*"), "/device:GPU:*");
    CHECK_STREQ(canonical("gpu"), "/device:GPU:*");
    CHECK_STREQ(canonical("/job:w/replica:1/task:2/device:XPU:3"), "/job:w/replica:1/task:2/device:XPU:3");
    CHECK_STREQ(canonical("/device:GPU:1/job:ps"), "/job:ps/device:GPU:1");
    CHECK_STREQ(canonical("/foo:bar"), "! Unknown attribute: 'foo' in '/foo:bar'");
    CHECK_STREQ(canonical("/cpu:0/gpu:0"), "! Cannot specify multiple device types: /cpu:0/gpu:0");
    CHECK_STREQ(canonical("/task:x"), "! invalid literal for int() with base 10: 'x'");
}

static int name_device(void *function, TfgOp *op, TfgStr *text, TfgStatus *s)
{
    if (!function)
        return tfg_fail(s, TFG_VALUE_ERROR, "no device");
    tfg_str_puts(text, strcmp(op->def->name, "Neg") == 0 ? "/device:GPU:1" : op->device);
    return 0;
}

TEST(devices)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    tfg_graph_set_hooks(g, &(TfgGraphHooks){.device_function = name_device});
    TfgOutput a = float_const(g, "a", 1, &s);
    CHECK_OK(tfg_graph_enter_device(g, "/job:ps/cpu:0", NULL, false, &s) == 0, s);
    float_const(g, "b", 1, &s);
    CHECK_OK(tfg_graph_enter_device(g, "/gpu:3", NULL, false, &s) == 0, s);
    TfgOp *c = float_const(g, "c", 1, &s).op;
    CHECK_OK(tfg_graph_enter_device(g, NULL, NULL, true, &s) == 0, s);
    float_const(g, "d", 1, &s);
    CHECK_OK(tfg_graph_enter_device(g, "/task:1", NULL, false, &s) == 0, s);
    float_const(g, "e", 1, &s);
    tfg_graph_leave_device(g);
    tfg_graph_leave_device(g);
    CHECK_OK(tfg_graph_enter_device(g, NULL, g, false, &s) == 0, s);
    make1(g, "Neg", "f", a, &s);
    float_const(g, "h", 1, &s);
    tfg_graph_leave_device(g);
    CHECK_OK(tfg_graph_enter_colocation(g, c, false, &s) == 0, s);          /* resets the blocks, takes c's device */
    float_const(g, "i", 1, &s);
    CHECK_OK(tfg_graph_enter_device(g, "/cpu:7", NULL, false, &s) == 0, s);
    float_const(g, "j", 1, &s);
    tfg_graph_leave_device(g);
    tfg_graph_leave_colocation(g);
    float_const(g, "k", 1, &s);
    tfg_graph_leave_device(g);
    tfg_graph_leave_device(g);
    float_const(g, "l", 1, &s);
    CHECK_FAILS(tfg_graph_enter_device(g, "/foo:bar", NULL, false, &s) == 0, s, TFG_VALUE_ERROR, "Unknown attribute: 'foo' in '/foo:bar'");
    CHECK_GRAPH(g, "a Const\nb Const /job:ps/device:CPU:0\nc Const /job:ps/device:GPU:3\nd Const\ne Const /task:1\n"
                "f Neg a /job:ps/device:GPU:1\nh Const /job:ps/device:GPU:3\ni Const /job:ps/device:GPU:3 loc:@c\n"
                "j Const /device:CPU:7 loc:@c\nk Const /job:ps/device:GPU:3\nl Const\n");
    tfg_graph_unref(g);
}

static int conflicts;
static void count_conflict(TfgOp *op, TfgOp *with)
{
    conflicts += op != with;
}

TEST(colocation)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    tfg_graph_set_hooks(g, &(TfgGraphHooks){.colocation_conflict = count_conflict});
    TfgOp *b = float_const(g, "b", 1, &s).op, *a = float_const(g, "a", 1, &s).op;
    TfgOutput v = ref_variable(g, "v", &s);
    CHECK_OK(tfg_graph_enter_colocation(g, b, false, &s) == 0, s);
    TfgOp *c = float_const(g, "c", 1, &s).op;
    CHECK_OK(tfg_graph_enter_colocation(g, a, false, &s) == 0, s);
    float_const(g, "d", 1, &s);                                             /* both, sorted */
    CHECK_OK(tfg_graph_enter_colocation(g, v.op, true, &s) == 0, s);
    float_const(g, "e", 1, &s);                                             /* this one alone */
    tfg_graph_leave_colocation(g);
    CHECK_OK(tfg_graph_enter_colocation(g, NULL, true, &s) == 0, s);
    float_const(g, "f", 1, &s);
    tfg_graph_leave_colocation(g);
    tfg_graph_leave_colocation(g);
    CHECK_OK(tfg_graph_enter_colocation(g, c, false, &s) == 0, s);          /* c's group is b's */
    float_const(g, "h", 1, &s);
    tfg_graph_leave_colocation(g);
    tfg_graph_leave_colocation(g);
    make2(g, "Assign", NULL, v, out(c, 0), &s);                             /* goes where v goes */
    CHECK_FAILS(tfg_graph_enter_colocation(g, NULL, false, &s) == 0, s, TFG_VALUE_ERROR,
                "Trying to reset colocation (op is None) but ignore_existing is not True");
    CHECK_GRAPH(g, "b Const\na Const\nv VariableV2\nc Const loc:@b\nd Const loc:@a loc:@b\ne Const loc:@v\nf Const\nh Const loc:@b\n"
                "Assign Assign v,c loc:@v\n");
    CHECK_EQ_INT(conflicts, 0);
    CHECK_OK(tfg_op_set_device_name(b, "/gpu:0", &s) == 0 && tfg_op_set_device_name(a, "/cpu:0", &s) == 0, s);
    CHECK_OK(tfg_graph_enter_colocation(g, b, false, &s) == 0 && tfg_graph_enter_colocation(g, a, false, &s) == 0, s);
    CHECK_STREQ(float_const(g, "i", 1, &s).op->device, "/cpu:0");           /* the innermost wins, the other is told */
    CHECK_EQ_INT(conflicts, 1);
    tfg_graph_leave_colocation(g);
    tfg_graph_leave_colocation(g);
    tfg_graph_unref(g);
}

TEST(attribute_scopes)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgNamedAttr one[] = {{"_a", TFG_A_BOOL(false)}, {"_b", TFG_A_INT(1)}}, two[] = {{"_a", TFG_A_BOOL(true)}};
    TfgNamedAttr none[] = {{"_a", {.kind = TFG_ATTR_NONE}}};
    CHECK_OK(tfg_graph_enter_attrs(g, one, 2, &s) == 0, s);
    TfgOp *a = float_const(g, "a", 1, &s).op;
    CHECK_OK(tfg_graph_enter_attrs(g, two, 1, &s) == 0, s);
    TfgOp *b = float_const(g, "b", 1, &s).op;
    CHECK_OK(tfg_graph_enter_attrs(g, none, 1, &s) == 0, s);
    TfgOp *c = float_const(g, "c", 1, &s).op;
    CHECK(tfg_graph_enter_attrs(g, none, 1, &s) < 0);
    CHECK_EQ_INT(s.code, TFG_KEY_ERROR);
    tfg_status_fini(&s);
    tfg_graph_leave_attrs(g);
    tfg_graph_leave_attrs(g);
    TfgOp *d = float_const(g, "d", 1, &s).op;
    tfg_graph_leave_attrs(g);
    TfgOp *e = float_const(g, "e", 1, &s).op;
    CHECK(tfg_attrs_find(&a->attrs, "_a") && !tfg_attrs_bool(&a->attrs, "_a"));
    CHECK_EQ_INT(tfg_attrs_int(&a->attrs, "_b"), 1);
    CHECK(tfg_attrs_bool(&b->attrs, "_a") && tfg_attrs_find(&b->attrs, "_b"));
    CHECK(!tfg_attrs_find(&c->attrs, "_a") && tfg_attrs_find(&c->attrs, "_b"));
    CHECK(tfg_attrs_find(&d->attrs, "_a") && !tfg_attrs_bool(&d->attrs, "_a"));
    CHECK(!tfg_attrs_find(&e->attrs, "_a") && !tfg_attrs_find(&e->attrs, "_b"));
    tfg_graph_unref(g);
}

TEST(overrides_and_labels)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput a = float_const(g, "a", 1, &s);
    const char *neg[] = {"Neg"}, *mine[] = {"Mine"}, *other[] = {"Other"}, *fast[] = {"fast"};
    CHECK_OK(tfg_graph_enter_gradient_override(g, neg, mine, 1, &s) == 0, s);
    CHECK_OK(tfg_graph_enter_kernel_label(g, neg, fast, 1, &s) == 0, s);
    TfgOp *b = make1(g, "Neg", NULL, a, &s);
    CHECK_OK(tfg_graph_enter_gradient_override(g, neg, other, 1, &s) == 0, s);
    TfgOp *c = make1(g, "Neg", NULL, a, &s), *abs_op = make1(g, "Abs", NULL, a, &s);
    tfg_graph_leave_gradient_override(g);
    TfgOp *d = make1(g, "Neg", NULL, a, &s);
    tfg_graph_leave_kernel_label(g);
    tfg_graph_leave_gradient_override(g);
    TfgOp *e = make1(g, "Neg", NULL, a, &s);
    CHECK(tfg_attrs_string_is(&b->attrs, "_gradient_op_type", "Mine") && tfg_attrs_string_is(&b->attrs, "_kernel", "fast"));
    CHECK(tfg_attrs_string_is(&c->attrs, "_gradient_op_type", "Other"));
    CHECK(!tfg_attrs_find(&abs_op->attrs, "_gradient_op_type") && !tfg_attrs_find(&abs_op->attrs, "_kernel"));
    CHECK(tfg_attrs_string_is(&d->attrs, "_gradient_op_type", "Mine"));
    CHECK(!tfg_attrs_find(&e->attrs, "_gradient_op_type") && !tfg_attrs_find(&e->attrs, "_kernel"));
    tfg_graph_unref(g);
}

TEST(containers_and_functions)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    CHECK_STREQ(tfg_graph_set_container(g, "box", &s), "");
    TfgOp *v = ref_variable(g, "v", &s).op, *a = float_const(g, "a", 1, &s).op;
    CHECK_STREQ(tfg_graph_set_container(g, "", &s), "box");
    CHECK(tfg_attrs_string_is(&v->attrs, "container", "box"));
    CHECK(!tfg_attrs_find(&a->attrs, "container"));
    CHECK_OK(tfg_graph_add_function(g, "f", "body", 4, NULL, &s) == 0, s);
    CHECK_OK(tfg_graph_add_function(g, "f", "body", 4, "f_grad", &s) == 0, s);
    CHECK_FAILS(tfg_graph_add_function(g, "f", "other", 5, NULL, &s) == 0, s, TFG_INVALID_ARGUMENT,
                "Cannot add function 'f' because a different function with the same name already exists.");
    const void *def;
    size_t n;
    const char *grad;
    CHECK(tfg_graph_find_function(g, "f", &def, &n, &grad));
    CHECK_EQ_INT(n, 4);
    CHECK_STREQ(grad, "f_grad");
    CHECK(!tfg_graph_find_function(g, "g", &def, &n, &grad));
    CHECK_EQ_INT(tfg_graph_n_functions(g), 1);
    tfg_graph_unref(g);
}
