#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/crc32c.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/status.h"
#include "io/bundle.h"
#include "io/tensor_proto.h"
#include "io/variant_data.h"

/* Elements are read and summed in pieces of this size, on all threads. */
#define PIECE ((size_t)1 << 20)

struct TfgBundle {
    TfgTable *index;
    TfgCursor *cursor;
    TfgBundleOpenFn open;
    void *context;
    TfgBlob **shards;         /* n_shards of them; NULL until opened */
    int n_shards;
    uint64_t data_bytes;        /* of the shards opened */
};

void tfg_bundle_entry_fini(TfgBundleEntry *e)
{
    tfg_slice_set_fini(&e->slices);
}

/* ---- header ---- */

typedef struct Header { int64_t n_shards, endianness, producer, min_consumer; } Header;

static int read_version(const TfgWire *w, const TfgField *f, Header *h, TfgStatus *s)
{
    TfgWire inner;
    TfgField g;
    int more;
    if (tfg_wire_enter(w, f, &inner, s) < 0)
        return -1;
    while ((more = tfg_wire_next(&inner, &g, s)) > 0)
        if (tfg_field_is(&g, 1, TFG_WIRE_VARINT))
            h->producer = (int64_t)g.value;
        else if (tfg_field_is(&g, 2, TFG_WIRE_VARINT))
            h->min_consumer = (int64_t)g.value;
    return more;
}

static int parse_header(TfgWire w, Header *h, TfgStatus *s)
{
    TfgField f;
    int more;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, 1, TFG_WIRE_VARINT))
            h->n_shards = (int64_t)f.value;
        else if (tfg_field_is(&f, 2, TFG_WIRE_VARINT))
            h->endianness = (int64_t)f.value;
        else if (tfg_field_is(&f, 3, TFG_WIRE_BYTES) && read_version(&w, &f, h, s) < 0)
            return -1;
    return more;
}

#define VERSION 1               /* of the format; readers have asked for no older one */

static int read_header(TfgBundle *b, TfgStatus *s)
{
    Header h = {0, 0, 0, 0};
    size_t n;
    TfgWire w;
    int found = tfg_cursor_seek(b->cursor, "", 0, s);
    if (found < 0)
        return -1;
    if (found)
        tfg_cursor_key(b->cursor, &n);
    if (!found || n != 0)
        return tfg_fail(s, TFG_DATA_LOSS, "failed to seek to header entry");
    const char *value = tfg_cursor_value(b->cursor, &n);
    tfg_wire_init(&w, value, n);
    if (parse_header(w, &h, s) < 0)
        return tfg_status_prepend(s, "unable to parse header: ");
    if (h.endianness != 0)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Reading a bundle with different endianness from the reader");
    if (h.min_consumer > VERSION)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Checkpoint min consumer version %" PRId64 " above current version %d for this release",
                        h.min_consumer, VERSION);
    if (h.n_shards < 1 || h.n_shards > 99999)
        return tfg_fail(s, TFG_DATA_LOSS, "Invalid number of shards: %" PRId64, h.n_shards);
    b->n_shards = (int)h.n_shards;
    b->shards = tfg_calloc((size_t)b->n_shards, sizeof *b->shards);
    return b->shards ? 0 : tfg_fail_memory(s);
}

TfgBundle *tfg_bundle_open_steal(TfgBlob *index, TfgBundleOpenFn open, void *context, TfgStatus *s)
{
    TfgBundle *b = tfg_calloc(1, sizeof *b);
    if (!b) {
        tfg_blob_close(index);
        tfg_fail_memory(s);
        return NULL;
    }
    b->open = open;
    b->context = context;
    b->index = tfg_table_open_steal(index, s);
    if (b->index && (b->cursor = tfg_cursor_new(b->index, s)) && read_header(b, s) == 0)
        return b;
    tfg_bundle_close(b);
    return NULL;
}

void tfg_bundle_close(TfgBundle *b)
{
    if (!b)
        return;
    for (int i = 0; b->shards && i < b->n_shards; i++)
        tfg_blob_close(b->shards[i]);
    tfg_free(b->shards);
    tfg_cursor_free(b->cursor);
    tfg_table_close(b->index);
    tfg_free(b);
}

