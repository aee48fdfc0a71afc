/* Resources: what outlives a step - variables, queues, tables, iterators - by container and name.  A session has a TfgResources;
 * later a server or the eager context. */
#ifndef TFG_RUNTIME_RESOURCE_H
#define TFG_RUNTIME_RESOURCE_H

#include <pthread.h>

#include "tensor/tensor.h"
#include "tfgraph.h"

typedef struct TfgResources TfgResources;

TfgResources *tfg_resources_new(TfgStatus *s);
TfgResources *tfg_resources_ref(TfgResources *r);
void tfg_resources_unref(TfgResources *r);
/* Finds `name` of kind `type_name` in `container` ("" is "localhost"), or makes it.  A new reference.  Kinds have names of their own;
 * a handle used as another kind is INVALID_ARGUMENT with TensorFlow's words. */
TfgHandle *tfg_resources_find_or_make(TfgResources *r, const char *container, const char *name, const char *type_name,
                                      TfgHandle *(*make)(void *arg, TfgStatus *s), void *arg, TfgStatus *s);
TfgHandle *tfg_resources_find(TfgResources *r, const char *container, const char *name, const char *type_name, TfgStatus *s);
int tfg_resources_remove(TfgResources *r, const char *container, const char *name, const char *type_name, TfgStatus *s);
void tfg_resources_clear(TfgResources *r, const char *container);       /* NULL: all */
void tfg_resources_clear_kind(TfgResources *r, const char *type_name);
/* Objects that live as long as a step, by name: what the old handles made of strings (stacks, TensorArrays) stand for. */
int tfg_resources_keep_for_step(TfgResources *r, int64_t step, const char *name, TfgHandle *h, TfgStatus *s);
TfgHandle *tfg_resources_find_of_step(TfgResources *r, int64_t step, const char *name);         /* a new reference, or NULL */
int64_t tfg_resources_next_number(TfgResources *r);     /* for names: 0, 1, 2 ... */
void tfg_resources_end_step(TfgResources *r, int64_t step);
/* Around fork(): nobody is inside the map; and in the child, where locks may be held by threads that are no more. */
void tfg_resources_hold(TfgResources *r);
void tfg_resources_let_go(TfgResources *r);
void tfg_resources_after_fork(TfgResources *r);
/* How a kind of resource makes its locks anew in a forked child; kinds are few and known at start. */
void tfg_resource_on_fork(const char *type_name, void (*renew)(TfgHandle *h));

/* "_0_queue", "_1_queue" ...: a name that nobody gave, new text.  Numbered over the whole process, as in TensorFlow. */
char *tfg_resource_unnamed(const char *name);

/* A variable: the buffer that a VariableV2, or a VarHandleOp, names. */
typedef struct TfgVariable {
    TfgHandle base;
    pthread_mutex_t lock;
    TfgTensor *value;           /* NULL while uninitialised */
    TfgDType dtype;
    int64_t version;            /* counts writes, for packed weights */
    char *name;
    int64_t *declared;          /* the sizes it was made for, which a first value must have; NULL where they are not known */
    int32_t declared_rank;
} TfgVariable;
#define TFG_VARIABLE_TYPE "Var"

TfgVariable *tfg_variable_new(const char *name, TfgDType dtype, TfgStatus *s);
int tfg_variable_declare(TfgVariable *v, const TfgShape *shape, TfgStatus *s);         /* while nobody else knows it */
static inline TfgVariable *tfg_variable_ref(TfgVariable *v) { return (TfgVariable *)tfg_handle_ref(&v->base); }
static inline void tfg_variable_unref(TfgVariable *v) { if (v) tfg_handle_unref(&v->base); }
TfgTensor *tfg_variable_value(TfgVariable *v);          /* new reference, NULL while uninitialised; takes the lock */
void tfg_variable_assign_steal(TfgVariable *v, TfgTensor *value);
/* With v->lock held: makes v->value a buffer that nobody else holds (copying it when it is shared), so that it may be written. */
int tfg_variable_make_exclusive(TfgVariable *v, TfgStatus *s);

/* What an element of a resource tensor points at: the name of something in a TfgResources, resolved at first use. */
typedef struct TfgResourceHandle {
    TfgHandle base;
    char *device, *container, *name, *maybe_type_name;
    uint64_t hash_code;
    TfgHandle *_Atomic resolved;    /* counted; NULL until looked up */
} TfgResourceHandle;
/* The bytes of its ResourceHandleProto. */
void tfg_resource_handle_write(const TfgResourceHandle *h, TfgStr *out);
TfgResourceHandle *tfg_resource_handle_new(const char *device, const char *container, const char *name, const char *type_name, TfgStatus *s);
/* The resource that a scalar resource tensor names.  A new reference; NOT_FOUND with TensorFlow's words. */
TfgHandle *tfg_resource_lookup(TfgResources *r, const TfgTensor *handle, const char *type_name, TfgStatus *s);
/* The same, making it where the name is free. */
TfgHandle *tfg_resource_lookup_or_make(TfgResources *r, const TfgTensor *handle, const char *type_name,
                                       TfgHandle *(*make)(void *arg, TfgStatus *s), void *arg, TfgStatus *s);
const TfgResourceHandle *tfg_tensor_resource_handle(const TfgTensor *t, TfgStatus *s);     /* borrowed from t */
const char *tfg_resource_kind(const TfgResourceHandle *h);     /* the type_name of what it names; borrowed from h */

#endif
