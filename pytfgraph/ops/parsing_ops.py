"""Parsing Example messages and CSV records."""
import collections
import re

from pytfgraph.framework import constant_op, dtypes, ops, sparse_tensor, tensor_shape
from pytfgraph.ops import array_ops, control_flow_ops, math_ops, raw
from pytfgraph.platform import tf_logging


class VarLenFeature(collections.namedtuple("VarLenFeature", ["dtype"])):
    """A feature of any number of values, which becomes a SparseTensor.

    Fields:
      dtype: tf.float32, tf.int64 or tf.string.
    """


class SparseFeature(collections.namedtuple("SparseFeature", ["index_key", "value_key", "dtype", "size", "already_sorted"])):
    """A SparseTensor from two or more features: values, and for each dimension indices.

    Fields:
      index_key: name of the feature of indices, or a list of names, one for each dimension.
      value_key: name of the feature of values.
      dtype: of the values: tf.float32, tf.int64 or tf.string.
      size: of the dimension, or a list of sizes.
      already_sorted: whether the indices are in order.
    """

    def __new__(cls, index_key, value_key, dtype, size, already_sorted=False):
        return super().__new__(cls, index_key, value_key, dtype, size, already_sorted)


class FixedLenFeature(collections.namedtuple("FixedLenFeature", ["shape", "dtype", "default_value"])):
    """A feature of a fixed number of values, which becomes a Tensor.

    Fields:
      shape: of the tensor.
      dtype: tf.float32, tf.int64 or tf.string.
      default_value: where the feature is missing; without one that is an error.
    """

    def __new__(cls, shape, dtype, default_value=None):
        return super().__new__(cls, shape, dtype, default_value)


class FixedLenSequenceFeature(collections.namedtuple("FixedLenSequenceFeature", ["shape", "dtype", "allow_missing", "default_value"])):
    """A feature of any number of items of one shape, which becomes a dense Tensor: shorter ones are filled up.

    Fields:
      shape: of an item.
      dtype: tf.float32, tf.int64 or tf.string.
      allow_missing: whether the feature may be missing; must be true for parse_example.
      default_value: what they are filled up with; 0 and "" where not given.
    """

    def __new__(cls, shape, dtype, allow_missing=False, default_value=None):
        return super().__new__(cls, shape, dtype, allow_missing, default_value)


