"""Rows of the quantize family.  Quantised types come and go as the integers of their size."""
ROWS = []
X = "[[-7.3, -6., -0.02, 0.], [0.03, 0.51, 2.5, 9.]]"
SAME = {"qint8": "int8", "quint8": "uint8", "qint16": "int16", "quint16": "uint16", "qint32": "int32"}


def row(op, name, *inputs, **attributes):
    arguments = [repr(op)] + list(inputs) + ["%s=%s" % (k, v if str(v).startswith("tf.") else repr(v)) for k, v in sorted(attributes.items())]
    ROWS.append((op + " " + name, "raw(%s)" % ", ".join(arguments)))


for a in [{}, {"min": 0.}, {"min": -1., "max": 1.5}, {"min": 1., "max": 5.}, {"min": -5., "max": -1.}, {"num_bits": 2}, {"num_bits": 4, "narrow_range": True}, {"num_bits": 16}, {"num_bits": 1},
          {"num_bits": 17}, {"min": 3., "max": 3.}, {"min": 4., "max": 3.}]:
    name = " ".join("%s=%s" % item for item in sorted(a.items())) or "plain"
    row("FakeQuantWithMinMaxArgs", name, "P(%s)" % X, **a)
    row("FakeQuantWithMinMaxArgsGradient", name, "P(np.arange(8).reshape(2, 4))", "P(%s)" % X, **a)
row("FakeQuantWithMinMaxArgs", "special", "P([np.nan, np.inf, -np.inf])")
row("FakeQuantWithMinMaxArgsGradient", "special", "P([1, 2, 3])", "P([np.nan, np.inf, -np.inf])")
row("FakeQuantWithMinMaxArgsGradient", "sizes", "P([1, 2])", "P([1, 2, 3])")
for low, high in [("-6.", "6."), ("0.", "6."), ("1.", "5."), ("0.", "0."), ("-3.", "-1."), ("2.", "2."), ("3.", "1."), ("[-6.]", "6.")]:
    for a in [{}, {"num_bits": 3, "narrow_range": True}]:
        name = "%s %s %s" % (low, high, a.get("num_bits", 8))
        row("FakeQuantWithMinMaxVars", name, "P(%s)" % X, "P(%s)" % low, "P(%s)" % high, **a)
        row("FakeQuantWithMinMaxVarsGradient", name, "P(np.arange(8).reshape(2, 4))", "P(%s)" % X, "P(%s)" % low, "P(%s)" % high, **a)
LOW, HIGH = "[-6., 0., 0., 1.]", "[6., 3., 0., 5.]"
for a in [{}, {"num_bits": 3, "narrow_range": True}]:
    for shape in ["2, 4", "4", "2, 1, 4", "1, 1, 2, 4"]:
        x = "P(np.reshape(np.array(%s)%s, (%s)))" % (X, "[1]" if shape == "4" else "", shape)
        row("FakeQuantWithMinMaxVarsPerChannel", "%s %s" % (shape, a.get("num_bits", 8)), x, "P(%s)" % LOW, "P(%s)" % HIGH, **a)
        row("FakeQuantWithMinMaxVarsPerChannelGradient", "%s %s" % (shape, a.get("num_bits", 8)), x, x, "P(%s)" % LOW, "P(%s)" % HIGH, **a)
row("FakeQuantWithMinMaxVarsPerChannel", "sizes", "P(%s)" % X, "P([1., 2.])", "P([2., 3.])")
row("FakeQuantWithMinMaxVarsPerChannelGradient", "sizes", "P(%s)" % X, "P(%s)" % X, "P([1., 2.])", "P([2., 3.])")

for d in ["float32", "float64"]:
    for signed in [True, False]:
        for bits in [2, 8]:
            a = {"signed_input": signed, "num_bits": bits}
            row("QuantizeAndDequantizeV2", "%s %s %d" % (d, signed, bits), "P(%s, '%s')" % (X, d), "P(0, '%s')" % d, "P(0, '%s')" % d, **a)
            row("QuantizeAndDequantizeV2", "%s %s %d given" % (d, signed, bits), "P(%s, '%s')" % (X, d), "P(-2, '%s')" % d, "P(4, '%s')" % d, range_given=True, **a)
            row("QuantizeAndDequantizeV3", "%s %s %d" % (d, signed, bits), "P(%s, '%s')" % (X, d), "P(-2, '%s')" % d, "P(4, '%s')" % d, "P(%d, 'int32')" % bits, signed_input=signed)
            row("QuantizeAndDequantizeV3", "%s %s %d found" % (d, signed, bits), "P(%s, '%s')" % (X, d), "P(-2, '%s')" % d, "P(4, '%s')" % d, "P(%d, 'int32')" % bits, signed_input=signed, range_given=False)
