"""Assets of TensorBoard's plugins: files that are written beside the events of a graph."""
import abc

from pytfgraph.framework import ops

_PLUGIN_ASSET_PREFIX = "__tensorboard_plugin_asset__"


def get_plugin_asset(plugin_asset_cls, graph=None):
    """The asset of a kind that belongs to a graph, which is made where there is none.

    Args:
      plugin_asset_cls: a subclass of PluginAsset with a plugin_name.
      graph: the default graph where not given.

    Raises:
      ValueError: if the class has no name, or its name is another one's.
    """
    if graph is None:
        graph = ops.get_default_graph()
    if not plugin_asset_cls.plugin_name:
        raise ValueError("Class %s has no plugin_name" % plugin_asset_cls.__name__)
    name = _PLUGIN_ASSET_PREFIX + plugin_asset_cls.plugin_name
    container = graph.get_collection(name)
    if container:
        if len(container) != 1:
            raise ValueError("Collection for %s had %d items, expected 1" % (name, len(container)))
        if not isinstance(container[0], plugin_asset_cls):
            raise ValueError("Plugin name collision between classes %s and %s" % (plugin_asset_cls.__name__, type(container[0]).__name__))
        return container[0]
    instance = plugin_asset_cls()
    graph.add_to_collection(name, instance)
    graph.add_to_collection(_PLUGIN_ASSET_PREFIX, plugin_asset_cls.plugin_name)
    return instance


def get_all_plugin_assets(graph=None):
    """All assets of a graph (the default graph where not given).

    Raises:
      ValueError: if one of them is registered twice.
    """
    if graph is None:
        graph = ops.get_default_graph()
    found = []
    for name in graph.get_collection(_PLUGIN_ASSET_PREFIX):
        collection = graph.get_collection(_PLUGIN_ASSET_PREFIX + name)
        if len(collection) != 1:
            raise ValueError("Collection for %s had %d items, expected 1" % (name, len(collection)))
        found.append(collection[0])
    return found


class PluginAsset(metaclass=abc.ABCMeta):
    """What a plugin of TensorBoard keeps beside the events of a graph."""

    plugin_name = None

    @abc.abstractmethod
    def assets(self):
        """{file name: contents}."""
