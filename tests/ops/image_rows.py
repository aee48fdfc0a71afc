"""Rows of the image family."""
import base64
import struct
import zlib

ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def picture(*shape):
    """The expression of an image: waves, with a hard edge."""
    return "((np.sin(np.arange(%d) * 0.37).reshape(%s) * 100 + 128 + (np.arange(%d).reshape(%s) %% 11 > 8) * 20).astype(np.uint8))" % (
        prod(shape), shape, prod(shape), shape)


def prod(shape):
    return int(np.prod(shape))


# ---- files made by hand: every kind of png ----

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) & 0xffffffff)


def png(width, height, depth, color, rows, more=b"", interlace=0):
    """rows: bytes of each row."""
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)) + more +
            chunk(b"IDAT", zlib.compress(b"".join(b"\0" + r for r in rows), 9)) + chunk(b"IEND", b""))


def bytes_of(n, seed):
    return bytes(bytearray((i * 37 + seed * 53) % 256 for i in range(n)))


PALETTE = chunk(b"PLTE", bytes_of(12, 3))
FILES = {
    "gray1": png(10, 2, 1, 0, [b"\xa5\x40", b"\x5a\xc0"]), "gray2": png(5, 2, 2, 0, [b"\x1b\xc0", b"\xe4\x40"]),
    "gray4": png(3, 2, 4, 0, [b"\x1f\x80", b"\xe4\x30"]), "gray8": png(3, 2, 8, 0, [bytes_of(3, 1), bytes_of(3, 2)]),
    "gray16": png(3, 2, 16, 0, [bytes_of(6, 1), bytes_of(6, 2)]), "gray alpha": png(3, 2, 8, 4, [bytes_of(6, 1), bytes_of(6, 2)]),
    "gray alpha16": png(3, 2, 16, 4, [bytes_of(12, 1), bytes_of(12, 2)]), "rgb": png(3, 2, 8, 2, [bytes_of(9, 1), bytes_of(9, 2)]),
    "rgb16": png(3, 2, 16, 2, [bytes_of(18, 1), bytes_of(18, 2)]), "rgba": png(3, 2, 8, 6, [bytes_of(12, 1), bytes_of(12, 2)]),
    "rgba16": png(3, 2, 16, 6, [bytes_of(24, 1), bytes_of(24, 2)]), "palette": png(5, 2, 2, 3, [b"\x1b\xc0", b"\xe4\x40"], PALETTE),
    "palette8": png(3, 2, 8, 3, [b"\0\1\2", b"\3\2\1"], PALETTE),
    "palette alpha": png(5, 2, 2, 3, [b"\x1b\xc0", b"\xe4\x40"], PALETTE + chunk(b"tRNS", b"\x10\x80")),
    "gray key": png(3, 2, 8, 0, [b"\1\2\3", b"\3\2\1"], chunk(b"tRNS", b"\0\2")),
    "rgb key": png(2, 1, 8, 2, [b"\1\2\3\4\5\6"], chunk(b"tRNS", b"\0\1\0\2\0\3")),
    "interlaced": png(2, 2, 8, 0, [b"\1", b"\2", b"\3\4"], interlace=1),
    "gamma": png(3, 2, 8, 2, [bytes_of(9, 1), bytes_of(9, 2)], chunk(b"gAMA", struct.pack(">I", 45455))),
}
for name, data in sorted(FILES.items()):
    for channels in [0, 1, 3, 4]:
        for dtype in ["uint8", "uint16"]:
            add("DecodePng %s %d %s" % (name, channels, dtype), "raw('DecodePng', P(%r, 'string'), channels=%d, dtype=tf.%s)" % (data, channels, dtype))
RGB = FILES["rgb"]
for name, data in [("short", RGB[:-20]), ("header", RGB[:20]), ("crc", RGB[:45] + b"\0" + RGB[46:]), ("magic", RGB[:8]), ("empty", b""), ("text", b"a\"b'\n\\\0\xff text that is long"),
                   ("zero", png(0, 1, 8, 2, [])), ("huge", png(1 << 26, 1 << 26, 8, 2, [])), ("large", png(20000, 20000, 8, 2, [])), ("depth", png(1, 1, 3, 0, [b"\0"])),
                   ("no palette", png(3, 2, 8, 3, [b"\0\1\2", b"\3\2\1"])), ("tail", RGB[:-12])]:
    add("DecodePng bad " + name, "raw('DecodePng', P(%r, 'string'))" % data)
for c in [2, 5, -1]:
    add("DecodePng channels %d" % c, "raw('DecodePng', P(%r, 'string'), channels=%d)" % (RGB, c))
add("DecodePng vector", "raw('DecodePng', P([%r], 'string'))" % RGB)
add("DecodeJpeg of png", "raw('DecodeJpeg', P(%r, 'string'))" % RGB)
add("DecodeGif of png", "raw('DecodeGif', P(%r, 'string'))" % RGB)
add("DecodeGif of png with alpha", "raw('DecodeGif', P(%r, 'string'))" % FILES["rgba"])
for channels in [1, 2, 3, 4]:
    for dtype in ["uint8", "uint16"]:
        add("EncodePng %d %s" % (channels, dtype), "raw('EncodePng', P(%s * %d, '%s'))" % (picture(9, 7, channels), 1 if dtype == "uint8" else 255, dtype))
        add("EncodePng back %d %s" % (channels, dtype), "raw('DecodePng', raw('EncodePng', P(%s * %d, '%s')), dtype=tf.%s)" % (
            picture(9, 7, channels), 1 if dtype == "uint8" else 255, dtype, dtype))
