/* VariantTensorDataProto {1 type_name, 2 metadata, 3 tensors}.  An iterator's metadata is an IteratorStateMetadata {1 version,
 * 2 keys}: the names of the tensors, in their order. */
#include "io/variant_data.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/tensor_proto.h"

/* ---- Tensors ---------------------------------------------------------------------------------------------------------------------- */

static void boxed_free(TfgHandle *h)
{
    tfg_tensor_unref(((TfgBoxed *)h)->t);
    tfg_free(h);
}

TfgHandle *tfg_boxed_new_steal(TfgTensor *t, TfgStatus *s)
{
    TfgBoxed *b = t ? tfg_calloc(1, sizeof *b) : NULL;
    if (!b) {
        tfg_tensor_unref(t);
        if (t)
            tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&b->base.refs, 1);
    b->base.free = boxed_free;
    b->base.type_name = TFG_BOXED_TYPE;
    b->t = t;
    return &b->base;
}

TfgTensor *tfg_boxed_tensor(const TfgHandle *h)
{
    return h && strcmp(h->type_name, TFG_BOXED_TYPE) == 0 ? ((const TfgBoxed *)h)->t : NULL;
}

/* ---- States of iterators ----------------------------------------------------------------------------------------------------------- */

static void state_free(TfgHandle *h)
{
    TfgIteratorState *v = (TfgIteratorState *)h;
    for (size_t i = 0; i < v->n; i++)
        tfg_tensor_unref(v->tensors[i]);
    tfg_free(v->tensors);
    tfg_free(v->names);
    tfg_map_fini(&v->places);
    tfg_arena_fini(&v->arena);
    tfg_free(v);
}

TfgIteratorState *tfg_iterator_state_new(TfgStatus *s)
{
    TfgIteratorState *v = tfg_calloc(1, sizeof *v);
    if (!v) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&v->base.refs, 1);
    v->base.free = state_free;
    v->base.type_name = TFG_ITERATOR_STATE_TYPE;
    tfg_arena_init(&v->arena);
    return v;
}

const TfgIteratorState *tfg_iterator_state_of(const TfgHandle *h)
{
    return h && strcmp(h->type_name, TFG_ITERATOR_STATE_TYPE) == 0 ? (const TfgIteratorState *)h : NULL;
}

int tfg_iterator_state_add_steal(TfgIteratorState *v, const char *name, size_t n, TfgTensor *t, TfgStatus *s)
{
    if (!t)
        return -1;
    char *mine = tfg_arena_strndup(&v->arena, name, n);
    if (!mine || tfg_grow((void **)&v->names, &v->names_capacity, v->n + 1, sizeof *v->names) < 0 ||
        tfg_grow((void **)&v->tensors, &v->tensors_capacity, v->n + 1, sizeof *v->tensors) < 0 ||
        tfg_map_put(&v->places, mine, n, (void *)(uintptr_t)(v->n + 1)) < 0) {
        tfg_tensor_unref(t);
        return tfg_fail_memory(s);
    }
    v->names[v->n] = mine;
    v->tensors[v->n++] = t;
    return 0;
}

TfgTensor *tfg_iterator_state_find(const TfgIteratorState *v, const char *name, size_t n)
{
    uintptr_t place = (uintptr_t)tfg_map_find(&v->places, name, n);
    return place ? v->tensors[place - 1] : NULL;
}

/* ---- Bytes -------------------------------------------------------------------------------------------------------------------------- */

static int write_tensor(const TfgTensor *t, TfgStr *out, TfgStatus *s)
{
    size_t mark = tfg_put_begin(out, 3, tfg_tensor_proto_expect(t));
    if (tfg_tensor_proto_write(t, TFG_TENSOR_FORM_DEFAULT, out, s) < 0)
        return -1;
    tfg_put_end(out, mark);
    return 0;
}

