#include "io/wire.h"

#include <string.h>

#include "base/status.h"

/* ---- reading ---- */

static int malformed(TfgStatus *s, const char *what)
{
    return tfg_fail(s, TFG_DATA_LOSS, "Malformed protocol buffer: %s", what);
}

void tfg_wire_init(TfgWire *w, const void *data, size_t n)
{
    w->p = data;
    w->end = n ? w->p + n : w->p;
    w->depth = 1;
}

bool tfg_wire_varint(const uint8_t **p, const uint8_t *end, uint64_t *value)
{
    const uint8_t *q = *p;
    uint64_t v = 0;
    for (int shift = 0; shift < 70; shift += 7) {
        if (q == end)
            return false;
        uint8_t byte = *q++;
        if (shift == 63 && byte > 1)
            return false;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *p = q;
            *value = v;
            return true;
        }
    }
    return false;
}

static bool read_fixed(const uint8_t **p, const uint8_t *end, size_t size, uint64_t *value)
{
    if ((size_t)(end - *p) < size)
        return false;
    uint64_t v = 0;
    for (size_t i = 0; i < size; i++)
        v |= (uint64_t)(*p)[i] << (8 * i);
    *p += size;
    *value = v;
    return true;
}

static int read_tag(TfgWire *w, TfgField *f, TfgStatus *s)
{
    uint64_t tag;
    if (!tfg_wire_varint(&w->p, w->end, &tag))
        return malformed(s, "a tag is cut off");
    if (tag >> 3 == 0 || tag >> 32)
        return malformed(s, "field number out of range");
    f->number = (uint32_t)(tag >> 3);
    f->type = (TfgWireType)(tag & 7);
    return 0;
}

static int read_value(TfgWire *w, TfgField *f, TfgStatus *s)
{
    uint64_t length;
    switch (f->type) {
    case TFG_WIRE_VARINT:
        return tfg_wire_varint(&w->p, w->end, &f->value) ? 0 : malformed(s, "a number is cut off");
    case TFG_WIRE_FIXED64:
        return read_fixed(&w->p, w->end, 8, &f->value) ? 0 : malformed(s, "a number is cut off");
    case TFG_WIRE_FIXED32:
        return read_fixed(&w->p, w->end, 4, &f->value) ? 0 : malformed(s, "a number is cut off");
    case TFG_WIRE_BYTES:
        if (!tfg_wire_varint(&w->p, w->end, &length) || length > (size_t)(w->end - w->p))
            return malformed(s, "a field is longer than the message around it");
        f->data = w->p;
        f->n = (size_t)length;
        w->p += f->n;
        return 0;
    case TFG_WIRE_GROUP:
    case TFG_WIRE_END_GROUP:
        break;
    }
    return malformed(s, "unknown wire type");
}

/* Passes over an unknown group, whose start has been read.  Groups in it must close in order. */
static int skip_group(TfgWire *w, uint32_t number, TfgStatus *s)
{
    uint32_t open[TFG_WIRE_MAX_DEPTH];
    int depth = 0;
    open[depth++] = number;
    while (depth > 0) {
        TfgField f = {0};
        if (w->p == w->end)
            return malformed(s, "a group does not end");
        if (read_tag(w, &f, s) < 0)
            return -1;
        if (f.type == TFG_WIRE_GROUP) {
            if (depth + w->depth >= TFG_WIRE_MAX_DEPTH)
                return malformed(s, "messages nest too deep");
            open[depth++] = f.number;
        } else if (f.type == TFG_WIRE_END_GROUP) {
            if (open[--depth] != f.number)
                return malformed(s, "a group ends that did not begin");
        } else if (read_value(w, &f, s) < 0) {
            return -1;
        }
    }
    return 0;
}

int tfg_wire_next(TfgWire *w, TfgField *f, TfgStatus *s)
{
    while (w->p < w->end) {
        *f = (TfgField){0};
        if (read_tag(w, f, s) < 0)
            return -1;
        if (f->type == TFG_WIRE_GROUP) {
            if (skip_group(w, f->number, s) < 0)
                return -1;
            continue;
        }
        return read_value(w, f, s) < 0 ? -1 : 1;
    }
    return 0;
}

int tfg_wire_enter(const TfgWire *w, const TfgField *f, TfgWire *inner, TfgStatus *s)
{
    if (w->depth >= TFG_WIRE_MAX_DEPTH)
        return malformed(s, "messages nest too deep");
    tfg_wire_init(inner, f->data, f->n);
    inner->depth = w->depth + 1;
    return 0;
}

bool tfg_packed_init(TfgPacked *k, const TfgField *f, TfgWireType wanted)
{
    *k = (TfgPacked){.type = wanted};
    if (f->type == TFG_WIRE_BYTES) {
        k->p = f->data;
        k->end = f->data + f->n;
        return true;
    }
    k->single = f->value;
    k->has_single = true;
    return f->type == wanted;
}

