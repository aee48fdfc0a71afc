import sys
x = tf.placeholder(tf.float32, [2, 3], name="x")
s = tf.placeholder(tf.string, [], name="s")
tf.print(x), tf.print(s), tf.print("a", x, 3, name="named"), tf.print([x, {"b": 1, "a": x}], "{}", (2, x), summarize=-1, output_stream=sys.stdout)
tf.print(tf.SparseTensor([[0, 1]], [1.], [2, 3]), "x {} y", x), tf.print("no tensor"), tf.print(x, output_stream=tf.logging.info), tf.print(x, output_stream=tf.logging.ERROR)
tf.Print(x, [x, s], "message", first_n=3, summarize=2)
with tf.control_dependencies([tf.print(x)]):
    tf.identity(x)
tf.print(x, output_stream="nowhere")
