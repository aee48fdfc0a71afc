/* Fuzz targets: readers of records, Examples and SequenceExamples, over any bytes.  libfuzzer.sh makes programs of
 * them. */
#ifndef TFG_FUZZ_RECORDS_H
#define TFG_FUZZ_RECORDS_H

#include "../fuzz/fuzz_messages.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/example.h"
#include "io/records.h"
#include "tensor/tensor.h"

FUZZ_TARGET int fuzz_records(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgRecordReader r;
    TfgSource *in = tfg_memory_source_new(data, n, &s);
    FUZZ_REQUIRE(in);
    if (tfg_record_reader_init_steal(&r, in, 0, &s) == 0) {
        int more;
        size_t records = 0;
        while ((more = tfg_record_read(&r, &s)) > 0)
            FUZZ_REQUIRE(++records <= n / 16);
        fuzz_check_status(more, &s);
        tfg_record_reader_fini(&r);
    }
    tfg_status_fini(&s);
    return 0;
}

/* What a feature says of itself is what it gives. */
static void fuzz_feature(const TfgFeature *f, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    if (f->dtype == TFG_INVALID || f->count < 0)
        return;
    FUZZ_REQUIRE((size_t)f->count <= n);
    TfgTensor *t = tfg_tensor_new(f->dtype, 1, &f->count, &s);
    FUZZ_REQUIRE(t && tfg_feature_values(f, t->data, &s) == 0);
    tfg_tensor_unref(t);
}

static void fuzz_keys(TfgMap *keys)
{
    const char *names[] = {"a", "i", "s", "f", "n", "w", ""};
    for (size_t i = 0; i < 7; i++)
        FUZZ_REQUIRE(tfg_map_put(keys, names[i], strlen(names[i]), (void *)(i + 1)) == 0);
}

FUZZ_TARGET int fuzz_example(const uint8_t *data, size_t n)
{
    TfgMap keys = {0};
    TfgFeature found[7];
    fuzz_keys(&keys);
    if (tfg_example_find(data, n, &keys, found, 7))
        for (int i = 0; i < 7; i++)
            fuzz_feature(&found[i], n);
    tfg_map_fini(&keys);
    return 0;
}

FUZZ_TARGET int fuzz_sequence_example(const uint8_t *data, size_t n)
{
    TfgMap keys = {0};
    TfgFeature context[7], f;
    TfgFeatureList lists[7];
    TfgWire w;
    fuzz_keys(&keys);
    for (int whole = 0; whole <= 1; whole++) {
        TfgSequenceWanted wanted = {whole, &keys, &keys, context, lists, 7, 7};
        if (!tfg_sequence_example_find(data, n, &wanted))
            continue;
        for (int i = 0; i < 7; i++) {
            int64_t length = 0;
            FUZZ_REQUIRE(!whole || (context[i].count >= 0 && lists[i].length >= 0));
            fuzz_feature(&context[i], n);
            tfg_wire_init(&w, lists[i].data, lists[i].n);
            for (; tfg_feature_list_next(&w, &f); length++) {
                FUZZ_REQUIRE(!whole || f.count >= 0);
                fuzz_feature(&f, n);
            }
            FUZZ_REQUIRE(lists[i].length < 0 || length == lists[i].length);
        }
    }
    tfg_map_fini(&keys);
    return 0;
}

#endif
