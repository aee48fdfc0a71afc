/* Wire: the protocol-buffer encoding.  A reader over bytes that nobody has checked, and a writer over a growing buffer.
 *
 * Reader.  A TfgWire stands in one message; tfg_wire_next gives its fields one by one.  Every length is compared with what is left
 * of the message around it, varints end within ten bytes, and messages nest at most TFG_WIRE_MAX_DEPTH deep, so no bytes can
 * make a reader leave its message or the C stack.  Fields point into the bytes; nothing is copied.
 *
 *     TfgWire w;
 *     TfgField f;
 *     int more;
 *     tfg_wire_init(&w, data, n);
 *     while ((more = tfg_wire_next(&w, &f, s)) > 0)
 *         if (f.number == 1 && f.type == TFG_WIRE_BYTES) ...
 *     return more;                    // 0, or -1 with a status
 *
 * A field of a type the reader does not expect is unknown to it and passed over, as every protobuf reader does. */
#ifndef TFG_IO_WIRE_H
#define TFG_IO_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "tfgraph.h"

#define TFG_WIRE_MAX_DEPTH 100          /* protobuf's own limit */
#define TFG_WIRE_MAX_BYTES 2147483647   /* of a message, protobuf's own limit */

typedef enum TfgWireType {
    TFG_WIRE_VARINT = 0, TFG_WIRE_FIXED64 = 1, TFG_WIRE_BYTES = 2, TFG_WIRE_GROUP = 3, TFG_WIRE_END_GROUP = 4, TFG_WIRE_FIXED32 = 5
} TfgWireType;

typedef struct TfgWire {
    const uint8_t *p, *end;
    int depth;                  /* of this message in the outermost one */
} TfgWire;

typedef struct TfgField {
    uint32_t number;
    TfgWireType type;           /* never a group: those are passed over */
    uint64_t value;             /* of VARINT, FIXED32 and FIXED64 */
    const uint8_t *data;        /* of BYTES: strings, bytes, messages, packed numbers */
    size_t n;
} TfgField;

void tfg_wire_init(TfgWire *w, const void *data, size_t n);
/* 1 and the next field, 0 at the end, -1 and DATA_LOSS where the bytes are no message. */
int tfg_wire_next(TfgWire *w, TfgField *f, TfgStatus *s);
/* Stands in the message that field `f` of `w` holds; -1 where it nests too deep. */
int tfg_wire_enter(const TfgWire *w, const TfgField *f, TfgWire *inner, TfgStatus *s);
/* One varint at *p, moving it; false where it does not end before `end` or has more than 64 bits. */
bool tfg_wire_varint(const uint8_t **p, const uint8_t *end, uint64_t *value);

/* Repeated numbers come packed in a BYTES field or one by one.  `wanted` says how they are encoded.  An iterator over one field. */
typedef struct TfgPacked {
    const uint8_t *p, *end;
    TfgWireType type;
    uint64_t single;
    bool has_single;
} TfgPacked;
/* False where the field cannot hold numbers of that encoding (it is then unknown to its reader). */
bool tfg_packed_init(TfgPacked *k, const TfgField *f, TfgWireType wanted);
/* How many numbers are left: cheap, and exact for well-formed bytes. */
size_t tfg_packed_count(const TfgPacked *k);
int tfg_packed_next(TfgPacked *k, uint64_t *value, TfgStatus *s);       /* 1, 0 at the end, -1 */

/* Text without NUL bytes, for names. */
bool tfg_field_is_text(const TfgField *f);
bool tfg_field_is(const TfgField *f, uint32_t number, TfgWireType type);
static inline float tfg_wire_float(uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float x;
    memcpy(&x, &low, sizeof x);
    return x;
}
static inline double tfg_wire_double(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* ---- writing: failures stick in the TfgStr ---- */
void tfg_put_varint(TfgStr *out, uint64_t value);
void tfg_put_tag(TfgStr *out, uint32_t number, TfgWireType type);
/* Whole fields.  They write what they are given, also zeros: leaving defaults out is the caller's affair. */
void tfg_put_int(TfgStr *out, uint32_t number, int64_t value);          /* int32, int64, enum, bool, uint64 */
void tfg_put_float(TfgStr *out, uint32_t number, float value);
void tfg_put_double(TfgStr *out, uint32_t number, double value);
void tfg_put_fixed32(TfgStr *out, uint32_t number, uint32_t value);
void tfg_put_fixed64(TfgStr *out, uint32_t number, uint64_t value);
void tfg_put_bytes(TfgStr *out, uint32_t number, const void *data, size_t n);
void tfg_put_text(TfgStr *out, uint32_t number, const char *text);
/* The same for proto3 fields without presence: nothing is written for 0, false and "". */
void tfg_put_int_unless_zero(TfgStr *out, uint32_t number, int64_t value);
void tfg_put_text_unless_empty(TfgStr *out, uint32_t number, const char *text);

/* A message inside: begin, its fields, end.  Its length goes in front once it is known, in the shortest varint; `expect` is the
 * size it will about have (0: small), so that a big one is not moved. */
size_t tfg_put_begin(TfgStr *out, uint32_t number, size_t expect);
void tfg_put_end(TfgStr *out, size_t mark);
size_t tfg_varint_size(uint64_t value);

#endif
