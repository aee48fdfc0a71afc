/* Tensor bundle: the format of checkpoints since TensorFlow 0.12 ("V2").  An index, which is a table (io/table.h), and the elements of
 * the tensors in one or more data files ("shards").
 *
 *     key ""            BundleHeaderProto {1 num_shards, 2 endianness, 3 version {1 producer}}
 *     key <name>        BundleEntryProto {1 dtype, 2 shape, 3 shard_id, 4 offset, 5 size, 6 crc32c (fixed32, masked), 7 slices}
 *     a tensor saved in slices has dtype, shape and slices only; each slice has an entry of its own under tfg_slice_key
 *     numbers           row-major little-endian bytes, crc over them
 *     strings           varint64 lengths, uint32 masked crc of the lengths (each as uint32, or uint64 where it needs it), bytes; the entry's
 *                       crc goes over the lengths as above, the four bytes of their crc and the bytes
 *
 * Knows blobs and drafts, no paths: io/checkpoint.h names the files. */
#ifndef TFG_IO_BUNDLE_H
#define TFG_IO_BUNDLE_H

#include "io/slice_set.h"
#include "io/table.h"

typedef struct TfgBundleEntry {
    TfgDType dtype;
    TfgShape shape;
    int32_t shard;
    uint64_t offset, size;
    uint32_t crc;               /* unmasked */
    TfgSliceSet slices;         /* empty for a tensor that is saved whole; tfg_bundle_entry_fini */
} TfgBundleEntry;
void tfg_bundle_entry_fini(TfgBundleEntry *e);

/* ---- reading ---- */

typedef struct TfgBundle TfgBundle;
typedef TfgBlob *(*TfgBundleOpenFn)(void *context, int shard, int n_shards, TfgStatus *s);
/* Data files are opened when first needed.  UNIMPLEMENTED for big-endian bundles. */
TfgBundle *tfg_bundle_open_steal(TfgBlob *index, TfgBundleOpenFn open, void *context, TfgStatus *s);
void tfg_bundle_close(TfgBundle *b);                    /* NULL is fine */
int tfg_bundle_n_shards(const TfgBundle *b);
/* Opens the data files now, as far as they are there, so that replacing them later changes nothing. */
void tfg_bundle_open_shards(TfgBundle *b);
/* NOT_FOUND ("Key x not found in checkpoint"). */
int tfg_bundle_find(TfgBundle *b, const char *key, size_t n, TfgBundleEntry *e, TfgStatus *s);
/* The whole tensor, put together where it is saved in slices; *out is new. */
int tfg_bundle_read(TfgBundle *b, const char *key, size_t n, TfgTensor **out, TfgStatus *s);
int tfg_bundle_read_slice(TfgBundle *b, const char *key, size_t n, const TfgTensorSlice *slice, TfgTensor **out, TfgStatus *s);
/* Walks the entries in order of keys: 1 with *key borrowed until the next call and *e to be ended, 0, -1.  `cursor` begins as NULL and is freed by
 * the caller. */
int tfg_bundle_next(TfgBundle *b, TfgCursor **cursor, const char **key, size_t *n, TfgBundleEntry *e, TfgStatus *s);
/* Reads every byte and compares every checksum. */
int tfg_bundle_check(TfgBundle *b, TfgStatus *s);

/* ---- writing ---- */

typedef struct TfgBundleWriter TfgBundleWriter;
TfgBundleWriter *tfg_bundle_writer_new(TfgStatus *s);
void tfg_bundle_writer_free(TfgBundleWriter *w);
/* Writes the elements to `data`, the file of shard 0.  INVALID_ARGUMENT for a key given twice. */
int tfg_bundle_add(TfgBundleWriter *w, const char *key, size_t n, const TfgTensor *t, TfgDraft *data, TfgStatus *s);
int tfg_bundle_add_slice(TfgBundleWriter *w, const char *key, size_t n, const TfgShape *whole, const TfgTensorSlice *slice, const TfgTensor *t,
                         TfgDraft *data, TfgStatus *s);
/* Takes over an entry of another bundle, whose shard gets the number `shard`.  `from` is what messages call that bundle. */
int tfg_bundle_add_entry(TfgBundleWriter *w, const char *key, size_t n, const TfgBundleEntry *e, int shard, const char *from, TfgStatus *s);
int tfg_bundle_finish(TfgBundleWriter *w, int n_shards, TfgDraft *index, TfgStatus *s);

#endif