int tfg_bundle_n_shards(const TfgBundle *b) { return b->n_shards; }

/* ---- entries ---- */

static int parse_field(const TfgWire *w, const TfgField *f, TfgBundleEntry *e, TfgStatus *s)
{
    TfgWire inner;
    TfgTensorSlice slice;
    if (tfg_field_is(f, 1, TFG_WIRE_VARINT)) {
        e->dtype = f->value < TFG_N_DTYPES ? (TfgDType)f->value : TFG_INVALID;
    } else if (tfg_field_is(f, 2, TFG_WIRE_BYTES)) {
        return tfg_wire_enter(w, f, &inner, s) < 0 || tfg_shape_proto_read(inner, &e->shape, s) < 0 ? -1 : 0;
    } else if (tfg_field_is(f, 3, TFG_WIRE_VARINT)) {
        e->shard = f->value <= INT_MAX ? (int32_t)f->value : -1;
    } else if (tfg_field_is(f, 4, TFG_WIRE_VARINT)) {
        e->offset = f->value;
    } else if (tfg_field_is(f, 5, TFG_WIRE_VARINT)) {
        e->size = f->value;
    } else if (tfg_field_is(f, 6, TFG_WIRE_FIXED32)) {
        e->crc = tfg_crc32c_unmask((uint32_t)f->value);
    } else if (tfg_field_is(f, 7, TFG_WIRE_BYTES)) {
        if (tfg_wire_enter(w, f, &inner, s) < 0 || tfg_tensor_slice_read(inner, &slice, s) < 0)
            return -1;
        return tfg_slice_set_add(&e->slices, &slice, s);
    }
    return 0;
}

static int parse_entry(const char *key, const char *value, size_t n, TfgBundleEntry *e, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    int more;
    *e = (TfgBundleEntry){0};
    tfg_wire_init(&w, value, n);
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (parse_field(&w, &f, e, s) < 0) {
            more = -1;
            break;
        }
    if (more == 0 && !tfg_shape_is_full(&e->shape))
        more = tfg_fail(s, TFG_DATA_LOSS, "Invalid tensor shape: %s", key);
    else if (more == 0 && e->slices.n && e->slices.rank != e->shape.rank)
        more = tfg_fail(s, TFG_DATA_LOSS, "Invalid slices: %s", key);
    if (more < 0) {
        if (s->code != TFG_RESOURCE_EXHAUSTED)
            s->code = TFG_DATA_LOSS;
        tfg_bundle_entry_fini(e);
    }
    return more;
}

int tfg_bundle_find(TfgBundle *b, const char *key, size_t n, TfgBundleEntry *e, TfgStatus *s)
{
    size_t at_n = 0;
    int found = n ? tfg_cursor_seek(b->cursor, key, n, s) : 0;
    if (found < 0)
        return -1;
    const char *at = found ? tfg_cursor_key(b->cursor, &at_n) : NULL;
    if (!found || at_n != n || memcmp(at, key, n) != 0)
        return tfg_fail(s, TFG_NOT_FOUND, "Key %.*s not found in checkpoint", (int)(n < 4096 ? n : 4096), key);
    const char *value = tfg_cursor_value(b->cursor, &n);
    return parse_entry(at, value, n, e, s);
}

int tfg_bundle_next(TfgBundle *b, TfgCursor **cursor, const char **key, size_t *n, TfgBundleEntry *e, TfgStatus *s)
{
    if (!*cursor && !(*cursor = tfg_cursor_new(b->index, s)))
        return -1;
    int more;
    do {
        more = tfg_cursor_next(*cursor, s);
        if (more <= 0)
            return more;
        *key = tfg_cursor_key(*cursor, n);
    } while (*n == 0);                                  /* the header */
    size_t value_n;
    const char *value = tfg_cursor_value(*cursor, &value_n);
    return parse_entry(*key, value, value_n, e, s) < 0 ? -1 : 1;
}

/* ---- elements ---- */

static TfgBlob *shard_of(TfgBundle *b, const TfgBundleEntry *e, TfgStatus *s)
{
    if (e->shard < 0 || e->shard >= b->n_shards) {
        tfg_fail(s, TFG_DATA_LOSS, "Invalid shard in bundle entry: %d of %d", e->shard, b->n_shards);
        return NULL;
    }
    TfgBlob **src = &b->shards[e->shard];
    if (!*src && (*src = b->open(b->context, e->shard, b->n_shards, s)))
        b->data_bytes += (*src)->size;
    return *src;
}

