"""tensorflow.python.util and tensorflow.python.compat: what programs import of them."""
import collections, inspect, json
from tensorflow.python.util import nest, deprecation, decorator_utils, tf_inspect, tf_decorator, tf_export, serialization, lock_util
from tensorflow.python.platform import tf_logging
class Kept(list):
    def __call__(self, text, *args): self.append(text % args)
def refused(fn):
    try: print(fn())
    except Exception as e: print(type(e).__name__, str(e).replace("<class '__main__.", "<class '"))
said = Kept(); tf_logging.warning, tf_logging.error = said, said
def words():
    w = [t.split(': ', 1)[1] if t.startswith('From ') else t for t in said]; del said[:]; return w
P = collections.namedtuple('P', 'x y')

#: paths of nested structures
s = {'b': [1, (2, P(3, [4]))], 'a': 'text'}
list(nest.yield_flat_paths(s)), nest.flatten_with_joined_string_paths(s), nest.flatten_with_joined_string_paths(s, '.'), list(nest.yield_flat_paths(5)), nest.flatten_with_joined_string_paths([])
nest.map_structure_with_paths(lambda p, v, w: '%s=%s,%s' % (p, v, w), s, s), nest.map_structure_with_paths(lambda p, v, k: (p, v, k), [1, [2]], k=7), nest.map_structure_with_paths(lambda p, a, b: a + b, [1, 2], (3, 4), check_types=False)
refused(lambda: nest.map_structure_with_paths(3, [1])); refused(lambda: nest.map_structure_with_paths(lambda p: p)); refused(lambda: nest.map_structure_with_paths(lambda *a: a, [1], (2,)))
refused(lambda: nest.map_structure(lambda *a: a, [1], chek_types=2)); refused(lambda: nest.map_structure(3, chek_types=2))

#: structures that differ
for a, b in (((((1, 2), 3), 4, (5, 6)), ('s', 't')), ([1, 2], [1]), ([[1], 2], [[1, 2], 3]), ({'a': 1}, {'b': 1}), (P(1, 2), (1, 2)), ([1], (1,))): refused(lambda: nest.assert_same_structure(a, b))
for a, b in (([1], 2), ([1, 2], [1]), ({'a': 1}, {'b': 1}), (P(1, 2), collections.namedtuple('P', 'x y')(1, 2)), (P(1, 2), collections.namedtuple('Q', 'x y')(1, 2)), ([1], (1,)), ({'a': [1]}, {'a': (1,)})): refused(lambda: nest.assert_shallow_structure(a, b)); refused(lambda: nest.flatten_up_to(a, b))

#: a deprecated function
@deprecation.deprecated('2019-01-02', 'Do this.')
def old(a, b=2):
    """The first line.

      More of it.
    """
    return a + b
old(1), old(1, b=5), words(), old.__doc__, old.__name__
@deprecation.deprecated(None, 'Do\nthat.', warn_once=False)
def older(): pass
older(), older(), words(), older.__doc__
class C:
    @deprecation.deprecated(None, 'Not.')
    def method(self): return 1
    @property
    @deprecation.deprecated(None, 'Not.')
    def prop(self): return 2
C().method(), C().prop, words()
refused(lambda: deprecation.deprecated('2 May', 'x')); refused(lambda: deprecation.deprecated(None, '')); refused(lambda: deprecation.deprecated(None, 'x')(property(lambda s: 1)).__name__[:3])

#: warnings turned off
deprecation._PRINT_DEPRECATION_WARNINGS = False
@deprecation.deprecated(None, 'x')
def old(): return 1
old(), words()
deprecation._PRINT_DEPRECATION_WARNINGS = True
with deprecation.silence(): old(), words()
old(), words()

#: deprecated arguments
@deprecation.deprecated_args('2019-01-02', 'Do this.', 'b', ('c', None))
def f(a, b=0, c=None, *d, **e):
    """One line."""
    return a, b, c, d, e
f(1), words(), f(1, 2), f(1, b=2), words(), f(1, c=None), words(), f(1, c=3), words(), f.__doc__
@deprecation.deprecated_args(None, 'Do this.', 'd', 'e', warn_once=False)
def g(a, *d, **e): return a
g(1), g(1, 2), g(1, z=1), g(1, 2), words()
refused(lambda: deprecation.deprecated_args(None, 'x')); refused(lambda: deprecation.deprecated_args(None, 'x', 'a', one=1)); refused(lambda: deprecation.deprecated_args(None, 'x', 'q')(lambda a, *b: 1)); refused(lambda: deprecation.deprecated_args(None, '', 'a'))

#: deprecated values of arguments
@deprecation.deprecated_arg_values('2019-01-02', 'Do this.', a=True, b=None)
def f(a, b=1): return a
f(False), f(True), f(True), f(2, b=None), words(), f.__doc__
refused(lambda: deprecation.deprecated_arg_values(None, 'x')); refused(lambda: deprecation.deprecated_arg_values(None, '', a=1))

