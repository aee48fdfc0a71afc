/* Attributes, definitions and nodes as messages, and readers of them over broken bytes. */
#include "../fuzz/fuzz_messages.h"
#include "../fuzz/mutate.h"
#include "base/memory.h"
#include "test.h"

typedef struct Seed { const char *bytes; size_t n; } Seed;
#define SEED(text) {text, sizeof text - 1}

static const Seed attrs[] = {
    SEED(""),
    SEED("\x12\x03" "a\0b"),                                            /* s */
    SEED("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),               /* i: -1 */
    SEED("\x18\x00"),
    SEED("\x25\x00\x00\xc0\x3f"),                                       /* f: 1.5 */
    SEED("\x28\x01"),                                                   /* b */
    SEED("\x30\x65"),                                                   /* type: DT_FLOAT_REF */
    SEED("\x3a\x02\x18\x01"),                                           /* shape: unknown */
    SEED("\x3a\x08\x12\x02\x08\x02\x12\x02\x08\x03"),                   /* shape: [2,3] */
    SEED("\x42\x12\x08\x01\x12\x04\x12\x02\x08\x02\x2a\x08\0\0\x80\x3f\0\0\0\x40"),
    SEED("\x4a\x01T"),                                                  /* placeholder */
    SEED("\x52\x10\x0a\x01" "f\x12\x0b\x0a\x01T\x12\x06\x42\x04\x08\x01\x12\x00"),
    SEED("\x0a\x00"),                                                   /* empty list */
    SEED("\x0a\x06\x12\x01" "a\x12\x01" "b"),
    SEED("\x0a\x05\x1a\x03\x01\x80\x02"),
    SEED("\x0a\x0a\x22\x08\x00\x00\xc0\x3f\x00\x00\x00\x00"),
    SEED("\x0a\x04\x2a\x02\x01\x00"),
    SEED("\x0a\x04\x32\x02\x01\x03"),
    SEED("\x0a\x06\x3a\x02\x18\x01\x3a\x00"),
    SEED("\x0a\x06\x42\x04\x08\x01\x12\x00"),
    SEED("\x0a\x05\x4a\x03\x0a\x01" "f"),
};

TEST(attr_round_trip)
{
    for (size_t i = 0; i < sizeof attrs / sizeof *attrs; i++) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgArena arena;
        TfgAttr a;
        TfgStr out = TFG_STR_INIT;
        tfg_arena_init(&arena);
        CHECK_OK(tfg_attr_read(&a, attrs[i].bytes, attrs[i].n, &arena, &s) == 0, s);
        CHECK_OK(tfg_attr_write(&a, &out, &s) == 0, s);
        if (i == 9 || i == 11 || i == 19) {
            /* values of the tensor may be listed otherwise; fuzz_attr compares what they mean */
            fuzz_attr((const uint8_t *)attrs[i].bytes, attrs[i].n);
        } else if (out.n != attrs[i].n || memcmp(tfg_str_text(&out), attrs[i].bytes, out.n) != 0) {
            TEST_FAIL("attribute %zu changed", i);
        }
        tfg_str_fini(&out);
        tfg_attr_drop_tensors(&a);
        tfg_arena_fini(&arena);
    }
}

TEST(attr_of_a_oneof_the_last_counts)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgArena arena;
    TfgAttr a;
    int64_t live = tfg_alloc_live();
    tfg_arena_init(&arena);
    CHECK_OK(tfg_attr_read(&a, "\x42\x04\x08\x01\x12\x00\x18\x07", 8, &arena, &s) == 0, s);
    CHECK(a.kind == TFG_ATTR_INT && a.i == 7);
    tfg_arena_fini(&arena);
    CHECK_EQ_INT(tfg_alloc_live(), live);               /* the tensor before it is gone */
}

TEST(attr_unpacked_numbers)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgArena arena;
    TfgAttr a;
    tfg_arena_init(&arena);
    CHECK_OK(tfg_attr_read(&a, "\x0a\x08\x18\x05\x1a\x02\x06\x07\x18\x08", 10, &arena, &s) == 0, s);
    CHECK(a.is_list && a.kind == TFG_ATTR_INT && a.n == 4);
    CHECK(a.list_i[0] == 5 && a.list_i[1] == 6 && a.list_i[2] == 7 && a.list_i[3] == 8);
    tfg_arena_fini(&arena);
}

