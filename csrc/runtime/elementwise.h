/* Elementwise: running block functions over whole tensors, with broadcasting.  A TfgFused is a small straight program of block
 * functions; it goes through its data block by block, so that what one member gives the next stays in the L1 cache. */
#ifndef TFG_RUNTIME_ELEMENTWISE_H
#define TFG_RUNTIME_ELEMENTWISE_H

#include "runtime/call.h"

typedef struct TfgFusedMember {
    const TfgKernelRow *row;
    void *state;                /* prepare's result, owned by the plan */
    const TfgOp *op;            /* for errors; NULL outside a plan */
    const char *name;
    const TfgAttrs *attrs;
    TfgDType dtype;             /* of its output */
    int32_t n_in;
    int32_t in[4];              /* operand: an external input below n_external, else n_external + member */
    int32_t reg;                /* block buffer of its result; the last member writes to the output */
    /* Set by tfg_fused_assign. */
    TfgBlockFn pair;            /* does member `first` too, where both have the result's shape; NULL: none */
    int32_t first, other;       /* that member, and the operand that it does not give (-1: none) */
    int32_t joins;              /* -1, or the later member whose pair does this one */
} TfgFusedMember;

typedef struct TfgFused {
    int32_t n_external, n_members, n_regs;
    int32_t width;              /* bytes of the widest element among members */
    TfgFusedMember *members;    /* each after those it reads; the last gives the output */
    TfgFusedMember *reduction;  /* NULL, or what takes the last member's result; its axes are external input `axes` */
    int32_t axes;
} TfgFused;

/* Gives each member a block buffer, again free after its last reader. */
int tfg_fused_assign(TfgFused *f, TfgStatus *s);
/* c->state is ignored; inputs are the externals, output 0 the last member's. */
int tfg_fused_run(const TfgFused *f, TfgKernelCall *c, TfgStatus *s);

#endif
