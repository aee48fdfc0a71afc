/* Streams: where bytes come from and where they go.  Formats read from a source and write to a sink, so the same code serves files,
 * memory and what zlib makes of either.  A stream owns what stands behind it. */
#ifndef TFG_IO_STREAM_H
#define TFG_IO_STREAM_H

#include "base/str.h"
#include "tfgraph.h"

typedef struct TfgSource TfgSource;
struct TfgSource {
    /* Up to n bytes; *got is 0 only at the end (or for n = 0). */
    int (*read)(TfgSource *in, void *to, size_t n, size_t *got, TfgStatus *s);
    void (*free)(TfgSource *in);
};

typedef struct TfgSink TfgSink;
struct TfgSink {
    int (*write)(TfgSink *out, const void *data, size_t n, TfgStatus *s);
    int (*flush)(TfgSink *out, TfgStatus *s);       /* so that a reader of the file sees all that was written */
    int (*close)(TfgSink *out, TfgStatus *s);       /* ends the format (zlib's trailer) and the file; nothing may be written behind */
    void (*free)(TfgSink *out);                     /* closes what is still open, without telling of failures */
};

TfgSource *tfg_file_source_new(const char *path, TfgStatus *s);
TfgSource *tfg_memory_source_new(const void *data, size_t n, TfgStatus *s);     /* the bytes are borrowed */
TfgSink *tfg_file_sink_new(const char *path, bool append, TfgStatus *s);

/* Makes a folder and those above it that are missing. */
int tfg_make_folders(const char *path, TfgStatus *s);

void tfg_source_free(TfgSource *in);                /* NULL is fine */
void tfg_sink_free(TfgSink *out);
/* All n bytes where there are that many; *got tells. */
int tfg_source_read(TfgSource *in, void *to, size_t n, size_t *got, TfgStatus *s);

/* What zlib is asked for; the numbers are zlib's own.  0 stands for its usual choice but for level, whose own is -1. */
typedef struct TfgZlibOptions {
    int level, method, window_bits, mem_level, strategy, flush_mode;
    size_t input_buffer, output_buffer;
} TfgZlibOptions;
#define TFG_ZLIB_WINDOW 15              /* a zlib stream */
#define TFG_GZIP_WINDOW (15 + 16)       /* a gzip stream */
TfgZlibOptions tfg_zlib_usual(int window_bits);
TfgSource *tfg_zlib_source_new_steal(TfgSource *in, const TfgZlibOptions *options, TfgStatus *s);
TfgSink *tfg_zlib_sink_new_steal(TfgSink *out, const TfgZlibOptions *options, TfgStatus *s);

#endif
