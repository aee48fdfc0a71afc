"""tf.contrib.crf: linear-chain conditional random fields."""
from pytfgraph.contrib.crf.python.ops.crf import (  # noqa: F401
    CrfDecodeBackwardRnnCell, CrfDecodeForwardRnnCell, CrfForwardRnnCell, crf_binary_score, crf_decode, crf_log_likelihood, crf_log_norm,
    crf_multitag_sequence_score, crf_sequence_score, crf_unary_score, viterbi_decode)
