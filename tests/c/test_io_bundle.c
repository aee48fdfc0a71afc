/* Tables and bundles: what is written is read, what is broken is told, and memory that runs out leaks nothing. */
#include "test.h"

#include "../fuzz/fuzz_bundle.h"
#include "../fuzz/mutate.h"
#include "base/memory.h"
#include "io/slice_key.h"

TEST(snappy)
{
    /* "abcdabcdabcdabcd!" as a literal of 4, a copy of 12 from 4 back (it overlaps itself), a literal of 1. */
    static const uint8_t packed[] = {17, 3 << 2, 'a', 'b', 'c', 'd', (11 << 2) | 2, 4, 0, 0, '!'};
    /* A copy with a one-byte distance: length 4 to 11, here 5 from 2 back; and a literal whose length stands behind its tag. */
    static const uint8_t near[] = {7, 1 << 2, 'x', 'y', (1 << 2) | 1, 2};
    static const uint8_t longer[] = {2, 60 << 2, 1, 'p', 'q'};
    uint8_t out[32];
    size_t n;
    CHECK(tfg_snappy_length(packed, sizeof packed, &n) && n == 17);
    CHECK(tfg_snappy_decode(packed, sizeof packed, out, 17) && memcmp(out, "abcdabcdabcdabcd!", 17) == 0);
    CHECK(tfg_snappy_decode(near, sizeof near, out, 7) && memcmp(out, "xyxyxyx", 7) == 0);
    CHECK(tfg_snappy_decode(longer, sizeof longer, out, 2) && memcmp(out, "pq", 2) == 0);
    for (size_t cut = 0; cut < sizeof packed; cut++)
        CHECK(!tfg_snappy_decode(packed, cut, out, 17));
    CHECK(!tfg_snappy_decode((const uint8_t[]){4, (3 << 2) | 2, 1, 0}, 4, out, 4));         /* nothing to copy from */
    CHECK(!tfg_snappy_length((const uint8_t[]){0xff, 0xff, 0xff, 0xff, 0x0f}, 5, &n));      /* more than so few bytes can give */
}

/* A table whose data block is compressed. */
TEST(compressed_block)
{
    /* One entry "k" -> "vvvvvvvv": 0 shared, 1 own, 8 of value; then one restart at 0. */
    static const uint8_t data[] = {20, 4 << 2, 0, 1, 8, 'k', 'v', (6 << 2) | 2, 1, 0, 7 << 2, 0, 0, 0, 0, 1, 0, 0, 0};
    static const uint8_t index[] = {0, 1, 2, 'k', 0, sizeof data, 0, 0, 0, 0, 1, 0, 0, 0}, magic[8] = {0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb};
    TfgStr file = TFG_STR_INIT, footer = TFG_STR_INIT;
    TfgStatus s = TFG_STATUS_INIT;
    fuzz_put_block(&file, data, sizeof data, 1, NULL);
    tfg_put_varint(&footer, 0);
    tfg_put_varint(&footer, 0);
    fuzz_put_block(&file, index, sizeof index, 0, &footer);
    while (footer.n < 40)
        tfg_str_putc(&footer, 0);
    tfg_str_append(&footer, magic, 8);
    tfg_str_append(&file, footer.data, footer.n);
    TfgTable *t = tfg_table_open_steal(tfg_blob_memory(file.data, file.n, &s), &s);
    CHECK_OK(t, s);
    TfgCursor *c = tfg_cursor_new(t, &s);
    size_t n;
    CHECK_OK(c && tfg_cursor_next(c, &s) == 1, s);
    CHECK(memcmp(tfg_cursor_value(c, &n), "vvvvvvvv", 8) == 0 && n == 8);
    CHECK(tfg_cursor_next(c, &s) == 0 && tfg_cursor_seek(c, "a", 1, &s) == 1 && tfg_cursor_seek(c, "z", 1, &s) == 0);
    tfg_cursor_free(c);
    tfg_table_close(t);
    tfg_str_fini(&file);
    tfg_str_fini(&footer);
}

/* The bytes that TensorFlow gives keys of slices: numbers near and far. */
TEST(slice_keys)
{
    static const struct { int64_t start, length; const char *bytes; size_t n; } cases[] = {
        {0, -1, "\0a\0\1\1\1\x80\x7f", 8},
        {63, 64, "\0a\0\1\1\1\xbf\xc0\x40", 9},
        {8191, 8192, "\0a\0\1\1\1\xdf\xff\xe0\x20\0", 11},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        TfgTensorSlice slice = {.rank = 1, .start = {cases[i].start}, .length = {cases[i].length}};
        TfgStr key = TFG_STR_INIT;
        tfg_slice_key("a", 1, &slice, &key);
        CHECK_EQ_INT(key.n, cases[i].n);
        CHECK(memcmp(key.data, cases[i].bytes, key.n) == 0);
        tfg_str_fini(&key);
    }
}

