/* Datasets: sequences of tuples of tensors, described but not computed.  A dataset never changes; it is an element of a variant
 * tensor.  A walk goes over one: the elements are computed as they are asked for.  Each kind is a table of functions and two
 * structs that begin with TfgDataset and TfgWalk. */
#ifndef TFG_KERNELS_DATASET_H
#define TFG_KERNELS_DATASET_H

#include "base/arena.h"
#include "kernels/util.h"
#include "runtime/callable.h"
#include "runtime/kernel.h"

#define TFG_DATASET_TYPE "Dataset"
#define TFG_ITERATOR_TYPE "Iterator"

typedef struct TfgDataset TfgDataset;
typedef struct TfgWalk TfgWalk;
typedef struct TfgWalkState TfgWalkState;

typedef struct TfgDatasetKind {
    const char *name;
    size_t size, cursor_size;           /* of its structs */
    void (*fini)(TfgDataset *d);        /* what it holds besides `input`; NULL: nothing */
    /* All three see a cursor that is zeroed but for its dataset; `end` is called also when `begin` failed. */
    int (*begin)(TfgWalk *c, TfgStatus *s);           /* NULL: nothing to do */
    /* 1 and d->n new tensors, 0 at the end (again at each later call), -1 with a status.  Called by one thread at a time. */
    int (*next)(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s);
    void (*end)(TfgWalk *c);
    /* Writes where a walk stands, or reads it into a fresh one (dataset_state.h); NULL where that cannot be said. */
    int (*state)(TfgWalk *c, TfgWalkState *t, TfgStatus *s);
} TfgDatasetKind;

typedef struct TfgOrigin {              /* the call that made a dataset: enough to make it again */
    const char *op;
    TfgAttrs attrs;
    int n;
    TfgTensor **in;             /* counted; NULL for the dataset that the walk's input reads, which is counted there */
} TfgOrigin;

struct TfgDataset {
    TfgHandle base;
    const TfgDatasetKind *kind;
    TfgArena arena;                     /* of what is declared here */
    int n, depth;                       /* components; how many datasets it reads through */
    TfgDType *dtypes;
    const TfgDims **shapes;             /* entries may be NULL: unknown */
    TfgDataset *input;                  /* counted; NULL for sources */
    TfgOrigin origin;                   /* op is NULL where no call made it */
};

struct TfgWalk {
    TfgDataset *dataset;                /* counted */
    TfgWalk *input;                   /* over dataset->input, where the kind opened one */
    struct TfgGauges *stats;           /* where it tells what it does, or NULL; of a dataset around it (dataset_stats.h) */
};

/* A dataset without components yet; `input` is counted. */
void *tfg_dataset_new(const TfgDatasetKind *kind, TfgDataset *input, TfgStatus *s);
static inline TfgDataset *tfg_dataset_ref(TfgDataset *d) { return (TfgDataset *)tfg_handle_ref(&d->base); }
static inline void tfg_dataset_unref(void *d) { if (d) tfg_handle_unref(&((TfgDataset *)d)->base); }
/* Its components: of these dtypes and shapes unknown, as attributes list them, or those of another dataset. */
int tfg_dataset_declare(TfgDataset *d, int n, const TfgDType *dtypes, TfgStatus *s);
int tfg_dataset_declare_attrs(TfgDataset *d, const TfgAttrs *attrs, const char *types, TfgStatus *s);
int tfg_dataset_declare_like(TfgDataset *d, const TfgDataset *like, TfgStatus *s);
int tfg_dataset_set_shape(TfgDataset *d, int i, int rank, const int64_t *dims, TfgStatus *s);

/* Output 0 of a call is the dataset, which is stolen.  The call is remembered, with its inputs but for those that the kind has put
 * into d->origin.in itself. */
