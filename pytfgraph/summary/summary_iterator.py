"""Reading event files."""
from pytfgraph import protos
from pytfgraph.lib.io import tf_record


def summary_iterator(path):
    """The Event messages of an event file, one by one.

    Args:
      path: of the file.

    Raises:
      DataLossError: if the file is broken.
    """
    event = protos.message("tensorflow.Event")
    for record in tf_record.tf_record_iterator(path):
        yield event.FromString(record)
