"""tf.contrib.framework.CriticalSection."""

#: counting
cs = tf.contrib.framework.CriticalSection(shared_name="cs")
v = tf.get_variable("v", initializer=0.0, use_resource=True)
cs.name, cs._handle
def add(x):
    with tf.control_dependencies([v.read_value()]):
        return v.assign_add(x)
one = cs.execute(lambda: add(1.0))
two = cs.execute(add, 2.0, name="two")
one, two
s = tf.Session()
s.run(v.initializer), s.run(one), s.run(two), s.run([one, two])[0] > 2.5, s.run(v)
text()

#: structures
cs = tf.contrib.framework.CriticalSection(name="mine")
cs.name
x = tf.placeholder_with_default(3.0, [], name="x")
y = tf.multiply(x, 2.0, name="y")
r = cs.execute(lambda a: {"sum": a + y, "both": (a, [y - 1.0])}, x)
r
alone = cs.execute(lambda: tf.no_op(name="n"))
array = cs.execute(lambda: tf.TensorArray(tf.float32, 2).write(0, y).write(1, x))
s = tf.Session()
s.run(r), s.run(alone), s.run(array.stack())
len(tf.get_collection("critical_sections")), len(tf.get_collection("critical_section_executions"))
tf.get_collection("critical_section_executions")[0].op.type

#: in a loop
cs = tf.contrib.framework.CriticalSection()
v = tf.get_variable("v", initializer=0, use_resource=True)
def body(i):
    with tf.control_dependencies([cs.execute(lambda: v.assign_add(i + 1))]):
        return i + 1
loop = tf.while_loop(lambda i: i < 5, body, [0])
s = tf.Session()
s.run(v.initializer), s.run(loop), s.run(v)

#: mistakes
cs = tf.contrib.framework.CriticalSection(shared_name="a")
other = tf.contrib.framework.CriticalSection(shared_name="b")
v = tf.get_variable("v", initializer=0.0, use_resource=True)
cs.execute(lambda: cs.execute(lambda: tf.constant(1)))
cs.execute(lambda: v.assign_add(1.0)).dtype
try:
    other.execute(lambda: v.assign_add(1.0))
except ValueError as e:
    print(str(e)[:60])
third = tf.contrib.framework.CriticalSection(shared_name="a")
third.execute(lambda: v.assign_add(1.0), exclusive_resource_access=False).dtype
tf.contrib.framework.CriticalSection("name", critical_section_def=3)
tf.contrib.framework.CriticalSection(critical_section_def=3)
