/* Signature: the small language in which TensorFlow writes what an op takes and gives, read into an arena.
 *
 *   argument   name ":" [ "Ref(" ] [ count "*" ] type [ ")" ]        "x: T", "values: N * T", "ref: Ref(float)", "in: Tin"
 *   attribute  name ":" kind [ ">=" minimum ] [ "=" default ]        "N: int >= 1", "T: {int32, int64} = DT_INT32"
 *   kind       string int float bool type shape tensor func, a set { a, b } of types or of 'texts', or list( of one of these )
 *   default    numbers, 'text', true, DT_X, [ lists ], and for shapes and tensors their text form { dim { size: 2 } } */
#ifndef TFG_GRAPH_SIGNATURE_H
#define TFG_GRAPH_SIGNATURE_H

#include "graph/opdef.h"

typedef struct TfgScanner {
    const char *text, *at;      /* the whole, for messages; the rest */
    TfgArena *arena;
    TfgStatus *s;
} TfgScanner;

int tfg_scan_fail(TfgScanner *p, const char *what);             /* -1 */
bool tfg_scan_accept(TfgScanner *p, const char *token);         /* skips spaces, then `token` if it is there */
int tfg_scan_expect(TfgScanner *p, const char *token);
const char *tfg_scan_word(TfgScanner *p, size_t *n);            /* [A-Za-z0-9_]+, or NULL */
int tfg_scan_int(TfgScanner *p, int64_t *out);
int tfg_scan_string(TfgScanner *p, TfgBytes *out);              /* 'text' or "text", with \ escapes */
int tfg_scan_type(TfgScanner *p, TfgDType *out);
/* The default of an attribute whose kind is known. */
int tfg_scan_default(TfgScanner *p, TfgAttrDef *a);

#endif
