/* Rows of a database query as elements.  SQLite is opened at first use, so that nothing needs it but programs that read databases; there is
 * one of it in a process, and its functions are the table `sqlite`. */
#include <dlfcn.h>
#include <pthread.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"

/* ---- The library -------------------------------------------------------------------------------------------------------------------- */

enum { OK = 0, ROW = 100, DONE = 101, OPEN_READWRITE = 2, OPEN_CREATE = 4, OPEN_URI = 64, OPEN_PRIVATECACHE = 0x40000 };

typedef struct sqlite3 Database;
typedef struct sqlite3_stmt Statement;

static struct Sqlite {
    void *library;
    bool complete;
    int (*open)(const char *path, Database **db, int flags, const char *vfs);
    int (*close)(Database *db);
    int (*extended_codes)(Database *db, int on);
    int (*prepare)(Database *db, const char *sql, int n, Statement **statement, const char **rest);
    int (*step)(Statement *statement);
    int (*finalize)(Statement *statement);
    int (*column_count)(Statement *statement);
    int64_t (*column_int)(Statement *statement, int column);
    double (*column_double)(Statement *statement, int column);
    const void *(*column_blob)(Statement *statement, int column);
    int (*column_bytes)(Statement *statement, int column);
    const char *(*message)(Database *db);
    const char *(*words)(int code);
    const char *(*sql)(Statement *statement);
} sqlite;

#define LOAD(field, symbol) ((*(void **)&sqlite.field = dlsym(sqlite.library, "sqlite3_" symbol)) != NULL)

static void open_library(void)
{
    static const char *const names[] = {"libsqlite3.so.0", "libsqlite3.so"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !sqlite.library; i++)
        sqlite.library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    sqlite.complete = sqlite.library && LOAD(open, "open_v2") && LOAD(close, "close") && LOAD(extended_codes, "extended_result_codes") &&
                      LOAD(prepare, "prepare_v2") && LOAD(step, "step") && LOAD(finalize, "finalize") && LOAD(column_count, "column_count") &&
                      LOAD(column_int, "column_int64") && LOAD(column_double, "column_double") && LOAD(column_blob, "column_blob") &&
                      LOAD(column_bytes, "column_bytes") && LOAD(message, "errmsg") && LOAD(words, "errstr") && LOAD(sql, "sql");
}

static int need_library(TfgStatus *s)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_library);
    return sqlite.complete ? 0 : tfg_fail(s, TFG_UNIMPLEMENTED, "SqlDataset needs the library libsqlite3.so.0, which is not there");
}

static TfgCode code_of(int rc)
{
    switch (rc & 0xff) {
    case 4: return TFG_ABORTED;
    case 8: case 20: return TFG_FAILED_PRECONDITION;            /* read only; mismatch */
    case 2: case 21: return TFG_INTERNAL;                       /* internal; misuse */
    case 25: return TFG_OUT_OF_RANGE;                           /* range */
    case 12: case 14: case 19: case 26: return TFG_INVALID_ARGUMENT;    /* not found; cannot open; constraint; no database */
    case 11: return TFG_DATA_LOSS;                              /* corrupt */
    case 3: case 23: return TFG_PERMISSION_DENIED;              /* permission; authorization */
    case 13: case 18: case 22: return TFG_RESOURCE_EXHAUSTED;   /* full; too big; large files */
    case 5: case 6: case 7: case 15: return TFG_UNAVAILABLE;    /* busy; locked; memory; protocol */
    case 9: return TFG_CANCELLED;                               /* interrupt */
    default: return TFG_UNKNOWN;
    }
}

/* ---- The dataset -------------------------------------------------------------------------------------------------------------------- */

typedef struct Sql {
    TfgDataset base;
    char *path, *query;
    size_t query_n;
} Sql;

typedef struct SqlWalk {
    TfgWalk base;
    Database *db;
    Statement *statement;
    int64_t calls;              /* answered since the connection was opened */
    bool over;
} SqlWalk;

