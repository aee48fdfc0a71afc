#!/usr/bin/env python
# -*- coding: utf-8 -*-
import tensorflow as tf

with tf.Graph().as_default() as g:
    input = tf.constant(2., name="input")
    assert input.op.name == 'input'
    with g.name_scope("my_layer") as scope:
        weights = tf.constant(4., name="weights")
        biases = tf.constant(1., name="biases")
        affine = tf.mul(input, weights) + biases
        output = tf.nn.relu(affine, name=scope)
        print(output.op.name)