size_t tfg_packed_count(const TfgPacked *k)
{
    if (k->has_single)
        return 1;
    size_t bytes = (size_t)(k->end - k->p), n = 0;
    if (k->type == TFG_WIRE_FIXED32)
        return bytes / 4;
    if (k->type == TFG_WIRE_FIXED64)
        return bytes / 8;
    for (const uint8_t *p = k->p; p < k->end; p++)
        n += *p < 0x80;
    return n;
}

int tfg_packed_next(TfgPacked *k, uint64_t *value, TfgStatus *s)
{
    if (k->has_single) {
        k->has_single = false;
        *value = k->single;
        return 1;
    }
    if (k->p == k->end)
        return 0;
    bool ok = k->type == TFG_WIRE_VARINT ? tfg_wire_varint(&k->p, k->end, value)
                                         : read_fixed(&k->p, k->end, k->type == TFG_WIRE_FIXED32 ? 4 : 8, value);
    return ok ? 1 : malformed(s, "packed numbers are cut off");
}

bool tfg_field_is_text(const TfgField *f)
{
    return f->type == TFG_WIRE_BYTES && (f->n == 0 || !memchr(f->data, 0, f->n));
}

bool tfg_field_is(const TfgField *f, uint32_t number, TfgWireType type)
{
    return f->number == number && f->type == type;
}

/* ---- writing ---- */

static size_t encode_varint(uint8_t *to, uint64_t value)
{
    size_t n = 0;
    while (value >= 0x80) {
        to[n++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    to[n++] = (uint8_t)value;
    return n;
}

size_t tfg_varint_size(uint64_t value)
{
    size_t n = 1;
    while (value >>= 7)
        n++;
    return n;
}

void tfg_put_varint(TfgStr *out, uint64_t value)
{
    uint8_t bytes[10];
    tfg_str_append(out, bytes, encode_varint(bytes, value));
}

void tfg_put_tag(TfgStr *out, uint32_t number, TfgWireType type)
{
    tfg_put_varint(out, (uint64_t)number << 3 | (uint64_t)type);
}

void tfg_put_int(TfgStr *out, uint32_t number, int64_t value)
{
    tfg_put_tag(out, number, TFG_WIRE_VARINT);
    tfg_put_varint(out, (uint64_t)value);
}

static void put_fixed(TfgStr *out, uint64_t value, size_t size)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    tfg_str_append(out, bytes, size);
}

void tfg_put_fixed32(TfgStr *out, uint32_t number, uint32_t value)
{
    tfg_put_tag(out, number, TFG_WIRE_FIXED32);
    put_fixed(out, value, 4);
}

void tfg_put_fixed64(TfgStr *out, uint32_t number, uint64_t value)
{
    tfg_put_tag(out, number, TFG_WIRE_FIXED64);
    put_fixed(out, value, 8);
}

void tfg_put_float(TfgStr *out, uint32_t number, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    tfg_put_fixed32(out, number, bits);
}

void tfg_put_double(TfgStr *out, uint32_t number, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    tfg_put_fixed64(out, number, bits);
}

void tfg_put_bytes(TfgStr *out, uint32_t number, const void *data, size_t n)
{
    tfg_put_tag(out, number, TFG_WIRE_BYTES);
    tfg_put_varint(out, n);
    if (n > 0)
        tfg_str_append(out, data, n);
}

void tfg_put_text(TfgStr *out, uint32_t number, const char *text)
{
    tfg_put_bytes(out, number, text, strlen(text));
}

void tfg_put_int_unless_zero(TfgStr *out, uint32_t number, int64_t value)
{
    if (value != 0)
        tfg_put_int(out, number, value);
}

void tfg_put_text_unless_empty(TfgStr *out, uint32_t number, const char *text)
{
    if (text && *text)
        tfg_put_text(out, number, text);
}

/* The mark is the place behind the room for the length, times 16, plus the size of that room. */
size_t tfg_put_begin(TfgStr *out, uint32_t number, size_t expect)
{
    static const char room[10];
    size_t width = tfg_varint_size(expect);
    tfg_put_tag(out, number, TFG_WIRE_BYTES);
    tfg_str_append(out, room, width);
    return out->n << 4 | width;
}

void tfg_put_end(TfgStr *out, size_t mark)
{
    static const char room[10];
    if (out->failed)
        return;
    size_t start = mark >> 4, width = mark & 15, n = out->n - start;
    uint8_t length[10];
    size_t need = encode_varint(length, n);
    if (need > width) {
        tfg_str_append(out, room, need - width);
        if (out->failed)
            return;
    }
    if (need != width)
        memmove(out->data + start - width + need, out->data + start, n);
    if (need < width)
        out->n -= width - need;
    memcpy(out->data + start - width, length, need);
    if (need < width)
        out->data[out->n] = '\0';
}