class _Wanted:
    """Features as operations want them: keys and types of the sparse ones; keys, types, shapes and defaults of the dense."""

    def __init__(self):
        self.sparse_keys, self.sparse_types = [], []
        self.dense_keys, self.dense_types, self.dense_shapes, self.dense_defaults = [], [], [], {}

    def add(self, key, feature, kinds=None):
        for kind, method in ((VarLenFeature, self._variable), (SparseFeature, self._sparse), (FixedLenFeature, self._fixed),
                             (FixedLenSequenceFeature, self._sequence)):
            if isinstance(feature, kind):
                if kinds and kind not in kinds:
                    raise ValueError("Unsupported " + kind.__name__ + " %s." % feature)
                if not feature.dtype and kind is not SparseFeature:
                    raise ValueError("Missing type for feature %s." % key)
                return method(key, feature)
        raise ValueError("Invalid feature %s:%s." % (key, feature))

    def _variable(self, key, feature):
        self.sparse_keys.append(key)
        self.sparse_types.append(feature.dtype)

    def _sparse_part(self, key, dtype, wanted):
        if key not in self.sparse_keys:
            self.sparse_keys.append(key)
            self.sparse_types.append(dtype)
            return
        known = self.sparse_types[self.sparse_keys.index(key)]
        if known != dtype:
            raise ValueError("Conflicting type %s vs %s for feature %s." % (known, wanted, key))

    def _sparse(self, key, feature):
        if not feature.index_key:
            raise ValueError("Missing index_key for SparseFeature %s." % (feature,))
        if not feature.value_key:
            raise ValueError("Missing value_key for SparseFeature %s." % (feature,))
        if not feature.dtype:
            raise ValueError("Missing type for feature %s." % key)
        index_keys = [feature.index_key] if isinstance(feature.index_key, str) else feature.index_key
        if len(index_keys) > 1:
            tf_logging.warning("SparseFeature is a complicated feature config and should only be used after careful consideration of "
                               "VarLenFeature.")
        for index_key in sorted(index_keys):
            self._sparse_part(index_key, dtypes.int64, "int64")
        self._sparse_part(feature.value_key, feature.dtype, feature.dtype)

    def _dense(self, key, feature):
        self.dense_keys.append(key)
        self.dense_shapes.append(tensor_shape.as_shape(feature.shape))
        self.dense_types.append(feature.dtype)
        if feature.default_value is not None:
            self.dense_defaults[key] = feature.default_value

    def _fixed(self, key, feature):
        if feature.shape is None:
            raise ValueError("Missing shape for feature %s." % key)
        shape = tensor_shape.as_shape(feature.shape)
        if feature.shape and shape.ndims and shape.dims[0].value is None:
            raise ValueError("First dimension of shape for feature %s unknown. Consider using FixedLenSequenceFeature." % key)
        if not shape.is_fully_defined():
            raise ValueError("All dimensions of shape for feature %s need to be known but received %s." % (key, str(feature.shape)))
        self._dense(key, feature)

    def _sequence(self, key, feature):
        if feature.shape is None:
            raise ValueError("Missing shape for feature %s." % key)
        self._dense(key, feature)

    def check(self):
        if not self.dense_keys and not self.sparse_keys:
            raise ValueError("Must provide at least one sparse key or dense key")
        both = set(self.dense_keys) & set(self.sparse_keys)
        if both:
            raise ValueError("Dense and sparse keys must not intersect; intersection: %s" % both)

    def defaults(self):
        """A tensor for each dense feature: what it is, or is filled up with, where it is missing; empty where it must be there."""
        return [self._default(*dense) for dense in zip(self.dense_keys, self.dense_types, self.dense_shapes)]

    def _default(self, key, dtype, shape):
        value = self.dense_defaults.get(key)
        text = re.sub("[^A-Za-z0-9_.\\-/]", "_", key)
        if shape.ndims is not None and shape.ndims > 0 and shape[0].value is None:
            if value is None:
                return ops.convert_to_tensor("" if dtype == dtypes.string else 0, dtype=dtype)
            return array_ops.reshape(ops.convert_to_tensor(value, dtype=dtype, name="padding_" + text), [])
        if value is None:
            return constant_op.constant([], dtype=dtype)
        if isinstance(value, ops.Tensor):
            return value
        return array_ops.reshape(ops.convert_to_tensor(value, dtype=dtype, name="key_" + text), shape)

    def result(self, outputs):
        indices, values, shapes, dense = outputs
        sparse = [sparse_tensor.SparseTensor(*parts) for parts in zip(indices, values, shapes)]
        return dict(zip(self.sparse_keys + self.dense_keys, sparse + list(dense)))


def _want(features):
    wanted = _Wanted()
    for key in sorted(features):
        wanted.add(key, features[key])
    return wanted


def _with_lengths(features):
    """Sequences get the dimension of their length."""
    result = dict(features)
    for key, feature in features.items():
        if isinstance(feature, FixedLenSequenceFeature):
            if not feature.allow_missing:
                raise ValueError("Unsupported: FixedLenSequenceFeature requires allow_missing to be True.")
            result[key] = FixedLenSequenceFeature([None] + list(feature.shape), feature.dtype, feature.allow_missing, feature.default_value)
    return result


