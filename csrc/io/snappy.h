/* Snappy, reading only: table blocks of other writers may be compressed with it.  The format is a varint with the length, then
 * literals and copies of earlier output; so small that a decoder of our own costs less than one more library to find. */
#ifndef TFG_IO_SNAPPY_H
#define TFG_IO_SNAPPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the first bytes say the length is.  False where they say nothing, or more than so few bytes can ever give. */
bool tfg_snappy_length(const uint8_t *data, size_t n, size_t *length);
/* Writes exactly `length` bytes; false where the data are broken. */
bool tfg_snappy_decode(const uint8_t *data, size_t n, uint8_t *to, size_t length);

#endif
