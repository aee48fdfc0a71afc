"""MetaGraphs in SavedModels, found by the text of their tags."""
from pytfgraph.saved_model import loader_impl


def read_saved_model(saved_model_dir):
    """The SavedModel message in a folder; IOError where there is none."""
    return loader_impl.parse_saved_model(saved_model_dir)


def get_saved_model_tag_sets(saved_model_dir):
    """A list of the tags of each MetaGraph in a SavedModel."""
    return [list(m.meta_info_def.tags) for m in read_saved_model(saved_model_dir).meta_graphs]


def get_meta_graph_def(saved_model_dir, tag_set):
    """The MetaGraphDef with exactly these tags.

    Args:
      saved_model_dir: the SavedModel's folder.
      tag_set: the tags, separated by commas.

    Raises:
      RuntimeError: if there is none.
      IOError: if there is no SavedModel.
    """
    wanted = set(tag_set.split(","))
    for meta_graph_def in read_saved_model(saved_model_dir).meta_graphs:
        if set(meta_graph_def.meta_info_def.tags) == wanted:
            return meta_graph_def
    raise RuntimeError("MetaGraphDef associated with tag-set " + tag_set + " could not be found in SavedModel")
