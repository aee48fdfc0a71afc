/* Parallel: the one thread pool of the process.  Work is cut into tiles by problem size alone, never by the number of threads,
 * so results do not depend on it; the caller works too. */
#ifndef TFG_BASE_PARALLEL_H
#define TFG_BASE_PARALLEL_H

#include <stddef.h>
#include <stdint.h>

typedef void (*TfgTileFn)(void *context, int64_t tile);

/* Calls fn(context, i) for every i in [0, n_tiles), in any order and on up to `max_threads` threads (0: the pool's size), and
 * returns when all are done.  A call from inside a tile runs its tiles itself.  Never fails: without threads the caller does all. */
void tfg_parallel(int64_t n_tiles, int max_threads, TfgTileFn fn, void *context);
/* memcpy; long ones by several threads. */
void tfg_parallel_copy(void *to, const void *from, size_t n);
int tfg_parallel_size(void);                    /* threads that can work, the caller included */
/* 0: from the affinity mask and the cgroup quota.  Takes effect for calls that start afterwards. */
void tfg_parallel_set_size(int n);
/* Runs fn(context) on a pool-owned helper thread that may block (asynchronous kernels); never on the caller's.  0 / -1. */
int tfg_parallel_detach(void (*fn)(void *context), void *context);

#endif
