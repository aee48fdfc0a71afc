/* Device names, the stack of device blocks, and what device an op gets. */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph_internal.h"

/* ---- Parsing ---- */

typedef struct Part { const char *text; size_t n; } Part;

static bool part_is(Part p, const char *text)
{
    return p.n == strlen(text) && memcmp(p.text, text, p.n) == 0;
}

/* Splits at ":"; parts beyond the third only count. */
static int split(const char *text, size_t n, Part parts[3])
{
    int count = 0;
    const char *start = text;
    for (const char *c = text;; c++)
        if (c == text + n || *c == ':') {
            if (count < 3)
                parts[count] = (Part){start, (size_t)(c - start)};
            count++;
            start = c + 1;
            if (c == text + n)
                return count;
        }
}

static int parse_number(Part p, int *out, TfgStatus *s)
{
    size_t i = p.n && (p.text[0] == '-' || p.text[0] == '+') ? 1 : 0;
    bool ok = p.n > i && p.n < 11;
    for (; ok && i < p.n; i++)
        ok = isdigit((unsigned char)p.text[i]);
    if (!ok)
        return tfg_fail(s, TFG_VALUE_ERROR, "invalid literal for int() with base 10: '%.*s'", (int)p.n, p.text);
    long number = strtol(p.text, NULL, 10);
    if (number > INT_MAX || number < INT_MIN)
        return tfg_fail(s, TFG_VALUE_ERROR, "'%.*s' is too large for a number of a device name", (int)p.n, p.text);
    *out = (int)number;
    return 0;
}

static int copy_part(char *to, size_t room, Part p, TfgStatus *s)
{
    if (p.n >= room)
        return tfg_fail(s, TFG_VALUE_ERROR, "'%.*s' is too long for a device name", (int)p.n, p.text);
    memcpy(to, p.text, p.n);
    to[p.n] = '\0';
    return 0;
}

static int parse_index(Part p, TfgDeviceSpec *d, TfgStatus *s)
{
    if (part_is(p, "*"))
        return 0;
    d->has_index = true;
    return parse_number(p, &d->index, s);
}

