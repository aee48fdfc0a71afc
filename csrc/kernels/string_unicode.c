/* UnicodeScript. */
#include "kernels/string.h"

static const struct { int32_t first; int16_t script; } runs[] = {
#include "kernels/string_scripts.inc"
};

/* -1 for what is no character. */
static int32_t script_of(int32_t c)
{
    if (c < 0 || c > 0x10ffff)
        return -1;
    size_t low = 0, high = sizeof runs / sizeof *runs;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (runs[middle].first <= c)
            low = middle;
        else
            high = middle;
    }
    return runs[low].script;
}

static int script(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    (void)s;
    TfgKernelCall *c = context;
    for (int64_t i = begin; i < end; i++)
        ((int32_t *)c->out[0]->data)[i] = script_of(((const int32_t *)c->in[0]->data)[i]);
    return 0;
}

static int run_script(TfgKernelCall *c, TfgStatus *s) { return tfg_string_map(c, script, s); }

static const TfgKernelRow rows[] = {
    {.op = "UnicodeScript", .run = run_script},
};

int tfg_register_string_unicode(TfgStatus *s) { return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s); }
