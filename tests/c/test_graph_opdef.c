/* The signature language, the registry, attributes as text, shape arithmetic. */
#include "graph/infer.h"
#include "graph_test.h"

static TfgArena arena;

static const TfgAttrDef *attr_of(const char *text, TfgStatus *s)
{
    TfgOpRow row = {.name = "Test", .attr = {text}};
    const TfgOpDef *d = tfg_op_def_parse(&row, &arena, s);
    return d ? &d->attr[0] : NULL;
}

/* The default as messages show it. */
static const char *default_of(const char *text)
{
    static char result[300];
    TfgStatus s = TFG_STATUS_INIT;
    TfgStr out_text = TFG_STR_INIT;
    const TfgAttrDef *a = attr_of(text, &s);
    if (a)
        tfg_attr_format(&a->default_value, &out_text);
    snprintf(result, sizeof result, "%s", a ? tfg_str_text(&out_text) : s.message);
    if (a)
        tfg_attr_drop_tensors((TfgAttr *)(uintptr_t)&a->default_value);
    tfg_str_fini(&out_text);
    tfg_status_fini(&s);
    return result;
}

TEST(attributes)
{
    TfgStatus s = TFG_STATUS_INIT;
    const TfgAttrDef *a = attr_of("N: int >= 2", &s);
    CHECK_OK(a, s);
    CHECK_STREQ(a->name, "N");
    CHECK_STREQ(a->type, "int");
    CHECK(a->has_minimum && !a->has_default && !a->is_list);
    CHECK_EQ_INT(a->minimum, 2);
    a = attr_of("T: {int32, half, double} = DT_HALF", &s);
    CHECK_STREQ(a->type, "type");
    CHECK_EQ_INT(a->n_allowed_types, 3);
    CHECK_EQ_INT(a->allowed_order[1], TFG_HALF);
    CHECK(a->allowed_types == (1ull << TFG_INT32 | 1ull << TFG_HALF | 1ull << TFG_DOUBLE));
    CHECK_EQ_INT(a->default_value.type, TFG_HALF);
    a = attr_of("s: {'NHWC', \"NC'HW\"} = 'NHWC'", &s);
    CHECK_STREQ(a->type, "string");
    CHECK_EQ_INT(a->n_allowed_strings, 2);
    CHECK_STREQ(a->allowed_strings[1].data, "NC'HW");
    a = attr_of("Tin: list({int32, string}) >= 0 = []", &s);
    CHECK_STREQ(a->type, "list(type)");
    CHECK(a->has_minimum && a->has_default && a->is_list);
    CHECK_EQ_INT(a->n_allowed_types, 2);
    a = attr_of("f: func", &s);
    CHECK_STREQ(a->type, "func");
    tfg_arena_fini(&arena);
}

TEST(defaults)
{
    CHECK_STREQ(default_of("a: int = -5"), "-5");
    CHECK_STREQ(default_of("a: float = 1e-05"), "1e-05");
    CHECK_STREQ(default_of("a: float = 0.9999"), "0.9999");
    CHECK_STREQ(default_of("a: bool = true"), "true");
    CHECK_STREQ(default_of("a: string = ''"), "\"\"");
    CHECK_STREQ(default_of("a: string = 'a\\n\"b\\''"), "\"a\\n\\\"b\\'\"");
    CHECK_STREQ(default_of("a: type = DT_STRING"), "DT_STRING");
    CHECK_STREQ(default_of("a: type = float"), "DT_FLOAT");
    CHECK_STREQ(default_of("a: shape = { unknown_rank: true }"), "<unknown>");
    CHECK_STREQ(default_of("a: shape = {}"), "[]");
    CHECK_STREQ(default_of("a: shape = { dim { size: 2 } dim { size: -1 } }"), "[2,?]");
    CHECK_STREQ(default_of("a: shape = [2,1]"), "[2,1]");
    CHECK_STREQ(default_of("a: list(int) = [1, 1, -3]"), "[1, 1, -3]");
    CHECK_STREQ(default_of("a: list(float) = [0.75, 1.33]"), "[0.75, 1.33]");
    CHECK_STREQ(default_of("a: list(bool) = [true, false]"), "[true, false]");
    CHECK_STREQ(default_of("a: list(string) = ['abc', '']"), "[\"abc\", \"\"]");
    CHECK_STREQ(default_of("a: list(shape) = [{}, { dim { size: 1 } }]"), "[[], [1]]");
    CHECK_STREQ(default_of("a: list(type) = [DT_INT32, DT_FLOAT]"), "[DT_INT32, DT_FLOAT]");
    CHECK_STREQ(default_of("a: tensor = { dtype: DT_UINT8 tensor_shape: { dim { size: 4 } } int_val: 255 int_val: 0 }"),
                "Tensor<type: uint8 shape: [4] values: 255 0 0...>");
    tfg_arena_fini(&arena);
}

