#include "io/snappy.h"

#include <string.h>

#include "io/wire.h"

bool tfg_snappy_length(const uint8_t *data, size_t n, size_t *length)
{
    const uint8_t *p = data;
    uint64_t value;
    if (!tfg_wire_varint(&p, data + n, &value) || value > UINT32_MAX || value / 64 > n)    /* three bytes copy at most 64 */
        return false;
    *length = (size_t)value;
    return true;
}

static size_t little(const uint8_t *p, size_t n)
{
    size_t v = 0;
    for (size_t i = 0; i < n; i++)
        v |= (size_t)p[i] << (8 * i);
    return v;
}

bool tfg_snappy_decode(const uint8_t *data, size_t n, uint8_t *to, size_t length)
{
    const uint8_t *p = data, *end = data + n;
    size_t done = 0;
    uint64_t said;
    if (!tfg_wire_varint(&p, end, &said) || said != length)
        return false;
    while (p < end) {
        uint8_t tag = *p++;
        size_t count, distance, extra;
        if ((tag & 3) == 0) {                   /* a literal, its length - 1 in the tag or in 1 to 4 bytes behind it */
            count = tag >> 2;
            extra = count < 60 ? 0 : count - 59;
            if ((size_t)(end - p) < extra)
                return false;
            if (extra)
                count = little(p, extra);
            p += extra;
            count++;
            if (count > (size_t)(end - p) || count > length - done)
                return false;
            memcpy(to + done, p, count);
            p += count;
            done += count;
            continue;
        }
        extra = (tag & 3) == 1 ? 1 : (tag & 3) == 2 ? 2 : 4;
        if ((size_t)(end - p) < extra)
            return false;
        distance = little(p, extra);
        p += extra;
        if (extra == 1) {
            count = 4 + (tag >> 2 & 7);
            distance |= (size_t)(tag >> 5) << 8;
        } else {
            count = 1 + (size_t)(tag >> 2);
        }
        if (distance == 0 || distance > done || count > length - done)
            return false;
        for (size_t i = 0; i < count; i++, done++)      /* may overlap what it writes: a run */
            to[done] = to[done - distance];
    }
    return done == length;
}
