#include <string.h>

#include "base/crc32c.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/snappy.h"
#include "io/table.h"
#include "io/wire.h"

#define FOOTER 48
#define TRAILER 5
static const uint64_t magic = 0xdb4775248b80fb57u;

static uint32_t read32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool equal_or_less(const char *a, size_t a_n, const char *b, size_t b_n)
{
    size_t n = a_n < b_n ? a_n : b_n;
    int order = n ? memcmp(a, b, n) : 0;
    return order < 0 || (order == 0 && a_n <= b_n);
}

/* ---- one block in memory, and a place in it ---- */

typedef struct Block {
    uint8_t *data;              /* owned */
    size_t limit;               /* where entries end and restarts begin */
    uint32_t restarts;
} Block;

typedef struct Handle { uint64_t offset, size; } Handle;

static bool read_handle(const uint8_t **p, const uint8_t *end, Handle *h)
{
    return tfg_wire_varint(p, end, &h->offset) && tfg_wire_varint(p, end, &h->size);
}

/* Replaces `data` (of *n bytes) by what it holds compressed. */
static int uncompress(uint8_t **data, size_t *n, TfgStatus *s)
{
    size_t length;
    if (!tfg_snappy_length(*data, *n, &length))
        return tfg_fail(s, TFG_DATA_LOSS, "corrupted compressed block contents");
    uint8_t *plain = tfg_alloc(length);
    if (!plain)
        return tfg_fail_memory(s);
    if (!tfg_snappy_decode(*data, *n, plain, length)) {
        tfg_free(plain);
        return tfg_fail(s, TFG_DATA_LOSS, "corrupted compressed block contents");
    }
    tfg_free(*data);
    *data = plain;
    *n = length;
    return 0;
}

static int check_block(const uint8_t *data, size_t n, Block *b, TfgStatus *s)
{
    if (n < 4)
        return tfg_fail(s, TFG_DATA_LOSS, "bad block contents");
    uint32_t restarts = read32(data + n - 4);
    if (restarts > (n - 4) / 4)
        return tfg_fail(s, TFG_DATA_LOSS, "bad block contents");
    b->restarts = restarts;
    b->limit = n - 4 - 4 * (size_t)restarts;
    return 0;
}

static int read_block(const TfgBlob *src, Handle h, Block *b, TfgStatus *s)
{
    if (src->size < TRAILER || h.size > src->size - TRAILER || h.offset > src->size - TRAILER - h.size)
        return tfg_fail(s, TFG_DATA_LOSS, "truncated block read");
    size_t n = (size_t)h.size;
    uint8_t *data = tfg_alloc(n + TRAILER);
    if (!data)
        return tfg_fail_memory(s);
    int rc = -1;
    if (tfg_blob_read(src, h.offset, data, n + TRAILER, s) < 0)
        goto done;
    if (tfg_crc32c_unmask(read32(data + n + 1)) != tfg_crc32c(data, n + 1)) {
        tfg_fail(s, TFG_DATA_LOSS, "block checksum mismatch");
        goto done;
    }
    if (data[n] > 1) {
        tfg_fail(s, TFG_DATA_LOSS, "bad block type");
        goto done;
    }
    if ((data[n] == 1 && uncompress(&data, &n, s) < 0) || check_block(data, n, b, s) < 0)
        goto done;
    b->data = data;
    data = NULL;
    rc = 0;
done:
    tfg_free(data);
    return rc;
}

typedef struct Place {          /* in a block */
    const Block *block;
    size_t next;                /* of the entry behind the present one */
    TfgStr key;
    const uint8_t *value;
    size_t value_n;
} Place;

static int broken_entry(TfgStatus *s)
{
    return tfg_fail(s, TFG_DATA_LOSS, "bad entry in block");
}

static void go_to(Place *p, size_t offset)
{
    p->next = offset;
    tfg_str_clear(&p->key);
}

/* Takes the entry at p->next; the key before it is in p->key.  1, 0 at the end, -1. */
static int take_entry(Place *p, TfgStatus *s)
{
    const Block *b = p->block;
    if (p->next >= b->limit)
        return 0;
    const uint8_t *q = b->data + p->next, *end = b->data + b->limit;
    uint64_t shared, own, value;
    if (!tfg_wire_varint(&q, end, &shared) || !tfg_wire_varint(&q, end, &own) || !tfg_wire_varint(&q, end, &value))
        return broken_entry(s);
    size_t left = (size_t)(end - q);
    if (shared > p->key.n || own > left || value > left - own)
        return broken_entry(s);
    p->key.n = (size_t)shared;
    if (p->key.data)
        p->key.data[shared] = 0;
    tfg_str_append(&p->key, q, (size_t)own);
    if (p->key.failed) {
        p->key.failed = false;
        return tfg_fail_memory(s);
    }
    p->value = q + own;
    p->value_n = (size_t)value;
    p->next = (size_t)(p->value + value - b->data);
    return 1;
}

/* The key at restart i, which stands there whole. */
static int restart_key(const Block *b, uint32_t i, const uint8_t **key, size_t *n, size_t *offset, TfgStatus *s)
{
    *offset = read32(b->data + b->limit + 4 * (size_t)i);
    if (*offset >= b->limit)
        return broken_entry(s);
    const uint8_t *q = b->data + *offset, *end = b->data + b->limit;
    uint64_t shared, own, value;
    if (!tfg_wire_varint(&q, end, &shared) || !tfg_wire_varint(&q, end, &own) || !tfg_wire_varint(&q, end, &value) || shared != 0 ||
        own > (size_t)(end - q))
        return broken_entry(s);
    *key = q;
    *n = (size_t)own;
    return 0;
}

