"""tf.TensorArray."""


class TensorArray:
    pass
