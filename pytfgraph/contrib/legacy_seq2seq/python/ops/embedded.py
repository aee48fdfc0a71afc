"""Encoders and decoders over lists of symbols, which are looked up in embeddings, with attention and in buckets."""
import copy

from pytfgraph.contrib.legacy_seq2seq.python.ops import seq2seq as plain
from pytfgraph.contrib.rnn.python.ops import core_rnn_cell
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, control_flow_ops, embedding_ops, math_ops, nn_ops, rnn, rnn_cell_impl
from pytfgraph.ops import variable_scope as vs
from pytfgraph.util import nest


def _check_projection(projection, num_symbols, dtype, kernel=True):
    """ValueError where (kernel, bias) does not give num_symbols numbers."""
    if projection is None:
        return
    if kernel:
        weights = ops.convert_to_tensor(projection[0], dtype=dtype)
        weights.get_shape().assert_is_compatible_with([None, num_symbols])
    biases = ops.convert_to_tensor(projection[1], dtype=dtype)
    biases.get_shape().assert_is_compatible_with([num_symbols])


def _either(feed_previous, decoder, n, structure):
    """A decoder's (outputs, state) where only running tells whether it goes on with its own outputs: both are there, in a tf.cond.

    Args:
      feed_previous: a scalar boolean tensor.
      decoder: a function of a bool that gives n outputs and the state.
      n: how many outputs there are.
      structure: gives the structure of the state, after the decoders are made.
    """
    def flat(previous):
        with vs.variable_scope(vs.get_variable_scope(), reuse=None if previous else True):
            outputs, state = decoder(previous)
            return outputs + (nest.flatten(state) if nest.is_sequence(state) else [state])

    result = control_flow_ops.cond(feed_previous, lambda: flat(True), lambda: flat(False))
    like = structure()
    state = nest.pack_sequence_as(structure=like, flat_sequence=result[n:]) if nest.is_sequence(like) else result[n]
    return result[:n], state


def embedding_rnn_decoder(decoder_inputs, initial_state, cell, num_symbols, embedding_size, output_projection=None, feed_previous=False,
                          update_embedding_for_previous=True, scope=None):
    """rnn_decoder over symbols.

    Args:
      decoder_inputs: a list of integer vectors [batch_size].
      initial_state, cell: as for rnn_decoder.
      num_symbols, embedding_size: the shape of the variable `embedding`.
      output_projection: a pair (kernel [output_size, num_symbols], bias [num_symbols]) for outputs that are fed back, or None.
      feed_previous: whether each step reads the likeliest symbol of the step before; only the first input is used then.
      update_embedding_for_previous: whether gradients go into the embedding by symbols that are fed back.
      scope: a name or a VariableScope; "embedding_rnn_decoder" where not given.

    Returns:
      (outputs, state), as rnn_decoder.

    Raises:
      ValueError: output_projection does not fit.
    """
    with vs.variable_scope(scope or "embedding_rnn_decoder") as scope:
        _check_projection(output_projection, num_symbols, scope.dtype)
        embedding = vs.get_variable("embedding", [num_symbols, embedding_size])
        loop = plain._extract_argmax_and_embed(embedding, output_projection, update_embedding_for_previous) if feed_previous else None
        # Looked up one by one, inside of the decoder's scope.
        inputs = (embedding_ops.embedding_lookup(embedding, x) for x in decoder_inputs)
        return plain.rnn_decoder(inputs, initial_state, cell, loop_function=loop)


