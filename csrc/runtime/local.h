/* The session's insides, shared by the files of runtime/ that make and run plans. */
#ifndef TFG_RUNTIME_LOCAL_H
#define TFG_RUNTIME_LOCAL_H

#include <pthread.h>

#include "base/map.h"
#include "runtime/plan.h"
#include "runtime/session.h"

/* What a session can do; local.c has the one that runs here, remote.c the one that says it cannot reach its target. */
typedef struct TfgSessionType {
    const char *name;
    TfgPlan *(*plan)(TfgSession *session, const TfgOutput *feeds, int n_feeds, const TfgOutput *fetches, int n_fetches,
                     TfgOp *const *targets, int n_targets, TfgStatus *s);
    int (*close)(TfgSession *session, TfgStatus *s);
    void (*free)(TfgSession *session);
} TfgSessionType;

/* A node as it was when the session first ran it.  Mutations replace these arrays in the graph's arena; they do not write to them. */
typedef struct TfgFrozen {
    TfgOutput *inputs;
    TfgOp **controls;
    int32_t n_controls;
    TfgAttrs attrs;
    const char *device;
} TfgFrozen;

typedef struct TfgDeviceEntry {
    char name[96];              /* "/job:localhost/replica:0/task:0/device:CPU:0" */
    char type[16];
    int index;
    uint64_t incarnation;
} TfgDeviceEntry;

typedef struct TfgPlanEntry TfgPlanEntry;
typedef struct TfgPartial TfgPartial;

struct TfgSession {
    _Atomic int64_t refs;
    const TfgSessionType *type;
    TfgGraph *graph;
    char *target;
    TfgSessionOptions options;
    TfgResources *resources;
    TfgDeviceEntry *devices;
    int n_devices;
    _Atomic bool closed;
    _Atomic int64_t next_step;
    _Atomic int32_t n_placed;   /* ops of the graph whose devices were checked */

    pthread_mutex_t lock;       /* guards what follows */
    TfgArena arena;             /* frozen nodes */
    TfgFrozen **frozen;         /* by op->index; NULL: not met yet */
    size_t n_frozen;
    TfgMap bodies;              /* of functions, by name and attributes: body.h */
    TfgMap states;              /* node name -> TfgState *, of rows that keep state */
    TfgPlanEntry *newest, *oldest;      /* plans by last use */
    TfgIdMap plans;             /* hash of the key -> TfgPlanEntry * (chained) */
    size_t plan_bytes, plan_budget;
    TfgFrame *running;          /* frames of steps under way */
    TfgPartial *partials;
    int64_t next_partial;
    TfgSession *next_watched, *prev_watched;    /* fork.c's list */
    bool watched, graph_held;
};

/* Checks the devices of ops added since the last run, and prints all placements where the options ask for it. */
int tfg_session_place_graph(TfgSession *session, TfgStatus *s);
/* The frozen form of an op, made now if the session has not met it.  Session's and graph's lock held. */
const TfgFrozen *tfg_session_freeze(TfgSession *session, TfgOp *op, TfgStatus *s);
/* Kernel state that lives in the session under the node's name, or NULL.  Takes the lock. */
TfgState *tfg_session_find_state(TfgSession *session, const char *name);
/* Adds one; gives the one that is there when another thread was faster (then `state` is released). */
void *tfg_session_add_state(TfgSession *session, const char *name, const TfgKernelRow *row, void *state, TfgStatus *s);
/* A step begins, in a frame of the plan, or ends: closing the session cancels those under way.  NULL: the session is closed. */
TfgFrame *tfg_session_begin_step(TfgSession *session, TfgPlan *p, TfgStatus *s);
void tfg_session_end_step(TfgSession *session, TfgFrame *f);
/* fork() leaves a usable child: sessions are known to the handlers from their making to their end (fork.c). */
void tfg_fork_watch(TfgSession *session);
void tfg_fork_forget(TfgSession *session);
/* Some session of this process that is not closed, counted; NULL when there is none. */
TfgSession *tfg_session_next_open(void);
TfgSession *tfg_session_nth_open(int n);
/* Accounting of memory that frames of a plan take; evicts plans past the budget. */
void tfg_session_note_bytes(TfgSession *session, TfgPlan *p, int64_t change);

extern const TfgSessionType tfg_local_session, tfg_remote_session;
/* Index of the device that a request ("" or a device string) means; -1: there is none. */
int tfg_session_match_device(const TfgSession *session, const char *text);
int tfg_local_init(TfgSession *session, TfgStatus *s);
TfgSession *tfg_session_alloc(const TfgSessionType *type, TfgGraph *g, const char *target, const TfgSessionOptions *options, TfgStatus *s);

/* "\n\t [[{{node x}} = Op[T=DT_FLOAT, ...](a, b)]]" behind a failure, as TensorFlow shows the node; s->op must be set. */
void tfg_append_node(TfgStatus *s, const char *device);
void tfg_append_node_of(TfgStatus *s, const char *device, const TfgPlan *p);    /* with the plan's feeds as arguments */
void tfg_format_node(const TfgOp *op, const char *device, const TfgPlan *p, TfgStr *out);

#endif