for level in [0, 1, 6, 9, 10, -2]:
    add("EncodePng level %d" % level, "raw('EncodePng', P(%s, 'uint8'), compression=%d)" % (picture(20, 30, 3), level))
for name, x in [("matrix", picture(3, 4)), ("5 channels", picture(2, 3, 5)), ("no channels", "np.zeros((2, 3, 0))")]:
    add("EncodePng " + name, "raw('EncodePng', P(%s, 'uint8'))" % x)

# ---- jpeg ----

JPEG = "raw('EncodeJpeg', P(%s, 'uint8'))"
WIDE, GRAY, ODD = picture(32, 48, 3), picture(19, 21, 1), picture(19, 21, 3)
for name, x, more in [("rgb", WIDE, ""), ("odd", ODD, ""), ("gray", GRAY, ""), ("quality 10", WIDE, ", quality=10"), ("quality 0", ODD, ", quality=0"),
                      ("quality 100", ODD, ", quality=100"), ("progressive", WIDE, ", progressive=True"), ("optimized", WIDE, ", optimize_size=True"),
                      ("full chroma", WIDE, ", chroma_downsampling=False"), ("cm", ODD, ", density_unit='cm', x_density=20, y_density=70000"),
                      ("xmp", ODD, ", xmp_metadata='some <x/> metadata'"), ("format rgb", ODD, ", format='rgb'"), ("format grayscale", GRAY, ", format='grayscale'"),
                      ("one pixel", picture(1, 1, 3), ""), ("quality 101", ODD, ", quality=101"), ("quality -1", ODD, ", quality=-1"), ("format other", ODD, ", format='xx'"),
                      ("rgb of gray", GRAY, ", format='rgb'"), ("gray of rgb", ODD, ", format='grayscale'"), ("2 channels", picture(4, 4, 2), ""),
                      ("4 channels", picture(4, 4, 4), ""), ("matrix", picture(4, 4), ""), ("empty", "np.zeros((0, 2, 3))", ""), ("wide", "np.zeros((1, 65501, 1))", "")]:
    add("EncodeJpeg " + name, "raw('EncodeJpeg', P(%s, 'uint8')%s)" % (x, more))
for more in ["", "channels=0", "channels=1", "channels=3", "channels=4", "ratio=2", "ratio=4", "ratio=8", "ratio=3", "fancy_upscaling=False", "dct_method='INTEGER_FAST'",
             "dct_method='INTEGER_ACCURATE'", "dct_method='FLOAT'", "try_recover_truncated=True", "acceptable_fraction=0.5"]:
    for name, x in [("rgb", WIDE), ("odd", ODD), ("gray", GRAY)]:
        add("DecodeJpeg %s %s" % (name, more), "raw('DecodeJpeg', %s%s)" % (JPEG % x, more and ", " + more))
