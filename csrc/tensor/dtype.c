#include "tensor/dtype.h"

#include <string.h>

#include "tensor/tensor.h"

typedef struct DTypeRow {
    const char *name, *name_ref, *enum_name, *enum_name_ref, *signature_name, *signature_name_ref;
    size_t size;
    TfgKind kind;
} DTypeRow;

#define ROW(d, name, enum_name, signature, ctype, kind) \
    [d] = {name, name "_ref", enum_name, enum_name "_REF", signature, signature "_ref", sizeof(ctype), kind},
static const DTypeRow rows[TFG_N_DTYPES] = {
    [TFG_INVALID] = {"invalid", "invalid_ref", "DT_INVALID", "DT_INVALID_REF", "INVALID", "INVALID_ref", 0, TFG_KIND_NONE},
    TFG_DTYPES(ROW)
};
#undef ROW

static const DTypeRow *row_of(TfgDType d)
{
    int base = (int)tfg_dtype_base(d);
    return &rows[base > 0 && base < TFG_N_DTYPES ? base : 0];
}

bool tfg_dtype_is_valid(int number)
{
    return (number > 0 && number < TFG_N_DTYPES) || (number > TFG_REF && number < TFG_REF + TFG_N_DTYPES);
}

size_t tfg_dtype_size(TfgDType d)
{
    return row_of(d)->size;
}

TfgKind tfg_dtype_kind(TfgDType d)
{
    return row_of(d)->kind;
}

bool tfg_dtype_is_plain(TfgDType d)
{
    TfgKind kind = tfg_dtype_kind(d);
    return kind != TFG_KIND_NONE && kind != TFG_KIND_STRING && kind != TFG_KIND_HANDLE;
}

const char *tfg_dtype_name(TfgDType d)
{
    const DTypeRow *r = row_of(d);
    return tfg_dtype_is_ref(d) ? r->name_ref : r->name;
}

const char *tfg_dtype_enum_name(TfgDType d)
{
    const DTypeRow *r = row_of(d);
    return tfg_dtype_is_ref(d) ? r->enum_name_ref : r->enum_name;
}

const char *tfg_dtype_signature_name(TfgDType d)
{
    const DTypeRow *r = row_of(d);
    return tfg_dtype_is_ref(d) ? r->signature_name_ref : r->signature_name;
}

static bool spells(const char *candidate, const char *name, size_t n)
{
    return strlen(candidate) == n && memcmp(candidate, name, n) == 0;
}

TfgDType tfg_dtype_parse(const char *name, size_t n)
{
    for (int d = 1; d < TFG_N_DTYPES; d++) {
        const DTypeRow *r = &rows[d];
        if (spells(r->name, name, n) || spells(r->enum_name, name, n) || spells(r->signature_name, name, n))
            return (TfgDType)d;
        if (spells(r->name_ref, name, n) || spells(r->enum_name_ref, name, n) || spells(r->signature_name_ref, name, n))
            return (TfgDType)(d + TFG_REF);
    }
    return TFG_INVALID;
}
