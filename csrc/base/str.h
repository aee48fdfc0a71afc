/* Str: a growing byte buffer, always NUL-terminated.  Failures stick: append freely, ask `failed` once. */
#ifndef TFG_BASE_STR_H
#define TFG_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tfgraph.h"

typedef struct TfgStr {
    char *data;                 /* NULL until something was appended */
    size_t n, capacity;
    bool failed;                /* memory ran out; contents are what fitted before */
} TfgStr;
#define TFG_STR_INIT {NULL, 0, 0, false}

void tfg_str_fini(TfgStr *s);
void tfg_str_clear(TfgStr *s);
void tfg_str_append(TfgStr *s, const void *data, size_t n);
void tfg_str_puts(TfgStr *s, const char *text);
void tfg_str_putc(TfgStr *s, char c);
void tfg_str_printf(TfgStr *s, const char *format, ...) TFG_PRINTF(2, 3);
void tfg_str_vprintf(TfgStr *s, const char *format, va_list args);
const char *tfg_str_text(const TfgStr *s);      /* never NULL */
char *tfg_str_steal(TfgStr *s);                 /* the bytes, now the caller's (tfg_free); s is empty */

uint64_t tfg_hash_bytes(const void *data, size_t n);
uint64_t tfg_hash_mix(uint64_t a, uint64_t b);

#endif
