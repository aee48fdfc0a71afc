#include "io/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/status.h"

#define SINK_BUFFER (256 * 1024)

static TfgCode code_of_errno(int e)
{
    switch (e) {
    case EINVAL: case ENAMETOOLONG: case E2BIG: case EDESTADDRREQ: case EFAULT: case EILSEQ: case ENOTTY: return TFG_INVALID_ARGUMENT;
    case ENOENT: case ENODEV: case ENXIO: case ESRCH: return TFG_NOT_FOUND;
    case EEXIST: case EADDRINUSE: case EALREADY: return TFG_ALREADY_EXISTS;
    case EPERM: case EACCES: case EROFS: return TFG_PERMISSION_DENIED;
    case ENOTEMPTY: case EISDIR: case ENOTDIR: case EPIPE: case EBADF: case EBUSY: case ETXTBSY: return TFG_FAILED_PRECONDITION;
    case ENOSPC: case EDQUOT: case EMFILE: case ENFILE: case ENOMEM: case EMLINK: return TFG_RESOURCE_EXHAUSTED;
    case EFBIG: case EOVERFLOW: case ERANGE: return TFG_OUT_OF_RANGE;
    case ENOSYS: case ENOTSUP: return TFG_UNIMPLEMENTED;
    case EAGAIN: case ECONNREFUSED: case EINTR: return TFG_UNAVAILABLE;
    default: return TFG_UNKNOWN;
    }
}

static int io_error(const char *path, int e, TfgStatus *s)
{
    return tfg_fail(s, code_of_errno(e), "%s; %s", path, strerror(e));
}

int tfg_make_folders(const char *path, TfgStatus *s)
{
    char *part = tfg_strdup(path);
    if (!part)
        return tfg_fail_memory(s);
    int rc = 0;
    for (char *p = part; rc == 0 && *p; p++) {
        bool last = p[1] == 0;
        if (p[1] != '/' && !last)
            continue;
        p[1] = 0;
        if (mkdir(part, 0777) < 0 && errno != EEXIST)
            rc = io_error(part, errno, s);
        p[1] = last ? 0 : '/';
    }
    tfg_free(part);
    return rc;
}

void tfg_source_free(TfgSource *in)
{
    if (in)
        in->free(in);
}

void tfg_sink_free(TfgSink *out)
{
    if (out)
        out->free(out);
}

int tfg_source_read(TfgSource *in, void *to, size_t n, size_t *got, TfgStatus *s)
{
    size_t part = 1;
    for (*got = 0; *got < n && part > 0; *got += part)
        if (in->read(in, (char *)to + *got, n - *got, &part, s) < 0)
            return -1;
    return 0;
}

/* ---- files to read ---- */

typedef struct FileSource { TfgSource base; int fd; char *path; size_t at, n; char buffer[64 * 1024]; } FileSource;

static int read_fd(FileSource *f, void *to, size_t n, size_t *got, TfgStatus *s)
{
    ssize_t r;
    do
        r = read(f->fd, to, n);
    while (r < 0 && errno == EINTR);
    if (r < 0)
        return io_error(f->path, errno, s);
    *got = (size_t)r;
    return 0;
}

static int file_read(TfgSource *in, void *to, size_t n, size_t *got, TfgStatus *s)
{
    FileSource *f = (FileSource *)in;
    if (f->at == f->n) {
        if (n >= sizeof f->buffer)
            return read_fd(f, to, n, got, s);
        f->at = f->n = 0;
        if (read_fd(f, f->buffer, sizeof f->buffer, &f->n, s) < 0)
            return -1;
    }
    *got = f->n - f->at < n ? f->n - f->at : n;
    memcpy(to, f->buffer + f->at, *got);
    f->at += *got;
    return 0;
}

static void file_source_free(TfgSource *in)
{
    FileSource *f = (FileSource *)in;
    if (f->fd >= 0)
        close(f->fd);
    tfg_free(f->path);
    tfg_free(f);
}

