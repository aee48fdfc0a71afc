/* Named: operations that make something which outlives steps - queues, readers, tables, barriers, accumulators - and hand out its
 * handle, a resource or, in the old operations, a reference to two strings (container and name).  Something without a shared name
 * belongs to its node in its session; it still gets a name, by which its handle finds it. */
#ifndef TFG_KERNELS_NAMED_H
#define TFG_KERNELS_NAMED_H

#include "runtime/kernel.h"

/* Container and name that the node's attributes give to what it makes or finds; without a shared name it is the node's own name
 * (own_name) or one that nobody else has.  Both new; INVALID_ARGUMENT for names that may not be. */
int tfg_named_place(const TfgPrepare *p, bool own_name, char **container, char **name, TfgStatus *s);

/* The kernel's state: release and run of such an operation. */
typedef struct TfgNamed {
    TfgTensor *handle;
    TfgHandle *object;          /* NULL where each run finds it anew */
    char *container, *name;
} TfgNamed;

typedef TfgHandle *(*TfgNamedMake)(const TfgPrepare *p, const char *name, void *arg, TfgStatus *s);

/* Finds or makes the object that the node describes.  *out is new; *out_made tells whether it was made now (NULL: not asked). */
int tfg_named_prepare(const TfgPrepare *p, const char *type_name, TfgNamedMake make, void *arg, TfgNamed **out, bool *made, TfgStatus *s);
/* Only the place that the node describes, and the handle for it. */
TfgNamed *tfg_named_new(const TfgPrepare *p, const char *type_name, TfgStatus *s);
void tfg_named_release(void *state);
int tfg_named_run(TfgKernelCall *c, TfgStatus *s);
/* Output 0 becomes a reference to `handle`. */
int tfg_named_give_ref(TfgKernelCall *c, TfgTensor *handle, TfgStatus *s);
/* The two strings of an old handle.  New. */
TfgTensor *tfg_named_strings(const char *container, const char *name, TfgStatus *s);
/* What input i's handle names, of either kind.  A new reference. */
TfgHandle *tfg_named_find(TfgKernelCall *c, int i, const char *type_name, TfgStatus *s);

#endif
