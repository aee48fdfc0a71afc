/* Memory: every heap byte of the library passes here, so that tests can make the n-th request fail. */
#ifndef TFG_BASE_MEMORY_H
#define TFG_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *tfg_alloc(size_t n);                      /* NULL when there is none; n = 0 gives a valid pointer */
void *tfg_calloc(size_t count, size_t size);    /* checks count*size */
void *tfg_realloc(void *p, size_t n);
void tfg_free(void *p);                         /* NULL is fine */
char *tfg_strdup(const char *text);
char *tfg_strndup(const char *text, size_t n);
/* Grows *items (of `size` bytes each, *capacity of them) to hold at least `need`; doubles.  0 / -1. */
int tfg_grow(void **items, size_t *capacity, size_t need, size_t size);

/* Big, 64-byte aligned blocks for tensor data (a free list keeps some of them warm). */
void *tfg_alloc_data(size_t n);
void tfg_free_data(void *p, size_t n);

/* Test hook: the n-th request from now fails (1 = the next), once; 0 switches it off.  Says whether it fired since last set. */
void tfg_alloc_fail_at(int64_t n);
bool tfg_alloc_failed(void);
int64_t tfg_alloc_live(void);                   /* blocks not yet freed */

#endif
