"""Which nodes of a graph belong to savers: those in the name scope of a save or restore operation."""
_SAVE_AND_RESTORE = frozenset(["SaveV2", "Save", "SaveSlice", "LegacySave", "LegacySaveSlice", "RestoreV2", "Restore", "RestoreSlice",
                               "LegacyRestore", "LegacyRestoreSlice"])


def _scope_of(name):
    """The scope of a node that a tensor's or node's name names."""
    if not name:
        raise ValueError("Node name cannot be empty or None.")
    return name.lstrip("^").split(":")[0].rpartition("/")[0] + "/"


def find_extraneous_saver_nodes(graph_def, saver_def):
    """The names of the nodes that belong to other savers than that of a SaverDef (or to any, where it is None)."""
    kept = set()
    if saver_def is not None:
        kept = {_scope_of(saver_def.save_tensor_name), _scope_of(saver_def.restore_op_name)}
    savers = {node.name for node in graph_def.node if node.op in _SAVE_AND_RESTORE}
    scopes = {_scope_of(name) for name in savers if _scope_of(name)[:-1] not in savers} - kept
    return {node.name for node in graph_def.node if any(node.name.startswith(s) for s in scopes)}
