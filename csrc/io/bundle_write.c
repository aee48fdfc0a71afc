#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/crc32c.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/status.h"
#include "io/bundle.h"
#include "io/tensor_proto.h"
#include "io/variant_data.h"

#define PIECE ((size_t)1 << 20)         /* of a large tensor, summed in one go */

typedef struct Entry {
    const char *key;            /* in the arena */
    size_t n;
    TfgDType dtype;
    const TfgDims *dims;
    int shard;
    uint64_t offset, size;
    uint32_t crc;
    bool has_crc;
    TfgStr slices;              /* the fields `slices`, encoded */
} Entry;

struct TfgBundleWriter {
    TfgArena arena;
    TfgMap by_key;              /* Entry */
    Entry **entries;
    size_t n, capacity;
};

TfgBundleWriter *tfg_bundle_writer_new(TfgStatus *s)
{
    TfgBundleWriter *w = tfg_calloc(1, sizeof *w);
    if (!w) {
        tfg_fail_memory(s);
        return NULL;
    }
    tfg_arena_init(&w->arena);
    return w;
}

void tfg_bundle_writer_free(TfgBundleWriter *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->n; i++)
        tfg_str_fini(&w->entries[i]->slices);
    tfg_free(w->entries);
    tfg_map_fini(&w->by_key);
    tfg_arena_fini(&w->arena);
    tfg_free(w);
}

static Entry *new_entry(TfgBundleWriter *w, const char *key, size_t n, TfgDType dtype, const TfgShape *shape, TfgStatus *s)
{
    Entry *e = tfg_arena_alloc(&w->arena, sizeof *e);
    char *copy = tfg_arena_strndup(&w->arena, key, n);
    const TfgDims *dims = tfg_dims_new(&w->arena, shape);
    if (!e || !copy || !dims || tfg_grow((void **)&w->entries, &w->capacity, w->n + 1, sizeof *w->entries) < 0 ||
        tfg_map_put(&w->by_key, copy, n, e) < 0) {
        tfg_fail_memory(s);
        return NULL;
    }
    e->key = copy;
    e->n = n;
    e->dtype = dtype;
    e->dims = dims;
    return w->entries[w->n++] = e;
}