TEST(attrs_are_written_sorted)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgStr out = TFG_STR_INIT;
    TfgNamedAttr items[] = {{"b", TFG_A_INT(1)}, {"a", TFG_A_INT(2)}, {"B", TFG_A_BOOL(true)}};
    TfgNamedAttr extra = {"a", TFG_A_INT(3)};
    TfgAttrs all = {3, items};
    CHECK_OK(tfg_attrs_write(&all, &extra, 5, &out, &s) == 0, s);
    static const char want[] = "\x2a\x07\x0a\x01" "B\x12\x02\x28\x01" "\x2a\x07\x0a\x01" "a\x12\x02\x18\x03"
                               "\x2a\x07\x0a\x01" "b\x12\x02\x18\x01";
    CHECK_EQ_INT(out.n, sizeof want - 1);
    CHECK(memcmp(out.data, want, out.n) == 0);
    tfg_str_fini(&out);
}

/* AttrValue { func { attr { T: AttrValue { func { ... } } } } }, `depth` functions deep. */
static void write_nested(TfgStr *out, int depth)
{
    TfgStr inner = TFG_STR_INIT, entry = TFG_STR_INIT, func = TFG_STR_INIT;
    if (depth > 0) {
        write_nested(&inner, depth - 1);
        tfg_put_text(&entry, 1, "T");
        tfg_put_bytes(&entry, 2, inner.data, inner.n);
        tfg_put_text(&func, 1, "f");
        tfg_put_bytes(&func, 2, entry.data, entry.n);
        tfg_put_bytes(out, 10, func.data, func.n);
    } else {
        tfg_put_int(out, 3, 1);
    }
    tfg_str_fini(&inner);
    tfg_str_fini(&entry);
    tfg_str_fini(&func);
}

TEST(nesting_has_an_end)
{
    static const int depths[] = {1, 10, 32, 34, 100, 3000};
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgArena arena;
        TfgAttr a;
        TfgStr out = TFG_STR_INIT;
        tfg_arena_init(&arena);
        write_nested(&out, depths[i]);
        int rc = tfg_attr_read(&a, out.data, out.n, &arena, &s);
        CHECK_EQ_INT(rc, depths[i] <= 32 ? 0 : -1);
        CHECK(rc == 0 || s.code == TFG_DATA_LOSS);
        tfg_status_fini(&s);
        tfg_str_fini(&out);
        tfg_arena_fini(&arena);
    }
}

static const Seed op_defs[] = {
    SEED("\x0a\x03" "Add\x12\x06\x0a\x01x\"\x01T\x12\x06\x0a\x01y\"\x01T\x1a\x06\x0a\x01z\"\x01T"
         "\"\x11\x0a\x01T\x12\x04type:\x06\x0a\x04\x32\x02\x01\x02\x90\x01\x01"),
    SEED("\x0a\x06" "Concat\x12\x0e\x0a\x06values\"\x01T*\x01N\"\x09\x0a\x01T\x12\x04type\"\x0c\x0a\x01N\x12\x03int(\x01\x30\x02"
         "\"\x1d\x0a\x07padding\x12\x06string:\x0a\x0a\x08\x12\x02" "AB\x12\x02" "CD"),
};

TEST(op_def_round_trip)
{
    for (size_t i = 0; i < sizeof op_defs / sizeof *op_defs; i++) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgArena arena;
        TfgOpDef *def = NULL;
        TfgStr out = TFG_STR_INIT;
        tfg_arena_init(&arena);
        CHECK_OK(tfg_op_def_read(op_defs[i].bytes, op_defs[i].n, &arena, &def, &s) == 0, s);
        CHECK_OK(tfg_op_def_write(def, &out, &s) == 0, s);
        CHECK_EQ_INT(out.n, op_defs[i].n);
        CHECK(memcmp(out.data, op_defs[i].bytes, out.n) == 0);
        CHECK(def->attr[0].inferred);
        tfg_str_fini(&out);
        tfg_arena_fini(&arena);
    }
}

