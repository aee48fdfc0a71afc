#include "io/example.h"

#include "base/memory.h"
#include "base/status.h"

enum { EXAMPLE_FEATURES = 1, FEATURES_ENTRY = 1, ENTRY_KEY = 1, ENTRY_VALUE = 2, LIST_VALUE = 1 };

static TfgDType dtype_of_field(uint32_t number)
{
    return number == 1 ? TFG_STRING : number == 2 ? TFG_FLOAT : number == 3 ? TFG_INT64 : TFG_INVALID;
}

static TfgWireType wire_of(TfgDType d)
{
    return d == TFG_FLOAT ? TFG_WIRE_FIXED32 : TFG_WIRE_VARINT;
}

/* Numbers of one field of a list: how many, or -1.  With `to`, they are stored there. */
static int64_t numbers(const TfgField *f, TfgDType d, void *to, TfgStatus *s)
{
    TfgPacked k;
    uint64_t v;
    int more;
    int64_t n = 0;
    if (!tfg_packed_init(&k, f, wire_of(d)))
        return 0;
    for (; (more = tfg_packed_next(&k, &v, s)) > 0; n++) {
        if (!to)
            continue;
        if (d == TFG_FLOAT)
            ((float *)to)[n] = tfg_wire_float(v);
        else
            ((int64_t *)to)[n] = (int64_t)v;
    }
    return more < 0 ? -1 : n;
}

/* Walks a list: counts its values, and stores them where `to` is given. */
static int64_t walk(const uint8_t *data, size_t n, TfgDType d, void *to, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    int more;
    int64_t count = 0;
    tfg_wire_init(&w, data, n);
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (f.number != LIST_VALUE)
            continue;
        int64_t got = 0;
        if (d != TFG_STRING)
            got = numbers(&f, d, to ? (char *)to + (size_t)count * tfg_dtype_size(d) : NULL, s);
        else if (f.type == TFG_WIRE_BYTES)
            got = to && tfg_string_set((TfgString *)to + count, (const char *)f.data, f.n) < 0 ? tfg_fail_memory(s) : 1;
        if (got < 0)
            return -1;
        count += got;
    }
    return more < 0 ? -1 : count;
}

int tfg_feature_values(const TfgFeature *f, void *to, TfgStatus *s)
{
    return f->dtype == TFG_INVALID || walk(f->data, f->n, f->dtype, to, s) >= 0 ? 0 : -1;
}

static int read_feature(const TfgWire *outer, const TfgField *value, TfgFeature *out, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    int more;
    *out = (TfgFeature){.dtype = TFG_INVALID};
    if (tfg_wire_enter(outer, value, &w, s) < 0)
        return -1;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (f.type == TFG_WIRE_BYTES && dtype_of_field(f.number) != TFG_INVALID)
            *out = (TfgFeature){dtype_of_field(f.number), f.data, f.n, 0};
    if (more < 0)
        return -1;
    TfgStatus bad = TFG_STATUS_INIT;
    if (out->dtype != TFG_INVALID)
        out->count = walk(out->data, out->n, out->dtype, NULL, &bad);
    tfg_status_fini(&bad);
    return 0;
}

static int read_entry(const TfgWire *outer, const TfgField *entry, const TfgMap *keys, TfgFeature *found, TfgStatus *s)
{
    TfgWire w;
    TfgField f, key = {0}, value = {0};
    TfgFeature feature;
    int more;
    if (tfg_wire_enter(outer, entry, &w, s) < 0)
        return -1;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (tfg_field_is(&f, ENTRY_KEY, TFG_WIRE_BYTES))
            key = f;
        else if (tfg_field_is(&f, ENTRY_VALUE, TFG_WIRE_BYTES))
            value = f;
    }
    if (more < 0)
        return -1;
    uintptr_t at = (uintptr_t)tfg_map_find(keys, key.n ? (const char *)key.data : "", key.n);
    if (!at)
        return 0;
    if (value.number == 0)
        feature = (TfgFeature){.dtype = TFG_INVALID};
    else if (read_feature(&w, &value, &feature, s) < 0)
        return -1;
    found[at - 1] = feature;
    return 0;
}

bool tfg_example_find(const void *data, size_t n, const TfgMap *keys, TfgFeature *found, int n_found)
{
    TfgStatus bad = TFG_STATUS_INIT;
    TfgWire w, in;
    TfgField f, entry;
    int more;
    for (int i = 0; i < n_found; i++)
        found[i] = (TfgFeature){.dtype = TFG_INVALID};
    tfg_wire_init(&w, data, n);
    while ((more = tfg_wire_next(&w, &f, &bad)) > 0) {
        if (!tfg_field_is(&f, EXAMPLE_FEATURES, TFG_WIRE_BYTES))
            continue;
        more = tfg_wire_enter(&w, &f, &in, &bad);
        while (more >= 0 && (more = tfg_wire_next(&in, &entry, &bad)) > 0)
            if (tfg_field_is(&entry, FEATURES_ENTRY, TFG_WIRE_BYTES) && read_entry(&in, &entry, keys, found, &bad) < 0)
                more = -1;
        if (more < 0)
            break;
    }
    tfg_status_fini(&bad);
    return more == 0;
}
