"""Writes string_encodings.inc, the encodings of one byte for each character as TensorFlow 2.21 reads them (ICU's tables):

    REFERENCE_PYTHON csrc/kernels/string_encodings.py > csrc/kernels/string_encodings.inc

Only those whose lower half is ASCII; of the upper half, 0xFFFD stands for bytes that are no character."""
import encodings.aliases
import importlib
import pkgutil
import re

import tensorflow as tf


def is_charmap(module):
    return module in ("ascii", "latin_1") or hasattr(importlib.import_module("encodings." + module), "decoding_table")


def table_of(name):
    try:
        values = tf.raw_ops.UnicodeDecode(input=[bytes([b]) for b in range(256)], input_encoding=name)[1].numpy().tolist()
    except tf.errors.InvalidArgumentError:
        return None
    return tuple(values[128:]) if len(values) == 256 and values[:128] == list(range(128)) else None


modules = [m for m in sorted(m.name for m in pkgutil.iter_modules(encodings.__path__)) if not m.startswith("mac_c") and m not in ("aliases", "mbcs", "oem")]
names = {}
for module in modules:
    if is_charmap(module):
        for name in [module] + sorted(a for a, m in encodings.aliases.aliases.items() if m == module):
            names[re.sub("[^a-z0-9]", "", name.lower())] = name
for name in ["windows-874", "ibm-437", "ibm-850", "ibm-852", "ibm-866", "windows-1252", "iso-8859-1", "us-ascii", "latin1", "latin-9", "iso-8859-15"]:
    names[re.sub("[^a-z0-9]", "", name)] = name
by_table = {}
for name in sorted(names):
    table = table_of(names[name])
    if table:
        by_table.setdefault(table, []).append(name)
print("/* Made by string_encodings.py: names in small letters and digits, and the characters of bytes 128 to 255. */")
for table, known in sorted(by_table.items(), key=lambda item: item[1]):
    print('{" %s ", {' % " ".join(known))
    for i in range(0, 128, 16):
        print("    " + ", ".join("0x%04X" % c for c in table[i:i + 16]) + ",")
    print("}},")
