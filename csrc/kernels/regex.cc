// The one file that speaks C++: RE2 has no C interface.  No exception leaves it.
#include "kernels/regex.h"

#include <new>
#include <string>

#include <re2/re2.h>

struct TfgRegex {
    RE2 re;
    TfgRegex(const re2::StringPiece &pattern, const RE2::Options &options) : re(pattern, options) {}
};

static TfgRegex *compile(const char *pattern, size_t n, TfgRegexPut put, void *context)
{
    try {
        RE2::Options options;
        options.set_log_errors(false);
        TfgRegex *r = new TfgRegex(re2::StringPiece(pattern, n), options);
        if (r->re.ok())
            return r;
        put(context, r->re.error().data(), r->re.error().size());
        delete r;
    } catch (const std::exception &) {
    }
    return nullptr;
}

static void release(TfgRegex *r) { delete r; }

static bool full_match(const TfgRegex *r, const char *text, size_t n)
{
    return RE2::FullMatch(re2::StringPiece(text, n), r->re);
}

// The rewrite as the RE2 of TensorFlow 1.12 took it: a group that the pattern does not have is empty; an escape that is none ends it, which
// a single replacement refuses.
static bool clean(const RE2 &re, const char *rewrite, size_t n, std::string *out)
{
    for (size_t i = 0; i < n; i++) {
        if (rewrite[i] != '\\') {
            out->push_back(rewrite[i]);
            continue;
        }
        char c = i + 1 < n ? rewrite[++i] : 0;
        if (c >= '0' && c <= '9') {
            if (c - '0' <= re.NumberOfCapturingGroups())
                out->append({'\\', c});
        } else if (c == '\\')
            out->append("\\\\");
        else
            return false;
    }
    return true;
}

static int replace(const TfgRegex *r, const char *text, size_t n, const char *rewrite, size_t rewrite_n, bool all, TfgRegexPut put, void *context)
{
    try {
        std::string s(text, n);
        std::string with;
        bool good = clean(r->re, rewrite, rewrite_n, &with);
        if (all)
            RE2::GlobalReplace(&s, r->re, with);
        else if (good)
            RE2::Replace(&s, r->re, with);
        put(context, s.data(), s.size());
        return 0;
    } catch (const std::exception &) {
        return -1;
    }
}

extern "C" __attribute__((visibility("default"))) const TfgRegexApi *tfg_regex_api(void)
{
    static const TfgRegexApi api = {compile, release, full_match, replace};
    return &api;
}
