#include <string.h>

#include "base/crc32c.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/table.h"
#include "io/wire.h"

/* TensorFlow's sizes: the same pairs give the same bytes. */
#define BLOCK_BYTES 262144
#define RESTART_EVERY 16

typedef struct Builder {        /* one block in the making */
    TfgStr bytes, restarts, last;
    uint32_t n_restarts, since;         /* entries since the last restart */
    uint32_t interval;
} Builder;

struct TfgTableWriter {
    TfgDraft *draft;
    Builder data, index;
    TfgStr pending;             /* handle of the block that the index does not have yet; its last key is in data.last */
    bool has_pending;
};

static void put32(TfgStr *out, uint32_t v)
{
    uint8_t bytes[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    tfg_str_append(out, bytes, 4);
}

static void add_entry(Builder *b, const char *key, size_t key_n, const char *value, size_t value_n)
{
    size_t shared = 0;
    if (b->n_restarts == 0 || b->since >= b->interval) {
        put32(&b->restarts, (uint32_t)b->bytes.n);
        b->n_restarts++;
        b->since = 0;
    } else {
        while (shared < key_n && shared < b->last.n && key[shared] == b->last.data[shared])
            shared++;
    }
    b->since++;
    tfg_put_varint(&b->bytes, shared);
    tfg_put_varint(&b->bytes, key_n - shared);
    tfg_put_varint(&b->bytes, value_n);
    tfg_str_append(&b->bytes, key + shared, key_n - shared);
    tfg_str_append(&b->bytes, value, value_n);
    tfg_str_clear(&b->last);
    tfg_str_append(&b->last, key, key_n);
}

static void start_block(Builder *b)
{
    tfg_str_clear(&b->bytes);
    tfg_str_clear(&b->restarts);
    b->n_restarts = b->since = 0;
}

/* Writes the block with its trailer, and its handle behind `handle`. */
static int write_block(TfgTableWriter *w, Builder *b, TfgStr *handle, TfgStatus *s)
{
    if (b->n_restarts == 0) {           /* an empty block has one restart, at 0 */
        put32(&b->restarts, 0);
        b->n_restarts = 1;
    }
    tfg_str_append(&b->bytes, b->restarts.data, b->restarts.n);
    put32(&b->bytes, b->n_restarts);
    size_t n = b->bytes.n;
    tfg_str_putc(&b->bytes, 0);         /* not compressed */
    if (b->bytes.failed || b->restarts.failed || b->last.failed)
        return tfg_fail_memory(s);
    put32(&b->bytes, tfg_crc32c_mask(tfg_crc32c(b->bytes.data, n + 1)));
    tfg_put_varint(handle, w->draft->written);
    tfg_put_varint(handle, n);
    if (b->bytes.failed || handle->failed)
        return tfg_fail_memory(s);
    return tfg_draft_write(w->draft, b->bytes.data, b->bytes.n, s);
}

TfgTableWriter *tfg_table_writer_new(TfgDraft *draft, TfgStatus *s)
{
    TfgTableWriter *w = tfg_calloc(1, sizeof *w);
    if (!w) {
        tfg_fail_memory(s);
        return NULL;
    }
    w->draft = draft;
    w->data.interval = RESTART_EVERY;
    w->index.interval = 1;
    return w;
}

static void free_builder(Builder *b)
{
    tfg_str_fini(&b->bytes);
    tfg_str_fini(&b->restarts);
    tfg_str_fini(&b->last);
}

void tfg_table_writer_free(TfgTableWriter *w)
{
    if (!w)
        return;
    free_builder(&w->data);
    free_builder(&w->index);
    tfg_str_fini(&w->pending);
    tfg_free(w);
}

/* Shortens `key` to the shortest text that is >= it and < next. */
static void separate(TfgStr *key, const char *next, size_t n)
{
    size_t same = 0, both = key->n < n ? key->n : n;
    while (same < both && key->data[same] == next[same])
        same++;
    if (same == both)
        return;
    uint8_t byte = (uint8_t)key->data[same];
    if (byte < 0xff && byte + 1 < (uint8_t)next[same]) {
        key->data[same] = (char)(byte + 1);
        key->n = same + 1;
    }
}

/* The same with nothing behind it. */
static void succeed(TfgStr *key)
{
    for (size_t i = 0; i < key->n; i++)
        if ((uint8_t)key->data[i] != 0xff) {
            key->data[i] = (char)((uint8_t)key->data[i] + 1);
            key->n = i + 1;
            return;
        }
}

static void add_pending(TfgTableWriter *w)
{
    add_entry(&w->index, tfg_str_text(&w->data.last), w->data.last.n, w->pending.data, w->pending.n);
    tfg_str_clear(&w->pending);
    w->has_pending = false;
}

static int end_block(TfgTableWriter *w, TfgStatus *s)
{
    if (w->data.n_restarts == 0)
        return 0;
    if (write_block(w, &w->data, &w->pending, s) < 0)
        return -1;
    start_block(&w->data);
    w->has_pending = true;
    return 0;
}

int tfg_table_add(TfgTableWriter *w, const void *key, size_t key_n, const void *value, size_t value_n, TfgStatus *s)
{
    if (key_n > UINT32_MAX || value_n > UINT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "A table's keys and values have fewer than 4 GB");
    if (w->has_pending) {
        separate(&w->data.last, key, key_n);
        add_pending(w);
        tfg_str_clear(&w->data.last);
    }
    add_entry(&w->data, key, key_n, value, value_n);
    if (w->data.bytes.n + w->data.restarts.n + 4 >= BLOCK_BYTES)
        return end_block(w, s);
    return w->data.bytes.failed || w->data.last.failed ? tfg_fail_memory(s) : 0;
}

int tfg_table_finish(TfgTableWriter *w, TfgStatus *s)
{
    static const uint8_t magic[8] = {0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb};
    static const uint8_t zeros[40];
    Builder meta = {.interval = RESTART_EVERY};
    TfgStr footer = TFG_STR_INIT;
    int rc = -1;
    if (end_block(w, s) < 0 || write_block(w, &meta, &footer, s) < 0)
        goto done;
    if (w->has_pending) {
        succeed(&w->data.last);
        add_pending(w);
    }
    if (write_block(w, &w->index, &footer, s) < 0)
        goto done;
    tfg_str_append(&footer, zeros, 40 - footer.n);
    tfg_str_append(&footer, magic, sizeof magic);
    rc = footer.failed ? tfg_fail_memory(s) : tfg_draft_write(w->draft, footer.data, footer.n, s);
done:
    free_builder(&meta);
    tfg_str_fini(&footer);
    return rc;
}
