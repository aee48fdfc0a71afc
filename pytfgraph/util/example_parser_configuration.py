"""What a ParseExample operation reads, as a message."""
from pytfgraph.framework import tensor_shape, tensor_util


def extract_example_parser_configuration(parse_example_op, sess):
    """An ExampleParserConfiguration of a ParseExample operation, whose keys and default values the session computes.

    Raises ValueError where its attributes and inputs are not of one number.
    """
    from tensorflow.core.example import example_parser_configuration_pb2
    config = example_parser_configuration_pb2.ExampleParserConfiguration()
    op = parse_example_op
    n_sparse, n_dense = op.get_attr("Nsparse"), op.get_attr("Ndense")
    sparse_types, dense_types, dense_shapes = op.get_attr("sparse_types"), op.get_attr("Tdense"), op.get_attr("dense_shapes")
    for name, values, of, n in (("sparse_types", sparse_types, "Nsparse", n_sparse), ("dense_types", dense_types, "Ndense", n_dense),
                                ("dense_shapes", dense_shapes, "Ndense", n_dense)):
        if len(values) != n:
            raise ValueError("len(%s) attribute does not match %s attribute (%d vs %d)" % (name, of, len(values), n))
    wanted = list(op.inputs)[2:]        # behind the examples and their names
    if len(wanted) != n_sparse + 2 * n_dense:
        raise ValueError("len(fetch_list) does not match total features + num_dense (%d vs %d)" % (len(wanted), n_sparse + 2 * n_dense))
    values = sess.run(wanted)
    names = [t.name for t in op.outputs]
    for i, (dtype, shape) in enumerate(zip(dense_types, dense_shapes)):
        feature = config.feature_map[_text(values[n_sparse + i])].fixed_len_feature
        feature.default_value.CopyFrom(tensor_util.make_tensor_proto(values[n_sparse + n_dense + i]))
        feature.shape.CopyFrom(tensor_shape.TensorShape(shape).as_proto())
        feature.dtype = int(dtype)
        feature.values_output_tensor_name = names[3 * n_sparse + i]
    for i, dtype in enumerate(sparse_types):
        feature = config.feature_map[_text(values[i])].var_len_feature
        feature.dtype = int(dtype)
        feature.indices_output_tensor_name, feature.values_output_tensor_name, feature.shapes_output_tensor_name = \
            names[i], names[n_sparse + i], names[2 * n_sparse + i]
    return config


def _text(key):
    return key.decode("utf-8") if isinstance(key, bytes) else key
