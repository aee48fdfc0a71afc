/* The calls of a session, whatever kind it is. */
#include "runtime/session.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/status.h"
#include "base/system.h"
#include "runtime/config.h"
#include "runtime/local.h"

TfgSession *tfg_session_alloc(const TfgSessionType *type, TfgGraph *g, const char *target, const TfgSessionOptions *options, TfgStatus *s)
{
    TfgSession *session = tfg_calloc(1, sizeof *session);
    if (!session) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&session->refs, 1);
    session->type = type;
    session->graph = tfg_graph_ref(g);
    session->target = tfg_strdup(target);
    if (options)
        session->options = *options;
    pthread_mutex_init(&session->lock, NULL);
    tfg_arena_init(&session->arena);
    if (!session->target) {
        tfg_session_unref(session);
        tfg_fail_memory(s);
        return NULL;
    }
    return session;
}

static int check_target(const char *target, TfgStatus *s)
{
    if (!*target || strcmp(target, "local") == 0)
        return 0;
    return tfg_fail(s, TFG_NOT_FOUND, "No session factory registered for the given session options: {target: \"%s\" config: } Registered "
                    "factories are {DIRECT_SESSION, GRPC_SESSION}.", target);
}

TfgSession *tfg_session_open(TfgGraph *g, const char *target, const TfgSessionOptions *options, TfgStatus *s)
{
    target = target ? target : "";
    if (tfg_init(s) < 0)
        return NULL;
    if (strncmp(target, "grpc://", 7) == 0)
        return tfg_session_alloc(&tfg_remote_session, g, target, options, s);
    if (check_target(target, s) < 0)
        return NULL;
    TfgSession *session = tfg_session_alloc(&tfg_local_session, g, target, options, s);
    if (session && tfg_local_init(session, s) < 0) {
        tfg_session_unref(session);
        return NULL;
    }
    return session;
}

TfgSession *tfg_session_new(TfgGraph *g, const char *target, const void *config, size_t config_n, TfgStatus *s)
{
    TfgSessionOptions options = {0};
    if (config_n && tfg_config_read(config, config_n, &options, s) < 0)
        return NULL;
    return tfg_session_open(g, target, &options, s);
}

TfgSession *tfg_session_ref(TfgSession *session)
{
    atomic_fetch_add_explicit(&session->refs, 1, memory_order_relaxed);
    return session;
}

void tfg_session_unref(TfgSession *session)
{
    if (!session || atomic_fetch_sub_explicit(&session->refs, 1, memory_order_acq_rel) != 1)
        return;
    /* Iterators may run functions when they end, whose plans count the session for a moment: it must not end a second time. */
    atomic_store(&session->closed, true);
    atomic_store(&session->refs, 1);
    if (session->type->free)
        session->type->free(session);
    tfg_resources_unref(session->resources);
    pthread_mutex_destroy(&session->lock);
    tfg_arena_fini(&session->arena);
    tfg_free(session->devices);
    tfg_free(session->target);
    tfg_graph_unref(session->graph);
    tfg_free(session);
}

int tfg_session_close(TfgSession *session, TfgStatus *s)
{
    return session->type->close(session, s);
}

TfgGraph *tfg_session_graph(const TfgSession *session)
{
    return session->graph;
}

TfgResources *tfg_session_resources(TfgSession *session)
{
    return session->resources;
}

int tfg_session_n_devices(const TfgSession *session)
{
    return session->n_devices;
}

void tfg_session_device(const TfgSession *session, int i, const char **name, const char **type, int64_t *memory_limit, uint64_t *incarnation)
{
    const TfgDeviceEntry *d = &session->devices[i];
    *name = d->name;
    *type = d->type;
    *memory_limit = 268435456;  /* what TensorFlow says of every CPU */
    *incarnation = d->incarnation;
}

TfgPlan *tfg_session_plan(TfgSession *session, const TfgOutput *feeds, int n_feeds, const TfgOutput *fetches, int n_fetches,
                          TfgOp *const *targets, int n_targets, TfgStatus *s)
{
    return session->type->plan(session, feeds, n_feeds, fetches, n_fetches, targets, n_targets, s);
}

int tfg_session_run(TfgSession *session, const TfgOutput *feeds, TfgTensor *const *feed_values, int n_feeds, const TfgOutput *fetches,
                    TfgTensor **values, int n_fetches, TfgOp *const *targets, int n_targets, TfgStatus *s)
{
    TfgPlan *p = tfg_session_plan(session, feeds, n_feeds, fetches, n_fetches, targets, n_targets, s);
    if (!p)
        return -1;
    int rc = tfg_plan_run(p, feed_values, values, NULL, s);
    tfg_plan_unref(p);
    return rc;
}

int tfg_session_reset(const char *target, const char *const *containers, int n, const TfgSessionOptions *options, TfgStatus *s)
{
    (void)containers;
    (void)n;
    (void)options;
    target = target ? target : "";
    if (strncmp(target, "grpc://", 7) == 0)
        return tfg_fail(s, TFG_UNAVAILABLE, "No server answers at %s", target);
    if (check_target(target, s) < 0)
        return -1;
    /* TensorFlow clears the containers of every session of the process and then closes it, so nothing is left to tell which. */
    int rc = 0;
    for (TfgSession *session; (session = tfg_session_next_open());) {
        rc = session->type->close(session, s) < 0 ? -1 : rc;
        tfg_session_unref(session);
    }
    return rc;
}

/* ---- Remote: the seam for a session behind a network -------------------------------------------------------------------------- */

static TfgPlan *remote_plan(TfgSession *session, const TfgOutput *feeds, int n_feeds, const TfgOutput *fetches, int n_fetches,
                            TfgOp *const *targets, int n_targets, TfgStatus *s)
{
    (void)feeds;
    (void)n_feeds;
    (void)fetches;
    (void)n_fetches;
    (void)targets;
    (void)n_targets;
    tfg_fail(s, TFG_UNAVAILABLE, "No server answers at %s: sessions on servers are not part of this version", session->target);
    return NULL;
}

static int remote_close(TfgSession *session, TfgStatus *s)
{
    (void)s;
    atomic_store(&session->closed, true);
    return 0;
}

const TfgSessionType tfg_remote_session = {"GRPC_SESSION", remote_plan, remote_close, NULL};
