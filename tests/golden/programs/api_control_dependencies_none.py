#!/usr/bin/env python
# -*- coding: utf-8 -*-
import tensorflow as tf

with tf.Graph().as_default() as g:
    a = tf.constant(1.)
    b = tf.constant(2.)
    with tf.Session() as sess:
        with g.control_dependencies([a, b]):
            c = tf.constant(3.)
            d = tf.constant(4.)
            del a, b
            with g.control_dependencies(None):
                # Ops constructed here run normally, not waiting for either 'a' or 'b'
                with g.control_dependencies([c, d]):
                    # Ops constructed here run after 'c' and 'd', also not waiting for either 'a' or 'b'
                    a = tf.constant(1.)
                    b = tf.constant(2.)
                    e = tf.add(tf.add(a, b), tf.add(c, d))
                    print(sess.run(e))
            after = tf.constant(9.)
    for op in g.get_operations():
        print(op.name, sorted(i.name for i in op.control_inputs))