add("DecodeJpeg progressive", "raw('DecodeJpeg', raw('EncodeJpeg', P(%s, 'uint8'), progressive=True))" % WIDE)
add("DecodeJpeg full chroma", "raw('DecodeJpeg', raw('EncodeJpeg', P(%s, 'uint8'), chroma_downsampling=False))" % WIDE)
add("DecodeJpeg poor", "raw('DecodeJpeg', raw('EncodeJpeg', P(%s, 'uint8'), quality=5))" % WIDE)
add("DecodePng of jpeg", "raw('DecodePng', %s)" % (JPEG % ODD))
add("DecodePng of jpeg 4", "raw('DecodePng', %s, channels=4)" % (JPEG % ODD))
add("DecodePng of jpeg uint16", "raw('DecodePng', %s, dtype=tf.uint16)" % (JPEG % ODD))
add("DecodeGif of jpeg", "raw('DecodeGif', %s)" % (JPEG % ODD))
add("DecodeGif of gray jpeg", "raw('DecodeGif', %s)" % (JPEG % GRAY))
TRUNCATED = {       # 48 x 32 pixels, written by TensorFlow; some files are a prefix of these
    "color": base64.b64decode(
        "/9j/4AAQSkZJRgABAQEBLAEsAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx"
        "4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAwACADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAA"
        "AAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRk"
        "dISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3"
        "+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNO"
        "El8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU"
        "1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDQutYtbJCsQGR6Vg3Or3d6+2LOD0xU1loE1wwecn8a3IrOy09MvtyKPUDBs9CuLpt8xOO+a3YNOs7BMy"
        "bcj1qlfeIkiBS3A9sVjNLfai/G7Bo9ANa/8RquUtx7Vk/6dqT/AMWDWzY+HUjAe4Iz71elvLLTkwm0kUAZ1h4cVQHuD71pPcWWmphduRWFe6/NcMUgB/Cq9vpl3fvuk3YN"
        "G4E15rs90xSEHHtUdtpF3evulzg+tdBb6VaWKbpNuRUF7r8FspSADj0o0QEtro9rZJulx+NNvNct7VdsIGfasCa+vdQfCZwauWPh2SUh5yce9GrA/9k="),
    "gray": base64.b64decode(
        "/9j/4AAQSkZJRgABAQEBLAEsAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/wAALCAAwAC"
        "ABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkK"
        "FhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1N"
        "XW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AJC0mMhpV9R5lutJ574w1xIPQm8hH8hSfamUkNdH3B1Ff6LTWuB1+1KR76i5/kKf5EiEEQyD0ItIR/M0pWTG"
        "Qsq+o2260ebJjDSyr6Hz4F/pTftDoSDcOPUG/iH8hSLbY4+yce2nf4tS/ZnQgi2cehFhGP5mneU+MrFKvqBbQL/WgGTGCZV9Dm3WoxFHJ/yxiLf9es7Z/M0C3Xp9lUj209"
        "z/ADNL9lKkFbU+xGnD+rU77O2MrbuPUCyiH8zUZaJhkPER/wBdrhsfpRtjk/hhLf8AXO4bNAhTobeMj/rzmP8AM077LtIK2o9iNOb+rUhudp5ul/HUWOfyWkMsZGRPGR73"
        "kzY/IUbo5OrQlv8AfuGzQEjPBjiYf9cJ2/rX/9k="),
    "slow": base64.b64decode(
        "/9j/4AAQSkZJRgABAQEBLAEsAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx"
        "4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wgARCAAwACADASIAAhEBAxEB/8QAGAABAQEBAQAAAAAAAAAA"
        "AAAABAMCBQH/xAAUAQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIQAxAAAAFANuAOiIWRtwyQzN56EzfnPsf/xAAbEAEBAQEBAQEBAAAAAAAAAAACAAMBBBESIv/aAAgBAQ"
        "ABBQJbES1ThglczAhh1XAM5+j5fXpP0X96Q89+hnDz/LrGc9+qOac9+qOSccSJ7kxyInvw3W9Iefvb/8QAFBEBAAAAAAAAAAAAAAAAAAAAIP/aAAgBAwEBPwFf/8QAFBEB"
        "AAAAAAAAAAAAAAAAAAAAIP/aAAgBAgEBPwFf/8QAFxABAQEBAAAAAAAAAAAAAAAAIQAQIv/aAAgBAQAGPwIiZnOc5zrOsJiZiYxv/8QAGRAAAwEBAQAAAAAAAAAAAAAAAA"
        "ERIUEx/9oACAEBAAE/IVUDaBjSp8DalBsF4Da6LWDfotaGjkF6CDINoW9oZwtqFVCGFHYE0LzDcP8A/9oADAMBAAIAAwAAABABTDAQz//EABQRAQAAAAAAAAAAAAAAAAAA"
        "ACD/2gAIAQMBAT8QX//EABkRAAIDAQAAAAAAAAAAAAAAAAABECFxMf/aAAgBAgEBPxDTI6Ui2f/EAB0QAQACAgMBAQAAAAAAAAAAAAEAESFhMVGBQXH/2gAIAQEAAT8QRi"
        "WdTP2nipaJr7cveQ7hh32XXMQNI1UwvBl4Wp+EwwbcquQgQxe5V7kjg3ycPDFhNamftPcwN9lAC9TloI+Mx1KLemIjtbn/2Q=="),
}
for kind, data in sorted(TRUNCATED.items()):
    for cut in [0.2, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1]:
        # Where a progressive file ends early, newer versions of libjpeg-turbo smooth blocks otherwise.
        smoothed = kind == "slow" and cut in (0.6, 0.7)
        for more in ["", "acceptable_fraction=0.3", "acceptable_fraction=0.7"] + ["try_recover_truncated=True", "try_recover_truncated=True, acceptable_fraction=0.3"] * (not smoothed):
            add("DecodeJpeg %s cut %s %s" % (kind, cut, more), "raw('DecodeJpeg', P(%r, 'string')%s)" % (data[:int(len(data) * cut)], more and ", " + more))
    add("DecodeAndCropJpeg %s cut" % kind, "raw('DecodeAndCropJpeg', P(%r, 'string'), [20, 5, 20, 10])" % data[:int(len(data) * 0.8)])
    add("DecodeAndCropJpeg %s recovered" % kind, "raw('DecodeAndCropJpeg', P(%r, 'string'), [20, 5, 20, 10], try_recover_truncated=True)" % data[:int(len(data) * 0.8)])
    add("DecodeJpeg %s without end" % kind, "raw('DecodeJpeg', P(%r, 'string'))" % data[:-2])
    add("DecodeJpeg %s half an end" % kind, "raw('DecodeJpeg', P(%r, 'string'))" % data[:-1])
    for at in [30, 200, 500, len(data) - 60]:
        add("DecodeJpeg %s hurt %d" % (kind, at), "raw('DecodeJpeg', P(%r, 'string'))" % (data[:at] + b"\xff\x9a\x31\x00" + data[at + 4:]))
for window in ["[0, 0, 19, 21]", "[3, 5, 7, 9]", "[0, 0, 1, 1]", "[18, 20, 1, 1]", "[10, 16, 9, 5]", "[0, 0, 20, 21]", "[-1, 0, 2, 2]", "[0, 0, 0, 2]", "[2, 2, 2147483647, 2]",
               "[0, 0, 1]", "[[0, 0, 1, 1]]"]:
    add("DecodeAndCropJpeg " + window, "raw('DecodeAndCropJpeg', %s, P(%s, 'int32'))" % (JPEG % ODD, window))
for more in ["channels=1", "channels=3", "ratio=2", "fancy_upscaling=False", "channels=4", "dct_method='INTEGER_FAST'"]:
    add("DecodeAndCropJpeg " + more, "raw('DecodeAndCropJpeg', %s, P([3, 4, 5, 6], 'int32'), %s)" % (JPEG % WIDE, more))
