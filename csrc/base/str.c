#include "base/str.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

void tfg_str_fini(TfgStr *s)
{
    tfg_free(s->data);
    *s = (TfgStr)TFG_STR_INIT;
}

void tfg_str_clear(TfgStr *s)
{
    s->n = 0;
    s->failed = false;
    if (s->data)
        s->data[0] = 0;
}

/* Room for n more bytes and the NUL. */
static bool reserve(TfgStr *s, size_t n)
{
    if (s->failed)
        return false;
    if (n < s->capacity - s->n)
        return true;
    void *data = s->data;
    size_t need;
    if (__builtin_add_overflow(s->n, n + 1, &need) || need <= n || tfg_grow(&data, &s->capacity, need < 32 ? 32 : need, 1) < 0) {
        s->failed = true;
        return false;
    }
    s->data = data;
    return true;
}

void tfg_str_append(TfgStr *s, const void *data, size_t n)
{
    if (!reserve(s, n))
        return;
    if (n)
        memcpy(s->data + s->n, data, n);
    s->n += n;
    s->data[s->n] = 0;
}

void tfg_str_puts(TfgStr *s, const char *text)
{
    tfg_str_append(s, text, strlen(text));
}

void tfg_str_putc(TfgStr *s, char c)
{
    tfg_str_append(s, &c, 1);
}

void tfg_str_vprintf(TfgStr *s, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    size_t room = s->data ? s->capacity - s->n : 0;
    int n = vsnprintf(room ? s->data + s->n : NULL, room, format, args);
    if (n < 0)
        s->failed = true;
    else if ((size_t)n < room && !s->failed)
        s->n += (size_t)n;
    else if (reserve(s, (size_t)n)) {
        vsnprintf(s->data + s->n, (size_t)n + 1, format, again);
        s->n += (size_t)n;
    }
    if (s->data)
        s->data[s->n] = 0;
    va_end(again);
}

void tfg_str_printf(TfgStr *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tfg_str_vprintf(s, format, args);
    va_end(args);
}

const char *tfg_str_text(const TfgStr *s)
{
    return s->data ? s->data : "";
}

char *tfg_str_steal(TfgStr *s)
{
    char *data = s->failed ? NULL : s->data ? s->data : tfg_strdup("");
    if (s->failed)
        tfg_free(s->data);
    *s = (TfgStr)TFG_STR_INIT;
    return data;
}

/* ---- Hashes ------------------------------------------------------------------------------------------------------------------ */

/* Both halves of the 128-bit product folded into one word: every input bit reaches every output bit. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 p = (unsigned __int128)a * b;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static inline uint64_t load64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

#define K0 UINT64_C(0x9e3779b97f4a7c15)
#define K1 UINT64_C(0xd1b54a32d192ed03)
#define K2 UINT64_C(0x8cb92ba72f3d8dd7)

uint64_t tfg_hash_mix(uint64_t a, uint64_t b)
{
    return fold(a ^ K0, b ^ K1);
}

uint64_t tfg_hash_bytes(const void *data, size_t n)
{
    const unsigned char *p = data;
    uint64_t h = fold((uint64_t)n ^ K2, K0);
    size_t left = n;
    for (; left > 16; p += 16, left -= 16)
        h = fold(load64(p) ^ K1 ^ h, load64(p + 8) ^ K2);
    uint64_t a = 0, b = 0;
    if (left >= 8) {
        a = load64(p);
        b = load64(p + left - 8);
    } else
        for (size_t i = 0; i < left; i++)
            a = a << 8 | p[i];
    return fold(a ^ K0 ^ h, b ^ K1 ^ (uint64_t)left);
}