int tfg_variant_write(const TfgHandle *h, TfgStr *out, TfgStatus *s)
{
    const TfgIteratorState *v = tfg_iterator_state_of(h);
    const TfgTensor *boxed = tfg_boxed_tensor(h);
    if (!v && !boxed)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Variants of type %s cannot be written", h ? h->type_name : "nothing");
    tfg_put_text(out, 1, h->type_name);
    if (boxed)
        return write_tensor(boxed, out, s);
    size_t mark = tfg_put_begin(out, 2, 0);
    for (size_t i = 0; i < v->n; i++)
        tfg_put_text(out, 2, v->names[i]);
    tfg_put_end(out, mark);
    for (size_t i = 0; i < v->n; i++)
        if (write_tensor(v->tensors[i], out, s) < 0)
            return -1;
    return out->failed ? tfg_fail_memory(s) : 0;
}

/* The next tensor, under the next of the names that `keys` stands in. */
static int read_named(TfgIteratorState *v, TfgProtoReader *r, TfgWire body, TfgWire *keys, TfgStatus *s)
{
    TfgField f;
    TfgTensor *t = NULL;
    int more;
    while ((more = tfg_wire_next(keys, &f, s)) > 0 && !tfg_field_is(&f, 2, TFG_WIRE_BYTES))
        ;
    if (more < 0)
        return -1;
    if (more == 0)
        return tfg_fail(s, TFG_DATA_LOSS, "The state of an iterator has more tensors than names");
    return tfg_tensor_proto_read(r, body, &t, NULL, s) < 0 ? -1 : tfg_iterator_state_add_steal(v, (const char *)f.data, f.n, t, s);
}

static int read_state(TfgIteratorState *v, TfgWire w, TfgWire keys, TfgStatus *s)
{
    TfgProtoReader r = TFG_PROTO_READER(NULL);
    TfgField f;
    TfgWire inner;
    int more;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, 3, TFG_WIRE_BYTES) && (tfg_wire_enter(&w, &f, &inner, s) < 0 || read_named(v, &r, inner, &keys, s) < 0))
            return -1;
    while (more == 0 && (more = tfg_wire_next(&keys, &f, s)) > 0)
        if (tfg_field_is(&f, 2, TFG_WIRE_BYTES))
            return tfg_fail(s, TFG_DATA_LOSS, "The state of an iterator has more names than tensors");
    return more;
}

static TfgHandle *read_boxed(TfgWire w, TfgStatus *s)
{
    TfgProtoReader r = TFG_PROTO_READER(NULL);
    TfgField f;
    TfgWire inner;
    TfgTensor *t = NULL;
    int more;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (!tfg_field_is(&f, 3, TFG_WIRE_BYTES) || t)
            continue;
        if (tfg_wire_enter(&w, &f, &inner, s) < 0 || tfg_tensor_proto_read(&r, inner, &t, NULL, s) < 0)
            return NULL;
    }
    if (more == 0 && !t)
        tfg_fail(s, TFG_DATA_LOSS, "A variant of a tensor has none");
    if (more == 0 && t)
        return tfg_boxed_new_steal(t, s);
    tfg_tensor_unref(t);
    return NULL;
}

static bool is_type(const TfgField *f, const char *name) { return f->n == strlen(name) && memcmp(f->data, name, f->n) == 0; }

int tfg_variant_read(TfgWire w, TfgHandle **out, TfgStatus *s)
{
    TfgWire look = w, keys;
    TfgField f;
    bool state = false, boxed = false;
    int more;
    tfg_wire_init(&keys, "", 0);
    while ((more = tfg_wire_next(&look, &f, s)) > 0) {
        if (tfg_field_is(&f, 1, TFG_WIRE_BYTES)) {
            state = is_type(&f, TFG_ITERATOR_STATE_TYPE);
            boxed = is_type(&f, TFG_BOXED_TYPE);
        } else if (tfg_field_is(&f, 2, TFG_WIRE_BYTES) && state && tfg_wire_enter(&look, &f, &keys, s) < 0) {
            return -1;
        }
    }
    if (more < 0)
        return -1;
    if (!state && !boxed)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Variants of this type cannot be read");
    if (boxed)
        return (*out = read_boxed(w, s)) ? 0 : -1;
    TfgIteratorState *v = tfg_iterator_state_new(s);
    if (!v)
        return -1;
    if (read_state(v, w, keys, s) < 0) {
        tfg_handle_unref(&v->base);
        return -1;
    }
    *out = &v->base;
    return 0;
}