TfgSource *tfg_file_source_new(const char *path, TfgStatus *s)
{
    FileSource *f = tfg_alloc(sizeof *f);
    char *copy = tfg_strdup(path);
    if (!f || !copy) {
        tfg_free(f);
        tfg_free(copy);
        tfg_fail_memory(s);
        return NULL;
    }
    f->base = (TfgSource){file_read, file_source_free};
    f->path = copy;
    f->at = f->n = 0;
    f->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (f->fd < 0) {
        io_error(path, errno, s);
        file_source_free(&f->base);
        return NULL;
    }
    return &f->base;
}

/* ---- bytes in memory ---- */

typedef struct MemorySource { TfgSource base; const char *p; size_t left; } MemorySource;

static int memory_read(TfgSource *in, void *to, size_t n, size_t *got, TfgStatus *s)
{
    (void)s;
    MemorySource *m = (MemorySource *)in;
    *got = n < m->left ? n : m->left;
    if (*got)
        memcpy(to, m->p, *got);
    m->p += *got;
    m->left -= *got;
    return 0;
}

static void memory_free(TfgSource *in)
{
    tfg_free(in);
}

TfgSource *tfg_memory_source_new(const void *data, size_t n, TfgStatus *s)
{
    MemorySource *m = tfg_alloc(sizeof *m);
    if (!m) {
        tfg_fail_memory(s);
        return NULL;
    }
    *m = (MemorySource){{memory_read, memory_free}, data, n};
    return &m->base;
}

/* ---- files to write ---- */

typedef struct FileSink { TfgSink base; int fd; char *path; size_t n; char buffer[SINK_BUFFER]; } FileSink;

static int write_fd(FileSink *f, const char *data, size_t n, TfgStatus *s)
{
    while (n) {
        ssize_t r = write(f->fd, data, n);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return io_error(f->path, errno, s);
        data += r;
        n -= (size_t)r;
    }
    return 0;
}

static int file_flush(TfgSink *out, TfgStatus *s)
{
    FileSink *f = (FileSink *)out;
    if (f->fd < 0)
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "%s is closed", f->path);
    size_t n = f->n;
    f->n = 0;
    return write_fd(f, f->buffer, n, s);
}

static int file_write(TfgSink *out, const void *data, size_t n, TfgStatus *s)
{
    FileSink *f = (FileSink *)out;
    if (f->fd < 0)
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "%s is closed", f->path);
    if (f->n + n > sizeof f->buffer && file_flush(out, s) < 0)
        return -1;
    if (n > sizeof f->buffer)
        return write_fd(f, data, n, s);
    if (n)
        memcpy(f->buffer + f->n, data, n);
    f->n += n;
    return 0;
}

static int file_close(TfgSink *out, TfgStatus *s)
{
    FileSink *f = (FileSink *)out;
    if (f->fd < 0)
        return 0;
    int rc = file_flush(out, s), fd = f->fd;
    f->fd = -1;
    if (close(fd) < 0 && rc == 0)
        rc = io_error(f->path, errno, s);
    return rc;
}

static void file_sink_free(TfgSink *out)
{
    FileSink *f = (FileSink *)out;
    TfgStatus ignored = TFG_STATUS_INIT;
    file_close(out, &ignored);
    tfg_status_fini(&ignored);
    tfg_free(f->path);
    tfg_free(f);
}

TfgSink *tfg_file_sink_new(const char *path, bool append, TfgStatus *s)
{
    FileSink *f = tfg_alloc(sizeof *f);
    char *copy = tfg_strdup(path);
    if (!f || !copy) {
        tfg_free(f);
        tfg_free(copy);
        tfg_fail_memory(s);
        return NULL;
    }
    f->base = (TfgSink){file_write, file_flush, file_close, file_sink_free};
    f->path = copy;
    f->n = 0;
    f->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0666);
    if (f->fd < 0) {
        io_error(path, errno, s);
        file_sink_free(&f->base);
        return NULL;
    }
    return &f->base;
}