add("DecodeAndCropJpeg constant", "raw('DecodeAndCropJpeg', %s, [3, 4, 5, 6])" % (JPEG % WIDE))
add("DecodeAndCropJpeg gray", "raw('DecodeAndCropJpeg', %s, [3, 4, 5, 6])" % (JPEG % GRAY))
for d in ["int32", "int64"]:
    add("ExtractJpegShape " + d, "raw('ExtractJpegShape', %s, output_type=tf.%s)" % (JPEG % ODD, d))
add("ExtractJpegShape gray", "raw('ExtractJpegShape', %s)" % (JPEG % GRAY))
add("ExtractJpegShape other", "raw('ExtractJpegShape', P('abc', 'string'))")
add("ExtractJpegShape short", "raw('ExtractJpegShape', P(b'\\xff\\xd8\\xff\\xe0abc', 'string'))")
add("DecodeJpeg short", "raw('DecodeJpeg', P(b'\\xff\\xd8\\xff\\xe0abc', 'string'))")

# ---- resizing ----

FLOAT_TYPES, IMAGE_TYPES = ["float16", "float32", "float64"], ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16"]
X = "np.arange(2 * 3 * 5 * 2).reshape(2, 3, 5, 2) % 13"
RESIZES = ["ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic", "ResizeArea"]
for op in RESIZES:
    for d in IMAGE_TYPES + (["bfloat16"] if op == "ResizeBilinear" else []):
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'), P([4, 7], 'int32'))" % (op, X, d))
    for name, x, size in [("smaller", X, "[2, 2]"), ("one", X, "[1, 1]"), ("same", X, "[3, 5]"), ("larger", X, "[9, 11]"), ("high", X, "[17, 2]"), ("wide", X, "[2, 31]"),
                          ("nan", "[[[[np.nan], [np.inf]], [[1.], [2.]]]]", "[3, 3]"), ("nan same", "[[[[np.nan], [np.inf]], [[1.], [2.]]]]", "[2, 2]"),
                          ("rgb", "np.sin(np.arange(7 * 9 * 3.)).reshape(1, 7, 9, 3)", "[10, 10]"), ("rgba", "np.sin(np.arange(7 * 9 * 4.)).reshape(1, 7, 9, 4)", "[10, 10]"),
                          ("gray", "np.sin(np.arange(40.)).reshape(1, 5, 8, 1)", "[3, 20]"), ("many", "np.sin(np.arange(120.)).reshape(1, 4, 5, 6)", "[7, 3]"),
                          ("no batch", "np.zeros((0, 3, 5, 2))", "[2, 2]"), ("no channels", "np.zeros((1, 3, 5, 0))", "[2, 2]"), ("no height", "np.zeros((1, 0, 5, 2))", "[2, 2]"),
                          ("no width", "np.zeros((1, 3, 0, 2))", "[2, 2]"), ("zero", X, "[0, 2]"), ("negative", X, "[2, -1]"), ("three", X, "[1, 2, 3]"), ("matrix", X, "[[2, 2]]"),
                          ("scalar", X, "2"), ("rank 3", "np.zeros((3, 5, 2))", "[2, 2]")]:
        for corners in [False, True]:
            add("%s %s %s" % (op, name, corners), "raw('%s', P(%s), P(%s, 'int32'), align_corners=%s)" % (op, x, size, corners))
    add(op + " constant", "raw('%s', S(%s, [None, 3, None, 2]), [4, 7])" % (op, X))
for corners in [False, True]:
    for d in ["float32", "float64"]:
        for name, dy, x in [("larger", (2, 7, 9, 2), (2, 3, 5, 2)), ("smaller", (1, 2, 2, 3), (1, 5, 7, 3)), ("one", (1, 1, 1, 1), (1, 4, 4, 1))]:
            add("ResizeBicubicGrad %s %s %s" % (name, d, corners), "raw('ResizeBicubicGrad', P(np.arange(%d.).reshape(%s) %% 7), P(np.zeros(%s), '%s'), align_corners=%s)" % (
                prod(dy), dy, x, d, corners))
    for d in FLOAT_TYPES:
        for name, dy, x in [("larger", (2, 7, 9, 2), (2, 3, 5, 2)), ("smaller", (1, 2, 2, 3), (1, 5, 7, 3)), ("same", (1, 3, 3, 1), (1, 3, 3, 1)), ("one", (1, 1, 1, 1), (1, 4, 4, 1))]:
            add("ResizeBilinearGrad %s %s %s" % (name, d, corners), "raw('ResizeBilinearGrad', P(np.arange(%d.).reshape(%s) %% 7), P(np.zeros(%s), '%s'), align_corners=%s)" % (
                prod(dy), dy, x, d, corners))
    for d in FLOAT_TYPES + ["int8", "uint8", "int32"]:
        for name, dy, size in [("larger", (2, 7, 9, 2), (3, 5)), ("smaller", (1, 2, 2, 3), (5, 7)), ("same", (1, 3, 3, 1), (3, 3))]:
            add("ResizeNearestNeighborGrad %s %s %s" % (name, d, corners), "raw('ResizeNearestNeighborGrad', P(np.arange(%d.).reshape(%s) %% 7, '%s'), P(%s, 'int32'), "
                "align_corners=%s)" % (prod(dy), dy, d, size, corners))
for name, dy, x in [("rank", (3, 3, 1), (1, 3, 3, 1)), ("image rank", (1, 3, 3, 1), (3, 3, 1)), ("empty", (1, 0, 3, 1), (1, 3, 3, 1)), ("no batch", (0, 2, 3, 1), (0, 3, 3, 1))]:
    add("ResizeBilinearGrad " + name, "raw('ResizeBilinearGrad', P(np.ones(%s)), P(np.ones(%s)))" % (dy, x))
