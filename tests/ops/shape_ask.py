"""What `tf` answers to an expression of shape_cases.py: the shapes of its outputs, or the error."""


class Asker:
    def __init__(self, tf, find_raw):
        self.tf, self.find_raw = tf, find_raw

    def placeholder(self, shape, dtype=None):
        return self.tf.placeholder(dtype or self.tf.float32, shape, name="p")

    def raw(self, name, *args, **kwargs):
        return self.find_raw(name)(*args, **kwargs)

    def variable(self, shape, dtype=None):
        return self.find_raw("variable_v2")(shape, dtype or self.tf.float32, name="v")

    def resource(self, shape):
        return self.find_raw("var_handle_op")(self.tf.float32, shape, name="r")

    def ask(self, expression):
        tf = self.tf
        with tf.Graph().as_default():
            names = {"tf": tf, "op": self.raw, "P": self.placeholder, "V": self.variable, "R": self.resource}
            try:
                result = eval(expression, names)
            except Exception as e:
                return {"error": type(e).__name__, "message": str(e)}
            outputs = [] if result is None else result if isinstance(result, (list, tuple)) else [result]
            outputs = sum(([o] if not isinstance(o, (list, tuple)) else list(o) for o in outputs), [])
            if any(isinstance(o, tf.Operation) for o in outputs):
                return {"shapes": []}
            return {"shapes": ["?" if o.shape.ndims is None else o.shape.as_list() for o in outputs]}
