/* Checkpoints as files: PREFIX.index and PREFIX.data-00000-of-00001 (io/bundle.h), and the older format of single files (io/checkpoint_v1.h).
 *
 * A save appears whole or not at all.  Everything is written under temporary names and synced; then the data files move to their
 * places, then the index.  Where an index stands there already - the prefix is saved again - the new one first becomes
 * PREFIX.index.next, and takes the old one's place when the data have moved.  Whoever finds PREFIX.index.next therefore sees a save that
 * was cut off between two renames; of the two indices, the one that agrees with the data is right. */
#ifndef TFG_IO_CHECKPOINT_H
#define TFG_IO_CHECKPOINT_H

#include "io/bundle.h"

/* ---- reading, either format ---- */

typedef struct TfgCheckpoint TfgCheckpoint;
/* `path` is a prefix with an index beside it, or else a pattern for files of the older format. */
TfgCheckpoint *tfg_checkpoint_open(const char *path, TfgStatus *s);
void tfg_checkpoint_close(TfgCheckpoint *c);            /* NULL is fine */
bool tfg_checkpoint_is_v1(const TfgCheckpoint *c);
/* Dtype and whole shape under `name`; either may be NULL.  NOT_FOUND. */
int tfg_checkpoint_find(TfgCheckpoint *c, const char *name, size_t n, TfgDType *dtype, TfgShape *shape, TfgStatus *s);
int tfg_checkpoint_read(TfgCheckpoint *c, const char *name, size_t n, TfgTensor **out, TfgStatus *s);
int tfg_checkpoint_read_slice(TfgCheckpoint *c, const char *name, size_t n, const TfgTensorSlice *slice, TfgTensor **out, TfgStatus *s);
/* Calls `each` for every tensor in order of names, until it fails. */
typedef int (*TfgCheckpointEachFn)(void *context, const char *name, size_t n, TfgDType dtype, const TfgShape *shape, TfgStatus *s);
int tfg_checkpoint_each(TfgCheckpoint *c, TfgCheckpointEachFn each, void *context, TfgStatus *s);

/* Names, types and shapes, a line each, as TensorFlow lists them: slices of a bundle by their keys. */
int tfg_checkpoint_describe(TfgCheckpoint *c, TfgStr *out, TfgStatus *s);

/* ---- writing bundles ---- */

typedef struct TfgCheckpointWriter TfgCheckpointWriter;
/* Makes the folder of `prefix`, if only that is missing. */
TfgCheckpointWriter *tfg_checkpoint_writer_new(const char *prefix, TfgStatus *s);
int tfg_checkpoint_add(TfgCheckpointWriter *w, const char *name, size_t n, const TfgTensor *t, TfgStatus *s);
int tfg_checkpoint_add_slice(TfgCheckpointWriter *w, const char *name, size_t n, const TfgShape *whole, const TfgTensorSlice *slice,
                             const TfgTensor *t, TfgStatus *s);
int tfg_checkpoint_commit(TfgCheckpointWriter *w, TfgStatus *s);
void tfg_checkpoint_writer_free(TfgCheckpointWriter *w);        /* without commit, nothing of it stays */

/* Makes one checkpoint of several: their data files move, their indices become one. */
int tfg_checkpoint_merge(const char *const *prefixes, size_t n, const char *prefix, bool delete_old_folders, TfgStatus *s);

#endif
