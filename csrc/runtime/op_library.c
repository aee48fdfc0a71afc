#include "runtime/op_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/status.h"
#include "gradients/gradient.h"
#include "graph/infer.h"
#include "graph/opdef.h"
#include "runtime/kernel.h"

struct TfgOpLibrary {
    struct TfgOpLibrary *next;
    void *handle;
    const char **names;
    int n_names;
};

#define MAX_ADDED 1024          /* of each kind, by one library */

struct TfgRegistrar {
    TfgOpRow *ops[MAX_ADDED];
    TfgKernelRow *kernels[MAX_ADDED];
    TfgGradRow *gradients[MAX_ADDED];
    int n_ops, n_kernels, n_gradients;
};

static struct { pthread_mutex_t lock; TfgOpLibrary *first; } libraries = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- what a library adds ------------------------------------------------------------------------------------------------------------- */

/* A signature is parsed at once, so that its mistakes are told where they are made. */
static int check_row(const TfgOpRow *row, TfgStatus *s)
{
    TfgArena arena;
    tfg_arena_init(&arena);
    int rc = tfg_op_def_parse(row, &arena, s) ? 0 : -1;
    tfg_arena_fini(&arena);
    return rc;
}

static int want_room(int n, TfgStatus *s)
{
    return n < MAX_ADDED ? 0 : tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "An op library adds more than %d of a kind", MAX_ADDED);
}

int tfg_registrar_add_op(TfgRegistrar *r, const TfgUserOp *op, TfgStatus *s)
{
    if (!op->name || !*op->name)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "An operation needs a name");
    if (want_room(r->n_ops, s) < 0)
        return -1;
    if (tfg_find_op_def(op->name))
        return tfg_fail(s, TFG_ALREADY_EXISTS, "Op with name %s", op->name);
    TfgOpRow *row = tfg_calloc(1, sizeof *row);
    if (!row)
        return tfg_fail_memory(s);
    row->name = op->name;
    row->shape = op->shape;
    row->flags = op->is_stateful ? TFG_OP_STATEFUL : 0;
    memcpy(row->in, op->inputs, sizeof op->inputs);
    memcpy(row->out, op->outputs, sizeof op->outputs);
    memcpy(row->attr, op->attrs, sizeof op->attrs);
    if (check_row(row, s) < 0) {
        tfg_free(row);
        return -1;
    }
    r->ops[r->n_ops++] = row;
    return 0;
}

static int set_types(TfgKernelRow *row, const TfgUserKernel *kernel, TfgStatus *s)
{
    for (size_t i = 0; i < sizeof kernel->types / sizeof *kernel->types && kernel->types[i].attr; i++) {
        row->types[i].attr = kernel->types[i].attr;
        for (int k = 0; k < kernel->types[i].n; k++) {
            TfgDType d = kernel->types[i].dtypes[k];
            if (d <= TFG_INVALID || d >= TFG_N_DTYPES)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "The kernel of %s names %d, which is no dtype", kernel->op, (int)d);
            row->types[i].types |= TFG_BIT(d);
        }
    }
    return 0;
}

int tfg_registrar_add_kernel(TfgRegistrar *r, const TfgUserKernel *kernel, TfgStatus *s)
{
    if (!kernel->op || !kernel->run)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "A kernel needs its operation's name and a function");
    if (want_room(r->n_kernels, s) < 0)
        return -1;
    TfgKernelRow *row = tfg_calloc(1, sizeof *row);
    if (!row)
        return tfg_fail_memory(s);
    row->op = kernel->op;
    row->run = kernel->run;
    row->flags = TFG_KERNEL_EXPENSIVE | TFG_KERNEL_VALUE_SHAPE;         /* nothing is known of it */
    if (set_types(row, kernel, s) < 0) {
        tfg_free(row);
        return -1;
    }
    r->kernels[r->n_kernels++] = row;
    return 0;
}