static int check_new(const TfgBundleWriter *w, const char *key, size_t n, TfgStatus *s)
{
    if (n == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The name of a tensor in a checkpoint cannot be empty");
    if (tfg_map_has(&w->by_key, key, n))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Adding duplicate key: %.*s", (int)n, key);
    return 0;
}

/* ---- elements ---- */

typedef struct Large {          /* one thread writes it, while others sum its pieces */
    const char *p;
    size_t n;
    TfgDraft *data;
    uint32_t *crcs;
    TfgStatus *s;
    int rc;
} Large;

static void do_part(void *context, int64_t i)
{
    Large *l = context;
    if (i == 0) {
        l->rc = tfg_draft_write(l->data, l->p, l->n, l->s);
        return;
    }
    size_t begin = (size_t)(i - 1) * PIECE;
    l->crcs[i - 1] = tfg_crc32c(l->p + begin, l->n - begin < PIECE ? l->n - begin : PIECE);
}

static int write_large(const char *p, size_t n, TfgDraft *data, uint32_t *crc, TfgStatus *s)
{
    size_t count = (n + PIECE - 1) / PIECE;
    Large l = {p, n, data, tfg_alloc(count * sizeof *l.crcs), s, 0};
    if (!l.crcs)
        return tfg_fail_memory(s);
    tfg_parallel((int64_t)count + 1, 0, do_part, &l);
    *crc = l.crcs[0];
    for (size_t i = 1; i < count; i++)
        *crc = tfg_crc32c_join(*crc, l.crcs[i], i + 1 < count ? PIECE : n - i * PIECE);
    tfg_free(l.crcs);
    return l.rc;
}

static int write_numbers(const TfgTensor *t, TfgDraft *data, uint32_t *crc, TfgStatus *s)
{
    size_t n = tfg_tensor_nbytes(t);
    if (n > PIECE && tfg_parallel_size() > 1)
        return write_large(t->data, n, data, crc, s);
    *crc = tfg_crc32c(t->data, n);
    return tfg_draft_write(data, t->data, n, s);
}

static int write_strings(const TfgTensor *t, TfgDraft *data, uint32_t *crc, TfgStatus *s)
{
    const TfgString *e = t->data;
    TfgStr lengths = TFG_STR_INIT;
    uint8_t bytes[8];
    int rc = 0;
    for (int64_t i = 0; i < t->count; i++) {
        size_t width = e[i].n > UINT32_MAX ? 8 : 4;
        for (size_t k = 0; k < width; k++)
            bytes[k] = (uint8_t)((uint64_t)e[i].n >> (8 * k));
        *crc = tfg_crc32c_extend(*crc, bytes, width);
        tfg_put_varint(&lengths, e[i].n);
    }
    uint32_t masked = tfg_crc32c_mask(*crc);
    for (size_t k = 0; k < 4; k++)
        bytes[k] = (uint8_t)(masked >> (8 * k));
    *crc = tfg_crc32c_extend(*crc, bytes, 4);
    if (lengths.failed)
        rc = tfg_fail_memory(s);
    else if (tfg_draft_write(data, lengths.data, lengths.n, s) < 0 || tfg_draft_write(data, bytes, 4, s) < 0)
        rc = -1;
    for (int64_t i = 0; rc == 0 && i < t->count; i++) {
        *crc = tfg_crc32c_extend(*crc, e[i].data, e[i].n);
        rc = tfg_draft_write(data, e[i].data, e[i].n, s);
    }
    tfg_str_fini(&lengths);
    return rc;
}

/* Each element as its length, the bytes of its proto and the crc of everything so far. */
static int write_variants(const TfgTensor *t, TfgDraft *data, uint32_t *crc, TfgStatus *s)
{
    TfgStr body = TFG_STR_INIT, length = TFG_STR_INIT;
    uint8_t bytes[8];
    int rc = 0;
    for (int64_t i = 0; rc == 0 && i < t->count; i++) {
        tfg_str_clear(&body);
        tfg_str_clear(&length);
        if (tfg_variant_write(((TfgHandle *const *)t->data)[i], &body, s) < 0) {
            rc = -1;
            break;
        }
        for (size_t k = 0; k < 8; k++)
            bytes[k] = (uint8_t)((uint64_t)body.n >> (8 * k));
        tfg_put_varint(&length, body.n);
        *crc = tfg_crc32c_extend(tfg_crc32c_extend(*crc, bytes, 8), body.data, body.n);
        uint32_t masked = tfg_crc32c_mask(*crc);
        for (size_t k = 0; k < 4; k++)
            bytes[k] = (uint8_t)(masked >> (8 * k));
        *crc = tfg_crc32c_extend(*crc, bytes, 4);
        if (length.failed)
            rc = tfg_fail_memory(s);
        else if (tfg_draft_write(data, length.data, length.n, s) < 0 || tfg_draft_write(data, body.data, body.n, s) < 0 ||
                 tfg_draft_write(data, bytes, 4, s) < 0)
            rc = -1;
    }
    tfg_str_fini(&body);
    tfg_str_fini(&length);
    return rc;
}

int tfg_bundle_add(TfgBundleWriter *w, const char *key, size_t n, const TfgTensor *t, TfgDraft *data, TfgStatus *s)
{
    TfgShape shape;
    if (check_new(w, key, n, s) < 0)
        return -1;
    if (t->dtype != TFG_STRING && t->dtype != TFG_VARIANT && !tfg_dtype_is_plain(t->dtype))
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Tensors of type %s cannot be written to checkpoints (key %.*s)", tfg_dtype_name(t->dtype), (int)n,
                        key);
    tfg_tensor_shape(t, &shape);
    Entry *e = new_entry(w, key, n, t->dtype, &shape, s);
    if (!e)
        return -1;
    e->offset = data->written;
    e->has_crc = true;
    if ((t->dtype == TFG_STRING ? write_strings : t->dtype == TFG_VARIANT ? write_variants : write_numbers)(t, data, &e->crc, s) < 0)
        return -1;
    e->size = data->written - e->offset;
    return 0;
}

static bool same_shape(const TfgDims *dims, const TfgShape *shape)
{
    return dims->rank == shape->rank && memcmp(dims->dims, shape->dims, (size_t)shape->rank * sizeof *shape->dims) == 0;
}

static void put_slice(TfgStr *out, const TfgTensorSlice *slice)
{
    size_t mark = tfg_put_begin(out, 7, 0);
    tfg_tensor_slice_write(slice, out);
    tfg_put_end(out, mark);
}

/* The entry of the whole, new or from an earlier slice. */
static Entry *whole_entry(TfgBundleWriter *w, const char *key, size_t n, TfgDType dtype, const TfgShape *shape, TfgStatus *s)
{
    Entry *e = tfg_map_find(&w->by_key, key, n);
    if (!e)
        return check_new(w, key, n, s) < 0 ? NULL : new_entry(w, key, n, dtype, shape, s);
    if (e->has_crc)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Adding duplicate key: %.*s", (int)n, key);
    else if (e->dtype != dtype || !same_shape(e->dims, shape))
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Slices of %.*s disagree about its type or shape", (int)n, key);
    else
        return e;
    return NULL;
}

