"""python -m pytfgraph run: a program's own process, with what programs of that time expect."""
import subprocess
import sys

PROGRAM = """\
import os, sys
import numpy as np
import tensorflow as tf
import beside
print(__name__, os.path.basename(sys.argv[0]), sys.argv[1:], os.path.basename(sys.path[0]), beside.WORD)
with tf.Session() as sess:
    print([sess.run(tf.constant(1.5) * 2)], np.zeros(2, np.float), np.int(3), np.dtype(np.bool))
"""


def run(*arguments, cwd):
    return subprocess.run([sys.executable, "-m", "pytfgraph", *arguments], cwd=str(cwd), capture_output=True, text=True, timeout=120)


def test_program_is_main(tmp_path):
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "p.py").write_text(PROGRAM)
    (folder / "beside.py").write_text("WORD = 'found'\n")
    done = run("run", "programs/p.py", "--steps", "3", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "__main__ p.py ['--steps', '3'] programs found\n[3.0] [0. 0.] 3 bool\n"


def test_status_and_errors_are_the_programs(tmp_path):
    (tmp_path / "p.py").write_text("import sys\nsys.exit(7)\n")
    assert run("run", "p.py", cwd=tmp_path).returncode == 7
    (tmp_path / "q.py").write_text("import tensorflow as tf\ntf.keras\n")
    done = run("run", "q.py", cwd=tmp_path)
    assert done.returncode == 1
    assert "module 'tensorflow' has no attribute 'keras'" in done.stderr.splitlines()[-1]


def test_wrong_command_lines(tmp_path):
    assert run(cwd=tmp_path).returncode == 2
    done = run("run", "missing.py", cwd=tmp_path)
    assert done.returncode == 2 and "no such file: missing.py" in done.stderr


def test_a_missing_name_of_contrib_says_so(tmp_path):
    program = tmp_path / "p.py"
    program.write_text("import tensorflow.contrib as c\ntry: c.nothing\nexcept AttributeError as e: print(e)\n"
                       "import tensorflow.contrib.eager as t\ntry: t.nothing\nexcept AttributeError as e: print(e)\n")
    done = subprocess.run([sys.executable, "-m", "pytfgraph", "run", str(program)], capture_output=True, text=True)
    assert done.stdout.splitlines() == [
        "module 'tensorflow.contrib' has no attribute 'nothing' (pytfgraph does not provide it yet)",
        "module 'tensorflow.contrib.eager' has no attribute 'nothing' (pytfgraph does not provide it yet)"], done.stderr
