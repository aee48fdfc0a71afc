/* Frame: the values of one running step.  A plan keeps frames at rest in a list, so a steady step makes none. */
#ifndef TFG_RUNTIME_FRAME_H
#define TFG_RUNTIME_FRAME_H

#include "runtime/local.h"

struct TfgFrame {
    TfgPlan *plan;              /* not counted: frames belong to it */
    TfgTensor **slots;          /* one reference each, but for feeds and constants, which are borrowed */
    TfgVariable **refs;         /* per slot: a variable that a kernel named there */
    TfgTensor **in;             /* inputs of the instruction at hand */
    TfgVariable **in_ref;
    bool *dead;                 /* per instruction, where the plan has Switches */
    TfgTensor **spare;          /* per slot: a tensor nobody uses any more, whose memory the slot's next value may have; NULL: none */
    TfgLayout layout;
    TfgLayout *layout_used;     /* NULL where the options forbid it */
    TfgCancel *cancel;
    TfgCancel *own_cancel;      /* of a frame that runs inside another: its own, while `cancel` is the outer one's */
    struct TfgWatch *watch;
    int depth;                  /* frames around it, each running an instruction that calls */
    int64_t step_id;
    TfgFrame *next_free, *next_running, *prev_running;
    struct TfgStepStats *stats; /* NULL: nobody asked */
};

/* What a Switch gives on the side it does not take, and everything computed from that. */
extern TfgTensor tfg_dead;

/* What ends a step from outside. */
typedef struct TfgWatch TfgWatch;
struct TfgWatch {
    int64_t deadline;           /* nanoseconds of the monotonic clock; 0: none */
    int64_t next_look;          /* when to ask `interrupted` again */
    int (*interrupted)(void *arg);
    void *arg;
};
void tfg_watch_init(TfgWatch *w, const TfgSession *session, const TfgRunOptions *options);
int64_t tfg_now_ns(void);
/* 0, or -1 with DEADLINE_EXCEEDED or CANCELLED. */
int tfg_watch_check(TfgWatch *w, TfgStatus *s);

/* A frame of `p` to run inside an instruction of `outer`: it shares the step.  Give it back when it has run, however often. */
TfgFrame *tfg_frame_enter(TfgPlan *p, const TfgFrame *outer, TfgStatus *s);
void tfg_frame_leave(TfgFrame *f);
/* Gives fetch `i` of an earlier run back, for the memory of the next one.  The reference is taken. */
void tfg_frame_reuse_steal(TfgFrame *f, int i, TfgTensor *t);
/* One run of the frame's plan, as tfg_plan_run. */
int tfg_frame_run(TfgFrame *f, TfgTensor *const *feed_values, TfgTensor **values, TfgStatus *s);
TfgFrame *tfg_frame_new(TfgPlan *p, TfgStatus *s);
void tfg_frame_free(TfgFrame *f);
int tfg_flat_run(TfgFrame *f, TfgWatch *w, TfgStatus *s);

/* Shared by the executors.  Puts inputs that are variables into in / in_ref; on failure nothing is held.  Variables known only in
 * the step are slot_refs[in_slots[k]], or slot_refs[k] where in_slots is NULL. */
int tfg_read_variables(const TfgPlan *p, const TfgInstr *i, TfgVariable *const *slot_refs, const int32_t *in_slots, TfgTensor **in,
                       TfgVariable **in_ref, TfgStatus *s);
void tfg_release_variables(const TfgPlan *p, const TfgInstr *i, TfgTensor **in);
/* A fetch that came a second time, which it does inside a loop. */
int tfg_fail_fetched_again(const TfgPlan *p, int32_t slot, TfgStatus *s);
/* Names the instruction as the one that failed, unless the status names one. */
void tfg_blame(const TfgPlan *p, const TfgInstr *i, TfgStatus *s);
/* The side that a Switch takes: 0 or 1, or -1 with a status. */
int tfg_switch_side(const TfgTensor *pred, TfgStatus *s);

#endif
