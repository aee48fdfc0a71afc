#!/usr/bin/env python
# -*- coding: utf-8 -*-
import tensorflow as tf

with tf.Graph().as_default() as g:
    a = tf.constant(1.)
    b = tf.constant(2.)
    with tf.Session() as sess:
        with g.control_dependencies([a, b]):
            # Ops constructed here run after 'a' and 'b'.
            c = tf.constant(3.)
            d = tf.constant(4.)
            with g.control_dependencies([c, d]):
                # Ops constructed here run after 'a', 'b', 'c' and 'd'.
                e = tf.add(tf.add(a, b), tf.add(c, d))
                print(sess.run(e))
    for op in g.get_operations():
        print(op.name, [i.name for i in op.inputs], sorted(i.name for i in op.control_inputs))
