/* Op libraries: operations that a program brings in a shared library of its own, through tfgraph.h. */
#ifndef TFG_RUNTIME_OP_LIBRARY_H
#define TFG_RUNTIME_OP_LIBRARY_H

#include "tfgraph.h"

typedef struct TfgOpLibrary TfgOpLibrary;

/* Opens a library and registers what it brings, all of it or nothing; the second time it is the same one.  Never closed.
 * NOT_FOUND where the file cannot be opened (the loader's words), INVALID_ARGUMENT where it is no op library or what it brings is wrong,
 * ALREADY_EXISTS for an operation that there is. */
const TfgOpLibrary *tfg_op_library_open(const char *path, TfgStatus *s);
/* Names of its operations, in the order in which they were added; borrowed. */
const char *const *tfg_op_library_names(const TfgOpLibrary *library, int *n);

#endif
