"""Writes string_scripts.inc, the scripts of Unicode's characters as TensorFlow 1.12.3 numbers them (ICU's UScriptCode, Unicode 11):

    REFERENCE_PYTHON csrc/kernels/string_scripts.py > csrc/kernels/string_scripts.inc"""
import tensorflow as tf

with tf.Session() as session:
    scripts = session.run(tf.strings.unicode_script(tf.range(0x110000))).tolist() + [None]
rows, first = [], 0
for i in range(1, len(scripts)):
    if scripts[i] != scripts[first]:
        rows.append("{0x%X, %d}," % (first, scripts[first]))
        first = i
print("/* Made by string_scripts.py: where a run of characters of one script begins, and the script. */")
line = ""
for row in rows:
    if len(line) + len(row) > 130:
        print(line)
        line = ""
    line += (" " if line else "") + row
print(line)
