"""The examples: models on real data, the notebook with its outputs, the C program on the public header."""
import os
import shutil
import subprocess

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

import pytfgraph

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGE = os.path.dirname(os.path.abspath(pytfgraph.__file__))


def test_linear_regression_agrees_with_scikit_learn():
    from examples import linear_regression
    X_train, X_test, y_train, y_test = linear_regression.load()
    ours = linear_regression.train(X_train, y_train, X_test, y_test)
    theirs = linear_regression.reference(X_train, y_train, X_test, y_test)
    np.testing.assert_allclose(ours["weight"], theirs["weight"], atol=1e-3)
    for key in ("bias", "train_loss", "test_loss"):
        assert ours[key] == pytest.approx(theirs[key], abs=1e-3)
    assert ours["losses"][0] > ours["losses"][-1]


def test_digit_images_are_told_apart():
    from examples import digits
    X_train, X_test, y_train, y_test = digits.load()
    assert len(X_train) + len(X_test) == 1797
    result = digits.train(X_train, y_train, X_test, y_test)
    assert result["test_accuracy"] > 0.96
    assert np.mean(result["predictions"] == y_test) == pytest.approx(result["test_accuracy"], abs=1e-6)


def _text(cell):
    """What a cell printed or showed, pictures by their kind alone."""
    parts = []
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            parts.append(output.text)
        elif "image/png" in output.data:
            parts.append("<image>")
        else:
            parts.append(output.data["text/plain"])
    return "".join(parts)


def test_notebook_shows_what_it_shows():
    path = os.path.join(ROOT, "examples", "demo.ipynb")
    written = nbformat.read(path, as_version=4)
    ran = nbformat.read(path, as_version=4)
    NotebookClient(ran, timeout=300, kernel_name="python3", resources={"metadata": {"path": ROOT}}).execute()
    assert [_text(c) for c in ran.cells] == [_text(c) for c in written.cells]
    assert any("<image>" in _text(c) for c in ran.cells)


def test_c_program(tmp_path):
    compiler = shutil.which("cc") or shutil.which("gcc")
    program = tmp_path / "gradient"
    subprocess.run([compiler, "-std=c11", "-Wall", "-Werror", os.path.join(ROOT, "examples", "c", "gradient.c"),
                    "-I" + os.path.join(PACKAGE, "include"), "-L" + PACKAGE, "-ltfgraph", "-Wl,-rpath," + PACKAGE, "-o", str(program)],
                   check=True)
    output = subprocess.run([str(program)], check=True, capture_output=True, text=True, timeout=60).stdout
    assert output == "y = 56.5\ndy/dx = 1 8 24\ndy/dw = 1 4 16\n"