void tfg_bundle_open_shards(TfgBundle *b)
{
    TfgStatus ignored = TFG_STATUS_INIT;
    TfgBundleEntry e = {0};
    for (e.shard = 0; e.shard < b->n_shards; e.shard++) {
        bool there = shard_of(b, &e, &ignored) != NULL;
        tfg_status_fini(&ignored);
        if (!there)
            break;
    }
}

typedef struct Pieces {
    const TfgBlob *src;
    uint64_t offset;
    char *to;
    size_t n;
    uint32_t *crcs;
    TfgStatus *statuses;
} Pieces;

static void read_piece(void *context, int64_t i)
{
    Pieces *p = context;
    size_t begin = (size_t)i * PIECE, n = p->n - begin < PIECE ? p->n - begin : PIECE;
    if (tfg_blob_read(p->src, p->offset + begin, p->to + begin, n, &p->statuses[i]) == 0)
        p->crcs[i] = tfg_crc32c(p->to + begin, n);
}

static int read_pieces(Pieces *p, size_t count, uint32_t *crc, TfgStatus *s)
{
    int rc = 0;
    tfg_parallel((int64_t)count, 0, read_piece, p);
    *crc = p->crcs[0];
    for (size_t i = 0; i < count; i++) {
        if (p->statuses[i].code != TFG_OK && rc == 0) {
            tfg_status_move(s, &p->statuses[i]);
            rc = -1;
        }
        tfg_status_fini(&p->statuses[i]);
        if (i)
            *crc = tfg_crc32c_join(*crc, p->crcs[i], p->n - i * PIECE < PIECE ? p->n - i * PIECE : PIECE);
    }
    return rc;
}

/* Reads n bytes, and their checksum. */
static int read_bytes(const TfgBlob *src, uint64_t offset, void *to, size_t n, uint32_t *crc, TfgStatus *s)
{
    size_t count = (n + PIECE - 1) / PIECE;
    if (count <= 1) {
        if (tfg_blob_read(src, offset, to, n, s) < 0)
            return -1;
        *crc = tfg_crc32c(to, n);
        return 0;
    }
    Pieces p = {src, offset, to, n, tfg_calloc(count, sizeof *p.crcs), tfg_calloc(count, sizeof *p.statuses)};
    int rc = p.crcs && p.statuses ? read_pieces(&p, count, crc, s) : tfg_fail_memory(s);
    tfg_free(p.crcs);
    tfg_free(p.statuses);
    return rc;
}

static int check_crc(const char *key, uint32_t stored, uint32_t found, TfgStatus *s)
{
    if (stored == found)
        return 0;
    return tfg_fail(s, TFG_DATA_LOSS, "Checksum does not match: stored %08u vs. calculated on the restored bytes %u (key %s)", stored, found,
                    key);
}

/* Elements of a shape, -1 where they are more than memory can ever hold. */
static int64_t count_of(TfgDType dtype, const TfgShape *shape)
{
    size_t size = tfg_dtype_size(dtype);
    int64_t n = 1, limit = INT64_MAX / 2 / (int64_t)(size ? size : 1);
    for (int i = 0; i < shape->rank; i++)
        if (shape->dims[i] == 0)
            return 0;
    for (int i = 0; i < shape->rank; i++) {
        if (n > limit / shape->dims[i])
            return -1;
        n *= shape->dims[i];
    }
    return n;
}

/* The lengths in front of a string tensor's bytes, and their crc as the format counts it. */
typedef struct Lengths { const uint8_t *p, *end; uint32_t crc; uint64_t total; } Lengths;

static bool take_length(Lengths *l, uint64_t *length)
{
    uint8_t bytes[8];
    if (!tfg_wire_varint(&l->p, l->end, length))
        return false;
    size_t width = *length > UINT32_MAX ? 8 : 4;
    for (size_t i = 0; i < width; i++)
        bytes[i] = (uint8_t)(*length >> (8 * i));
    l->crc = tfg_crc32c_extend(l->crc, bytes, width);
    return !__builtin_add_overflow(l->total, *length, &l->total);
}

