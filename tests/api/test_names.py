"""Public functions and classes of TensorFlow 1.12 (golden/names.jsonl), apart from those of tf.layers, tf.data, tf.metrics, tf.losses,
tf.estimator, tf.keras, tf.contrib and tf.feature_column: those that are here take the same parameters.

    python tests/api/test_names.py      lists what is missing"""
import functools
import inspect
import json
import pathlib

import pytest

import pytfgraph as tf

GOLDEN = pathlib.Path(__file__).parent.parent / "golden/names.jsonl"
ROWS = [json.loads(line) for line in GOLDEN.read_text().splitlines()]
# What tuples, absl's flags and objects show of themselves depends on the version of Python and absl; tf.gradients also takes
# unconnected_gradients of 1.13.
OTHERWISE = {"tf.SparseTensorValue", "tf.VarLenFeature", "tf.io.VarLenFeature", "tf.FixedLenFeature", "tf.gradients", "tf.nn.swish",
             "tf.errors.UnknownError", "tf.nn.rnn_cell.LSTMStateTuple", "tf.train.NanLossDuringTrainingError", "tf.train.SessionRunValues"}


def find(name):
    """The object, or None."""
    try:
        return functools.reduce(getattr, name.split(".")[1:], tf)
    except AttributeError:
        return None


def is_told(row):
    """Whether its parameters are to be compared; messages take what protobuf takes."""
    return row["params"] is not None and row["name"] not in OTHERWISE and ".flags." not in row["name"] and not hasattr(find(row["name"]), "DESCRIPTOR")


HERE = [row for row in ROWS if find(row["name"]) is not None]


def parameters(thing):
    marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return [marks.get(p.kind, "") + p.name for p in inspect.signature(thing).parameters.values()]


@pytest.mark.parametrize("row", filter(is_told, HERE), ids=lambda row: row["name"])
def test_parameters(row):
    assert parameters(find(row["name"])) == row["params"]


def test_most_are_here():
    assert len(HERE) >= 0.9 * len(ROWS), sorted({row["name"] for row in ROWS} - {row["name"] for row in HERE})


if __name__ == "__main__":
    missing = [row["name"] for row in ROWS if find(row["name"]) is None]
    print("%d of %d functions and classes; missing: %s" % (len(HERE), len(ROWS), " ".join(missing)))
