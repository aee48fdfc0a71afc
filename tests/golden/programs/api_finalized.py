#!/usr/bin/env python
# -*- coding: utf-8 -*-
import tensorflow as tf

G = tf.Graph()
print(G.finalized)
with G.as_default() as g:
    c = tf.constant(1.)
    assert c.graph is g
    print('add c op')
    G.finalize()
if G.finalized:
    print(u'已经锁住图'.encode('utf-8'))
else:
    print('not locked')
    with G.as_default() as gg:
        a = tf.constant(2.)
        assert a.graph is gg
        print('add a op')
