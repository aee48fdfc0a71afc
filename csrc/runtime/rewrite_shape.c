/* Shapes: Shape, Size and Rank of what elementwise ops computed from one tensor, and from scalars, ask that tensor itself.  Then nobody
 * but the ops of the chain reads what is between, and it may be fused; tf.reduce_mean of a tensor of unknown rank asks for one. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/local.h"

#define MAX_DEPTH 64            /* of a chain that is followed; what branches is followed along every branch, so it is bounded twice */
#define MAX_VISITS 256

typedef struct Search {
    const TfgPlanMaker *m;
    bool fixed;                 /* no node can change the shape of a variable */
    int visits;
    const TfgNode *reader;      /* of the root: it is blamed where the root is an uninitialised variable */
    int32_t reader_in;
} Search;

static bool is_reference(const TfgPlanMaker *m, TfgPort p)
{
    const TfgNode *n = &m->nodes[p.node];
    return n->kind != TFG_NODE_FEED && tfg_dtype_is_ref(n->out_dtype[p.index]);
}

static bool is_scalar(const TfgNode *n)
{
    return n->kind == TFG_NODE_CONST && n->n_controls == 0 && n->constant->rank == 0;
}

/* Whose result has the shape of its inputs' broadcast, and which cannot fail where one of them has it already. */
static bool keeps_shape(const TfgNode *n)
{
    return n->kind == TFG_NODE_OP && n->n_out == 1 && n->n_controls == 0 && n->row->block && !n->row->run && n->n_in >= 1 && n->n_in <= 4 &&
           tfg_dtype_is_plain(n->out_dtype[0]) && !tfg_node_has_effects(n);
}

static bool same_port(TfgPort a, TfgPort b) { return a.node == b.node && a.index == b.index; }

/* The port from whose tensor p's takes its shape: p itself where that cannot be told. */
static TfgPort find_root(Search *f, TfgPort p, int depth)
{
    const TfgNode *n = &f->m->nodes[p.node];
    if (depth == MAX_DEPTH || ++f->visits > MAX_VISITS || !keeps_shape(n))
        return p;
    TfgPort root = {-1, 0};
    for (int32_t k = 0; k < n->n_in; k++) {
        TfgPort in = n->in[k];
        if (is_scalar(&f->m->nodes[in.node]))
            continue;
        if (tfg_dtype_base(n->in_dtype[k]) != tfg_dtype_base(n->out_dtype[0]) || (is_reference(f->m, in) && !f->fixed))
            return p;
        TfgPort from = find_root(f, in, depth + 1);
        if (root.node >= 0 && !same_port(root, from))
            return p;
        root = from;
        if (same_port(from, in)) {
            f->reader = n;
            f->reader_in = k;
        }
    }
    return root.node < 0 ? p : root;
}

/* Apply* and their like write to a variable as it is; anything else that takes a reference may give it another shape. */
static bool shapes_are_fixed(const TfgPlanMaker *m)
{
    static const char *const harmless[] = {"Apply", "SparseApply", "AssignAdd", "AssignSub", "Scatter", NULL};
    for (int32_t i = 0; i < m->n_nodes; i++) {
        const TfgNode *n = &m->nodes[i];
        bool takes = false;
        for (int32_t k = 0; k < n->n_in && n->kind != TFG_NODE_GONE && !takes; k++)
            takes = tfg_dtype_is_ref(n->in_dtype[k]);
        const char *const *name = harmless;
        while (takes && *name && strncmp(n->def->name, *name, strlen(*name)) != 0)
            name++;
        if (takes && !*name)
            return false;
    }
    return true;
}

static bool asks_shape(const TfgNode *n)
{
    return n->kind == TFG_NODE_OP && n->n_in == 1 && (tfg_node_is(n, "Shape") || tfg_node_is(n, "Rank") || tfg_node_is(n, "Size"));
}

/* One reader fewer of p, between the node that asked and the root: such an op cannot fail, so it goes with its last reader. */
static void drop(TfgPlanMaker *m, TfgPort p, TfgPort root, int32_t *readers)
{
    TfgNode *n = &m->nodes[p.node];
    if (--readers[p.node] > 0 || same_port(p, root) || n->wanted || n->kind != TFG_NODE_OP)
        return;
    n->kind = TFG_NODE_GONE;
    for (int32_t k = 0; k < n->n_in; k++)
        drop(m, n->in[k], root, readers);
}

static void count_readers(const TfgPlanMaker *m, int32_t *readers)
{
    for (int32_t i = 0; i < m->n_nodes; i++) {
        const TfgNode *n = &m->nodes[i];
        if (n->kind == TFG_NODE_GONE)
            continue;
        for (int32_t k = 0; k < n->n_in; k++)
            readers[n->in[k].node]++;
        for (int32_t k = 0; k < n->n_controls; k++)
            readers[n->controls[k]]++;
    }
}

/* The asking node reads the root, in the name of the op that read it. */
static int redirect(TfgPlanMaker *m, TfgNode *n, const Search *f, TfgPort root, TfgStatus *s)
{
    if (is_reference(m, root)) {
        TfgOp *blamed = f->reader->via && f->reader->via[f->reader_in] ? f->reader->via[f->reader_in] : f->reader->op;
        n->via = tfg_arena_memdup(&m->arena, &blamed, sizeof blamed);
        if (!n->via)
            return tfg_fail_memory(s);
    }
    n->in[0] = root;
    return 0;
}

int tfg_rewrite_shape(TfgPlanMaker *m, TfgStatus *s)
{
    int32_t *readers = NULL;
    bool fixed = false;
    int rc = 0;
    for (int32_t i = 0; i < m->n_nodes && rc == 0; i++) {
        TfgNode *n = &m->nodes[i];
        if (!asks_shape(n) || n->in[0].node >= i || !keeps_shape(&m->nodes[n->in[0].node]))
            continue;
        if (!readers) {
            fixed = shapes_are_fixed(m);
            readers = tfg_calloc((size_t)m->n_nodes + 1, sizeof *readers);
            if (!readers)
                return tfg_fail_memory(s);
            count_readers(m, readers);
        }
        Search f = {.m = m, .fixed = fixed};
        TfgPort asked = n->in[0], root = find_root(&f, asked, 0);
        if (same_port(root, asked))
            continue;
        rc = redirect(m, n, &f, root, s);
        readers[root.node]++;
        drop(m, asked, root, readers);
    }
    tfg_free(readers);
    return rc;
}
