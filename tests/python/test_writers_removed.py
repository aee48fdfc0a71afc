"""Event files whose folder is removed while a writer has it."""
import os
import shutil

import pytfgraph as tf


def test_a_folder_that_disappears_is_logged(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr("pytfgraph.platform.tf_logging.error", lambda text, *args: said.append(text % args))
    folder = str(tmp_path / "logs")
    writer = tf.summary.FileWriter(folder)
    shutil.rmtree(folder)
    writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=1.0)]), 1)
    writer.flush()
    writer.close()
    assert not os.path.exists(folder)
    assert said and all(text.startswith("The events file %s" % folder) and text.endswith("has disappeared.") for text in said)


def test_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    writer = tf.summary.FileWriter("")
    writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=1.0)]), 1)
    writer.close()
    assert [name.startswith("events.out.tfevents.") for name in os.listdir(".")] == [True]
