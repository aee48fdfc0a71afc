"""Saves that are cut off: by a kill at any moment, a full disk, a folder that cannot be written.  The newest complete checkpoint
always restores, and the file `checkpoint` names one that is there."""
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import pytfgraph as tf

PROGRAM = """
import sys
import numpy as np
import pytfgraph as tf
folder, same = sys.argv[1], sys.argv[2] == 'same'
v = tf.get_variable('v', [20000], tf.float64)
w = tf.get_variable('w', [3], tf.float64)
x = tf.placeholder(tf.float64, [])
step = tf.group(v.assign(tf.fill([20000], x)), w.assign(tf.fill([3], x)))
saver = tf.train.Saver(max_to_keep=3)
with tf.Session() as sess:
    print('ready', flush=True)
    for i in range(10000):
        sess.run(step, {x: i})
        saver.save(sess, folder + '/m', global_step=None if same else i, write_meta_graph=i % 5 == 0)
        print(i, flush=True)
"""


def newest(folder):
    """What the newest checkpoint holds: one number, in every element."""
    path = tf.train.latest_checkpoint(str(folder))
    if path is None:
        return None
    reader = tf.train.NewCheckpointReader(path)
    v, w = reader.get_tensor("v"), reader.get_tensor("w")
    assert len(set(v) | set(w)) == 1
    return int(v[0])


@pytest.mark.parametrize("name", ["steps", "same"])
def test_kill(tmp_path, name):
    """kill -9 at random moments."""
    rng = random.Random(7)
    for _ in range(int(os.environ.get("TFG_KILLS", 6))):
        p = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path), name], stdout=subprocess.PIPE)
        assert p.stdout.readline() == b"ready\n"
        first = p.stdout.readline()
        assert first == b"0\n"
        time.sleep(rng.random() * 0.15)
        p.send_signal(signal.SIGKILL)
        done = [int(line) for line in (first + p.communicate()[0]).split()]
        assert newest(tmp_path) in (done[-1], done[-1] + 1)


@pytest.mark.parametrize("at", range(1, 12))
@pytest.mark.parametrize("name", ["steps", "same"])
def test_stop_at_rename(tmp_path, name, at):
    """The process ends right at the at-th change of a name."""
    if not _can_stop():
        pytest.skip("no C compiler")
    library = _stopper(tmp_path)
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    env = dict(os.environ, LD_PRELOAD=str(library), STOP_AT_RENAME=str(at))
    p = subprocess.run([sys.executable, "-c", PROGRAM, str(folder), name], stdout=subprocess.PIPE, env=env, timeout=60)
    done = [int(line) for line in p.stdout.split()[1:]]
    assert p.returncode == 77
    assert newest(folder) in ((None, 0) if not done else (done[-1], done[-1] + 1))


def _can_stop():
    import shutil
    return shutil.which("gcc") is not None and not os.environ.get("LD_PRELOAD")


def _stopper(tmp_path):
    source = tmp_path / "stop.c"
    source.write_text(r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
static int renames;
int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    const char *at = getenv("STOP_AT_RENAME");
    if (at && ++renames >= atoi(at))
        _exit(77);
    return real(from, to);
}
""")
    library = tmp_path / "stop.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return library


@pytest.fixture
def saved(tmp_path):
    """A session with a checkpoint of 1, whose variable is 2 by now."""
    with tf.Graph().as_default(), tf.Session() as sess:
        v = tf.get_variable("v", [20000], tf.float64, tf.ones_initializer())
        w = tf.get_variable("w", [3], tf.float64, tf.ones_initializer())
        saver = tf.train.Saver()
        sess.run(tf.global_variables_initializer())
        saver.save(sess, str(tmp_path / "m"), global_step=1)
        sess.run([v.assign(v * 2), w.assign(w * 2)])
        yield sess, saver, tmp_path


def test_full_disk(saved):
    sess, saver, folder = saved
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50000, hard))
        for prefix, step in (("m", 2), ("m-1", None)):
            with pytest.raises(tf.errors.OpError):
                saver.save(sess, str(folder / prefix), global_step=step)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert newest(folder) == 1
    assert not [n for n in os.listdir(folder) if "temp" in n]
    saver.save(sess, str(folder / "m"), global_step=2)
    assert newest(folder) == 2


def test_read_only_folder(saved):
    sess, saver, folder = saved
    if os.geteuid() == 0:
        pytest.skip("root writes anywhere")
    folder.chmod(0o555)
    try:
        with pytest.raises(tf.errors.PermissionDeniedError):
            saver.save(sess, str(folder / "m"), global_step=2)
    finally:
        folder.chmod(0o755)
    assert newest(folder) == 1


def test_missing_folder(saved):
    sess, saver, folder = saved
    with pytest.raises(ValueError, match="Parent directory of .* doesn't exist, can't save."):
        saver.save(sess, str(folder / "no" / "such" / "m"))
    assert newest(folder) == 1
    np.testing.assert_equal(pathlib.Path(folder / "no").exists(), False)
