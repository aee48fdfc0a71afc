#include "base/status.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* Messages that are not on the heap: what is said when there is no memory to say more. */
static char no_memory_text[] = "Out of memory";

static void drop_message(TfgStatus *s)
{
    if (s->message != no_memory_text)
        tfg_free(s->message);
    s->message = NULL;
}

void tfg_status_fini(TfgStatus *s)
{
    drop_message(s);
    s->code = TFG_OK;
    s->op = NULL;
}

/* The formatted text on the heap, or the static one. */
static char *format_text(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *text = n < 0 ? NULL : tfg_alloc((size_t)n + 1);
    if (text)
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text ? text : no_memory_text;
}

int tfg_failv(TfgStatus *s, TfgCode code, const char *format, va_list args)
{
    char *text = format_text(format, args);     /* before the old message goes: it may be an argument */
    drop_message(s);
    s->code = code;
    s->message = text;
    s->op = NULL;
    return -1;
}

int tfg_fail(TfgStatus *s, TfgCode code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tfg_failv(s, code, format, args);
    va_end(args);
    return -1;
}

int tfg_fail_memory(TfgStatus *s)
{
    drop_message(s);
    s->code = TFG_RESOURCE_EXHAUSTED;
    s->message = no_memory_text;
    s->op = NULL;
    return -1;
}

void tfg_status_move(TfgStatus *to, TfgStatus *from)
{
    if (to == from)
        return;
    tfg_status_fini(to);
    *to = *from;
    *from = (TfgStatus)TFG_STATUS_INIT;
}

int tfg_status_copy(TfgStatus *to, const TfgStatus *from)
{
    if (to == from)
        return from->code == TFG_OK ? 0 : -1;
    tfg_status_fini(to);
    if (from->code == TFG_OK)
        return 0;
    char *text = from->message == no_memory_text || !from->message ? NULL : tfg_strdup(from->message);
    to->code = from->code;
    to->message = text ? text : no_memory_text;
    to->op = from->op;
    return -1;
}

/* Joins two texts into the status's message; on lack of memory the message stays as it was. */
static int join(TfgStatus *s, const char *first, const char *second, char *added)
{
    size_t a = strlen(first), b = strlen(second);
    char *text = added == no_memory_text ? NULL : tfg_alloc(a + b + 1);
    if (text) {
        memcpy(text, first, a);
        memcpy(text + a, second, b + 1);
        drop_message(s);
        s->message = text;
    }
    if (added != no_memory_text)
        tfg_free(added);
    return -1;
}

int tfg_status_append(TfgStatus *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *added = format_text(format, args);
    va_end(args);
    return join(s, s->message ? s->message : "", added, added);
}

int tfg_status_prepend(TfgStatus *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *added = format_text(format, args);
    va_end(args);
    return join(s, added, s->message ? s->message : "", added);
}

const char *tfg_code_name(TfgCode code)
{
    switch (code) {
    case TFG_OK: return "OK";
    case TFG_CANCELLED: return "Cancelled";
    case TFG_UNKNOWN: return "Unknown";
    case TFG_INVALID_ARGUMENT: return "Invalid argument";
    case TFG_DEADLINE_EXCEEDED: return "Deadline exceeded";
    case TFG_NOT_FOUND: return "Not found";
    case TFG_ALREADY_EXISTS: return "Already exists";
    case TFG_PERMISSION_DENIED: return "Permission denied";
    case TFG_RESOURCE_EXHAUSTED: return "Resource exhausted";
    case TFG_FAILED_PRECONDITION: return "Failed precondition";
    case TFG_ABORTED: return "Aborted";
    case TFG_OUT_OF_RANGE: return "Out of range";
    case TFG_UNIMPLEMENTED: return "Unimplemented";
    case TFG_INTERNAL: return "Internal";
    case TFG_UNAVAILABLE: return "Unavailable";
    case TFG_DATA_LOSS: return "Data loss";
    case TFG_UNAUTHENTICATED: return "Unauthenticated";
    case TFG_TYPE_ERROR: return "Type error";
    case TFG_VALUE_ERROR: return "Value error";
    case TFG_KEY_ERROR: return "Key error";
    case TFG_RUNTIME_ERROR: return "Runtime error";
    case TFG_LOOKUP_ERROR: return "Lookup error";
    case TFG_PYTHON_ERROR: return "Python error";
    }
    return "Unknown code";
}
