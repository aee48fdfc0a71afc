/* Adding operations: attributes from inputs, checks, shapes, failures. */
#include "graph_test.h"

static void check_shape(TfgOutput o, const char *wanted)
{
    TfgShape shape;
    TfgStr text = TFG_STR_INIT;
    tfg_output_shape(o, &shape);
    tfg_shape_format(&shape, &text);
    if (strcmp(tfg_str_text(&text), wanted) != 0) {
        fprintf(stderr, "%s has shape %s, not %s\n", o.op->name, tfg_str_text(&text), wanted);
        test_broken = true;
    }
    tfg_str_fini(&text);
}

TEST(const_and_add)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput a = float_const(g, "a", 1, &s), b = float_const(g, "b", 2, &s);
    TfgOp *c = make2(g, "Add", NULL, a, b, &s);
    CHECK_OK(c, s);
    CHECK_EQ_INT(c->id, 3);
    CHECK_EQ_INT(c->index, 2);
    CHECK_EQ_INT(tfg_graph_version(g), 3);
    CHECK_EQ_INT(tfg_graph_n_ops(g), 3);
    CHECK_EQ_INT(tfg_output_dtype(out(c, 0)), TFG_FLOAT);
    CHECK_EQ_INT(tfg_attrs_type(&c->attrs, "T"), TFG_FLOAT);
    check_shape(out(c, 0), "[]");
    CHECK_EQ_INT(a.op->outputs[0].n_uses, 1);
    CHECK(a.op->outputs[0].uses[0].op == c);
    CHECK_GRAPH(g, "a Const\nb Const\nAdd Add a,b\n");
    tfg_graph_unref(g);
}

TEST(lists_and_types)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput in[3] = {float_const(g, "a", 1, &s), float_const(g, "b", 2, &s), int_const(g, "i", 0, (int32_t[]){7}, 0, &s)};
    TfgOp *pack = tfg_graph_make(g, "Pack", NULL, in, 2, NULL, 0, &s);
    CHECK_OK(pack, s);
    CHECK_EQ_INT(tfg_attrs_int(&pack->attrs, "N"), 2);
    CHECK_EQ_INT(tfg_attrs_int(&pack->attrs, "axis"), 0);
    check_shape(out(pack, 0), "[2]");
    TfgOp *mixed = tfg_graph_make(g, "IdentityN", NULL, in, 3, NULL, 0, &s);
    CHECK_OK(mixed, s);
    CHECK_EQ_INT(mixed->n_outputs, 3);
    CHECK_EQ_INT(mixed->outputs[2].dtype, TFG_INT32);
    CHECK_FAILS(tfg_graph_make(g, "Pack", NULL, in, 3, NULL, 0, &s), s, TFG_TYPE_ERROR,
                "Tensors in list passed to 'values' of 'Pack' Op have types [float32, float32, int32] that don't all match.");
    CHECK_FAILS(tfg_graph_make(g, "Pack", NULL, in, 0, NULL, 0, &s), s, TFG_VALUE_ERROR,
                "List argument 'values' to 'Pack' Op with length 0 shorter than minimum length 1.");
    CHECK_FAILS(make2(g, "Add", NULL, in[0], in[2], &s), s, TFG_TYPE_ERROR,
                "Input 'y' of 'Add' Op has type int32 that does not match type float32 of argument 'x'.");
    CHECK_FAILS(make1(g, "LogicalNot", NULL, in[0], &s), s, TFG_TYPE_ERROR,
                "Input 'x' of 'LogicalNot' Op has type float32 that does not match expected type of bool.");
    CHECK_FAILS(make1(g, "Softplus", NULL, in[2], &s), s, TFG_TYPE_ERROR,
                "Value passed to parameter 'features' has DataType int32 not in list of allowed values: float16, bfloat16, float32, "
                "float64");
    CHECK_FAILS(make1(g, "Cast", NULL, in[0], &s), s, TFG_TYPE_ERROR, "No argument for attr DstT");
    CHECK_FAILS(make2(g, "Assign", NULL, in[0], in[1], &s), s, TFG_TYPE_ERROR,
                "'Assign' Op requires that input 'ref' be a mutable tensor (e.g.: a tf.Variable)");
    CHECK_FAILS(make1(g, "Add", NULL, in[0], &s), s, TFG_VALUE_ERROR, "1 inputs do not fit the arguments of op 'Add'");
    CHECK(!make1(g, "NoSuchOp", NULL, in[0], &s));
    CHECK_EQ_INT(s.code, TFG_NOT_FOUND);
    CHECK(strstr(s.message, "Op type not registered 'NoSuchOp' in binary running on"));
    tfg_status_fini(&s);
    CHECK_OK(tfg_graph_check(g, &s) == 0, s);
    tfg_graph_unref(g);
}

