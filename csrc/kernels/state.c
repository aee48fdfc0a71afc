/* Variables: by reference (VariableV2, Assign ...) and by resource handle (VarHandleOp, ReadVariableOp ...). */
#include "kernels/gather.h"
#include "kernels/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/util.h"

#define GRAIN 32768

TfgVariable *tfg_kernel_variable(TfgKernelCall *c, int i, TfgStatus *s)
{
    if (c->ref && c->ref[i])
        return tfg_variable_ref(c->ref[i]);
    if (c->in[i] && c->in[i]->dtype == TFG_RESOURCE && c->resources)
        return (TfgVariable *)tfg_resource_lookup(c->resources, c->in[i], TFG_VARIABLE_TYPE, s);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %d of %s is not a variable", i, c->type);
    return NULL;
}

void tfg_kernel_name_output(TfgKernelCall *c, TfgVariable *v)
{
    if (c->n_out > 0 && c->ref_out)
        c->ref_out[0] = tfg_variable_ref(v);
}

/* ---- Reference variables ---------------------------------------------------------------------------------------------------- */

/* In a plan the variable itself stands for the node, so nothing is left to run. */
static int run_variable(TfgKernelCall *c, TfgStatus *s)
{
    return tfg_fail(s, TFG_UNIMPLEMENTED, "%s runs only inside a session", c->type);
}

/* A variable without a value has the shape it was declared with. */
static bool fits_variable(const TfgVariable *v, const TfgTensor *value)
{
    if (v->value)
        return tfg_tensor_same_shape(v->value, value);
    return !v->declared || (v->declared_rank == value->rank && memcmp(v->declared, value->dims, (size_t)value->rank * sizeof *value->dims) == 0);
}

static int run_assign(TfgKernelCall *c, TfgStatus *s)
{
    TfgVariable *v = c->ref[0];
    TfgTensor *old, *value = tfg_kernel_keep(c, 1, s);
    if (!value)
        return -1;
    pthread_mutex_lock(&v->lock);
    old = v->value;
    if (!fits_variable(v, value) && tfg_attrs_bool(c->attrs, "validate_shape")) {
        TfgShapeText a, b;
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Assign requires shapes of both tensors to match. lhs shape= %s rhs shape= %s",
                 old ? tfg_shape_text(old, &a) : tfg_dims_text(v->declared_rank, v->declared, &a), tfg_shape_text(value, &b));
        pthread_mutex_unlock(&v->lock);
        tfg_tensor_unref(value);
        return -1;
    }
    v->value = value;
    v->version++;
    pthread_mutex_unlock(&v->lock);
    tfg_tensor_unref(old);
    tfg_kernel_name_output(c, v);
    return 0;
}

static int run_is_initialized(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    if (!out)
        return -1;
    pthread_mutex_lock(&c->ref[0]->lock);
    *(bool *)out->data = c->ref[0]->value != NULL;
    pthread_mutex_unlock(&c->ref[0]->lock);
    return 0;
}

static int run_temporary(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape shape;
    tfg_attrs_shape(c->attrs, "shape", &shape);
    if (!tfg_shape_is_full(&shape))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The shape of a temporary variable must be known");
    TfgBytes given = tfg_attrs_string(c->attrs, "var_name");
    char *name = given.n ? tfg_strndup(given.data, given.n) : tfg_strdup(c->name);
    TfgVariable *v = name ? tfg_variable_new(name, tfg_attrs_type(c->attrs, "dtype"), s) : NULL;
    tfg_free(name);
    if (!v)
        return s->code != TFG_OK ? -1 : tfg_fail_memory(s);
    TfgTensor *value = tfg_tensor_new_zeros(v->dtype, shape.rank, shape.dims, s);
    if (!value) {
        tfg_variable_unref(v);
        return -1;
    }
    v->value = value;
    c->ref_out[0] = v;
    return 0;
}

