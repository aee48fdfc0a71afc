/* Statistics of datasets: an aggregator is a resource; the walks inside a SetStatsAggregatorDataset tell it what they do. */
#ifndef TFG_KERNELS_DATASET_STATS_H
#define TFG_KERNELS_DATASET_STATS_H

#include "kernels/dataset.h"

typedef struct TfgGauges TfgGauges;

/* One more value of the histogram `tag`; and the value of `tag` from now on.  NULL aggregates nothing; what finds no memory is not counted. */
void tfg_gauges_add(TfgGauges *a, const char *tag, double value);
void tfg_gauges_set(TfgGauges *a, const char *tag, float value);

#endif
