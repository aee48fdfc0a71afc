/* Several threads: adding to one graph, and reading what is published while another adds. */
#include <pthread.h>

#include "graph_test.h"

#define N_THREADS 4
#define EACH 2000

typedef struct Worker {
    TfgGraph *g;
    int number;
    bool failed;
} Worker;

static void *add_chain(void *arg)
{
    Worker *w = arg;
    TfgStatus s = TFG_STATUS_INIT;
    const char *saved;
    char name[20];
    snprintf(name, sizeof name, "worker%d", w->number);
    if (!tfg_graph_enter_scope(w->g, name, &saved, &s))
        w->failed = true;
    TfgOutput x = float_const(w->g, "x", 1, &s);
    for (int i = 0; i < EACH && !w->failed; i++) {
        TfgOp *op = make2(w->g, "Add", NULL, x, x, &s);
        /* A scope is its thread's own. */
        w->failed = !op || strncmp(op->name, name, strlen(name)) != 0;
        x = (TfgOutput){op, 0};
    }
    tfg_graph_leave_scope(w->g, saved);
    return NULL;
}

static void *read_published(void *arg)
{
    Worker *w = arg;
    for (int32_t n = 0; n < N_THREADS * (EACH + 1) && !w->failed;) {
        int32_t now = tfg_graph_n_ops(w->g);
        w->failed = now < n;
        for (; n < now && !w->failed; n++) {
            const TfgOp *op = tfg_graph_op(w->g, n);
            w->failed = op->index != n || !op->name || !op->outputs[0].shape || op->attrs.n != op->def->n_attr;
        }
    }
    return NULL;
}

TEST(adding_and_reading)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    Worker workers[N_THREADS + 1];
    pthread_t threads[N_THREADS + 1];
    for (int i = 0; i <= N_THREADS; i++) {
        workers[i] = (Worker){g, i, false};
        CHECK(pthread_create(&threads[i], NULL, i < N_THREADS ? add_chain : read_published, &workers[i]) == 0);
    }
    for (int i = 0; i <= N_THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i <= N_THREADS; i++)
        CHECK(!workers[i].failed);
    CHECK_EQ_INT(tfg_graph_n_ops(g), N_THREADS * (EACH + 1));
    CHECK_OK(tfg_graph_check(g, &s) == 0, s);
    CHECK_STREQ(tfg_graph_name_scope(g), "");
    tfg_graph_unref(g);
}
