"""Files beside the code that asks for them."""
import os
import sys

import pytfgraph


def _caller_folder():
    """The folder of the file that called this module's caller."""
    return os.path.dirname(os.path.abspath(sys._getframe(2).f_globals.get("__file__") or os.path.join(os.getcwd(), "_")))


def get_data_files_path():
    """The folder of the calling file."""
    return _caller_folder()


def get_root_dir_with_all_resources():
    """The folder that all of this library's files are in."""
    return os.path.dirname(os.path.dirname(os.path.abspath(pytfgraph.__file__)))


def get_path_to_datafile(path):
    """`path` beside the calling file."""
    return os.path.join(_caller_folder(), path)


def load_resource(path):
    """The bytes of a file, named from the folder that the package is in.

    Raises:
      IOError: where it cannot be read.
    """
    with open(os.path.join(get_root_dir_with_all_resources(), path), "rb") as f:
        return f.read()


def readahead_file_path(path, readahead="128M"):
    """`path`: reading ahead is the system's."""
    return path