TEST(mistakes)
{
    CHECK_STREQ(default_of("a int"), "Op Test: Expected ':' at 'int' of 'a int'");
    CHECK_STREQ(default_of("a: integer"), "Op Test: Expected the kind of an attribute at 'integer' of 'a: integer'");
    CHECK_STREQ(default_of("a: {int32, int99}"), "Op Test: Expected a type at '}' of 'a: {int32, int99}'");
    CHECK_STREQ(default_of("a: int = x"), "Op Test: Expected an integer at 'x' of 'a: int = x'");
    CHECK_STREQ(default_of("a: string = 'x"), "Op Test: Text without end at 'x' of 'a: string = 'x'");
    CHECK_STREQ(default_of("a: int = 1 2"), "Op Test: Extra text at '2' of 'a: int = 1 2'");
    tfg_arena_fini(&arena);
}

TEST(arguments)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgOpRow row = {.name = "Test", .in = {"a: T", "b: N * T", "c: Ref(float)", "d: Tin", "e: Ref(N * T)", "f: N * string"},
                    .out = {"y: int64"}, .attr = {"T: type", "N: int >= 1", "Tin: list(type)"}};
    const TfgOpDef *d = tfg_op_def_parse(&row, &arena, &s);
    CHECK_OK(d, s);
    CHECK_EQ_INT(d->n_in, 6);
    CHECK_STREQ(d->in[0].type_attr, "T");
    CHECK(!d->in[0].number_attr && !d->in[0].is_ref);
    CHECK_STREQ(d->in[1].number_attr, "N");
    CHECK_STREQ(d->in[1].type_attr, "T");
    CHECK(d->in[2].is_ref && d->in[2].type == TFG_FLOAT);
    CHECK_STREQ(d->in[3].type_list_attr, "Tin");
    CHECK(d->in[4].is_ref && d->in[4].number_index == 1);
    CHECK_EQ_INT(d->in[5].type, TFG_STRING);
    CHECK(d->attr[0].inferred && d->attr[1].inferred && d->attr[2].inferred);
    CHECK(!d->is_plain_io);
    TfgOpRow bad = {.name = "Bad", .in = {"a: U"}};
    CHECK_FAILS(tfg_op_def_parse(&bad, &arena, &s), s, TFG_INVALID_ARGUMENT, "Op Bad: Expected a type before at '' of 'a: U'");
    tfg_arena_fini(&arena);
}

TEST(registry)
{
    static const TfgOpRow rows[] = {{.name = "TestRegistryA"}, {.name = "TestRegistryB", .in = {"x: float"}}};
    static const TfgOpRow again[] = {{.name = "TestRegistryC"}, {.name = "TestRegistryA"}};
    static const TfgOpRow broken[] = {{.name = "TestRegistryBroken", .in = {"x"}}};
    TfgStatus s = TFG_STATUS_INIT;
    CHECK(!tfg_find_op_def("TestRegistryA"));
    CHECK_OK(tfg_register_ops(rows, 2, &s) == 0, s);
    CHECK_FAILS(tfg_register_ops(again, 2, &s) == 0, s, TFG_ALREADY_EXISTS, "Op with name TestRegistryA");
    CHECK(!tfg_find_op_def("TestRegistryC"));
    const TfgOpDef *d = tfg_find_op_def("TestRegistryB");
    CHECK(d && d == tfg_find_op_def("TestRegistryB"));
    CHECK_OK(tfg_register_ops(broken, 1, &s) == 0, s);
    CHECK(!tfg_find_op_def("TestRegistryBroken"));
    CHECK(!tfg_load_op_def("TestRegistryBroken", &s));
    CHECK_EQ_INT(s.code, TFG_INVALID_ARGUMENT);
    tfg_status_fini(&s);
}

/* Every built-in row can be read. */
TEST(all_ops)
{
    TfgStatus s = TFG_STATUS_INIT;
    CHECK_OK(tfg_init(&s) == 0, s);
    int n, wrong = 0;
    const char **names = tfg_op_def_names(&n);
    CHECK(names && n > 300);
    for (int i = 0; i < n; i++) {
        if (strncmp(names[i], "TestRegistry", 12) == 0 || tfg_load_op_def(names[i], &s))
            continue;
        fprintf(stderr, "%s\n", s.message);
        tfg_status_fini(&s);
        wrong++;
    }
    tfg_free(names);
    CHECK_EQ_INT(wrong, 0);
}

