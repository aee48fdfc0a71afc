/* Fuzz targets of checkpoints.  Checksums are made right again, so that bytes get past them.  With FUZZ_MAIN defined this is a
 * libFuzzer program:
 *     clang -g -fsanitize=fuzzer,address -DFUZZ_MAIN=fuzz_table ... */
#ifndef TFG_FUZZ_BUNDLE_H
#define TFG_FUZZ_BUNDLE_H

#include <stddef.h>
#include <stdint.h>

/* FUZZ_MAIN, which fuzz_messages.h calls, may be one of these. */
__attribute__((unused)) static int fuzz_table(const uint8_t *data, size_t n);
__attribute__((unused)) static int fuzz_bundle(const uint8_t *data, size_t n);
__attribute__((unused)) static int fuzz_snappy(const uint8_t *data, size_t n);

#include "../fuzz/fuzz_messages.h"
#include "base/crc32c.h"
#include "base/memory.h"
#include "io/bundle.h"
#include "io/snappy.h"

static void fuzz_put_block(TfgStr *file, const uint8_t *data, size_t n, uint8_t type, TfgStr *handle)
{
    size_t begin = file->n;
    if (handle) {
        tfg_put_varint(handle, begin);
        tfg_put_varint(handle, n);
    }
    tfg_str_append(file, data, n);
    tfg_str_putc(file, (char)type);
    uint32_t crc = tfg_crc32c_mask(tfg_crc32c(file->data + begin, n + 1));
    uint8_t bytes[4] = {(uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16), (uint8_t)(crc >> 24)};
    tfg_str_append(file, bytes, 4);
}

/* The first two bytes say how the rest is cut into a data block and an index block, and which of them are compressed. */
FUZZ_TARGET int fuzz_table(const uint8_t *data, size_t n)
{
    static const uint8_t magic[8] = {0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb}, zeros[40];
    if (n < 2)
        return 0;
    size_t rest = n - 2, cut = rest ? (size_t)data[0] * rest / 256 : 0;
    TfgStr file = TFG_STR_INIT, footer = TFG_STR_INIT;
    fuzz_put_block(&file, data + 2, cut, data[1] & 1, NULL);
    tfg_put_varint(&footer, 0);
    tfg_put_varint(&footer, 0);
    fuzz_put_block(&file, data + 2 + cut, rest - cut, data[1] >> 1 & 1, &footer);
    tfg_str_append(&footer, zeros, 40 - footer.n);
    tfg_str_append(&footer, magic, 8);
    tfg_str_append(&file, footer.data, footer.n);
    TfgStatus s = TFG_STATUS_INIT;
    TfgBlob *blob = tfg_blob_memory(file.data, file.n, &s);
    TfgTable *t = blob ? tfg_table_open_steal(blob, &s) : NULL;
    fuzz_check_status(t ? 0 : -1, &s);
    TfgCursor *c = t ? tfg_cursor_new(t, &s) : NULL;
    int more = c ? 1 : 0;
    for (int i = 0; more > 0 && i < 10000; i++)
        more = tfg_cursor_next(c, &s);
    fuzz_check_status(more < 0 ? -1 : 0, &s);
    if (c) {
        more = tfg_cursor_seek(c, data, n < 9 ? n : 9, &s);
        fuzz_check_status(more < 0 ? -1 : 0, &s);
    }
    tfg_cursor_free(c);
    tfg_table_close(t);
    tfg_str_fini(&file);
    tfg_str_fini(&footer);
    return 0;
}

static TfgBlob *fuzz_open_shard(void *context, int shard, int n_shards, TfgStatus *s)
{
    const TfgStr *data = context;
    (void)shard;
    (void)n_shards;
    return tfg_blob_memory(data->data, data->n, s);
}

/* The bytes are the entry of one tensor; the data file is the same bytes, so checksums can be right. */
FUZZ_TARGET int fuzz_bundle(const uint8_t *data, size_t n)
{
    static const char header[] = "\x08\x01\x1a\x02\x08\x01";
    TfgStatus s = TFG_STATUS_INIT;
    TfgStr file = TFG_STR_INIT, elements = TFG_STR_INIT;
    TfgDraft *draft = tfg_draft_memory(&file, &s);
    TfgTableWriter *w = draft ? tfg_table_writer_new(draft, &s) : NULL;
    FUZZ_REQUIRE(w && tfg_table_add(w, "", 0, header, 6, &s) == 0 && tfg_table_add(w, "t", 1, data, n, &s) == 0 && tfg_table_finish(w, &s) == 0);
    tfg_table_writer_free(w);
    tfg_draft_close(draft);
    tfg_str_append(&elements, data, n);
    TfgBlob *blob = tfg_blob_memory(file.data, file.n, &s);
    TfgBundle *b = blob ? tfg_bundle_open_steal(blob, fuzz_open_shard, &elements, &s) : NULL;
    FUZZ_REQUIRE(b);
    TfgTensor *t = NULL;
    TfgTensorSlice slice = {.rank = 1, .start = {0}, .length = {1}};
    int rc = tfg_bundle_read(b, "t", 1, &t, &s);
    fuzz_check_status(rc, &s);
    tfg_tensor_unref(t);
    t = NULL;
    rc = tfg_bundle_read_slice(b, "t", 1, &slice, &t, &s);
    fuzz_check_status(rc, &s);
    tfg_tensor_unref(t);
    rc = tfg_bundle_check(b, &s);
    fuzz_check_status(rc, &s);
    tfg_bundle_close(b);
    tfg_str_fini(&file);
    tfg_str_fini(&elements);
    return 0;
}

FUZZ_TARGET int fuzz_snappy(const uint8_t *data, size_t n)
{
    size_t length;
    if (!tfg_snappy_length(data, n, &length))
        return 0;
    FUZZ_REQUIRE(length / 64 <= n);
    uint8_t *out = tfg_alloc(length);
    if (out)
        tfg_snappy_decode(data, n, out, length);
    tfg_free(out);
    return 0;
}

#endif
