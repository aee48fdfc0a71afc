/* What lives as long as a step: stacks and TensorArrays.  A resource handle holds its object itself, so the object goes with the last
 * tensor that holds the handle.  The old handles made of strings (container and name) hold nothing; the session keeps their objects
 * until the step ends. */
#ifndef TFG_KERNELS_STEP_OBJECT_H
#define TFG_KERNELS_STEP_OBJECT_H

#include "runtime/kernel.h"

/* Output i becomes a handle of `object` (whose reference is taken): of resources, of strings, or of strings by reference, as the op
 * has it.  class_name is how messages spell the object's kind. */
int tfg_step_object_give_steal(TfgKernelCall *c, int i, const char *name, const char *class_name, TfgHandle *object, TfgStatus *s);
/* The object of input i's handle; a new reference. */
TfgHandle *tfg_step_object_take(TfgKernelCall *c, int i, const char *type_name, const char *class_name, TfgStatus *s);

/* "name_3": the attribute's text, or the node's name, and a number, since each run of an op makes another object.  New; NULL without
 * memory. */
char *tfg_step_object_name(const TfgKernelCall *c, const char *attr);

#endif
