"""Changes to graphs as texts: name(parameter=value, parameter="value")."""
import re

from pytfgraph.framework import errors_impl as errors

_NAME = re.compile(r"[\s,]*([A-Za-z0-9_]+)\s*")
_PARAMETER = re.compile(r"[\s,]*([A-Za-z0-9_]+)\s*=\s*(?:\"([^\"]*)\"|([^\s,()\"]+))\s*")


def refuse(message):
    """The error that tells what a change cannot do."""
    return errors.InvalidArgumentError(None, None, message)


def parse(text):
    """[(name, {parameter: [values]})] of a list of changes.

    Raises:
      InvalidArgumentError: if it is not well-formed.
    """
    result, at = [], 0
    while text[at:].strip(" ,\t\r\n\\"):
        match = _NAME.match(text, at)
        if match is None:
            raise refuse("Looking for transform name, but found: %s" % text[at:].strip())
        parameters, at = {}, match.end()
        if text[at:at + 1] == "(":
            at += 1
            while True:
                value = _PARAMETER.match(text, at)
                if value is None:
                    break
                given = value.group(2) if value.group(2) is not None else value.group(3)
                parameters.setdefault(value.group(1), []).append(given)
                at = value.end()
            end = re.compile(r"[\s,]*\)").match(text, at)
            if end is None:
                name = _NAME.match(text, at)
                if name is not None and not re.compile(r"\s*=").match(text, name.end()):
                    raise refuse("Looking for =, but found %s" % text[name.end():].strip())
                raise refuse("Looking for parameter name or ')', but found: %s" % text[at:].strip())
            at = end.end()
        result.append((match.group(1), parameters))
    return result


class Context:
    """What a change is told: the names of inputs and outputs, and its parameters."""

    def __init__(self, inputs, outputs, name, parameters):
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        self.name = name
        self.parameters = parameters

    def kept_names(self):
        """The nodes that have to keep their names: inputs and outputs."""
        from pytfgraph.tools.node_graph import node_name_from_input
        return {node_name_from_input(n) for n in self.inputs + self.outputs}

    def values(self, name):
        """All values of a parameter."""
        return self.parameters.get(name, [])

    def one(self, name, default=None):
        """A parameter's value; InvalidArgumentError where there are several, or none and no default."""
        values = self.values(name)
        if len(values) > 1 or not values and default is None:
            raise refuse("%s expects exactly one '%s' argument, e.g. %s(%s=...)" % (self.name, name, self.name, name))
        return values[0] if values else default

    def integer(self, name, default):
        """A parameter's value as a number."""
        text = self.one(name, str(default))
        try:
            return int(text)
        except ValueError:
            raise refuse("Couldn't interpret %s argument as a number:%s" % (name, text)) from None

    def number(self, name, default):
        """A parameter's value as a number with a fraction."""
        text = self.one(name, str(default))
        try:
            return float(text)
        except ValueError:
            raise refuse("Couldn't interpret %s argument as a number:%s" % (name, text)) from None

    def truth(self, name, default):
        """A parameter's value as a bool."""
        text = self.one(name, "true" if default else "false").lower()
        if text not in ("true", "1", "false", "0"):
            raise refuse("Couldn't interpret %s argument as a bool:%s (expected true, false, 0 or 1)" % (name, text))
        return text in ("true", "1")


def data_type(text):
    """The DataType, a number, of a name such as "float" or "int32"."""
    from pytfgraph import protos
    kinds = protos.enum("tensorflow.DataType")
    try:
        return kinds.Value("DT_" + text.upper())
    except ValueError:
        raise refuse("Couldn't understand type argument '%s'" % text) from None
