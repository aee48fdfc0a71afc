/* Fourier transforms: signatures and shapes. */
#include <string.h>

#include "ops/common.h"

/* "FFT2D" -> 2 */
static int rank_of(const TfgShapeCall *c)
{
    size_t n = strlen(c->def->name);
    char last = c->def->name[n - 1], digit = n > 1 ? c->def->name[n - 2] : 0;
    return last == 'D' ? digit - '0' : 1;
}

static int shape_fft(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank_at_least(&c->in[0], rank_of(c), s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], &c->in[0]);
    return 0;
}

/* The inner dimensions are fft_length's; of the complex side, the last is half of it and one. */
static int shape_real(TfgShapeCall *c, TfgStatus *s)
{
    int rank = rank_of(c);
    bool forward = strncmp(c->def->name, "RFFT", 4) == 0;
    if (tfg_want_rank_at_least(&c->in[0], rank, s) < 0 || tfg_want_rank(&c->in[1], 1, NULL, s) < 0)
        return -1;
    TfgShape length = c->in[1];
    if (tfg_dim(&length, 0) >= 0 && tfg_want_dim(tfg_dim(&length, 0), rank, s) < 0)
        return -1;
    TfgShape *out = &c->out[0];
    tfg_shape_copy(out, &c->in[0]);
    if (out->rank < 0)
        return 0;
    const TfgTensor *sizes = c->constant(c, 1);
    for (int i = 0; i < rank; i++) {
        int64_t size = sizes ? tfg_tensor_int(sizes, i) : -1;
        out->dims[out->rank - rank + i] = size < 0 ? -1 : forward && i == rank - 1 && size != 0 ? size / 2 + 1 : size;
    }
    return 0;
}

#define COMPLEX_ROW(op) { .name = op, .in = {"input: Tcomplex"}, .out = {"output: Tcomplex"}, \
                          .attr = {"Tcomplex: " COMPLEX " = DT_COMPLEX64"}, .shape = shape_fft }
#define FORWARD_ROW(op) { .name = op, .in = {"input: float", "fft_length: int32"}, .out = {"output: complex64"}, .shape = shape_real }
#define INVERSE_ROW(op) { .name = op, .in = {"input: complex64", "fft_length: int32"}, .out = {"output: float"}, .shape = shape_real }

const TfgOpRow tfg_ops_spectral[] = {
    COMPLEX_ROW("FFT"), COMPLEX_ROW("FFT2D"), COMPLEX_ROW("FFT3D"), COMPLEX_ROW("IFFT"), COMPLEX_ROW("IFFT2D"), COMPLEX_ROW("IFFT3D"),
    FORWARD_ROW("RFFT"), FORWARD_ROW("RFFT2D"), FORWARD_ROW("RFFT3D"), INVERSE_ROW("IRFFT"), INVERSE_ROW("IRFFT2D"), INVERSE_ROW("IRFFT3D"),
};
const int tfg_n_ops_spectral = (int)(sizeof tfg_ops_spectral / sizeof *tfg_ops_spectral);
