/* Example: tensorflow.Example and SequenceExample messages read for the features somebody wants, without a message in between.  A feature that comes twice
 * counts as it came last. */
#ifndef TFG_IO_EXAMPLE_H
#define TFG_IO_EXAMPLE_H

#include "base/map.h"
#include "io/wire.h"
#include "tensor/tensor.h"

typedef struct TfgFeature {
    TfgDType dtype;             /* TFG_FLOAT, TFG_INT64 or TFG_STRING; TFG_INVALID: absent, or without a list */
    const uint8_t *data;        /* the list's message, borrowed from the Example */
    size_t n;
    int64_t count;              /* values; -1: the feature's or the list's bytes are broken */
    bool present;
} TfgFeature;

typedef struct TfgFeatureList {
    bool present;
    const uint8_t *data;        /* its message, borrowed from the SequenceExample */
    size_t n;
    int64_t length;             /* features; -1: its bytes are broken */
} TfgFeatureList;

/* Fills found[i] for the keys whose value in `keys` is i + 1 (cast to a pointer).  False where the bytes are no Example. */
bool tfg_example_find(const void *data, size_t n, const TfgMap *keys, TfgFeature *found, int n_found);
/* Its values into `to`: float, int64_t, or TfgString that are empty.  -1 only without memory. */
int tfg_feature_values(const TfgFeature *f, void *to, TfgStatus *s);

/* What is wanted of a SequenceExample: keys of its context, and of its lists of features, each with a place for what is found. */
typedef struct TfgSequenceWanted {
    bool whole;                 /* anything broken, wanted or not, is an error; else an entry without its value is one */
    const TfgMap *context_keys, *list_keys;
    TfgFeature *context;
    TfgFeatureList *lists;
    int n_context, n_lists;
} TfgSequenceWanted;
/* False where the bytes are no SequenceExample.  Unless `whole`, a feature that is broken inside has count -1, and is the caller's to judge. */
bool tfg_sequence_example_find(const void *data, size_t n, const TfgSequenceWanted *wanted);
/* Walks a list: tfg_wire_init(w, list->data, list->n), then each call gives the next feature; false at the end. */
bool tfg_feature_list_next(TfgWire *w, TfgFeature *out);

#endif
