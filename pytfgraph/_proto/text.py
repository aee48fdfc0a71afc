"""Messages as text, the way TensorFlow 1.12 with protobuf 3 printed them.

Today's protobuf prints other floats (0.1 for the float32 nearest to it, 3 for 3.0), leaves non-ASCII letters as they
are and lists map entries in no fixed order; programs and documents show the old form, so it is made here.
"""
from google.protobuf.descriptor import FieldDescriptor

_ESCAPES = {i: '\\%03o' % i for i in range(256) if i < 32 or i > 126}
_ESCAPES.update({ord('\n'): '\\n', ord('\r'): '\\r', ord('\t'): '\\t', ord('"'): '\\"', ord("'"): "\\'",
                 ord('\\'): '\\\\'})

_FLOATS = (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE)


def format_message(message):
    """The fields of a message, one to a line; '' for an empty message."""
    lines = []
    _add_message(message, '', lines.append)
    lines.append('')
    return '\n'.join(lines)


def quote(data):
    """A string or bytes in double quotes, everything but printable ASCII escaped."""
    if isinstance(data, str):
        data = data.encode('utf-8')
    return '"%s"' % data.decode('latin-1').translate(_ESCAPES)


def _add_message(message, indent, add):
    for field, value in message.ListFields():
        kind = field.message_type
        if kind is not None and kind.GetOptions().map_entry:
            _add_map(field, value, indent, add)
        elif _is_repeated(field):
            for item in value:
                _add_field(field, item, indent, add)
        else:
            _add_field(field, value, indent, add)


def _add_field(field, value, indent, add):
    if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
        add('%s%s {' % (indent, field.name))
        _add_message(value, indent + '  ', add)
        add('%s}' % indent)
    else:
        add('%s%s: %s' % (indent, field.name, _format_scalar(field, value)))


def _add_map(field, entries, indent, add):
    key_field = field.message_type.fields_by_name['key']
    value_field = field.message_type.fields_by_name['value']
    for key in sorted(entries, key=_map_order):
        add('%s%s {' % (indent, field.name))
        _add_field(key_field, key, indent + '  ', add)
        _add_field(value_field, entries[key], indent + '  ', add)
        add('%s}' % indent)


def _map_order(key):
    return key.encode('utf-8') if isinstance(key, str) else key


def _format_scalar(field, value):
    cpp_type = field.cpp_type
    if cpp_type in _FLOATS:
        return repr(float(value))
    if cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return quote(value)
    if cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return 'true' if value else 'false'
    if cpp_type == FieldDescriptor.CPPTYPE_ENUM:
        known = field.enum_type.values_by_number.get(value)
        return str(value) if known is None else known.name
    return str(value)


def _is_repeated(field):
    repeated = getattr(field, 'is_repeated', None)      # protobuf 6 and newer; its `label` warns
    return field.label == FieldDescriptor.LABEL_REPEATED if repeated is None else repeated