for name, dy, size in [("rank", (3, 3, 1), "[2, 2]"), ("zero", (1, 3, 3, 1), "[0, 2]"), ("negative", (1, 3, 3, 1), "[2, -1]"), ("three", (1, 3, 3, 1), "[2, 2, 2]"),
                       ("matrix", (1, 3, 3, 1), "[[2, 2]]"), ("empty", (1, 0, 3, 1), "[2, 2]"), ("no batch", (0, 2, 3, 1), "[2, 2]")]:
    add("ResizeNearestNeighborGrad " + name, "raw('ResizeNearestNeighborGrad', P(np.ones(%s)), P(%s, 'int32'))" % (dy, size))

# ---- colors ----

COLORS = "(np.sin(np.arange(2 * 3 * 4 * 3) * 1.7).reshape(2, 3, 4, 3) / 2 + 0.5)"
GRAYS = "[[[[0.5, 0.5, 0.5], [0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1], [0.2, 0.2, 0.9]]]]"
ODD_VALUES = "[[[[-0.5, 0.5, 2], [300, 20, -10], [0.1, 0.1, 0.05]]]]"
for op in ["RGBToHSV", "HSVToRGB"]:
    for d in ["float32", "float64"]:
        for name, x in [("colors", COLORS), ("grays", GRAYS), ("odd", ODD_VALUES), ("empty", "np.zeros((0, 3))"), ("vector", "[0.2, 0.4, 0.9]")]:
            add("%s %s %s" % (op, name, d), "raw('%s', P(%s, '%s'))" % (op, x, d))
    for name, x in [("2 channels", "np.zeros((2, 2))"), ("scalar", "3.")]:
        add("%s %s" % (op, name), "raw('%s', P(%s))" % (op, x))
for op, values in [("AdjustHue", [0, 0.1, -0.3, 0.5, 1, -1, 0.9999]), ("AdjustSaturation", [0, 0.5, 1, 3]), ("AdjustContrastv2", [0, 0.5, 1, 3, -1])]:
    for v in values:
        for name, x in [("colors", COLORS), ("grays", GRAYS)]:
            add("%s %s %s" % (op, name, v), "raw('%s', P(%s), P(%s))" % (op, x, v))
    for name, x, v in [("matrix", "np.zeros((2, 3))", "0.5"), ("4 channels", "np.arange(24.).reshape(2, 3, 4)", "0.5"), ("vector factor", COLORS, "[0.5]"), ("empty", "np.zeros((0, 2, 3))", "0.5"),
                       ("image", COLORS + "[0]", "0.5")]:
        add("%s %s" % (op, name), "raw('%s', P(%s), P(%s))" % (op, x, v))

# ---- boxes ----

IMAGES = "np.sin(np.arange(2 * 5 * 6 * 2.)).reshape(2, 5, 6, 2) * 100"
BOXES = "[[0, 0, 1, 1], [0.1, 0.2, 0.8, 0.7], [-0.5, -0.3, 1.5, 1.2], [0.9, 0.8, 0.1, 0.2], [0.3, 0.3, 0.3, 0.3]]"
for d in IMAGE_TYPES:
    add("CropAndResize " + d, "raw('CropAndResize', P(np.abs(%s), '%s'), P(%s), P([0, 1, 0, 1, 1], 'int32'), P([3, 4], 'int32'))" % (IMAGES, d, BOXES))
    add("CropAndResizeGradBoxes " + d, "raw('CropAndResizeGradBoxes', P(np.arange(5 * 3 * 4 * 2.).reshape(5, 3, 4, 2) %% 7 - 3), P(np.abs(%s), '%s'), P(%s), P([0, 1, 0, 1, 1], 'int32'))" % (
        IMAGES, d, BOXES))
for size in ["[1, 1]", "[7, 9]", "[1, 3]"]:
    for method in ["bilinear", "nearest"]:
        add("CropAndResize %s %s" % (size, method), "raw('CropAndResize', P(%s), P(%s), P([0, 1, 0, 1, 1], 'int32'), P(%s, 'int32'), method='%s', extrapolation_value=7.5)" % (
            IMAGES, BOXES, size, method))
for method in ["bilinear", "nearest"]:
    for d in FLOAT_TYPES:
        for size in [(3, 4), (1, 1), (6, 7)]:
            add("CropAndResizeGradImage %s %s %s" % (method, d, size), "raw('CropAndResizeGradImage', P(np.arange(%d.).reshape(%s) %% 7 - 3), P(%s), P([0, 1, 0, 1, 1], 'int32'), "
                "P([2, 5, 6, 2], 'int32'), T=tf.%s, method='%s')" % (5 * prod(size) * 2, (5,) + size + (2,), BOXES, d, method))