int tfg_dataset_give_steal(TfgKernelCall *c, void *dataset, TfgStatus *s);
TfgTensor *tfg_dataset_tensor_steal(void *dataset, TfgStatus *s);
/* Room for the inputs of the call that makes it, so that a kind may put in what it keeps anyway, or what it chose for itself. */
int tfg_dataset_take_inputs(TfgDataset *d, int n, TfgStatus *s);
/* The seeds that a dataset uses are inputs `at` and at + 1 of the call, so that it can be made again. */
int tfg_dataset_remember_seeds(TfgDataset *d, int at, uint64_t seed, uint64_t seed2, TfgStatus *s);
/* The dataset that a NULL among the origin's inputs stands for: the input, or the input's where that is the dataset's own. */
const TfgDataset *tfg_dataset_origin_input(const TfgDataset *d);
/* The dataset in a tensor, borrowed from it; NULL with a status. */
TfgDataset *tfg_dataset_of(const TfgTensor *t, TfgStatus *s);
/* Input i of a call as a scalar of int64, or of bool ("`count` must be a scalar", whatever it holds). */
int tfg_scalar_argument(const TfgKernelCall *c, int i, const char *name, int64_t *value, TfgStatus *s);

TfgWalk *tfg_walk_new(TfgDataset *d, TfgStatus *s);
TfgWalk *tfg_walk_new_inside(const TfgWalk *around, TfgDataset *d, TfgStatus *s);      /* that tells what it does where `around` does */
void tfg_walk_free(TfgWalk *c);                             /* NULL is fine */
int tfg_walk_open_input(TfgWalk *c, TfgStatus *s);          /* c->input, anew */
/* As TfgDatasetKind.next, and sees to it that elements are what the dataset declares. */
int tfg_walk_next(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s);

void tfg_tensors_drop(TfgTensor **t, int n);                    /* unrefs and clears */
/* One row of a tensor, without its first dimension. */
TfgTensor *tfg_row_of(const TfgTensor *t, int64_t row, TfgStatus *s);

/* Batches of `size` elements of the input.  `together`: a failure takes the whole batch with it. */
TfgDataset *tfg_batch_new(TfgDataset *input, int64_t size, bool drop_remainder, bool together, TfgStatus *s);
/* The input computed ahead by a thread, up to `size` elements; the walk begins at once where it is told to, and tells whether an
 * element is there. */
TfgDataset *tfg_prefetch_new(TfgDataset *input, int64_t size, TfgStatus *s);
int tfg_prefetch_start(TfgWalk *w, TfgStatus *s);
bool tfg_prefetch_has(TfgWalk *w);
/* Component k of n elements of `components` each, stacked: INVALID_ARGUMENT where their shapes differ. */
TfgTensor *tfg_dataset_stack(TfgTensor *const *t, int64_t n, int components, int k, TfgStatus *s);
/* The same, padded with a value (a scalar) to the sizes that are wanted; -1: the largest. */
TfgTensor *tfg_dataset_pad(TfgTensor *const *t, int64_t n, int components, int k, const TfgDims *padded, const TfgTensor *value, TfgStatus *s);
/* The components of the input under a first dimension (-1: not known). */
int tfg_dataset_declare_batched(TfgDataset *d, int64_t size, TfgStatus *s);
/* A dataset of n elements at hand, all of their tensors one behind the other; the array and the tensors are taken. */
TfgTensor *tfg_rows_steal(const TfgDataset *like, TfgTensor **t, int64_t n, TfgStatus *s);

/* The family's other files. */
int tfg_register_optionals(TfgStatus *s);
int tfg_register_datasets_sparse(TfgStatus *s);
int tfg_register_datasets_more(TfgStatus *s);
int tfg_register_datasets_parse(TfgStatus *s);
int tfg_register_datasets_csv(TfgStatus *s);
int tfg_register_datasets_files(TfgStatus *s);
int tfg_register_datasets_cache(TfgStatus *s);
int tfg_register_datasets_window(TfgStatus *s);
int tfg_register_datasets_fold(TfgStatus *s);
int tfg_register_datasets_group(TfgStatus *s);
int tfg_register_datasets_source(TfgStatus *s);
int tfg_register_datasets_sequence(TfgStatus *s);
int tfg_register_datasets_batch(TfgStatus *s);
int tfg_register_datasets_map(TfgStatus *s);
int tfg_register_datasets_shuffle(TfgStatus *s);
int tfg_register_datasets_ahead(TfgStatus *s);
int tfg_register_datasets_graph(TfgStatus *s);
int tfg_register_iterators(TfgStatus *s);
int tfg_register_iterator_states(TfgStatus *s);
int tfg_register_iterator_devices(TfgStatus *s);
int tfg_register_datasets_stats(TfgStatus *s);
int tfg_register_datasets_queue(TfgStatus *s);
int tfg_register_datasets_sql(TfgStatus *s);

#endif