static void sql_fini(TfgDataset *d)
{
    tfg_free(((Sql *)d)->path);
    tfg_free(((Sql *)d)->query);
}

static void sql_end(TfgWalk *walk)
{
    SqlWalk *w = (SqlWalk *)walk;
    if (w->statement)
        sqlite.finalize(w->statement);
    if (w->db)
        sqlite.close(w->db);
}

static int connect(SqlWalk *w, TfgStatus *s)
{
    const Sql *d = (const Sql *)w->base.dataset;
    if (need_library(s) < 0)
        return -1;
    int rc = sqlite.open(d->path, &w->db, OPEN_READWRITE | OPEN_CREATE | OPEN_PRIVATECACHE | OPEN_URI, NULL);
    if (rc != OK) {
        sqlite.close(w->db);
        w->db = NULL;
        return tfg_fail(s, code_of(rc), "Sqlite::Open(%s) failed: %s", d->path, sqlite.words(rc));
    }
    sqlite.extended_codes(w->db, 1);
    return 0;
}

static int prepare(SqlWalk *w, TfgStatus *s)
{
    const Sql *d = (const Sql *)w->base.dataset;
    int rc = d->query_n > INT32_MAX ? 18 : sqlite.prepare(w->db, d->query, (int)d->query_n, &w->statement, NULL);
    if (rc != OK)
        return tfg_fail(s, code_of(rc), "Prepare() failed: [%d] %s: %s", rc, sqlite.message(w->db), d->query);
    int n = w->statement ? sqlite.column_count(w->statement) : 0;
    if (n == d->base.n)
        return 0;
    if (w->statement)
        sqlite.finalize(w->statement);
    w->statement = NULL;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "The number of columns in query (%d) must match the number of elements in output_types (%d).", n, d->base.n);
}

static TfgTensor *column(const SqlWalk *w, int i, TfgDType dtype, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(dtype, 0, NULL, s);
    if (!t)
        return NULL;
    int64_t x = dtype == TFG_STRING || dtype == TFG_DOUBLE ? 0 : sqlite.column_int(w->statement, i);
    const void *bytes;
    switch (dtype) {
    case TFG_INT8: *(int8_t *)t->data = (int8_t)x; return t;
    case TFG_UINT8: *(uint8_t *)t->data = (uint8_t)x; return t;
    case TFG_INT16: *(int16_t *)t->data = (int16_t)x; return t;
    case TFG_UINT16: *(uint16_t *)t->data = (uint16_t)x; return t;
    case TFG_INT32: *(int32_t *)t->data = (int32_t)x; return t;
    case TFG_INT64: *(int64_t *)t->data = x; return t;
    case TFG_BOOL: *(bool *)t->data = x != 0; return t;
    case TFG_DOUBLE: *(double *)t->data = sqlite.column_double(w->statement, i); return t;
    default:
        bytes = sqlite.column_blob(w->statement, i);            /* before its size is asked for */
        if (tfg_string_set(t->data, bytes ? bytes : "", bytes ? (size_t)sqlite.column_bytes(w->statement, i) : 0) == 0)
            return t;
        tfg_tensor_unref(t);
        tfg_fail_memory(s);
        return NULL;
    }
}

static int sql_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    (void)cancel;
    SqlWalk *w = (SqlWalk *)walk;
    if (w->over)
        return 0;
    if (!w->db && connect(w, s) < 0)
        return -1;
    if (!w->statement && prepare(w, s) < 0)
        return -1;
    int rc = sqlite.step(w->statement);
    if (rc != ROW && rc != DONE)
        return tfg_fail(s, code_of(rc), "Step() failed: [%d] %s: %s", rc, sqlite.message(w->db), sqlite.sql(w->statement));
    w->over = rc == DONE;
    w->calls++;
    for (int i = 0; i < walk->dataset->n && rc == ROW; i++)
        if (!(out[i] = column(w, i, walk->dataset->dtypes[i], s)))
            return -1;
    return rc == ROW;
}

