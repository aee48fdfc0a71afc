/* Taking names, for graph/ itself. */
#ifndef TFG_GRAPH_NAMES_H
#define TFG_GRAPH_NAMES_H

#include "graph/graph_internal.h"

typedef struct TfgNameTake {    /* how a name was taken, so that it can be given back */
    const char *key;
    size_t n, base_n;           /* the key; the part that was asked for */
    uint64_t before;            /* how often that part had been asked for */
} TfgNameTake;

/* A name for "scope/name" that is not in use; arena text.  take may be NULL. */
const char *tfg_names_take(TfgGraph *g, const char *scope, size_t scope_n, const char *name, bool mark_as_used, TfgNameTake *take,
                           TfgStatus *s);
void tfg_names_give_back(TfgGraph *g, const TfgNameTake *take);
int tfg_check_scope_name(const TfgThreadScope *t, const char *name, TfgStatus *s);

#endif
