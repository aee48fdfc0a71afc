"""What tf.gfile does that a page of tests/api cannot ask."""
import os
import pathlib

import pytest

import pytfgraph as tf
from pytfgraph.lib.io import file_io


def test_names_of_other_kinds(tmp_path):
    path = tmp_path / 'a'
    with tf.gfile.GFile(path, 'w') as f:
        f.write('text')
    for name in (path, str(path), bytes(path), 'file://%s' % path):
        assert tf.gfile.Exists(name) and tf.gfile.GFile(name).read() == 'text'
    assert tf.gfile.Glob(tmp_path / '*') == [str(path)]
    with pytest.raises(tf.errors.UnimplementedError, match="File system scheme 'gs' not implemented .file: 'gs://b/c'"):
        tf.gfile.GFile('gs://b/c').read()
    assert not tf.gfile.IsDirectory('gs://b/c')
    assert not tf.gfile.Exists('a\0b')
    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.gfile.GFile('a\0b').read()


def test_links_are_not_followed(tmp_path):
    (tmp_path / 'kept').mkdir()
    (tmp_path / 'kept' / 'file').write_text('1')
    (tmp_path / 'gone').mkdir()
    os.symlink(str(tmp_path / 'kept'), str(tmp_path / 'gone' / 'link'))
    tf.gfile.DeleteRecursively(str(tmp_path / 'gone'))
    assert not (tmp_path / 'gone').exists() and (tmp_path / 'kept' / 'file').exists()


def test_full_disk():
    if not os.path.exists('/dev/full'):
        pytest.skip('no /dev/full')
    f = tf.gfile.GFile('/dev/full', 'w')
    f.write('x')
    with pytest.raises(tf.errors.ResourceExhaustedError, match='/dev/full; No space left on device'):
        f.flush()
    with pytest.raises(tf.errors.ResourceExhaustedError):
        f.close()


@pytest.mark.parametrize('pattern, names', [
    ('*', 'a-b a.b a1 ab b'), ('a[1.]*', 'a.b a1'), ('a[!1]*', 'a-b a.b ab'), ('[[:alpha:]]', 'b'), ('a[a-c]', 'ab'), ('a[-]b', 'a-b'),
    ('a[c-a]', ''), ('[', ''), ('a\\.b', 'a.b'), ('[]', ''), ('a[^-.1]', 'ab'), ('**', 'a-b a.b a1 ab b'), ('?', 'b')])
def test_patterns(tmp_path, pattern, names):
    for name in ('ab', 'a.b', 'a1', 'a-b', 'b'):
        (tmp_path / name).write_text('')
    assert [os.path.basename(p) for p in tf.gfile.Glob(str(tmp_path) + '/' + pattern)] == sorted(names.split())


def test_deprecated_class_warns(capfd, tmp_path):
    path = pathlib.Path(tmp_path / 'a')
    path.write_text('abc')
    f = tf.gfile.FastGFile(str(path))
    assert f.read(2) == 'ab' and isinstance(f, file_io.FileIO)


def test_large_reads(tmp_path):
    data = os.urandom(1 << 20) * 9 + b'end'
    (tmp_path / 'a').write_bytes(data)
    with tf.gfile.GFile(str(tmp_path / 'a'), 'rb') as f:
        assert f.read(3) == data[:3] and f.read(5 << 20) == data[3:3 + (5 << 20)]
        assert f.tell() == 3 + (5 << 20) and f.read(2) == data[f.tell() - 2:f.tell()]
        assert f.read() == data[5 + (5 << 20):] and f.read() == b''
        f.seek(1)
        assert f.read(len(data)) == data[1:]
