"""A function from arrays to arrays, out of a SavedModel."""
from pytfgraph.platform import tf_logging as logging

DEFAULT_TAGS = "serve"
_DEFAULT_SIGNATURE = "serving_default"


class Predictor:
    """A function from {name: array} to {name: array}, with a session of its own."""

    @property
    def graph(self):
        """Its Graph."""
        return self._graph

    @property
    def session(self):
        """Its Session."""
        return self._session

    @property
    def feed_tensors(self):
        """{name: Tensor} of its inputs."""
        return self._feed_tensors

    @property
    def fetch_tensors(self):
        """{name: Tensor} of its outputs."""
        return self._fetch_tensors

    def __repr__(self):
        return "{} with feed tensors {} and fetch_tensors {}".format(type(self).__name__, self._feed_tensors, self._fetch_tensors)

    def __call__(self, input_dict):
        """The outputs for some inputs; ValueError for an input that is not there."""
        unexpected = set(input_dict) - set(self._feed_tensors)
        if unexpected:
            raise ValueError("Got unexpected keys in input_dict: {}\nexpected: {}".format(unexpected, set(self._feed_tensors)))
        feed = {tensor: input_dict[key] for key, tensor in self._feed_tensors.items() if input_dict.get(key) is not None}
        return self._session.run(fetches=self._fetch_tensors, feed_dict=feed)


def get_meta_graph_def(saved_model_dir, tags):
    """The MetaGraphDef with exactly these tags, separated by commas; ValueError where there is none."""
    from pytfgraph.tools import saved_model_utils
    wanted = {tag.strip() for tag in tags.split(",")}
    for meta_graph_def in saved_model_utils.read_saved_model(saved_model_dir).meta_graphs:
        if set(meta_graph_def.meta_info_def.tags) == wanted:
            return meta_graph_def
    raise ValueError("Could not find MetaGraphDef with tags {}".format(tags))


def _signature(key, export_dir, tags):
    key = key or _DEFAULT_SIGNATURE
    signatures = get_meta_graph_def(export_dir, tags).signature_def
    if key in signatures:
        return signatures[key]
    other = "default_input_alternative:" + key
    if other not in signatures:
        raise ValueError('Got signature_def_key "{}". Available signatures are {}. Original error:\n{!r}'.format(key, list(signatures), key))
    logging.warning('Could not find signature def "%s". Using "%s" instead', key, other)
    return signatures[other]


class SavedModelPredictor(Predictor):
    """A Predictor from a SavedModel.

    Args:
      export_dir: the SavedModel's folder.
      signature_def_key: name of the signature, "serving_default" if None.
      signature_def: a SignatureDef to use instead.
      input_names: {name: name of a tensor} to use instead, together with output_names.
      output_names: {name: name of a tensor}.
      tags: the tags of the MetaGraph, separated by commas; "serve" if None.
      graph: the Graph to load it into, a new one if None.
      config: a ConfigProto for the session.

    Raises:
      ValueError: if more than one of these ways is used, or the SavedModel has no such graph or signature.
    """

    def __init__(self, export_dir, signature_def_key=None, signature_def=None, input_names=None, output_names=None, tags=None, graph=None,
                 config=None):
        from pytfgraph.client.session import Session
        from pytfgraph.framework import ops
        from pytfgraph.saved_model import loader_impl
        if (input_names is None) != (output_names is None):
            raise ValueError("input_names and output_names must both be specified or both be unspecified.")
        if sum(x is not None for x in (signature_def_key, signature_def, input_names)) > 1:
            raise ValueError("You must specify at most one of signature_def_key OR signature_def OR(input_names AND output_names).")
        tags = tags or DEFAULT_TAGS
        self._graph = graph or ops.Graph()
        with self._graph.as_default():
            self._session = Session(config=config)
            loader_impl.load(self._session, tags.split(","), export_dir)
        if input_names is None:
            signature_def = signature_def or _signature(signature_def_key, export_dir, tags)
            input_names = {k: v.name for k, v in signature_def.inputs.items()}
            output_names = {k: v.name for k, v in signature_def.outputs.items()}
        self._feed_tensors = {k: self._graph.get_tensor_by_name(v) for k, v in input_names.items()}
        self._fetch_tensors = {k: self._graph.get_tensor_by_name(v) for k, v in output_names.items()}
