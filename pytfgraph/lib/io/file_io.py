"""Files and folders: what tf.gfile offers, with the errors of tf.errors."""
import binascii
import os
import shutil
import stat as _modes
import uuid

from pytfgraph.framework import errors_impl as errors
from pytfgraph.lib.io.file_system import error_of, errors_about, local, matching_paths
from pytfgraph.util import compat

_READ_BUFFER = 512 * 1024
_BLOCK = 16 << 20
_LARGE = 4 << 20


class FileIO:
    """A file, opened when it is first read or written.

    Args:
      name: its name.
      mode: "r", "w", "a", "r+", "w+" or "a+", with a "b" where bytes are to be read rather than text.  Writing begins a new file
        except with "a" and "a+".

    Raises:
      InvalidArgumentError: for another mode.
    """

    def __init__(self, name, mode):
        self.__name = name
        self.__mode = mode
        self._binary_mode = "b" in mode
        kind = mode.replace("b", "")
        if kind not in ("r", "w", "a", "r+", "w+", "a+"):
            raise errors.InvalidArgumentError(None, None, "mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+'")
        self._readable = kind in ("r", "r+", "a+", "w+")
        self._writable = kind != "r"
        self._reader = self._writer = None

    @property
    def name(self):
        """Its name, as given."""
        return self.__name

    @property
    def mode(self):
        """Its mode, as given."""
        return self.__mode

    def _open(self, mode, **kwargs):
        path = local(self.__name)
        with errors_about(self.__name):
            return open(path, mode, **kwargs)

    def _reading(self):
        if self._reader is None:
            if not self._readable:
                raise errors.PermissionDeniedError(None, None, "File isn't open for reading")
            self._reader = self._open("rb", buffering=_READ_BUFFER)
        return self._reader

    def _writing(self):
        if self._writer is None:
            if not self._writable:
                raise errors.PermissionDeniedError(None, None, "File isn't open for writing")
            self._writer = self._open("ab" if "a" in self.__mode else "wb")
        return self._writer

    def _given(self, data):
        return data if self._binary_mode else compat.as_str_any(data)

    def size(self):
        """The number of bytes in the file."""
        return stat(self.__name).length

    def write(self, file_content):
        """Writes text (as UTF-8) or bytes."""
        data = compat.as_bytes(file_content)
        writer = self._writing()
        with errors_about(self.__name):
            writer.write(data)

    def read(self, n=-1):
        """The next n bytes, or all that follow; as text unless the mode has a "b"."""
        reader = self._reading()
        if n < -1:
            raise OverflowError("read(): the number of bytes must be -1 or more, not %d" % n)
        with errors_about(self.__name):
            position = reader.tell()
            left = max(os.fstat(reader.fileno()).st_size - position, 0)
            wanted = left if n == -1 else min(n, left)
            if wanted < _LARGE:
                return self._given(reader.read(n))
            from pytfgraph import _core
            data = _core.read_file(reader.fileno(), position, wanted)
            reader.seek(position + len(data))
            return self._given(data)

    def seek(self, offset=None, whence=0, position=None):
        """Goes to a position.

        Args:
          offset: in bytes.
          whence: from where: 0 the start, 1 the present position, 2 the end.
          position: the older name of offset.

        Raises:
          OutOfRangeError: if it is behind the end, where the file is then left.
          InvalidArgumentError: if it is before the start, or `whence` is something else.
        """
        reader = self._reading()
        if offset is None and position is None:
            raise TypeError("seek(): offset argument required")
        if offset is not None and position is not None:
            raise TypeError("seek(): offset and position may not be set simultaneously.")
        if position is not None:
            from pytfgraph.util import deprecation
            deprecation.warn_of_argument("FileIO.seek", __name__, "position", "position is deprecated in favor of the offset argument.")
            offset = position
        if whence not in (0, 1, 2):
            raise errors.InvalidArgumentError(None, None, "Invalid whence argument: {}. Valid values are 0, 1, or 2.".format(whence))
        size = self.size()
        offset += (0, reader.tell(), size)[whence]
        if offset < 0:
            raise errors.InvalidArgumentError(None, None, "Seeking to a negative position: %d" % offset)
        with errors_about(self.__name):
            reader.seek(min(offset, size))
        if offset > size:
            raise errors.OutOfRangeError(None, None, "reached end of file")

    def readline(self):
        """The next line with its newline (carriage returns are left out); empty at the end."""
        reader = self._reading()
        with errors_about(self.__name):
            return self._given(reader.readline().replace(b"\r", b""))

    def readlines(self):
        """A list of the lines that follow."""
        return list(iter(self.readline, self._given(b"")))

    def tell(self):
        """The position, in bytes."""
        return self._reading().tell()

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        self.close()

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration()
        return line

    next = __next__

    def flush(self):
        """Hands what was written to the system."""
        if self._writer is not None:
            with errors_about(self.__name):
                self._writer.flush()

    def close(self):
        """Closes the file, writing what is still to be written; it opens again when it is used again."""
        reader, self._reader = self._reader, None
        writer, self._writer = self._writer, None
        if reader is not None:
            reader.close()
        if writer is not None:
            with errors_about(self.__name):
                writer.close()


