/* The formulas of the optimizers, as TensorFlow 1.12 applies them. */
#include <math.h>

#include "kernels/isa.h"
#include "kernels/simd.h"
#include "kernels/training.h"

/* A formula sees var, a, b, c (the slots), g (the gradient) and its named scalars, all of type T, and changes slots in place. */
#define SLOT(k) T *restrict p##k = u->slot[k];
#define BEGIN(name) static void name(const TfgUpdate *u) { const T *restrict grad = u->grad; const T *sc = u->scalar; int64_t n = u->n; \
    SLOT(0) SLOT(1) SLOT(2) SLOT(3) (void)p1; (void)p2; (void)p3; (void)sc;
#define EACH for (int64_t i = 0; i < n; i++) { T g = grad[i], var = p0[i]; (void)var; (void)g;
#define END } }

#define FORMULAS(S)                                                                                              \
    BEGIN(gradient_descent_##S)                                                                                  \
        T lr = sc[0];                                                                                            \
        EACH p0[i] = var - g * lr; END                                                                           \
    BEGIN(momentum_##S)                                                                                          \
        T lr = sc[0], momentum = sc[1];                                                                          \
        if (u->flag) {                                                                                           \
            EACH T a = p1[i] * momentum + g; p1[i] = a; p0[i] = var - (g * lr + a * momentum * lr); }            \
        } else {                                                                                                 \
            EACH T a = p1[i] * momentum + g; p1[i] = a; p0[i] = var - a * lr; }                                  \
        } }                                                                                                      \
    BEGIN(adam_##S)     /* beta1_power, beta2_power, lr, beta1, beta2, epsilon */                                \
        T alpha = sc[2] * SQRT(1 - sc[1]) / (1 - sc[0]), beta1 = sc[3], not1 = 1 - sc[3], not2 = 1 - sc[4], eps = sc[5]; \
        if (u->flag) {                                                                                           \
            EACH T m = p1[i] + (g - p1[i]) * not1, v = p2[i] + (g * g - p2[i]) * not2;                           \
            p1[i] = m; p2[i] = v; p0[i] = var - (g * not1 + beta1 * m) * alpha / (SQRT(v) + eps); }              \
        } else {                                                                                                 \
            EACH T m = p1[i] + (g - p1[i]) * not1, v = p2[i] + (g * g - p2[i]) * not2;                           \
            p1[i] = m; p2[i] = v; p0[i] = var - m * alpha / (SQRT(v) + eps); }                                   \
        } }                                                                                                      \
    BEGIN(ada_max_##S)  /* beta1_power, lr, beta1, beta2, epsilon */                                             \
        T scale = sc[1] / (1 - sc[0]), not1 = 1 - sc[2], beta2 = sc[3], eps = sc[4];                             \
        EACH T m = p1[i] + (g - p1[i]) * not1, v = beta2 * p2[i], size = FABS(g);                                \
        v = v < size ? size : v; p1[i] = m; p2[i] = v; p0[i] = var - scale * (m / (v + eps)); END                \
    BEGIN(adadelta_##S) /* lr, rho, epsilon */                                                                   \
        T lr = sc[0], rho = sc[1], rest = 1 - sc[1], eps = sc[2];                                                \
        EACH T a = p1[i] * rho + g * g * rest, step = SQRT(p2[i] + eps) * (1 / SQRT(a + eps)) * g;               \
        p1[i] = a; p0[i] = var - step * lr; p2[i] = p2[i] * rho + step * step * rest; END                        \
    BEGIN(adagrad_##S)                                                                                           \
        T lr = sc[0], keep = u->flag ? 1 : 0;                                                                    \
        EACH T a = p1[i] + g * g * keep; p1[i] = a; p0[i] = var - g * lr * (1 / SQRT(a)); END                    \
    BEGIN(adagrad_v2_##S)  /* lr, epsilon */                                                                     \
        T lr = sc[0], eps = sc[1], keep = u->flag ? 1 : 0;                                                       \
        EACH T a = p1[i] + g * g * keep; p1[i] = a; p0[i] = var - g * lr / (SQRT(a) + eps); END                  \
    BEGIN(keras_momentum_##S)  /* lr, momentum: the slot holds the step that is taken */                         \
        T lr = sc[0], momentum = sc[1];                                                                          \
        if (u->flag) {                                                                                           \
            EACH T a = p1[i] * momentum - g * lr; p1[i] = a; p0[i] = var + (a * momentum - g * lr); }            \
        } else {                                                                                                 \
            EACH T a = p1[i] * momentum - g * lr; p1[i] = a; p0[i] = var + a; }                                  \
        } }                                                                                                      \
    BEGIN(amsgrad_##S)  /* slots m, v, the largest v; beta1_power, beta2_power, lr, beta1, beta2, epsilon */     \
        T alpha = sc[2] * SQRT(1 - sc[1]) / (1 - sc[0]), not1 = 1 - sc[3], not2 = 1 - sc[4], eps = sc[5];        \
        EACH T m = p1[i] + (g - p1[i]) * not1, v = p2[i] + (g * g - p2[i]) * not2, most = p3[i] < v ? v : p3[i]; \
        p1[i] = m; p2[i] = v; p3[i] = most; p0[i] = var - m * alpha / (SQRT(most) + eps); END                    \
    BEGIN(proximal_adagrad_##S)  /* lr, l1, l2 */                                                                \
        T lr = sc[0], l1 = sc[1], l2 = sc[2];                                                                    \
        EACH T a = p1[i] + g * g, rate = lr * (1 / SQRT(a)), x = var - g * rate, size = FABS(x) - rate * l1;     \
        p1[i] = a; size = size < 0 ? 0 : size;                                                                   \
        p0[i] = (l1 > 0 ? SIGN(x) * size : x) / (1 + l2 * rate); END                                             \
    BEGIN(proximal_gradient_descent_##S)  /* lr, l1, l2 */                                                       \
        T lr = sc[0], l1 = sc[1], l2 = sc[2];                                                                    \
        EACH T x = var - g * lr, size = FABS(x) - lr * l1;                                                       \
        size = size < 0 ? 0 : size; p0[i] = (l1 > 0 ? SIGN(x) * size : x) / (1 + l2 * lr); END                   \
    BEGIN(adagrad_da_##S)  /* lr, l1, l2, global_step */                                                         \
        T lr = sc[0], l1 = sc[1], l2 = sc[2], step = sc[3];                                                      \
        EACH T a = p1[i] + g, b = p2[i] + g * g, size = FABS(a) - l1 * step;                                     \
        p1[i] = a; p2[i] = b; size = size < 0 ? 0 : size;                                                        \
        p0[i] = lr * -1 * (l1 > 0 ? SIGN(a) * size : a) / (l2 * step * lr + SQRT(b)); END                        \
    BEGIN(rms_prop_##S)  /* lr, rho, momentum, epsilon */                                                        \
        T lr = sc[0], rest = 1 - sc[1], momentum = sc[2], eps = sc[3];                                           \
        EACH T ms = p1[i] + (g * g - p1[i]) * rest, mom = p2[i] * momentum + g * lr / SQRT(ms + eps);            \
        p1[i] = ms; p2[i] = mom; p0[i] = var - mom; END                                                          \
    BEGIN(centered_rms_prop_##S)  /* slots mg, ms, mom */                                                        \
        T lr = sc[0], rest = 1 - sc[1], momentum = sc[2], eps = sc[3];                                           \
        EACH T ms = p2[i] + (g * g - p2[i]) * rest, mg = p1[i] + (g - p1[i]) * rest;                             \
        T mom = p3[i] * momentum + g * lr / SQRT((ms - mg * mg) + eps);                                          \
        p1[i] = mg; p2[i] = ms; p3[i] = mom; p0[i] = var - mom; END                                              \
    BEGIN(add_sign_##S)  /* lr, alpha, sign_decay, beta */                                                       \
        T lr = sc[0], alpha = sc[1], decay = sc[2], beta = sc[3], rest = 1 - sc[3];                              \
        EACH T m = p1[i] * beta + g * rest; p1[i] = m;                                                           \
        p0[i] = var - lr * (alpha + decay * (SIGN(g) * SIGN(m))) * g; END                                        \
    BEGIN(power_sign_##S)  /* lr, logbase, sign_decay, beta; the scale takes one of three values */              \
        T lr = sc[0], power = sc[1] * sc[2], beta = sc[3], rest = 1 - sc[3], up = EXP(power), down = EXP(-power); \
        EACH T m = p1[i] * beta + g * rest, both = SIGN(g) * SIGN(m); p1[i] = m;                                 \
        p0[i] = var - lr * (both > 0 ? up : both < 0 ? down : 1) * g; END                                        \
    static inline __attribute__((always_inline)) void ftrl_loop_##S(const TfgUpdate *u, T lr, T l1, T l2,        \
                                                                     T shrinkage, T power, const bool root)     \
    {                                                                                                            \
        T *restrict p0 = u->slot[0], *restrict p1 = u->slot[1], *restrict p2 = u->slot[2];                       \
        const T *restrict grad = u->grad;                                                                        \
        for (int64_t i = 0; i < u->n; i++) {                                                                     \
            T g = grad[i], var = p0[i], accum = p1[i], more = accum + g * g;                                     \
            T before = root ? SQRT(accum) : POW(accum, -power), after = root ? SQRT(more) : POW(more, -power);   \
            T linear = p2[i] + (g + 2 * shrinkage * var - (after - before) / lr * var);                          \
            T x = l1 * SIGN(linear) - linear, y = after / lr + 2 * l2;                                           \
            p0[i] = FABS(linear) > l1 ? x / y : 0;                                                               \
            p1[i] = more;                                                                                        \
            p2[i] = linear;                                                                                      \
        }                                                                                                        \
    }                                                                                                            \
    static inline void ftrl_##S(const TfgUpdate *u, T lr, T l1, T l2, T shrinkage, T power)                      \
    {                                                                                                            \
        if (power == (T)-0.5)   /* a loop of its own: this one becomes vectors */                                \
            ftrl_loop_##S(u, lr, l1, l2, shrinkage, power, true);                                                \
        else                                                                                                     \
            ftrl_loop_##S(u, lr, l1, l2, shrinkage, power, false);                                               \
    }                                                                                                            \
    static void ftrl_v1_##S(const TfgUpdate *u)                                                                  \
    {                                                                                                            \
        const T *sc = u->scalar;                                                                                 \
        ftrl_##S(u, sc[0], sc[1], sc[2], 0, sc[3]);                                                              \
    }                                                                                                            \
    static void ftrl_v2_##S(const TfgUpdate *u)                                                                  \
    {                                                                                                            \
        const T *sc = u->scalar;                                                                                 \
        ftrl_##S(u, sc[0], sc[1], sc[2], sc[3], sc[4]);                                                          \
    }

#define SIGN(x) ((T)(((x) > 0) - ((x) < 0)))
#define T float
#define SQRT sqrtf
#define FABS fabsf
#define EXP expf
#define POW powf
FORMULAS(f)
#undef T
#undef SQRT
#undef FABS
#undef EXP
#undef POW
#define T double
#define SQRT sqrt
#define FABS fabs
#define EXP exp
#define POW pow
FORMULAS(d)

/* X(op, layout, sparse layout, flag, formula): those with a form for rows, and those without */
#define SPARSE_OPTIMIZERS(X)                                                                                            \
    X("Momentum", "vvsgs", "vvsgis", "use_nesterov", momentum)                                                   \
    X("Adadelta", "vvvsssg", "vvvsssgi", NULL, adadelta)                                                         \
    X("Adagrad", "vvsg", "vvsgi", "update_slots", adagrad)                                                       \
    X("AdagradV2", "vvssg", "vvssgi", "update_slots", adagrad_v2)                                                \
    X("ProximalAdagrad", "vvsssg", "vvsssgi", NULL, proximal_adagrad)                                            \
    X("ProximalGradientDescent", "vsssg", "vsssgi", NULL, proximal_gradient_descent)                             \
    X("AdagradDA", "vvvgssss", "vvvgissss", NULL, adagrad_da)                                                    \
    X("RMSProp", "vvvssssg", "vvvssssgi", NULL, rms_prop)                                                        \
    X("CenteredRMSProp", "vvvvssssg", "vvvvssssgi", NULL, centered_rms_prop)                                     \
    X("Ftrl", "vvvgssss", "vvvgissss", NULL, ftrl_v1)                                                            \
    X("FtrlV2", "vvvgsssss", "vvvgisssss", NULL, ftrl_v2)
#define DENSE_OPTIMIZERS(X)                                                                                      \
    X("GradientDescent", "vsg", NULL, NULL, gradient_descent)                                                    \
    X("Adam", "vvvssssssg", NULL, "use_nesterov", adam)                                                          \
    X("AdaMax", "vvvsssssg", NULL, NULL, ada_max)                                                                \
    X("AddSign", "vvssssg", NULL, NULL, add_sign)                                                                \
    X("PowerSign", "vvssssg", NULL, NULL, power_sign)

/* Of later versions: on resources alone. */
#define SPARSE_RESOURCE_OPTIMIZERS(X) X("KerasMomentum", "vvsgs", "vvsgis", "use_nesterov", keras_momentum)
#define DENSE_RESOURCE_OPTIMIZERS(X) X("AdamWithAmsgrad", "vvvvssssssg", NULL, NULL, amsgrad)

#define TABLES(op, layout, sparse, flag, formula)                                                                \
    static const TfgOptimizer formula##_dense_f = {layout, flag, formula##_f};                                   \
    static const TfgOptimizer formula##_dense_d = {layout, flag, formula##_d};
#define SPARSE_TABLES(op, layout, sparse, flag, formula)                                                         \
    static const TfgOptimizer formula##_sparse_f = {sparse, flag, formula##_f};                                  \
    static const TfgOptimizer formula##_sparse_d = {sparse, flag, formula##_d};
DENSE_OPTIMIZERS(TABLES)
SPARSE_OPTIMIZERS(TABLES)
SPARSE_OPTIMIZERS(SPARSE_TABLES)
DENSE_RESOURCE_OPTIMIZERS(TABLES)
SPARSE_RESOURCE_OPTIMIZERS(TABLES)
SPARSE_RESOURCE_OPTIMIZERS(SPARSE_TABLES)

#define ROW(op_name, D, table) {.op = op_name, TFG_FOR(D), .flags = TFG_KERNEL_WRITES_REF, .loops = &table, .run = tfg_training_run},
#define TYPES(op_name, table)                                                                                    \
    ROW(op_name, TFG_FLOAT, table##_f) ROW(op_name, TFG_DOUBLE, table##_d) ROW(op_name, TFG_HALF, table##_f)     \
    ROW(op_name, TFG_BFLOAT16, table##_f)
#define ROWS(op, layout, sparse, flag, formula)                                                                  \
    TYPES("Apply" op, formula##_dense) TYPES("ResourceApply" op, formula##_dense)
#define SPARSE_ROWS(op, layout, sparse, flag, formula)                                                           \
    TYPES("SparseApply" op, formula##_sparse) TYPES("ResourceSparseApply" op, formula##_sparse)

#define RESOURCE_ROWS(op, layout, sparse, flag, formula) TYPES("ResourceApply" op, formula##_dense)
#define SPARSE_RESOURCE_ROWS(op, layout, sparse, flag, formula) TYPES("ResourceSparseApply" op, formula##_sparse)

static const TfgKernelRow rows[] = { DENSE_OPTIMIZERS(ROWS) SPARSE_OPTIMIZERS(ROWS) SPARSE_OPTIMIZERS(SPARSE_ROWS)
    DENSE_RESOURCE_OPTIMIZERS(RESOURCE_ROWS) SPARSE_RESOURCE_OPTIMIZERS(RESOURCE_ROWS) SPARSE_RESOURCE_OPTIMIZERS(SPARSE_RESOURCE_ROWS) };

const TfgKernelRow *TFG_SIMD(tfg_kernels_training)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
