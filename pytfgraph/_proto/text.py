"""Messages as text, the way TensorFlow 1.12 with protobuf 3 printed them.

Today's protobuf prints other floats (0.1 for the float32 nearest to it, 3 for 3.0), leaves non-ASCII letters as they
are and lists map entries in no fixed order; programs and documents show the old form, so it is made here.
"""
from google.protobuf.descriptor import FieldDescriptor

_ESCAPES = {i: '\\%03o' % i for i in range(256) if i < 32 or i > 126}
_ESCAPES.update({ord('\n'): '\\n', ord('\r'): '\\r', ord('\t'): '\\t', ord('"'): '\\"', ord("'"): "\\'",
                 ord('\\'): '\\\\'})

_plans = {}         # how to print a field, by its descriptor


def format_message(message):
    """The fields of a message, one to a line; '' for an empty message."""
    lines = []
    _add_message(message, '', lines.append)
    lines.append('')
    return '\n'.join(lines)


def quote(data):
    """A string or bytes in double quotes, everything but printable ASCII escaped."""
    if isinstance(data, str):
        if data.isidentifier() and data.isascii():
            return '"' + data + '"'
        data = data.encode('utf-8')
    return '"' + data.decode('latin-1').translate(_ESCAPES) + '"'


class _Plan:
    """What is known of a field: its name, whether it repeats or is a map, and the function from a scalar to text."""
    __slots__ = ('name', 'repeats', 'entry', 'scalar')

    def __init__(self, field):
        self.name = field.name
        kind = field.message_type
        self.entry = None
        if kind is not None and kind.GetOptions().map_entry:
            self.entry = _plan_of(kind.fields_by_name['key']), _plan_of(kind.fields_by_name['value'])
        self.repeats = _is_repeated(field)
        self.scalar = None if kind is not None else _scalar_format(field)


def _plan_of(field):
    plan = _plans.get(field)
    if plan is None:
        plan = _plans[field] = _Plan(field)
    return plan


def _add_message(message, indent, add):
    for field, value in message.ListFields():
        plan = _plans.get(field) or _plan_of(field)
        if plan.entry is not None:
            _add_map(plan, value, indent, add)
        elif plan.repeats:
            for item in value:
                _add_field(plan, item, indent, add)
        else:
            _add_field(plan, value, indent, add)


def _add_field(plan, value, indent, add):
    if plan.scalar is None:
        add(indent + plan.name + ' {')
        _add_message(value, indent + '  ', add)
        add(indent + '}')
    else:
        add(indent + plan.name + ': ' + plan.scalar(value))


def _add_map(plan, entries, indent, add):
    key_plan, value_plan = plan.entry
    for key in sorted(entries, key=_map_order):
        add(indent + plan.name + ' {')
        _add_field(key_plan, key, indent + '  ', add)
        _add_field(value_plan, entries[key], indent + '  ', add)
        add(indent + '}')


def _map_order(key):
    return key.encode('utf-8') if isinstance(key, str) else key


def _scalar_format(field):
    cpp_type = field.cpp_type
    if cpp_type in (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE):
        return float.__repr__
    if cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return quote
    if cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return {True: 'true', False: 'false'}.__getitem__
    if cpp_type == FieldDescriptor.CPPTYPE_ENUM:
        names = {number: value.name for number, value in field.enum_type.values_by_number.items()}
        return lambda number: names.get(number) or str(number)
    return int.__repr__


def _is_repeated(field):
    repeated = getattr(field, 'is_repeated', None)      # protobuf 6 and newer; its `label` warns
    return field.label == FieldDescriptor.LABEL_REPEATED if repeated is None else repeated
