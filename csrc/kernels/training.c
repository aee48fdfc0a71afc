#include "kernels/training.h"

#include "base/status.h"
#include "graph/opdef.h"
#include "kernels/isa.h"
#include "kernels/util.h"
#include "runtime/resource.h"

#define GRAIN 8192              /* elements that one thread updates at a time: small, so that the last piece does not keep all waiting */
#define PIECE 512               /* halves that are converted at a time */

typedef struct Step {
    const TfgOptimizer *optimizer;
    TfgKernelCall *call;
    int n_slots, n_scalars, grad, indices;      /* inputs; -1 where there is none */
    int slot_in[TFG_MAX_SLOTS];
    TfgVariable *slot[TFG_MAX_SLOTS];
    bool counted;               /* slots are references of ours (resources) */
    double scalars_d[TFG_MAX_SCALARS];
    float scalars_f[TFG_MAX_SCALARS];
    TfgDType dtype;
    bool flag;
} Step;

static const char *input_name(const TfgKernelCall *c, int i)
{
    const TfgOpDef *def = tfg_find_op_def(c->row->op);
    return def && i < def->n_in ? def->in[i].name : "input";
}

/* ---- Formulas over pieces ---------------------------------------------------------------------------------------------------- */

/* Elements [begin, begin + n) of the slots, with the gradient from `grad_at`. */
static void update(const Step *st, int64_t begin, int64_t grad_at, int64_t n)
{
    const TfgTensor *grad = st->call->in[st->grad];
    bool half = tfg_dtype_size(st->dtype) == 2;
    TfgUpdate u = {.flag = st->flag, .n = n, .grad = tfg_at(grad, grad_at),
                   .scalar = st->dtype == TFG_DOUBLE ? (const void *)st->scalars_d : (const void *)st->scalars_f};
    for (int k = 0; k < st->n_slots; k++)
        u.slot[k] = tfg_at_mut(st->slot[k]->value, begin);
    if (!half) {
        st->optimizer->fn(&u);
        return;
    }
    float slots[TFG_MAX_SLOTS][PIECE], gradient[PIECE];
    for (int64_t at = 0; at < n; at += PIECE) {
        TfgUpdate piece = u;
        piece.n = n - at < PIECE ? n - at : PIECE;
        piece.grad = gradient;
        for (int64_t i = 0; i < piece.n; i++)
            gradient[i] = tfg_load_half(st->dtype, ((const uint16_t *)u.grad)[at + i]);
        for (int k = 0; k < st->n_slots; k++) {
            piece.slot[k] = slots[k];
            for (int64_t i = 0; i < piece.n; i++)
                slots[k][i] = tfg_load_half(st->dtype, ((uint16_t *)u.slot[k])[at + i]);
        }
        st->optimizer->fn(&piece);
        for (int k = 0; k < st->n_slots; k++)
            for (int64_t i = 0; i < piece.n; i++)
                ((uint16_t *)u.slot[k])[at + i] = tfg_store_half(st->dtype, slots[k][i]);
    }
}

static void update_range(void *context, int64_t begin, int64_t end)
{
    update(context, begin, begin, end - begin);
}

static int64_t index_at(const TfgTensor *t, int64_t i)
{
    return t->dtype == TFG_INT32 ? ((const int32_t *)t->data)[i] : ((const int64_t *)t->data)[i];
}

/* Rows one after another: an index may come twice, and then counts twice. */
static void update_rows(const Step *st)
{
    const TfgTensor *indices = st->call->in[st->indices], *var = st->slot[0]->value;
    int64_t inner = var->dims[0] ? var->count / var->dims[0] : 0;
    for (int64_t i = 0; i < indices->count; i++)
        update(st, index_at(indices, i) * inner, i * inner, inner);
}

/* ---- Checks ------------------------------------------------------------------------------------------------------------------- */

static int check_slots(const Step *st, TfgStatus *s)
{
    const TfgKernelCall *c = st->call;
    const TfgTensor *var = st->slot[0]->value;
    TfgShapeText a, b;
    for (int k = 0; k < st->n_slots; k++) {
        const TfgVariable *v = st->slot[k];
        if (!v->value)
            return tfg_fail(s, TFG_FAILED_PRECONDITION, "Attempting to use uninitialized variables: %s", v->name ? v->name : c->name);
        if (v->value->dtype != st->dtype)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s has dtype %s, not %s", input_name(c, st->slot_in[k]),
                            tfg_dtype_signature_name(v->value->dtype), tfg_dtype_signature_name(st->dtype));
    }
    for (int k = 1; k < st->n_slots; k++)
        if (!tfg_tensor_same_shape(var, st->slot[k]->value))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "var and %s do not have the same shape%s %s", input_name(c, st->slot_in[k]),
                            tfg_shape_text(var, &a), tfg_shape_text(st->slot[k]->value, &b));
    return 0;
}

static int check_scalars(const Step *st, TfgStatus *s)
{
    TfgShapeText text;
    for (int i = 0; st->optimizer->layout[i]; i++)
        if (st->optimizer->layout[i] == 's' && st->call->in[i]->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s is not a scalar: %s", input_name(st->call, i),
                            tfg_shape_text(st->call->in[i], &text));
    return 0;
}

