/* Einsum: signature and shape. */
#include "graph/einsum.h"

#include "ops/common.h"

typedef struct Labels {
    bool seen[256];
    int64_t size[256];
    TfgShape rest[2];           /* what "..." stands for in each input */
} Labels;

static int read_input(const TfgShape *in, int i, TfgBytes subscript, TfgBytes equation, Labels *l, TfgStatus *s)
{
    int ellipsis = tfg_einsum_ellipsis(subscript), n = (int)subscript.n;
    if ((ellipsis < 0 ? tfg_want_rank(in, n, NULL, s) : tfg_want_rank_at_least(in, n - 3, s)) < 0)
        return tfg_status_append(s, "\n\t for %dth input and equation: %.*s", i, (int)equation.n, equation.data);
    tfg_shape_set_scalar(&l->rest[i]);
    for (int k = 0; k < n; k++) {
        if (k == ellipsis) {
            if (in->rank < 0)
                tfg_shape_set_unknown(&l->rest[i]);
            else if (tfg_sub_shape(in, k, k + in->rank - (n - 3), &l->rest[i]) < 0)
                return -1;
            k += 2;
            continue;
        }
        unsigned char label = (unsigned char)subscript.data[k];
        int64_t size = in->rank < 0 ? -1 : in->dims[ellipsis >= 0 && k > ellipsis ? k - n + in->rank : k];
        if (l->seen[label] && tfg_merge_dim(l->size[label], size, &size, s) < 0)
            return -1;
        l->seen[label] = true;
        l->size[label] = size;
    }
    return 0;
}

static int shape_einsum(TfgShapeCall *c, TfgStatus *s)
{
    TfgBytes equation = tfg_attrs_string(c->attrs, "equation");
    TfgEinsum e;
    Labels l = {.seen = {false}};
    TfgShape rest, *out = &c->out[0];
    if (tfg_einsum_parse(equation, c->n_in, &e, s) < 0)
        return -1;
    for (int i = 0; i < e.n_in; i++)
        if (read_input(&c->in[i], i, e.in[i], equation, &l, s) < 0)
            return -1;
    if (e.n_in == 1)
        tfg_shape_copy(&rest, &l.rest[0]);
    else if (tfg_broadcast_shape(&l.rest[0], &l.rest[1], &rest, s) < 0)
        return -1;
    bool ellipsis = tfg_einsum_has(e.out, '.');
    if (!ellipsis && tfg_want_rank_at_most(&rest, 0, s) < 0)
        return tfg_status_append(s, "\n\t for einsum equation '%.*s' without ellipsis (...) in the output subscripts where input(s) have non-empty "
                                 "broadcasting shape", (int)equation.n, equation.data);
    if (tfg_einsum_check_result(&e, equation, s) < 0)
        return -1;
    if (ellipsis && rest.rank < 0)
        return 0;
    int rank = 0;
    for (size_t k = 0; k < e.out.n; k++) {
        bool many = e.out.data[k] == '.';
        int n = many ? rest.rank : 1;
        if (rank + n > TFG_MAX_RANK)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape has too many dimensions");
        for (int d = 0; d < n; d++)
            out->dims[rank++] = many ? rest.dims[d] : l.size[(unsigned char)e.out.data[k]];
        k += many ? 2 : 0;
    }
    out->rank = rank;
    return 0;
}

const TfgOpRow tfg_ops_einsum[] = {
    { .name = "Einsum", .in = {"inputs: N * T"}, .out = {"output: T"}, .attr = {"equation: string", "N: int >= 1", "T: type"}, .shape = shape_einsum },
};
const int tfg_n_ops_einsum = sizeof tfg_ops_einsum / sizeof *tfg_ops_einsum;
