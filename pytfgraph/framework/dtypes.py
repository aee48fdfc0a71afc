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

# The smallest and largest values of integers as images hold them, and 0 and 1 of floats.
import numpy as _np  # noqa: E402
_TYPE_TO_STRING = {d.as_datatype_enum: d.name for d in _INTERN_TABLE.values()}
dtype_range = {_np.bool_: (False, True), _np.uint8: (0, 255), _np.uint16: (0, 65535), _np.int8: (-128, 127), _np.int16: (-32768, 32767),
               _np.int64: (-2 ** 63, 2 ** 63 - 1), _np.uint64: (0, 2 ** 64 - 1), _np.int32: (-2 ** 31, 2 ** 31 - 1), _np.uint32: (0, 2 ** 32 - 1),
               _np.float32: (-1, 1), _np.float64: (-1, 1)}
