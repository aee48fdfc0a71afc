/* Large pages for memory that somebody else takes from malloc, like the arena of a protobuf message: filling fresh memory of small
 * pages takes several times as long as copying into it. */
#ifndef TFG_BASE_HEAP_H
#define TFG_BASE_HEAP_H

#include <stddef.h>

typedef struct TfgHeap TfgHeap;

/* Sees to it that some n bytes that malloc hands out next, to this thread, lie in large pages, where the system can do that.  It takes
 * no memory for itself: what is not asked for goes back to the system.  NULL where n is not worth it or nothing could be done. */
TfgHeap *tfg_heap_begin(size_t n);
/* To be called when that memory has been taken; NULL is fine. */
void tfg_heap_end(TfgHeap *h);

#endif
