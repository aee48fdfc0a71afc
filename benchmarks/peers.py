"""Interpreters with a real TensorFlow, for what is compared with it."""
import os
import pathlib

VERSIONS = ("2.21", "1.12")


def find(text=""):
    """([(version, interpreter)], [words on those that are not there]).

    text: "2.21=PYTHON 1.12=PYTHON"; empty: TFG_PEERS, and then what stands in ~/.cache/pytfgraph-reference (tf-2.21, tf-1.12)."""
    text = text or os.environ.get("TFG_PEERS", "")
    if text:
        named = [item.split("=", 1) for item in text.split()]
    else:
        cache = pathlib.Path.home() / ".cache" / "pytfgraph-reference"
        named = [[v, str(cache / ("tf-" + v) / "bin" / "python")] for v in VERSIONS]
    found, missing = [], []
    for version, python in named:
        if os.access(python, os.X_OK):
            found.append((version, python))
        else:
            missing.append("TensorFlow %s is not installed (%s): left out" % (version, python))
    return found, missing
