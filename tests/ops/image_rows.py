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
        for more in ["", "acceptable_fraction=0.3", "acceptable_fraction=0.7"]:
            add("DecodeJpeg %s cut %s %s" % (kind, cut, more), "raw('DecodeJpeg', P(%r, 'string')%s)" % (data[:int(len(data) * cut)], more and ", " + more))
    add("DecodeAndCropJpeg %s cut" % kind, "raw('DecodeAndCropJpeg', P(%r, 'string'), [20, 5, 20, 10])" % data[:int(len(data) * 0.8)])
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
RESIZES = ["ResizeBilinear", "ResizeNearestNeighbor"]
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
