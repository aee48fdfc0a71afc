import tensorflow as tf

with tf.Session("grpc://example.org:2222"):
    pass
for _ in range(2):
    a = tf.constant(1)
    b = a * 2
print(repr(b), repr(b.op), b.consumers(), repr(a.op), a.consumers())
print(b.op.outputs, list(b.op.inputs), list(a.op.inputs))
print(b.op.inputs[0])
print(a)
print(repr(b.device), b.graph is tf.get_default_graph(), b.op.type)
print(b.op.node_def)
print(b.op.op_def.name, [arg.name for arg in b.op.op_def.input_arg])
with tf.Session() as sess:
    print(sess.run([b])[0])
    print(b.op.run())
v = tf.Variable([0])
c = b + v
print(repr(c))
print(list(c.op.inputs))
print(repr(c.op.inputs[1].op))
print(list(c.op.inputs[1].op.inputs))
print(repr(v))
c = tf.add(b, tf.identity(v))
print(c, v.op.type, tf.get_variable("r", [1], use_resource=True).op.type)
print(v._AsTensor(), tf.get_default_graph().as_graph_element(v), v.value(), v.assign([1]), v.initializer.name)
print(v.to_proto())


class Layer:
    def build(self):
        pass

    def call(self, inputs):
        pass


with tf.name_scope("ns"):
    print(tf.Variable(1).name, tf.get_variable("g", [1]).name)
with tf.variable_scope("vs"):
    print(tf.Variable(1).name, tf.get_variable("g", [1]).name, tf.constant(1).name)
