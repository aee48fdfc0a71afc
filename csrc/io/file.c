#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/philox.h"
#include "base/status.h"

/* ---- words ---- */

static TfgCode code_of(int number)
{
    switch (number) {
    case EINVAL: case ENAMETOOLONG: case E2BIG: case EDESTADDRREQ: case EDOM: case EFAULT: case EILSEQ: case ENOPROTOOPT: case ENOSTR:
    case ENOTSOCK: case ENOTTY: case EPROTOTYPE: case ESPIPE:
        return TFG_INVALID_ARGUMENT;
    case ETIMEDOUT: case ETIME: return TFG_DEADLINE_EXCEEDED;
    case ENODEV: case ENOENT: case ENXIO: case ESRCH: return TFG_NOT_FOUND;
    case EEXIST: case EADDRNOTAVAIL: case EALREADY: return TFG_ALREADY_EXISTS;
    case EPERM: case EACCES: case EROFS: return TFG_PERMISSION_DENIED;
    case ENOTEMPTY: case EISDIR: case ENOTDIR: case EADDRINUSE: case EBADF: case EBUSY: case ECHILD: case EISCONN: case ENOTBLK:
    case ENOTCONN: case EPIPE: case ESHUTDOWN: case ETXTBSY:
        return TFG_FAILED_PRECONDITION;
    case ENOSPC: case EDQUOT: case EMFILE: case EMLINK: case ENFILE: case ENOBUFS: case ENODATA: case ENOMEM: case EUSERS:
        return TFG_RESOURCE_EXHAUSTED;
    case EFBIG: case EOVERFLOW: case ERANGE: return TFG_OUT_OF_RANGE;
    case ENOSYS: case ENOTSUP: case EAFNOSUPPORT: case EPFNOSUPPORT: case EPROTONOSUPPORT: case ESOCKTNOSUPPORT: case EXDEV:
        return TFG_UNIMPLEMENTED;
    case EAGAIN: case ECONNREFUSED: case ECONNABORTED: case ECONNRESET: case EINTR: case EHOSTDOWN: case EHOSTUNREACH: case ENETDOWN:
    case ENETRESET: case ENETUNREACH: case ENOLCK: case ENOLINK:
        return TFG_UNAVAILABLE;
    case EDEADLK: case ESTALE: return TFG_ABORTED;
    case ECANCELED: return TFG_CANCELLED;
    default: return TFG_UNKNOWN;
    }
}

int tfg_fail_errno(TfgStatus *s, const char *path, int number)
{
    char text[128];
    if (strerror_r(number, text, sizeof text) != text)
        snprintf(text, sizeof text, "%s", strerrordesc_np(number) ? strerrordesc_np(number) : "unknown error");
    return tfg_fail(s, code_of(number), "%s; %s", path, text);
}

/* ---- blobs ---- */

typedef struct FileBlob {
    TfgBlob base;
    int fd;
} FileBlob;

