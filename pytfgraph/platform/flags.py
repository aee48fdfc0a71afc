"""tf.flags: absl's flags, which FLAGS parses by itself when a value is first read."""
import functools
import logging as _logging
import sys as _sys

from absl.flags import *  # noqa: F401,F403
from absl import flags as _flags

disclaim_key_flags()  # noqa: F405  (the key flags are those of the program)

_RENAMED = {"flag_name": "name", "default_value": "default", "docstring": "help"}


def _with_old_names(define):
    """A define function that takes its arguments' older names, too."""
    @functools.wraps(define)
    def wrapper(*args, **kwargs):
        if any(k in _RENAMED for k in kwargs):
            kwargs = {_RENAMED.get(k, k): v for k, v in kwargs.items()}
            _logging.warning("Use of the keyword argument names (flag_name, default_value, docstring) is deprecated, please use "
                             "(name, default, help) instead.")
        return define(*args, **kwargs)
    return wrapper


class _FlagValuesWrapper:
    """absl's FLAGS, parsed from sys.argv when a program reads a flag before anything parsed them."""

    def __init__(self, wrapped):
        self.__dict__["_wrapped"] = wrapped

    def __getattr__(self, name):
        wrapped = self.__dict__["_wrapped"]
        if not wrapped.is_parsed():
            wrapped(_sys.argv)
        return getattr(wrapped, name)

    def __setattr__(self, name, value):
        setattr(self._wrapped, name, value)

    def __delattr__(self, name):
        delattr(self._wrapped, name)

    def __dir__(self):
        return dir(self._wrapped)

    def __getitem__(self, name):
        return self._wrapped[name]

    def __setitem__(self, name, flag):
        self._wrapped[name] = flag

    def __contains__(self, name):
        return name in self._wrapped

    def __len__(self):
        return len(self._wrapped)

    def __iter__(self):
        return iter(self._wrapped)

    def __str__(self):
        return str(self._wrapped)

    def __call__(self, *args, **kwargs):
        return self._wrapped(*args, **kwargs)


DEFINE_string = _with_old_names(_flags.DEFINE_string)
DEFINE_boolean = DEFINE_bool = _with_old_names(_flags.DEFINE_boolean)
DEFINE_float = _with_old_names(_flags.DEFINE_float)
DEFINE_integer = _with_old_names(_flags.DEFINE_integer)
FLAGS = _FlagValuesWrapper(_flags.FLAGS)
