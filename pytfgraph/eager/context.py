"""Whether operations run at once.  They do not: programs build graphs."""
GRAPH_MODE = 0
EAGER_MODE = 1


def executing_eagerly():
    """False: operations are added to the default graph."""
    return False


def in_eager_mode():
    return False


def in_graph_mode():
    return True
