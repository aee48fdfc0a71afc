/* Files: bytes that can be read at any place (blobs) and files in the making (drafts), with TensorFlow's words where the system says
 * no.  Formats are written over these two and know no paths.  For bytes that only come one behind the other there are streams
 * (io/stream.h).
 *
 * What is written under a name appears there whole or not at all: a draft writes to a temporary name beside it, is synced, and moves
 * to its place. */
#ifndef TFG_IO_FILE_H
#define TFG_IO_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "tfgraph.h"

/* ---- blobs ---- */

typedef struct TfgBlob TfgBlob;
struct TfgBlob {              /* may be read by several threads at once */
    uint64_t size;
    int (*read)(const TfgBlob *src, uint64_t offset, void *to, size_t n, TfgStatus *s);   /* a range inside the size */
    void (*close)(TfgBlob *src);
    char *name;                 /* for messages; owned */
};
TfgBlob *tfg_blob_open(const char *path, TfgStatus *s);
/* Over memory that is the caller's and outlives the blob. */
TfgBlob *tfg_blob_memory(const void *data, size_t n, TfgStatus *s);
/* DATA_LOSS where the range leaves the blob ("... truncated"). */
int tfg_blob_read(const TfgBlob *src, uint64_t offset, void *to, size_t n, TfgStatus *s);
void tfg_blob_close(TfgBlob *src);                  /* NULL is fine */

/* ---- drafts ---- */

typedef struct TfgDraft TfgDraft;
struct TfgDraft {
    uint64_t written;
    int (*write)(TfgDraft *draft, const void *data, size_t n, TfgStatus *s);
    /* Brings what was written to rest; the draft can only be closed afterwards. */
    int (*sync)(TfgDraft *draft, TfgStatus *s);
    void (*close)(TfgDraft *draft);
};
/* Writes to a temporary file beside `path`. */
TfgDraft *tfg_draft_create(const char *path, TfgStatus *s);
TfgDraft *tfg_draft_memory(TfgStr *out, TfgStatus *s);    /* appends to the caller's buffer */
int tfg_draft_write(TfgDraft *draft, const void *data, size_t n, TfgStatus *s);
int tfg_draft_sync(TfgDraft *draft, TfgStatus *s);
const char *tfg_draft_path(const TfgDraft *draft);         /* where it is to stand in the end */
/* A synced file goes to its place, replacing what was there. */
int tfg_draft_move(TfgDraft *draft, const char *path, TfgStatus *s);
/* Closes; a file that was not moved disappears.  NULL is fine. */
void tfg_draft_close(TfgDraft *draft);
/* Sync, move to its own path, close - also after a failure. */
int tfg_draft_finish_steal(TfgDraft *draft, TfgStatus *s);

/* ---- the file system ---- */

/* "PATH; No such file or directory" with the code that TensorFlow gives to `number` (an errno).  Returns -1. */
int tfg_fail_errno(TfgStatus *s, const char *path, int number);
bool tfg_file_exists(const char *path);
bool tfg_file_is_folder(const char *path);
int tfg_file_rename(const char *from, const char *to, TfgStatus *s);
int tfg_file_delete(const char *path, TfgStatus *s);
/* Makes one folder; one that is there already is fine. */
int tfg_file_make_folder(const char *path, TfgStatus *s);
void tfg_file_folder_of(const char *path, TfgStr *out);         /* "" where the path has none */
/* Brings the names in a folder to rest, so that a rename in it outlives a crash of the machine. */
int tfg_file_sync_folder(const char *folder, TfgStatus *s);
/* Writes a whole file in one go. */
int tfg_file_write(const char *path, const void *data, size_t n, TfgStatus *s);
/* Whole contents; fails where they are longer than `limit`. */
int tfg_file_read(const char *path, uint64_t limit, TfgStr *out, TfgStatus *s);

/* Paths that a pattern with ? * [a-z] and \ fits, sorted; the folder part may hold patterns too.  *paths is an array of *n texts, freed with
 * tfg_file_free_paths.  NOT_FOUND where the folder before the first pattern does not exist. */
int tfg_file_match(const char *pattern, char ***paths, size_t *n, TfgStatus *s);
void tfg_file_free_paths(char **paths, size_t n);

#endif
