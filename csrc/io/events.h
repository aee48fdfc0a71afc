/* Events: files that TensorBoard reads.  An event file is a record file (io/records.h) of tensorflow.Event messages named
 *     PREFIX.out.tfevents.SECONDS.HOST[SUFFIX]
 * whose first event says file_version "brain.Event:2".  Adding an event frames it into memory; tfg_events_write takes what was added
 * to the file, in another thread if that is wanted.  All calls but set_suffix may come from several threads. */
#ifndef TFG_IO_EVENTS_H
#define TFG_IO_EVENTS_H

#include "base/str.h"
#include "tfgraph.h"

typedef struct TfgEvents TfgEvents;

TfgEvents *tfg_events_new(const char *prefix, TfgStatus *s);
void tfg_events_free(TfgEvents *e);                             /* does not write what is pending */
int tfg_events_set_suffix(TfgEvents *e, const char *suffix, TfgStatus *s);
/* Makes the file, unless it is there.  A file of that name, made in the same second, is added to. */
int tfg_events_open(TfgEvents *e, TfgStatus *s);
int tfg_events_name(TfgEvents *e, TfgStr *out, TfgStatus *s);   /* of the file, which is opened */
/* A serialised Event.  Both return the bytes that are pending, or -1. */
int64_t tfg_events_add(TfgEvents *e, const void *event, size_t n, TfgStatus *s);
/* An Event of a serialised Summary.  Metadata are kept for the first value of each tag only: a file needs them once. */
int64_t tfg_events_add_summary(TfgEvents *e, const void *summary, size_t n, double wall_time, int64_t step, TfgStatus *s);
int tfg_events_write(TfgEvents *e, TfgStatus *s);
int tfg_events_close(TfgEvents *e, TfgStatus *s);               /* writes; a later write begins another file */
/* In a forked child: the locks are free, and what was pending is the parent's to write. */
void tfg_events_after_fork(TfgEvents *e);

#endif