ONE = "np.arange(9.).reshape(1, 3, 3, 1)"
for name, image, boxes, of, size in [
        ("rank", "np.zeros((3, 3, 1))", "[[0, 0, 1, 1]]", "[0]", "[2, 2]"), ("boxes vector", ONE, "[0, 0, 1, 1]", "[0]", "[2, 2]"), ("boxes columns", ONE, "[[0, 0, 1]]", "[0]", "[2, 2]"),
        ("far", ONE, "[[0, 0, 1, 1]]", "[1]", "[2, 2]"), ("negative", ONE, "[[0, 0, 1, 1]]", "[-1]", "[2, 2]"), ("sizes", ONE, "[[0, 0, 1, 1]]", "[0, 0]", "[2, 2]"),
        ("index matrix", ONE, "[[0, 0, 1, 1]]", "[[0]]", "[2, 2]"), ("one size", ONE, "[[0, 0, 1, 1]]", "[0]", "[2]"), ("size matrix", ONE, "[[0, 0, 1, 1]]", "[0]", "[[2, 2]]"),
        ("zero", ONE, "[[0, 0, 1, 1]]", "[0]", "[0, 2]"), ("empty", "np.zeros((1, 0, 3, 1))", "[[0, 0, 1, 1]]", "[0]", "[2, 2]"), ("no boxes", ONE, "np.zeros((0, 4))", "[]", "[2, 2]")]:
    add("CropAndResize " + name, "raw('CropAndResize', P(%s), P(%s), P(%s, 'int32'), P(%s, 'int32'))" % (image, boxes, of, size))
for name, dy, boxes, of, size in [
        ("rank", (2, 2, 1), "[[0, 0, 1, 1]]", "[0]", "[1, 3, 3, 1]"), ("empty", (1, 0, 2, 1), "[[0, 0, 1, 1]]", "[0]", "[1, 3, 3, 1]"), ("size", (1, 2, 2, 1), "[[0, 0, 1, 1]]", "[0]", "[1, 3, 3]"),
        ("size matrix", (1, 2, 2, 1), "[[0, 0, 1, 1]]", "[0]", "[[1, 3, 3, 1]]"), ("zero", (1, 2, 2, 1), "[[0, 0, 1, 1]]", "[0]", "[1, 0, 3, 1]"),
        ("far", (1, 2, 2, 1), "[[0, 0, 1, 1]]", "[1]", "[1, 3, 3, 1]"), ("boxes", (2, 2, 2, 1), "[[0, 0, 1, 1]]", "[0]", "[1, 3, 3, 1]"),
        ("depth", (1, 2, 2, 1), "[[0, 0, 1, 1]]", "[0]", "[1, 3, 3, 2]")]:
    add("CropAndResizeGradImage " + name, "raw('CropAndResizeGradImage', P(np.ones(%s)), P(%s), P(%s, 'int32'), P(%s, 'int32'), T=tf.float32)" % (dy, boxes, of, size))
MANY = "np.floor(np.abs(np.sin(np.arange(%d.).reshape(-1, 4) * 7.3)) * 20) / 4"
SCORES = "np.floor(np.abs(np.sin(np.arange(%d.) * 3.1)) * %d) / 8"
for n in [1, 7, 30]:
    for steps in [5, 50]:
        for limit in [3, 100]:
            more = (MANY % (4 * n), SCORES % (n, steps), limit)
            add("NonMaxSuppression %d %d %d" % (n, steps, limit), "raw('NonMaxSuppression', P(%s), P(%s), P(%d, 'int32'))" % more)
            for d in ["float32", "float16"]:
                add("NonMaxSuppressionV2 %d %d %d %s" % (n, steps, limit, d), "raw('NonMaxSuppressionV2', P({0}, '{3}'), P({1}, '{3}'), P({2}, 'int32'), P(0.3))".format(*more + (d,)))
                add("NonMaxSuppressionV3 %d %d %d %s" % (n, steps, limit, d), "raw('NonMaxSuppressionV3', P({0}, '{3}'), P({1}, '{3}'), P({2}, 'int32'), P(0.7), P(0.2))".format(*more + (d,)))
            for pads in [False, True]:
                add("NonMaxSuppressionV4 %d %d %d %s" % (n, steps, limit, pads), "raw('NonMaxSuppressionV4', P(%s), P(%s), P(%d, 'int32'), P(0.5), P(0.1), pad_to_max_output_size=%s)" % (
                    more + (pads,)))
            add("NonMaxSuppressionWithOverlaps %d %d %d" % (n, steps, limit), "raw('NonMaxSuppressionWithOverlaps', P(np.abs(np.cos(np.arange(%d.) * 1.3)).reshape(%d, %d)), P(%s), "
                "P(%d, 'int32'), P(0.9), P(0.2))" % (n * n, n, n, SCORES % (n, steps), limit))
add("NonMaxSuppressionV4 constant", "raw('NonMaxSuppressionV4', P(%s), P(%s), 5, P(0.5), P(0.1), pad_to_max_output_size=True)" % (MANY % 28, SCORES % (7, 5)))
for name, boxes, scores, limit, more in [("vector", "[0, 0, 1, 1]", "[1]", "1", ""), ("columns", "[[0, 0, 1]]", "[1]", "1", ""), ("scores", "[[0, 0, 1, 1]]", "[[1]]", "1", ""),
                                         ("sizes", "[[0, 0, 1, 1]]", "[1, 2]", "1", ""), ("limit", "[[0, 0, 1, 1]]", "[1]", "[1]", ""), ("threshold", "[[0, 0, 1, 1]]", "[1]", "1", ", iou_threshold=2"),
                                         ("zero", "[[0, 0, 1, 1]]", "[1]", "0", ""), ("empty", "np.zeros((0, 4))", "[]", "3", "")]:
    add("NonMaxSuppression " + name, "raw('NonMaxSuppression', P(%s), P(%s), P(%s, 'int32')%s)" % (boxes, scores, limit, more))
