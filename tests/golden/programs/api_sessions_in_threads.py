import threading

import tensorflow as tf

g = tf.Graph()
with g.as_default():
    x = tf.placeholder(tf.float32, [])
    y = x * 2. + 1.
g.finalize()
results = {}
sess = tf.Session(graph=g)


def work(k):
    own = tf.Session(graph=g)
    results[k] = [float(sess.run(y, {x: k + i})) + float(own.run(y, {x: i})) for i in range(50)]


threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(all(results[k] == [2. * (k + i) + 1. + 2. * i + 1. for i in range(50)] for k in range(8)))
