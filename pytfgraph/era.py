"""What programs of TensorFlow 1.x's time expect of other libraries: for `python -m pytfgraph run`, whose process is the program's.

Nothing here is done when the library is imported: a process that also runs newer code keeps its NumPy as it is.
"""
import builtins

import numpy as np

from pytfgraph import _core

# Names that NumPy had until 1.24 or 2.0, and what they stood for.
_NUMPY_NAMES = {"int": builtins.int, "float": builtins.float, "bool": builtins.bool, "object": builtins.object, "str": builtins.str,
                "complex": builtins.complex, "long": builtins.int, "unicode": builtins.str, "float_": np.float64,
                "complex_": np.complex128, "unicode_": np.str_, "string_": np.bytes_, "Inf": np.inf, "Infinity": np.inf,
                "infty": np.inf, "NaN": np.nan, "PINF": np.inf, "NINF": -np.inf, "product": np.prod, "cumproduct": np.cumprod,
                "alltrue": np.all, "sometrue": np.any}


def apply():
    """Gives NumPy the names it had, prints its scalars as it did (6.0, not np.float32(6.0)), and has them add up as they did."""
    for name, value in _NUMPY_NAMES.items():
        if name not in np.__dict__:
            setattr(np, name, value)
    if int(np.__version__.split(".")[0]) >= 2:
        np.set_printoptions(legacy="1.25")
        _core.count_numbers_as_before()
