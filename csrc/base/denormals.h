/* Denormal numbers: while operations run they are zero, as arguments and as results, as TensorFlow's executor has it.  The setting is the
 * thread's own; elsewhere in a program it stays as it was. */
#ifndef TFG_BASE_DENORMALS_H
#define TFG_BASE_DENORMALS_H

#include <stdint.h>

#if defined(__SSE2__)
#include <xmmintrin.h>
#define TFG_DENORMALS_OFF 0x8040u           /* flush results to zero, take arguments as zero */
static inline uint64_t tfg_denormals_off(void)
{
    unsigned before = _mm_getcsr();
    if ((before & TFG_DENORMALS_OFF) != TFG_DENORMALS_OFF)
        _mm_setcsr(before | TFG_DENORMALS_OFF);
    return before;
}
static inline void tfg_denormals_restore(uint64_t before)
{
    if ((before & TFG_DENORMALS_OFF) != TFG_DENORMALS_OFF)
        _mm_setcsr((unsigned)before);
}
#elif defined(__aarch64__)
#define TFG_DENORMALS_OFF ((uint64_t)1 << 24)
static inline uint64_t tfg_denormals_off(void)
{
    uint64_t before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(before | TFG_DENORMALS_OFF));
    return before;
}
static inline void tfg_denormals_restore(uint64_t before) { __asm__ volatile("msr fpcr, %0" : : "r"(before)); }
#else
static inline uint64_t tfg_denormals_off(void) { return 0; }
static inline void tfg_denormals_restore(uint64_t before) { (void)before; }
#endif

#endif