def _merge_sparse(features, tensors):
    """What was asked for: each SparseFeature put together from its parts, which are left out where nobody asked for them."""
    tensors = dict(tensors)
    for key in sorted(features):
        feature = features[key]
        if isinstance(feature, SparseFeature):
            from pytfgraph.ops import sparse_ops
            ids = tensors[feature.index_key] if isinstance(feature.index_key, str) else [tensors[k] for k in feature.index_key]
            tensors[key] = sparse_ops.sparse_merge(ids, tensors[feature.value_key], vocab_size=feature.size,
                                                   already_sorted=feature.already_sorted)
    return {key: tensor for key, tensor in tensors.items() if key in features}


def _parse_example_raw(serialized, names, wanted, name):
    with ops.name_scope(name, "ParseExample", [serialized, names]):
        wanted.check()
        defaults = wanted.defaults()
        return wanted.result(raw.function("parse_example")(
            serialized=serialized, names=[] if names is None else names, dense_defaults=defaults, sparse_keys=wanted.sparse_keys,
            sparse_types=wanted.sparse_types, dense_keys=wanted.dense_keys,
            dense_shapes=[shape.as_proto() for shape in wanted.dense_shapes], name=name))


def parse_example(serialized, features, name=None, example_names=None):
    """Tensors of a batch of serialised Example messages.

    Args:
      serialized: a vector of strings.
      features: {key: FixedLenFeature, FixedLenSequenceFeature, VarLenFeature or SparseFeature}.
      name: of the operation.
      example_names: a vector of strings, which error messages show.

    Returns:
      {key: Tensor or SparseTensor}; the first dimension is the batch.

    Raises:
      ValueError: if a feature is invalid.
      InvalidArgumentError (when it runs): for bytes that are no Example, features that are missing, of another type or length.
    """
    if not features:
        raise ValueError("Missing: features was %s." % features)
    features = _with_lengths(features)
    return _merge_sparse(features, _parse_example_raw(serialized, example_names, _want(features), name))


def parse_single_example(serialized, features, name=None, example_names=None):
    """Tensors of one serialised Example message.

    Args:
      serialized: a scalar string.
      features: {key: FixedLenFeature, FixedLenSequenceFeature, VarLenFeature or SparseFeature}.
      name: of the operation.
      example_names: a scalar string, which error messages show.

    Returns:
      {key: Tensor or SparseTensor}.

    Raises:
      ValueError: if a feature is invalid.
      InvalidArgumentError (when it runs): for bytes that are no Example, features that are missing, of another type or length.
    """
    if not features:
        raise ValueError("Missing features.")
    features = _with_lengths(features)
    wanted = _want(features)
    if example_names is not None:
        return _merge_sparse(features, _parse_as_batch(serialized, example_names, wanted, name))
    with ops.name_scope(name, "ParseSingleExample", [serialized]):
        serialized = ops.convert_to_tensor(serialized, name="serialized")
        wanted.check()
        defaults = wanted.defaults()
        outputs = wanted.result(raw.function("parse_single_example")(
            serialized=serialized, dense_defaults=defaults, num_sparse=len(wanted.sparse_keys), sparse_keys=wanted.sparse_keys,
            sparse_types=wanted.sparse_types, dense_keys=wanted.dense_keys,
            dense_shapes=[shape.as_proto() for shape in wanted.dense_shapes], name=name))
    return _merge_sparse(features, outputs)


def _scalar(value, words):
    """`value`, checked now or when it runs to be a scalar."""
    if value.get_shape().ndims is not None:
        if value.get_shape().ndims != 0:
            raise ValueError(words)
        return value
    is_scalar = math_ops.equal(array_ops.rank(value), 0)
    return control_flow_ops.with_dependencies(
        [control_flow_ops.Assert(is_scalar, [words], name={"Input serialized must be a scalar": "SerializedIsScalar",
                                                           "Input names must be a scalar": "NamesIsScalar"}[words])], value,
        name={"Input serialized must be a scalar": "SerializedDependencies", "Input names must be a scalar": "NamesDependencies"}[words])


