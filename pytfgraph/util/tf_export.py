"""The decorators with which TensorFlow's sources say under which public names a thing is known; here api.txt does."""


class api_export:
    """Notes the public names of a function or class, and leaves it as it is."""

    def __init__(self, *args, **kwargs):
        self._names = args

    def __call__(self, func):
        func._tf_api_names = self._names
        return func

    def export_constant(self, module_name, name):
        """Nothing: a module's constant has its public name in api.txt."""


tf_export = estimator_export = api_export
