/* Taking names, for graph/ itself. */
#ifndef TFG_GRAPH_NAMES_H
#define TFG_GRAPH_NAMES_H

#include "graph/graph_internal.h"

typedef struct TfgNameTake {    /* how a name was taken, so that it can be given back */
    int64_t entry, base;        /* of the name; of what was asked for, where that was in use already; else -1 */
    uint32_t before;            /* how often base had been asked for */
} TfgNameTake;

/* A name for "scope/name" that is not in use; arena text.  how may be NULL. */
const char *tfg_names_take(TfgGraph *g, const char *scope, size_t scope_n, const char *name, bool mark_as_used, TfgNameTake *how,
                           TfgStatus *s);
void tfg_names_give_back(TfgGraph *g, const TfgNameTake *how);
/* The entry of a name, in whatever case; -1 where there is none, or with `make` where there is no memory. */
int64_t tfg_names_entry(TfgGraph *g, const char *name, bool make, TfgStatus *s);
int tfg_check_scope_name(const TfgThreadScope *t, const char *name, TfgStatus *s);

#endif
