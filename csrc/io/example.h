/* Example: tensorflow.Example messages read for the features somebody wants, without a message in between.  A feature that comes twice
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
    int64_t count;              /* values; -1: the list's bytes are broken */
} TfgFeature;

/* Fills found[i] for the keys whose value in `keys` is i + 1 (cast to a pointer).  False where the bytes are no Example. */
bool tfg_example_find(const void *data, size_t n, const TfgMap *keys, TfgFeature *found, int n_found);
/* Its values into `to`: float, int64_t, or TfgString that are empty.  -1 only without memory. */
int tfg_feature_values(const TfgFeature *f, void *to, TfgStatus *s);

#endif
