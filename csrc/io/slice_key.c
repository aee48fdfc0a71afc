#include "io/slice_key.h"

#include <inttypes.h>

#include "base/status.h"

/* ---- messages ---- */

void tfg_tensor_slice_write(const TfgTensorSlice *slice, TfgStr *out)
{
    for (int i = 0; i < slice->rank; i++) {
        size_t mark = tfg_put_begin(out, 1, 0);
        if (slice->length[i] != TFG_SLICE_FULL) {
            tfg_put_int_unless_zero(out, 1, slice->start[i]);
            tfg_put_int(out, 2, slice->length[i]);
        }
        tfg_put_end(out, mark);
    }
}

int tfg_tensor_slice_read(TfgWire w, TfgTensorSlice *slice, TfgStatus *s)
{
    TfgField f, g;
    int more;
    slice->rank = 0;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (!tfg_field_is(&f, 1, TFG_WIRE_BYTES))
            continue;
        TfgWire extent;
        int64_t start = 0, length = TFG_SLICE_FULL;
        if (tfg_wire_enter(&w, &f, &extent, s) < 0)
            return -1;
        while ((more = tfg_wire_next(&extent, &g, s)) > 0)
            if (tfg_field_is(&g, 1, TFG_WIRE_VARINT))
                start = (int64_t)g.value;
            else if (tfg_field_is(&g, 2, TFG_WIRE_VARINT))
                length = (int64_t)g.value;
        if (more < 0)
            return -1;
        if (slice->rank == TFG_MAX_RANK || start < 0 || length < TFG_SLICE_FULL || (length == TFG_SLICE_FULL && start != 0) ||
            (length > 0 && start > INT64_MAX - length))
            return tfg_fail(s, TFG_DATA_LOSS, "Invalid slice: start %" PRId64 ", length %" PRId64, start, length);
        slice->start[slice->rank] = start;
        slice->length[slice->rank++] = length;
    }
    return more;
}

/* ---- keys ---- */

/* Numbers from 0: how many bytes follow, then they, the high one first. */
static void put_increasing(TfgStr *out, uint64_t v)
{
    uint8_t bytes[9];
    size_t n = 0;
    for (int shift = 56; shift >= 0; shift -= 8)
        if (v >> shift || n)
            bytes[++n] = (uint8_t)(v >> shift);
    bytes[0] = (uint8_t)n;
    tfg_str_append(out, bytes, n + 1);
}

/* Signed numbers: the fewest bytes n that leave 7n bits with the sign, high byte first, the first n bits flipped to 1 (to 0 where
 * negative), so that longer codes lie further out. */
static void put_signed_increasing(TfgStr *out, int64_t v)
{
    uint64_t magnitude = v < 0 ? ~(uint64_t)v : (uint64_t)v;
    size_t n = 1;
    while (n < 10 && magnitude >> (7 * n - 1))
        n++;
    uint8_t bytes[10], sign = v < 0 ? 0xff : 0;
    for (size_t i = 0; i < n; i++) {
        size_t shift = 8 * (n - 1 - i);
        bytes[i] = shift < 64 ? (uint8_t)((uint64_t)v >> shift) : sign;
    }
    for (size_t bit = 0; bit < n; bit++)
        bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
    tfg_str_append(out, bytes, n);
}

void tfg_slice_key(const char *name, size_t n, const TfgTensorSlice *slice, TfgStr *out)
{
    put_increasing(out, 0);
    for (size_t i = 0; i < n; i++) {
        tfg_str_putc(out, name[i]);
        if (name[i] == 0)
            tfg_str_putc(out, (char)0xff);
        else if ((uint8_t)name[i] == 0xff)
            tfg_str_putc(out, 0);
    }
    tfg_str_append(out, "\0\1", 2);
    put_increasing(out, (uint64_t)slice->rank);
    for (int i = 0; i < slice->rank; i++) {
        put_signed_increasing(out, slice->start[i]);
        put_signed_increasing(out, slice->length[i]);
    }
}
