"""Functions from arrays to arrays, out of SavedModels."""
from pytfgraph.contrib.predictor.saved_model_predictor import Predictor, SavedModelPredictor  # noqa: F401


def from_saved_model(export_dir, signature_def_key=None, signature_def=None, input_names=None, output_names=None, tags=None, graph=None,
                     config=None):
    """A SavedModelPredictor: see there."""
    return SavedModelPredictor(export_dir, signature_def_key=signature_def_key, signature_def=signature_def, input_names=input_names,
                               output_names=output_names, tags=tags, graph=graph, config=config)
