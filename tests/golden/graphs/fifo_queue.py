q = tf.FIFOQueue(10, [tf.float32, tf.int32], shapes=[[], []]); q.enqueue((1., 2)); q.enqueue_many(([1.], [2])); q.dequeue(); q.dequeue_many(3); q.dequeue_up_to(2); q.close(); q.size(); q.is_closed()
r = tf.FIFOQueue(3, tf.float32, name="named", shared_name="s"); r.enqueue(1.); r.dequeue(); r.close(cancel_pending_enqueues=True)
s = tf.FIFOQueue(3, [tf.float32, tf.string], names=["a", "b"], shapes=[[2], []]); s.enqueue({"a": [1., 2.], "b": "t"}); s.dequeue()
