/* Lookup tables: the map beneath, its order, and tables that several threads and sessions use at once. */
#include <pthread.h>

#include "graph_test.h"
#include "kernels/lookup_map.h"
#include "runtime/session.h"

static int add_key(TfgLookupMap *m, int64_t key, int64_t value)
{
    TfgStatus s = TFG_STATUS_INIT;
    bool added;
    int64_t pair = tfg_lookup_map_add(m, &key, &value, &added, &s);
    tfg_status_fini(&s);
    return pair < 0 ? -1 : added;
}

TEST(map_finds_what_was_added)
{
    TfgLookupMap m;
    tfg_lookup_map_init(&m, TFG_INT64, TFG_INT64, 1);
    int64_t absent = 5;
    CHECK_EQ_INT(tfg_lookup_map_find(&m, &absent), -1);
    for (int64_t i = 0; i < 5000; i++)
        CHECK_EQ_INT(add_key(&m, i * i * 7919 - 100, i), 1);
    for (int64_t i = 0; i < 5000; i++) {
        int64_t key = i * i * 7919 - 100;
        CHECK_EQ_INT(add_key(&m, key, -1), 0);
        CHECK_EQ_INT(*(int64_t *)tfg_lookup_map_value(&m, tfg_lookup_map_find(&m, &key)), i);
    }
    CHECK_EQ_INT(tfg_lookup_map_find(&m, &absent), -1);
    CHECK_EQ_INT(m.n, 5000);
    tfg_lookup_map_fini(&m);
}

TEST(map_of_strings)
{
    TfgLookupMap m;
    TfgStatus s = TFG_STATUS_INIT;
    tfg_lookup_map_init(&m, TFG_STRING, TFG_STRING, 2);
    TfgString keys[] = {{(char[]){"a"}, 1}, {NULL, 0}, {(char[]){"a\0b"}, 3}};
    TfgString values[] = {{(char[]){"x"}, 1}, {NULL, 0}};
    for (int i = 0; i < 3; i++)
        CHECK_EQ_INT(tfg_lookup_map_add(&m, &keys[i], values, NULL, &s), i);
    for (int i = 0; i < 3; i++)
        CHECK_EQ_INT(tfg_lookup_map_find(&m, &keys[i]), i);
    tfg_lookup_map_fini(&m);
}

/* What TensorFlow 1.12.3 exports after these keys. */
TEST(order)
{
    static const int64_t came[] = {-5, 3, -11, 11, 22, 0, -1}, wanted[] = {-1, -11, 3, 0, 22, 11, -5};
    TfgLookupMap m;
    TfgStatus s = TFG_STATUS_INIT;
    int64_t order[7];
    tfg_lookup_map_init(&m, TFG_INT64, TFG_INT64, 1);
    CHECK_EQ_INT(tfg_lookup_map_order(&m, order, &s), 0);
    for (int i = 0; i < 7; i++)
        add_key(&m, came[i], 0);
    CHECK_EQ_INT(tfg_lookup_map_order(&m, order, &s), 0);
    for (int i = 0; i < 7; i++)
        CHECK_EQ_INT(came[order[i]], wanted[i]);
    tfg_lookup_map_fini(&m);
}

/* Whatever the keys, the order is of all pairs, each once; and a map that was cleared starts with the size it had. */
TEST(order_is_a_permutation)
{
    TfgLookupMap m;
    TfgStatus s = TFG_STATUS_INIT;
    tfg_lookup_map_init(&m, TFG_INT64, TFG_INT64, 1);
    for (int round = 0; round < 3; round++) {
        int64_t n = round == 1 ? 30 : 3000;
        int64_t *order = tfg_alloc((size_t)n * sizeof *order);
        bool *seen = tfg_calloc((size_t)n, 1);
        for (int64_t i = 0; i < n; i++)
            add_key(&m, round == 2 ? i * 11 : i * i * i - 50, i);
        CHECK_EQ_INT(tfg_lookup_map_order(&m, order, &s), 0);
        for (int64_t i = 0; i < n; i++) {
            CHECK(order[i] >= 0 && order[i] < n && !seen[order[i]]);
            seen[order[i]] = true;
        }
        tfg_free(order);
        tfg_free(seen);
        CHECK_EQ_INT(m.growth, round == 0 ? 0 : 8);
        TfgLookupMap next;
        tfg_lookup_map_init_after(&next, &m);
        tfg_lookup_map_fini(&m);
        m = next;
    }
    tfg_lookup_map_fini(&m);
}

/* ---- Threads ------------------------------------------------------------------------------------------------------------------------- */

#define THREADS 6
#define STEPS 150
#define KEYS 64

typedef struct Table {
    TfgGraph *graph;
    TfgOutput keys, values, found, size, exported;
    TfgOp *insert, *import;
} Table;

