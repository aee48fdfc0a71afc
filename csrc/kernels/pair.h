/* Pair: block functions of two float ops in one pass, for fused instructions.  A row of the second op names its pairs; each is built
 * from the same arithmetic as the two alone, so results are the same to the bit. */
#ifndef TFG_KERNELS_PAIR_H
#define TFG_KERNELS_PAIR_H

#include "kernels/isa.h"

#define TFG_PAIRS_OF(second) TFG_SIMD(tfg_pairs_##second)
#define TFG_PAIRS_DECLARE(second) extern const TfgBlockPair TFG_PAIRS_OF(second)[];
TFG_PAIRS_DECLARE(add)
TFG_PAIRS_DECLARE(sub)
TFG_PAIRS_DECLARE(mul)
TFG_PAIRS_DECLARE(maximum)
TFG_PAIRS_DECLARE(minimum)
TFG_PAIRS_DECLARE(square)
TFG_PAIRS_DECLARE(relu)

#endif
