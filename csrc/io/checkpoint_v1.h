/* Checkpoints before TensorFlow 0.12 ("V1"): one table per file, which holds everything.
 *
 *     key ""                   SavedTensorSlices {1 meta {1 tensor {1 name, 2 shape, 3 type, 4 slice}, 2 versions}}
 *     key tfg_slice_key(...)   SavedTensorSlices {2 data {1 name, 2 slice, 3 data: a TensorProto without type and shape}}
 *
 * A tensor may be spread over the slices of several files. */
#ifndef TFG_IO_CHECKPOINT_V1_H
#define TFG_IO_CHECKPOINT_V1_H

#include "io/slice_set.h"
#include "io/table.h"

typedef struct TfgOldCheckpoint TfgOldCheckpoint;
/* All files that the pattern fits. */
TfgOldCheckpoint *tfg_old_checkpoint_open(const char *pattern, TfgStatus *s);
void tfg_old_checkpoint_close(TfgOldCheckpoint *c);
/* NULL where there is no such tensor. */
typedef struct TfgOldTensor TfgOldTensor;
struct TfgOldTensor {
    char *name;
    size_t n;
    TfgDType dtype;
    TfgShape shape;
    TfgSliceSet slices;
    int32_t *files;             /* of each slice */
    size_t files_capacity;
};
const TfgOldTensor *tfg_old_checkpoint_find(const TfgOldCheckpoint *c, const char *name, size_t n);
size_t tfg_old_checkpoint_count(const TfgOldCheckpoint *c);
const TfgOldTensor *tfg_old_checkpoint_at(const TfgOldCheckpoint *c, size_t i);         /* in order of names */
int tfg_old_checkpoint_read(TfgOldCheckpoint *c, const TfgOldTensor *t, const TfgTensorSlice *slice, TfgTensor **out, TfgStatus *s);

typedef struct TfgOldWriter TfgOldWriter;
TfgOldWriter *tfg_old_writer_new(TfgStatus *s);
int tfg_old_writer_add(TfgOldWriter *w, const char *name, size_t n, const TfgShape *whole, const TfgTensorSlice *slice, const TfgTensor *t,
                       TfgStatus *s);
int tfg_old_writer_finish(TfgOldWriter *w, TfgDraft *draft, TfgStatus *s);
void tfg_old_writer_free(TfgOldWriter *w);

#endif
