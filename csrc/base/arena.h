/* Arena: memory that lives and dies together (graph nodes, names, attributes).  Not thread-safe: its owner's lock guards it. */
#ifndef TFG_BASE_ARENA_H
#define TFG_BASE_ARENA_H

#include <stddef.h>

typedef struct TfgArenaChunk TfgArenaChunk;
typedef struct TfgArena {
    TfgArenaChunk *chunks;
    char *next, *end;
    size_t total;               /* bytes taken from the system */
} TfgArena;

void tfg_arena_init(TfgArena *a);                               /* allocates nothing */
void tfg_arena_fini(TfgArena *a);
void *tfg_arena_alloc(TfgArena *a, size_t n);                   /* zeroed, 16-byte aligned; NULL when memory ran out */
char *tfg_arena_strdup(TfgArena *a, const char *text);
char *tfg_arena_strndup(TfgArena *a, const char *text, size_t n);
void *tfg_arena_memdup(TfgArena *a, const void *data, size_t n);

#endif
