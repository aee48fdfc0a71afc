/* The state of walks, as tensors by name: one function of a kind writes it and reads it back.  Each call names a value and either adds it
 * or sets it; names stand behind those of the datasets around ("Iterator::Repeat::Range:next"), as in TensorFlow.
 *
 * What is read comes from a file: a kind checks whatever it uses as a place or a size. */
#ifndef TFG_KERNELS_DATASET_STATE_H
#define TFG_KERNELS_DATASET_STATE_H

#include "base/str.h"
#include "io/variant_data.h"
#include "kernels/dataset.h"
#include "kernels/dataset_numbers.h"

struct TfgWalkState {
    bool reads;
    TfgStr prefix;
    TfgIteratorState *table;
    int depth;
    TfgCancel *cancel;          /* of the step that reads: functions are called to open datasets */
};

/* All: 0 or -1 with a status; NOT_FOUND for a name that is not there. */
int tfg_state_int(TfgWalkState *t, const char *name, int64_t *value, TfgStatus *s);
/* An int that must be in [least, most]. */
int tfg_state_count(TfgWalkState *t, const char *name, int64_t *value, int64_t least, int64_t most, TfgStatus *s);
int tfg_state_flag(TfgWalkState *t, const char *name, bool *value, TfgStatus *s);         /* a name that is there or not */
/* Tensors "name[i]".  When read, of dtypes[i] each (NULL: of any); what stood in `v` is dropped. */
int tfg_state_tensors(TfgWalkState *t, const char *name, TfgTensor **v, int n, const TfgDType *dtypes, TfgStatus *s);
/* `n` elements of `width` tensors each, one behind the other in an array that grows: "name.size" and the tensors. */
int tfg_state_elements(TfgWalkState *t, const char *name, TfgTensor ***v, size_t *capacity, int64_t *n, int width, const TfgDType *dtypes,
                       TfgStatus *s);
int tfg_state_status(TfgWalkState *t, const char *name, TfgStatus *status, TfgStatus *s);
/* How many numbers of a stream were drawn; the seeds are the caller's. */
int tfg_state_numbers(TfgWalkState *t, const char *name, TfgNumbers *r, TfgStatus *s);
/* w->input: whether it is open, and its state.  Reading opens it anew. */
int tfg_state_input(TfgWalkState *t, TfgWalk *w, TfgStatus *s);
/* The same for a walk over any dataset; `name` is put before its names and need not be unique among datasets. */
int tfg_state_walk(TfgWalkState *t, const char *name, const TfgWalk *around, TfgWalk **w, TfgDataset *d, TfgStatus *s);
/* The same for a walk that is there. */
int tfg_state_inside(TfgWalkState *t, const char *name, TfgWalk *w, TfgStatus *s);
/* For kinds whose input is their state, and always open. */
int tfg_state_pass(TfgWalk *w, TfgWalkState *t, TfgStatus *s);

/* Where a restored walk lives: the graph that its dataset was made in, with the functions, and the session that runs them. */
typedef struct TfgWalkHome TfgWalkHome;
void tfg_walk_home_free(TfgWalkHome *home);             /* after the walk; NULL is fine */
TfgGraph *tfg_walk_home_graph(TfgWalkHome *home);

/* The state of a whole walk, with the graph that makes its dataset, whose functions are those of `functions`. */
TfgIteratorState *tfg_walk_save(TfgGraph *functions, TfgWalk *w, TfgStatus *s);
/* The walk that a table describes, and its home, both new. */
TfgWalk *tfg_walk_restore(const TfgIteratorState *table, TfgWalkHome **home, TfgCancel *cancel, TfgStatus *s);

/* The GraphDef that makes a dataset; `output` (may be NULL) gets the name of its node. */
int tfg_dataset_graph(TfgGraph *functions, const TfgDataset *d, TfgStr *out, TfgStr *output, TfgStatus *s);

#endif
