/* CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected), by the CPU's instruction where it has one. */
#ifndef TFG_BASE_CRC32C_H
#define TFG_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t tfg_crc32c_extend(uint32_t crc, const void *data, size_t n);
static inline uint32_t tfg_crc32c(const void *data, size_t n) { return tfg_crc32c_extend(0, data, n); }
static inline uint32_t tfg_crc32c_mask(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }
static inline uint32_t tfg_crc32c_unmask(uint32_t masked)
{
    uint32_t rotated = masked - 0xa282ead8u;
    return rotated >> 17 | rotated << 15;
}
/* Of two pieces behind each other, from the sums of each; n is the length of the second. */
uint32_t tfg_crc32c_join(uint32_t a, uint32_t b, uint64_t n);

#endif