def embedding_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, num_encoder_symbols, num_decoder_symbols, embedding_size,
                          output_projection=None, feed_previous=False, dtype=None, scope=None):
    """basic_rnn_seq2seq over symbols.

    Args:
      encoder_inputs, decoder_inputs: lists of integer vectors [batch_size].
      cell: an RNNCell; the encoder has a copy of it.
      num_encoder_symbols, num_decoder_symbols, embedding_size: the shapes of the two embeddings.
      output_projection: a pair (kernel, bias) that makes symbols of outputs; without it the outputs are projected to symbols.
      feed_previous: a bool, or a scalar boolean tensor: whether decoding goes on with its own outputs.
      dtype: of the initial state; the scope's where not given.
      scope: a name or a VariableScope; "embedding_rnn_seq2seq" where not given.

    Returns:
      (outputs, state): a list of outputs [batch_size, num_decoder_symbols] (with output_projection: of the cell's size), and the state.
    """
    with vs.variable_scope(scope or "embedding_rnn_seq2seq") as scope:
        if dtype is not None:
            scope.set_dtype(dtype)
        else:
            dtype = scope.dtype
        encoder = core_rnn_cell.EmbeddingWrapper(copy.deepcopy(cell), embedding_classes=num_encoder_symbols, embedding_size=embedding_size)
        _, encoder_state = rnn.static_rnn(encoder, encoder_inputs, dtype=dtype)
        if output_projection is None:
            cell = core_rnn_cell.OutputProjectionWrapper(cell, num_decoder_symbols)

        def decoder(previous, update=True):
            return embedding_rnn_decoder(decoder_inputs, encoder_state, cell, num_decoder_symbols, embedding_size,
                                         output_projection=output_projection, feed_previous=previous,
                                         update_embedding_for_previous=update)

        if isinstance(feed_previous, bool):
            return decoder(feed_previous)
        return _either(feed_previous, lambda previous: decoder(previous, False), len(decoder_inputs), lambda: encoder_state)


