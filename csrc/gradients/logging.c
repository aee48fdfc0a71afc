/* Summaries have no gradients. */
#include "gradients/rows.h"

const TfgGradRow tfg_gradients_logging[] = {
    NONE("AudioSummary"), NONE("AudioSummaryV2"), NONE("HistogramSummary"), NONE("ImageSummary"), NONE("MergeSummary"),
    NONE("ScalarSummary"), NONE("TensorSummary"), NONE("Timestamp"),
};
const int tfg_n_gradients_logging = sizeof tfg_gradients_logging / sizeof *tfg_gradients_logging;
