"""What the data sets of the tutorials have in common: tables of comma-separated values, and files fetched once."""
import collections
import csv
import os
import random
import time
import urllib.request

import numpy as np

from pytfgraph.platform import gfile
from pytfgraph.util.deprecation import deprecated

Dataset = collections.namedtuple("Dataset", ["data", "target"])
Datasets = collections.namedtuple("Datasets", ["train", "validation", "test"])

_TIMED_OUT = 110   # errno of a connection that timed out


@deprecated(None, "Use tf.data instead.")
def load_csv_with_header(filename, target_dtype, features_dtype, target_column=-1):
    """Reads a table whose first line says how many rows and features follow.

    Returns:
      A Dataset: `data` of shape [rows, features] and `features_dtype`, `target` of shape [rows] and `target_dtype`, which is taken
      from column `target_column` of each row.
    """
    with gfile.Open(filename) as f:
        rows = csv.reader(f)
        header = next(rows)
        data = np.zeros((int(header[0]), int(header[1])), dtype=features_dtype)
        target = np.zeros((int(header[0]),), dtype=target_dtype)
        for i, row in enumerate(rows):
            target[i] = np.asarray(row.pop(target_column), dtype=target_dtype)
            data[i] = np.asarray(row, dtype=features_dtype)
    return Dataset(data=data, target=target)


@deprecated(None, "Use tf.data instead.")
def load_csv_without_header(filename, target_dtype, features_dtype, target_column=-1):
    """Reads a table of as many rows as the file has; see load_csv_with_header for the result."""
    data, target = [], []
    with gfile.Open(filename) as f:
        for row in csv.reader(f):
            target.append(row.pop(target_column))
            data.append(np.asarray(row, dtype=features_dtype))
    return Dataset(data=np.array(data), target=np.array(target, dtype=target_dtype))


@deprecated(None, "Use tf.data instead.")
def shrink_csv(filename, ratio):
    """Writes every `ratio`-th line of `name.csv` to `name_small.csv`."""
    with gfile.Open(filename.replace(".", "_small."), "w") as small, gfile.Open(filename) as large:
        writer = csv.writer(small)
        for i, row in enumerate(csv.reader(large)):
            if i % ratio == 0:
                writer.writerow(row)


@deprecated(None, "Use the retry module or similar alternatives.")
def retry(initial_delay, max_delay, factor=2.0, jitter=0.25, is_retriable=None):
    """A decorator that calls a function again when it raises.

    Args:
      initial_delay, max_delay, factor: the first wait in seconds, the longest, and by what each is longer than the one before.
      jitter: each wait is longer or shorter by up to this part of it.
      is_retriable: says of an exception whether to wait and try again; without it every exception is followed by another try at once.

    Raises:
      ValueError: factor is below 1, or jitter is not.
    """
    return _retry(initial_delay, max_delay, factor, jitter, is_retriable)


def _retry(initial_delay, max_delay, factor=2.0, jitter=0.25, is_retriable=None):
    if factor < 1:
        raise ValueError("factor must be >= 1; was %f" % (factor,))
    if jitter >= 1:
        raise ValueError("jitter must be < 1; was %f" % (jitter,))

    def decorate(f):
        def again(*args, **kwargs):
            delay = initial_delay
            while delay <= max_delay:
                try:
                    return f(*args, **kwargs)
                except Exception as e:
                    if is_retriable is not None:
                        if not is_retriable(e):
                            raise
                        time.sleep(delay * random.uniform(1 - jitter, 1 + jitter))
                delay *= factor
            return f(*args, **kwargs)
        return again
    return decorate


def _is_time_out(error):
    return isinstance(error, IOError) and error.errno == _TIMED_OUT


@_retry(initial_delay=1.0, max_delay=16.0, is_retriable=_is_time_out)
def _fetch(url, filename=None):
    return urllib.request.urlretrieve(url, filename)


@deprecated(None, "Please use urllib or similar directly.")
def urlretrieve_with_retry(url, filename=None):
    """urllib.request.urlretrieve, tried again while the connection times out."""
    return _fetch(url, filename)


@deprecated(None, "Please write your own downloading logic.")
def maybe_download(filename, work_directory, source_url):
    """The path of `filename` in `work_directory`; it is fetched from `source_url` when it is not there yet."""
    if not gfile.Exists(work_directory):
        gfile.MakeDirs(work_directory)
    path = os.path.join(work_directory, filename)
    if not gfile.Exists(path):
        fetched, _ = urlretrieve_with_retry(source_url)
        gfile.Copy(fetched, path)
        with gfile.GFile(path) as f:
            size = f.size()
        print("Successfully downloaded", filename, size, "bytes.")
    return path