static int run_destroy_temporary(TfgKernelCall *c, TfgStatus *s)
{
    TfgBytes name = tfg_attrs_string(c->attrs, "var_name");
    if (strlen(c->ref[0]->name) != name.n || memcmp(c->ref[0]->name, name.data, name.n) != 0)
        return tfg_fail(s, TFG_NOT_FOUND, "Resource __per_step_%lld/%.*s/N10tensorflow19TemporaryVariableOp6TmpVarE does not exist.",
                        (long long)c->step_id, (int)name.n, name.n ? name.data : "");
    c->out[0] = tfg_variable_value(c->ref[0]);
    return c->out[0] ? 0 : tfg_fail(s, TFG_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", c->name);
}

/* ---- AssignAdd, AssignSub ----------------------------------------------------------------------------------------------------- */

/* The elementwise kernel that does the arithmetic, for the variable's dtype. */
static int prepare_update(const TfgPrepare *p, void **state, TfgStatus *s)
{
    TfgDType dtype = tfg_attrs_type(p->attrs, "T");
    if (dtype == TFG_INVALID)
        dtype = tfg_attrs_type(p->attrs, "dtype");
    TfgNamedAttr t = {"T", TFG_A_TYPE(tfg_dtype_base(dtype))};
    TfgAttrs attrs = {1, &t};
    const TfgKernelRow *row = tfg_find_kernel(strncmp(p->type, "AssignAdd", 9) == 0 ? "Add" : "Sub", "CPU", &attrs);
    if (!row || !row->block)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "%s does not serve %s", p->type, tfg_dtype_signature_name(dtype));
    *state = (void *)(uintptr_t)row;
    return 0;
}

typedef struct Update { TfgBlockFn fn; char *to; const char *from; size_t size; } Update;

static void update_range(void *context, int64_t begin, int64_t end)
{
    const Update *u = context;
    TfgBlock b = {.n = end - begin, .out = u->to + (size_t)begin * u->size};
    b.in[0] = b.out;
    b.in[1] = u->from + (size_t)begin * u->size;
    u->fn(&b);
}

static int run_update(TfgKernelCall *c, TfgStatus *s)
{
    TfgVariable *v = tfg_kernel_variable(c, 0, s);
    const TfgTensor *value = c->in[1];
    int rc = -1;
    if (!v)
        return -1;
    pthread_mutex_lock(&v->lock);
    if (!v->value) {
        tfg_fail(s, TFG_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", v->name);
    } else if (!tfg_tensor_same_shape(v->value, value)) {
        TfgShapeText a, b;
        if (c->ref && c->ref[0])
            tfg_fail(s, TFG_INVALID_ARGUMENT, "Parameters and update must be the same size");
        else
            tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot update variable with shape %s using a Tensor with shape %s, shapes must be equal.",
                     tfg_shape_text(v->value, &a), tfg_shape_text(value, &b));
    } else if (v->value->dtype != value->dtype) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to assign variable with wrong dtype. Expected %s got %s",
                 tfg_dtype_signature_name(v->value->dtype), tfg_dtype_signature_name(value->dtype));
    } else if (tfg_variable_make_exclusive(v, s) == 0) {
        Update u = {((const TfgKernelRow *)c->state)->block, v->value->data, value->data, tfg_dtype_size(value->dtype)};
        tfg_for_ranges(value->count, GRAIN, update_range, &u);
        v->version++;
        rc = 0;
    }
    pthread_mutex_unlock(&v->lock);
    if (rc == 0)
        tfg_kernel_name_output(c, v);
    tfg_variable_unref(v);
    return rc;
}

