/* Equations of Einsum: "ij,jk->ik". */
#ifndef TFG_GRAPH_EINSUM_H
#define TFG_GRAPH_EINSUM_H

#include "graph/attr.h"

typedef struct TfgEinsum {
    int n_in;                   /* 1 or 2 */
    TfgBytes in[2], out;        /* subscripts: labels of one byte each, at most one "..." among them; parts of the equation */
} TfgEinsum;

/* Also checks that there is a subscript for each of `n_in` inputs. */
int tfg_einsum_parse(TfgBytes equation, int n_in, TfgEinsum *e, TfgStatus *s);
/* Each label of the result is one of an input's; looked at last, when the inputs' shapes are known to be right. */
int tfg_einsum_check_result(const TfgEinsum *e, TfgBytes equation, TfgStatus *s);
int tfg_einsum_ellipsis(TfgBytes subscript);            /* where "..." begins; -1 where there is none */
bool tfg_einsum_has(TfgBytes subscript, char label);    /* '.': an ellipsis */

#endif
