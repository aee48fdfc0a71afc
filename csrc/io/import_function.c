/* The functions of a GraphDef that is imported. */
#include <string.h>

#include "base/status.h"
#include "io/function_body.h"
#include "io/import.h"

static int add_function(TfgImport *m, const TfgField *function, const TfgMap *gradients, TfgStatus *s)
{
    TfgWire w;
    TfgField f, signature = {0};
    TfgOpDef *def;
    int more;
    tfg_wire_init(&w, function->data, function->n);
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, 1, TFG_WIRE_BYTES))
            signature = f;
    if (more < 0 || tfg_op_def_read(signature.data, signature.n, &m->arena, &def, s) < 0)
        return -1;
    const char *grad = tfg_map_find(gradients, def->name, strlen(def->name));
    int rc = tfg_graph_add_function(m->g, def->name, function->data, function->n, grad, s);
    tfg_op_def_drop_tensors(def);
    return rc;
}

static int read_gradient(TfgImport *m, TfgWire w, TfgMap *gradients, TfgStatus *s)
{
    TfgField f;
    int more;
    const char *text[3] = {NULL, "", ""};
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if ((f.number == 1 || f.number == 2) && tfg_field_is_text(&f)) {
            text[f.number] = tfg_arena_strndup(&m->arena, f.n ? (const char *)f.data : "", f.n);
            if (!text[f.number])
                return tfg_fail_memory(s);
        }
    if (more < 0)
        return -1;
    if (*text[1] && tfg_map_put(gradients, text[1], strlen(text[1]), (void *)(uintptr_t)text[2]) < 0)
        return tfg_fail_memory(s);
    return 0;
}

int tfg_import_add_functions(TfgImport *m, TfgStatus *s)
{
    TfgMap gradients = {0};
    TfgWire w = m->library, inner;
    TfgField f;
    int more, rc = 0;
    while (rc == 0 && (more = tfg_wire_next(&w, &f, s)) != 0) {
        if (more < 0)
            rc = -1;
        else if (tfg_field_is(&f, 2, TFG_WIRE_BYTES))
            rc = tfg_wire_enter(&w, &f, &inner, s) < 0 ? -1 : read_gradient(m, inner, &gradients, s);
    }
    w = m->library;
    while (rc == 0 && (more = tfg_wire_next(&w, &f, s)) != 0) {
        if (more < 0)
            rc = -1;
        else if (tfg_field_is(&f, 1, TFG_WIRE_BYTES))
            rc = add_function(m, &f, &gradients, s);
    }
    tfg_map_fini(&gradients);
    return rc;
}

static TfgOpDef *read_signature(const TfgGraph *holder, const char *name, TfgArena *arena, TfgStatus *s)
{
    const void *data = NULL;
    size_t n = 0;
    TfgWire w;
    TfgField f, signature = {0};
    TfgOpDef *def;
    int more;
    tfg_graph_find_function(holder, name, &data, &n, NULL);
    tfg_wire_init(&w, data, n);
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, 1, TFG_WIRE_BYTES))
            signature = f;
    if (more < 0 || tfg_op_def_read(signature.data, signature.n, arena, &def, s) < 0)
        return NULL;
    for (int i = 0; i < def->n_attr; i++)
        if (def->attr[i].kind == TFG_ATTR_TENSOR) {     /* nobody would end it with the graph, and no function has one */
            tfg_attr_drop_tensors(&def->attr[i].default_value);
            def->attr[i].has_default = false;
        }
    return def;
}

const TfgOpDef *tfg_function_op_def(TfgGraph *g, const char *name, TfgStatus *s)
{
    TfgGraph *holder = g;       /* the body of a function finds them in the graph that has the function */
    while (holder && !tfg_graph_find_function(holder, name, NULL, NULL, NULL))
        holder = tfg_graph_outer(holder);
    if (!holder)
        return NULL;
    tfg_graph_lock(holder);
    const TfgOpDef *def = tfg_graph_function_op_def(holder, name);
    if (!def && (def = read_signature(holder, name, tfg_graph_arena(holder), s)))
        tfg_graph_set_function_op_def(holder, name, def);
    tfg_graph_unlock(holder);
    return def;
}
