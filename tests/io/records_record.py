"""Records what TensorFlow 1.12.3 writes and says of record files, into tests/golden/io/records.jsonl and events.*.

Run with the Python that has it:  python tests/io/records_record.py
"""
import json
import os
import pathlib
import tempfile

OUT = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io'
RECORDS = [b'hello', b'', b'world!' * 3]


def ask(tf, path, data, kind):
    path.write_bytes(data)
    got, error = [], None
    try:
        for record in tf.python_io.tf_record_iterator(str(path), tf.python_io.TFRecordOptions(kind)):
            got.append(record.decode())
    except Exception as e:
        error = [type(e).__name__, str(e)]
    return [got, error]


def broken(data):
    for n in range(len(data)):
        yield 'cut %d' % n, data[:n]
    for n in range(len(data)):
        for bit in (1, 128):
            yield 'flip %d %d' % (n, bit), data[:n] + bytes([data[n] ^ bit]) + data[n + 1:]


def main():
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
    import tensorflow as tf
    folder = pathlib.Path(tempfile.mkdtemp())
    with open(str(OUT / 'records.jsonl'), 'w') as f:
        for kind in ('', 'ZLIB', 'GZIP'):
            path = folder / 'records'
            with tf.python_io.TFRecordWriter(str(path), tf.python_io.TFRecordOptions(kind)) as w:
                for record in RECORDS:
                    w.write(record)
            data = path.read_bytes()
            answers = {name: ask(tf, path, bad, kind) for name, bad in broken(data)}
            f.write(json.dumps({'kind': kind, 'data': data.hex(), 'broken': answers}, sort_keys=True) + '\n')


if __name__ == '__main__':
    main()
