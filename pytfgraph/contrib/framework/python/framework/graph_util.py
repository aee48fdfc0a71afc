"""Looking into graphs."""


def get_placeholders(graph):
    """The outputs of all Placeholder operations of a graph, in the order of its operations."""
    return [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]