static int parse_type(Part type, const Part *index, bool upper, const char *whole, TfgDeviceSpec *d, TfgStatus *s)
{
    if (d->has_type)
        return tfg_fail(s, TFG_VALUE_ERROR, "Cannot specify multiple device types: %s", whole);
    if (copy_part(d->type, sizeof d->type, type, s) < 0)
        return -1;
    d->has_type = true;
    for (char *c = d->type; upper && *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return index ? parse_index(*index, d, s) : 0;
}

static bool is_cpu_or_gpu(Part p)
{
    return p.n == 3 && (strncasecmp(p.text, "cpu", 3) == 0 || strncasecmp(p.text, "gpu", 3) == 0);
}

static int parse_piece(const char *text, size_t n, const char *whole, TfgDeviceSpec *d, TfgStatus *s)
{
    Part parts[3];
    int count = split(text, n, parts);
    if (count == 2 && part_is(parts[0], "job")) {
        d->has_job = true;
        return copy_part(d->job, sizeof d->job, parts[1], s);
    }
    if (count == 2 && part_is(parts[0], "replica")) {
        d->has_replica = true;
        return parse_number(parts[1], &d->replica, s);
    }
    if (count == 2 && part_is(parts[0], "task")) {
        d->has_task = true;
        return parse_number(parts[1], &d->task, s);
    }
    if (count <= 2 && is_cpu_or_gpu(parts[0]))
        return parse_type(parts[0], count == 2 ? &parts[1] : NULL, true, whole, d, s);
    if (count == 3 && part_is(parts[0], "device"))
        return parse_type(parts[1], &parts[2], false, whole, d, s);
    if (parts[0].n == 0)
        return 0;
    return tfg_fail(s, TFG_VALUE_ERROR, "Unknown attribute: '%.*s' in '%s'", (int)parts[0].n, parts[0].text, whole);
}

int tfg_device_parse(const char *text, TfgDeviceSpec *out, TfgStatus *s)
{
    TfgDeviceSpec d = {.has_job = false};
    for (const char *start = text;; start++) {
        size_t n = strcspn(start, "/");
        if (parse_piece(start, n, text, &d, s) < 0)
            return -1;
        start += n;
        if (!*start)
            break;
    }
    *out = d;
    return 0;
}

void tfg_device_merge(TfgDeviceSpec *into, const TfgDeviceSpec *from)
{
    if (from->has_job) {
        into->has_job = true;
        memcpy(into->job, from->job, sizeof into->job);
    }
    if (from->has_replica) {
        into->has_replica = true;
        into->replica = from->replica;
    }
    if (from->has_task) {
        into->has_task = true;
        into->task = from->task;
    }
    if (from->has_type) {
        into->has_type = true;
        memcpy(into->type, from->type, sizeof into->type);
    }
    if (from->has_index) {
        into->has_index = true;
        into->index = from->index;
    }
}

void tfg_device_format(const TfgDeviceSpec *d, TfgStr *out)
{
    if (d->has_job)
        tfg_str_printf(out, "/job:%s", d->job);
    if (d->has_replica)
        tfg_str_printf(out, "/replica:%d", d->replica);
    if (d->has_task)
        tfg_str_printf(out, "/task:%d", d->task);
    if (d->has_type && d->has_index)
        tfg_str_printf(out, "/device:%s:%d", d->type, d->index);
    else if (d->has_type)
        tfg_str_printf(out, "/device:%s:*", d->type);
}

/* ---- Blocks ---- */

static const char *format_interned(TfgGraph *g, const TfgDeviceSpec *d, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    tfg_device_format(d, &text);
    const char *result = text.failed ? NULL : tfg_graph_intern(g, tfg_str_text(&text), s);
    if (text.failed)
        tfg_fail_memory(s);
    tfg_str_fini(&text);
    return result;
}

/* What ops get that are made directly in this block, when no function is asked. */
static int merge_entry(TfgGraph *g, TfgDeviceEntry *e, TfgStatus *s)
{
    const TfgDeviceEntry *below = g->n_devices > g->device_base ? &g->devices[g->n_devices - 1] : NULL;
    e->has_function = e->function || (below && !e->clear && below->has_function);
    if (e->has_function || e->clear) {
        e->merged = "";
        return 0;
    }
    TfgDeviceSpec merged = {.has_job = false};
    if (below && tfg_device_parse(below->merged, &merged, s) < 0)
        return -1;
    tfg_device_merge(&merged, &e->spec);
    e->merged = format_interned(g, &merged, s);
    return e->merged ? 0 : -1;
}

int tfg_graph_enter_device(TfgGraph *g, const char *spec, void *function, bool clear, TfgStatus *s)
{
    TfgDeviceEntry e = {.function = function, .clear = clear};
    if (!clear && !function && tfg_device_parse(spec ? spec : "", &e.spec, s) < 0)
        return -1;
    tfg_graph_lock(g);
    int rc = -1;
    if (tfg_grow((void **)&g->devices, &g->devices_capacity, g->n_devices + 1, sizeof *g->devices) < 0) {
        tfg_fail_memory(s);
    } else if (merge_entry(g, &e, s) == 0) {
        g->devices[g->n_devices++] = e;
        if (function && g->hooks.object_ref)
            g->hooks.object_ref(function);
        rc = 0;
    }
    tfg_graph_unlock(g);
    return rc;
}

bool tfg_graph_device_scope(TfgGraph *g, size_t i, TfgStr *spec, void **function, bool *clear)
{
    tfg_graph_lock(g);
    bool found = i < g->n_devices - g->device_base;
    if (found) {
        const TfgDeviceEntry *e = &g->devices[g->device_base + i];
        *function = e->function;
        *clear = e->clear;
        if (!e->function && !e->clear)
            tfg_device_format(&e->spec, spec);
    }
    tfg_graph_unlock(g);
    return found;
}

bool tfg_graph_has_devices(TfgGraph *g)
{
    tfg_graph_lock(g);
    bool has = g->n_devices > g->device_base;
    tfg_graph_unlock(g);
    return has;
}

void tfg_graph_leave_device(TfgGraph *g)
{
    tfg_graph_lock(g);
    void *function = g->n_devices ? g->devices[--g->n_devices].function : NULL;
    tfg_graph_unlock(g);
    if (function && g->hooks.object_unref)
        g->hooks.object_unref(function);
}

/* ---- The device of an op ---- */

static int merge_into_op(TfgGraph *g, TfgOp *op, const TfgDeviceSpec *spec, TfgStatus *s)
{
    TfgDeviceSpec merged = *spec, current;
    if (tfg_device_parse(op->device, &current, s) < 0)
        return -1;
    tfg_device_merge(&merged, &current);
    const char *device = format_interned(g, &merged, s);
    if (!device)
        return -1;
    op->device = device;
    return 0;
}

static int ask_function(TfgGraph *g, TfgOp *op, void *function, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    int rc = g->hooks.device_function ? g->hooks.device_function(function, op, &text, s) : 0;
    const char *device = rc < 0 ? NULL : tfg_graph_intern(g, tfg_str_text(&text), s);
    tfg_str_fini(&text);
    if (!device)
        return -1;
    op->device = device;
    return 0;
}

/* The innermost block first: what it says wins over those around it. */
int tfg_apply_devices(TfgGraph *g, TfgOp *op, TfgStatus *s)
{
    if (g->n_devices <= g->device_base)
        return 0;
    const TfgDeviceEntry *top = &g->devices[g->n_devices - 1];
    if (!top->has_function && !*op->device) {
        op->device = top->merged;
        return 0;
    }
    for (size_t i = g->n_devices; i > g->device_base; i--) {
        TfgDeviceEntry e = g->devices[i - 1];       /* a function may enter blocks of its own */
        if (e.clear)
            break;
        if ((e.function ? ask_function(g, op, e.function, s) : merge_into_op(g, op, &e.spec, s)) < 0)
            return -1;
    }
    return 0;
}
