/* Functions of datasets: a function of the graph and the tensors that it captured, which follow the element among its arguments. */
#ifndef TFG_KERNELS_DATASET_FUNCTION_H
#define TFG_KERNELS_DATASET_FUNCTION_H

#include "kernels/dataset.h"

typedef struct TfgDatasetFn {
    TfgCallable *f;
    int n_in, n_captured;               /* n_in: arguments before the captured ones; more than the function takes are not passed */
    int n_out;                          /* results that callers get: those behind them are dropped */
    TfgTensor **captured;
} TfgDatasetFn;

/* The function of attribute `attr`, which is called with n_in values; inputs [first, first + n) of the call are captured.  Whether the
 * function takes them is known when it is called. */
int tfg_dataset_fn_init(TfgDatasetFn *fn, TfgKernelCall *c, const char *attr, int n_in, int first, int n, TfgStatus *s);
void tfg_dataset_fn_fini(TfgDatasetFn *fn);
/* Whether it gives the dtypes that the dataset declares; what it gives more is dropped from now on. */
int tfg_dataset_fn_check_gives(TfgDatasetFn *fn, const TfgDataset *d, TfgStatus *s);
/* n_out new tensors. */
int tfg_dataset_fn_call(const TfgDatasetFn *fn, TfgTensor *const *in, TfgTensor **out, TfgCancel *cancel, TfgStatus *s);
/* For functions that end a sequence by OUT_OF_RANGE: 1, 0 at the end, -1. */
int tfg_dataset_fn_next(const TfgDatasetFn *fn, TfgTensor *const *in, TfgTensor **out, TfgCancel *cancel, TfgStatus *s);

/* A dataset that applies a function to each element. */
typedef struct TfgMapped {
    TfgDataset base;
    TfgDatasetFn fn;
    int64_t cycle, block;
    int64_t parallel;           /* calls at once, or datasets that are computed ahead */
    int64_t ahead;              /* elements of each that are; 0: none */
    bool sloppy;                /* whichever has an element first */
    bool gives_dataset;         /* the function, of elements that become datasets */
} TfgMapped;
TfgMapped *tfg_mapped_new(TfgKernelCall *c, const TfgDatasetKind *kind, const char *attr, int n_behind, TfgStatus *s);
void tfg_mapped_fini(TfgDataset *d);

#endif
