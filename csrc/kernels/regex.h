/* Regex: RE2 behind C functions, in a library of its own (libtfgraph_re2.so) that is opened when the first pattern is compiled.  RE2 is
 * what TensorFlow itself uses: its syntax, its messages, and time linear in the text whatever the pattern. */
#ifndef TFG_KERNELS_REGEX_H
#define TFG_KERNELS_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct TfgRegex TfgRegex;

/* NULL where the pattern is wrong (*error is text that `put` got) or memory ran out (nothing was put). */
typedef void (*TfgRegexPut)(void *context, const char *text, size_t n);
typedef struct TfgRegexApi {
    TfgRegex *(*compile)(const char *pattern, size_t n, TfgRegexPut put, void *context);
    void (*free)(TfgRegex *r);
    bool (*full_match)(const TfgRegex *r, const char *text, size_t n);
    /* The text with the first match, or all, replaced by `rewrite`, in which \1 stands for a group; 0, or -1 without memory. */
    int (*replace)(const TfgRegex *r, const char *text, size_t n, const char *rewrite, size_t rewrite_n, bool all, TfgRegexPut put, void *context);
} TfgRegexApi;

typedef const TfgRegexApi *(*TfgRegexApiFn)(void);      /* what "tfg_regex_api" is in the library */

#ifdef __cplusplus
}
#endif
#endif
