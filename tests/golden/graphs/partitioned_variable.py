with tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(3)):
    e = tf.get_variable("emb", [10, 4], initializer=tf.zeros_initializer())
ids = tf.placeholder(tf.int64, [None], name="ids")
tf.nn.embedding_lookup(e, ids)
tf.nn.embedding_lookup(e, ids, partition_strategy="div")
e.as_tensor()