static int run_count_up_to(TfgKernelCall *c, TfgStatus *s)
{
    TfgVariable *v = tfg_kernel_variable(c, 0, s);
    int64_t limit = tfg_attrs_int(c->attrs, "limit"), before = 0;
    int rc = -1;
    if (!v)
        return -1;
    pthread_mutex_lock(&v->lock);
    if (!v->value)
        tfg_fail(s, TFG_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", v->name);
    else if (v->value->rank != 0)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Input is not a scalar");
    else if ((before = tfg_tensor_int(v->value, 0)) >= limit)
        tfg_fail(s, TFG_OUT_OF_RANGE, "Reached limit of %lld", (long long)limit);
    else if (tfg_variable_make_exclusive(v, s) == 0) {
        if (v->value->dtype == TFG_INT32)
            *(int32_t *)v->value->data = (int32_t)(before + 1);
        else
            *(int64_t *)v->value->data = before + 1;
        v->version++;
        rc = 0;
    }
    pthread_mutex_unlock(&v->lock);
    TfgTensor *out = rc == 0 ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    tfg_variable_unref(v);
    if (!out)
        return -1;
    if (out->dtype == TFG_INT32)
        *(int32_t *)out->data = (int32_t)before;
    else
        *(int64_t *)out->data = before;
    return 0;
}

/* ---- Resource variables ----------------------------------------------------------------------------------------------------- */

typedef struct Request { const char *name; TfgDType dtype; } Request;

static TfgHandle *make_variable(void *arg, TfgStatus *s)
{
    const Request *r = arg;
    TfgVariable *v = tfg_variable_new(r->name, r->dtype, s);
    return v ? &v->base : NULL;
}

static int run_assign_resource(TfgKernelCall *c, TfgStatus *s)
{
    const TfgResourceHandle *h = tfg_tensor_resource_handle(c->in[0], s);
    if (!h)
        return -1;
    Request r = {h->name, c->in[1]->dtype};
    TfgVariable *v = (TfgVariable *)tfg_resource_lookup_or_make(c->resources, c->in[0], TFG_VARIABLE_TYPE, make_variable, &r, s);
    if (!v)
        return -1;
    int rc = -1;
    if (v->dtype != c->in[1]->dtype) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to assign variable with wrong dtype. Expected %s got %s",
                 tfg_dtype_signature_name(v->dtype), tfg_dtype_signature_name(c->in[1]->dtype));
    } else {
        TfgTensor *value = tfg_kernel_keep(c, 1, s);
        if (value) {
            tfg_variable_assign_steal(v, value);
            rc = 0;
        }
    }
    tfg_variable_unref(v);
    return rc;
}

/* The variable that is to be read; a new reference. */
static TfgVariable *take_variable(TfgKernelCall *c, TfgStatus *s)
{
    const TfgResourceHandle *h = tfg_tensor_resource_handle(c->in[0], s);
    if (!h)
        return NULL;
    TfgVariable *v = (TfgVariable *)tfg_resource_lookup(c->resources, c->in[0], TFG_VARIABLE_TYPE, s);
    if (!v && s->code == TFG_NOT_FOUND) {
        tfg_status_prepend(s, "Error while reading resource variable %s from Container: %s. This could mean that the variable was "
                           "uninitialized. Not found: ", h->name, h->container);
        s->code = TFG_FAILED_PRECONDITION;
    }
    return v;
}

static int run_read(TfgKernelCall *c, TfgStatus *s)
{
    const TfgResourceHandle *h = tfg_tensor_resource_handle(c->in[0], s);
    TfgVariable *v = h ? take_variable(c, s) : NULL;
    if (!v)
        return -1;
    TfgTensor *value = tfg_variable_value(v);
    tfg_variable_unref(v);
    if (!value)
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "Error while reading resource variable %s from Container: %s. This could mean that "
                        "the variable was uninitialized.", h->name, h->container);
    if (value->dtype != c->out_dtype[0]) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to read variable with wrong dtype. Expected %s got %s",
                 tfg_dtype_signature_name(c->out_dtype[0]), tfg_dtype_signature_name(value->dtype));
        tfg_tensor_unref(value);
        return -1;
    }
    c->out[0] = value;
    return 0;
}