def _parse_as_batch(serialized, names, wanted, name):
    """One example with a name: a batch of one, whose first dimension is taken off again."""
    with ops.name_scope(name, "ParseSingleExample", [serialized, names]):
        serialized = _scalar(ops.convert_to_tensor(serialized, name="serialized"), "Input serialized must be a scalar")
        serialized = array_ops.expand_dims(serialized, 0)
        names = array_ops.expand_dims(_scalar(ops.convert_to_tensor(names), "Input names must be a scalar"), 0)
        outputs = _parse_example_raw(serialized, names, wanted, name)
        for key in wanted.dense_keys:
            text = re.sub("[^A-Za-z0-9_.\\-/]", "_", key)
            outputs[key] = array_ops.squeeze(outputs[key], [0], name="Squeeze_%s" % text)
        for key in wanted.sparse_keys:
            text = re.sub("[^A-Za-z0-9_.\\-/]", "_", key)
            both = outputs[key]
            outputs[key] = sparse_tensor.SparseTensor(array_ops.slice(both.indices, [0, 1], [-1, -1], name="Slice_Indices_%s" % text), both.values,
                                                      array_ops.slice(both.dense_shape, [1], [-1], name="Squeeze_Shape_%s" % text))
        return outputs


def _want_of_sequence(features, kinds):
    """What is wanted of a context or of lists; and the keys that need not be there."""
    wanted = _Wanted()
    optional = []
    for key in sorted(features or ()):
        wanted.add(key, features[key], kinds)
        if isinstance(features[key], FixedLenSequenceFeature):
            if features[key].default_value is not None:
                raise ValueError("Value feature_list_dense_defaults[%s] must be None" % key)
            if features[key].allow_missing:
                optional.append(key)
    return wanted, optional


def _check_disjoint(wanted, what):
    both = set(wanted.dense_keys) & set(wanted.sparse_keys)
    if both:
        raise ValueError("%s_dense and %s_sparse keys must not intersect; intersection: %s" % (what, what, both))


def _context_default(wanted, key, dtype, shape, reshaped):
    value = wanted.dense_defaults.get(key)
    if value is None:
        return constant_op.constant([], dtype=dtype)
    if isinstance(value, ops.Tensor):
        return value
    value = ops.convert_to_tensor(value, dtype=dtype, name="key_" + re.sub("[^A-Za-z0-9_.\\-/]", "_", key))
    return array_ops.reshape(value, shape) if reshaped else value


def _parse_sequences(op, serialized, context_features, sequence_features, names, name):
    """Context, lists and whatever else the operation gives."""
    if not (context_features or sequence_features):
        raise ValueError("Missing features.")
    context, _ = _want_of_sequence(context_features, (VarLenFeature, FixedLenFeature))
    lists, optional = _want_of_sequence(sequence_features, (VarLenFeature, FixedLenSequenceFeature))
    many = op == "ParseSequenceExample"
    with ops.name_scope(name, op, [serialized]):
        _check_disjoint(context, "context")
        _check_disjoint(lists, "feature_list")
        defaults = [_context_default(context, *dense, reshaped=not many)
                    for dense in zip(context.dense_keys, context.dense_types, context.dense_shapes)]
        counts = dict(Ncontext_sparse=len(context.sparse_keys), Ncontext_dense=len(context.dense_keys),
                      Nfeature_list_sparse=len(lists.sparse_keys), Nfeature_list_dense=len(lists.dense_keys)) if many else {}
        outputs = raw.function("parse_sequence_example" if many else "parse_single_sequence_example")(
            serialized=serialized, debug_name=names, context_dense_defaults=defaults,
            context_sparse_keys=context.sparse_keys, context_sparse_types=context.sparse_types, context_dense_keys=context.dense_keys,
            context_dense_shapes=[shape.as_proto() for shape in context.dense_shapes], feature_list_sparse_keys=lists.sparse_keys,
            feature_list_sparse_types=lists.sparse_types, feature_list_dense_keys=lists.dense_keys, feature_list_dense_types=lists.dense_types,
            feature_list_dense_shapes=[shape.as_proto() for shape in lists.dense_shapes],
            feature_list_dense_missing_assumed_empty=optional, name=name, **counts)
        result = context.result(outputs[:4]), lists.result(outputs[4:8])
        return result + (dict(zip(lists.dense_keys, outputs[8])),) if many else result


