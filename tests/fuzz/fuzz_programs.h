/* Fuzz targets: small graphs (programs.py makes them) whose string input "x" is the bytes at hand.  Every op named "y..." is
 * run, in order.  An operation may refuse its input, nothing else. */
#ifndef TFG_FUZZ_PROGRAMS_H
#define TFG_FUZZ_PROGRAMS_H

#include "../fuzz/fuzz_messages.h"
#include "base/memory.h"
#include "base/status.h"
#include "runtime/session.h"
#include "tensor/tensor.h"

#ifndef FUZZ_PROGRAMS
#define FUZZ_PROGRAMS "build/fuzz/programs"
#endif

typedef struct FuzzProgram {
    TfgGraph *g;
    TfgSession *session;
    TfgOutput x;
    bool pieces;                    /* x is a vector of what \xfe\xff separates */
    int n;
    struct { TfgPlan *plan; int n; } steps[64];
} FuzzProgram;

static void *fuzz_read_file(const char *name, size_t *n)
{
    TfgStr path = TFG_STR_INIT;
    tfg_str_printf(&path, "%s/%s.pb", FUZZ_PROGRAMS, name);
    FILE *f = fopen(tfg_str_text(&path), "rb");
    if (!f) {
        fprintf(stderr, "no %s\n", tfg_str_text(&path));
        abort();
    }
    char *data = malloc(1 << 20);
    *n = fread(data, 1, 1 << 20, f);
    fclose(f);
    tfg_str_fini(&path);
    return data;
}

static void fuzz_add_step(FuzzProgram *p, TfgOp *op)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgOutput fetches[32];
    int n = op->n_outputs;
    FUZZ_REQUIRE(n <= 32 && p->n < 64);
    for (int i = 0; i < n; i++)
        fetches[i] = (TfgOutput){op, i};
    p->steps[p->n].plan = tfg_session_plan(p->session, &p->x, 1, fetches, n, n ? NULL : &op, n ? 0 : 1, &s);
    FUZZ_REQUIRE(p->steps[p->n].plan);
    p->steps[p->n++].n = n;
}

static void fuzz_open_program(FuzzProgram *p, const char *name)
{
    TfgStatus s = TFG_STATUS_INIT;
    size_t n;
    void *def = fuzz_read_file(name, &n);
    TfgImportOptions options = {.prefix = ""};
    TfgSessionOptions session = {.intra_op_threads = 1, .inter_op_threads = 1};
    p->g = tfg_graph_new(&s);
    tfg_graph_lock(p->g);
    FUZZ_REQUIRE(tfg_graph_def_import(p->g, def, n, &options, NULL, NULL, NULL, &s) == 0);
    tfg_graph_unlock(p->g);
    free(def);
    p->x = (TfgOutput){tfg_graph_find_op(p->g, "x"), 0};
    FUZZ_REQUIRE(p->x.op);
    const TfgAttr *shape = tfg_attrs_find(&p->x.op->attrs, "shape");
    p->pieces = shape && shape->shape && shape->shape->rank == 1;
    p->session = tfg_session_open(p->g, "", &session, &s);
    FUZZ_REQUIRE(p->session);
    for (int32_t i = 0; i < tfg_graph_n_ops(p->g); i++) {
        TfgOp *op = tfg_graph_op(p->g, i);
        if (op->name[0] == 'y' && !strchr(op->name, '/'))
            fuzz_add_step(p, op);
    }
    FUZZ_REQUIRE(p->n > 0);
}

static TfgTensor *fuzz_feed(bool pieces, const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    int64_t count = 1;
    for (size_t i = 0; pieces && i + 2 <= n; i++)
        count += memcmp(data + i, "\xfe\xff", 2) == 0;
    TfgTensor *t = tfg_tensor_new(TFG_STRING, pieces ? 1 : 0, &count, &s);
    FUZZ_REQUIRE(t);
    const uint8_t *end = data + n;
    for (int64_t i = 0; i < count; i++) {
        const uint8_t *cut = pieces ? memmem(data, (size_t)(end - data), "\xfe\xff", 2) : NULL, *stop = cut ? cut : end;
        FUZZ_REQUIRE(tfg_string_set((TfgString *)t->data + i, (const char *)data, (size_t)(stop - data)) == 0);
        data = cut ? cut + 2 : end;
    }
    return t;
}

static int fuzz_run(FuzzProgram *p, const uint8_t *data, size_t n)
{
    TfgTensor *x = fuzz_feed(p->pieces, data, n);
    for (int i = 0; i < p->n; i++) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgTensor *got[32] = {0};
        int rc = tfg_plan_run(p->steps[i].plan, &x, got, NULL, &s);
        fuzz_check_status(rc, &s);
        for (int k = 0; rc == 0 && k < p->steps[i].n; k++) {
            FUZZ_REQUIRE(got[k]);
            tfg_tensor_unref(got[k]);
        }
    }
    tfg_tensor_unref(x);
    return 0;
}

#define FUZZ_PROGRAM(name)                                                          \
    FUZZ_TARGET int fuzz_##name(const uint8_t *data, size_t n)                      \
    {                                                                               \
        static FuzzProgram program;                                                 \
        if (!program.g)                                                             \
            fuzz_open_program(&program, #name);                                     \
        return fuzz_run(&program, data, n);                                         \
    }

FUZZ_PROGRAM(csv)
FUZZ_PROGRAM(numbers)
FUZZ_PROGRAM(strings)
FUZZ_PROGRAM(regex)
FUZZ_PROGRAM(parse_example)
FUZZ_PROGRAM(parse_sequence)
FUZZ_PROGRAM(parse_tensor)
FUZZ_PROGRAM(decode_image)

#endif
