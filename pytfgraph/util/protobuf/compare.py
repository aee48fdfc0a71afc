"""Messages compared field by field, with differences shown as text."""
from google.protobuf import descriptor, text_format

_Field = descriptor.FieldDescriptor
_DIGITS = {_Field.TYPE_FLOAT: 6, _Field.TYPE_DOUBLE: 7}


def _is_map(field):
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _repeated(field):
    is_repeated = getattr(field, "is_repeated", None)
    return field.label == _Field.LABEL_REPEATED if is_repeated is None else is_repeated


def NormalizeNumberFields(pb):
    """Rounds every float of a message to 6 decimals and every double to 7, in place; returns the message."""
    for field, values in pb.ListFields():
        if _is_map(field):
            if field.message_type.fields_by_name["value"].message_type is not None:
                for key in values:
                    NormalizeNumberFields(values[key])
        elif field.message_type is not None:
            for value in values if _repeated(field) else [values]:
                NormalizeNumberFields(value)
        elif field.type in _DIGITS:
            if _repeated(field):
                rounded = [round(v, _DIGITS[field.type]) for v in values]
                pb.ClearField(field.name)
                getattr(pb, field.name).extend(rounded)
            else:
                setattr(pb, field.name, round(values, _DIGITS[field.type]))
    return pb


def assertProtoEqual(self, a, b, check_initialized=True, normalize_numbers=False, msg=None):
    """Fails the test case `self` where messages differ, with the lines that do.

    Args:
      self: a unittest.TestCase.
      a: a message, or its text.
      b: a message.
      check_initialized: whether a message without its required fields fails.
      normalize_numbers: whether floats are rounded first (both messages are changed).
      msg: shown on failure.
    """
    if isinstance(a, str):
        a = text_format.Merge(a, type(b)(), descriptor_pool=b.DESCRIPTOR.file.pool)
    for pb in (a, b):
        if check_initialized:
            missing = pb.FindInitializationErrors()
            if missing:
                self.fail("Initialization errors: %s\n%s" % (missing, pb))
        if normalize_numbers:
            NormalizeNumberFields(pb)
    texts = (text_format.MessageToString(m, descriptor_pool=m.DESCRIPTOR.file.pool) for m in (a, b))
    self.assertMultiLineEqual(*texts, msg=msg)


def ProtoEq(a, b):
    """Whether messages are equal; values that are not messages are compared as they are.

    A NaN differs from itself, and a field that holds its default is one that is there.
    """
    return a == b


class ProtoAssertions:
    """Mixed into a test case: self.assertProtoEqual(a, b)."""

    def assertProtoEqual(self, *args, **kwargs):
        return assertProtoEqual(self, *args, **kwargs)