TEST(attributes)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput a = float_const(g, "a", 1, &s);
    TfgNamedAttr bad_name[] = {{"zz", TFG_A_INT(1)}}, bad_kind[] = {{"DstT", TFG_A_INT(1)}};
    TfgNamedAttr private[] = {{"_mine", TFG_A_STRING("x")}, {"DstT", TFG_A_TYPE(TFG_INT64)}};
    CHECK_FAILS(tfg_graph_make(g, "Neg", NULL, &a, 1, bad_name, 1, &s), s, TFG_TYPE_ERROR,
                "apply_op() got unexpected keyword arguments: zz");
    CHECK_FAILS(tfg_graph_make(g, "Cast", NULL, &a, 1, bad_kind, 1, &s), s, TFG_TYPE_ERROR,
                "AttrValue had value with type 'int' when 'type' expected for attr 'DstT'");
    TfgOp *op = tfg_graph_make(g, "Cast", NULL, &a, 1, private, 2, &s);
    CHECK_OK(op, s);
    CHECK(tfg_attrs_string_is(&op->attrs, "_mine", "x"));
    CHECK_STREQ(op->attrs.items[op->attrs.n - 1].name, "_mine");
    TfgAttr v = TFG_A_INT(3);
    CHECK_OK(tfg_op_set_attr(op, "_other", &v, &s) == 0, s);
    v.i = 4;
    CHECK_OK(tfg_op_set_attr(op, "_other", &v, &s) == 0, s);
    CHECK_EQ_INT(tfg_attrs_int(&op->attrs, "_other"), 4);
    CHECK(tfg_attrs_string_is(&op->attrs, "_mine", "x"));
    TfgNamedAttr strings[] = {{"data_format", TFG_A_STRING("WRONG")}};
    TfgOutput in[2] = {a, a};
    CHECK_FAILS(tfg_graph_make(g, "BiasAdd", NULL, in, 2, strings, 1, &s), s, TFG_VALUE_ERROR,
                "Attr 'data_format' of 'BiasAdd' Op passed string 'WRONG' not in: \"NHWC\", \"NCHW\".");
    tfg_graph_unref(g);
}

