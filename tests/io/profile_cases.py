"""A program that profiles a small model in many ways and prints the reports: python profile_cases.py [module that is TensorFlow]."""
import importlib
import sys
import tempfile


def model(tf):
    x = tf.placeholder(tf.float32, [4, 8], name="x")
    with tf.variable_scope("layer1"):
        w, b = tf.get_variable("w", [8, 16]), tf.get_variable("b", [16])
        h = tf.nn.relu(tf.nn.bias_add(tf.matmul(x, w), b))
    with tf.variable_scope("layer2"):
        y = tf.matmul(h, tf.get_variable("w", [16, 3]))
    image = tf.reshape(tf.concat([y] * 27, 1), [1, 9, 9, 4], name="image")
    conv = tf.nn.conv2d(image, tf.get_variable("kernel", [3, 3, 4, 8]), [1, 1, 1, 1], "SAME", name="conv")
    tf.get_variable("step", [], trainable=False, dtype=tf.int64, initializer=tf.zeros_initializer())
    tf.get_variable("resource", [2, 3], use_resource=True)
    tf.placeholder(tf.float32, [None, 3], name="partly")
    return tf.reduce_mean(conv, name="loss")


def counted(tf):
    """An operation of each kind whose float operations are counted."""
    x = tf.ones([1, 8, 8, 4], name="ones")
    depthwise = tf.nn.depthwise_conv2d_native(x, tf.ones([3, 3, 4, 2]), [1, 2, 2, 1], "SAME")
    conv = tf.nn.conv2d(depthwise, tf.ones([2, 2, 8, 4]), [1, 2, 2, 1], "VALID")
    pools = tf.nn.max_pool(conv, [1, 2, 2, 1], [1, 1, 1, 1], "SAME") + tf.nn.avg_pool(conv, [1, 2, 2, 1], [1, 1, 1, 1], "SAME")
    flat = tf.nn.bias_add(tf.matmul(tf.reshape(pools, [-1, 4]), tf.ones([3, 4]), transpose_b=True), tf.ones([3]))
    values = [tf.square(flat), tf.reciprocal(flat), tf.rsqrt(flat), tf.log(flat), -flat, tf.nn.softmax(flat), flat / 2., tf.maximum(flat, 1.),
              tf.minimum(flat, 1.), flat ** 2., tf.squared_difference(flat, 1.)]
    for f in (tf.greater, tf.less, tf.equal, tf.not_equal, tf.greater_equal, tf.less_equal):
        f(flat, 1.)
    tf.argmax(flat, 1), tf.argmin(flat, 1)
    loss = tf.reduce_sum(tf.add_n(values)) + tf.nn.l2_loss(flat)
    tf.nn.dilation2d(x, tf.ones([2, 2, 4]), [1, 1, 1, 1], [1, 1, 1, 1], "SAME")
    tf.gradients(loss, x)


def options(tf):
    build = tf.profiler.ProfileOptionBuilder
    base = dict(build.trainable_variables_parameter(), select=["params", "float_ops", "occurrence", "op_types"])
    yield "parameters", "scope", build.trainable_variables_parameter()
    yield "flops", "scope", build.float_operation()
    yield "flops", "op", build.float_operation()
    yield "flops", "graph", build.float_operation()
    yield "everything", "scope", build().select(["params", "float_ops", "occurrence"]).with_max_depth(2).build()
    yield "everything", "graph", build().select(["params", "float_ops"]).with_max_depth(4).build()
    yield "shown", "scope", build().select(["params", "float_ops", "occurrence", "op_types", "device", "input_shapes"]).with_max_depth(3).with_node_names(
        show_name_regexes=["layer1.*"]).build()
    yield "hidden", "scope", build().select(["params", "float_ops"]).account_displayed_op_only(True).with_max_depth(3).with_node_names(
        hide_name_regexes=["layer1.*"], trim_name_regexes=["layer2.*"]).order_by("params").build()
    yield "start", "scope", build().select(["params", "float_ops"]).with_node_names(start_name_regexes=["layer1.*"]).order_by("params").build()
    yield "types", "scope", dict(base, account_type_regexes=["Sub"])
    yield "types", "graph", dict(base, account_type_regexes=["MatMul"])
    yield "types", "op", dict(base, account_type_regexes=["Sub", "MatMul"])
    yield "types not displayed", "scope", dict(base, account_type_regexes=["Sub"], account_displayed_op_only=False)
    yield "names", "op", dict(base, account_type_regexes=[".*"], account_displayed_op_only=False, show_name_regexes=["Mat.*", "Add"])
    yield "shapes", "op", dict(base, account_type_regexes=["MatMul", "Mean", "BiasAdd"], select=["input_shapes", "params"])
    yield "unknown", "scope", build().select(["foo"]).with_max_depth(2).build()
    yield "times", "scope", build().order_by("foo").with_max_depth(2).build()
    yield "nothing", "scope", dict(base, account_type_regexes=["None"])
    yield "silent", "scope", build(base).with_empty_output().build()