class FileStatistics:
    """What stat tells: length in bytes, mtime_nsec (time of the last change), is_directory."""

    def __init__(self, length, mtime_nsec, is_directory):
        self.length = length
        self.mtime_nsec = mtime_nsec
        self.is_directory = is_directory


# ---- questions ----

def file_exists(filename):
    """Whether there is a file or folder of this name."""
    try:
        return os.access(local(filename), os.F_OK)
    except ValueError:
        return False


def is_directory(dirname):
    """Whether there is a folder of this name."""
    try:
        return os.path.isdir(local(dirname))
    except errors.UnimplementedError:
        return False


def stat(filename):
    """FileStatistics of a file or folder; NotFoundError where there is none."""
    path = local(filename)
    with errors_about(filename):
        s = os.stat(path)
    return FileStatistics(s.st_size, s.st_mtime_ns, _modes.S_ISDIR(s.st_mode))


def get_matching_files(filename):
    """The paths that match a pattern of *, ? and [a-z], or any of several patterns.

    Args:
      filename: the pattern, or an iterable of patterns.

    Raises:
      NotFoundError: if the folder before the first wildcard is not there.
    """
    patterns = [filename] if isinstance(filename, (str, bytes, os.PathLike)) else filename
    return [path for p in patterns for path in matching_paths(local(p))]


def list_directory(dirname):
    """The names of what is in a folder; NotFoundError if it is no folder."""
    if not is_directory(dirname):
        raise errors.NotFoundError(None, None, "Could not find directory")
    with errors_about(dirname):
        return os.listdir(local(dirname))


def walk(top, in_order=True):
    """Goes through a folder and the folders in it.

    Args:
      top: the folder.  Nothing comes of one that is not there.
      in_order: whether a folder comes before what is in it.

    Yields:
      (path of a folder, [names of its folders], [names of its files]).
    """
    top = compat.as_str_any(compat.path_to_str(top))
    try:
        names = list_directory(top)
    except errors.OpError:
        return
    folders = [n for n in names if is_directory(os.path.join(top, n))]
    here = (top, folders, [n for n in names if n not in set(folders)])
    if in_order:
        yield here
    for name in folders:
        yield from walk(os.path.join(top, name), in_order)
    if not in_order:
        yield here


# ---- changes ----

def delete_file(filename):
    """Deletes a file; NotFoundError where there is none."""
    path = local(filename)
    with errors_about(filename):
        os.unlink(path)


def create_dir(dirname):
    """Makes a folder, in one that is there; nothing where the name is taken."""
    path = local(dirname)
    with errors_about(dirname):
        try:
            os.mkdir(path)
        except FileExistsError:
            pass


