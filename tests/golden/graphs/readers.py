names = tf.train.string_input_producer(["a"])
r = tf.TextLineReader(skip_header_lines=1); r.read(names); r.read_up_to(names, 4); r.num_records_produced(); r.num_work_units_completed(); r.reset()
r = tf.WholeFileReader(name="whole"); r.serialize_state(); r.restore_state(""); r.read(names, name="read")
tf.FixedLengthRecordReader(8, header_bytes=4); tf.TFRecordReader(options=tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)); tf.IdentityReader()
