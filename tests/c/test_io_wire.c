/* The wire format: what is written is read back, every cut and every broken byte is answered with a status. */
#include "base/arena.h"
#include "base/memory.h"
#include "io/tensor_proto.h"
#include "io/wire.h"
#include "test.h"

static bool reads(const void *data, size_t n)
{
    TfgWire w;
    TfgField f;
    TfgStatus s = TFG_STATUS_INIT;
    int more;
    tfg_wire_init(&w, data, n);
    while ((more = tfg_wire_next(&w, &f, &s)) > 0)
        ;
    bool ok = more == 0 && s.code == TFG_OK;
    if (more < 0 && s.code != TFG_DATA_LOSS)
        fprintf(stderr, "failed with code %d\n", (int)s.code);
    tfg_status_fini(&s);
    return ok;
}

TEST(varints)
{
    static const uint64_t values[] = {0, 1, 127, 128, 300, 16383, 16384, UINT32_MAX, (uint64_t)1 << 63, UINT64_MAX};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        TfgStr out = TFG_STR_INIT;
        tfg_put_varint(&out, values[i]);
        const uint8_t *p = (const uint8_t *)out.data, *end = p + out.n;
        uint64_t v = 1;
        CHECK_EQ_INT(out.n, tfg_varint_size(values[i]));
        CHECK(tfg_wire_varint(&p, end, &v) && p == end);
        CHECK(v == values[i]);
        for (const uint8_t *cut = (const uint8_t *)out.data; cut < end; cut++) {
            p = (const uint8_t *)out.data;
            CHECK(!tfg_wire_varint(&p, cut, &v));
        }
        tfg_str_fini(&out);
    }
    const uint8_t *long_one = (const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
    uint64_t v;
    CHECK(!tfg_wire_varint(&long_one, long_one + 11, &v));
    const uint8_t *too_big = (const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02";
    CHECK(!tfg_wire_varint(&too_big, too_big + 10, &v));
}

TEST(fields)
{
    TfgStr out = TFG_STR_INIT;
    TfgStatus s = TFG_STATUS_INIT;
    TfgWire w;
    TfgField f;
    tfg_put_int(&out, 1, -1);
    tfg_put_float(&out, 2, 1.5f);
    tfg_put_double(&out, 3, -2.25);
    tfg_put_text(&out, 536870911, "last");
    tfg_put_int_unless_zero(&out, 4, 0);
    tfg_put_text_unless_empty(&out, 5, "");
    tfg_put_bytes(&out, 6, "a\0b", 3);
    tfg_wire_init(&w, out.data, out.n);
    CHECK_EQ_INT(tfg_wire_next(&w, &f, &s), 1);
    CHECK(tfg_field_is(&f, 1, TFG_WIRE_VARINT) && (int64_t)f.value == -1);
    CHECK_EQ_INT(tfg_wire_next(&w, &f, &s), 1);
    CHECK(tfg_field_is(&f, 2, TFG_WIRE_FIXED32) && tfg_wire_float(f.value) == 1.5f);
    CHECK_EQ_INT(tfg_wire_next(&w, &f, &s), 1);
    CHECK(tfg_field_is(&f, 3, TFG_WIRE_FIXED64) && tfg_wire_double(f.value) == -2.25);
    CHECK_EQ_INT(tfg_wire_next(&w, &f, &s), 1);
    CHECK(tfg_field_is(&f, 536870911, TFG_WIRE_BYTES) && f.n == 4 && memcmp(f.data, "last", 4) == 0 && tfg_field_is_text(&f));
    CHECK_EQ_INT(tfg_wire_next(&w, &f, &s), 1);
    CHECK(f.number == 6 && f.n == 3 && !tfg_field_is_text(&f));
    CHECK_EQ_INT(tfg_wire_next(&w, &f, &s), 0);
    for (size_t n = 0; n < out.n; n++)
        reads(out.data, n);
    tfg_str_fini(&out);
}

TEST(malformed)
{
    CHECK(reads("", 0));
    CHECK(reads("\x08\x01", 2));
    CHECK(!reads("\x08", 1));                           /* no value */
    CHECK(!reads("\x00\x01", 2));                       /* field 0 */
    CHECK(!reads("\x0a\x02" "a", 3));                   /* longer than what is left */
    CHECK(!reads("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11));
    CHECK(!reads("\x0d" "abc", 4));                     /* fixed32 cut off */
    CHECK(!reads("\x09" "abcdefg", 8));                 /* fixed64 cut off */
    CHECK(!reads("\x0e", 1) && !reads("\x0f\x01", 2));  /* wire types 6 and 7 */
    CHECK(!reads("\x88\x80\x80\x80\x80\x01\x01", 7));   /* a field number above 29 bits */
}

TEST(groups)
{
    CHECK(reads("\x0b\x08\x01\x0c\x10\x02", 6));
    CHECK(reads("\x0b\x13\x08\x01\x14\x0c", 6));
    CHECK(!reads("\x0b\x08\x01", 3));                   /* does not end */
    CHECK(!reads("\x0b\x14", 2));                       /* ends another one */
    CHECK(!reads("\x0c", 1));                           /* ends what did not begin */
    char deep[300];
    for (int i = 0; i < 150; i++) {
        deep[i] = 0x0b;
        deep[299 - i] = 0x0c;
    }
    CHECK(!reads(deep, 300));
    CHECK(reads(deep + 100, 100));
}

TEST(depth)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgWire w, inner;
    TfgField f;
    tfg_wire_init(&w, "\x0a\x00", 2);
    CHECK_EQ_INT(tfg_wire_next(&w, &f, &s), 1);
    for (int i = 1; i < TFG_WIRE_MAX_DEPTH; i++) {
        CHECK_EQ_INT(tfg_wire_enter(&w, &f, &inner, &s), 0);
        w = inner;
    }
    CHECK_EQ_INT(tfg_wire_enter(&w, &f, &inner, &s), -1);
    CHECK_EQ_INT(s.code, TFG_DATA_LOSS);
    tfg_status_fini(&s);
}

TEST(nested_lengths)
{
    /* Bodies around the places where a length takes another byte, with every guess at how long they will be. */
    static const size_t sizes[] = {0, 1, 127, 128, 129, 16383, 16384, 16385, 2097151, 2097152};
    static const size_t guesses[] = {0, 127, 128, 16384, 2097152};
    char *body = tfg_calloc(1, 2097152);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < sizeof guesses / sizeof *guesses; k++) {
            TfgStr a = TFG_STR_INIT, b = TFG_STR_INIT;
            memset(body, (int)i + 1, sizes[i]);
            tfg_put_int(&a, 7, 1);
            size_t mark = tfg_put_begin(&a, 3, guesses[k]);
            tfg_str_append(&a, body, sizes[i]);
            tfg_put_end(&a, mark);
            tfg_put_int(&b, 7, 1);
            tfg_put_bytes(&b, 3, body, sizes[i]);
            CHECK_EQ_INT(a.n, b.n);
            CHECK(memcmp(a.data, b.data, a.n) == 0 && a.data[a.n] == 0);
            tfg_str_fini(&a);
            tfg_str_fini(&b);
        }
    tfg_free(body);
}

TEST(packed)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgPacked k;
    TfgField f = {.number = 1, .type = TFG_WIRE_BYTES, .data = (const uint8_t *)"\x01\x80\x02\x03", .n = 4};
    uint64_t v;
    CHECK(tfg_packed_init(&k, &f, TFG_WIRE_VARINT));
    CHECK_EQ_INT(tfg_packed_count(&k), 3);
    CHECK(tfg_packed_next(&k, &v, &s) == 1 && v == 1);
    CHECK(tfg_packed_next(&k, &v, &s) == 1 && v == 256);
    CHECK(tfg_packed_next(&k, &v, &s) == 1 && v == 3);
    CHECK_EQ_INT(tfg_packed_next(&k, &v, &s), 0);
    f.n = 2;
    CHECK(tfg_packed_init(&k, &f, TFG_WIRE_VARINT) && tfg_packed_next(&k, &v, &s) == 1);
    CHECK_EQ_INT(tfg_packed_next(&k, &v, &s), -1);
    tfg_status_fini(&s);
    f = (TfgField){.number = 1, .type = TFG_WIRE_VARINT, .value = 9};
    CHECK(tfg_packed_init(&k, &f, TFG_WIRE_VARINT) && tfg_packed_next(&k, &v, &s) == 1 && v == 9);
    CHECK_EQ_INT(tfg_packed_next(&k, &v, &s), 0);
    CHECK(!tfg_packed_init(&k, &f, TFG_WIRE_FIXED32));
}