TEST(shape_errors)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput a = placeholder(g, "a", TFG_FLOAT, 2, (int64_t[]){2, 3}, &s), b = placeholder(g, "b", TFG_FLOAT, 2, (int64_t[]){4, 5}, &s);
    CHECK_FAILS(make2(g, "MatMul", NULL, a, b, &s), s, TFG_VALUE_ERROR,
                "Dimensions must be equal, but are 3 and 4 for 'MatMul' (op: 'MatMul') with input shapes: [2,3], [4,5].");
    CHECK_FAILS(make2(g, "Add", "add", a, b, &s), s, TFG_VALUE_ERROR,
                "Dimensions must be equal, but are 2 and 4 for 'add' (op: 'Add') with input shapes: [2,3], [4,5].");
    TfgOutput shape = int_const(g, "shape", 1, (int32_t[]){4, 2}, 2, &s), axis = int_const(g, "axis", 0, (int32_t[]){3}, 0, &s);
    CHECK_FAILS(make2(g, "Reshape", NULL, a, shape, &s), s, TFG_VALUE_ERROR,
                "Cannot reshape a tensor with 6 elements to shape [4,2] (8 elements) for 'Reshape' (op: 'Reshape') with input shapes: "
                "[2,3], [2] and with input tensors computed as partial shapes: input[1] = [4,2].");
    CHECK_FAILS(make2(g, "Sum", NULL, a, axis, &s), s, TFG_VALUE_ERROR,
                "Invalid reduction dimension 3 for input with 2 dimensions. for 'Sum' (op: 'Sum') with input shapes: [2,3], [] and with "
                "computed input tensors: input[1] = <3>.");
    TfgOutput perm = int_const(g, "perm", 1, (int32_t[]){0, 1, 2}, 3, &s);
    CHECK_FAILS(make2(g, "Transpose", "transpose", a, perm, &s), s, TFG_VALUE_ERROR,
                "Dimension must be 2 but is 3 for 'transpose' (op: 'Transpose') with input shapes: [2,3], [3].");
    /* Each failed op took an id, as in TensorFlow: seeds are made of ids. */
    CHECK_EQ_INT(tfg_graph_seed_taken(g), 10);
    CHECK_EQ_INT(tfg_graph_n_ops(g), 5);
    CHECK_OK(tfg_graph_check(g, &s) == 0, s);
    tfg_graph_unref(g);
}

TEST(shapes_through_the_graph)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, 3, (int64_t[]){-1, 4, 6}, &s);
    TfgOutput shape = out(make1(g, "Shape", NULL, x, &s), 0);
    TfgOutput zero = int_const(g, "zero", 1, (int32_t[]){0}, 1, &s), one = int_const(g, "one", 1, (int32_t[]){1}, 1, &s);
    TfgOutput slice_in[4] = {shape, zero, one, one};
    TfgOutput first = out(tfg_graph_make(g, "StridedSlice", NULL, slice_in, 4, NULL, 0, &s), 0);
    TfgOutput minus = int_const(g, "minus", 1, (int32_t[]){24}, 1, &s), axis = int_const(g, "axis", 0, (int32_t[]){0}, 0, &s);
    TfgOutput concat_in[3] = {first, minus, axis};
    TfgOutput joined = out(tfg_graph_make(g, "ConcatV2", NULL, concat_in, 3, NULL, 0, &s), 0);
    TfgOp *y = make2(g, "Reshape", NULL, x, joined, &s);
    CHECK_OK(y, s);
    check_shape(out(y, 0), "[?,24]");
    TfgOutput n = int_const(g, "n", 0, (int32_t[]){5}, 0, &s), unknown = placeholder(g, "u", TFG_INT32, 0, NULL, &s);
    TfgOutput pack_in[2] = {n, unknown};
    TfgOutput dims = out(tfg_graph_make(g, "Pack", NULL, pack_in, 2, NULL, 0, &s), 0);
    TfgOp *filled = make2(g, "Fill", NULL, dims, float_const(g, "v", 0, &s), &s);
    CHECK_OK(filled, s);
    check_shape(out(filled, 0), "[5,?]");
    TfgShape more = {.rank = 2, .dims = {5, 7}}, wrong = {.rank = 2, .dims = {6, 7}};
    CHECK_OK(tfg_output_set_shape(out(filled, 0), &more, &s) == 0, s);
    check_shape(out(filled, 0), "[5,7]");
    CHECK_FAILS(tfg_output_set_shape(out(filled, 0), &wrong, &s) == 0, s, TFG_VALUE_ERROR,
                "Dimension 0 in both shapes must be equal, but are 5 and 6. Shapes are [5,7] and [6,7].");
    tfg_graph_unref(g);
}