static int run_resource_is_initialized(TfgKernelCall *c, TfgStatus *s)
{
    TfgStatus missing = TFG_STATUS_INIT;
    TfgVariable *v = (TfgVariable *)tfg_resource_lookup(c->resources, c->in[0], TFG_VARIABLE_TYPE, &missing);
    tfg_status_fini(&missing);
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    if (out) {
        TfgTensor *value = v ? tfg_variable_value(v) : NULL;
        *(bool *)out->data = value != NULL;
        tfg_tensor_unref(value);
    }
    tfg_variable_unref(v);
    return out ? 0 : -1;
}

/* How a variable of later versions is read from now on; ours are never copied for it. */
static int run_disable_copy_on_read(TfgKernelCall *c, TfgStatus *s)
{
    TfgVariable *v = take_variable(c, s);
    tfg_variable_unref(v);
    return v ? 0 : -1;
}

static int run_shape(TfgKernelCall *c, TfgStatus *s)
{
    TfgVariable *v = tfg_kernel_variable(c, 0, s);
    TfgTensor *value = v ? tfg_variable_value(v) : NULL;
    tfg_variable_unref(v);
    if (!value)
        return s->code != TFG_OK ? -1 : tfg_fail(s, TFG_FAILED_PRECONDITION, "The variable is uninitialized");
    int64_t rank = value->rank;
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &rank, s);
    for (int i = 0; out && i < value->rank; i++)
        if (out->dtype == TFG_INT32)
            ((int32_t *)out->data)[i] = (int32_t)value->dims[i];
        else
            ((int64_t *)out->data)[i] = value->dims[i];
    tfg_tensor_unref(value);
    return out ? 0 : -1;
}

static int run_destroy(TfgKernelCall *c, TfgStatus *s)
{
    const TfgResourceHandle *h = tfg_tensor_resource_handle(c->in[0], s);
    if (!h)
        return -1;
    if (tfg_resources_remove(c->resources, h->container, h->name, tfg_resource_kind(h), s) == 0)
        return 0;
    if (s->code != TFG_NOT_FOUND || !tfg_attrs_bool(c->attrs, "ignore_lookup_error"))
        return -1;
    tfg_status_fini(s);
    return 0;
}

/* ---- ResourceGather ---------------------------------------------------------------------------------------------------------- */

static int gather_rows(const TfgTensor *params, const TfgTensor *indices, TfgTensor *out, TfgStatus *s)
{
    int64_t rows = params->dims[0], inner = rows ? params->count / rows : 0;
    for (int64_t i = 0; i < indices->count; i++) {
        int64_t row = tfg_tensor_int(indices, i);
        if (row < 0 || row >= rows) {
            TfgStr where = TFG_STR_INIT;
            int64_t rest = i, stride = indices->count;
            for (int d = 0; d < indices->rank; d++) {
                stride /= indices->dims[d];
                tfg_str_printf(&where, "%s%lld", d ? "," : "", (long long)(rest / stride));
                rest %= stride;
            }
            tfg_fail(s, TFG_INVALID_ARGUMENT, "indices%s%s%s = %lld is not in [0, %lld)", indices->rank ? "[" : "", tfg_str_text(&where),
                     indices->rank ? "]" : "", (long long)row, (long long)rows);
            tfg_str_fini(&where);
            return -1;
        }
        if (tfg_copy_elements(params->dtype, tfg_at_mut(out, i * inner), tfg_at(params, row * inner), inner, s) < 0)
            return -1;
    }
    return 0;
}

static int run_gather(TfgKernelCall *c, TfgStatus *s)
{
    TfgVariable *v = tfg_kernel_variable(c, 0, s);
    TfgTensor *params = v ? tfg_variable_value(v) : NULL;
    const TfgTensor *indices = c->in[1];
    int64_t dims[TFG_MAX_RANK];
    int rc = -1;
    tfg_variable_unref(v);
    if (!params)
        return s->code != TFG_OK ? -1 : tfg_fail(s, TFG_FAILED_PRECONDITION, "The variable is uninitialized");
    if (params->rank < 1) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "params must be at least 1 dimensional");
        goto done;
    }
    if (indices->rank + params->rank - 1 > TFG_MAX_RANK) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "The result has more than %d dimensions", TFG_MAX_RANK);
        goto done;
    }
    memcpy(dims, indices->dims, (size_t)indices->rank * sizeof *dims);
    memcpy(dims + indices->rank, params->dims + 1, (size_t)(params->rank - 1) * sizeof *dims);
    TfgTensor *out = tfg_kernel_output(c, 0, indices->rank + params->rank - 1, dims, s);
    rc = out ? gather_rows(params, indices, out, s) : -1;
