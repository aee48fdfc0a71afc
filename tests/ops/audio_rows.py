"""Rows of the audio family."""
import struct

ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def wav(ch=1, rate=8000, bits=16, data=b"\1\0\2\0\xff\x7f\0\x80", fmt=1, size=16, extra=b"", riff=b"RIFF", wave=b"WAVE", second=None, sample=None, told=None):
    return (riff + struct.pack("<I", 36 + len(data)) + wave + b"fmt " + struct.pack("<IHHIIHH", size, fmt, ch, rate, rate * ch * bits // 8 if second is None else second,
                                                                                    ch * bits // 8 if sample is None else sample, bits) +
            b"\0" * (size - 16) + extra + b"data" + struct.pack("<I", len(data) if told is None else told) + data)


FILES = {"mono": wav(), "stereo": wav(ch=2), "empty": b"", "text": b"abc", "riff": wav(riff=b"RIFX"), "wave": wav(wave=b"WAVX"), "float": wav(fmt=3), "8 bits": wav(bits=8),
         "no channels": wav(ch=0), "format 18": wav(size=18), "format 20": wav(size=20), "extra": wav(extra=b"LIST" + struct.pack("<I", 4) + b"abcd"), "rate": wav(second=5),
         "align": wav(sample=5), "short": wav()[:-3], "far": wav(told=100), "farther": wav(told=2 ** 32 - 1), "odd": wav(data=b"\1\2\3"), "no data": wav()[:36], "silent": wav(data=b""),
         "two": wav() + b"data" + struct.pack("<I", 2) + b"\1\1", "no rate": wav(rate=0), "huge extra": wav(extra=b"LIST" + struct.pack("<I", 2 ** 31)), "header": wav()[:25]}
for name, data in sorted(FILES.items()):
    add("DecodeWav " + name, "raw('DecodeWav', P(%r, 'string'))" % data)
for more in ["desired_channels=2", "desired_channels=1", "desired_samples=2", "desired_samples=6", "desired_samples=3, desired_channels=3", "desired_channels=0", "desired_samples=0",
             "desired_channels=-2", "desired_samples=-2"]:
    for name in ["mono", "stereo"]:
        add("DecodeWav %s %s" % (name, more), "raw('DecodeWav', P(%r, 'string'), %s)" % (FILES[name], more))
add("DecodeWav vector", "raw('DecodeWav', P([b'a'], 'string'))")
for name, audio, rate in [("values", "[[.5], [-.5], [2], [-2], [.00001], [np.nan], [0.3], [-0.00004], [1], [-1]]", "8000"), ("stereo", "[[.5, .25], [1, -1]]", "44100"),
                          ("vector", "[.5]", "8000"), ("rates", "[[.5]]", "[8000]"), ("negative", "[[.5]]", "-1"), ("zero", "[[.5]]", "0"), ("empty", "np.zeros((0, 1))", "8000"),
                          ("no channels", "np.zeros((2, 0))", "8000")]:
    add("EncodeWav " + name, "raw('EncodeWav', P(%s), P(%s, 'int32'))" % (audio, rate))
WAVE = "(np.sin(np.arange(%d) * .9) + np.cos(np.arange(%d) * 0.05))[:, None]"
for n, window, stride in [(20, 8, 4), (20, 5, 3), (20, 2, 4), (8, 8, 4), (4, 8, 4), (500, 256, 100), (20, 1, 4), (20, 8, 0), (100, 30, 70)]:
    for squared in [False, True]:
        add("AudioSpectrogram %d %d %d %s" % (n, window, stride, squared), "raw('AudioSpectrogram', P(%s), window_size=%d, stride=%d, magnitude_squared=%s)" % (
            WAVE % (n, n), window, stride, squared))
add("AudioSpectrogram vector", "raw('AudioSpectrogram', P(np.zeros(20)), window_size=8, stride=4)")
add("AudioSpectrogram known", "raw('AudioSpectrogram', S(%s, [20, 1]), window_size=8, stride=4)" % (WAVE % (20, 20)))
SPECTRUM = "np.abs(np.sin(np.arange(2 * %d.))).reshape(1, 2, %d)"
for name, n, rate, more in [("plain", 129, "16000", ""), ("low rate", 129, "4000", ""), ("lower", 129, "16000", ", lower_frequency_limit=-1."), ("upper", 129, "16000", ", upper_frequency_limit=10."),
                            ("no bands", 129, "16000", ", filterbank_channel_count=0"), ("no coefficients", 129, "16000", ", dct_coefficient_count=0"),
                            ("many coefficients", 129, "16000", ", dct_coefficient_count=50"), ("no rate", 129, "0", ""), ("many bands", 129, "16000", ", filterbank_channel_count=200"),
                            ("one bin", 1, "16000", ""), ("rates", 129, "[16000]", ""), ("fine", 513, "44100", ", dct_coefficient_count=26, upper_frequency_limit=8000.")]:
    add("Mfcc " + name, "raw('Mfcc', P(%s), P(%s, 'int32')%s)" % (SPECTRUM % (n, n), rate, more))
add("Mfcc rank", "raw('Mfcc', P(np.zeros((2, 129))), P(16000, 'int32'))")
