/* Dtypes, shapes, tensors, their text, and the 16-bit floats over all their values. */
#include <math.h>

#include "base/memory.h"
#include "tensor/dtype.h"
#include "tensor/half.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "test.h"

TEST(dtype_names)
{
    CHECK_STREQ(tfg_dtype_name(TFG_FLOAT), "float32");
    CHECK_STREQ(tfg_dtype_name((TfgDType)(TFG_HALF + TFG_REF)), "float16_ref");
    CHECK_STREQ(tfg_dtype_enum_name((TfgDType)(TFG_BOOL + TFG_REF)), "DT_BOOL_REF");
    CHECK_STREQ(tfg_dtype_signature_name(TFG_DOUBLE), "double");
    for (int d = 1; d < TFG_N_DTYPES; d++)
        for (int ref = 0; ref <= TFG_REF; ref += TFG_REF) {
            TfgDType t = (TfgDType)(d + ref);
            CHECK(tfg_dtype_is_valid(t) && tfg_dtype_size(t) > 0);
            CHECK_EQ_INT(tfg_dtype_parse(tfg_dtype_name(t), strlen(tfg_dtype_name(t))), t);
            CHECK_EQ_INT(tfg_dtype_parse(tfg_dtype_enum_name(t), strlen(tfg_dtype_enum_name(t))), t);
            CHECK_EQ_INT(tfg_dtype_parse(tfg_dtype_signature_name(t), strlen(tfg_dtype_signature_name(t))), t);
        }
    CHECK_EQ_INT(tfg_dtype_parse("floa", 4), TFG_INVALID);
    CHECK(!tfg_dtype_is_valid(0) && !tfg_dtype_is_valid(24) && !tfg_dtype_is_valid(100) && !tfg_dtype_is_valid(-1) && !tfg_dtype_is_valid(124));
    CHECK(tfg_dtype_is_plain(TFG_QINT8) && !tfg_dtype_is_plain(TFG_STRING) && !tfg_dtype_is_plain(TFG_VARIANT));
}

/* The value of a 16-bit float by its definition. */
static double half_value(unsigned h, int exponent_bits, int mantissa_bits)
{
    int e = (int)(h >> mantissa_bits) & ((1 << exponent_bits) - 1), bias = (1 << (exponent_bits - 1)) - 1;
    double m = h & ((1u << mantissa_bits) - 1), sign = h >> 15 ? -1.0 : 1.0, one = 1 << mantissa_bits;
    if (e == (1 << exponent_bits) - 1)
        return m > 0 ? (double)NAN : sign * (double)INFINITY;
    return sign * (e ? ldexp(1 + m / one, e - bias) : ldexp(m / one, 1 - bias));
}

typedef struct Format {
    int exponent_bits, mantissa_bits;
    float (*to_float)(uint16_t);
    uint16_t (*from_float)(float);
} Format;

static const Format formats[] = {
    {5, 10, tfg_half_to_float, tfg_float_to_half}, {8, 7, tfg_bfloat16_to_float, tfg_float_to_bfloat16}};

TEST(all_halves_to_float_and_back)
{
    for (int f = 0; f < 2; f++)
        for (unsigned h = 0; h < 65536; h++) {
            double want = half_value(h, formats[f].exponent_bits, formats[f].mantissa_bits);
            float x = formats[f].to_float((uint16_t)h);
            if (isnan(want)) {
                CHECK(isnan(x) && isnan(formats[f].to_float(formats[f].from_float(x))));
                CHECK_EQ_INT(signbit(x) != 0, h >> 15);
            } else {
                CHECK((double)x == want && (signbit(x) != 0) == (h >> 15));
                CHECK_EQ_INT(formats[f].from_float(x), h);
            }
        }
}