def parse_sequence_example(serialized, context_features=None, sequence_features=None, example_names=None, name=None):
    """Tensors of a batch of serialised SequenceExample messages.

    Args:
      serialized: a vector of strings.
      context_features: {key: FixedLenFeature or VarLenFeature} of the contexts.
      sequence_features: {key: FixedLenSequenceFeature or VarLenFeature} of the lists of features.
      example_names: a vector of strings, which error messages show.
      name: of the operation.

    Returns:
      Three dictionaries by key: of the contexts, Tensors [batch, ...] and SparseTensors [batch, values]; of the lists, Tensors [batch, time, ...],
      where shorter ones are filled up with 0 or "", and SparseTensors [batch, time, values]; the lengths [batch] of the dense lists.

    Raises:
      ValueError: if a feature is invalid, or none is given.
      InvalidArgumentError (when it runs): for bytes that are no SequenceExample, features that are missing, of another type or length.
    """
    return _parse_sequences("ParseSequenceExample", serialized, context_features, sequence_features, [] if example_names is None else example_names,
                            name)


def parse_single_sequence_example(serialized, context_features=None, sequence_features=None, example_name=None, name=None):
    """Tensors of one serialised SequenceExample message.

    Args:
      serialized: a scalar string.
      context_features: {key: FixedLenFeature or VarLenFeature} of the context.
      sequence_features: {key: FixedLenSequenceFeature or VarLenFeature} of the lists of features.
      example_name: a scalar string, which error messages show.
      name: of the operation.

    Returns:
      Two dictionaries by key: of the context, Tensors and SparseTensors [values]; of the lists, Tensors [time, ...] and SparseTensors
      [time, values].

    Raises:
      ValueError: if a feature is invalid, or none is given.
      InvalidArgumentError (when it runs): for bytes that are no SequenceExample, features that are missing, of another type or length.
    """
    return _parse_sequences("ParseSingleSequenceExample", serialized, context_features, sequence_features, "" if example_name is None else example_name,
                            name)


def decode_csv(records, record_defaults, field_delim=",", use_quote_delim=True, name=None, na_value="", select_cols=None):
    """Columns of CSV records.

    Args:
      records: strings, each a record.
      record_defaults: for each column a tensor of its dtype (float32, float64, int32, int64, string): a scalar or vector of one, which an
        empty field becomes, or an empty vector where a value is required.
      field_delim: the character between fields.
      use_quote_delim: whether fields may stand in double quotes.
      name: of the operation.
      na_value: text that stands for an empty field.
      select_cols: indices of the columns that are wanted, in order; all where not given.

    Returns:
      A list of Tensors, each of the shape of `records`.

    Raises:
      ValueError: if select_cols is not increasing, negative or of another length.
      InvalidArgumentError (when it runs): for records that do not fit.
    """
    if select_cols is not None:
        if any(a >= b for a, b in zip(select_cols, select_cols[1:])):
            raise ValueError("select_cols is not strictly increasing.")
        if select_cols[0] < 0:
            raise ValueError("select_cols contains negative values.")
        if len(select_cols) != len(record_defaults):
            raise ValueError("Length of select_cols and record_defaults do not match.")
    return raw.function("decode_csv")(records=records, record_defaults=record_defaults, field_delim=field_delim, use_quote_delim=use_quote_delim,
                                      na_value=na_value, name=name, select_cols=select_cols)
