/* Records: TFRecord files, which event files are, too.  A record is
 *     uint64 length | uint32 masked crc32c of the length's bytes | data | uint32 masked crc32c of the data
 * all little-endian; a compressed file is one zlib or gzip stream with this framing inside. */
#ifndef TFG_IO_RECORDS_H
#define TFG_IO_RECORDS_H

#include "io/stream.h"

#define TFG_RECORD_HEADER 12
#define TFG_RECORD_FOOTER 4

typedef struct TfgRecordReader {
    TfgSource *in;
    uint64_t offset;            /* of the next record, in the uncompressed stream */
    TfgStr record;              /* the last one */
    bool lost;                  /* a record was broken: the stream stands somewhere inside it */
    TfgCode lost_code;
    char *lost_message;
} TfgRecordReader;

/* Takes the source, and passes over `offset` bytes. */
int tfg_record_reader_init_steal(TfgRecordReader *r, TfgSource *in, uint64_t offset, TfgStatus *s);
void tfg_record_reader_fini(TfgRecordReader *r);
/* 1: r->record is the next record; 0: the file is at its end; -1: DATA_LOSS, again at each later call. */
int tfg_record_read(TfgRecordReader *r, TfgStatus *s);

/* Appends header, data and footer. */
void tfg_record_frame(TfgStr *out, const void *data, size_t n);
int tfg_record_write(TfgSink *out, const void *data, size_t n, TfgStatus *s);

/* "", "ZLIB" or "GZIP" over a file. */
TfgSource *tfg_record_source_new(const char *path, const char *compression, TfgStatus *s);
TfgSink *tfg_record_sink_new(const char *path, const char *compression, const TfgZlibOptions *options, TfgStatus *s);

#endif