/* Between two neighbours: below the middle down, above it up, in the middle to the even one. */
TEST(halves_round_to_nearest_even)
{
    for (int f = 0; f < 2; f++) {
        unsigned infinity = f ? 0x7f80 : 0x7c00;
        for (unsigned h = 0; h < infinity; h++) {
            double a = half_value(h, formats[f].exponent_bits, formats[f].mantissa_bits);
            double b = h + 1 == infinity ? a * 2 - half_value(h - 1, formats[f].exponent_bits, formats[f].mantissa_bits)
                                         : half_value(h + 1, formats[f].exponent_bits, formats[f].mantissa_bits);
            if (f == 1 && h + 1 == infinity)
                b = ldexp(1, 128);
            else if (h + 1 == infinity)
                b = 65536;
            float middle = (float)((a + b) / 2);
            CHECK((double)middle == (a + b) / 2);
            CHECK_EQ_INT(formats[f].from_float(middle), h + (h & 1));
            CHECK_EQ_INT(formats[f].from_float(nextafterf(middle, 0)), h);
            CHECK_EQ_INT(formats[f].from_float(nextafterf(middle, INFINITY)), h + 1);
            CHECK_EQ_INT(formats[f].from_float(-middle), 0x8000 + h + (h & 1));
        }
        CHECK_EQ_INT(formats[f].from_float(INFINITY), infinity);
        CHECK_EQ_INT(formats[f].from_float(3.4028235e38f), infinity);
    }
}

static void set(TfgShape *s, int rank, int64_t a, int64_t b)
{
    tfg_shape_set(s, rank, (int64_t[]){a, b});
}

TEST(shapes)
{
    TfgShape a, b;
    TfgStr text = TFG_STR_INIT;
    set(&a, 2, 2, -1);
    set(&b, 2, -1, 3);
    CHECK(!tfg_shape_is_full(&a) && tfg_shape_compatible(&a, &b) && !tfg_shape_equal(&a, &b));
    CHECK_EQ_INT(tfg_shape_count(&a), -1);
    tfg_shape_format(&a, &text);
    CHECK_EQ_INT(tfg_shape_merge(&a, &b), 0);
    tfg_shape_format(&a, &text);
    tfg_shape_set_unknown(&b);
    tfg_shape_format(&b, &text);
    tfg_shape_set_scalar(&b);
    tfg_shape_format(&b, &text);
    CHECK_STREQ(text.data, "[2,?][2,3]?[]");
    CHECK_EQ_INT(tfg_shape_count(&a), 6);
    CHECK_EQ_INT(tfg_shape_count(&b), 1);
    set(&b, 2, 2, 4);
    CHECK_EQ_INT(tfg_shape_merge(&a, &b), -1);
    CHECK_EQ_INT(a.dims[1], 3);
    set(&b, 2, INT64_MAX / 2, 3);
    CHECK_EQ_INT(tfg_shape_count(&b), -2);
    set(&b, 2, INT64_MAX, 0);
    CHECK_EQ_INT(tfg_shape_count(&b), 0);
    tfg_str_fini(&text);
    TfgArena arena;
    tfg_arena_init(&arena);
    const TfgDims *d = tfg_dims_new(&arena, &a);
    tfg_shape_from_dims(&b, d);
    CHECK(tfg_shape_equal(&a, &b));
    tfg_shape_from_dims(&b, NULL);
    CHECK_EQ_INT(b.rank, -1);
    CHECK(tfg_dims_new(&arena, &b) == NULL);
    tfg_arena_fini(&arena);
}

TEST(broadcast)
{
    TfgShape out;
    CHECK_EQ_INT(tfg_shape_broadcast_known(&out, 2, (int64_t[]){4, 1}, 3, (int64_t[]){2, 1, 3}), 0);
    CHECK(out.rank == 3 && out.dims[0] == 2 && out.dims[1] == 4 && out.dims[2] == 3);
    CHECK_EQ_INT(tfg_shape_broadcast_known(&out, 1, (int64_t[]){0}, 1, (int64_t[]){1}), 0);
    CHECK_EQ_INT(out.dims[0], 0);
    CHECK_EQ_INT(tfg_shape_broadcast_known(&out, 1, (int64_t[]){2}, 1, (int64_t[]){3}), -1);
    CHECK_EQ_INT(tfg_shape_broadcast_known(&out, 0, NULL, 0, NULL), 0);
    CHECK_EQ_INT(out.rank, 0);
}

