"""tensorflow.python.util and tensorflow.python.ops: modules that programs import by their full names."""
import functools
import importlib

util = {name: importlib.import_module("tensorflow.python.util." + name) for name in (
    "tf_inspect", "tf_decorator", "tf_contextlib", "function_utils", "keyword_args", "lazy_loader", "tf_stack")}
inspect_ = util["tf_inspect"]
utils = util["function_utils"]

def f(a, b=2, *args, **kwargs):
    "Doc of f."
    return a

class C(object):
    def __init__(self, x, y=1):
        pass
    def method(self, z, w=3):
        pass
    def __call__(self, q):
        pass

#: signatures
tuple(inspect_.getargspec(f)), tuple(inspect_.getargspec(C)), tuple(inspect_.getargspec(C(1).method)), tuple(inspect_.getargspec(C(1)))
tuple(inspect_.getargspec(functools.partial(f, 1))), tuple(inspect_.getargspec(functools.partial(f, b=5)))
inspect_.getargspec(functools.partial(f, a=1)), inspect_.getargspec(functools.partial(lambda m, n: m, m=7))
tuple(inspect_.getfullargspec(f)[:4]), inspect_.getcallargs(f, 1), inspect_.getcallargs(C(1).method, 5)["z"]
inspect_.isfunction(f), inspect_.isclass(C), inspect_.ismethod(C(1).method), inspect_.getdoc(f)

#: functions
utils.fn_args(f), utils.fn_args(C(1).method), utils.fn_args(C(1)), utils.fn_args(functools.partial(f, 1)), utils.fn_args(functools.partial(f, b=1))
utils.has_kwargs(f), utils.has_kwargs(C(1)), utils.has_kwargs(functools.partial(f, 1)), utils.has_kwargs(3)
utils.get_func_name(f), utils.get_func_name(C(1).method), utils.get_func_name(lambda: 1), utils.get_func_name(3)
utils.get_func_code(f) is f.__code__, utils.get_func_code(3)

#: decorators
def doubling(g):
    def wrapped(*args, **kwargs):
        return 2 * g(*args, **kwargs)
    return util["tf_decorator"].make_decorator(g, wrapped)
h = doubling(doubling(f))
h(3), h.__name__, h.__doc__, h.__wrapped__ is f
decorators, target = util["tf_decorator"].unwrap(h)
[d.decorator_name for d in decorators], target is f, [d.decorator_doc for d in decorators]
tuple(inspect_.getargspec(h)), inspect_.isfunction(h)
only = util["keyword_args"].keyword_args_only(f)
only(a=3), only(3)
def held():
    yield 5
held = util["tf_contextlib"].contextmanager(held)
with held() as x:
    print(x)
util["tf_decorator"].unwrap(held)[0][0].decorator_name
lazy = util["lazy_loader"].LazyLoader("lazy", globals(), "json")
lazy.dumps([1]), [s[2] for s in util["tf_stack"].extract_stack()][-1] == "<module>"

#: modules
def names(module, *wanted):
    m = importlib.import_module("tensorflow.python." + module)
    return [callable(getattr(m, name)) for name in wanted]
names("ops.image_ops", "decode_bmp", "resize_images", "extract_glimpse"), names("ops.linalg_ops", "cholesky", "matrix_solve", "eye")
names("ops.array_ops", "strided_slice_grad", "extract_image_patches", "zeros"), names("ops.gradients", "gradients", "hessians", "AggregationMethod")
names("ops.standard_ops", "constant", "gradients", "Variable"), names("ops.bitwise_ops", "invert"), names("ops.sets", "set_size")
names("ops.parsing_ops", "decode_raw", "parse_tensor", "parse_example"), names("ops.linalg.linalg", "matrix_exponential", "LinearOperatorDiag")
names("training.training", "AdamOptimizer", "Saver"), names("ops.nn", "conv2d", "relu"), names("client.device_lib", "list_local_devices")
importlib.import_module("tensorflow.python.ops.nn_grad").__name__
getattr(importlib.import_module("tensorflow.python.ops.array_ops"), "no_such_name", None)
from tensorflow.python.ops.linalg import linalg
linalg.__name__
[(d.name, d.device_type, d.memory_limit) for d in importlib.import_module("tensorflow.python.client.device_lib").list_local_devices()][:1]
