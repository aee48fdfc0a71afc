"""Sound: wav files, spectrograms, mel-frequency cepstral coefficients."""
from pytfgraph.ops import raw

__all__ = ["audio_spectrogram", "decode_wav", "encode_wav", "mfcc"]


def __getattr__(name):
    if name not in __all__:
        raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name))
    return raw.function(name)


def __dir__():
    return sorted(__all__)