TEST(tensor_life)
{
    TfgStatus s = TFG_STATUS_INIT;
    int64_t dims[8] = {2, 3, 1, 1, 1, 1, 1, 2};
    TfgTensor *t = tfg_tensor_new_zeros(TFG_INT32, 8, dims, &s);
    CHECK_OK(t, s);
    CHECK(tfg_tensor_count(t) == 12 && tfg_tensor_nbytes(t) == 48 && (uintptr_t)t->data % 64 == 0);
    CHECK(tfg_tensor_is_exclusive(t));
    TfgTensor *v = tfg_tensor_view(t, TFG_FLOAT, 1, (int64_t[]){12}, &s);
    CHECK(v && v->data == t->data && !tfg_tensor_is_exclusive(t));
    TfgTensor *c = tfg_tensor_copy(t, &s);
    CHECK(c && tfg_tensor_equal(c, t) && !tfg_tensor_equal(c, v) && tfg_tensor_is_exclusive(c));
    ((int32_t *)c->data)[5] = 7;
    CHECK(!tfg_tensor_equal(c, t) && tfg_tensor_same_shape(c, t));
    CHECK_EQ_INT(tfg_tensor_int(c, 5), 7);
    tfg_tensor_unref(tfg_tensor_ref(c));
    tfg_tensor_unref(c);
    tfg_tensor_unref(t);
    CHECK(tfg_tensor_is_exclusive(v));
    tfg_tensor_unref(v);
    tfg_tensor_unref(NULL);
    float f = 2.5f;
    t = tfg_tensor_new_scalar(TFG_FLOAT, &f, &s);
    CHECK(t && t->rank == 0 && tfg_tensor_double(t, 0) == 2.5);
    tfg_tensor_unref(t);
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

TEST(tensor_too_big)
{
    TfgStatus s = TFG_STATUS_INIT;
    CHECK(!tfg_tensor_new(TFG_FLOAT, 2, (int64_t[]){1000000, 10000000}, &s));
    CHECK_EQ_INT(s.code, TFG_RESOURCE_EXHAUSTED);
    CHECK_STREQ(s.message, "OOM when allocating tensor with shape[1000000,10000000] and type float on "
                "/job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu");
    CHECK(!tfg_tensor_new(TFG_DOUBLE, 3, (int64_t[]){INT64_MAX, INT64_MAX, 2}, &s));
    CHECK_EQ_INT(s.code, TFG_RESOURCE_EXHAUSTED);
    CHECK(!tfg_tensor_new(TFG_DOUBLE, 1, (int64_t[]){INT64_MAX / 4}, &s));
    CHECK_EQ_INT(s.code, TFG_RESOURCE_EXHAUSTED);
    CHECK(!tfg_tensor_new(TFG_DOUBLE, 1, (int64_t[]){-1}, &s));
    CHECK_EQ_INT(s.code, TFG_INVALID_ARGUMENT);
    tfg_status_fini(&s);
    TfgTensor *t = tfg_tensor_new(TFG_DOUBLE, 3, (int64_t[]){INT64_MAX, 0, INT64_MAX}, &s);
    CHECK_OK(t, s);
    CHECK_EQ_INT(tfg_tensor_count(t), 0);
    tfg_tensor_unref(t);
    for (int n = 1;; n++) {
        tfg_alloc_fail_at(n);
        t = tfg_tensor_new(TFG_FLOAT, 7, (int64_t[]){1, 1, 1, 1, 1, 1, 5000}, &s);
        bool failed = tfg_alloc_failed();
        tfg_alloc_fail_at(0);
        CHECK((t == NULL) == failed);
        tfg_status_fini(&s);
        tfg_tensor_unref(t);
        CHECK_EQ_INT(tfg_alloc_live(), 0);
        if (!failed)
            break;
        CHECK(n < 10);
    }
}

TEST(string_tensors)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *t = tfg_tensor_new(TFG_STRING, 1, (int64_t[]){3}, &s);
    CHECK_OK(t, s);
    TfgString *e = t->data;
    CHECK(e[2].n == 0 && e[2].data == NULL);
    tfg_string_set(&e[0], "a\0b", 3);
    tfg_string_set(&e[0], "xyz\n\"\x01", 6);
    tfg_string_set(&e[1], "q", 1);
    TfgTensor *c = tfg_tensor_copy(t, &s);
    CHECK(c && tfg_tensor_equal(c, t));
    tfg_string_set(&((TfgString *)c->data)[1], "", 0);
    CHECK(!tfg_tensor_equal(c, t));
    TfgStr text = TFG_STR_INIT;
    tfg_tensor_summarize(t, 2, &text);
    CHECK_STREQ(text.data, "xyz\\n\\\"\\001 q...");
    tfg_str_fini(&text);
    tfg_tensor_unref(t);
    tfg_tensor_unref(c);
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

static const char *summary(const TfgTensor *t, int64_t max)
{
    static char kept[400];
    TfgStr text = TFG_STR_INIT;
    tfg_tensor_summarize(t, max, &text);
    snprintf(kept, sizeof kept, "%s", tfg_str_text(&text));
    tfg_str_fini(&text);
    return kept;
}

/* What Print of 1.12.3 wrote for the same values. */
TEST(summaries)
{
    TfgStatus s = TFG_STATUS_INIT;
    int32_t ints[24];
    for (int i = 0; i < 24; i++)
        ints[i] = i;
    TfgTensor *t = tfg_tensor_wrap_steal(TFG_INT32, 2, (int64_t[]){3, 2}, ints + 1, NULL, &s);
    CHECK_STREQ(summary(t, 3), "[1 2][3...]...");
    CHECK_STREQ(summary(t, 2), "[1 2]...");
    CHECK_STREQ(summary(t, 4), "[1 2][3 4]...");
    CHECK_STREQ(summary(t, -1), "[1 2][3 4][5 6]");
    CHECK_STREQ(summary(t, 0), "...");
    tfg_tensor_unref(t);
    t = tfg_tensor_wrap_steal(TFG_INT32, 3, (int64_t[]){2, 3, 4}, ints, NULL, &s);
    CHECK_STREQ(summary(t, 3), "[[0 1 2...]]...");
    tfg_tensor_unref(t);
    t = tfg_tensor_wrap_steal(TFG_INT32, 3, (int64_t[]){2, 2, 3}, ints, NULL, &s);
    CHECK_STREQ(summary(t, 7), "[[0 1 2][3 4 5]][[6...]]...");
    CHECK_STREQ(summary(t, 6), "[[0 1 2][3 4 5]]...");
    tfg_tensor_unref(t);
    t = tfg_tensor_wrap_steal(TFG_INT32, 1, (int64_t[]){4}, ints + 1, NULL, &s);
    CHECK_STREQ(summary(t, 3), "1 2 3...");
    tfg_tensor_unref(t);
    t = tfg_tensor_wrap_steal(TFG_INT32, 3, (int64_t[]){2, 0, 3}, ints, NULL, &s);
    CHECK_STREQ(summary(t, 3), "");
    tfg_tensor_unref(t);
    float f[] = {1.0f, 2.5f, 1 / 3.0f, 1e10f, 1e-7f, 16777216.0f, 0.1f, NAN, INFINITY, -INFINITY, 123456.789f, 3e38f, -0.0f};
    t = tfg_tensor_wrap_steal(TFG_FLOAT, 1, (int64_t[]){13}, f, NULL, &s);
    CHECK_STREQ(summary(t, 99), "1 2.5 0.333333343 1e+10 1e-07 16777216 0.1 nan inf -inf 123456.789 3e+38 -0");
    tfg_tensor_unref(t);
    double d[] = {1, 1 / 3.0, 1e10, 0.1, 1e22, 123456789.123456789, 1e15, 1e16};
    t = tfg_tensor_wrap_steal(TFG_DOUBLE, 1, (int64_t[]){8}, d, NULL, &s);
    CHECK_STREQ(summary(t, 99), "1 0.33333333333333331 10000000000 0.1 1e+22 123456789.12345679 1e+15 1e+16");
    tfg_tensor_unref(t);
    TfgComplex64 z[4] = {{1, 1}};
    t = tfg_tensor_wrap_steal(TFG_COMPLEX64, 2, (int64_t[]){2, 2}, z, NULL, &s);
    CHECK_STREQ(summary(t, 3), "? ? ?...");
    tfg_tensor_unref(t);
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}