def recursive_create_dir(dirname):
    """Makes a folder and those it is in, where they are not there yet."""
    path = local(dirname)
    if not path or os.path.exists(path):
        return
    with errors_about(dirname):
        os.makedirs(path, exist_ok=True)


def _refuse_existing(path, overwrite):
    if not overwrite and os.path.exists(path):
        raise errors.AlreadyExistsError(None, None, "file already exists")


def copy(oldpath, newpath, overwrite=False):
    """Copies a file.

    Raises:
      AlreadyExistsError: if there is a file `newpath`, unless `overwrite`.
      NotFoundError: if there is no file `oldpath`, or no folder for `newpath`.
    """
    source, target = local(oldpath), local(newpath)
    _refuse_existing(target, overwrite)
    with errors_about(oldpath):
        descriptor = os.open(source, os.O_RDONLY)
    with os.fdopen(descriptor, "rb", closefd=True) if not os.path.isdir(source) else _Folder(descriptor) as f:
        with errors_about(newpath), open(target, "wb") as to:
            shutil.copyfileobj(f, to, _BLOCK)


class _Folder:
    """Stands for a folder where a file is read: reading fails as the system fails it."""

    def __init__(self, descriptor):
        self._descriptor = descriptor

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        os.close(self._descriptor)

    def read(self, n):
        import errno
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


def rename(oldname, newname, overwrite=False):
    """Gives a file or folder another name.

    Raises:
      AlreadyExistsError: if there is a `newname`, unless `overwrite`.
      NotFoundError: if there is no `oldname`, or no folder for `newname`.
    """
    source, target = local(oldname), local(newname)
    _refuse_existing(target, overwrite)
    with errors_about(oldname):
        os.rename(source, target)


def delete_recursively(dirname):
    """Deletes a folder with all that is in it; links are deleted, not followed."""
    path = local(dirname)
    if not os.path.exists(path):
        raise errors.NotFoundError(None, None, "%s not found" % compat.as_str_any(dirname))
    with errors_about(dirname):
        os.scandir(path).close()        # a file is refused here, before anything is gone
    try:
        shutil.rmtree(path) if not os.path.islink(path) else os.unlink(path)
    except OSError as e:
        raise error_of(e, e.filename or dirname) from None


# ---- whole files ----

def read_file_to_string(filename, binary_mode=False):
    """All of a file, as text or bytes."""
    with FileIO(filename, mode="rb" if binary_mode else "r") as f:
        return f.read()


def write_string_to_file(filename, file_content):
    """Makes a file of text or bytes."""
    with FileIO(filename, mode="w") as f:
        f.write(file_content)


def atomic_write_string_to_file(filename, contents, overwrite=True):
    """Makes a file that nobody sees half written.

    Raises:
      AlreadyExistsError: if there is one, unless `overwrite`.
    """
    temporary = compat.as_str_any(compat.path_to_str(filename)) + ".tmp" + uuid.uuid4().hex
    write_string_to_file(temporary, contents)
    try:
        rename(temporary, filename, overwrite)
    except errors.OpError:
        delete_file(temporary)
        raise


def filecmp(filename_a, filename_b):
    """Whether two files hold the same."""
    if stat(filename_a).length != stat(filename_b).length:
        return False
    with FileIO(filename_a, "rb") as a, FileIO(filename_b, "rb") as b:
        while True:
            x, y = a.read(_BLOCK), b.read(_BLOCK)
            if x != y:
                return False
            if not x:
                return True


def file_crc32(filename, block_size=_BLOCK):
    """The CRC-32 of a file, a hexadecimal text.

    Args:
      filename: the file.
      block_size: how many bytes are read at a time, all for -1.
    """
    crc = 0
    with FileIO(filename, mode="rb") as f:
        block = f.read(block_size)
        while block:
            crc = binascii.crc32(block, crc)
            block = f.read(block_size)
    return hex(crc & 0xFFFFFFFF)
