"""Element types."""
from pytfgraph._core import DType, as_dtype

_NAMES = ("float16 float32 float64 bfloat16 int8 uint8 int16 uint16 int32 uint32 int64 uint64 complex64 complex128 bool string "
          "qint8 quint8 qint16 quint16 qint32 resource variant").split()
for _name in _NAMES:
    globals()[_name] = as_dtype(_name)
    globals()[_name + "_ref"] = as_dtype(_name + "_ref")
half, double = as_dtype("float16"), as_dtype("float64")
half_ref, double_ref = as_dtype("float16_ref"), as_dtype("float64_ref")
QUANTIZED_DTYPES = frozenset(as_dtype(n + r) for n in ("qint8", "quint8", "qint16", "quint16", "qint32") for r in ("", "_ref"))
_INTERN_TABLE = {d.as_datatype_enum: d for d in (as_dtype(n + r) for n in _NAMES for r in ("", "_ref"))}
__all__ = _NAMES + ["DType", "as_dtype", "half", "double", "QUANTIZED_DTYPES"]
