"""How to compile against this library."""
import os

import pytfgraph


def get_include():
    """The folder with tfgraph.h."""
    return os.path.join(get_lib(), "include")


def get_lib():
    """The folder with libtfgraph.so."""
    return os.path.dirname(os.path.abspath(pytfgraph.__file__))


def get_compile_flags():
    """What the compiler needs to find tfgraph.h."""
    return ["-I" + get_include()]


def get_link_flags():
    """What the linker needs to find libtfgraph.so."""
    return ["-L" + get_lib(), "-ltfgraph", "-Wl,-rpath," + get_lib()]
