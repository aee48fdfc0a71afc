"""tf.contrib.legacy_seq2seq: decoders and losses over lists of steps."""
import importlib

_NAMES = ("attention_decoder", "basic_rnn_seq2seq", "embedding_attention_decoder", "embedding_attention_seq2seq", "embedding_rnn_decoder",
          "embedding_rnn_seq2seq", "embedding_tied_rnn_seq2seq", "model_with_buckets", "one2many_rnn_seq2seq", "rnn_decoder",
          "sequence_loss", "sequence_loss_by_example", "tied_rnn_seq2seq")


def __getattr__(name):
    if name not in _NAMES:
        raise AttributeError("module 'tensorflow.contrib.legacy_seq2seq' has no attribute '%s' (pytfgraph does not provide it yet)" % name,
                             name=name)
    value = globals()[name] = getattr(importlib.import_module("pytfgraph.contrib.legacy_seq2seq.python.ops.seq2seq"), name)
    return value


def __dir__():
    return sorted(_NAMES)
