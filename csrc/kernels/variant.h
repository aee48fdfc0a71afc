/* What elements of variant tensors may be besides lists and datasets: a tensor, or a value that may be missing. */
#ifndef TFG_KERNELS_VARIANT_H
#define TFG_KERNELS_VARIANT_H

#include "io/variant_data.h"
#include "kernels/util.h"

#define TFG_OPTIONAL_TYPE "Optional"

typedef struct TfgOptional {
    TfgHandle base;
    bool has_value;
    int n;
    TfgTensor *t[];             /* counted */
} TfgOptional;

/* One with room for n components, which the caller sets. */
TfgOptional *tfg_optional_new(int n, bool has_value, TfgStatus *s);
/* Whether its components are what the attributes say. */
int tfg_optional_check(const TfgOptional *o, const TfgAttr *types, const TfgAttr *shapes, TfgStatus *s);
/* A scalar that holds it; it is taken. */
TfgTensor *tfg_optional_tensor_steal(TfgOptional *o, TfgStatus *s);

#endif
