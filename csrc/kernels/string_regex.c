/* RegexFullMatch, RegexReplace and their static forms, over RE2. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#include "kernels/string.h"
#include "kernels/regex.h"

/* ---- the library, opened when first needed from the folder that this one is in ------------------------------------------------------ */

static struct {
    pthread_once_t once;
    const TfgRegexApi *api;
    char why[256];              /* it is not there */
} library = {.once = PTHREAD_ONCE_INIT};

static void open_library(void)
{
    Dl_info self;
    char path[4096];
    const char *slash = dladdr((void *)(uintptr_t)tfg_register_string_regex, &self) && self.dli_fname ? strrchr(self.dli_fname, '/') : NULL;
    int folder = slash ? (int)(slash + 1 - self.dli_fname) : 0;
    snprintf(path, sizeof path, "%.*slibtfgraph_re2.so", folder, slash ? self.dli_fname : "");
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    TfgRegexApiFn fn = NULL;
    if (handle)
        *(void **)&fn = dlsym(handle, "tfg_regex_api");
    if (fn)
        library.api = fn();
    else
        snprintf(library.why, sizeof library.why, "%s", dlerror());
}

static const TfgRegexApi *open_api(TfgStatus *s)
{
    pthread_once(&library.once, open_library);
    if (!library.api)
        tfg_fail(s, TFG_UNIMPLEMENTED, "Regular expressions need RE2 (apt-get install libre2-dev, then build again): %s", library.why);
    return library.api;
}

static void put(void *context, const char *text, size_t n) { tfg_str_append(context, text, n); }

static TfgRegex *compile(const TfgRegexApi *api, const char *pattern, size_t n, TfgStatus *s)
{
    TfgStr error = TFG_STR_INIT;
    TfgRegex *r = api->compile(n ? pattern : "", n, put, &error);
    if (!r && error.n)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid pattern: %.*s, error: %s", (int)n, n ? pattern : "", tfg_str_text(&error));
    else if (!r)
        tfg_fail_memory(s);
    tfg_str_fini(&error);
    return r;
}

/* ---- the operations ------------------------------------------------------------------------------------------------------------------------ */

/* Threads that share a pattern wait for each other's look at the states it has found, so each large range has one of its own. */
#define GRAIN 8192

typedef struct Work {
    TfgKernelCall *call;
    const TfgRegexApi *api;
    const TfgRegex *regex;
    TfgBytes pattern;
    const char *rewrite;
    size_t rewrite_n;
    bool all;
} Work;

static const char *bytes_of(const TfgString *e) { return e->n ? e->data : ""; }

/* The range's own; the call's where it is alone, or there is no memory for another. */
static const TfgRegex *begin_range(const Work *w, int64_t begin, TfgRegex **own)
{
    TfgStatus s = TFG_STATUS_INIT;
    *own = begin > 0 ? compile(w->api, w->pattern.data, w->pattern.n, &s) : NULL;
    tfg_status_fini(&s);
    return *own ? *own : w->regex;
}

static void end_range(const Work *w, TfgRegex *own)
{
    if (own)
        w->api->free(own);
}

static int match(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    (void)s;
    const Work *w = context;
    TfgRegex *own;
    const TfgRegex *regex = begin_range(w, begin, &own);
    for (int64_t i = begin; i < end; i++) {
        const TfgString *e = tfg_strings(w->call->in[0]) + i;
        ((bool *)w->call->out[0]->data)[i] = w->api->full_match(regex, bytes_of(e), e->n);
    }
    end_range(w, own);
    return 0;
}

static int replace(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Work *w = context;
    TfgStr text = TFG_STR_INIT;
    TfgRegex *own;
    const TfgRegex *regex = begin_range(w, begin, &own);
    int rc = 0;
    for (int64_t i = begin; i < end && rc == 0; i++) {
        const TfgString *e = tfg_strings(w->call->in[0]) + i;
        if (w->api->replace(regex, bytes_of(e), e->n, w->rewrite, w->rewrite_n, w->all, put, &text) < 0)
            text.failed = true;
        rc = tfg_string_take(tfg_strings_mut(w->call->out[0]) + i, &text, s);
        text.failed = false;
    }
    tfg_str_fini(&text);
    end_range(w, own);
    return rc;
}

static int run_all(Work *w, TfgTryRangeFn fn, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output_like(w->call, 0, w->call->in[0], s);
    return out ? tfg_try_ranges(out->count, GRAIN, fn, w, s) : -1;
}

static int want_scalar(const TfgTensor *t, const char *what, TfgStatus *s)
{
    TfgShapeText text;
    return t->rank == 0 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be scalar, but received %s", what, tfg_shape_text(t, &text));
}

static int run_dynamic(TfgKernelCall *c, TfgStatus *s)
{
    bool replaces = c->n_in == 3;
    if (want_scalar(c->in[1], "Pattern", s) < 0 || (replaces && want_scalar(c->in[2], "Rewrite", s) < 0))
        return -1;
    const TfgRegexApi *api = open_api(s);
    const TfgString *pattern = tfg_strings(c->in[1]);
    TfgRegex *regex = api ? compile(api, pattern->data, pattern->n, s) : NULL;
    if (!regex)
        return -1;
    Work w = {.call = c, .api = api, .regex = regex, .pattern = {pattern->data, pattern->n}};
    if (replaces) {
        w.rewrite = bytes_of(tfg_strings(c->in[2]));
        w.rewrite_n = tfg_strings(c->in[2])->n;
        w.all = tfg_attrs_bool(c->attrs, "replace_global");
    }
    int rc = run_all(&w, replaces ? replace : match, s);
    api->free(regex);
    return rc;
}

static int prepare_static(const TfgPrepare *p, void **state, TfgStatus *s)
{
    const TfgRegexApi *api = open_api(s);
    TfgBytes pattern = tfg_attrs_string(p->attrs, "pattern");
    *state = api ? compile(api, pattern.data, pattern.n, s) : NULL;
    return *state ? 0 : -1;
}

static void release_static(void *state)
{
    if (state)
        library.api->free(state);
}

static int run_static_match(TfgKernelCall *c, TfgStatus *s)
{
    Work w = {.call = c, .api = library.api, .regex = c->state, .pattern = tfg_attrs_string(c->attrs, "pattern")};
    return run_all(&w, match, s);
}

static int run_static_replace(TfgKernelCall *c, TfgStatus *s)
{
    TfgBytes rewrite = tfg_attrs_string(c->attrs, "rewrite");
    Work w = {.call = c, .api = library.api, .regex = c->state, .pattern = tfg_attrs_string(c->attrs, "pattern"), .rewrite = rewrite.n ? rewrite.data : "", .rewrite_n = rewrite.n,
              .all = tfg_attrs_bool(c->attrs, "replace_global")};
    return run_all(&w, replace, s);
}

static const TfgKernelRow rows[] = {
    {.op = "RegexFullMatch", .run = run_dynamic}, {.op = "RegexReplace", .run = run_dynamic},
    {.op = "StaticRegexFullMatch", .prepare = prepare_static, .release = release_static, .run = run_static_match},
    {.op = "StaticRegexReplace", .prepare = prepare_static, .release = release_static, .run = run_static_replace},
};

int tfg_register_string_regex(TfgStatus *s) { return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s); }
