/* GraphDefs that TensorFlow 1.12.3 wrote (tests/golden/io/graphs), read and written again, whole, broken, and without memory. */
#include <dirent.h>

#include "../fuzz/fuzz_messages.h"
#include "../fuzz/mutate.h"
#include "base/memory.h"
#include "test.h"

enum { MAX_FILES = 500 };

typedef struct File { char name[64]; uint8_t *data; size_t n; } File;

static File *read_files(const char *where, const char *end, int *n)
{
    char folder[1024], path[2048];
    snprintf(folder, sizeof folder, "%s/tests/c%s", TFG_CHECKOUT, where);
    DIR *dir = opendir(folder);
    File *files = calloc(MAX_FILES, sizeof *files);
    *n = 0;
    for (struct dirent *e; dir && files && (e = readdir(dir)) && *n < MAX_FILES;) {
        size_t length = strlen(e->d_name);
        if (length < 4 || length > 60 || e->d_name[0] == '.' || strcmp(e->d_name + length - strlen(end), end) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        FILE *f = fopen(path, "rb");
        File *file = &files[(*n)++];
        snprintf(file->name, sizeof file->name, "%s", e->d_name);
        file->data = malloc(1 << 20);
        file->n = f && file->data ? fread(file->data, 1, 1 << 20, f) : 0;
        if (f)
            fclose(f);
    }
    if (dir)
        closedir(dir);
    return files;
}

static File *read_golden(int *n)
{
    return read_files("/../golden/io/graphs", ".pb", n);
}

static void free_golden(File *files, int n)
{
    for (int i = 0; i < n; i++)
        free(files[i].data);
    free(files);
}

/* Definitions are parsed when first asked for, and kept: all of them, so that what is alive later can be compared. */
static void load_definitions(void)
{
    TfgStatus s = TFG_STATUS_INIT;
    int n = 0;
    tfg_graph_unref(tfg_graph_new(&s));         /* registers the families */
    const char **names = tfg_op_def_names(&n);
    for (int i = 0; i < n; i++)
        tfg_find_op_def(names[i]);
    tfg_free(names);
    tfg_status_fini(&s);
}

static const File *find(const File *files, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

/* What TensorFlow itself makes of a file when it reads and writes it: NAME.again.pb where that is not the file. */
static const File *expected(const File *files, int n, const File *file)
{
    char name[128];
    snprintf(name, sizeof name, "%.*s.again.pb", (int)(strlen(file->name) - 3), file->name);
    const File *again = find(files, n, name);
    return again ? again : file;
}

/* Our inference knows sizes there that 1.12.3's does not. */
static bool knows_more(const char *name)
{
    return strcmp(name, "gradients_array.pb") == 0 || strcmp(name, "more_ops.pb") == 0;
}

TEST(same_bytes)
{
    int n, compared = 0;
    File *files = read_golden(&n);
    CHECK(n > 20);
    for (int i = 0; i < n; i++) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgGraph *g = tfg_graph_new(&s);
        TfgStr out = TFG_STR_INIT;
        TfgImportOptions options = {.prefix = ""};
        CHECK_OK(g != NULL, s);
        tfg_graph_lock(g);
        int rc = tfg_graph_def_import(g, files[i].data, files[i].n, &options, NULL, NULL, NULL, &s);
        if (rc < 0 && s.code != TFG_NOT_FOUND)
            TEST_FAIL("%s: %s", files[i].name, s.message);
        tfg_status_fini(&s);
        CHECK_OK(tfg_graph_def_write(g, true, &out, &s) == 0, s);
        const File *want = expected(files, n, &files[i]);
        if (rc == 0 && !knows_more(files[i].name) && ++compared)
            if (out.n != want->n || memcmp(out.data, want->data, out.n) != 0)
                TEST_FAIL("%s: %zu bytes, not the %zu of %s", files[i].name, out.n, want->n, want->name);
        tfg_graph_unlock(g);
        tfg_str_fini(&out);
        tfg_graph_unref(g);
    }
    CHECK(compared > 20);       /* of some, operations may not be there yet */
    free_golden(files, n);
}

TEST(fixed_point)
{
    int n;
    File *files = read_golden(&n);
    for (int i = 0; i < n; i++)
        fuzz_graph(files[i].data, files[i].n);
    free_golden(files, n);
}

/* What libFuzzer found worth keeping (tests/fuzz/libfuzzer.sh). */
TEST(corpus)
{
    int n;
    File *files = read_files("/../fuzz/corpus/fuzz_graph", "", &n);
    CHECK(n > 100);
    for (int i = 0; i < n; i++)
        fuzz_graph(files[i].data, files[i].n);
    free_golden(files, n);
}

TEST(broken_graphs)
{
    static uint8_t room[65536];
    int n;
    load_definitions();
    File *files = read_golden(&n);
    int64_t live = tfg_alloc_live();
    for (int i = 0; i < n; i++) {
        for (uint64_t k = 0; files[i].n < sizeof room / 8 && k < 300; k++) {
            memcpy(room, files[i].data, files[i].n);
            size_t size = fuzz_mutate(room, files[i].n, sizeof room, k * 1000 + (uint64_t)i);
            fuzz_graph(room, size);
            if (tfg_alloc_live() != live)
                TEST_FAIL("%s, round %llu leaks", files[i].name, (unsigned long long)k);
        }
    }
    free_golden(files, n);
}

/* Constants that share one buffer, which nothing touches: 2 GB that take no memory. */
TEST(too_large)
{
    enum { PARTS = 8 };
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgStr out = TFG_STR_INIT;
    int64_t n = ((int64_t)1 << 28) / 4;
    CHECK_OK(g != NULL, s);
    TfgTensor *t = tfg_tensor_new(TFG_FLOAT, 1, &n, &s);
    CHECK_OK(t != NULL, s);
    tfg_graph_lock(g);
    for (int i = 0; i < PARTS; i++) {
        TfgNamedAttr attrs[] = {{"dtype", TFG_A_TYPE(TFG_FLOAT)}, {"value", TFG_A_TENSOR(t)}};
        CHECK_OK(tfg_graph_make(g, "Const", "c", NULL, 0, attrs, 2, &s) != NULL, s);
    }
    CHECK(tfg_graph_def_write(g, false, &out, &s) < 0);
    CHECK_STREQ(s.message, "GraphDef cannot be larger than 2GB.");
    CHECK_EQ_INT(s.code, TFG_VALUE_ERROR);
    CHECK_EQ_INT((int64_t)out.n, 0);
    tfg_status_fini(&s);
    tfg_str_fini(&out);
    tfg_graph_unlock(g);
    tfg_graph_unref(g);
    tfg_tensor_unref(t);
}

TEST(failing_allocations)
{
    int n;
    File *files = read_golden(&n);
    const File *file = find(files, n, "operators.pb");
    CHECK(file);
    load_definitions();
    int64_t live = tfg_alloc_live();
    for (int64_t k = 1;; k += 1 + k / 50) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgImportOptions options = {.prefix = "p"};
        TfgGraph *g = tfg_graph_new(&s);
        CHECK_OK(g != NULL, s);
        tfg_graph_lock(g);
        tfg_alloc_fail_at(k);
        int rc = tfg_graph_def_import(g, file->data, file->n, &options, NULL, NULL, NULL, &s);
        bool fired = tfg_alloc_failed();
        tfg_alloc_fail_at(0);
        if (rc < 0 && s.code != TFG_RESOURCE_EXHAUSTED)
            TEST_FAIL("allocation %lld: code %d %s", (long long)k, (int)s.code, s.message);
        CHECK(fired || rc == 0);
        tfg_status_fini(&s);
        tfg_graph_unlock(g);
        tfg_graph_unref(g);
        CHECK_EQ_INT(tfg_alloc_live(), live);
        if (!fired)
            break;
    }
    free_golden(files, n);
}