/* Stands at the first entry whose key is not less. */
static int seek_in(Place *p, const void *key, size_t n, TfgStatus *s)
{
    const Block *b = p->block;
    size_t offset = 0, start = 0;
    if (b->restarts > 0 && b->limit > 0) {
        uint32_t low = 0, high = b->restarts - 1;      /* the last restart whose key is less stands in [low, high] */
        while (low < high) {
            uint32_t middle = low + (high - low + 1) / 2;
            const uint8_t *at = NULL;
            size_t at_n = 0;
            if (restart_key(b, middle, &at, &at_n, &offset, s) < 0)
                return -1;
            if (equal_or_less(key, n, (const char *)at, at_n))
                high = middle - 1;
            else
                low = middle;
        }
        start = read32(b->data + b->limit + 4 * (size_t)low);
        if (start >= b->limit)
            return broken_entry(s);
    }
    go_to(p, start);
    int more;
    while ((more = take_entry(p, s)) > 0)
        if (equal_or_less(key, n, tfg_str_text(&p->key), p->key.n))
            return 1;
    return more;
}

/* ---- tables ---- */

struct TfgTable {
    TfgBlob *src;
    Block index;
};

static int open_index(TfgTable *t, TfgStatus *s)
{
    uint8_t footer[FOOTER];
    Handle meta, index;
    if (t->src->size < FOOTER)
        return tfg_fail(s, TFG_DATA_LOSS, "file is too short to be an sstable");
    if (tfg_blob_read(t->src, t->src->size - FOOTER, footer, FOOTER, s) < 0)
        return -1;
    if (((uint64_t)read32(footer + FOOTER - 4) << 32 | read32(footer + FOOTER - 8)) != magic)
        return tfg_fail(s, TFG_DATA_LOSS, "not an sstable (bad magic number)");
    const uint8_t *p = footer, *end = footer + FOOTER - 8;
    if (!read_handle(&p, end, &meta) || !read_handle(&p, end, &index))
        return tfg_fail(s, TFG_DATA_LOSS, "bad block handle");
    return read_block(t->src, index, &t->index, s);
}

TfgTable *tfg_table_open_steal(TfgBlob *src, TfgStatus *s)
{
    TfgTable *t = tfg_calloc(1, sizeof *t);
    if (!t) {
        tfg_blob_close(src);
        tfg_fail_memory(s);
        return NULL;
    }
    t->src = src;
    if (open_index(t, s) == 0)
        return t;
    tfg_table_close(t);
    return NULL;
}

void tfg_table_close(TfgTable *t)
{
    if (!t)
        return;
    tfg_blob_close(t->src);
    tfg_free(t->index.data);
    tfg_free(t);
}

uint64_t tfg_table_size(const TfgTable *t) { return t->src->size; }

/* ---- cursors ---- */

struct TfgCursor {
    const TfgTable *table;
    Place index, at;
    Block block;                /* the one `at` is in; data NULL: none */
    Handle handle;              /* of the block */
};

TfgCursor *tfg_cursor_new(const TfgTable *t, TfgStatus *s)
{
    TfgCursor *c = tfg_calloc(1, sizeof *c);
    if (!c) {
        tfg_fail_memory(s);
        return NULL;
    }
    c->table = t;
    c->index.block = &t->index;
    c->at.block = &c->block;
    return c;
}

void tfg_cursor_free(TfgCursor *c)
{
    if (!c)
        return;
    tfg_str_fini(&c->index.key);
    tfg_str_fini(&c->at.key);
    tfg_free(c->block.data);
    tfg_free(c);
}

/* Loads the block that the index entry names, unless it is the present one.  `forward`: it must lie behind the present one, so that
 * going through a file takes no longer than its size says. */
static int load_block(TfgCursor *c, bool forward, TfgStatus *s)
{
    Handle h;
    const uint8_t *p = c->index.value;
    if (!read_handle(&p, p + c->index.value_n, &h))
        return tfg_fail(s, TFG_DATA_LOSS, "bad block handle");
    if (forward && c->block.data && h.offset < c->handle.offset + c->handle.size)
        return tfg_fail(s, TFG_DATA_LOSS, "bad block handle");
    if (c->block.data && h.offset == c->handle.offset && h.size == c->handle.size)
        return 0;
    tfg_free(c->block.data);
    c->block = (Block){NULL, 0, 0};
    c->handle = h;
    return read_block(c->table->src, h, &c->block, s);
}

int tfg_cursor_next(TfgCursor *c, TfgStatus *s)
{
    for (;;) {
        int more = c->block.data ? take_entry(&c->at, s) : 0;
        if (more != 0)
            return more;
        more = take_entry(&c->index, s);
        if (more <= 0)
            return more;
        if (load_block(c, true, s) < 0)
            return -1;
        go_to(&c->at, 0);
    }
}

int tfg_cursor_seek(TfgCursor *c, const void *key, size_t n, TfgStatus *s)
{
    int more = seek_in(&c->index, key, n, s);
    if (more <= 0)
        return more;
    if (load_block(c, false, s) < 0)
        return -1;
    more = seek_in(&c->at, key, n, s);
    return more != 0 ? more : tfg_cursor_next(c, s);
}

const char *tfg_cursor_key(const TfgCursor *c, size_t *n)
{
    *n = c->at.key.n;
    return tfg_str_text(&c->at.key);
}

const char *tfg_cursor_value(const TfgCursor *c, size_t *n)
{
    *n = c->at.value_n;
    return (const char *)c->at.value;
}
