/* The ctc family: its rows, gathered. */
#include "kernels/ctc.h"

int tfg_register_kernels_ctc(TfgStatus *s);
int tfg_register_kernels_ctc(TfgStatus *s)
{
    return tfg_register_plain(tfg_kernels_ctc_loss, s) < 0 ? -1 : tfg_register_plain(tfg_kernels_ctc_decode, s);
}
