/* Block run: steps of block functions over a shape, block by block and tile by tile.  Operands broadcast: each is read in place where
 * its elements lie in the output's order, and copied out a block at a time where they do not. */
#ifndef TFG_RUNTIME_BLOCK_RUN_H
#define TFG_RUNTIME_BLOCK_RUN_H

#include "runtime/kernel.h"

#define TFG_BLOCK_DIMS 16
#define TFG_BLOCK_WORK 65536            /* element operations that are worth another thread */
#define TFG_BLOCK_ACCUMULATOR 16        /* bytes, one per tile of a reduction */

typedef struct TfgBlockShape { int32_t rank; int64_t count; const int64_t *dims; int64_t own[TFG_BLOCK_DIMS]; } TfgBlockShape;

typedef enum TfgOperandMode {
    TFG_OPERAND_FULL,           /* element i of the output reads element i */
    TFG_OPERAND_SCALAR,         /* always element 0 */
    TFG_OPERAND_ROW,            /* element i % period */
    TFG_OPERAND_COLUMN,         /* element i / period */
    TFG_OPERAND_EXPAND_ROW,     /* as ROW, but too short to be read in place */
    TFG_OPERAND_EXPAND,         /* anything else: copied out block by block */
    TFG_OPERAND_MEMBER          /* another member's block buffer */
} TfgOperandMode;

/* The output's dims, merged where an operand steps evenly, innermost first; and the operand's steps along them. */
typedef struct TfgPattern {
    int32_t n_dims;
    int64_t dims[TFG_BLOCK_DIMS], steps[TFG_BLOCK_DIMS];
} TfgPattern;

typedef struct TfgOperand {
    TfgOperandMode mode;
    int32_t reg;                /* block buffer of MEMBER and of the EXPAND modes */
    const char *data;
    int64_t size;               /* bytes of an element */
    int64_t period;
    const TfgPattern *pattern;  /* EXPAND */
} TfgOperand;

typedef struct TfgPatterns {
    int n;
    TfgPattern at[8];
} TfgPatterns;

typedef struct TfgBlockStep {   /* one member, or two, over the full shape */
    TfgBlockFn fn;
    const void *state;
    int32_t n_in, reg;          /* reg -1: writes to the output */
    int32_t in[4];              /* operands of the job */
} TfgBlockStep;

typedef struct TfgBlockJob {
    TfgBlockStep *steps;
    TfgOperand *operands;
    int32_t n_steps, n_operands;
    char *out;
    int64_t out_size;
    int64_t count, tile, block;
    int64_t reg_bytes;
    bool expands, rows;         /* some operand is expanded; some limits a block to its row */
    bool fetches;               /* memory is asked for ahead: there is more than a cache holds */
    const TfgReduceFns *reduce; /* NULL, or what takes each block of the result; then reg is the last step's block buffer */
    char *accumulators;         /* one per tile */
    int32_t last_reg;
} TfgBlockJob;

/* Names the pattern in which an operand of shape `in` is read; false where there are too many irregular ones.  With whole_blocks none
 * may cut blocks short. */
bool tfg_operand_choose_mode(TfgOperand *o, const TfgBlockShape *in, const TfgBlockShape *out, TfgPatterns *patterns, bool whole_blocks);
/* n_regs block buffers are in use already; `width` bytes an element at most.  False where the buffers would be too many. */
bool tfg_block_run(TfgBlockJob *j, int32_t n_regs, int64_t width);

#endif