static Table make_table(bool dense)
{
    TfgStatus s = TFG_STATUS_INIT;
    static const TfgDims scalar = {.rank = 0};
    int64_t unknown = -1, zero = 0;
    Table t = {.graph = tfg_graph_new(&s)};
    t.keys = placeholder(t.graph, "keys", TFG_INT64, 1, &unknown, &s);
    t.values = placeholder(t.graph, "values", TFG_INT64, 1, &unknown, &s);
    TfgTensor *none = tfg_tensor_new_scalar(TFG_INT64, &(int64_t){-1}, &s), *empty = tfg_tensor_new_scalar(TFG_INT64, &zero, &s);
    TfgOutput otherwise = tfg_graph_constant(t.graph, none, "none", &s), empty_key = tfg_graph_constant(t.graph, empty, "empty", &s);
    tfg_tensor_unref(none);
    tfg_tensor_unref(empty);
    TfgNamedAttr attrs[] = {{"value_dtype", TFG_A_TYPE(TFG_INT64)}, {"initial_num_buckets", TFG_A_INT(4)}, {"value_shape", TFG_A_SHAPE(&scalar)}};
    TfgNamedAttr types[] = {{"key_dtype", TFG_A_TYPE(TFG_INT64)}, {"value_dtype", TFG_A_TYPE(TFG_INT64)}};
    TfgOutput h = out(dense ? tfg_graph_make(t.graph, "MutableDenseHashTableV2", "t", &empty_key, 1, attrs, 3, &s)
                            : tfg_graph_make(t.graph, "MutableHashTableV2", "t", NULL, 0, types, 2, &s), 0);
    t.found = out(tfg_graph_make(t.graph, "LookupTableFindV2", "find", (TfgOutput[]){h, t.keys, otherwise}, 3, NULL, 0, &s), 0);
    t.insert = tfg_graph_make(t.graph, "LookupTableInsertV2", "insert", (TfgOutput[]){h, t.keys, t.values}, 3, NULL, 0, &s);
    t.import = tfg_graph_make(t.graph, "LookupTableImportV2", "import", (TfgOutput[]){h, t.keys, t.values}, 3, NULL, 0, &s);
    TfgNamedAttr both[] = {{"Tkeys", TFG_A_TYPE(TFG_INT64)}, {"Tvalues", TFG_A_TYPE(TFG_INT64)}};
    t.exported = out(tfg_graph_make(t.graph, "LookupTableExportV2", "export", &h, 1, both, 2, &s), 1);
    t.size = out(make1(t.graph, "LookupTableSizeV2", "size", h, &s), 0);
    return t;
}

typedef struct Work {
    const Table *table;
    TfgSession *session;
    int number, wrong;
} Work;

static TfgTensor *numbers(int64_t n, int64_t first, int64_t factor)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *t = tfg_tensor_new(TFG_INT64, 1, &n, &s);
    for (int64_t i = 0; i < n; i++)
        ((int64_t *)t->data)[i] = (first + i) * factor;
    return t;
}

/* A key's value is the key times a number of the writer's; every reader finds such a value or none. */
static void *use(void *arg)
{
    Work *w = arg;
    const Table *t = w->table;
    TfgTensor *keys = numbers(KEYS, 1, 1), *values = numbers(KEYS, 1, w->number + 1);
    for (int step = 0; step < STEPS; step++) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgTensor *got = NULL;
        TfgOp *insert = t->insert;
        int rc;
        if (step % 3 == 0)
            rc = tfg_session_run(w->session, (TfgOutput[]){t->keys, t->values}, (TfgTensor *[]){keys, values}, 2, NULL, NULL, 0, &insert, 1, &s);
        else
            rc = tfg_session_run(w->session, &t->keys, &keys, step % 3 == 1, step % 3 == 1 ? &t->found : &t->exported, &got, 1, NULL, 0, &s);
        for (int64_t i = 0; step % 3 == 1 && got && i < KEYS; i++) {
            int64_t v = ((int64_t *)got->data)[i];
            w->wrong += v != -1 && (v % (i + 1) != 0 || v / (i + 1) < 1 || v / (i + 1) > THREADS);
        }
        w->wrong += rc < 0;
        tfg_tensor_unref(got);
        tfg_status_fini(&s);
    }
    tfg_tensor_unref(keys);
    tfg_tensor_unref(values);
    return NULL;
}

static void many_threads(bool dense, int *wrong, int64_t sizes[2])
{
    TfgStatus s = TFG_STATUS_INIT;
    Table t = make_table(dense);
    TfgSession *sessions[2] = {tfg_session_open(t.graph, "", NULL, &s), tfg_session_open(t.graph, "", NULL, &s)};
    Work work[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        work[i] = (Work){&t, sessions[i % 2], i, 0};
        pthread_create(&threads[i], NULL, use, &work[i]);
    }
    *wrong = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        *wrong += work[i].wrong;
    }
    for (int i = 0; i < 2; i++) {
        TfgTensor *got = NULL;
        *wrong += tfg_session_run(sessions[i], NULL, NULL, 0, &t.size, &got, 1, NULL, 0, &s) < 0;
        sizes[i] = got ? *(int64_t *)got->data : -1;
        tfg_tensor_unref(got);
        tfg_session_unref(sessions[i]);
    }
    tfg_graph_unref(t.graph);
}

TEST(threads)
{
    for (int dense = 0; dense < 2; dense++) {
        int wrong;
        int64_t sizes[2];
        many_threads(dense, &wrong, sizes);
        CHECK_EQ_INT(wrong, 0);
        CHECK_EQ_INT(sizes[0], KEYS);
        CHECK_EQ_INT(sizes[1], KEYS);
    }
}

/* A table lives as long as its session. */
TEST(tables_end_with_their_session)
{
    TfgStatus s = TFG_STATUS_INIT;
    for (int dense = 0; dense < 2; dense++) {
        Table t = make_table(dense);
        int64_t before = 0;
        for (int round = 0; round < 3; round++) {
            TfgSession *session = tfg_session_open(t.graph, "", NULL, &s);
            TfgTensor *keys = numbers(1000, 1, 1);
            CHECK_EQ_INT(tfg_session_run(session, (TfgOutput[]){t.keys, t.values}, (TfgTensor *[]){keys, keys}, 2, NULL, NULL, 0, &t.insert, 1, &s), 0);
            tfg_tensor_unref(keys);
            tfg_session_unref(session);
            if (round == 1)
                before = tfg_alloc_live();
        }
        CHECK_EQ_INT(tfg_alloc_live(), before);
        tfg_graph_unref(t.graph);
    }
}

