/* A tensorflow.Example written as JSON (protobuf's mapping) becomes its bytes, fields in the order in which the text has them. */
#ifndef TFG_IO_JSON_EXAMPLE_H
#define TFG_IO_JSON_EXAMPLE_H

#include "base/str.h"
#include "tfgraph.h"

/* Appends to `out`; INVALID_ARGUMENT with protobuf's words. */
int tfg_example_from_json(const char *text, size_t n, TfgStr *out, TfgStatus *s);

#endif