for name, iou, least in [("iou vector", "[1]", "0"), ("iou", "2", "0"), ("score vector", "1", "[0]")]:
    add("NonMaxSuppressionV3 " + name, "raw('NonMaxSuppressionV3', P([[0, 0, 1, 1]]), P([1]), P(1, 'int32'), P(%s), P(%s))" % (iou, least))
for channels in [1, 3, 4]:
    for d in ["float32", "float16"]:
        add("DrawBoundingBoxes %d %s" % (channels, d), "raw('DrawBoundingBoxes', P(np.zeros((2, 6, 8, %d)), '%s'), P(np.sin(np.arange(2 * 12 * 4.).reshape(2, 12, 4) * 1.9) * 0.6 + 0.4))" % (
            channels, d))
for name, image, boxes in [("rank", (3, 3, 3), "[[[0, 0, 1, 1]]]"), ("boxes rank", (1, 3, 3, 3), "[[0, 0, 1, 1]]"), ("channels", (1, 3, 3, 2), "[[[0, 0, 1, 1]]]"),
                           ("batch", (2, 3, 3, 3), "[[[0, 0, 1, 1]]]"), ("nan", (1, 3, 3, 3), "[[[np.nan, 0, 1, 1]]]"), ("huge", (1, 3, 3, 3), "[[[-1e30, 0, 1e30, 1]]]"),
                           ("all", (1, 4, 4, 3), "[[[0, 0, 1, 1]]]"), ("outside", (1, 4, 4, 3), "[[[-1, -1, -0.5, -0.5], [0.5, -2, 3, 0.5]]]")]:
    add("DrawBoundingBoxes " + name, "raw('DrawBoundingBoxes', P(np.zeros(%s)), P(%s))" % (image, boxes))
