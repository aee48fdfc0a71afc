/* Summaries: what tensors become as values of a tensorflow.Summary message.  Each function appends whole `value` fields, so calls that
 * follow each other make one message. */
#ifndef TFG_IO_SUMMARY_H
#define TFG_IO_SUMMARY_H

#include "graph/attr.h"
#include "io/wire.h"
#include "tensor/tensor.h"

void tfg_summary_put_scalar(TfgStr *out, TfgBytes tag, float value);
/* INVALID_ARGUMENT for NaN and infinity, which are told to be in the summary of `name`. */
int tfg_summary_put_histogram(TfgStr *out, TfgBytes tag, const TfgTensor *values, const char *name, TfgStatus *s);
/* The same of values that come one by one. */
typedef struct TfgHistogram TfgHistogram;
TfgHistogram *tfg_histogram_new(TfgStatus *s);
void tfg_histogram_free(TfgHistogram *h);                       /* NULL is fine */
void tfg_histogram_add(TfgHistogram *h, double finite);
int tfg_histogram_put(TfgStr *out, TfgBytes tag, const TfgHistogram *h, TfgStatus *s);
/* The first `max` images of [n, height, width, 1, 3 or 4]: uint8, half, float or double.  Numbers are scaled to the range of uint8;
 * pixels that are not finite get `bad_color`, a vector of uint8. */
int tfg_summary_put_images(TfgStr *out, TfgBytes tag, const TfgTensor *images, int64_t max, const TfgTensor *bad_color, TfgStatus *s);
/* The first `max` pieces of [n, frames, channels] or [n, frames] float in -1 to 1, as WAV files of 16 bits. */
int tfg_summary_put_audio(TfgStr *out, TfgBytes tag, const TfgTensor *pieces, float rate, int64_t max, TfgStatus *s);
/* node: of the value in place of a tag, or empty.  `metadata`: a serialised SummaryMetadata; its data are NULL where there is none.
 * strings_too: elements that are strings also stand in one piece, and not each by itself. */
int tfg_summary_put_tensor(TfgStr *out, TfgBytes tag, TfgBytes node, const TfgTensor *t, TfgBytes metadata, bool strings_too,
                           TfgStatus *s);
/* A tensor's message with the bytes of its elements wherever they are plain. */
int tfg_tensor_proto_write_content(const TfgTensor *t, TfgStr *out, TfgStatus *s);

#endif