/* ---- tensors ---- */

static int read_tensor(const char *data, size_t n, TfgTensor **out, int *form, TfgStatus *s)
{
    TfgProtoReader r = TFG_PROTO_READER(NULL);
    TfgWire w;
    tfg_wire_init(&w, data, n);
    return tfg_tensor_proto_read(&r, w, out, form, s);
}

TEST(tensor_forms)
{
    /* float [2]: as values, with one value for both, without values, as bytes */
    static const struct { const char *bytes; size_t n; int form; float a, b; } cases[] = {
        {"\x08\x01\x12\x04\x12\x02\x08\x02\x2a\x08\0\0\x80\x3f\0\0\0\x40", 18, 2, 1, 2},
        {"\x08\x01\x12\x04\x12\x02\x08\x02\x2a\x04\0\0\x80\x3f", 14, 1, 1, 1},
        {"\x08\x01\x12\x04\x12\x02\x08\x02", 8, TFG_TENSOR_FORM_NO_VALUES, 0, 0},
        {"\x08\x01\x12\x04\x12\x02\x08\x02\x22\x08\0\0\x80\x3f\0\0\0\x40", 18, TFG_TENSOR_FORM_DEFAULT, 1, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgTensor *t = NULL;
        TfgStr out = TFG_STR_INIT;
        int form = 77;
        CHECK_OK(read_tensor(cases[i].bytes, cases[i].n, &t, &form, &s) == 0, s);
        CHECK_EQ_INT(form, cases[i].form);
        const float *x = tfg_tensor_data(t);
        CHECK(tfg_tensor_count(t) == 2 && x[0] == cases[i].a && x[1] == cases[i].b);
        CHECK_OK(tfg_tensor_proto_write(t, form, &out, &s) == 0, s);
        CHECK_EQ_INT(out.n, cases[i].n);
        CHECK(memcmp(out.data, cases[i].bytes, out.n) == 0);
        tfg_str_fini(&out);
        tfg_tensor_unref(t);
    }
}

/* Fills a tensor of any type with bytes that differ, and valid where not all bytes are. */
static void fill(TfgTensor *t)
{
    uint8_t *p = t->data;
    if (t->dtype == TFG_STRING) {
        TfgString *e = t->data;
        for (int64_t i = 0; i < t->count; i++)
            tfg_string_set(&e[i], "a\0bcdefg" + i % 2, (size_t)(i % 7));
        return;
    }
    for (size_t i = 0; i < tfg_tensor_nbytes(t); i++)
        p[i] = t->dtype == TFG_BOOL ? (uint8_t)(i & 1) : (uint8_t)(i * 37 + 130);
}

TEST(tensor_round_trip)
{
    static const int64_t shapes[][3] = {{1, 1, 1}, {2, 3, 1}, {0, 3, 2}, {5, 1, 9}};
    static const int ranks[] = {0, 2, 3, 3};
    for (int d = 1; d < TFG_N_DTYPES; d++) {
        if (d == TFG_RESOURCE || d == TFG_VARIANT)
            continue;
        for (int k = 0; k < 4; k++)
            for (int form = TFG_TENSOR_FORM_CONTENT; form <= 0; form++) {
                TfgStatus s = TFG_STATUS_INIT;
                TfgStr out = TFG_STR_INIT, again = TFG_STR_INIT;
                TfgTensor *t = tfg_tensor_new((TfgDType)d, ranks[k], shapes[k], &s), *u = NULL;
                int read_form = 0;
                CHECK_OK(t != NULL, s);
                fill(t);
                CHECK_OK(tfg_tensor_proto_write(t, form, &out, &s) == 0, s);
                CHECK_OK(read_tensor(out.data, out.n, &u, &read_form, &s) == 0, s);
                CHECK(tfg_tensor_equal(t, u));
                CHECK_OK(tfg_tensor_proto_write(u, read_form, &again, &s) == 0, s);
                if (t->count > 0)
                    CHECK(again.n == out.n && memcmp(again.data, out.data, out.n) == 0);
                for (size_t n = 0; n < out.n; n++) {        /* cut anywhere: a status or a tensor */
                    TfgTensor *v = NULL;
                    if (read_tensor(out.data, n, &v, NULL, &s) == 0)
                        tfg_tensor_unref(v);
                    tfg_status_fini(&s);
                }
                tfg_tensor_unref(t);
                tfg_tensor_unref(u);
                tfg_str_fini(&out);
                tfg_str_fini(&again);
            }
    }
}

static TfgCode read_code(const char *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *t = NULL;
    TfgCode code = read_tensor(data, n, &t, NULL, &s) == 0 ? TFG_OK : s.code;
    tfg_tensor_unref(t);
    tfg_status_fini(&s);
    return code;
}

TEST(tensors_that_lie)
{
    CHECK_EQ_INT(read_code("", 0), TFG_INVALID_ARGUMENT);                                       /* no dtype */
    CHECK_EQ_INT(read_code("\x08\x63", 2), TFG_INVALID_ARGUMENT);                               /* no such dtype */
    CHECK_EQ_INT(read_code("\x08\x65", 2), TFG_INVALID_ARGUMENT);                               /* a reference */
    CHECK_EQ_INT(read_code("\x08\x14", 2), TFG_INVALID_ARGUMENT);                               /* a resource */
    CHECK_EQ_INT(read_code("\x08\x01\x12\x02\x18\x01", 6), TFG_OK);                             /* unknown rank says nothing */
    CHECK_EQ_INT(read_code("\x08\x01\x12\x0d\x12\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 17), TFG_INVALID_ARGUMENT);
    CHECK_EQ_INT(read_code("\x08\x01\x12\x04\x12\x02\x08\x02\x22\x04" "abcd", 14), TFG_INVALID_ARGUMENT);   /* too few bytes */
    CHECK_EQ_INT(read_code("\x08\x07\x12\x04\x12\x02\x08\x02\x22\x02\x05" "a", 12), TFG_INVALID_ARGUMENT);  /* string lengths lie */
    /* A few bytes that stand for 2^40 and for 2^62 elements. */
    CHECK_EQ_INT(read_code("\x08\x01\x12\x09\x12\x07\x08\x80\x80\x80\x80\x80\x20\x2a\x04\0\0\x80\x3f", 19), TFG_RESOURCE_EXHAUSTED);
    CHECK_EQ_INT(read_code("\x08\x03\x12\x0c\x12\x0a\x08\x80\x80\x80\x80\x80\x80\x80\x80\x40", 16), TFG_RESOURCE_EXHAUSTED);
    CHECK_EQ_INT(read_code("\x08\x07\x12\x07\x12\x05\x08\x80\x80\x80\x40", 11), TFG_RESOURCE_EXHAUSTED);
}

TEST(bool_bytes_are_bools)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *t = NULL;
    CHECK_OK(read_tensor("\x08\x0a\x12\x04\x12\x02\x08\x02\x22\x02\x05\x00", 12, &t, NULL, &s) == 0, s);
    const uint8_t *bytes = tfg_tensor_data(t);
    CHECK(bytes[0] == 1 && bytes[1] == 0);
    tfg_tensor_unref(t);
}

TEST(tensor_without_memory)
{
    static const char bytes[] = "\x08\x07\x12\x04\x12\x02\x08\x03\x42\x01x\x42\x02yz";
    int64_t live = tfg_alloc_live();
    for (int64_t i = 1;; i++) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgTensor *t = NULL;
        tfg_alloc_fail_at(i);
        int rc = read_tensor(bytes, sizeof bytes - 1, &t, NULL, &s);
        bool fired = tfg_alloc_failed();
        tfg_alloc_fail_at(0);
        CHECK(rc == 0 || s.code == TFG_RESOURCE_EXHAUSTED);
        CHECK(fired || rc == 0);
        tfg_tensor_unref(t);
        tfg_status_fini(&s);
        CHECK_EQ_INT(tfg_alloc_live(), live);
        if (!fired)
            break;
        CHECK(i < 100);
    }
}
