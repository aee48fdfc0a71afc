"""Readers: records of files whose names come from a queue."""
import os, threading, time
from tensorflow.python.ops import gen_io_ops as gen
os.chdir(d)

def made(name, content):
    with open(name, "wb") as f:
        f.write(content)
    return name

def reads(reader, names, n=4, queue=None):
    """What n reads gave or raised, and the counts."""
    queue = queue or tf.FIFOQueue(9, [tf.string], [[]], name="q")
    put, close, read = queue.enqueue_many([names]), queue.close(), reader.read(queue)
    counts = [reader.num_records_produced(), reader.num_work_units_completed()]
    answers = []
    with tf.Session() as s:
        s.run(put)
        s.run(close)
        for _ in range(n):
            try:
                answers.append(tuple(s.run(read)))
            except tf.errors.OpError as e:
                answers.append((type(e).__name__, e.message.split("\n")[0].split("closed")[-1]))
        answers.append([int(x) for x in s.run(counts)])
    return answers

#: lines
reads(tf.TextLineReader(), [made("a", b"a\r\nb\rc\n\n\r"), "none", made("b", b"x")], 8)
reads(tf.TextLineReader(skip_header_lines=2), [made("a", b"a\r\nb\rc\nd"), made("b", b"x")], 3)
reads(tf.TextLineReader(), [made("long", b"y" * 10000 + b"\r\n" + b"z" * 4096 + b"\n")], 3)
reads(tf.TextLineReader(), [made("e%d" % i, b"") for i in range(9)], 2)

#: fixed lengths
reads(tf.FixedLengthRecordReader(3, header_bytes=1, footer_bytes=2, hop_bytes=2), [made("a", b"0123456789")])
reads(tf.FixedLengthRecordReader(3, header_bytes=20), [made("a", b"0123456789")], 2)
reads(tf.FixedLengthRecordReader(3, hop_bytes=20), [made("a", b"0123456789"), made("b", b"01234")])
reads(tf.FixedLengthRecordReader(0), [made("a", b"0")])
reads(tf.FixedLengthRecordReader(-3), ["a"])
reads(tf.FixedLengthRecordReader(3, -1), ["a"])
reads(tf.FixedLengthRecordReader(3, 1, -1), ["a"])
reads(tf.FixedLengthRecordReader(3, 1, 1, -1), ["a"])
import zlib
reads(tf.FixedLengthRecordReader(3, encoding="ZLIB"), [made("z", zlib.compress(b"0123456789"))])

#: records
w = tf.python_io.TFRecordWriter("r")
w.write(b"one"), w.write(b"two"), w.close()
reads(tf.TFRecordReader(), ["r", made("empty", b"")], 3)
reads(tf.TFRecordReader(), [made("bad", b"garbage garbage garbage")], 2)
z = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.ZLIB)
w = tf.python_io.TFRecordWriter("rz", z)
w.write(b"one"), w.write(b"two"), w.close()
reads(tf.TFRecordReader(options=z), ["rz"], 3)
reads(tf.TFRecordReader(options=z), ["bad"], 1)

#: files and names
reads(tf.WholeFileReader(), [made("a", b"all\0of it"), "none", made("b", b"")], 4)
reads(tf.IdentityReader(), ["a", "b"], 3)
reads(tf.IdentityReader(), [1], 1, tf.FIFOQueue(9, [tf.int32]))
reads(tf.IdentityReader(), [["a", "b"]], 1, tf.FIFOQueue(9, [tf.string], [[2]]))
q = tf.FIFOQueue(9, [tf.string, tf.string])
s = tf.Session()
s.run(q.enqueue(["a", "b"])), s.run(tf.IdentityReader().read(q))

#: states
r, q = tf.IdentityReader(name="r"), tf.FIFOQueue(9, [tf.string])
r.supports_serialize, tf.TextLineReader().supports_serialize
s = tf.Session()
s.run(q.enqueue_many([["a", "b", "c", "d"]])), s.run(r.read(q))
state = s.run(r.serialize_state())
state, s.run(r.read(q)), s.run(r.num_records_produced()), s.run(r.restore_state(state)), s.run(r.num_records_produced())
s.run(r.reset()), s.run(r.num_records_produced()), s.run(r.serialize_state())
s.run(r.restore_state(b"BOGUS\x01\n'"))
w = tf.WholeFileReader(name="w")
s.run(w.restore_state(b"\x08\x01"))
s.run(w.restore_state(b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
s.run(tf.TextLineReader().serialize_state())
s.run(tf.TextLineReader().restore_state(""))

#: several at once
r, q = tf.TextLineReader(), tf.FIFOQueue(9, [tf.string])
some = r.read_up_to(q, 3)
some
s = tf.Session()
s.run(q.enqueue_many([[made("a", b"1\n2\n3\n4\n"), made("b", b""), made("c", b"5\n6\n")]])), s.run(q.close())
s.run(some), s.run(some), s.run(some)
s.run(some)
s.run(r.read_up_to(q, tf.placeholder(tf.int64, name="n")), {"n:0": [1]})

#: readers that wait
r, q = tf.TextLineReader(), tf.FIFOQueue(9, [tf.string], name="q")
read, put, close = r.read(q), q.enqueue([made("a", b"1\n2\n3\n")]), q.close()
s = tf.Session()
found = []
def go():
    try:
        found.append(s.run(read).value)
    except tf.errors.OpError as e:
        found.append(e.message.split("\n")[0])
threads = [threading.Thread(target=go) for _ in range(5)]
for t in threads: t.start()
time.sleep(0.2)
s.run(put), s.run(close)
for t in threads: t.join()
sorted(map(str, found))

#: files through a pipeline
for n in "ab":
    _ = made(n, b"".join(b"%s%d\n" % (n.encode(), i) for i in range(4)))
names = tf.train.string_input_producer(["a", "b"], num_epochs=1, shuffle=False)
key, value = tf.TextLineReader().read(names)
batch = tf.train.batch([key, value], 3, allow_smaller_final_batch=True)
s = tf.Session()
s.run(tf.local_variables_initializer())
c = tf.train.Coordinator()
ts = tf.train.start_queue_runners(s, c)
s.run(batch), s.run(batch), s.run(batch), s.run(batch)
c.request_stop(), c.join(ts)

#: old readers
r = gen.text_line_reader()

#: records of fixed length in compressed files
import gzip, zlib
with gzip.open("fixed.gz", "wb") as f: count = f.write(b"HHHHH000-001-002FF")

with open("fixed.z", "wb") as f: size = f.write(zlib.compress(b"HHHHH000-001-002FF"))

def read(name, encoding):
    reader = tf.FixedLengthRecordReader(header_bytes=5, record_bytes=3, footer_bytes=2, hop_bytes=4, encoding=encoding)
    queue = tf.FIFOQueue(9, [tf.string], shapes=())
    record = reader.read(queue)
    with tf.Session() as s:
        s.run(queue.enqueue(name))
        return [s.run(record) for _ in range(3)]

read("fixed.gz", "GZIP"), read("fixed.z", "ZLIB")