static int read_file(const TfgBlob *src, uint64_t offset, void *to, size_t n, TfgStatus *s)
{
    const FileBlob *f = (const FileBlob *)src;
    char *p = to;
    while (n > 0) {
        ssize_t got = pread(f->fd, p, n < 1u << 30 ? n : 1u << 30, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return tfg_fail_errno(s, src->name, errno);
        if (got == 0)           /* somebody cut it since it was opened */
            return tfg_fail(s, TFG_DATA_LOSS, "truncated file: %s", src->name);
        p += got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return 0;
}

static void close_file(TfgBlob *src)
{
    close(((FileBlob *)src)->fd);
}

TfgBlob *tfg_blob_open(const char *path, TfgStatus *s)
{
    struct stat st;
    /* Without O_NONBLOCK a pipe nobody writes to would hold up the program. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        tfg_fail_errno(s, path, errno);
        return NULL;
    }
    FileBlob *f = NULL;
    if (fstat(fd, &st) < 0)
        tfg_fail_errno(s, path, errno);
    else if (S_ISDIR(st.st_mode))
        tfg_fail_errno(s, path, EISDIR);
    else if (!(f = tfg_calloc(1, sizeof *f)) || !(f->base.name = tfg_strdup(path)))
        tfg_fail_memory(s);
    else {
        f->base.size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
        f->base.read = read_file;
        f->base.close = close_file;
        f->fd = fd;
        return &f->base;
    }
    tfg_free(f);
    close(fd);
    return NULL;
}

typedef struct MemoryBlob {
    TfgBlob base;
    const char *data;
} MemoryBlob;

static int read_memory(const TfgBlob *src, uint64_t offset, void *to, size_t n, TfgStatus *s)
{
    (void)s;
    memcpy(to, ((const MemoryBlob *)src)->data + offset, n);
    return 0;
}

TfgBlob *tfg_blob_memory(const void *data, size_t n, TfgStatus *s)
{
    MemoryBlob *m = tfg_calloc(1, sizeof *m);
    if (!m || !(m->base.name = tfg_strdup("memory"))) {
        tfg_free(m);
        tfg_fail_memory(s);
        return NULL;
    }
    m->base.size = n;
    m->base.read = read_memory;
    m->data = data;
    return &m->base;
}

int tfg_blob_read(const TfgBlob *src, uint64_t offset, void *to, size_t n, TfgStatus *s)
{
    if (offset > src->size || n > src->size - offset)
        return tfg_fail(s, TFG_DATA_LOSS, "truncated file: %s has %llu bytes, %llu at %llu were asked for", src->name,
                        (unsigned long long)src->size, (unsigned long long)n, (unsigned long long)offset);
    return n ? src->read(src, offset, to, n, s) : 0;
}

void tfg_blob_close(TfgBlob *src)
{
    if (!src)
        return;
    if (src->close)
        src->close(src);
    tfg_free(src->name);
    tfg_free(src);
}

/* ---- drafts ---- */

#define DRAFT_BUFFER (256u << 10)

typedef struct FileDraft {
    TfgDraft base;
    int fd;
    char *path, *temporary;     /* temporary is NULL once it has moved */
    char *buffer;
    size_t buffered;
} FileDraft;

static int write_out(FileDraft *f, const char *p, size_t n, TfgStatus *s)
{
    while (n > 0) {
        ssize_t done = write(f->fd, p, n < 1u << 30 ? n : 1u << 30);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return tfg_fail_errno(s, f->path, errno);
        p += done;
        n -= (size_t)done;
    }
    return 0;
}

static int flush_draft(FileDraft *f, TfgStatus *s)
{
    size_t n = f->buffered;
    f->buffered = 0;
    return write_out(f, f->buffer, n, s);
}

static int write_file_draft(TfgDraft *draft, const void *data, size_t n, TfgStatus *s)
{
    FileDraft *f = (FileDraft *)draft;
    if (n > DRAFT_BUFFER - f->buffered && flush_draft(f, s) < 0)
        return -1;
    if (n >= DRAFT_BUFFER)
        return write_out(f, data, n, s);
    memcpy(f->buffer + f->buffered, data, n);
    f->buffered += n;
    return 0;
}

/* PYTFGRAPH_FSYNC=0 leaves it to the system when data reaches the disk: a crash of the machine, not of the program, may then cost it. */
static bool syncs(void)
{
    const char *value = getenv("PYTFGRAPH_FSYNC");
    return !value || strcmp(value, "0") != 0;
}

static int sync_file_draft(TfgDraft *draft, TfgStatus *s)
{
    FileDraft *f = (FileDraft *)draft;
    if (flush_draft(f, s) < 0)
        return -1;
    /* Some file systems know no sync; there is nothing to be gained from failing then. */
    if (syncs() && fsync(f->fd) < 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP)
        return tfg_fail_errno(s, f->path, errno);
    return 0;
}

static void close_file_draft(TfgDraft *draft)
{
    FileDraft *f = (FileDraft *)draft;
    if (f->fd >= 0)
        close(f->fd);
    if (f->temporary)
        unlink(f->temporary);
    tfg_free(f->temporary);
    tfg_free(f->path);
    tfg_free(f->buffer);
}

static int open_temporary(FileDraft *f, TfgStatus *s)
{
    for (int tries = 0; tries < 100; tries++) {
        TfgStr name = TFG_STR_INIT;
        tfg_str_printf(&name, "%s.tempstate%llu", f->path, (unsigned long long)tfg_random_device());
        if (name.failed) {
            tfg_str_fini(&name);
            return tfg_fail_memory(s);
        }
        f->fd = open(name.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (f->fd >= 0) {
            f->temporary = tfg_str_steal(&name);
            return 0;
        }
        int number = errno;
        tfg_str_fini(&name);
        if (number != EEXIST)
            return tfg_fail_errno(s, f->path, number);
    }
    return tfg_fail_errno(s, f->path, EEXIST);
}

TfgDraft *tfg_draft_create(const char *path, TfgStatus *s)
{
    FileDraft *f = tfg_calloc(1, sizeof *f);
    if (!f) {
        tfg_fail_memory(s);
        return NULL;
    }
    f->fd = -1;
    f->base.write = write_file_draft;
    f->base.sync = sync_file_draft;
    f->base.close = close_file_draft;
    f->path = tfg_strdup(path);
    f->buffer = tfg_alloc(DRAFT_BUFFER);
    if (!f->path || !f->buffer)
        tfg_fail_memory(s);
    else if (open_temporary(f, s) == 0)
        return &f->base;
    tfg_draft_close(&f->base);
    return NULL;
}

typedef struct MemoryDraft {
    TfgDraft base;
    TfgStr *out;
} MemoryDraft;

static int write_memory_draft(TfgDraft *draft, const void *data, size_t n, TfgStatus *s)
{
    TfgStr *out = ((MemoryDraft *)draft)->out;
    tfg_str_append(out, data, n);
    return out->failed ? tfg_fail_memory(s) : 0;
}

TfgDraft *tfg_draft_memory(TfgStr *out, TfgStatus *s)
{
    MemoryDraft *m = tfg_calloc(1, sizeof *m);
    if (!m) {
        tfg_fail_memory(s);
        return NULL;
    }
    m->base.write = write_memory_draft;
    m->out = out;
    return &m->base;
}

int tfg_draft_write(TfgDraft *draft, const void *data, size_t n, TfgStatus *s)
{
    if (n == 0)
        return 0;
    draft->written += n;
    return draft->write(draft, data, n, s);
}

int tfg_draft_sync(TfgDraft *draft, TfgStatus *s)
{
    return draft->sync ? draft->sync(draft, s) : 0;
}

const char *tfg_draft_path(const TfgDraft *draft)
{
    return draft->close == close_file_draft ? ((const FileDraft *)draft)->path : "";
}

int tfg_draft_move(TfgDraft *draft, const char *path, TfgStatus *s)
{
    if (draft->close != close_file_draft)
        return 0;
    FileDraft *f = (FileDraft *)draft;
    if (rename(f->temporary, path) < 0)
        return tfg_fail_errno(s, path, errno);
    tfg_free(f->temporary);
    f->temporary = NULL;
    return 0;
}

void tfg_draft_close(TfgDraft *draft)
{
    if (!draft)
        return;
    if (draft->close)
        draft->close(draft);
    tfg_free(draft);
}

int tfg_draft_finish_steal(TfgDraft *draft, TfgStatus *s)
{
    int rc = tfg_draft_sync(draft, s) < 0 || tfg_draft_move(draft, tfg_draft_path(draft), s) < 0 ? -1 : 0;
    tfg_draft_close(draft);
    return rc;
}