done:
    tfg_tensor_unref(params);
    return rc;
}

static int run_gather_nd(TfgKernelCall *c, TfgStatus *s)
{
    TfgVariable *v = tfg_kernel_variable(c, 0, s);
    TfgTensor *params = v ? tfg_variable_value(v) : NULL;
    tfg_variable_unref(v);
    if (!params)
        return s->code != TFG_OK ? -1 : tfg_fail(s, TFG_FAILED_PRECONDITION, "The variable is uninitialized");
    int rc = params->dtype == c->out_dtype[0] ? tfg_gather_nd(c, params, c->in[1], s)
                                              : tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to read variable with wrong dtype. Expected %s got %s",
                                                         tfg_dtype_signature_name(c->out_dtype[0]), tfg_dtype_signature_name(params->dtype));
    tfg_tensor_unref(params);
    return rc;
}

#define UPDATES (TFG_TYPES_NUMBERS)
#define WRITES TFG_KERNEL_WRITES_REF
static const TfgKernelRow rows[] = {
    {.op = "Variable", .run = run_variable},
    {.op = "VariableV2", .run = run_variable},
    {.op = "VarHandleOp", .run = run_variable},
    {.op = "Assign", .run = run_assign, .flags = WRITES | TFG_KERNEL_UNINITIALIZED_REF},
    {.op = "AssignAdd", .types = {{"T", UPDATES}}, .prepare = prepare_update, .run = run_update, .flags = WRITES},
    {.op = "AssignSub", .types = {{"T", UPDATES}}, .prepare = prepare_update, .run = run_update, .flags = WRITES},
    {.op = "CountUpTo", .types = {{"T", TFG_TYPES_INDEX}}, .run = run_count_up_to, .flags = WRITES},
    {.op = "IsVariableInitialized", .run = run_is_initialized, .flags = TFG_KERNEL_UNINITIALIZED_REF | TFG_KERNEL_READS_REF},
    {.op = "TemporaryVariable", .run = run_temporary},
    {.op = "DestroyTemporaryVariable", .run = run_destroy_temporary, .flags = TFG_KERNEL_READS_REF},
    {.op = "AssignVariableOp", .run = run_assign_resource, .flags = WRITES},
    {.op = "AssignAddVariableOp", .types = {{"dtype", UPDATES}}, .prepare = prepare_update, .run = run_update, .flags = WRITES},
    {.op = "AssignSubVariableOp", .types = {{"dtype", UPDATES}}, .prepare = prepare_update, .run = run_update, .flags = WRITES},
    {.op = "ReadVariableOp", .run = run_read},
    {.op = "VarIsInitializedOp", .run = run_resource_is_initialized},
    {.op = "DisableCopyOnRead", .run = run_disable_copy_on_read},
    {.op = "VariableShape", .run = run_shape, .types = {{"out_type", TFG_TYPES_INDEX}}},
    {.op = "DestroyResourceOp", .run = run_destroy, .flags = WRITES},
    {.op = "ResourceCountUpTo", .types = {{"T", TFG_TYPES_INDEX}}, .run = run_count_up_to, .flags = WRITES},
    {.op = "ResourceGatherNd", .types = {{"Tindices", TFG_TYPES_INDEX}}, .run = run_gather_nd},
    {.op = "ResourceGather", .types = {{"Tindices", TFG_TYPES_INDEX}}, .run = run_gather},
};

int tfg_register_kernels_state(TfgStatus *s);
int tfg_register_kernels_state(TfgStatus *s)
{
    if (tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s) < 0)
        return -1;
    return tfg_register_kernels_scatter(s);
}
