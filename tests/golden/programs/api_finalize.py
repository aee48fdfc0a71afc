#!/usr/bin/env python
# -*- coding: utf-8 -*-
import tensorflow as tf

G = tf.Graph()
with G.as_default() as g:
    c = tf.constant(1.)
    assert c.graph is g
    print('c ok')
    G.finalize()
with G.as_default() as gg:
    a = tf.constant(2.)
    assert a.graph is gg
    print('a ok')
