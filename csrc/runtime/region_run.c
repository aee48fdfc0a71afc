/* Running a region: the condition once, then rounds, each of which ends with the condition of the next. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/frame.h"
#include "runtime/region.h"

static void drop(TfgTensor **t, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        tfg_tensor_unref(t[i]);
        t[i] = NULL;
    }
}

static int check_step(const TfgFrame *f, int64_t count, TfgStatus *s)
{
    if (tfg_cancelled(f->cancel))
        return tfg_fail(s, TFG_CANCELLED, "Step was cancelled by an explicit call to `Session::Close()`.");
    if ((f->watch->deadline || f->watch->interrupted) && (count & 15) == 15)
        return tfg_watch_check(f->watch, s);
    return 0;
}

static int give(const TfgRegion *r, TfgKernelCall *c, TfgTensor **now, bool owned, TfgStatus *s)
{
    for (int32_t o = 0; o < r->n_out; o++) {
        int32_t v = r->out_var[o];
        if (!owned) {
            if (tfg_kernel_forward(c, v, o, s) < 0)
                return -1;
            continue;
        }
        c->out[o] = now[v];
        now[v] = NULL;
    }
    return 0;
}

static int turn(const TfgRegion *r, TfgFrame *f, TfgKernelCall *c, TfgTensor **memory, TfgStatus *s)
{
    TfgTensor **now = memory, **next = memory + r->n_in + 1, *pred = NULL;
    TfgFrame *inner = tfg_frame_enter(r->first, f, s);
    int rc = -1;
    bool owned = false;
    if (!inner)
        return -1;
    memcpy(now, c->in, (size_t)r->n_in * sizeof *now);
    int ran = tfg_frame_run(inner, now, &pred, s);
    tfg_frame_leave(inner);
    if (ran < 0)
        return -1;
    int go_on = tfg_switch_side(pred, s);
    tfg_tensor_unref(pred);
    if (go_on <= 0)
        return go_on < 0 ? -1 : give(r, c, now, false, s);
    if (!(inner = tfg_frame_enter(r->round, f, s)))
        return -1;
    for (int64_t count = 0; go_on > 0; count++) {
        if (tfg_frame_run(inner, now, next, s) < 0)
            goto done;
        for (int32_t v = 0; v < r->n_vars && owned; v++)
            tfg_frame_reuse_steal(inner, v, now[v]);
        owned = true;
        memcpy(now, next, (size_t)r->n_vars * sizeof *now);
        go_on = tfg_switch_side(next[r->n_vars], s);
        tfg_frame_reuse_steal(inner, r->n_vars, next[r->n_vars]);
        if (go_on < 0 || check_step(f, count, s) < 0)
            goto done;
    }
    rc = give(r, c, now, true, s);
done:
    tfg_frame_leave(inner);
    if (owned)
        drop(now, r->n_vars);
    return rc;
}

#define FEW 24

int tfg_region_run(TfgFrame *f, const TfgInstr *i, TfgKernelCall *c, TfgStatus *s)
{
    const TfgRegion *r = i->state;
    TfgTensor *few[2 * FEW + 2] = {NULL}, **memory = few;
    if (r->n_in > FEW && !(memory = tfg_calloc(2 * (size_t)r->n_in + 3, sizeof *memory)))
        return tfg_fail_memory(s);
    int rc = turn(r, f, c, memory, s);
    if (memory != few)
        tfg_free(memory);
    return rc;
}
