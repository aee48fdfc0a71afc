"""A SavedModel for serving, in one call."""
from pytfgraph.framework import ops
from pytfgraph.saved_model import builder_impl, signature_constants, signature_def_utils_impl, tag_constants


def simple_save(session, export_dir, inputs, outputs, legacy_init_op=None):
    """Saves the default graph for serving, with the one signature "serving_default".

    Args:
      session: the Session with the variables.
      export_dir: the folder, which must not be there yet.
      inputs: {name: Tensor}.
      outputs: {name: Tensor}.
      legacy_init_op: an Operation to run when the SavedModel is loaded.

    Raises:
      AssertionError: if the folder is there.
      ValueError: if inputs or outputs are empty.
    """
    signature = signature_def_utils_impl.predict_signature_def(inputs, outputs)
    builder = builder_impl.SavedModelBuilder(export_dir)
    builder.add_meta_graph_and_variables(
        session, tags=[tag_constants.SERVING], signature_def_map={signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature},
        assets_collection=ops.get_collection(ops.GraphKeys.ASSET_FILEPATHS), main_op=legacy_init_op, clear_devices=True)
    builder.save()


simple_save.simple_save = simple_save       # programs import it as a module, too
