/* Iterators as values: where one stands, with the graph of its dataset, and an iterator that goes on from there. */
#include <limits.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/graph_def.h"
#include "kernels/dataset_state.h"
#include "kernels/iterator.h"
#include "runtime/session.h"

static const char graph_key[] = "_DATASET_GRAPH", output_key[] = "_DATASET_GRAPH_OUTPUT_NODE";

/* ---- Homes ------------------------------------------------------------------------------------------------------------------------- */

struct TfgWalkHome {
    TfgGraph *graph;
    TfgSession *session;
};

void tfg_walk_home_free(TfgWalkHome *home)
{
    if (!home)
        return;
    if (home->session)
        tfg_session_unref(home->session);
    tfg_graph_unref(home->graph);
    tfg_free(home);
}

TfgGraph *tfg_walk_home_graph(TfgWalkHome *home) { return home->graph; }

static TfgWalkHome *home_new(TfgStatus *s)
{
    TfgSessionOptions options = {0};
    TfgWalkHome *home = tfg_calloc(1, sizeof *home);
    if (!home) {
        tfg_fail_memory(s);
        return NULL;
    }
    home->graph = tfg_graph_new(s);
    home->session = home->graph ? tfg_session_open(home->graph, "", &options, s) : NULL;
    if (home->session)
        return home;
    if (home->graph)
        tfg_graph_unref(home->graph);
    tfg_free(home);
    return NULL;
}

/* What node `name` of a GraphDef gives, run in the home. */
static TfgTensor *run_graph(TfgWalkHome *home, const TfgString *graph, const char *name, TfgStatus *s)
{
    TfgImportWant want = {name, 0};
    TfgImportOptions options = {.prefix = "", .want = &want, .n_want = 1};
    TfgOutput output = {NULL, 0};
    TfgTensor *made = NULL;
    tfg_graph_lock(home->graph);
    int rc = tfg_graph_def_import(home->graph, graph->data ? graph->data : "", graph->n, &options, &output, NULL, NULL, s);
    tfg_graph_unlock(home->graph);
    if (rc < 0) {
        if (s->code == TFG_VALUE_ERROR)
            s->code = TFG_INTERNAL;
        return NULL;
    }
    TfgPlan *plan = tfg_session_plan(home->session, NULL, 0, &output, 1, NULL, 0, s);
    if (plan && tfg_plan_run(plan, NULL, &made, NULL, s) < 0)
        made = NULL;
    tfg_plan_unref(plan);
    s->op = NULL;               /* of a graph that nobody sees */
    return made;
}

/* ---- Saving and restoring ------------------------------------------------------------------------------------------------------------ */

static int add_text(TfgIteratorState *table, const char *key, const TfgStr *text, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(TFG_STRING, 0, NULL, s);
    if (t && tfg_string_set(t->data, tfg_str_text(text), text->n) < 0) {
        tfg_tensor_unref(t);
        return tfg_fail_memory(s);
    }
    return tfg_iterator_state_add_steal(table, key, strlen(key), t, s);
}

static int save_graph(TfgIteratorState *table, TfgGraph *functions, const TfgDataset *d, TfgStatus *s)
{
    TfgStr graph = TFG_STR_INIT, output = TFG_STR_INIT;
    int rc = tfg_dataset_graph(functions, d, &graph, &output, s) < 0 || add_text(table, graph_key, &graph, s) < 0 ||
             add_text(table, output_key, &output, s) < 0 ? -1 : 0;
    tfg_str_fini(&graph);
    tfg_str_fini(&output);
    return rc;
}

static int state_of(TfgWalkState *t, TfgWalk **w, TfgDataset *d, TfgStatus *s)
{
    tfg_str_puts(&t->prefix, "Iterator");
    int rc = t->prefix.failed ? tfg_fail_memory(s) : tfg_state_walk(t, "", NULL, w, d, s);
    tfg_str_fini(&t->prefix);
    return rc;
}

TfgIteratorState *tfg_walk_save(TfgGraph *functions, TfgWalk *w, TfgStatus *s)
{
    TfgWalkState t = {.prefix = TFG_STR_INIT, .table = tfg_iterator_state_new(s)};
    if (t.table && state_of(&t, &w, w->dataset, s) == 0 && save_graph(t.table, functions, w->dataset, s) == 0)
        return t.table;
    if (t.table)
        tfg_handle_unref(&t.table->base);
    return NULL;
}

static const TfgString *find_text(const TfgIteratorState *table, const char *key, TfgStatus *s)
{
    const TfgTensor *t = tfg_iterator_state_find(table, key, strlen(key));
    if (t && t->dtype == TFG_STRING && t->count == 1)
        return t->data;
    tfg_fail(s, TFG_NOT_FOUND, "%s", key);
    return NULL;
}

TfgWalk *tfg_walk_restore(const TfgIteratorState *table, TfgWalkHome **home, TfgCancel *cancel, TfgStatus *s)
{
    const TfgString *graph = find_text(table, graph_key, s), *output = graph ? find_text(table, output_key, s) : NULL;
    char *name = output ? tfg_strndup(output->data ? output->data : "", output->n) : NULL;
    if (!name) {
        if (output)
            tfg_fail_memory(s);
        return NULL;
    }
    TfgWalk *w = NULL;
    TfgWalkHome *mine = home_new(s);
    TfgTensor *made = mine ? run_graph(mine, graph, name, s) : NULL;
    TfgDataset *d = made ? tfg_dataset_of(made, s) : NULL;
    TfgWalkState t = {.reads = true, .prefix = TFG_STR_INIT, .table = (TfgIteratorState *)(uintptr_t)table, .cancel = cancel};
    bool restored = d && state_of(&t, &w, d, s) == 0;
    if (restored && !w)
        tfg_fail(s, TFG_DATA_LOSS, "The state of an iterator has no iterator");
    if (!restored) {
        tfg_walk_free(w);
        w = NULL;
    }
    tfg_tensor_unref(made);
    tfg_free(name);
    if (w)
        *home = mine;
    else
        tfg_walk_home_free(mine);
    return w;
}

/* ---- Kernels ------------------------------------------------------------------------------------------------------------------------ */

static int run_serialize(TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[0]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "resource_handle must be a scalar");
    TfgIterator *it = tfg_iterator_find(c, 0, s);
    TfgTensor *t = it ? tfg_tensor_new(TFG_VARIANT, 0, NULL, s) : NULL;
    TfgIteratorState *table = t ? tfg_iterator_save(it, tfg_call_graph(c), s) : NULL;
    if (it)
        tfg_handle_unref(&it->base);
    if (!table) {
        tfg_tensor_unref(t);
        return -1;
    }
    *(TfgHandle **)t->data = &table->base;
    c->out[0] = t;
    return 0;
}

static int run_deserialize(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *t = c->in[1];
    TfgIterator *it = tfg_iterator_find(c, 0, s);
    if (!it)
        return -1;
    const TfgIteratorState *table = t->count == 1 ? tfg_iterator_state_of(*(TfgHandle *const *)t->data) : NULL;
    TfgWalkHome *home = NULL;
    TfgWalk *w = NULL;
    if (!table)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "DeserializeIteratorOp: Unable to parse variant tensor.");
    else
        w = tfg_walk_restore(table, &home, c->cancel, s);
    int rc = w ? tfg_iterator_set_steal(it, w, home, s) : -1;
    tfg_handle_unref(&it->base);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "SerializeIterator", .run = run_serialize}, {.op = "DeserializeIterator", .run = run_deserialize, .flags = TFG_KERNEL_EXPENSIVE},
};

int tfg_register_iterator_states(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
