/* fork() leaves a usable child, also while other threads are inside runs.  Before it, every session's lists are brought to rest; in
 * the child locks that threads of the parent may have held are made anew, and their steps are forgotten. */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "runtime/local.h"

static struct {
    pthread_mutex_t lock;
    TfgSession *first;
} watched = {.lock = PTHREAD_MUTEX_INITIALIZER};

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A graph's lock may be held for long, by a thread that itself waits for the one that forks (a device function waiting for an
 * interpreter); so this waits only a little.  The child makes the lock anew in any case. */
static bool hold_graph(TfgGraph *g)
{
    for (int i = 0; i < 500; i++) {
        if (tfg_graph_trylock(g))
            return true;
        usleep(100);
    }
    return false;
}

static void prepare(void)
{
    pthread_mutex_lock(&watched.lock);
    for (TfgSession *s = watched.first; s; s = s->next_watched)
        s->graph_held = hold_graph(s->graph);
    for (TfgSession *s = watched.first; s; s = s->next_watched) {
        pthread_mutex_lock(&s->lock);
        tfg_resources_hold(s->resources);
    }
    tfg_kernels_hold();
}

static void parent(void)
{
    tfg_kernels_let_go();
    for (TfgSession *s = watched.first; s; s = s->next_watched) {
        tfg_resources_let_go(s->resources);
        pthread_mutex_unlock(&s->lock);
        if (s->graph_held)
            tfg_graph_unlock(s->graph);
    }
    pthread_mutex_unlock(&watched.lock);
}

static void child(void)
{
    tfg_kernels_let_go();
    for (TfgSession *s = watched.first; s; s = s->next_watched) {
        tfg_resources_after_fork(s->resources);
        pthread_mutex_init(&s->lock, NULL);
        tfg_graph_after_fork(s->graph);
        s->running = NULL;
    }
    pthread_mutex_init(&watched.lock, NULL);
}

static void install(void)
{
    pthread_atfork(prepare, parent, child);
}

void tfg_fork_watch(TfgSession *session)
{
    pthread_once(&once, install);
    pthread_mutex_lock(&watched.lock);
    session->watched = true;
    session->prev_watched = NULL;
    session->next_watched = watched.first;
    if (watched.first)
        watched.first->prev_watched = session;
    watched.first = session;
    pthread_mutex_unlock(&watched.lock);
}

void tfg_fork_forget(TfgSession *session)
{
    if (!session->watched)
        return;
    pthread_mutex_lock(&watched.lock);
    *(session->prev_watched ? &session->prev_watched->next_watched : &watched.first) = session->next_watched;
    if (session->next_watched)
        session->next_watched->prev_watched = session->prev_watched;
    session->watched = false;
    pthread_mutex_unlock(&watched.lock);
}

TfgSession *tfg_session_nth_open(int n)
{
    TfgSession *found = NULL;
    pthread_mutex_lock(&watched.lock);
    for (TfgSession *s = watched.first; s && !found; s = s->next_watched) {
        int64_t refs = atomic_load(&s->refs);
        while (refs > 0 && !atomic_load(&s->closed) && !found)          /* one without references is on its way out */
            if (n > 0) {
                n--;
                break;
            } else if (atomic_compare_exchange_weak(&s->refs, &refs, refs + 1)) {
                found = s;
            }
    }
    pthread_mutex_unlock(&watched.lock);
    return found;
}

TfgSession *tfg_session_next_open(void) { return tfg_session_nth_open(0); }
