"""tf.summary: names, collections, errors."""

#: names
for name in ["a b", "-x", "/x", "//x/y", "", "a:0", "_x", "a//b", "$", "a.b-c/d", "a/b/"]:
    try:
        print(name, "->", tf.summary.scalar(name, 1.).name)
    except Exception as e:
        print(name, type(e).__name__, e)
for family in ["fam", "f a", "f:", "/f", "f/g", ""]:
    try:
        s = tf.summary.scalar("ok", 1., family=family); print(family, "->", s.name, s.eval(session=tf.Session()))
    except Exception as e:
        print(family, type(e).__name__, e)
tf.summary.scalar(None, 1.)

#: collections
tf.summary.scalar("a", 1., collections="abc")
tf.summary.scalar("b", 1., collections=[])
tf.summary.scalar("c", 1.)
tf.get_collection(tf.GraphKeys.SUMMARIES), tf.get_collection("a"), tf.get_collection("abc")
tf.summary.merge_all("nothing")
tf.summary.merge_all("a").name
tf.summary.merge(tf.get_collection("a"), collections=["x", "y"], name="m m").name
tf.get_collection("x")

#: arguments
tf.summary.scalar("a", "b")
tf.summary.scalar("a", [1., 2.])
tf.summary.histogram("a", ["b"])
tf.summary.histogram("a", 1j)
tf.summary.image("a", [[1.]])
tf.summary.image("a", tf.zeros([1, 2, 2, 1], tf.int32))
tf.summary.image("a", tf.zeros([1, 2, 2, 1]), max_outputs=0)
tf.summary.audio("a", [[1.]], "x")
tf.summary.audio("a", [[1]], 1.)
tf.summary.text("a", tf.constant(1.))
tf.summary.merge([])
tf.summary.merge([1.])
tf.summary.tensor_summary("t", tf.constant(1.)).op.type
tf.summary.get_summary_description(tf.constant(1.).op.node_def)
tf.summary.get_summary_description(tf.summary.tensor_summary("t", [1]).op.node_def)

#: errors when run
sess = tf.Session()
sess.run(tf.summary.scalar("a", [1., 2.]))
sess.run(tf.summary.histogram("hi/sto", [1., float("nan")]))
sess.run(tf.summary.histogram("hi/sto", [1., float("inf")]))
sess.run(tf.summary.image("i", [[1.]]))
a = tf.summary.scalar("a", 1.)
sess.run(tf.summary.merge([a, a]))

#: messages
tf.Summary.FromString(tf.Session().run(tf.summary.merge([tf.summary.scalar("s", 2.5), tf.summary.text("t", tf.constant(["x", "y"])), tf.summary.histogram("h", [1., 2.])])))
tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=1.)])
tf.Event(step=3, summary=tf.Summary())
tf.summary.Summary is tf.Summary, tf.summary.Event is tf.Event, tf.summary.SessionLog is tf.SessionLog

#: modules
from tensorflow.python.summary import summary as s, summary_iterator
from tensorflow.python.summary.writer import writer, event_file_writer, writer_cache
s.scalar is tf.summary.scalar, writer.FileWriter is tf.summary.FileWriter, writer_cache.FileWriterCache is tf.summary.FileWriterCache, summary_iterator.summary_iterator is tf.train.summary_iterator
s.FileWriter is tf.summary.FileWriter, event_file_writer.EventFileWriter.__name__
