"""Operations that a program brings in a library of its own: docs/own-ops.md, and what is refused."""
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

import pytfgraph as tf

ROOT = pathlib.Path(__file__).parent.parent.parent
HEADER = '#include "tfgraph.h"\nTFG_API int tfg_op_library_init(TfgRegistrar *r, int abi_version, TfgStatus *s) { (void)abi_version; (void)r; (void)s; %s }\n'


def build(folder, name, source):
    path = folder / (name + ".c")
    path.write_text(source)
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", str(path), "-o", str(folder / (name + ".so"))] + tf.sysconfig.get_compile_flags()
                   + tf.sysconfig.get_link_flags(), check=True)
    return str(folder / (name + ".so"))


@pytest.fixture(scope="module")
def clamp(tmp_path_factory):
    path = build(tmp_path_factory.mktemp("clamp"), "clamp", (ROOT / "examples/own_op/clamp.c").read_text())
    module = tf.load_op_library(path)
    assert tf.load_op_library(path) is module
    return module


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as s:
        yield s


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_value_shape_and_gradient(clamp, session, dtype):
    x = tf.placeholder(dtype, [None, 3])
    y = clamp.clamp(x, 0, 1, name="y")
    assert (y.op.type, y.name, y.shape.as_list(), y.dtype.name) == ("Clamp", "y:0", [None, 3], dtype)
    got = session.run([y] + tf.gradients(y * 2, x), {x: [[-2, 0.5, 3]]})
    np.testing.assert_array_equal(got, [[[0, 0.5, 1]], [[0, 2, 0]]])
    assert got[0].dtype == dtype


def test_it_is_registered(clamp):
    assert [op.name for op in clamp.OP_LIST.op] == ["Clamp"]
    from pytfgraph.framework import op_def_registry
    assert "Clamp" in op_def_registry.get_registered_ops()


def test_wrong_calls(clamp, session):
    with pytest.raises(ValueError, match=r"Bounds must be scalars, but input 2 is of rank 1 for 'Clamp' \(op: 'Clamp'\) with input shapes: \[1\], \[\], \[1\]."):
        clamp.clamp([1.], 0., [1.])
    with pytest.raises(TypeError, match="Value passed to parameter 'x' has DataType int32 not in list of allowed values: float32, float64"):
        clamp.clamp([1], 0, 1)
    low = tf.placeholder(tf.float32)
    y = clamp.clamp([1.], low, 1.)
    for value, words in [(2., "low must not be above high, got 2 and 1"), ([0.], "Bounds must be scalars")]:
        with pytest.raises(tf.errors.InvalidArgumentError, match=words) as e:
            session.run(y, {low: value})
        assert e.value.op is y.op and "test_own_op.py" in str(e.value)


def test_graphs_with_it_are_saved(clamp, session):
    clamp.clamp(tf.constant([5.], name="x"), 0., 1., name="y")
    graph_def = tf.get_default_graph().as_graph_def()
    with tf.Graph().as_default(), tf.Session() as s:
        y, = tf.import_graph_def(graph_def, return_elements=["y:0"])
        assert s.run(y).tolist() == [1.0]


def test_the_document(clamp, tmp_path):
    """Its program runs and prints what it says."""
    program = re.search(r"```python\n(.*?)```", (ROOT / "docs/own-ops.md").read_text(), re.S)[1]
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=tmp_path, check=True)
    assert done.stdout.decode() == "[array([0. , 0.5, 1. ], dtype=float32), array([0., 1., 0.], dtype=float32)]\n"


def test_a_gradient_in_python(session, tmp_path):
    """An operation without a gradient of its own."""
    library = tf.load_op_library(build(tmp_path, "twice", '#include "tfgraph.h"\n'
        "static int run(TfgKernelCall *c, TfgStatus *s) { TfgTensor *y = tfg_kernel_output(c, 0, 0, 0, s); if (!y) return -1;\n"
        "  *(float *)tfg_tensor_data(y) = 2 * *(const float *)tfg_tensor_data(tfg_kernel_input(c, 0)); return 0; }\n"
        "TFG_API int tfg_op_library_init(TfgRegistrar *r, int abi_version, TfgStatus *s) { (void)abi_version;\n"
        '  static const TfgUserOp op = {.name = "TwiceOf", .inputs = {"x: float"}, .outputs = {"y: float"}};\n'
        '  static const TfgUserKernel kernel = {.op = "TwiceOf", .run = run};\n'
        "  return tfg_registrar_add_op(r, &op, s) < 0 ? -1 : tfg_registrar_add_kernel(r, &kernel, s); }\n"))
    x = tf.constant(3.)
    y = library.twice_of(x)
    assert y.shape.ndims is None
    with pytest.raises(LookupError):
        tf.gradients(y, x)
    tf.RegisterGradient("TwiceOf")(lambda op, dy: 2 * dy)
    assert session.run([y] + tf.gradients(y, x)) == [6, 2]


@pytest.mark.parametrize("name, body, error, words", [
    ("fails", 'return tfg_fail(s, TFG_DATA_LOSS, "no licence");', "DataLossError", "no licence"),
    ("silent", "return -1;", "InvalidArgumentError", "tfg_op_library_init failed"),
    ("again", 'static const TfgUserOp op = {.name = "Add", .outputs = {"y: float"}}; return tfg_registrar_add_op(r, &op, s);', "AlreadyExistsError", "Op with name Add"),
    ("signature", 'static const TfgUserOp op = {.name = "Wrong1", .inputs = {"x: Q"}}; return tfg_registrar_add_op(r, &op, s);', "InvalidArgumentError", "Q"),
    ("nameless", "static const TfgUserOp op; return tfg_registrar_add_op(r, &op, s);", "InvalidArgumentError", "needs a name"),
    ("kernel", 'static const TfgUserKernel k = {.op = "Wrong2"}; return tfg_registrar_add_kernel(r, &k, s);', "InvalidArgumentError", "a function"),
    ("stray", 'return tfg_registrar_add_gradient(r, "Wrong3", 0, s);', "NotFoundError", "Wrong3, which is no operation")])
def test_libraries_that_are_refused(tmp_path, name, body, error, words):
    path = build(tmp_path, name, HEADER % body)
    for _ in range(2):          # nothing of it stays behind
        with pytest.raises(getattr(tf.errors, error), match=words):
            tf.load_op_library(path)


def test_files_that_are_no_libraries(tmp_path):
    with pytest.raises(tf.errors.NotFoundError, match="cannot open shared object file: No such file or directory"):
        tf.load_op_library(str(tmp_path / "missing.so"))
    (tmp_path / "text.so").write_text("not a library")
    with pytest.raises(tf.errors.NotFoundError, match="text.so"):
        tf.load_op_library(str(tmp_path / "text.so"))
    with pytest.raises(tf.errors.InvalidArgumentError, match="has no tfg_op_library_init"):
        tf.load_op_library("libm.so.6")
    with pytest.raises(tf.errors.NotFoundError, match="does not exist"):
        tf.load_library(str(tmp_path / "nowhere"))