def code_options(tf):
    """Views by line that show this file's lines alone."""
    build = tf.profiler.ProfileOptionBuilder
    mine = build(build.float_operation()).with_min_float_operations(0).order_by("name").with_node_names(
        show_name_regexes=["profile_cases.py.*"], hide_name_regexes=[".*<module>.*"]).build()
    yield "lines", dict(mine, select=["params", "float_ops", "occurrence", "op_types", "input_shapes"])
    yield "lines of variables", dict(mine, select=["params"], account_type_regexes=["_trainable_variables"])
    yield "lines of many operations", dict(mine, select=["float_ops", "params"], min_float_ops=1000, order_by="float_ops")
    yield "lines from", dict(mine, select=["float_ops"], start_name_regexes=["profile_cases.*:trained"], trim_name_regexes=["profile_cases.*:loss_of_.*"])


def loss_of_a_small_layer(tf, x):
    """A function whose name is too long to be shown."""
    w = tf.get_variable("small", [16, 4])
    return tf.reduce_sum(tf.matmul(x, w))


def trained(tf):
    loss = loss_of_a_small_layer(tf, tf.ones([8, 16]))
    return tf.gradients(loss, tf.trainable_variables())


def calls_of(path):
    """What a file for pprof says of calls into this file's functions."""
    import gzip
    profile_pb2 = importlib.import_module("tensorflow.core.profiler.profile_pb2")
    with gzip.open(path) as f:
        p = profile_pb2.Profile.FromString(f.read())
    text, functions, places = p.string_table, {f.id: f for f in p.function}, {x.id: x for x in p.location}
    yield [(text[t.type], text[t.unit]) for t in p.sample_type], [text[c] for c in p.comment]
    for sample in p.sample:
        calls = [(line.line, functions[line.function_id]) for i in sample.location_id for line in places[i].line]
        mine = ("profile_cases:trained", "profile_cases:loss_of")
        calls = [(line, text[f.name], f.start_line) for line, f in calls if text[f.name].startswith(mine)]
        yield [(text[label.key], text[label.str]) for label in sample.label], list(sample.value), calls


def lines(tf, folder):
    """What the views by line, and files for pprof, show of a small training."""
    with tf.Graph().as_default() as graph:
        trained(tf)
        for name, chosen in code_options(tf):
            print("#", name, flush=True)
            proto = tf.profiler.profile(graph, cmd="code", options=chosen)
            sys.stdout.flush()
            print(proto.total_parameters, proto.total_float_ops)
        for select in ("params", "float_ops"):
            print("# pprof", select, flush=True)
            build = tf.profiler.ProfileOptionBuilder
            chosen = build(build.float_operation()).with_min_float_operations(0).order_by("name").select([select])
            path = folder + "/profile"
            tf.profiler.profile(graph, cmd="code", options=dict(chosen.build(), output="pprof:outfile=" + path))
            sys.stdout.flush()
            for row in calls_of(path):
                print(*row)


def main(tf):
    with tf.Graph().as_default() as graph:
        model(tf)
        for name, cmd, chosen in options(tf):
            print("#", name, cmd, flush=True)
            proto = tf.profiler.profile(graph, cmd=cmd, options=chosen)
            sys.stdout.flush()
            print(proto.total_parameters, proto.total_float_ops)
            if name in ("parameters", "types", "flops"):
                print(proto)
    with tf.Graph().as_default() as graph:
        counted(tf)
        print("# counted", flush=True)
        print(tf.profiler.profile(graph, options=tf.profiler.ProfileOptionBuilder.float_operation()).total_float_ops)
    with tempfile.TemporaryDirectory() as folder:
        lines(tf, folder)


if __name__ == "__main__":
    main(importlib.import_module(sys.argv[1] if len(sys.argv) > 1 else "tensorflow"))
