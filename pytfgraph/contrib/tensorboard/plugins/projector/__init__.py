"""The configuration of TensorBoard's embedding projector."""
import os

from pytfgraph import protos

PROJECTOR_FILENAME = "projector_config.pbtxt"

_module = protos.module("tensorflow.contrib.tensorboard.plugins.projector.projector_config_pb2")
ProjectorConfig, EmbeddingInfo, SpriteMetadata = _module.ProjectorConfig, _module.EmbeddingInfo, _module.SpriteMetadata


def visualize_embeddings(summary_writer, config):
    """Writes a configuration beside the events of a writer, where TensorBoard finds it.

    Args:
      summary_writer: a FileWriter, or anything with get_logdir.
      config: a ProjectorConfig message.

    Raises:
      ValueError: if the writer has no directory.
    """
    from google.protobuf import text_format
    logdir = summary_writer.get_logdir()
    if logdir is None:
        raise ValueError("Summary writer must have a logdir")
    with open(os.path.join(logdir, PROJECTOR_FILENAME), "w", encoding="utf-8") as f:
        f.write(text_format.MessageToString(config))