static int parse_strings(const char *key, const uint8_t *data, size_t n, uint32_t crc, TfgTensor *t, TfgStatus *s)
{
    Lengths all = {data, data + n, 0, 0}, again = {data, data + n, 0, 0};
    uint64_t length = 0;
    for (int64_t i = 0; i < t->count; i++)
        if (!take_length(&all, &length))
            return tfg_fail(s, TFG_DATA_LOSS, "Truncated string lengths: key %s", key);
    if ((size_t)(all.end - all.p) < 4 || all.total != (size_t)(all.end - all.p) - 4)
        return tfg_fail(s, TFG_DATA_LOSS, "Invalid string lengths: key %s", key);
    uint32_t stored = (uint32_t)all.p[0] | (uint32_t)all.p[1] << 8 | (uint32_t)all.p[2] << 16 | (uint32_t)all.p[3] << 24;
    if (tfg_crc32c_unmask(stored) != all.crc)
        return tfg_fail(s, TFG_DATA_LOSS, "The length checksum does not match: expected %08u but actual is %08u (key %s)",
                        tfg_crc32c_unmask(stored), all.crc, key);
    if (check_crc(key, crc, tfg_crc32c_extend(all.crc, all.p, (size_t)(all.end - all.p)), s) < 0)
        return -1;
    const char *text = (const char *)all.p + 4;
    int rc = 0;
    tfg_strings_begin(t->count);
    for (int64_t i = 0; i < t->count && rc == 0 && take_length(&again, &length); i++, text += length)
        rc = tfg_string_set((TfgString *)t->data + i, text, (size_t)length);
    tfg_strings_end();
    return rc < 0 ? tfg_fail_memory(s) : 0;
}

static int read_variants(const char *key, const uint8_t *data, size_t n, uint32_t want, TfgTensor *t, TfgStatus *s)
{
    const uint8_t *p = data, *end = data + n;
    uint32_t crc = 0;
    uint8_t bytes[8];
    for (int64_t i = 0; i < t->count; i++) {
        uint64_t length;
        if (!tfg_wire_varint(&p, end, &length) || length > (uint64_t)(end - p) || (size_t)(end - p) - length < 4)
            return tfg_fail(s, TFG_DATA_LOSS, "Truncated variants: key %s", key);
        for (size_t k = 0; k < 8; k++)
            bytes[k] = (uint8_t)(length >> (8 * k));
        crc = tfg_crc32c_extend(tfg_crc32c_extend(crc, bytes, 8), p, (size_t)length);
        const uint8_t *sum = p + length;
        if (tfg_crc32c_unmask((uint32_t)sum[0] | (uint32_t)sum[1] << 8 | (uint32_t)sum[2] << 16 | (uint32_t)sum[3] << 24) != crc)
            return tfg_fail(s, TFG_DATA_LOSS, "The checksum after variant %lld does not match (key %s)", (long long)i, key);
        crc = tfg_crc32c_extend(crc, sum, 4);
        TfgWire w;
        tfg_wire_init(&w, p, (size_t)length);
        if (tfg_variant_read(w, (TfgHandle **)t->data + i, s) < 0)
            return -1;
        p = sum + 4;
    }
    return p == end ? check_crc(key, want, crc, s) : tfg_fail(s, TFG_DATA_LOSS, "Bytes behind the last variant: key %s", key);
}

/* Tensors whose elements are found by reading: all bytes at once. */
static int read_parsed(const char *key, const TfgBlob *src, const TfgBundleEntry *e, TfgTensor *t, TfgStatus *s)
{
    size_t n = (size_t)e->size;
    uint8_t *data = tfg_alloc(n);
    if (!data)
        return tfg_fail_memory(s);
    int rc = tfg_blob_read(src, e->offset, data, n, s) < 0 ? -1 : (t->dtype == TFG_STRING ? parse_strings : read_variants)(key, data, n, e->crc, t, s);
    tfg_free(data);
    return rc;
}

