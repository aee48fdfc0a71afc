/* Shape inference: what a shape function sees.  The same functions serve the graph while it is built (partial knowledge) and the
 * plan of a session (full knowledge), behind two sets of callbacks. */
#ifndef TFG_GRAPH_INFER_H
#define TFG_GRAPH_INFER_H

#include "graph/opdef.h"

typedef struct TfgHandleInfo {  /* what a resource points at: shapes and dtypes of its values */
    int n;
    const TfgDims **shapes;     /* entries may be NULL: unknown */
    const TfgDType *dtypes;
} TfgHandleInfo;

struct TfgShapeCall {
    const TfgOpDef *def;
    const char *name;           /* of the node */
    const TfgAttrs *attrs;
    int n_in, n_out;
    const TfgShape *in;
    const TfgDType *in_dtype;
    TfgShape *out;              /* starts unknown */
    const TfgHandleInfo *const *in_handle;      /* NULL entries: nothing known */
    const TfgHandleInfo **out_handle;           /* set to something that lives in `arena` */
    TfgArena *arena;
    int producer;               /* GraphDef version of the graph's producer */
    /* Value of input i where it is a constant that can be computed now; borrowed for the call.  NULL where it is not. */
    const TfgTensor *(*constant)(TfgShapeCall *c, int i);
    /* Input i read as a shape (a vector of sizes, -1 and unknown elements are unknown dims), as far as it is known: follows
     * Shape, Pack, ConcatV2, StridedSlice and constants.  0, or -1 with a status. */
    int (*constant_shape)(TfgShapeCall *c, int i, TfgShape *out, TfgStatus *s);
    /* The same where a scalar -1 stands for any shape. */
    int (*constant_shape_or_any)(TfgShapeCall *c, int i, TfgShape *out, TfgStatus *s);
    void *backend;
};

/* Words as TensorFlow's: "Shape must be rank 2 but is rank 1", "Dimensions must be equal, but are 3 and 4", ...
 * The caller of the shape function adds " for 'MatMul' (op: 'MatMul') with input shapes: [2,3], [4,5]." */
int tfg_want_rank(const TfgShape *in, int rank, TfgShape *out, TfgStatus *s);           /* out may be NULL; gets rank `rank` */
int tfg_want_rank_at_least(const TfgShape *in, int rank, TfgStatus *s);
int tfg_want_rank_at_most(const TfgShape *in, int rank, TfgStatus *s);
int tfg_merge_dim(int64_t a, int64_t b, int64_t *out, TfgStatus *s);
int tfg_merge_shape(const TfgShape *a, const TfgShape *b, TfgShape *out, TfgStatus *s); /* "Shapes must be equal rank, ..." */
int tfg_want_dim(int64_t dim, int64_t value, TfgStatus *s);                              /* "Dimension must be 2 but is 3" */
int64_t tfg_dim(const TfgShape *s, int i);                                               /* -1 where unknown; negative i from the end */
int64_t tfg_add_dim(int64_t a, int64_t b);                                               /* unknown absorbs */
int64_t tfg_multiply_dim(int64_t a, int64_t b);                                          /* 0 wins, then unknown absorbs */
int tfg_divide_dim(int64_t a, int64_t b, bool evenly, int64_t *out, TfgStatus *s);
int tfg_concat_shape(const TfgShape *a, const TfgShape *b, TfgShape *out);
int tfg_sub_shape(const TfgShape *s, int begin, int end, TfgShape *out);                 /* dims [begin, end), like Python's */
int tfg_broadcast_shape(const TfgShape *a, const TfgShape *b, TfgShape *out, TfgStatus *s);  /* BroadcastBinaryOpOutputShape */

/* Shape functions shared by many ops (infer_common.c). */
int tfg_shape_unchanged(TfgShapeCall *c, TfgStatus *s);                 /* out 0 is in 0 */
int tfg_shape_unchanged_known_rank2(TfgShapeCall *c, TfgStatus *s);
int tfg_shape_broadcast(TfgShapeCall *c, TfgStatus *s);                 /* binary broadcasting */
int tfg_shape_scalar(TfgShapeCall *c, TfgStatus *s);                    /* every output is a scalar */
int tfg_shape_unknown(TfgShapeCall *c, TfgStatus *s);
int tfg_shape_none(TfgShapeCall *c, TfgStatus *s);                      /* no outputs */
int tfg_shape_merge_all(TfgShapeCall *c, TfgStatus *s);                 /* AddN: all inputs merged */
int tfg_shape_reduce(TfgShapeCall *c, TfgStatus *s);                    /* in 1: axes; keep_dims */
int tfg_shape_from_attr(TfgShapeCall *c, TfgStatus *s);                 /* attribute "shape" */
int tfg_shape_from_input0(TfgShapeCall *c, TfgStatus *s);               /* input 0 holds the shape */

#endif
