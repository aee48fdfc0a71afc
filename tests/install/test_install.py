"""`pip install .`: the wheel holds everything, and works away from the checkout."""
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent
PROGRAM = """
import pytfgraph as tf
print(tf.__file__)
a = tf.constant(1, name="a")
b = a * 2
print(b)
with tf.Session() as s:
    print(s.run(b))
print(tf.GraphDef().DESCRIPTOR.full_name)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    target = tmp_path_factory.mktemp("site")
    done = subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation",
                           "--disable-pip-version-check", "--target", str(target), str(ROOT)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=1500)
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-4000:]
    return target


@pytest.mark.slow
def test_files(installed):
    package = installed / "pytfgraph"
    for name in ("libtfgraph.so", "descriptors.bin", "include/tfgraph.h", "__init__.py"):
        assert (package / name).is_file(), name
    assert list(package.glob("_core*.so"))
    listed = [line for line in next(installed.glob("*.dist-info/RECORD")).read_text().splitlines()]
    assert any(line.startswith("pytfgraph/libtfgraph.so,") for line in listed)


@pytest.mark.slow
def test_runs(installed, tmp_path):
    env = dict(os.environ, PYTHONPATH=str(installed))
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=str(tmp_path), env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    where, shown, value, message = done.stdout.decode().splitlines()
    assert where.startswith(str(installed))
    assert (shown, value, message) == ('Tensor("mul:0", shape=(), dtype=int32)', "2", "tensorflow.GraphDef")


@pytest.mark.slow
def test_c_program_against_the_installed_header(installed, tmp_path):
    source = tmp_path / "p.c"
    source.write_text("""
#include <stdio.h>
#include <tfgraph.h>
int main(void)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgOpBuilder *b = g ? tfg_op_begin(g, "NoOp", "n", &s) : NULL;
    TfgOp *op = b ? tfg_op_finish(b, &s) : NULL;
    if (!op)
        return 1;
    puts(tfg_op_name(op));
    tfg_graph_unref(g);
    return 0;
}
""")
    package = installed / "pytfgraph"
    program = tmp_path / "p"
    subprocess.run(["cc", "-std=c11", "-Wall", "-Werror", "-pedantic", "-I", str(package / "include"), str(source),
                    "-o", str(program), "-L", str(package), "-ltfgraph", "-Wl,-rpath," + str(package)], check=True)
    assert subprocess.run([str(program)], stdout=subprocess.PIPE, check=True).stdout == b"n\n"


def test_missing_packages_are_named(tmp_path):
    """Without ninja on the path the build says what to install."""
    done = subprocess.run([sys.executable, "setup.py", "build_ext", "--build-lib", str(tmp_path)], cwd=str(ROOT),
                          env=dict(os.environ, PATH=str(tmp_path)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode != 0
    assert "apt-get install cmake ninja-build gcc" in done.stdout.decode()


def test_cmake_names_missing_packages(tmp_path):
    done = subprocess.run(["cmake", "-S", str(ROOT), "-B", str(tmp_path), "-G", "Ninja", "-DSLEEF_INCLUDE=NO", "-DTFG_PYTHON=OFF",
                           "-DPROTOC=NO"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode != 0
    assert "apt-get install protobuf-compiler libsleef-dev" in done.stdout.decode()
