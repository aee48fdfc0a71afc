/* Gradients of ops that call functions.  A function's gradient is the function "SymbolicGradient" with the function as its attribute
 * f, which the runtime makes when it is called; it takes the arguments and the gradients of the results. */
#include "base/memory.h"
#include "base/status.h"
#include "gradients/gradient.h"

#define MAX_FUNCTIONS 1024

static bool carries(TfgDType d)
{
    return tfg_dtype_kind(d) == TFG_KIND_FLOAT || tfg_dtype_kind(d) == TFG_KIND_COMPLEX;
}

typedef struct Functions {      /* gradients of functions, as attributes */
    TfgNamedAttr inner[MAX_FUNCTIONS];
    TfgFuncAttr func[MAX_FUNCTIONS];
    const TfgFuncAttr *list[MAX_FUNCTIONS];
    int n;
} Functions;

static const TfgFuncAttr *gradient_of(Functions *all, const TfgFuncAttr *f)
{
    int i = all->n++;
    all->inner[i] = (TfgNamedAttr){"f", {.kind = TFG_ATTR_FUNC, .func = f}};
    all->func[i] = (TfgFuncAttr){"SymbolicGradient", {1, &all->inner[i]}};
    return all->list[i] = &all->func[i];
}

/* The same choice between the gradients of the branches: input 0 is what chooses. */
static int grad_branches(TfgGradCall *g, const TfgNamedAttr *branches, int n_branches, TfgStatus *s)
{
    int n_x = g->n_in - 1, n = g->n_in + g->n_out;
    TfgValue *in = tfg_calloc((size_t)n + (size_t)n_x + 1, sizeof *in), *out = in + n;
    TfgDType *types = tfg_calloc((size_t)n_x + 1, sizeof *types);
    TfgNamedAttr attrs[3] = {{"Tout", {.kind = TFG_ATTR_TYPE, .is_list = true, .n = n_x, .list_type = types}}};
    int rc = in && types ? 0 : tfg_fail_memory(s);
    for (int i = 0; rc == 0 && i < g->n_in; i++)
        in[i] = g->x[i];
    for (int i = 0; rc == 0 && i < n_x; i++)
        types[i] = tfg_grad_dtype(g, g->x[i + 1]);
    for (int i = 0; rc == 0 && i < g->n_out; i++) {
        if (g->dy[i].value.a)
            rc = tfg_grad_dense(g, i, &in[g->n_in + i], s);
        else
            rc = tfg_grad_call(g, "ZerosLike", NULL, &g->y[i], 1, NULL, 0, &in[g->n_in + i], s);
    }
    for (int i = 0; i < n_branches; i++)
        attrs[1 + i] = branches[i];
    if (rc == 0)
        rc = tfg_grad_call_n(g, g->op_type, NULL, in, n, attrs, 1 + n_branches, out, n_x, s);
    for (int i = 0; rc == 0 && i < n_x; i++)
        if (carries(types[i]))
            g->dx[i + 1].value = out[i];
    tfg_free(in);
    tfg_free(types);
    return rc;
}

static int grad_if(TfgGradCall *g, TfgStatus *s)
{
    static const char *const names[] = {"then_branch", "else_branch"};
    Functions *all = tfg_calloc(1, sizeof *all);
    TfgNamedAttr branches[2];
    int rc = all ? 0 : tfg_fail_memory(s);
    for (int i = 0; i < 2 && rc == 0; i++) {
        const TfgAttr *a = tfg_attrs_find(g->attrs, names[i]);
        if (!a || a->kind != TFG_ATTR_FUNC)
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "%s has no function in attribute %s", g->op_name, names[i]);
        else
            branches[i] = (TfgNamedAttr){names[i], {.kind = TFG_ATTR_FUNC, .func = gradient_of(all, a->func)}};
    }
    if (rc == 0)
        rc = grad_branches(g, branches, 2, s);
    tfg_free(all);
    return rc;
}

static int grad_case(TfgGradCall *g, TfgStatus *s)
{
    const TfgAttr *a = tfg_attrs_find(g->attrs, "branches");
    if (!a || !a->is_list || a->kind != TFG_ATTR_FUNC || a->n > MAX_FUNCTIONS)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s has no list of functions", g->op_name);
    Functions *all = tfg_calloc(1, sizeof *all);
    if (!all)
        return tfg_fail_memory(s);
    for (int32_t i = 0; i < a->n; i++)
        gradient_of(all, a->list_func[i]);
    TfgNamedAttr branches = {"branches", {.kind = TFG_ATTR_FUNC, .is_list = true, .n = a->n, .list_func = all->list}};
    int rc = grad_branches(g, &branches, 1, s);
    tfg_free(all);
    return rc;
}

/* TensorFlow 1.12 rewrites a While that it made itself, so that it keeps what each iteration computed; one from elsewhere it
 * refuses too. */
static int grad_while(TfgGradCall *g, TfgStatus *s)
{
    return tfg_fail(s, TFG_LOOKUP_ERROR, "No gradient defined for operation '%s' (op type: %s): its body keeps no intermediate values",
                    g->op_name, g->op_type);
}

const TfgGradRow tfg_gradients_functional[] = {
    {.op = "If", .fn = grad_if, .uses = TFG_USES_X | TFG_USES_Y}, {.op = "StatelessIf", .fn = grad_if, .uses = TFG_USES_X | TFG_USES_Y},
    {.op = "Case", .fn = grad_case, .uses = TFG_USES_X | TFG_USES_Y},
    {.op = "StatelessCase", .fn = grad_case, .uses = TFG_USES_X | TFG_USES_Y},
    {.op = "While", .fn = grad_while}, {.op = "StatelessWhile", .fn = grad_while},
};
const int tfg_n_gradients_functional = sizeof tfg_gradients_functional / sizeof *tfg_gradients_functional;
