/* Threads: many sessions and one session at once, building while running, closing while running, and fork() in between. */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "graph_test.h"
#include "runtime/plan.h"
#include "runtime/session.h"

#define THREADS 8
#define STEPS 200

typedef struct Work {
    TfgGraph *graph;
    TfgSession *session;        /* NULL: one of its own */
    TfgOutput feed, fetch;
    TfgOp *target;
    int wrong;
} Work;

static float run_once(TfgSession *session, TfgOutput feed, float v, TfgOutput fetch, int *wrong)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *fed = tfg_tensor_new_scalar(TFG_FLOAT, &v, &s), *got = NULL;
    if (tfg_session_run(session, &feed, &fed, 1, &fetch, &got, 1, NULL, 0, &s) < 0)
        (*wrong)++;
    float result = got ? *(float *)got->data : -1e30f;
    tfg_status_fini(&s);
    tfg_tensor_unref(got);
    tfg_tensor_unref(fed);
    return result;
}

/* y = tanh-free arithmetic: ((x * 2 + 1) * 2 + 1) ... ten times */
static TfgOutput chain(TfgGraph *g, TfgOutput x, TfgStatus *s)
{
    TfgOutput two = float_const(g, NULL, 2, s), one = float_const(g, NULL, 1, s);
    for (int i = 0; i < 10; i++)
        x = out(make2(g, "Add", NULL, out(make2(g, "Mul", NULL, x, two, s), 0), one, s), 0);
    return x;
}

static void *run_many(void *arg)
{
    Work *w = arg;
    TfgStatus s = TFG_STATUS_INIT;
    TfgSession *session = w->session ? w->session : tfg_session_open(w->graph, "", NULL, &s);
    for (int i = 0; i < STEPS; i++)
        if (run_once(session, w->feed, (float)i, w->fetch, &w->wrong) != (float)i * 1024 + 1023)
            w->wrong++;
    if (!w->session)
        tfg_session_unref(session);
    return NULL;
}

TEST(eight_threads)
{
    for (int shared = 0; shared < 2; shared++) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgGraph *g = tfg_graph_new(&s);
        TfgOutput x = placeholder(g, "x", TFG_FLOAT, 0, NULL, &s), y = chain(g, x, &s);
        TfgSession *session = shared ? tfg_session_open(g, "", NULL, &s) : NULL;
        Work work[THREADS];
        pthread_t threads[THREADS];
        for (int i = 0; i < THREADS; i++) {
            work[i] = (Work){.graph = g, .session = session, .feed = x, .fetch = y};
            pthread_create(&threads[i], NULL, run_many, &work[i]);
        }
        for (int i = 0; i < THREADS; i++) {
            pthread_join(threads[i], NULL);
            CHECK_EQ_INT(work[i].wrong, 0);
        }
        tfg_session_unref(session);
        tfg_graph_unref(g);
    }
}

static void *build_and_run(void *arg)
{
    Work *w = arg;
    TfgStatus s = TFG_STATUS_INIT;
    for (int i = 0; i < 30; i++) {
        TfgOutput y = chain(w->graph, w->feed, &s);
        if (!y.op || run_once(w->session, w->feed, 3, y, &w->wrong) != 3 * 1024 + 1023)
            w->wrong++;
    }
    tfg_status_fini(&s);
    return NULL;
}

TEST(building_and_running)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, 0, NULL, &s);
    TfgSession *session = tfg_session_open(g, "", NULL, &s);
    Work work[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        work[i] = (Work){.graph = g, .session = session, .feed = x};
        pthread_create(&threads[i], NULL, build_and_run, &work[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        CHECK_EQ_INT(work[i].wrong, 0);
    }
    tfg_session_unref(session);
    tfg_graph_unref(g);
}

static void *count_up(void *arg)
{
    Work *w = arg;
    TfgStatus s = TFG_STATUS_INIT;
    for (int i = 0; i < STEPS; i++)
        if (tfg_session_run(w->session, NULL, NULL, 0, NULL, NULL, 0, &w->target, 1, &s) < 0)
            w->wrong++;
    tfg_status_fini(&s);
    return NULL;
}

/* AssignAdd holds the variable's lock, so no step is lost. */
TEST(one_variable)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput v = ref_variable(g, "v", &s), one = float_const(g, "one", 1, &s);
    TfgOp *init = make2(g, "Assign", "init", v, float_const(g, "zero", 0, &s), &s), *add = make2(g, "AssignAdd", "add", v, one, &s);
    TfgSession *session = tfg_session_open(g, "", NULL, &s);
    CHECK_EQ_INT(tfg_session_run(session, NULL, NULL, 0, NULL, NULL, 0, &init, 1, &s), 0);
    Work work[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        work[i] = (Work){.session = session, .target = add};
        pthread_create(&threads[i], NULL, count_up, &work[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        CHECK_EQ_INT(work[i].wrong, 0);
    }
    TfgTensor *got;
    CHECK_EQ_INT(tfg_session_run(session, NULL, NULL, 0, &v, &got, 1, NULL, 0, &s), 0);
    CHECK(*(float *)got->data == 4 * STEPS);
    tfg_tensor_unref(got);
    tfg_session_unref(session);
    tfg_graph_unref(g);
}

/* A child forked while another thread runs steps can run the same session, and sessions of its own. */
TEST(fork_while_running)
{
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    return;                     /* TSan takes a child's missing threads for leaked ones; ASan's own locks are not at rest in a child */
#endif
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOutput x = placeholder(g, "x", TFG_FLOAT, 0, NULL, &s), y = chain(g, x, &s);
    TfgSession *session = tfg_session_open(g, "", NULL, &s);
    Work work[3];
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        work[i] = (Work){.graph = g, .session = i ? session : NULL, .feed = x, .fetch = y};
        pthread_create(&threads[i], NULL, run_many, &work[i]);
    }
    for (int k = 0; k < 10; k++) {
        pid_t child = fork();
        if (child == 0) {
            alarm(20);
            int wrong = 0;
            float a = run_once(session, x, 5, y, &wrong);
            TfgOutput more = chain(g, x, &s);
            TfgSession *own = tfg_session_open(g, "", NULL, &s);
            float b = own ? run_once(own, x, 6, more, &wrong) : 0;
            _exit(wrong || a != 5 * 1024 + 1023 || b != 6 * 1024 + 1023);
        }
        int status = -1;
        waitpid(child, &status, 0);
        CHECK_EQ_INT(status, 0);
        usleep(500);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        CHECK_EQ_INT(work[i].wrong, 0);
    }
    tfg_session_unref(session);
    tfg_graph_unref(g);
}

TEST(closing_while_running)
{
    for (int k = 0; k < 20; k++) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgGraph *g = tfg_graph_new(&s);
        TfgOutput v = ref_variable(g, "v", &s);
        TfgOp *init = make2(g, "Assign", "init", v, float_const(g, "zero", 0, &s), &s);
        TfgSession *session = tfg_session_open(g, "", NULL, &s);
        Work work[2];
        pthread_t threads[2];
        for (int i = 0; i < 2; i++) {
            work[i] = (Work){.session = session, .target = init};
            pthread_create(&threads[i], NULL, count_up, &work[i]);
        }
        usleep(200);
        CHECK_EQ_INT(tfg_session_close(session, &s), 0);
        for (int i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        tfg_session_unref(session);
        tfg_graph_unref(g);
    }
}
