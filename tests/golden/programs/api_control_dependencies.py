#!/usr/bin/env python
# -*- coding: utf-8 -*-
import tensorflow as tf

with tf.Graph().as_default() as g:
    a = tf.constant(1.)
    b = tf.constant(2.)
    c = tf.constant(3.)
    with tf.Session() as sess:
        with g.control_dependencies([a, b, c]):
            # 'd' and 'e' will only run after 'a', 'b' and 'c' have executed.
            d = tf.mul(a, b)
            e = tf.add(d, a)
            print(sess.run(e))
            print(d.op.control_inputs, e.op.control_inputs)