static int check_size(const char *key, const TfgBundleEntry *e, int64_t count, TfgStatus *s)
{
    if (e->dtype == TFG_STRING || e->dtype == TFG_VARIANT) {
        if (count < 0 || e->size < (uint64_t)count)
            return tfg_fail(s, TFG_DATA_LOSS, "Invalid size in bundle entry: key %s; stored size %" PRIu64 "; expected size is at least %" PRId64,
                            key, e->size, count);
        return 0;
    }
    if (!tfg_dtype_is_plain(e->dtype))
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Tensors of type %s cannot be read from checkpoints (key %s)", tfg_dtype_name(e->dtype), key);
    if (count < 0 || e->size != (uint64_t)count * tfg_dtype_size(e->dtype))
        return tfg_fail(s, TFG_DATA_LOSS, "Invalid size in bundle entry: key %s; stored size %" PRIu64 "; expected size %" PRId64, key, e->size,
                        count < 0 ? count : count * (int64_t)tfg_dtype_size(e->dtype));
    return 0;
}

/* What an entry says is compared with the files before anything is allocated. */
static int read_whole(TfgBundle *b, const char *key, const TfgBundleEntry *e, TfgTensor **out, TfgStatus *s)
{
    if (e->dtype == TFG_INVALID)
        return tfg_fail(s, TFG_DATA_LOSS, "Invalid type in bundle entry: key %s", key);
    int64_t count = count_of(e->dtype, &e->shape);
    if (check_size(key, e, count, s) < 0)
        return -1;
    TfgBlob *src = shard_of(b, e, s);
    if (!src)
        return -1;
    if (e->offset > src->size || e->size > src->size - e->offset)
        return tfg_fail(s, TFG_DATA_LOSS, "truncated file: %s has %" PRIu64 " bytes, %" PRIu64 " at %" PRIu64 " were asked for (key %s)", src->name,
                        src->size, e->size, e->offset, key);
    TfgTensor *t = tfg_tensor_new(e->dtype, e->shape.rank, e->shape.dims, s);
    uint32_t crc = 0;
    int rc = -1;
    if (!t)
        return -1;
    if (e->dtype == TFG_STRING || e->dtype == TFG_VARIANT)
        rc = read_parsed(key, src, e, t, s);
    else if (read_bytes(src, e->offset, t->data, (size_t)e->size, &crc, s) == 0)
        rc = check_crc(key, e->crc, crc, s);
    if (rc < 0)
        tfg_tensor_unref(t);
    else
        *out = t;
    return rc;
}

typedef struct Part { TfgBundle *b; const char *key; size_t n; } Part;

static TfgTensor *read_part(void *context, size_t i, const TfgTensorSlice *slice, TfgStatus *s)
{
    const Part *p = context;
    TfgStr key = TFG_STR_INIT;
    TfgBundleEntry e;
    TfgTensor *t = NULL;
    (void)i;
    tfg_slice_key(p->key, p->n, slice, &key);
    if (key.failed)
        tfg_fail_memory(s);
    else if (tfg_bundle_find(p->b, key.data, key.n, &e, s) == 0) {
        if (e.slices.n)
            tfg_fail(s, TFG_DATA_LOSS, "A slice of %s is cut into slices", p->key);
        else
            read_whole(p->b, p->key, &e, &t, s);
        tfg_bundle_entry_fini(&e);
    }
    tfg_str_fini(&key);
    return t;
}

/* Slices do not overlap, so together they need no more bytes than the data files have. */
static int fits_files(TfgBundle *b, const char *key, const TfgBundleEntry *e, int64_t count, TfgStatus *s)
{
    TfgBundleEntry any = *e;
    if (e->dtype == TFG_INVALID || !(tfg_dtype_is_plain(e->dtype) || e->dtype == TFG_STRING))
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Tensors of type %s cannot be read from checkpoints (key %s)", tfg_dtype_name(e->dtype), key);
    for (any.shard = 0; any.shard < b->n_shards; any.shard++)
        if (!shard_of(b, &any, s))
            return -1;
    uint64_t each = e->dtype == TFG_STRING ? 1 : tfg_dtype_size(e->dtype);
    if (count < 0 || (uint64_t)count > b->data_bytes / each)
        return tfg_fail(s, TFG_DATA_LOSS, "Invalid shape in bundle entry: key %s has more elements than the data files", key);
    return 0;
}

