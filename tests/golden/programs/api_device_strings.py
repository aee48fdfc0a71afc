import tensorflow as tf

for name in ["/cpu:0", "/CPU:0", "/device:CPU:0", "/gpu:1", "/job:ps", "/job:ps/task:3", "/job:w/replica:1/task:2/cpu:0",
             "/job:w/replica:1/task:2/device:GPU:5", "/device:GPU:*", "/cpu:*", "", "/task:1", "/replica:3",
             "gpu:0", "/nope:0", "/job:a/job:b", "/cpu:x", "/device:CPU", "/cpu"]:
    with tf.Graph().as_default():
        try:
            with tf.device(name):
                print(repr(name), repr(tf.constant(1).device))
        except ValueError as e:
            print(repr(name), "ValueError:", e)