int tfg_registrar_add_gradient(TfgRegistrar *r, const char *op, TfgUserGradient gradient, TfgStatus *s)
{
    if (!op || want_room(r->n_gradients, s) < 0)
        return op ? -1 : tfg_fail(s, TFG_INVALID_ARGUMENT, "A gradient needs its operation's name");
    TfgGradRow *row = tfg_calloc(1, sizeof *row);
    if (!row)
        return tfg_fail_memory(s);
    *row = (TfgGradRow){.op = op, .fn = gradient, .uses = TFG_USES_X | TFG_USES_Y};
    r->gradients[r->n_gradients++] = row;
    return 0;
}

/* ---- opening --------------------------------------------------------------------------------------------------------------------------- */

/* Rows that nobody registered. */
static void drop(TfgRegistrar *r)
{
    for (int i = 0; i < r->n_ops; i++)
        tfg_free(r->ops[i]);
    for (int i = 0; i < r->n_kernels; i++)
        tfg_free(r->kernels[i]);
    for (int i = 0; i < r->n_gradients; i++)
        tfg_free(r->gradients[i]);
}

static int check_names(const TfgRegistrar *r, const char *op, TfgStatus *s)
{
    for (int i = 0; i < r->n_ops; i++)
        if (strcmp(r->ops[i]->name, op) == 0)
            return 0;
    return tfg_find_op_def(op) ? 0 : tfg_fail(s, TFG_NOT_FOUND, "The library has a kernel or gradient of %s, which is no operation", op);
}

/* Kernels and gradients first: an operation is seen once it is whole. */
static int commit(TfgRegistrar *r, TfgStatus *s)
{
    for (int i = 0; i < r->n_kernels; i++)
        if (check_names(r, r->kernels[i]->op, s) < 0)
            return -1;
    for (int i = 0; i < r->n_gradients; i++)
        if (check_names(r, r->gradients[i]->op, s) < 0)
            return -1;
    for (; r->n_kernels > 0; r->n_kernels--)
        if (tfg_register_kernels(r->kernels[r->n_kernels - 1], 1, s) < 0)
            return -1;
    for (; r->n_gradients > 0; r->n_gradients--)
        if (tfg_register_gradients(r->gradients[r->n_gradients - 1], 1, s) < 0)
            return -1;
    for (int i = 0; i < r->n_ops; i++)
        if (tfg_register_ops(r->ops[i], 1, s) < 0)
            return -1;
    r->n_ops = 0;
    return 0;
}

static int initialise(TfgOpLibrary *library, const char *path, TfgStatus *s)
{
    TfgOpLibraryInit init = NULL;
    *(void **)&init = dlsym(library->handle, "tfg_op_library_init");
    if (!init)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s has no tfg_op_library_init: it is no op library, or one that was built for TensorFlow", path);
    TfgRegistrar *r = tfg_calloc(1, sizeof *r);
    if (!r)
        return tfg_fail_memory(s);
    int rc = init(r, TFG_ABI_VERSION, s);
    if (rc < 0 && s->code == TFG_OK)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: tfg_op_library_init failed", path);
    if (rc == 0 && !(library->names = tfg_calloc((size_t)r->n_ops + 1, sizeof *library->names)))
        rc = tfg_fail_memory(s);
    for (int i = 0; rc == 0 && i < r->n_ops; i++)
        library->names[library->n_names++] = r->ops[i]->name;
    if (rc == 0)
        rc = commit(r, s);
    drop(r);
    tfg_free(r);
    return rc;
}

static TfgOpLibrary *find(void *handle)
{
    TfgOpLibrary *l = libraries.first;
    while (l && l->handle != handle)
        l = l->next;
    return l;
}