TEST(finalized)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    tfg_graph_finalize(g, true);
    CHECK_FAILS(float_const(g, "a", 1, &s).op, s, TFG_RUNTIME_ERROR, "Graph is finalized and cannot be modified.");
    tfg_graph_finalize(g, false);
    CHECK_OK(float_const(g, "a", 1, &s).op, s);
    tfg_graph_unref(g);
}

TEST(mutations)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput a = float_const(g, "a", 1, &s), b = float_const(g, "b", 2, &s), i = int_const(g, "i", 0, (int32_t[]){1}, 0, &s);
    TfgOutput m = placeholder(g, "m", TFG_FLOAT, 1, (int64_t[]){3}, &s);
    TfgOp *c = make2(g, "Add", NULL, a, a, &s);
    CHECK_OK(tfg_op_update_input(c, 1, b, &s) == 0, s);
    CHECK_EQ_INT(a.op->outputs[0].n_uses, 1);
    CHECK_OK(tfg_op_update_input(c, 1, b, &s) == 0, s);
    CHECK_FAILS(tfg_op_update_input(c, 1, i, &s) == 0, s, TFG_TYPE_ERROR,
                "Input 1 of node Add was passed int32 from i:0 incompatible with expected float.");
    CHECK_FAILS(tfg_op_update_input(c, 1, m, &s) == 0, s, TFG_INVALID_ARGUMENT,
                "Cannot update edge, incompatible shapes: [3] and [].");
    CHECK_FAILS(tfg_op_update_input(c, 2, b, &s) == 0, s, TFG_OUT_OF_RANGE,
                "Cannot update edge. Input index [2] is greater than the number of total inputs [2].");
    TfgOp *controls[] = {i.op, m.op, i.op};
    CHECK_OK(tfg_op_add_controls(c, controls, 3, &s) == 0, s);
    CHECK_GRAPH(g, "a Const\nb Const\ni Const\nm Placeholder\nAdd Add a,b,^i,^m\n");
    CHECK_OK(tfg_op_remove_controls(c, &s) == 0, s);
    CHECK_OK(tfg_op_set_device_name(c, "/device:CPU:0", &s) == 0, s);
    CHECK_GRAPH(g, "a Const\nb Const\ni Const\nm Placeholder\nAdd Add a,b /device:CPU:0\n");
    CHECK(c->version >= 5);
    tfg_graph_unref(g);
}

TEST(builder)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    float three = 3;
    TfgTensor *t = tfg_tensor_new_scalar(TFG_FLOAT, &three, &s);
    TfgOpBuilder *b = tfg_op_begin(g, "Const", "three", &s);
    tfg_op_set_attr_tensor(b, "value", t);
    tfg_op_set_attr_type(b, "dtype", TFG_FLOAT);
    TfgOp *c = tfg_op_finish(b, &s);
    tfg_tensor_unref(t);
    CHECK_OK(c, s);
    b = tfg_op_begin(g, "Transpose", NULL, &s);
    tfg_op_add_input(b, out(c, 0));
    CHECK(!tfg_op_finish(b, &s));
    tfg_status_fini(&s);
    TfgShape shape = {.rank = 1, .dims = {-1}};
    b = tfg_op_begin(g, "Placeholder", "p", &s);
    tfg_op_set_attr_type(b, "dtype", TFG_FLOAT);
    tfg_op_set_attr_shape(b, "shape", &shape);
    tfg_op_add_control_input(b, c);
    tfg_op_set_device(b, "/device:CPU:0");
    CHECK_OK(tfg_op_finish(b, &s), s);
    CHECK_GRAPH(g, "three Const\np Placeholder ^three /device:CPU:0\n");
    CHECK(!tfg_op_begin(g, "Nothing", NULL, &s));
    CHECK_EQ_INT(s.code, TFG_NOT_FOUND);
    tfg_status_fini(&s);
    tfg_graph_unref(g);
}