static int check_dense(const Step *st, TfgStatus *s)
{
    const TfgTensor *var = st->slot[0]->value, *grad = st->call->in[st->grad];
    TfgShapeText a, b;
    if (!tfg_tensor_same_shape(var, grad))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "var and %s do not have the same shape%s %s", input_name(st->call, st->grad),
                        tfg_shape_text(var, &a), tfg_shape_text(grad, &b));
    return 0;
}

static int check_sparse(const Step *st, TfgStatus *s)
{
    const TfgTensor *var = st->slot[0]->value, *grad = st->call->in[st->grad], *indices = st->call->in[st->indices];
    if (var->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "var must be at least 1 dimensional");
    if (indices->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices must be one-dimensional");
    if (grad->rank < 1 || grad->dims[0] != indices->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "grad must be the same size as indices in the first dimension.");
    if (grad->rank != var->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "var and grad must have the same number of dimensions");
    for (int d = 1; d < var->rank; d++)
        if (var->dims[d] != grad->dims[d])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "var and grad must match in dimension %d", d);
    for (int64_t i = 0; i < indices->count; i++) {
        int64_t index = index_at(indices, i);
        if (index < 0 || index >= var->dims[0])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Index %lld at offset %lld in indices is out of range", (long long)index, (long long)i);
    }
    return 0;
}

/* ---- Variables ---------------------------------------------------------------------------------------------------------------- */

static int find_inputs(Step *st, TfgStatus *s)
{
    TfgKernelCall *c = st->call;
    st->grad = st->indices = -1;
    for (int i = 0; st->optimizer->layout[i]; i++) {
        switch (st->optimizer->layout[i]) {
        case 'v':
            st->slot_in[st->n_slots] = i;
            if (c->ref && c->ref[i])
                st->slot[st->n_slots] = c->ref[i];
            else {
                st->counted = true;
                if (!(st->slot[st->n_slots] = (TfgVariable *)tfg_resource_lookup(c->resources, c->in[i], TFG_VARIABLE_TYPE, s)))
                    return -1;
            }
            st->n_slots++;
            break;
        case 's':               /* a scalar that is none is found out later */
            st->scalars_d[st->n_scalars] = c->in[i]->count ? tfg_tensor_double(c->in[i], 0) : 0;
            st->scalars_f[st->n_scalars] = (float)st->scalars_d[st->n_scalars];
            st->n_scalars++;
            break;
        case 'g': st->grad = i; break;
        default: st->indices = i;
        }
    }
    return 0;
}

/* In order of address, each once, so that two optimizers on the same variables cannot wait for each other. */
static int lock_order(const Step *st, TfgVariable **order)
{
    int n = 0;
    for (int k = 0; k < st->n_slots; k++) {
        int at = n;
        bool seen = false;
        for (int j = 0; j < n; j++)
            seen = seen || order[j] == st->slot[k];
        if (seen)
            continue;
        for (; at > 0 && (uintptr_t)order[at - 1] > (uintptr_t)st->slot[k]; at--)
            order[at] = order[at - 1];
        order[at] = st->slot[k];
        n++;
    }
    return n;
}

static int apply(Step *st, TfgVariable *const *order, int n, TfgStatus *s)
{
    if (check_slots(st, s) < 0 || check_scalars(st, s) < 0 || (st->indices < 0 ? check_dense(st, s) : check_sparse(st, s)) < 0)
        return -1;
    if (n != st->n_slots)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: a variable cannot be its own slot", st->call->name);
    for (int k = 0; k < n; k++)
        if (tfg_variable_make_exclusive(order[k], s) < 0)
            return -1;
    if (st->indices < 0)
        tfg_for_ranges(st->slot[0]->value->count, GRAIN, update_range, st);
    else
        update_rows(st);
    for (int k = 0; k < n; k++)
        order[k]->version++;
    return 0;
}

int tfg_training_run(TfgKernelCall *c, TfgStatus *s)
{
    Step st = {.optimizer = c->row->loops, .call = c};
    TfgVariable *order[TFG_MAX_SLOTS];
    int rc = -1;
    if (find_inputs(&st, s) < 0)
        goto done;
    st.dtype = c->in[st.grad]->dtype;
    st.flag = st.optimizer->flag && tfg_attrs_bool(c->attrs, st.optimizer->flag);
    if (!st.optimizer->flag || !tfg_attrs_find(c->attrs, st.optimizer->flag))
        st.flag = st.optimizer->flag && strcmp(st.optimizer->flag, "update_slots") == 0;
    int n = lock_order(&st, order);
    for (int k = 0; k < n; k++)
        pthread_mutex_lock(&order[k]->lock);
    rc = apply(&st, order, n, s);
    for (int k = n; k > 0; k--)
        pthread_mutex_unlock(&order[k - 1]->lock);
    if (rc == 0 && c->n_out > 0)
        c->ref_out[0] = tfg_variable_ref(st.slot[0]);
done:
    for (int k = 0; k < st.n_slots && st.counted; k++)
        tfg_variable_unref(st.slot[k]);
    return rc;
}

int tfg_register_kernels_training(TfgStatus *s);
int tfg_register_kernels_training(TfgStatus *s)
{
    return TFG_REGISTER_SIMD(tfg_kernels_training, s);
}