#: aliases and names
def f(a): "What f does."; return a
class D:
    "What D does."
    def __init__(self, x=1): self.x = x
g = deprecation.deprecated_alias('old.f', 'new.f', f); E = deprecation.deprecated_alias('old.D', 'new.D', D)
g(1), g(2), E().x, E(3).x, words(), g.__doc__, E.__doc__, issubclass(E, D)
deprecation.deprecated_endpoints('a', 'b')(f)._tf_deprecated_api_names; refused(lambda: deprecation.deprecated_endpoints('c')(D) and deprecation.deprecated_endpoints('d')(D))
deprecation.rewrite_argument_docstring('`old` and\nold: what', 'old', 'new')
deprecation.deprecated_argument_lookup('n', None, 'o', 2), deprecation.deprecated_argument_lookup('n', 1, 'o', None); refused(lambda: deprecation.deprecated_argument_lookup('n', 1, 'o', 2))

#: decorator_utils
decorator_utils.add_notice_to_docstring(None, 'i', 'none', '(s)', ['n']), decorator_utils.add_notice_to_docstring('a\n b\n  c', '', 'none', '(s)', ['n']), decorator_utils.add_notice_to_docstring('a\n\n\tb', 'i', 'none', '(s)', ['n', 'm'])
class C:
    @decorator_utils.classproperty
    def name(cls): return cls.__name__
C.name, C().name, decorator_utils.get_qualified_name(C), decorator_utils._normalize_docstring('\n  a\n    b\n\n')

#: names of the public interface
@tf_export.tf_export('one', 'two.three')
def f(): pass
f._tf_api_names, f._tf_api_names_v1, tf_export.get_canonical_name_for_symbol(f), tf_export.get_canonical_name_for_symbol(3), tf_export.get_canonical_name_for_symbol(refused)
refused(lambda: tf_export.tf_export('four')(f)); tf_export.tf_export('four', allow_multiple_exports=True)(f)._tf_api_names
class D: pass
tf_export.tf_export('five', v1=['six'], overrides=[f])(D)._tf_api_names_v1, hasattr(f, '_tf_api_names'), tf_export.estimator_export('e')(f)._estimator_api_names
tf_export.get_canonical_name(('a', 'b'), ('a',)), tf_export.get_canonical_name(('a',), ('a',))

#: signatures
class N:
    def __new__(cls, a, b=1): pass
class I:
    def __init__(self, a, *, b=1): pass
class K:
    def __call__(self, x, *y, **z): pass
tf_inspect.getargspec(N), tf_inspect.getargspec(K()), tf_inspect.getargspec(lambda a, b=2: 1); refused(lambda: tf_inspect.getargspec(I))
def mine(f): return tf_decorator.make_decorator(f, lambda *a: f(*a), 'mine')
@mine
def d(a): pass
tf_inspect.isfunction(d), tf_inspect.isclass(d), tf_inspect.isroutine(d), tf_inspect.isclass(N), tf_inspect.isroutine(len)

#: JSON
import numpy as np
json.dumps([np.float32(1.5), np.int64(3), len, int, tf.TensorShape([1, None]), tf.Dimension(4)], default=serialization.get_json_type); refused(lambda: json.dumps(object(), default=serialization.get_json_type))
class With:
    def get_config(self): return {'a': np.int32(1)}
json.dumps(With(), default=serialization.get_json_type)

#: group locks
l = lock_util.GroupLock(2)
with l.group(0): l.acquire(0); l.release(0)
with l.group(1): print(l._group_member_counts)
l._group_member_counts; refused(lambda: l.group(2)); refused(lambda: l.acquire(-1)); refused(lambda: lock_util.GroupLock(0))

#: forward compatibility
from tensorflow.python.compat import compat
compat.forward_compatible(2018, 9, 30), tf.compat.forward_compatible(2018, 10, 1)
with tf.compat.forward_compatibility_horizon(2018, 12, 1): print(tf.compat.forward_compatible(2018, 11, 30), compat.forward_compatible(2018, 12, 2))
tf.compat.forward_compatible(2018, 10, 2)

#: the configuration of a parser
from tensorflow.python.util import example_parser_configuration as epc
x = tf.placeholder(tf.string, [None]); t = tf.parse_example(x, {'a': tf.FixedLenFeature([2], tf.float32, [1., 2.]), 'b': tf.VarLenFeature(tf.int64), 'c': tf.FixedLenFeature([], tf.string, 'z')})
c = epc.extract_example_parser_configuration([o for o in tf.get_default_graph().get_operations() if o.type == 'ParseExample'][0], tf.Session()); [(k, str(v)) for k, v in sorted(c.feature_map.items())]