/* Everything add_op allocates, failing once: the graph is as it was, and the next try succeeds. */
static bool build_some(TfgGraph *g, TfgStatus *s)
{
    const char *saved;
    bool ok = false;
    if (!tfg_graph_enter_scope(g, "SomeScope", &saved, s))
        return false;
    TfgOutput a = float_const(g, "First", 1, s), b = a.op ? float_const(g, NULL, 2, s) : a;
    TfgOp *c = b.op ? make2(g, "Add", NULL, a, b, s) : NULL;
    if (!c || tfg_graph_enter_controls(g, &c, 1, false, s) < 0)
        goto done;
    if (tfg_graph_enter_colocation(g, c, false, s) == 0) {
        TfgOutput in[6] = {a, b, a, b, a, b};
        TfgOp *p = tfg_graph_make(g, "Pack", "MyName", in, 6, NULL, 0, s);
        TfgOutput dims = p ? int_const(g, "dims", 1, (int32_t[]){3, 2}, 2, s) : a;
        ok = p && dims.op && make2(g, "Reshape", NULL, out(p, 0), dims, s);
        tfg_graph_leave_colocation(g);
    }
    tfg_graph_leave_controls(g);
done:
    tfg_graph_leave_scope(g, saved);
    return ok;
}

TEST(failing_allocations)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *warm = tfg_graph_new(&s);
    CHECK_OK(build_some(warm, &s), s);
    tfg_graph_unref(warm);
    int64_t live = tfg_alloc_live();
    bool done = false;
    for (int64_t n = 1; !done; n++) {
        TfgGraph *g = tfg_graph_new(&s);
        CHECK_OK(g, s);
        tfg_alloc_fail_at(n);
        bool ok = build_some(g, &s);
        bool fired = tfg_alloc_failed();
        tfg_alloc_fail_at(0);
        CHECK(ok != fired);
        if (!ok)
            CHECK_EQ_INT(s.code, TFG_RESOURCE_EXHAUSTED);
        tfg_status_fini(&s);
        CHECK_OK(tfg_graph_check(g, &s) == 0, s);
        CHECK_OK(build_some(g, &s), s);
        CHECK_OK(tfg_graph_check(g, &s) == 0, s);
        tfg_graph_unref(g);
        CHECK_EQ_INT(tfg_alloc_live(), live);
        done = !fired;
        CHECK(n < 1000);
    }
}

TEST(many_controls)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    enum { N = 30000 };
    TfgOp **ops = tfg_alloc(2 * N * sizeof *ops);
    for (int i = 0; i < N; i++)
        ops[2 * i] = ops[2 * i + 1] = float_const(g, "c", 1, &s).op;
    CHECK_OK(tfg_graph_enter_controls(g, ops, 2 * N, false, &s) == 0, s);
    TfgOpSpec spec = {.def = tfg_find_op_def("NoOp"), .name = "all", .controls = ops, .n_controls = 2 * N};
    TfgOp *all = tfg_graph_add_op(g, &spec, &s);
    CHECK_OK(all, s);
    CHECK_EQ_INT(all->n_controls, N);
    CHECK(all->controls[0] == ops[0] && all->controls[N - 1] == ops[2 * N - 1]);
    tfg_graph_leave_controls(g);
    tfg_free(ops);
    tfg_graph_unref(g);
}

TEST(many_ops_stay_put)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput x = float_const(g, "x", 1, &s);
    TfgOp *first = x.op;
    for (int i = 0; i < 5000; i++) {
        TfgOp *op = make2(g, "Add", NULL, x, out(first, 0), &s);
        CHECK_OK(op, s);
        CHECK(tfg_graph_op(g, i + 1) == op);
        x = out(op, 0);
    }
    CHECK(tfg_graph_op(g, 0) == first);
    CHECK_EQ_INT(first->outputs[0].n_uses, 5001);
    CHECK_STREQ(x.op->name, "Add_4999");
    CHECK_OK(tfg_graph_check(g, &s) == 0, s);
    tfg_graph_unref(g);
}
