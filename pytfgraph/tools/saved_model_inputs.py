"""Inputs of a SavedModel's signature from the texts of a command line: files, expressions, tf.Examples."""
import io
import re
import warnings

import numpy as np


def preprocess_inputs_arg_string(inputs_str):
    """{input: (file, name in the file or None)} of "a=file[name];b=file"; RuntimeError where it is malformed."""
    result = {}
    for part in filter(None, inputs_str.split(";")):
        match = re.match(r"([^=]+)=([^\[\]]+)(?:\[([^\[\]]+)\])?$", part)
        if match is None:
            raise RuntimeError('--inputs "%s" format is incorrect. Please follow"<input_key>=<filename>", or'
                               '"<input_key>=<filename>[<variable_name>]"' % part)
        result[match.group(1)] = match.group(2), match.group(3)
    return result


def preprocess_input_exprs_arg_string(input_exprs_str):
    """{input: value} of "a=expression;b=expression"; np is NumPy.  RuntimeError where it is malformed."""
    result = {}
    for part in filter(None, input_exprs_str.split(";")):
        key, mark, expression = part.partition("=")
        if not mark:
            raise RuntimeError('--input_exprs "%s" format is incorrect. Please follow"<input_key>=<python expression>"' % input_exprs_str)
        result[key] = eval(expression, {"np": np, "numpy": np})     # what the user asks for on their own command line
    return result


def _example(features):
    from pytfgraph import protos
    example = protos.message("tensorflow.Example")()
    for name, values in features.items():
        if not isinstance(values, list):
            raise ValueError('feature value must be a list, but %s: "%s" is %s' % (name, values, type(values)))
        feature = example.features.feature[name]
        if not values:
            continue
        if isinstance(values[0], float):
            feature.float_list.value.extend(values)
        elif isinstance(values[0], (str, bytes)):
            feature.bytes_list.value.extend(v.encode("utf-8") if isinstance(v, str) else v for v in values)
        elif isinstance(values[0], int):
            feature.int64_list.value.extend(values)
        else:
            raise ValueError("Type %s for value %s is not supported for tf.train.Feature." % (type(values[0]), values[0]))
    return example.SerializeToString()


def preprocess_input_examples_arg_string(input_examples_str):
    """{input: [serialised tf.Example]} of "a=[{feature: list}]"; ValueError where a value is no list of dictionaries."""
    result = preprocess_input_exprs_arg_string(input_examples_str)
    for key, examples in result.items():
        if not isinstance(examples, list):
            raise ValueError('tf.Example input must be a list of dictionaries, but "%s" is %s' % (examples, type(examples)))
        result[key] = [_example(e) for e in examples]
    return result


def _load(filename, name):
    from pytfgraph.lib.io import file_io
    data = np.load(io.BytesIO(file_io.read_file_to_string(filename, binary_mode=True)), allow_pickle=True)
    if isinstance(data, np.ndarray) and data.dtype != object:
        if name:
            warnings.warn('Input file %s contains a single ndarray. Name key "%s" ignored.' % (filename, name))
        return data
    if name:
        if name not in data:
            raise RuntimeError('Input file %s does not contain variable with name "%s".' % (filename, name))
        return data[name]
    if isinstance(data, np.lib.npyio.NpzFile):
        if len(data.files) != 1:
            raise RuntimeError("Input file %s contains more than one ndarrays. Please specify the name of ndarray to use." % filename)
        return data[data.files[0]]
    return data


def load_inputs_from_input_arg_string(inputs_str, input_exprs_str, input_examples_str):
    """{input: value} of the three texts together; of an input given twice the later text counts.

    Raises:
      RuntimeError, ValueError: where one is malformed, or a file lacks what is asked for.
    """
    inputs = preprocess_inputs_arg_string(inputs_str)
    expressions = preprocess_input_exprs_arg_string(input_exprs_str)
    examples = preprocess_input_examples_arg_string(input_examples_str)
    feed = {key: _load(filename, name) for key, (filename, name) in inputs.items()}
    for key, value in expressions.items():
        if key in feed:
            warnings.warn("input_key %s has been specified with both --inputs and --input_exprs options. Value in --input_exprs will be "
                          "used." % key)
        feed[key] = value
    for key, value in examples.items():
        if key in feed:
            warnings.warn("input_key %s has been specified in multiple options. Value in --input_examples will be used." % key)
        feed[key] = value
    return feed