TEST(values)
{
    TfgStr text = TFG_STR_INIT;
    char long_text[101];
    memset(long_text, 'x', 100);
    long_text[100] = '\0';
    TfgAttr a = TFG_A_STRING(long_text);
    tfg_attr_format(&a, &text);
    CHECK_STREQ(tfg_str_text(&text), "\"xxxxxxxxxx...xxxxxxxxxx\"");
    tfg_str_fini(&text);
    float nan = __builtin_nanf("");
    TfgAttr b = TFG_A_FLOAT(nan), c = TFG_A_FLOAT(nan), zero = TFG_A_FLOAT(0.0f), minus = TFG_A_FLOAT(-0.0f);
    CHECK(tfg_attr_equal(&b, &c));
    CHECK(!tfg_attr_equal(&zero, &minus));
    TfgAttr empty_ints = {.kind = TFG_ATTR_INT, .is_list = true}, empty_none = {.is_list = true};
    CHECK(tfg_attr_equal(&empty_ints, &empty_none));
    CHECK(!tfg_attr_equal(&a, &b));
}

static const char *broadcast(int ra, const int64_t *a, int rb, const int64_t *b)
{
    static char result[200];
    TfgShape x, y, z;
    TfgStatus s = TFG_STATUS_INIT;
    TfgStr text = TFG_STR_INIT;
    tfg_shape_set(&x, ra, a);
    tfg_shape_set(&y, rb, b);
    if (tfg_broadcast_shape(&x, &y, &z, &s) == 0)
        tfg_shape_format(&z, &text);
    snprintf(result, sizeof result, "%s", s.code ? s.message : tfg_str_text(&text));
    tfg_str_fini(&text);
    tfg_status_fini(&s);
    return result;
}

TEST(broadcasting)
{
    CHECK_STREQ(broadcast(0, NULL, 2, (int64_t[]){2, 3}), "[2,3]");
    CHECK_STREQ(broadcast(2, (int64_t[]){2, 1}, 1, (int64_t[]){5}), "[2,5]");
    CHECK_STREQ(broadcast(-1, NULL, 1, (int64_t[]){5}), "?");
    CHECK_STREQ(broadcast(1, (int64_t[]){-1}, 1, (int64_t[]){5}), "[5]");
    CHECK_STREQ(broadcast(1, (int64_t[]){-1}, 1, (int64_t[]){1}), "[?]");
    CHECK_STREQ(broadcast(1, (int64_t[]){-1}, 1, (int64_t[]){0}), "[?]");
    CHECK_STREQ(broadcast(1, (int64_t[]){0}, 1, (int64_t[]){1}), "[0]");
    CHECK_STREQ(broadcast(2, (int64_t[]){2, 3}, 2, (int64_t[]){4, 3}), "Dimensions must be equal, but are 2 and 4");
}

TEST(shape_arithmetic)
{
    TfgShape a = {.rank = 3, .dims = {2, -1, 4}}, b = {.rank = 3, .dims = {-1, 3, 4}}, c;
    TfgStatus s = TFG_STATUS_INIT;
    int64_t d;
    CHECK(tfg_merge_shape(&a, &b, &c, &s) == 0 && c.dims[0] == 2 && c.dims[1] == 3);
    b.dims[2] = 5;
    CHECK_FAILS(tfg_merge_shape(&a, &b, &c, &s) == 0, s, TFG_INVALID_ARGUMENT,
                "Dimension 2 in both shapes must be equal, but are 4 and 5. Shapes are [2,?,4] and [?,3,5].");
    CHECK_FAILS(tfg_want_rank(&a, 2, &c, &s) == 0, s, TFG_INVALID_ARGUMENT, "Shape must be rank 2 but is rank 3");
    CHECK_FAILS(tfg_divide_dim(5, 2, true, &d, &s) == 0, s, TFG_INVALID_ARGUMENT,
                "Dimension size must be evenly divisible by 2 but is 5");
    CHECK(tfg_sub_shape(&a, -1, INT32_MAX, &c) == 0 && c.rank == 1 && c.dims[0] == 4);
    CHECK(tfg_sub_shape(&a, 2, 1, &c) == 0 && c.rank == 0);
    CHECK_EQ_INT(tfg_dim(&a, -1), 4);
    CHECK_EQ_INT(tfg_multiply_dim(0, -1), 0);
    CHECK_EQ_INT(tfg_multiply_dim(INT64_MAX, 2), -1);
    CHECK_EQ_INT(tfg_add_dim(3, -1), -1);
}
