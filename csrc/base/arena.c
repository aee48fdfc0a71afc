#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"

#define ALIGNMENT ((size_t)16)
#define FIRST_CHUNK ((size_t)1 << 10)
#define LAST_CHUNK ((size_t)1 << 16)
#define KEPT_CHUNK ((size_t)1 << 12)    /* from here on chunks are data blocks, which the next arena gets without the system's help */

struct TfgArenaChunk {
    TfgArenaChunk *next;
    size_t n;                   /* keeps what follows aligned */
};

void tfg_arena_init(TfgArena *a)
{
    *a = (TfgArena){NULL, NULL, NULL, 0};
}

void tfg_arena_fini(TfgArena *a)
{
    for (TfgArenaChunk *c = a->chunks, *next; c; c = next) {
        next = c->next;
        if (c->n >= KEPT_CHUNK)
            tfg_free_data(c, c->n);
        else
            tfg_free(c);
    }
    tfg_arena_init(a);
}

static TfgArenaChunk *add_chunk(TfgArena *a, size_t n)
{
    TfgArenaChunk *c = n >= KEPT_CHUNK ? tfg_alloc_data(n) : tfg_alloc(n);
    if (!c)
        return NULL;
    memset(c, 0, n);
    c->n = n;
    c->next = a->chunks;
    a->chunks = c;
    a->total += n;
    return c;
}

/* Chunks double, so a small graph is small and a large one asks rarely.  What is bigger than a quarter of a chunk gets one of
 * its own, and the chunk in use stays in use. */
static void *alloc_slow(TfgArena *a, size_t n)
{
    size_t chunk = a->total < FIRST_CHUNK ? FIRST_CHUNK : a->total > LAST_CHUNK ? LAST_CHUNK : a->total;
    if (n > chunk / 4) {
        TfgArenaChunk *own = add_chunk(a, sizeof *own + n);
        return own ? own + 1 : NULL;
    }
    TfgArenaChunk *c = add_chunk(a, chunk);
    if (!c)
        return NULL;
    a->next = (char *)(c + 1) + n;
    a->end = (char *)c + chunk;
    return c + 1;
}

void *tfg_arena_alloc(TfgArena *a, size_t n)
{
    if (n > PTRDIFF_MAX / 2)
        return NULL;
    n = n ? (n + ALIGNMENT - 1) & ~(ALIGNMENT - 1) : ALIGNMENT;
    if ((size_t)(a->end - a->next) < n)
        return alloc_slow(a, n);
    void *p = a->next;
    a->next += n;
    return p;
}

char *tfg_arena_strdup(TfgArena *a, const char *text)
{
    return tfg_arena_strndup(a, text, strlen(text));
}

char *tfg_arena_strndup(TfgArena *a, const char *text, size_t n)
{
    char *p = n < PTRDIFF_MAX ? tfg_arena_alloc(a, n + 1) : NULL;
    if (p)
        memcpy(p, text, n);
    return p;
}

void *tfg_arena_memdup(TfgArena *a, const void *data, size_t n)
{
    void *p = tfg_arena_alloc(a, n);
    if (p && n)
        memcpy(p, data, n);
    return p;
}