SAMPLE = "raw('SampleDistortedBoundingBox', P(%s, '%s'), P(%s), seed=%d, seed2=%d%s)"
for seed in range(1, 9):
    for name, size, boxes, more in [("one", "[100, 120, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ""), ("wide", "[31, 400, 3]", "[[[0.1, 0.1, 0.5, 0.5], [0.6, 0.2, 0.9, 0.9]]]", ""),
                                    ("covered", "[64, 64, 1]", "[[[0.2, 0.1, 0.7, 0.9]]]", ", min_object_covered=0.9"), ("range", "[299, 299, 3]", "[[[0, 0, 1, 1]]]",
                                     ", aspect_ratio_range=[0.5, 2.], area_range=[0.08, 0.4], max_attempts=10"), ("none", "[50, 60, 3]", "np.zeros((1, 0, 4))",
                                     ", use_image_if_no_bounding_boxes=True")]:
        add("SampleDistortedBoundingBox %s %d" % (name, seed), SAMPLE % (size, "int32", boxes, seed, seed * 3 % 5, more))
for d in ["int16", "int64", "uint8", "int8", "int32"]:
    add("SampleDistortedBoundingBox " + d, SAMPLE % ("[100, 120, 3]", d, "[[[0.1, 0.1, 0.5, 0.5]]]", 5, 7, ""))
    add("SampleDistortedBoundingBoxV2 " + d, "raw('SampleDistortedBoundingBoxV2', P([100, 120, 3], '%s'), P([[[0.1, 0.1, 0.5, 0.5]]]), P(0.4), seed=5, seed2=7)" % d)
for name, size, boxes, more in [
        ("matrix", "[[3, 3, 3]]", "[[[0.1, 0.1, 0.5, 0.5]]]", ""), ("two", "[3, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ""), ("boxes rank", "[3, 3, 3]", "[[0.1, 0.1, 0.5, 0.5]]", ""),
        ("columns", "[3, 3, 3]", "[[[0, 0, 1, 1, 1]]]", ""), ("far", "[3, 3, 3]", "[[[0, 0, 1, 1.5]]]", ""), ("inverted", "[30, 30, 3]", "[[[0.5, 0, 0.4, 1]]]", ""),
        ("no boxes", "[3, 3, 3]", "np.zeros((1, 0, 4))", ""), ("no pixels", "[0, 3, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ""), ("negative", "[-1, 3, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ""),
        ("least", "[3, 3, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ", min_object_covered=-1."), ("aspects", "[3, 3, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ", aspect_ratio_range=[1.]"),
        ("zero aspect", "[3, 3, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ", aspect_ratio_range=[0., 1.]"), ("areas", "[3, 3, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ", area_range=[0.5, 2.]"),
        ("no area", "[3, 3, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ", area_range=[0., 0.5]"), ("one area", "[3, 3, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ", area_range=[1.]"),
        ("no attempts", "[3, 3, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ", max_attempts=0"), ("nan", "[3, 3, 3]", "[[[np.nan, 0, 0.4, 1]]]", ""),
        ("areas inverted", "[30, 30, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ", area_range=[0.7, 0.5]"), ("aspects inverted", "[30, 30, 3]", "[[[0.1, 0.1, 0.5, 0.5]]]", ", aspect_ratio_range=[2., 0.5]")]:
    add("SampleDistortedBoundingBox " + name, SAMPLE % (size, "int32", boxes, 3, 4, more))
VIEW = "np.arange(2 * 6 * 8 * 2.).reshape(2, 6, 8, 2)"
for name, offsets, more in [("middle", "[[0, 0], [0.3, 0.2]]", ""), ("corner", "[[0, 0], [0.2, -0.3]]", ""), ("pixels", "[[1, 1], [2, -1]]", ", normalized=False"),
                            ("corner pixels", "[[1, 2], [2, 2]]", ", normalized=False, centered=False"), ("parts", "[[0.5, 0.5], [0.4, 0.4]]", ", centered=False")]:
    add("ExtractGlimpse " + name, "raw('ExtractGlimpse', P(%s), P([2, 3], 'int32'), P(%s)%s)" % (VIEW, offsets, more))
for name, x, size, offsets in [("rank", VIEW + "[0]", "[2, 2]", "[[0, 0]]"), ("size", VIEW, "[2]", "[[0, 0], [0, 0]]"), ("size matrix", VIEW, "[[2, 2]]", "[[0, 0], [0, 0]]"),
                               ("zero", VIEW, "[0, 2]", "[[0, 0], [0, 0]]"), ("vector", VIEW, "[2, 2]", "[0, 0]"), ("batch", VIEW, "[2, 2]", "[[0, 0]]"), ("three", VIEW, "[2, 2]", "[[0, 0, 0], [0, 0, 0]]")]:
    add("ExtractGlimpse " + name, "raw('ExtractGlimpse', P(%s), P(%s, 'int32'), P(%s))" % (x, size, offsets))

# ---- bmp and gif ----


def bmp(width, height, channels, pixels, start=54):
    return (b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + struct.pack("<IiiHHIIiiII", 40, width, height, 1, channels * 8, 0, 0, 0, 0, 0, 0) +
            b"\0" * (start - 54) + pixels)


BMPS = {"rgb": bmp(3, 2, 3, bytes_of(24, 1)), "top": bmp(3, -2, 3, bytes_of(24, 1)), "rgba": bmp(2, 3, 4, bytes_of(24, 2)), "gray": bmp(5, 2, 1, bytes_of(16, 3)),
        "later": bmp(3, 2, 3, bytes_of(24, 1), 70), "short": bmp(3, 2, 3, bytes_of(20, 1)), "huge": bmp(1 << 30, 1 << 30, 3, b""), "deep": bmp(2, 2, 2, bytes_of(8, 1)),
        "header": b"BMabc"}
for name, data in sorted(BMPS.items()):
    for channels in [0, 1, 3, 4]:
        add("DecodeBmp %s %d" % (name, channels), "raw('DecodeBmp', P(%r, 'string'), channels=%d)" % (data, channels))


def codes_of(pixels, bits=2):
    """LZW without any compression: a clear code before the table grows past the size of the codes."""
    clear, stream, n = 1 << bits, 0, 0
    for i, p in enumerate(pixels):
        for code in ([clear] if i % 2 == 0 else []) + [p]:
            stream |= code << n
            n += bits + 1
    stream |= (clear + 1) << n
    data = bytes(bytearray((stream >> 8 * i) & 255 for i in range((n + bits + 1 + 7) // 8)))
    return bytes(bytearray([bits])) + b"".join(bytes(bytearray([len(data[i:i + 255])])) + data[i:i + 255] for i in range(0, len(data), 255)) + b"\0"


COLORS_OF_GIF = bytes_of(12, 9)


def frame(x, y, w, h, pixels, flags=0, colors=b""):
    return b"," + struct.pack("<HHHHB", x, y, w, h, flags) + colors + codes_of(pixels)


def gif(w, h, *frames, **more):
    colors = more.get("colors", COLORS_OF_GIF)
    return b"GIF89a" + struct.pack("<HHBBB", w, h, 0x81 if colors else 0, 0, 0) + colors + b"".join(frames) + more.get("end", b";")


SQUARE = [i * 3 % 4 for i in range(20)]
GIFS = {"one": gif(5, 4, frame(0, 0, 5, 4, SQUARE)), "two": gif(5, 4, frame(0, 0, 5, 4, SQUARE), frame(1, 2, 3, 2, [1, 2, 3, 1, 2, 3])),
        "control": gif(5, 4, b"!\xf9\4\1\0\0\2\0", frame(0, 0, 5, 4, SQUARE), b"!\xfe\3abc\0"), "interlaced": gif(5, 4, frame(0, 0, 5, 4, SQUARE, 0x40)),
        "local": gif(5, 4, frame(0, 0, 5, 4, SQUARE, 0x81, bytes_of(12, 1)), colors=b""), "no colors": gif(5, 4, frame(0, 0, 5, 4, SQUARE), colors=b""),
        "larger screen": gif(9, 9, frame(0, 0, 5, 4, SQUARE)), "offset": gif(5, 4, frame(1, 0, 5, 4, SQUARE)), "short": gif(5, 4, frame(0, 0, 5, 4, SQUARE))[:-6],
        "few pixels": gif(5, 4, frame(0, 0, 5, 4, SQUARE[:7])), "no end": gif(5, 4, frame(0, 0, 5, 4, SQUARE), end=b""), "no frames": gif(5, 4), "other": b"GIF89a" + b"\0" * 20,
        "screen": b"GIF89a\1", "outside": gif(5, 4, frame(0, 0, 5, 4, SQUARE), frame(3, 3, 4, 3, SQUARE[:12])), "junk": gif(5, 4, b"?", frame(0, 0, 5, 4, SQUARE)),
        "no pixels": gif(5, 4, frame(0, 0, 0, 4, []))}
for name, data in sorted(GIFS.items()):
    add("DecodeGif " + name, "raw('DecodeGif', P(%r, 'string'))" % data)
    add("DecodePng of gif " + name, "raw('DecodePng', P(%r, 'string'))" % data)
add("DecodePng of gif uint16", "raw('DecodePng', P(%r, 'string'), dtype=tf.uint16)" % GIFS["one"])
