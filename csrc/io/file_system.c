/* What stands in folders: whether, what fits a pattern, moving and removing. */
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
#include "base/status.h"
#include "io/file.h"

bool tfg_file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

bool tfg_file_is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int tfg_file_rename(const char *from, const char *to, TfgStatus *s)
{
    return rename(from, to) < 0 ? tfg_fail_errno(s, from, errno) : 0;
}

int tfg_file_delete(const char *path, TfgStatus *s)
{
    return unlink(path) < 0 ? tfg_fail_errno(s, path, errno) : 0;
}

int tfg_file_make_folder(const char *path, TfgStatus *s)
{
    if (*path == 0 || mkdir(path, 0777) == 0 || errno == EEXIST)
        return 0;
    return tfg_fail_errno(s, path, errno);
}

void tfg_file_folder_of(const char *path, TfgStr *out)
{
    const char *slash = strrchr(path, '/');
    tfg_str_clear(out);
    if (slash)
        tfg_str_append(out, path, slash == path ? 1 : (size_t)(slash - path));
}

int tfg_file_sync_folder(const char *folder, TfgStatus *s)
{
    const char *value = getenv("PYTFGRAPH_FSYNC");
    if (value && strcmp(value, "0") == 0)
        return 0;
    int fd = open(*folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
    if (fd < 0)
        return errno == EACCES ? 0 : tfg_fail_errno(s, folder, errno);      /* a folder may be written to and not read */
    if (fsync(fd) < 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP && errno != EBADF)
        rc = tfg_fail_errno(s, folder, errno);
    close(fd);
    return rc;
}

int tfg_file_write(const char *path, const void *data, size_t n, TfgStatus *s)
{
    TfgDraft *draft = tfg_draft_create(path, s);
    if (!draft)
        return -1;
    if (tfg_draft_write(draft, data, n, s) < 0) {
        tfg_draft_close(draft);
        return -1;
    }
    return tfg_draft_finish_steal(draft, s);
}

int tfg_file_read(const char *path, uint64_t limit, TfgStr *out, TfgStatus *s)
{
    TfgBlob *src = tfg_blob_open(path, s);
    if (!src)
        return -1;
    int rc = -1;
    if (src->size > limit) {
        tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "%s has %llu bytes, more than %llu", path, (unsigned long long)src->size,
                 (unsigned long long)limit);
    } else {
        char *data = tfg_alloc((size_t)src->size + 1);
        if (!data)
            tfg_fail_memory(s);
        else if ((rc = tfg_blob_read(src, 0, data, (size_t)src->size, s)) == 0) {
            data[src->size] = 0;
            tfg_str_fini(out);
            *out = (TfgStr){.data = data, .n = (size_t)src->size, .capacity = (size_t)src->size + 1};
            data = NULL;
        }
        tfg_free(data);
    }
    tfg_blob_close(src);
    return rc;
}

/* ---- patterns ---- */

typedef struct Found {
    char **paths;
    size_t n, capacity;
} Found;

void tfg_file_free_paths(char **paths, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tfg_free(paths[i]);
    tfg_free(paths);
}

static int add_path(Found *f, const char *path, TfgStatus *s)
{
    char *copy = tfg_strdup(path);
    if (!copy || tfg_grow((void **)&f->paths, &f->capacity, f->n + 1, sizeof *f->paths) < 0) {
        tfg_free(copy);
        return tfg_fail_memory(s);
    }
    f->paths[f->n++] = copy;
    return 0;
}

/* Goes through the entries of `folder` that fit the first part of `pattern`, and with the rest of it into those that are folders.
 * Depth is the pattern's number of parts. */
static int match_in(const char *folder, const char *pattern, Found *f, bool must_exist, TfgStatus *s)
{
    const char *slash = strchr(pattern, '/');
    size_t n = slash ? (size_t)(slash - pattern) : strlen(pattern);
    DIR *dir = opendir(folder);
    if (!dir)
        return must_exist ? tfg_fail_errno(s, folder, errno) : 0;
    char *part = tfg_strndup(pattern, n);
    int rc = part ? 0 : tfg_fail_memory(s);
    struct dirent *entry;
    while (rc == 0 && (entry = readdir(dir))) {
        TfgStr path = TFG_STR_INIT;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || fnmatch(part, entry->d_name, 0) != 0)
            continue;
        tfg_str_printf(&path, "%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/", entry->d_name);
        if (path.failed)
            rc = tfg_fail_memory(s);
        else if (!slash)
            rc = add_path(f, path.data, s);
        else if (tfg_file_is_folder(path.data))
            rc = match_in(path.data, slash + 1, f, false, s);
        tfg_str_fini(&path);
    }
    tfg_free(part);
    closedir(dir);
    return rc;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int tfg_file_match(const char *pattern, char ***paths, size_t *n, TfgStatus *s)
{
    Found f = {NULL, 0, 0};
    size_t fixed = strcspn(pattern, "*?[\\");
    while (fixed > 0 && pattern[fixed - 1] != '/')
        fixed--;                /* the folder, up to and with its slash */
    if (!pattern[fixed])        /* "" or "folder/" names no file */
        fixed = 0;
    char *folder = fixed ? tfg_strndup(pattern, fixed > 1 ? fixed - 1 : 1) : tfg_strdup(".");
    if (strlen(pattern) > 4096 || !folder) {
        tfg_free(folder);
        return folder ? tfg_fail_errno(s, pattern, ENAMETOOLONG) : tfg_fail_memory(s);
    }
    int rc = *pattern && pattern[strlen(pattern) - 1] != '/' ? match_in(folder, pattern + fixed, &f, true, s) : 0;
    tfg_free(folder);
    if (rc < 0) {
        tfg_file_free_paths(f.paths, f.n);
        return -1;
    }
    if (f.n)
        qsort(f.paths, f.n, sizeof *f.paths, by_text);
    *paths = f.paths;
    *n = f.n;
    return 0;
}