for a in [{"num_bits": 0}, {"num_bits": 63}, {"num_bits": 62, "signed_input": False}, {"range_given": True}]:
    row("QuantizeAndDequantizeV2", " ".join(sorted(a)) + str(a.get("num_bits", "")), "P(%s)" % X, "P(3)", "P(1)", **a)
row("QuantizeAndDequantizeV3", "range", "P(%s)" % X, "P(3)", "P(1)", "P(8, 'int32')")
row("QuantizeAndDequantizeV3", "bits", "P(%s)" % X, "P(-3)", "P(1)", "P(0, 'int32')")
row("QuantizeAndDequantizeV2", "halves", "P([0.5, 1.5, 2.5, -0.5, -1.5, 3.5])", "P(-128)", "P(127)", range_given=True)
row("QuantizeAndDequantizeV2", "zeros", "P([0., 0.])", "P(0)", "P(0)")

for q in sorted(SAME):
    for mode in ["MIN_COMBINED", "MIN_FIRST", "SCALED"]:
        for low, high in [("-6.", "6."), ("0.", "3."), ("1.", "5."), ("2.", "2."), ("-5.", "-2."), ("3.", "1.")]:
            if q == "qint32" and mode == "SCALED":
                continue
            ROWS.append(("QuantizeV2 %s %s %s %s" % (q, mode, low, high), "(lambda r: [tf.bitcast(r[0], tf.%s), r[1], r[2]])(raw('QuantizeV2', P(%s), P(%s), P(%s), T=tf.%s, mode='%s'))"
                         % (SAME[q], X, low, high, q, mode)))
            values = "[0, 1, 5, 100, %s]" % ("-1, -128" if q[0] == "q" and q[1] == "i" else "255")
            ROWS.append(("Dequantize %s %s %s %s" % (q, mode, low, high), "raw('Dequantize', tf.bitcast(P(%s, '%s'), tf.%s), P(%s), P(%s), mode='%s')" % (values, SAME[q], q, low, high, mode)))
    ROWS.append(("QuantizeV2 %s even" % q, "(lambda r: [tf.bitcast(r[0], tf.%s), r[1], r[2]])(raw('QuantizeV2', P([0.5, 1.5, 2.5, -0.5, -1.5, 3.5]), P(-127), P(127), T=tf.%s, mode='SCALED', round_mode='HALF_TO_EVEN'))" % (SAME[q], q)))
ROWS = [r for r in ROWS if r[0] != "QuantizeV2 qint32 even"]
Q = "tf.bitcast(P([[-30000, 5, 700, 90000], [0, -1, 123456, 2]], 'int32'), tf.qint32)"
for low, high in [("-1.", "1."), ("-100.", "200."), ("-1e6", "1e6")]:
    ROWS.append(("RequantizationRange %s %s" % (low, high), "raw('RequantizationRange', %s, P(%s), P(%s))" % (Q, low, high)))
    ROWS.append(("QuantizeDownAndShrinkRange %s %s" % (low, high), "(lambda r: [tf.bitcast(r[0], tf.uint8), r[1], r[2]])(raw('QuantizeDownAndShrinkRange', %s, P(%s), P(%s), out_type=tf.quint8))" % (Q, low, high)))
    ROWS.append(("Requantize %s %s" % (low, high), "(lambda r: [tf.bitcast(r[0], tf.uint8), r[1], r[2]])(raw('Requantize', %s, P(%s), P(%s), P(-0.01), P(0.05), out_type=tf.quint8))" % (Q, low, high)))
for low, high in [("1.", "5."), ("0.", "0.")]:
    ROWS.append(("Requantize to %s %s" % (low, high), "(lambda r: [tf.bitcast(r[0], tf.uint8), r[1], r[2]])(raw('Requantize', %s, P(-1e6), P(1e6), P(%s), P(%s), out_type=tf.quint8))" % (Q, low, high)))
