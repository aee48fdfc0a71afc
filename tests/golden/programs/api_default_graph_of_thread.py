import threading

import tensorflow as tf

g = tf.Graph()
seen = []


def build(inside):
    if inside:
        with g.as_default():
            c = tf.constant(1.)
    else:
        c = tf.constant(1.)
    seen.append((inside, c.graph is g, c.graph is tf.get_default_graph()))


with g.as_default():
    for inside in (False, True):
        t = threading.Thread(target=build, args=(inside,))
        t.start()
        t.join()
    print(seen, tf.get_default_graph() is g)