static TfgOpLibrary *open_locked(const char *path, TfgStatus *s)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        tfg_fail(s, TFG_NOT_FOUND, "%s", dlerror());
        return NULL;
    }
    TfgOpLibrary *library = find(handle);
    if (library)
        return library;
    library = tfg_calloc(1, sizeof *library);
    if (!library) {
        tfg_fail_memory(s);
        return NULL;
    }
    library->handle = handle;
    if (initialise(library, path, s) < 0) {     /* stays open: what it registered before it failed may be in use */
        tfg_free(library->names);
        tfg_free(library);
        return NULL;
    }
    library->next = libraries.first;
    libraries.first = library;
    return library;
}

const TfgOpLibrary *tfg_op_library_open(const char *path, TfgStatus *s)
{
    if (tfg_init(s) < 0)
        return NULL;
    pthread_mutex_lock(&libraries.lock);
    TfgOpLibrary *library = open_locked(path, s);
    pthread_mutex_unlock(&libraries.lock);
    return library;
}

const char *const *tfg_op_library_names(const TfgOpLibrary *library, int *n)
{
    *n = library->n_names;
    return library->names;
}

int tfg_load_op_library(const char *path, TfgStatus *s) { return tfg_op_library_open(path, s) ? 0 : -1; }

/* ---- what its functions see ----------------------------------------------------------------------------------------------------------- */

int tfg_shape_call_n_inputs(const TfgShapeCall *c) { return c->n_in; }
int tfg_shape_call_n_outputs(const TfgShapeCall *c) { return c->n_out; }
const TfgAttrs *tfg_shape_call_attrs(const TfgShapeCall *c) { return c->attrs; }

void tfg_shape_call_input(const TfgShapeCall *c, int i, TfgShape *shape)
{
    if (i >= 0 && i < c->n_in)
        tfg_shape_copy(shape, &c->in[i]);
    else
        shape->rank = -1;
}

const TfgTensor *tfg_shape_call_constant(TfgShapeCall *c, int i) { return i >= 0 && i < c->n_in ? c->constant(c, i) : NULL; }

int tfg_shape_call_set_output(TfgShapeCall *c, int i, const TfgShape *shape, TfgStatus *s)
{
    if (i < 0 || i >= c->n_out || shape->rank > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The shape function sets output %d to a shape of rank %d", i, (int)shape->rank);
    tfg_shape_copy(&c->out[i], shape);
    return 0;
}

int tfg_kernel_n_inputs(const TfgKernelCall *c) { return c->n_in; }
int tfg_kernel_n_outputs(const TfgKernelCall *c) { return c->n_out; }
const TfgTensor *tfg_kernel_input(const TfgKernelCall *c, int i) { return i >= 0 && i < c->n_in ? c->in[i] : NULL; }
const TfgAttrs *tfg_kernel_attrs(const TfgKernelCall *c) { return c->attrs; }

const TfgAttrs *tfg_gradient_attrs(const TfgGradCall *g) { return g->attrs; }
int tfg_gradient_n_inputs(const TfgGradCall *g) { return g->n_in; }

int tfg_gradient_op(TfgGradCall *g, const char *type, const char *name, const TfgValue *in, int n_in, TfgValue *out, int n_out, TfgStatus *s)
{
    return tfg_grad_call_n(g, type, name, in, n_in, NULL, 0, out, n_out, s);
}

int tfg_gradient_set(TfgGradCall *g, int i, TfgValue dx, TfgStatus *s)
{
    if (i < 0 || i >= g->n_in)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The gradient of %s sets input %d of %d", g->op_type, i, g->n_in);
    g->dx[i] = (TfgGrad){.value = dx};
    return 0;
}

const char *tfg_tensor_string(const TfgTensor *t, int64_t i, size_t *n)
{
    const TfgString *e = (const TfgString *)t->data + i;
    *n = e->n;
    return e->n ? e->data : "";
}

int tfg_tensor_set_string(TfgTensor *t, int64_t i, const char *data, size_t n, TfgStatus *s)
{
    return tfg_string_set((TfgString *)t->data + i, data, n) < 0 ? tfg_fail_memory(s) : 0;
}
