"""Shared libraries that bring operations of their own."""
import os
import types

from pytfgraph import _core, protos
from pytfgraph.ops import raw

_loaded = {}


def load_op_library(library_filename):
    """Loads a shared library of operations that was built with tfgraph.h (docs/own-ops.md).

    Args:
      library_filename: its path.

    Returns:
      A module with a function for each operation, named in snake case, and their OpDefs in OP_LIST. The same one when asked again.

    Raises:
      NotFoundError: where the file cannot be opened.
      InvalidArgumentError: where it is no op library, or its operations are wrong.
      AlreadyExistsError: where it brings an operation that there is.
    """
    names = tuple(_core.load_op_library(library_filename))
    path = os.path.abspath(os.fspath(library_filename))
    if path not in _loaded:
        raw.refresh()
        module = types.ModuleType(os.path.splitext(os.path.basename(path))[0], "The operations of %s." % os.path.basename(path))
        module._IS_TENSORFLOW_PLUGIN = True
        module.OP_LIST = protos.message("tensorflow.OpList")(op=[_core.op_def(name) for name in names])
        for name in names:
            setattr(module, raw.snake_case(name), _core.raw_op(name))
        _loaded[path] = module
    return _loaded[path]


def load_file_system_library(library_filename):
    """Loads a library that brings a file system.

    Raises:
      NotFoundError: where the file cannot be opened.
      UnimplementedError: else, since files are those of this machine.
    """
    from pytfgraph.framework import errors_impl
    if not os.path.exists(library_filename):
        raise errors_impl.NotFoundError(None, None, "%s: cannot open shared object file: No such file or directory" % library_filename)
    raise errors_impl.UnimplementedError(None, None, "%s: libraries of file systems are not loaded" % library_filename)


def load_library(library_location):
    """Loads an op library, or every .so in a folder.

    Raises:
      NotFoundError: where there is none.
    """
    from pytfgraph.framework import errors_impl
    if os.path.isdir(library_location):
        found = sorted(os.path.join(library_location, name) for name in os.listdir(library_location) if name.endswith(".so"))
    else:
        found = [library_location] if os.path.exists(library_location) else []
    if not found:
        raise errors_impl.NotFoundError(None, None, "The file or folder to load kernel libraries from does not exist. %s" % library_location)
    for path in found:
        load_op_library(path)
