/* Sdca: what a loss must tell, for stochastic dual coordinate ascent. */
#ifndef TFG_KERNELS_SDCA_H
#define TFG_KERNELS_SDCA_H

#include "runtime/kernel.h"

typedef struct TfgSdcaLoss {
    const char *name;           /* attribute loss_type */
    int (*label)(float *y, TfgStatus *s);       /* checks a label, and brings it into the form that the others take */
    double (*dual)(double k, double y, double c, double a, double wx, double q);        /* the best next value of a */
    double (*primal_loss)(double wx, double y, double c);
    double (*dual_loss)(double a, double y, double c);
    double (*slope)(double wx, double y);       /* of the primal loss, over wx */
    double smoothness;          /* the slope changes at most by 1 / this, where it is not 0 */
} TfgSdcaLoss;
const TfgSdcaLoss *tfg_sdca_loss(const TfgAttrs *attrs);        /* NULL: no such loss */

#endif
