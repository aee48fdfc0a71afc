/* The functions of libjpeg-turbo that are used, for the reader and the writer of jpeg files. */
#ifndef TFG_IO_IMAGE_JPEG_H
#define TFG_IO_IMAGE_JPEG_H

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

/* X(result, name, arguments) */
#define TFG_JPEG_FUNCTIONS(X)                                                                               \
    X(struct jpeg_error_mgr *, jpeg_std_error, (struct jpeg_error_mgr *))                                   \
    X(void, jpeg_CreateDecompress, (j_decompress_ptr, int, size_t))                                         \
    X(int, jpeg_read_header, (j_decompress_ptr, boolean))                                                   \
    X(boolean, jpeg_start_decompress, (j_decompress_ptr))                                                   \
    X(JDIMENSION, jpeg_read_scanlines, (j_decompress_ptr, JSAMPARRAY, JDIMENSION))                          \
    X(JDIMENSION, jpeg_skip_scanlines, (j_decompress_ptr, JDIMENSION))                                      \
    X(void, jpeg_crop_scanline, (j_decompress_ptr, JDIMENSION *, JDIMENSION *))                             \
    X(boolean, jpeg_resync_to_restart, (j_decompress_ptr, int))                                             \
    X(boolean, jpeg_finish_decompress, (j_decompress_ptr))                                                  \
    X(void, jpeg_destroy_decompress, (j_decompress_ptr))                                                    \
    X(void, jpeg_CreateCompress, (j_compress_ptr, int, size_t))                                             \
    X(void, jpeg_set_defaults, (j_compress_ptr))                                                            \
    X(void, jpeg_set_quality, (j_compress_ptr, int, boolean))                                               \
    X(void, jpeg_simple_progression, (j_compress_ptr))                                                      \
    X(void, jpeg_start_compress, (j_compress_ptr, boolean))                                                 \
    X(void, jpeg_write_marker, (j_compress_ptr, int, const JOCTET *, unsigned int))                         \
    X(JDIMENSION, jpeg_write_scanlines, (j_compress_ptr, JSAMPARRAY, JDIMENSION))                           \
    X(void, jpeg_finish_compress, (j_compress_ptr))                                                         \
    X(void, jpeg_destroy_compress, (j_compress_ptr))

typedef struct TfgJpegLibrary {
#define FIELD(result, name, arguments) result (*name) arguments;
    TFG_JPEG_FUNCTIONS(FIELD)
#undef FIELD
} TfgJpegLibrary;

/* NULL, with a status, where the library is not on this system. */
const TfgJpegLibrary *tfg_jpeg_library(TfgStatus *s);

/* The library's error handler: a fatal error jumps, and nothing is printed.  First field of whatever is `err` of a codec. */
typedef struct TfgJpegError {
    struct jpeg_error_mgr base;
    jmp_buf jump;
} TfgJpegError;
void tfg_jpeg_catch(const TfgJpegLibrary *lib, TfgJpegError *error);
bool tfg_jpeg_no_memory(const TfgJpegError *error);     /* why it jumped */

#endif