/* The query is asked again, and the rows that were given are passed over. */
static int sql_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    SqlWalk *w = (SqlWalk *)walk;
    int64_t calls = w->calls;
    if (tfg_state_flag(t, "over", &w->over, s) < 0 || tfg_state_count(t, "next_calls", &calls, 0, INT64_MAX, s) < 0)
        return -1;
    if (!t->reads || w->over || calls == 0)
        return 0;
    TfgTensor **row = tfg_calloc((size_t)walk->dataset->n + 1, sizeof *row);
    int rc = row ? 1 : tfg_fail_memory(s);
    while (rc == 1 && w->calls < calls) {
        rc = tfg_walk_next(walk, row, t->cancel, s);
        tfg_tensors_drop(row, walk->dataset->n);
    }
    tfg_free(row);
    return rc < 0 ? -1 : 0;
}

static const TfgDatasetKind sql_kind = {"Sql", sizeof(Sql), sizeof(SqlWalk), sql_fini, NULL, sql_next, sql_end, sql_state};

/* ---- Making ------------------------------------------------------------------------------------------------------------------------- */

static int check_declared(const TfgAttrs *attrs, TfgStatus *s)
{
    const uint64_t known = TFG_BIT(TFG_STRING) | TFG_BIT(TFG_INT8) | TFG_BIT(TFG_INT16) | TFG_BIT(TFG_INT32) | TFG_BIT(TFG_INT64) | TFG_BIT(TFG_UINT8) |
                           TFG_BIT(TFG_UINT16) | TFG_BIT(TFG_BOOL) | TFG_BIT(TFG_DOUBLE);
    const TfgAttr *types = tfg_attrs_find(attrs, "output_types"), *shapes = tfg_attrs_find(attrs, "output_shapes");
    for (int i = 0; i < types->n; i++)
        if (types->list_type[i] > 63 || !(known & TFG_BIT(types->list_type[i])))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Each element of `output_types_` must be one of: DT_STRING, DT_INT8, DT_INT16, DT_INT32, DT_INT64, "
                            "DT_UINT8, DT_UINT16, DT_BOOL, DT_DOUBLE ");
    for (int i = 0; i < shapes->n; i++)
        if (!shapes->list_shape[i] || shapes->list_shape[i]->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Each element of `output_shapes_` must be a scalar.");
    return 0;
}

static int prepare_sql(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    return check_declared(p->attrs, s);
}

static const TfgString *text_argument(const TfgKernelCall *c, int i, const char *name, TfgStatus *s)
{
    if (c->in[i]->rank == 0)
        return c->in[i]->data;
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a scalar", name);
    return NULL;
}

static int run_sql(TfgKernelCall *c, TfgStatus *s)
{
    const TfgString *driver = text_argument(c, 0, "driver_name", s), *path = driver ? text_argument(c, 1, "data_source_name", s) : NULL;
    const TfgString *query = path ? text_argument(c, 2, "query", s) : NULL;
    if (!query)
        return -1;
    if (driver->n != 6 || memcmp(driver->data, "sqlite", 6) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The database type, %.*s, is not supported by SqlDataset. The set of supported databases is: {'sqlite'}.",
                        (int)(driver->n < 1000 ? driver->n : 1000), driver->data ? driver->data : "");
    Sql *d = tfg_dataset_new(&sql_kind, NULL, s);
    if (d) {
        d->path = tfg_strndup(path->data ? path->data : "", path->n);
        d->query = tfg_strndup(query->data ? query->data : "", query->n);
        d->query_n = query->n;
        if (!d->path || !d->query)
            tfg_fail_memory(s);
    }
    if (!d || !d->path || !d->query || tfg_dataset_declare_attrs(&d->base, c->attrs, "output_types", s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

static const TfgKernelRow rows[] = {{.op = "SqlDataset", .prepare = prepare_sql, .run = run_sql}};

int tfg_register_datasets_sql(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
