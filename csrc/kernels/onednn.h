/* oneDNN, opened when first needed and kept to ourselves (RTLD_LOCAL).  This module and onednn_conv.c
 * alone speak its C API; they hide the difference between versions 2 and 3.  Every call runs on the calling thread alone: our tiles are the parallelism. */
#ifndef TFG_KERNELS_ONEDNN_H
#define TFG_KERNELS_ONEDNN_H

#include <stdbool.h>
#include <stdint.h>

bool tfg_onednn_available(void);
void *tfg_onednn_symbol(const char *name);      /* NULL where it is absent */
/* Around calls: the calling thread alone works between them. */
int tfg_onednn_begin(void);
void tfg_onednn_end(int threads);

/* c = op(a)*op(b), row-major, with leading dimensions.  False where oneDNN is absent or refused: nothing was written. */
bool tfg_onednn_sgemm(bool ta, bool tb, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb,
                      float *c, int64_t ldc);

#endif
