/* Staging areas: signatures and shapes. */
#include "ops/common.h"

#define AREA(dtypes) "capacity: int >= 0 = 0", "memory_limit: int >= 0 = 0", "dtypes: list(type)" dtypes
#define NAMED "container: string = ''", "shared_name: string = ''"
#define KEPT .flags = TFG_OP_STATEFUL
#define MAP(kind) \
    { .name = kind "Clear", .attr = {AREA(""), NAMED}, .shape = tfg_shape_none, KEPT }, \
    { .name = kind "IncompleteSize", .out = {"size: int32"}, .attr = {AREA(""), NAMED}, .shape = tfg_shape_scalar, KEPT }, \
    { .name = kind "Peek", .in = {"key: int64", "indices: int32"}, .out = {"values: dtypes"}, .attr = {AREA(" >= 1"), NAMED}, \
      .shape = tfg_shape_unknown, KEPT }, \
    { .name = kind "Size", .out = {"size: int32"}, .attr = {AREA(""), NAMED}, .shape = tfg_shape_scalar, KEPT }, \
    { .name = kind "Stage", .in = {"key: int64", "indices: int32", "values: fake_dtypes"}, \
      .attr = {AREA(""), "fake_dtypes: list(type) >= 1", NAMED}, .shape = tfg_shape_none, KEPT }, \
    { .name = kind "Unstage", .in = {"key: int64", "indices: int32"}, .out = {"values: dtypes"}, .attr = {AREA(" >= 1"), NAMED}, \
      .shape = tfg_shape_unknown, KEPT }, \
    { .name = kind "UnstageNoKey", .in = {"indices: int32"}, .out = {"key: int64", "values: dtypes"}, .attr = {AREA(" >= 1"), NAMED}, \
      .shape = tfg_shape_unknown, KEPT }

const TfgOpRow tfg_ops_stage[] = {
    MAP("Map"),
    MAP("OrderedMap"),
    { .name = "Stage", .in = {"values: dtypes"}, .attr = {AREA(" >= 1"), NAMED}, .shape = tfg_shape_none, KEPT },
    { .name = "StageClear", .attr = {AREA(""), NAMED}, .shape = tfg_shape_none, KEPT },
    { .name = "StagePeek", .in = {"index: int32"}, .out = {"values: dtypes"}, .attr = {AREA(" >= 1"), NAMED},
      .shape = tfg_shape_unknown, KEPT },
    { .name = "StageSize", .out = {"size: int32"}, .attr = {AREA(""), NAMED}, .shape = tfg_shape_scalar, KEPT },
    { .name = "Unstage", .out = {"values: dtypes"}, .attr = {AREA(" >= 1"), NAMED}, .shape = tfg_shape_unknown, KEPT },
};
const int tfg_n_ops_stage = sizeof tfg_ops_stage / sizeof *tfg_ops_stage;