static int insufficient(const char *key, const TfgTensorSlice *slice, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    tfg_tensor_slice_format(slice, &text);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Does not have sufficient slices for partitioned tensor %s to restore in slice_spec: %s", key,
             tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

/* From an entry in slices. */
static int read_from_slices(TfgBundle *b, const char *key, size_t n, const TfgBundleEntry *e, const TfgTensorSlice *slice, TfgTensor **out,
                            TfgStatus *s)
{
    TfgShape part;
    Part context = {b, key, n};
    if (tfg_tensor_slice_shape(slice, &e->shape, &part, s) < 0)
        return -1;
    if (fits_files(b, key, e, count_of(e->dtype, &e->shape), s) < 0)
        return -1;
    int covers = tfg_slice_set_covers(&e->slices, &e->shape, slice, s);
    if (covers <= 0)
        return covers < 0 ? -1 : insufficient(key, slice, s);
    TfgTensor *t = tfg_tensor_new(e->dtype, part.rank, part.dims, s);
    if (!t || tfg_slice_set_read(&e->slices, &e->shape, slice, read_part, &context, t, s) < 0) {
        tfg_tensor_unref(t);
        return -1;
    }
    *out = t;
    return 0;
}

/* A slice of a tensor that is saved whole. */
static int cut_out(const TfgTensor *whole, const TfgShape *shape, const TfgTensorSlice *slice, TfgTensor **out, TfgStatus *s)
{
    TfgTensorSlice all, want = *slice;
    TfgShape part;
    if (tfg_tensor_slice_shape(slice, shape, &part, s) < 0)
        return -1;
    TfgTensor *t = tfg_tensor_new(whole->dtype, part.rank, part.dims, s);
    if (!t)
        return -1;
    tfg_tensor_slice_set_full(&all, shape->rank);
    tfg_tensor_slice_resolve(&all, shape);
    tfg_tensor_slice_resolve(&want, shape);
    if (t->count && tfg_tensor_slice_copy(t->dtype, &want, whole->data, &all, t->data, &want) < 0) {
        tfg_tensor_unref(t);
        return tfg_fail_memory(s);
    }
    *out = t;
    return 0;
}

int tfg_bundle_read_slice(TfgBundle *b, const char *key, size_t n, const TfgTensorSlice *slice, TfgTensor **out, TfgStatus *s)
{
    TfgBundleEntry e;
    TfgTensor *whole = NULL;
    if (tfg_bundle_find(b, key, n, &e, s) < 0)
        return -1;
    int rc = -1;
    if (e.slices.n)
        rc = read_from_slices(b, key, n, &e, slice, out, s);
    else if (read_whole(b, key, &e, &whole, s) == 0)
        rc = cut_out(whole, &e.shape, slice, out, s);
    tfg_tensor_unref(whole);
    tfg_bundle_entry_fini(&e);
    return rc;
}

static int read_entry(TfgBundle *b, const char *key, size_t n, const TfgBundleEntry *e, TfgTensor **out, TfgStatus *s)
{
    TfgTensorSlice all;
    if (e->slices.n == 0)
        return read_whole(b, key, e, out, s);
    tfg_tensor_slice_set_full(&all, e->shape.rank);
    return read_from_slices(b, key, n, e, &all, out, s);
}

int tfg_bundle_read(TfgBundle *b, const char *key, size_t n, TfgTensor **out, TfgStatus *s)
{
    TfgBundleEntry e;
    if (tfg_bundle_find(b, key, n, &e, s) < 0)
        return -1;
    int rc = read_entry(b, key, n, &e, out, s);
    tfg_bundle_entry_fini(&e);
    return rc;
}

int tfg_bundle_check(TfgBundle *b, TfgStatus *s)
{
    TfgCursor *cursor = NULL;
    TfgBundleEntry e;
    const char *key;
    size_t n;
    int more;
    while ((more = tfg_bundle_next(b, &cursor, &key, &n, &e, s)) > 0) {
        TfgTensor *t = NULL;
        if (e.slices.n == 0)            /* the others' slices come by themselves */
            more = read_whole(b, key, &e, &t, s);
        tfg_tensor_unref(t);
        tfg_bundle_entry_fini(&e);
        if (more < 0)
            break;
    }
    tfg_cursor_free(cursor);
    return more;
}
