"""tf.contrib.deprecated: summaries as before 1.0."""

D = tf.contrib.deprecated

#: summaries
s = D.scalar_summary("loss", 1.5)
s, D.scalar_summary(["a", "b"], [1., 2.], name="two"), D.histogram_summary("h", [1., 2.]), D.image_summary("i", np.zeros((2, 2, 2, 1), np.uint8), 1)
D.audio_summary("a", np.zeros((1, 4), np.float32), 8000.), D.histogram_summary("g", [1.], collections=["mine"], name="n")
D.merge_summary([s, s]), D.merge_summary([s], ["mine"], name="m"), D.merge_all_summaries("none")
m = D.merge_all_summaries()
m, ev(m), ev(D.merge_all_summaries("mine"))
[t.name for t in tf.get_collection("mine")], [t.name for t in tf.get_collection("summaries")]
D.scalar_summary(["a"], [1., 2.])
text()
