/* Isa: files named *.simd.c are compiled once per instruction set, with TFG_ISA naming it (v2, v3, v4: x86-64's levels; base
 * elsewhere).  Each gives its rows through a function named for its level; here one level is chosen. */
#ifndef TFG_KERNELS_ISA_H
#define TFG_KERNELS_ISA_H

#include "runtime/kernel.h"

#define TFG_SIMD_PASTE(name, isa) name##_##isa
#define TFG_SIMD_EXPAND(name, isa) TFG_SIMD_PASTE(name, isa)
#define TFG_SIMD(name) TFG_SIMD_EXPAND(name, TFG_ISA)       /* tfg_rows -> tfg_rows_v3 */

typedef const TfgKernelRow *TfgRowsFn(int *n);

#if defined(__x86_64__)
#define TFG_SIMD_LEVELS 3
#define TFG_SIMD_DECLARE(name) TfgRowsFn name##_v2, name##_v3, name##_v4;
#define TFG_SIMD_ALL(name) {name##_v2, name##_v3, name##_v4}
#else
#define TFG_SIMD_LEVELS 1
#define TFG_SIMD_DECLARE(name) TfgRowsFn name##_base;
#define TFG_SIMD_ALL(name) {name##_base}
#endif

/* Every file compiled per instruction set. */
#define TFG_SIMD_FILES(X)                                                                                       \
    X(tfg_kernels_math_unary) X(tfg_kernels_math_binary) X(tfg_kernels_math_compare) \
    X(tfg_kernels_math_integer) X(tfg_kernels_math_reduce) X(tfg_kernels_math_select) X(tfg_kernels_nn_activation) \
    X(tfg_kernels_nn_softmax) X(tfg_kernels_rnn) X(tfg_kernels_training) \
    X(tfg_kernels_image_bilinear) X(tfg_kernels_image_color) X(tfg_kernels_image_cubic)
TFG_SIMD_FILES(TFG_SIMD_DECLARE)

/* Files compiled once. */
TfgRowsFn tfg_kernels_math_cast, tfg_kernels_math_complex, tfg_kernels_math_special, tfg_kernels_math_more, tfg_kernels_quantized_nn,
    tfg_kernels_math_scan, tfg_kernels_math_segment, tfg_kernels_math_sequence, tfg_kernels_math_string, tfg_kernels_math_addn,
    tfg_kernels_array_basic, tfg_kernels_array_shape, tfg_kernels_array_concat, tfg_kernels_array_slice, tfg_kernels_array_gather,
    tfg_kernels_array_transpose, tfg_kernels_array_pad, tfg_kernels_array_matrix, tfg_kernels_array_space, tfg_kernels_array_scatter,
    tfg_kernels_array_unique, tfg_kernels_array_reverse, tfg_kernels_nn_topk, tfg_kernels_data_partition,
    tfg_kernels_sparse_add,
    tfg_kernels_sparse_move, tfg_kernels_sparse_rows, tfg_kernels_sparse_dense, tfg_kernels_sparse_reduce,
    tfg_kernels_edit_distance, tfg_kernels_sparse_serialize, tfg_kernels_sparse_cross, tfg_kernels_quantize_convert;

TfgRowsFn tfg_kernels_image_boxes, tfg_kernels_image_codec, tfg_kernels_image_combined,
    tfg_kernels_image_crop, tfg_kernels_image_resize, tfg_kernels_image_scale,
    tfg_kernels_image_suppress, tfg_kernels_image_warp;
TfgRowsFn tfg_kernels_parsing_example;
TfgRowsFn tfg_kernels_parsing_sequence;

/* Before a function of a file compiled once: simple loops over numbers, which the compiler turns into vectors of each instruction set.
 * The one that the processor has is taken when the library is loaded.  No bit changes with it. */
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__) && __GNUC__ >= 12 && !defined(TFG_SANITIZE)
#define TFG_WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TFG_WIDE
#endif

/* Index of the level in use: what the processor has, lowered or raised by the environment's TFG_ISA (v2, v3, v4). */
int tfg_isa_level(void);
int tfg_register_simd(TfgRowsFn *const levels[TFG_SIMD_LEVELS], TfgStatus *s);
#define TFG_REGISTER_SIMD(name, s) tfg_register_simd((TfgRowsFn *const[TFG_SIMD_LEVELS])TFG_SIMD_ALL(name), s)

/* Registers what a file compiled once gives. */
int tfg_register_plain(TfgRowsFn *rows, TfgStatus *s);

#endif