static const Seed nodes[] = {
    SEED("\x0a\x01" "b\x12\x03" "Add\x1a\x01" "a\x1a\x03" "a:1\x1a\x02^c\"\x06/cpu:0*\x09\x0a\x01T\x12\x04\x30\x01\x18\x02"),
    SEED("\x0a\x01" "c\x12\x05" "Const*\x0b\x0a\x05" "dtype\x12\x02\x30\x01*\x1b\x0a\x05value\x12\x12\x42\x10"
         "\x08\x01\x12\x04\x12\x02\x08\x02\x22\x06" "abcdef"),
};

/* Each seed, broken in `rounds` ways, must be answered and leave no memory behind. */
static bool storm(int (*target)(const uint8_t *, size_t), const Seed *seeds, size_t n_seeds, uint64_t rounds)
{
    static uint8_t room[4096];
    int64_t live = tfg_alloc_live();
    for (size_t i = 0; i < n_seeds; i++)
        for (uint64_t k = 0; k < rounds; k++) {
            memcpy(room, seeds[i].bytes, seeds[i].n);
            size_t n = k ? fuzz_mutate(room, seeds[i].n, sizeof room, k * 1000 + i) : seeds[i].n;
            uint8_t *exact = malloc(n ? n : 1);         /* so that a sanitizer sees the last byte's end */
            if (!exact)
                return false;
            memcpy(exact, room, n);
            target(exact, n);
            free(exact);
            if (tfg_alloc_live() != live) {
                fprintf(stderr, "seed %zu, round %llu leaks\n", i, (unsigned long long)k);
                return false;
            }
        }
    return true;
}

TEST(broken_attrs) { CHECK(storm(fuzz_attr, attrs, sizeof attrs / sizeof *attrs, 3000)); }
TEST(broken_op_defs) { CHECK(storm(fuzz_op_def, op_defs, sizeof op_defs / sizeof *op_defs, 20000)); }
TEST(broken_nodes) { CHECK(storm(fuzz_node, nodes, sizeof nodes / sizeof *nodes, 20000)); }

TEST(broken_tensors)
{
    static const Seed tensors[] = {
        SEED("\x08\x01\x12\x04\x12\x02\x08\x02\x2a\x08\0\0\x80\x3f\0\0\0\x40"),
        SEED("\x08\x07\x12\x04\x12\x02\x08\x03\x42\x01x\x42\x02yz"),
        SEED("\x08\x07\x12\x04\x12\x02\x08\x02\x22\x05\x01\x02" "abc"),
        SEED("\x08\x09\x12\x04\x12\x02\x08\x03\x52\x04\x01\xff\x01\x00"),
        SEED("\x08\x12\x12\x00\x62\x10" "0123456789abcdef"),
        SEED("\x08\x0a\x12\x04\x12\x02\x08\x02\x22\x02\x01\x00"),
    };
    CHECK(storm(fuzz_tensor, tensors, sizeof tensors / sizeof *tensors, 10000));
}

TEST(readers_without_memory)
{
    int64_t live = tfg_alloc_live();
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
        for (int64_t k = 1;; k++) {
            TfgStatus s = TFG_STATUS_INIT;
            TfgArena arena;
            TfgNodeDef node;
            tfg_arena_init(&arena);
            tfg_alloc_fail_at(k);
            int rc = tfg_node_def_read(&node, nodes[i].bytes, nodes[i].n, &arena, &s);
            bool fired = tfg_alloc_failed();
            tfg_alloc_fail_at(0);
            CHECK(!fired || rc < 0);
            if (rc == 0)
                tfg_attrs_drop_tensors(&node.attrs);
            tfg_status_fini(&s);
            tfg_arena_fini(&arena);
            CHECK_EQ_INT(tfg_alloc_live(), live);
            if (!fired)
                break;
            CHECK(k < 1000);
        }
}
