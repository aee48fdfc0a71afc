/* Fuzz targets: every reader of messages, over any bytes.  Each keeps what it read only long enough to write it again, so that a
 * value that reads but does not write back to the same value is found too.  With FUZZ_MAIN defined this is a libFuzzer program:
 *     clang -g -fsanitize=fuzzer,address -DFUZZ_MAIN=fuzz_attr ... */
#ifndef TFG_FUZZ_MESSAGES_H
#define TFG_FUZZ_MESSAGES_H

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "io/graph_def.h"

#define FUZZ_TARGET static __attribute__((unused))
#define FUZZ_REQUIRE(x)                                                       \
    do {                                                                      \
        if (!(x)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #x); \
            abort();                                                          \
        }                                                                     \
    } while (0)

/* A failure has a code and words, a success has neither. */
static void fuzz_check_status(int rc, TfgStatus *s)
{
    FUZZ_REQUIRE((rc < 0) == (s->code != TFG_OK));
    FUZZ_REQUIRE((rc < 0) == (s->message != NULL));
    tfg_status_fini(s);
}

FUZZ_TARGET int fuzz_tensor(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgProtoReader r = {NULL, 1 << 20};
    TfgWire w;
    TfgTensor *t = NULL, *again = NULL;
    int form = 0;
    tfg_wire_init(&w, data, n);
    int rc = tfg_tensor_proto_read(&r, w, &t, &form, &s);
    fuzz_check_status(rc, &s);
    if (rc == 0) {
        TfgStr out = TFG_STR_INIT;
        FUZZ_REQUIRE(tfg_tensor_proto_write(t, form, &out, &s) == 0);
        r.expand_left = 1 << 21;
        tfg_wire_init(&w, out.data, out.n);
        FUZZ_REQUIRE(tfg_tensor_proto_read(&r, w, &again, NULL, &s) == 0);
        FUZZ_REQUIRE(tfg_tensor_equal(t, again));
        tfg_str_fini(&out);
    }
    tfg_tensor_unref(t);
    tfg_tensor_unref(again);
    return 0;
}

FUZZ_TARGET int fuzz_attr(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgArena arena;
    TfgWire w;
    TfgAttr a;
    tfg_arena_init(&arena);
    TfgProtoReader r = {&arena, 1 << 20};
    tfg_wire_init(&w, data, n);
    int rc = tfg_attr_read_wire(&r, w, &a, &s);
    fuzz_check_status(rc, &s);
    if (rc == 0) {
        TfgStr out = TFG_STR_INIT, text = TFG_STR_INIT;
        TfgAttr b;
        FUZZ_REQUIRE(tfg_attr_write(&a, &out, &s) == 0);
        r.expand_left = 1 << 21;
        tfg_wire_init(&w, out.data, out.n);
        FUZZ_REQUIRE(tfg_attr_read_wire(&r, w, &b, &s) == 0);
        FUZZ_REQUIRE(tfg_attr_equal(&a, &b));
        tfg_attr_format(&a, &text);
        tfg_str_fini(&out);
        tfg_str_fini(&text);
        tfg_attr_drop_tensors(&b);
    }
    tfg_attr_drop_tensors(&a);
    tfg_arena_fini(&arena);
    return 0;
}

FUZZ_TARGET int fuzz_op_def(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgArena arena;
    TfgOpDef *def = NULL;
    tfg_arena_init(&arena);
    int rc = tfg_op_def_read(data, n, &arena, &def, &s);
    fuzz_check_status(rc, &s);
    if (rc == 0) {
        TfgStr out = TFG_STR_INIT, again = TFG_STR_INIT, text = TFG_STR_INIT;
        TfgOpDef *copy = NULL;
        FUZZ_REQUIRE(tfg_op_def_write(def, &out, &s) == 0);
        FUZZ_REQUIRE(tfg_op_def_read(out.data, out.n, &arena, &copy, &s) == 0);
        FUZZ_REQUIRE(tfg_op_def_write(copy, &again, &s) == 0);
        FUZZ_REQUIRE(out.n == again.n && (out.n == 0 || memcmp(out.data, again.data, out.n) == 0));
        tfg_op_def_summarize(def, &text);
        tfg_str_fini(&out);
        tfg_str_fini(&again);
        tfg_str_fini(&text);
        tfg_op_def_drop_tensors(def);
        tfg_op_def_drop_tensors(copy);
    }
    tfg_arena_fini(&arena);
    return 0;
}

FUZZ_TARGET int fuzz_node(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgArena arena;
    TfgWire w;
    TfgNodeDef node;
    tfg_arena_init(&arena);
    TfgProtoReader r = {&arena, 1 << 20};
    tfg_wire_init(&w, data, n);
    int rc = tfg_node_def_read_wire(&r, w, &node, &s);
    fuzz_check_status(rc, &s);
    if (rc == 0) {
        TfgStr text = TFG_STR_INIT;
        tfg_node_def_summarize(&node, &text);
        FUZZ_REQUIRE(text.n > 0);
        tfg_str_fini(&text);
        tfg_attrs_drop_tensors(&node.attrs);
    }
    tfg_arena_fini(&arena);
    return 0;
}

/* Imports into a graph of its own, and what was imported is exported and imported again: the same bytes. */
FUZZ_TARGET int fuzz_graph(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s), *h = tfg_graph_new(&s);
    TfgImportOptions options = {.prefix = ""};
    TfgStr out = TFG_STR_INIT, again = TFG_STR_INIT;
    FUZZ_REQUIRE(g && h);
    tfg_graph_lock(g);
    tfg_graph_lock(h);
    int rc = tfg_graph_def_import(g, data, n, &options, NULL, NULL, NULL, &s);
    fuzz_check_status(rc, &s);
    if (rc == 0) {
        FUZZ_REQUIRE(tfg_graph_def_write(g, false, &out, &s) == 0);
        FUZZ_REQUIRE(tfg_graph_def_import(h, out.data, out.n, &options, NULL, NULL, NULL, &s) == 0);
        FUZZ_REQUIRE(tfg_graph_def_write(h, false, &again, &s) == 0);
        FUZZ_REQUIRE(out.n == again.n && memcmp(out.data, again.data, out.n) == 0);
    }
    tfg_str_fini(&out);
    tfg_str_fini(&again);
    tfg_graph_unlock(g);
    tfg_graph_unlock(h);
    tfg_graph_unref(g);
    tfg_graph_unref(h);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    return FUZZ_MAIN(data, n);
}
#endif

#endif
