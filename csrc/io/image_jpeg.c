/* Opening libjpeg-turbo, and its errors. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>

#include "tfgraph.h"
#include "io/image_jpeg.h"

#include <jerror.h>

static struct {
    pthread_once_t once;
    TfgJpegLibrary table;
    bool complete;
} jpeg = {.once = PTHREAD_ONCE_INIT};

/* The name under which the version whose header was compiled against is installed: the header's structures are that version's. */
#if JPEG_LIB_VERSION >= 80
#define LIBRARY "libjpeg.so.8"
#elif JPEG_LIB_VERSION >= 70
#define LIBRARY "libjpeg.so.7"
#else
#define LIBRARY "libjpeg.so.62"
#endif

static void open_jpeg(void)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return;
    jpeg.complete = true;
#define LOAD(result, name, arguments)                               \
    *(void **)&jpeg.table.name = dlsym(library, #name);             \
    jpeg.complete = jpeg.complete && jpeg.table.name;
    TFG_JPEG_FUNCTIONS(LOAD)
#undef LOAD
}

const TfgJpegLibrary *tfg_jpeg_library(TfgStatus *s)
{
    pthread_once(&jpeg.once, open_jpeg);
    if (jpeg.complete)
        return &jpeg.table;
    tfg_fail(s, TFG_UNIMPLEMENTED, "JPEG files need " LIBRARY " (libjpeg-turbo), which is not installed");
    return NULL;
}

static void fail_by_jump(j_common_ptr c)
{
    longjmp(((TfgJpegError *)(void *)c->err)->jump, 1);
}

static void say_nothing(j_common_ptr c)
{
    (void)c;
}

static void count_warnings(j_common_ptr c, int level)
{
    if (level < 0)
        c->err->num_warnings++;
}

void tfg_jpeg_catch(const TfgJpegLibrary *lib, TfgJpegError *error)
{
    lib->jpeg_std_error(&error->base);
    error->base.error_exit = fail_by_jump;
    error->base.output_message = say_nothing;
    error->base.emit_message = count_warnings;
}

bool tfg_jpeg_no_memory(const TfgJpegError *error)
{
    return error->base.msg_code == JERR_OUT_OF_MEMORY;
}
