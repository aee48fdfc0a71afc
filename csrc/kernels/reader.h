/* Reader: takes the names of files from a queue and gives their records one by one, each with a key.  What a record is - a file, a
 * line, a number of bytes - is the format's; the reader counts, and lets its calls wait for each other and for the queue without
 * holding a thread. */
#ifndef TFG_KERNELS_READER_H
#define TFG_KERNELS_READER_H

#include "io/records.h"
#include "kernels/queue.h"

#define TFG_READER_TYPE "Reader"

typedef struct TfgReader TfgReader;

/* What is open of the present file. */
typedef struct TfgReaderFile {
    TfgSource *in;
    TfgRecordReader records;
    bool has_records;
    int64_t number;             /* of the record that comes */
    TfgStr ahead;               /* bytes read that are not used up */
    size_t used;                /* of them */
    bool ended;
} TfgReaderFile;

typedef struct TfgReaderFormat TfgReaderFormat;
struct TfgReaderFormat {
    const char *name;           /* "TextLineReader" */
    bool saves;                 /* its state can be written as a string and read back */
    int (*open)(const TfgReaderFormat *f, TfgReaderFile *file, const char *work, TfgStatus *s);
    /* 1: key and value are the next record; 0: there is none; -1: failed. */
    int (*next)(const TfgReaderFormat *f, TfgReaderFile *file, const TfgStr *work, TfgStr *key, TfgStr *value, TfgStatus *s);
    bool single;                /* one record a file, which is then at its end */
    int64_t header, record, footer, hop, skip;
    char compression[8];
};
void tfg_reader_file_fini(TfgReaderFile *file);

TfgReader *tfg_reader_new(const TfgReaderFormat *format, const char *node_name, TfgStatus *s);
void tfg_reader_after_fork(TfgHandle *h);

typedef struct TfgRecords {
    TfgString *keys, *values;
    int64_t n, room;
} TfgRecords;
/* Each calls done(arg, records, status) exactly once, perhaps before it returns; the records, none but for a read, may be taken. */
typedef void (*TfgReaderDone)(void *arg, TfgRecords *records, TfgStatus *s);
/* Up to n records of one file. */
void tfg_reader_read(TfgReader *r, TfgQueue *queue, int64_t n, TfgCancel *cancel, TfgReaderDone done, void *arg);
void tfg_reader_reset(TfgReader *r, TfgCancel *cancel, TfgReaderDone done, void *arg);
void tfg_reader_restore(TfgReader *r, const char *data, size_t n, TfgCancel *cancel, TfgReaderDone done, void *arg);
void tfg_records_fini(TfgRecords *r);

void tfg_reader_counts(TfgReader *r, int64_t *records, int64_t *files);
int tfg_reader_save(TfgReader *r, TfgStr *out, TfgStatus *s);

/* reader_formats.c: the format that a node of this type describes. */
int tfg_reader_format(const TfgPrepare *p, TfgReaderFormat *format, TfgStatus *s);

#endif