int tfg_bundle_add_slice(TfgBundleWriter *w, const char *key, size_t n, const TfgShape *whole, const TfgTensorSlice *slice, const TfgTensor *t,
                         TfgDraft *data, TfgStatus *s)
{
    if (tfg_tensor_slice_is_full(slice, whole))
        return tfg_bundle_add(w, key, n, t, data, s);
    Entry *e = whole_entry(w, key, n, t->dtype, whole, s);
    if (!e)
        return -1;
    put_slice(&e->slices, slice);
    TfgStr own = TFG_STR_INIT;
    tfg_slice_key(key, n, slice, &own);
    int rc = own.failed || e->slices.failed ? tfg_fail_memory(s) : tfg_bundle_add(w, own.data, own.n, t, data, s);
    tfg_str_fini(&own);
    return rc;
}

int tfg_bundle_add_entry(TfgBundleWriter *w, const char *key, size_t n, const TfgBundleEntry *from, int shard, const char *name, TfgStatus *s)
{
    if (from->slices.n == 0) {
        if (n && tfg_map_has(&w->by_key, key, n))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Duplicate tensor keyed by %.*s encountered, when merging prefix: %s", (int)n, key, name);
        Entry *e = check_new(w, key, n, s) < 0 ? NULL : new_entry(w, key, n, from->dtype, &from->shape, s);
        if (!e)
            return -1;
        e->shard = shard;
        e->offset = from->offset;
        e->size = from->size;
        e->crc = from->crc;
        e->has_crc = true;
        return 0;
    }
    Entry *e = whole_entry(w, key, n, from->dtype, &from->shape, s);
    if (!e)
        return -1;
    for (size_t i = 0; i < from->slices.n; i++) {
        TfgTensorSlice slice;
        tfg_slice_set_at(&from->slices, i, &slice);
        put_slice(&e->slices, &slice);
    }
    return e->slices.failed ? tfg_fail_memory(s) : 0;
}

/* ---- index ---- */

static int by_key(const void *a, const void *b)
{
    const Entry *x = *(Entry *const *)a, *y = *(Entry *const *)b;
    int order = memcmp(x->key, y->key, x->n < y->n ? x->n : y->n);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

static void encode_entry(const Entry *e, TfgStr *out)
{
    tfg_str_clear(out);
    tfg_put_int(out, 1, e->dtype);
    size_t mark = tfg_put_begin(out, 2, 0);
    tfg_shape_proto_write(e->dims->rank, e->dims->dims, out);
    tfg_put_end(out, mark);
    tfg_put_int_unless_zero(out, 3, e->shard);
    tfg_put_int_unless_zero(out, 4, (int64_t)e->offset);
    tfg_put_int_unless_zero(out, 5, (int64_t)e->size);
    if (e->has_crc && tfg_crc32c_mask(e->crc) != 0)
        tfg_put_fixed32(out, 6, tfg_crc32c_mask(e->crc));
    tfg_str_append(out, e->slices.data, e->slices.n);
}

static void encode_header(int n_shards, TfgStr *out)
{
    tfg_put_int(out, 1, n_shards);
    size_t mark = tfg_put_begin(out, 3, 0);
    tfg_put_int(out, 1, 1);             /* producer */
    tfg_put_end(out, mark);
}

int tfg_bundle_finish(TfgBundleWriter *w, int n_shards, TfgDraft *index, TfgStatus *s)
{
    TfgTableWriter *table = tfg_table_writer_new(index, s);
    TfgStr value = TFG_STR_INIT;
    int rc = -1;
    if (!table)
        return -1;
    if (w->n)
        qsort(w->entries, w->n, sizeof *w->entries, by_key);
    encode_header(n_shards, &value);
    if (value.failed ? tfg_fail_memory(s) < 0 : tfg_table_add(table, "", 0, value.data, value.n, s) < 0)
        goto done;
    for (size_t i = 0; i < w->n; i++) {
        encode_entry(w->entries[i], &value);
        if (value.failed ? tfg_fail_memory(s) < 0
                         : tfg_table_add(table, w->entries[i]->key, w->entries[i]->n, value.data, value.n, s) < 0)
            goto done;
    }
    rc = tfg_table_finish(table, s);
done:
    tfg_table_writer_free(table);
    tfg_str_fini(&value);
    return rc;
}
