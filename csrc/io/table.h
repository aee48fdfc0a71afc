/* Table: a file of sorted (key, value) pairs, as LevelDB's .sst, which checkpoints are made of.
 *
 *     data blocks, metaindex block (empty), index block, footer of 48 bytes
 *     footer:  varint64 metaindex offset, size, index offset, size; zeros up to 40 bytes; uint64 0xdb4775248b80fb57
 *     block:   contents, 1 byte type (0 plain, 1 snappy), uint32 masked crc32c of contents and type; `size` counts contents only
 *     contents: entries, uint32 offset of every restart, uint32 number of restarts
 *     entry:   varint32 bytes shared with the key before (0 at a restart), varint32 other bytes, varint32 length of the value, both
 *     an index entry's key is >= every key of its block and < those of the next; its value is varint64 offset, size
 *
 * A reader keeps the index and one block per cursor in memory, whatever the file's size; nothing in a file makes it allocate more
 * than a small multiple of that.  Words of failures are TensorFlow's. */
#ifndef TFG_IO_TABLE_H
#define TFG_IO_TABLE_H

#include "io/file.h"

typedef struct TfgTable TfgTable;

TfgTable *tfg_table_open_steal(TfgBlob *src, TfgStatus *s);
void tfg_table_close(TfgTable *t);                      /* NULL is fine */
uint64_t tfg_table_size(const TfgTable *t);             /* bytes of the file */

typedef struct TfgCursor TfgCursor;                     /* a place in a table; for one thread */
TfgCursor *tfg_cursor_new(const TfgTable *t, TfgStatus *s);
void tfg_cursor_free(TfgCursor *c);
/* Stands at the first pair whose key is not less: 1, or 0 where there is none, or -1. */
int tfg_cursor_seek(TfgCursor *c, const void *key, size_t n, TfgStatus *s);
/* Moves on by one: 1, 0, -1.  A new cursor stands before the first. */
int tfg_cursor_next(TfgCursor *c, TfgStatus *s);
/* Of the pair it stands at; borrowed until it moves. */
const char *tfg_cursor_key(const TfgCursor *c, size_t *n);
const char *tfg_cursor_value(const TfgCursor *c, size_t *n);

typedef struct TfgTableWriter TfgTableWriter;
TfgTableWriter *tfg_table_writer_new(TfgDraft *draft /* borrowed */, TfgStatus *s);
/* Keys ascend. */
int tfg_table_add(TfgTableWriter *w, const void *key, size_t key_n, const void *value, size_t value_n, TfgStatus *s);
int tfg_table_finish(TfgTableWriter *w, TfgStatus *s);
void tfg_table_writer_free(TfgTableWriter *w);

#endif
