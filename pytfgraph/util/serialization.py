"""Objects as JSON can say them."""
import numpy as np

from pytfgraph.framework import tensor_shape


def get_json_type(obj):
    """What stands for an object in JSON, for json.dumps(default=...); TypeError where nothing does.

    An object with get_config is its class's name and that; a NumPy scalar its value, an array its type and list; a function or type its
    name; a shape the list of its dimensions.
    """
    if hasattr(obj, "get_config"):
        return {"class_name": type(obj).__name__, "config": obj.get_config()}
    if isinstance(obj, np.ndarray):
        return {"type": type(obj), "value": obj.tolist()}
    if isinstance(obj, np.generic):
        return obj.item()
    if callable(obj):
        return obj.__name__
    if isinstance(obj, tensor_shape.Dimension):
        return obj.value
    if isinstance(obj, tensor_shape.TensorShape):
        return obj.as_list()
    raise TypeError("Not JSON Serializable:", obj)
