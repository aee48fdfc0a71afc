"""tf.gfile under its module's name."""
from pytfgraph.lib.io.file_io import (  # noqa: F401
    FileIO, copy as Copy, create_dir as MkDir, delete_file as Remove, delete_recursively as DeleteRecursively, file_exists as Exists,
    get_matching_files as Glob, is_directory as IsDirectory, list_directory as ListDirectory, recursive_create_dir as MakeDirs,
    rename as Rename, stat as Stat, walk as Walk)
from pytfgraph.util.deprecation import deprecated


class GFile(FileIO):
    """A file, opened when it is first read or written; see FileIO."""

    def __init__(self, name, mode="r"):
        super().__init__(name=name, mode=mode)


class FastGFile(FileIO):
    """The name of GFile before 1.0."""

    @deprecated(None, "Use tf.gfile.GFile.")
    def __init__(self, name, mode="r"):
        super().__init__(name=name, mode=mode)


Open = GFile