/* 1 where everything went well; 0 where memory ran out. */
static int round_trip(TfgStatus *s)
{
    TfgStr index = TFG_STR_INIT, data = TFG_STR_INIT;
    TfgTensor *t = tfg_tensor_new(TFG_FLOAT, 2, (int64_t[]){3, 2}, s), *strings = t ? tfg_tensor_new(TFG_STRING, 1, (int64_t[]){2}, s) : NULL;
    TfgDraft *to_index = strings ? tfg_draft_memory(&index, s) : NULL, *to_data = to_index ? tfg_draft_memory(&data, s) : NULL;
    TfgBundleWriter *w = to_data ? tfg_bundle_writer_new(s) : NULL;
    TfgShape whole = {2, {6, 2}};
    TfgTensorSlice low = {2, {0, 0}, {3, -1}}, high = {2, {3, 0}, {3, -1}};
    TfgTensor *again = NULL, *joined = NULL;
    TfgBundle *b = NULL;
    int ok = 0;
    for (int i = 0; t && i < 6; i++)
        ((float *)t->data)[i] = (float)i;
    if (w && tfg_string_set(strings->data, "text", 4) == 0 && tfg_bundle_add(w, "whole", 5, t, to_data, s) == 0 &&
        tfg_bundle_add(w, "strings", 7, strings, to_data, s) == 0 && tfg_bundle_add_slice(w, "parts", 5, &whole, &low, t, to_data, s) == 0 &&
        tfg_bundle_add_slice(w, "parts", 5, &whole, &high, t, to_data, s) == 0 && tfg_bundle_finish(w, 1, to_index, s) == 0) {
        TfgBlob *blob = tfg_blob_memory(index.data, index.n, s);
        b = blob ? tfg_bundle_open_steal(blob, fuzz_open_shard, &data, s) : NULL;
    }
    if (b && tfg_bundle_read(b, "strings", 7, &again, s) == 0 && tfg_bundle_read(b, "parts", 5, &joined, s) == 0 && tfg_bundle_check(b, s) == 0)
        ok = tfg_tensor_equal(again, strings) && joined->count == 12 && ((float *)joined->data)[7] == 1.f ? 1 : -1;
    tfg_tensor_unref(again);
    tfg_tensor_unref(joined);
    tfg_bundle_close(b);
    tfg_bundle_writer_free(w);
    tfg_draft_close(to_index);
    tfg_draft_close(to_data);
    tfg_tensor_unref(t);
    tfg_tensor_unref(strings);
    tfg_str_fini(&index);
    tfg_str_fini(&data);
    return ok;
}

TEST(memory_runs_out)
{
    TfgStatus s = TFG_STATUS_INIT;
    CHECK_EQ_INT(round_trip(&s), 1);
    int64_t before = tfg_alloc_live();
    for (int i = 1; i < 1000; i++) {
        tfg_alloc_fail_at(i);
        int ok = round_trip(&s);
        bool failed = tfg_alloc_failed();
        tfg_alloc_fail_at(0);
        tfg_status_fini(&s);
        CHECK_EQ_INT(tfg_alloc_live(), before);
        CHECK(ok >= 0);
        if (!failed)
            return;
    }
    CHECK(!"it never succeeds");
}

static bool storm(int (*target)(const uint8_t *data, size_t n), const char *seed, size_t n, int rounds)
{
    uint8_t room[512];
    int64_t live = tfg_alloc_live();
    for (int k = 0; k < rounds; k++) {
        memcpy(room, seed, n);
        size_t length = k ? fuzz_mutate(room, n, sizeof room, (uint64_t)k) : n;
        uint8_t *exact = malloc(length ? length : 1);       /* so that a sanitizer sees the last byte's end */
        if (!exact)
            return false;
        memcpy(exact, room, length);
        target(exact, length);
        free(exact);
        if (tfg_alloc_live() != live) {
            fprintf(stderr, "round %d leaks\n", k);
            return false;
        }
    }
    return true;
}

TEST(broken_tables)
{
    /* Half of it a data block with two entries, half an index block with one. */
    static const char seed[] = "\x80\x00" "\0\1\1kv\1\1\1ew\0\0\0\0\1\0\0\0" "\0\1\2z\0\x12\0\0\0\0\1\0\0\0\0\0\0\0";
    CHECK(storm(fuzz_table, seed, sizeof seed - 1, 60000));
}

TEST(broken_entries)
{
    static const char whole[] = "\x08\x01\x12\x04\x12\x02\x08\x02\x28\x08\x35\x11\x22\x33\x44";
    static const char sliced[] = "\x08\x01\x12\x04\x12\x02\x08\x02\x3a\x04\x0a\x02\x10\x01\x3a\x06\x0a\x04\x08\x01\x10\x01";
    static const char text[] = "\x08\x07\x12\x04\x12\x02\x08\x02\x28\x0a\x35\x11\x22\x33\x44";
    CHECK(storm(fuzz_bundle, whole, sizeof whole - 1, 20000));
    CHECK(storm(fuzz_bundle, sliced, sizeof sliced - 1, 20000));
    CHECK(storm(fuzz_bundle, text, sizeof text - 1, 20000));
}

TEST(broken_snappy)
{
    static const char seed[] = "\x11\x0c" "abcd\x2e\x04\0\0!";
    CHECK(storm(fuzz_snappy, seed, sizeof seed - 1, 60000));
}
