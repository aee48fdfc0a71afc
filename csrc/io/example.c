#include "io/example.h"

#include "base/memory.h"
#include "base/status.h"

enum { EXAMPLE_FEATURES = 1, SEQUENCE_CONTEXT = 1, SEQUENCE_LISTS = 2, FEATURES_ENTRY = 1, LIST_FEATURE = 1, ENTRY_KEY = 1, ENTRY_VALUE = 2, LIST_VALUE = 1 };

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
    *out = (TfgFeature){.dtype = TFG_INVALID, .present = true};
    if (tfg_wire_enter(outer, value, &w, s) < 0)
        return -1;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (f.type == TFG_WIRE_BYTES && dtype_of_field(f.number) != TFG_INVALID)
            *out = (TfgFeature){dtype_of_field(f.number), f.data, f.n, 0, true};
    if (more < 0)
        return -1;
    TfgStatus bad = TFG_STATUS_INIT;
    if (out->dtype != TFG_INVALID)
        out->count = walk(out->data, out->n, out->dtype, NULL, &bad);
    tfg_status_fini(&bad);
    return 0;
}

/* The key and the value of a map's entry; number 0 where one is missing. */
static int split_entry(const TfgWire *outer, const TfgField *entry, TfgWire *w, TfgField *key, TfgField *value, TfgStatus *s)
{
    TfgField f;
    int more;
    *key = *value = (TfgField){0};
    if (tfg_wire_enter(outer, entry, w, s) < 0)
        return -1;
    while ((more = tfg_wire_next(w, &f, s)) > 0) {
        if (tfg_field_is(&f, ENTRY_KEY, TFG_WIRE_BYTES))
            *key = f;
        else if (tfg_field_is(&f, ENTRY_VALUE, TFG_WIRE_BYTES))
            *value = f;
    }
    return more;
}

static uintptr_t wanted_at(const TfgMap *keys, const TfgField *key)
{
    return (uintptr_t)tfg_map_find(keys, key->n ? (const char *)key->data : "", key->n);
}

static int read_entry(const TfgWire *outer, const TfgField *entry, const TfgMap *keys, TfgFeature *found, TfgStatus *s)
{
    TfgWire w;
    TfgField key, value;
    TfgFeature feature = {.dtype = TFG_INVALID};
    if (split_entry(outer, entry, &w, &key, &value, s) < 0)
        return -1;
    uintptr_t at = wanted_at(keys, &key);
    if (!at)
        return 0;
    if (value.number != 0 && read_feature(&w, &value, &feature, s) < 0)
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

/* ---- SequenceExample ---- */

static void feature_or_broken(const TfgWire *outer, const TfgField *value, TfgFeature *out)
{
    TfgStatus bad = TFG_STATUS_INIT;
    if (read_feature(outer, value, out, &bad) < 0)
        *out = (TfgFeature){.dtype = TFG_INVALID, .data = value->data, .count = -1, .present = true};
    tfg_status_fini(&bad);
}

bool tfg_feature_list_next(TfgWire *w, TfgFeature *out)
{
    TfgStatus bad = TFG_STATUS_INIT;
    TfgField f;
    int more;
    while ((more = tfg_wire_next(w, &f, &bad)) > 0 && !tfg_field_is(&f, LIST_FEATURE, TFG_WIRE_BYTES))
        continue;
    tfg_status_fini(&bad);
    if (more > 0)
        feature_or_broken(w, &f, out);
    return more > 0;
}

static void read_list(const TfgWire *outer, const TfgField *value, TfgFeatureList *out)
{
    TfgStatus bad = TFG_STATUS_INIT;
    TfgWire w;
    TfgField f;
    int more = tfg_wire_enter(outer, value, &w, &bad);
    *out = (TfgFeatureList){.present = true, .data = value->data, .n = value->n};
    while (more >= 0 && (more = tfg_wire_next(&w, &f, &bad)) > 0)
        out->length += tfg_field_is(&f, LIST_FEATURE, TFG_WIRE_BYTES);
    if (more < 0)
        out->length = -1;
    tfg_status_fini(&bad);
}

static bool list_is_whole(const TfgFeatureList *list)
{
    TfgFeature f;
    TfgWire w;
    tfg_wire_init(&w, list->data, list->n);
    while (tfg_feature_list_next(&w, &f))
        if (f.count < 0)
            return false;
    return list->length >= 0;
}

static int read_sequence_entry(const TfgWire *outer, const TfgField *entry, bool list, const TfgSequenceWanted *wanted, TfgStatus *s)
{
    TfgWire w;
    TfgField key, value;
    TfgFeature feature = {.count = 0};
    TfgFeatureList features = {.length = 0};
    if (split_entry(outer, entry, &w, &key, &value, s) < 0 || (!wanted->whole && (key.number == 0 || value.number == 0)))
        return -1;
    if (value.number == 0)
        value = (TfgField){.number = ENTRY_VALUE, .type = TFG_WIRE_BYTES, .data = (const uint8_t *)""};
    uintptr_t at = wanted_at(list ? wanted->list_keys : wanted->context_keys, &key);
    if (!at && !wanted->whole)
        return 0;
    if (list)
        read_list(&w, &value, &features);
    else
        feature_or_broken(&w, &value, &feature);
    if (at && list)
        wanted->lists[at - 1] = features;
    else if (at)
        wanted->context[at - 1] = feature;
    return wanted->whole && !(list ? list_is_whole(&features) : feature.count >= 0) ? -1 : 0;
}

bool tfg_sequence_example_find(const void *data, size_t n, const TfgSequenceWanted *wanted)
{
    TfgStatus bad = TFG_STATUS_INIT;
    TfgWire w, in;
    TfgField f, entry;
    int more;
    for (int i = 0; i < wanted->n_context; i++)
        wanted->context[i] = (TfgFeature){.dtype = TFG_INVALID};
    for (int i = 0; i < wanted->n_lists; i++)
        wanted->lists[i] = (TfgFeatureList){0};
    tfg_wire_init(&w, data, n);
    while ((more = tfg_wire_next(&w, &f, &bad)) > 0) {
        if (f.type != TFG_WIRE_BYTES || (f.number != SEQUENCE_CONTEXT && f.number != SEQUENCE_LISTS))
            continue;
        more = tfg_wire_enter(&w, &f, &in, &bad);
        while (more >= 0 && (more = tfg_wire_next(&in, &entry, &bad)) > 0)
            if (tfg_field_is(&entry, FEATURES_ENTRY, TFG_WIRE_BYTES) && read_sequence_entry(&in, &entry, f.number == SEQUENCE_LISTS, wanted, &bad) < 0)
                more = -1;
        if (more < 0)
            break;
    }
    tfg_status_fini(&bad);
    return more == 0;
}