def embedding_tied_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, num_symbols, embedding_size, num_decoder_symbols=None,
                               output_projection=None, feed_previous=False, dtype=None, scope=None):
    """embedding_rnn_seq2seq with one embedding and one cell for both parts.

    Args:
      encoder_inputs, decoder_inputs: lists of integer vectors [batch_size].
      cell: an RNNCell.
      num_symbols, embedding_size: the shape of the embedding.
      num_decoder_symbols: so many of the first symbols come out; all where not given.
      output_projection, feed_previous, dtype: as for embedding_rnn_seq2seq.
      scope: a name or a VariableScope; "embedding_tied_rnn_seq2seq" where not given.

    Returns:
      (outputs, state), as embedding_rnn_seq2seq.

    Raises:
      ValueError: output_projection does not fit.
    """
    with vs.variable_scope(scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as scope:
        dtype = scope.dtype
        _check_projection(output_projection, num_symbols, dtype)
        embedding = vs.get_variable("embedding", [num_symbols, embedding_size], dtype=dtype)
        encoder_rows = [embedding_ops.embedding_lookup(embedding, x) for x in encoder_inputs]
        decoder_rows = [embedding_ops.embedding_lookup(embedding, x) for x in decoder_inputs]
        if output_projection is None:
            cell = core_rnn_cell.OutputProjectionWrapper(cell, num_symbols if num_decoder_symbols is None else num_decoder_symbols)

        def decoder(previous, update=True):
            return plain.tied_rnn_seq2seq(encoder_rows, decoder_rows, cell, loop_function=loop(previous, update), dtype=dtype)

        def loop(previous, update):
            return plain._extract_argmax_and_embed(embedding, output_projection, update) if previous else None

        def zero_state():
            size = encoder_inputs[0].get_shape()[0]
            for x in encoder_inputs[1:]:
                size.merge_with(x.get_shape()[0])
            return cell.zero_state(array_ops.shape(encoder_inputs[0])[0] if size.value is None else size.value, dtype)

        if isinstance(feed_previous, bool):
            return decoder(feed_previous)
        return _either(feed_previous, lambda previous: decoder(previous, False), len(decoder_inputs), zero_state)


class _Attention:
    """What heads read of a list of states, weighted by how well each fits a query."""

    def __init__(self, states, num_heads, dtype):
        self.dtype, self.size, self.length = dtype, states.get_shape()[2].value, states.get_shape()[1].value
        if self.length is None:
            self.length = array_ops.shape(states)[1]
        # A convolution with a window of 1 multiplies each state by a matrix.
        self.hidden = array_ops.reshape(states, [-1, self.length, 1, self.size])
        self.features, self.vectors = [], []
        for head in range(num_heads):
            kernel = vs.get_variable("AttnW_%d" % head, [1, 1, self.size, self.size], dtype=dtype)
            self.features.append(nn_ops.conv2d(self.hidden, kernel, [1, 1, 1, 1], "SAME"))
            self.vectors.append(vs.get_variable("AttnV_%d" % head, [self.size], dtype=dtype))

    def __call__(self, query):
        """A list of what each head reads, [batch_size, size of a state]."""
        if nest.is_sequence(query):
            parts = nest.flatten(query)
            for part in parts:
                assert part.get_shape().ndims in (None, 0, 2)
            query = array_ops.concat(parts, 1)
        return [self._read(query, head) for head in range(len(self.vectors))]

    def _read(self, query, head):
        with vs.variable_scope("Attention_%d" % head):
            y = core_rnn_cell._Linear(query, self.size, True)(query)
            y = math_ops.cast(array_ops.reshape(y, [-1, 1, 1, self.size]), self.dtype)
            fits = math_ops.reduce_sum(self.vectors[head] * math_ops.tanh(self.features[head] + y), [2, 3])
            weights = math_ops.cast(nn_ops.softmax(math_ops.cast(fits, dtype=dtypes.float32)), self.dtype)
            read = math_ops.reduce_sum(array_ops.reshape(weights, [-1, self.length, 1, 1]) * self.hidden, [1, 2])
            return array_ops.reshape(read, [-1, self.size])


def attention_decoder(decoder_inputs, initial_state, attention_states, cell, output_size=None, num_heads=1, loop_function=None, dtype=None,
                      scope=None, initial_state_attention=False):
    """rnn_decoder that also reads from other states: each step's cell sees the input and what was read, and reads anew.

    Args:
      decoder_inputs: a list of inputs [batch_size, input_size]; with a loop_function only the first is used.
      initial_state, cell, loop_function: as for rnn_decoder.
      attention_states: what is read, [batch_size, length, size].
      output_size: the size of the outputs, which are a linear map of the cell's output and what was read; the cell's where not given.
      num_heads: how many readings there are.
      dtype: of the variables; the scope's where not given.
      scope: a name or a VariableScope; "attention_decoder" where not given.
      initial_state_attention: whether the first step has a reading of the initial state, rather than zeros.

    Returns:
      (outputs, state): a list of outputs [batch_size, output_size], and the state after the last step.

    Raises:
      ValueError: there are no inputs or no heads, or a size is unknown.
    """
    if not decoder_inputs:
        raise ValueError("Must provide at least 1 input to attention decoder.")
    if num_heads < 1:
        raise ValueError("With less than 1 heads, use a non-attention decoder.")
    if attention_states.get_shape()[2].value is None:
        raise ValueError("Shape[2] of attention_states must be known: %s" % attention_states.get_shape())
    output_size = cell.output_size if output_size is None else output_size
    with vs.variable_scope(scope or "attention_decoder", dtype=dtype) as scope:
        dtype = scope.dtype
        batch = array_ops.shape(decoder_inputs[0])[0]
        attention = _Attention(attention_states, num_heads, dtype)
        shape = array_ops.stack([batch, attention.size])
        read = [array_ops.zeros(shape, dtype=dtype) for _ in range(num_heads)]
        for x in read:
            x.set_shape([None, attention.size])
        if initial_state_attention:
            read = attention(initial_state)
        state, outputs = initial_state, []
        for i, x in enumerate(decoder_inputs):
            if i > 0:
                vs.get_variable_scope().reuse_variables()
            if loop_function is not None and outputs:
                with vs.variable_scope("loop_function", reuse=True):
                    x = loop_function(outputs[-1], i)
            size = x.get_shape().with_rank(2)[1]
            if size.value is None:
                raise ValueError("Could not infer input size from input: %s" % x.name)
            seen = [math_ops.cast(e, dtype) for e in [x] + read]
            output, state = cell(core_rnn_cell._Linear(seen, size, True)(seen), state)
            if i == 0 and initial_state_attention:
                with vs.variable_scope(vs.get_variable_scope(), reuse=True):
                    read = attention(state)
            else:
                read = attention(state)
            with vs.variable_scope("AttnOutputProjection"):
                parts = [math_ops.cast(output, dtype)] + read
                outputs.append(core_rnn_cell._Linear(parts, output_size, True)(parts))
    return outputs, state


def embedding_attention_decoder(decoder_inputs, initial_state, attention_states, cell, num_symbols, embedding_size, num_heads=1,
                                output_size=None, output_projection=None, feed_previous=False, update_embedding_for_previous=True,
                                dtype=None, scope=None, initial_state_attention=False):
    """attention_decoder over symbols.

    Args:
      decoder_inputs: a list of integer vectors [batch_size].
      initial_state, attention_states, cell, num_heads, output_size, dtype, initial_state_attention: as for attention_decoder.
      num_symbols, embedding_size, output_projection, feed_previous, update_embedding_for_previous: as for embedding_rnn_decoder.
      scope: a name or a VariableScope; "embedding_attention_decoder" where not given.

    Returns:
      (outputs, state), as attention_decoder.

    Raises:
      ValueError: output_projection does not fit.
    """
    output_size = cell.output_size if output_size is None else output_size
    _check_projection(output_projection, num_symbols, dtype, kernel=False)
    with vs.variable_scope(scope or "embedding_attention_decoder", dtype=dtype) as scope:
        embedding = vs.get_variable("embedding", [num_symbols, embedding_size])
        loop = plain._extract_argmax_and_embed(embedding, output_projection, update_embedding_for_previous) if feed_previous else None
        rows = [embedding_ops.embedding_lookup(embedding, x) for x in decoder_inputs]
        return attention_decoder(rows, initial_state, attention_states, cell, output_size=output_size, num_heads=num_heads,
                                 loop_function=loop, initial_state_attention=initial_state_attention)


def embedding_attention_seq2seq(encoder_inputs, decoder_inputs, cell, num_encoder_symbols, num_decoder_symbols, embedding_size, num_heads=1,
                                output_projection=None, feed_previous=False, dtype=None, scope=None, initial_state_attention=False):
    """embedding_rnn_seq2seq whose decoder also reads from the encoder's outputs.

    Args:
      encoder_inputs, decoder_inputs, cell, num_encoder_symbols, num_decoder_symbols, embedding_size, output_projection, feed_previous,
        dtype: as for embedding_rnn_seq2seq.
      num_heads, initial_state_attention: as for attention_decoder.
      scope: a name or a VariableScope; "embedding_attention_seq2seq" where not given.

    Returns:
      (outputs, state), as embedding_rnn_seq2seq.
    """
    with vs.variable_scope(scope or "embedding_attention_seq2seq", dtype=dtype) as scope:
        dtype = scope.dtype
        encoder = core_rnn_cell.EmbeddingWrapper(copy.deepcopy(cell), embedding_classes=num_encoder_symbols, embedding_size=embedding_size)
        encoder_outputs, encoder_state = rnn.static_rnn(encoder, encoder_inputs, dtype=dtype)
        states = array_ops.concat([array_ops.reshape(e, [-1, 1, cell.output_size]) for e in encoder_outputs], 1)
        output_size = None
        if output_projection is None:
            cell = core_rnn_cell.OutputProjectionWrapper(cell, num_decoder_symbols)
            output_size = num_decoder_symbols

        def decoder(previous, update=True):
            return embedding_attention_decoder(
                decoder_inputs, encoder_state, states, cell, num_decoder_symbols, embedding_size, num_heads=num_heads,
                output_size=output_size, output_projection=output_projection, feed_previous=previous,
                update_embedding_for_previous=update, initial_state_attention=initial_state_attention)

        if isinstance(feed_previous, bool):
            return decoder(feed_previous)
        return _either(feed_previous, lambda previous: decoder(previous, False), len(decoder_inputs), lambda: encoder_state)


def one2many_rnn_seq2seq(encoder_inputs, decoder_inputs_dict, enc_cell, dec_cells_dict, num_encoder_symbols, num_decoder_symbols_dict,
                         embedding_size, feed_previous=False, dtype=None, scope=None):
    """embedding_rnn_seq2seq with one encoder and several decoders, each under a name.

    Args:
      encoder_inputs: a list of integer vectors [batch_size].
      decoder_inputs_dict, dec_cells_dict, num_decoder_symbols_dict: by name, each decoder's inputs, cell and number of symbols.
      enc_cell, num_encoder_symbols: the encoder's cell and number of symbols.
      embedding_size: of all embeddings.
      feed_previous, dtype: as for embedding_rnn_seq2seq.
      scope: a name or a VariableScope; "one2many_rnn_seq2seq" where not given.

    Returns:
      (outputs, states): dictionaries from names to a list of outputs and to a state.

    Raises:
      TypeError: a cell is no RNNCell.
      ValueError: the names of cells and of inputs differ.
    """
    if not isinstance(enc_cell, rnn_cell_impl.RNNCell):
        raise TypeError("enc_cell is not an RNNCell: %s" % type(enc_cell))
    if set(dec_cells_dict) != set(decoder_inputs_dict):
        raise ValueError("keys of dec_cells_dict != keys of decodre_inputs_dict")     # the spelling is TensorFlow's
    for cell in dec_cells_dict.values():
        if not isinstance(cell, rnn_cell_impl.RNNCell):
            raise TypeError("dec_cell is not an RNNCell: %s" % type(cell))
    outputs, states = {}, {}
    with vs.variable_scope(scope or "one2many_rnn_seq2seq", dtype=dtype) as scope:
        encoder = core_rnn_cell.EmbeddingWrapper(enc_cell, embedding_classes=num_encoder_symbols, embedding_size=embedding_size)
        _, encoder_state = rnn.static_rnn(encoder, encoder_inputs, dtype=scope.dtype)
        for name, inputs in decoder_inputs_dict.items():
            n = num_decoder_symbols_dict[name]
            with vs.variable_scope("one2many_decoder_" + str(name)):
                cell = core_rnn_cell.OutputProjectionWrapper(dec_cells_dict[name], n)

                def decoder(previous, inputs=inputs, cell=cell, n=n):
                    return embedding_rnn_decoder(inputs, encoder_state, cell, n, embedding_size, feed_previous=previous)

                if isinstance(feed_previous, bool):
                    outputs[name], states[name] = decoder(feed_previous)
                else:
                    outputs[name], states[name] = _either(feed_previous, decoder, len(inputs), lambda: encoder_state)
    return outputs, states


def model_with_buckets(encoder_inputs, decoder_inputs, targets, weights, buckets, seq2seq, softmax_loss_function=None,
                       per_example_loss=False, name=None):
    """A model for sequences of several lengths, with one set of variables.

    Args:
      encoder_inputs, decoder_inputs: lists of tensors, as long as the longest bucket.
      targets, weights: lists of vectors [batch_size]: the symbols that should come out, and how much each counts.
      buckets: a list of pairs of lengths of inputs and outputs, the longest last.
      seq2seq: a function (encoder_inputs, decoder_inputs) that gives (outputs, state).
      softmax_loss_function: as for sequence_loss.
      per_example_loss: whether the losses are vectors [batch_size], rather than scalars.
      name: a name scope.

    Returns:
      (outputs, losses): a list of outputs, and one loss, for each bucket.

    Raises:
      ValueError: a list is shorter than the last bucket.
    """
    for what, given, needed in (("encoder_inputs", encoder_inputs, buckets[-1][0]), ("targets", targets, buckets[-1][1]),
                                ("weights", weights, buckets[-1][1])):
        if len(given) < needed:
            raise ValueError("Length of %s (%d) must be at least that of last bucket (%d)." % (what, len(given), needed))
    loss = plain.sequence_loss_by_example if per_example_loss else plain.sequence_loss
    outputs, losses = [], []
    with ops.name_scope(name, "model_with_buckets", encoder_inputs + decoder_inputs + targets + weights):
        for i, (n_in, n_out) in enumerate(buckets):
            with vs.variable_scope(vs.get_variable_scope(), reuse=True if i > 0 else None):
                made, _ = seq2seq(encoder_inputs[:n_in], decoder_inputs[:n_out])
                outputs.append(made)
                losses.append(loss(made, targets[:n_out], weights[:n_out], softmax_loss_function=softmax_loss_function))
    return outputs, losses
