"""The notebook document, cell by cell in a real Jupyter kernel, in the order of its In [n] numbers."""
import nbformat
import pytest
from nbclient import NotebookClient

PRECONFIG = """
%matplotlib inline

import matplotlib.pyplot as plt
import seaborn as sns
sns.set(color_codes=True)
sns.set(font='SimHei', font_scale=2.5)
plt.rcParams['axes.grid'] = False

import tensorflow as tf

def show_image(filename, figsize=None, res_dir=True):
    if figsize:
        plt.figure(figsize=figsize)

    if res_dir:
        filename = './res/{}'.format(filename)

    plt.imshow(plt.imread(filename))
"""

# (cell, what it shows or prints)
CELLS = [
    ("import pytfgraph\npytfgraph.install_as_tensorflow()", ""),
    (PRECONFIG, ""),
    ('with tf.Session("grpc://example.org:2222"):\n  pass', ""),
    ("a = tf.constant(1)\nb = a * 2\nb", "<tf.Tensor 'mul:0' shape=() dtype=int32>"),
    ("a = tf.constant(1)\nb = a * 2\nb", "<tf.Tensor 'mul_1:0' shape=() dtype=int32>"),
    ("b.op", "<tf.Operation 'mul_1' type=Mul>"),
    ("b.op.outputs", "[<tf.Tensor 'mul_1:0' shape=() dtype=int32>]"),
    ("list(b.op.inputs)", "[<tf.Tensor 'Const_1:0' shape=() dtype=int32>,\n <tf.Tensor 'mul_1/y:0' shape=() dtype=int32>]"),
    ("b.consumers()", "[]"),
    ("print(b.op.inputs[0])\nprint(a)", 'Tensor("Const_1:0", shape=(), dtype=int32)\nTensor("Const_1:0", shape=(), dtype=int32)'),
    ("a.op", "<tf.Operation 'Const_1' type=Const>"),
    ("list(a.op.inputs)", "[]"),
    ("a.consumers()", "[<tf.Operation 'mul_1' type=Mul>]"),
    ("sess = tf.Session()\nint(sess.run([b])[0])", "2"),
    ("v = tf.Variable([0])\nc = b + v\nc", "<tf.Tensor 'add:0' shape=(1,) dtype=int32>"),
    ("v", "<tf.Variable 'Variable:0' shape=(1,) dtype=int32_ref>"),
    ("list(c.op.inputs)",
     "[<tf.Tensor 'mul_1:0' shape=() dtype=int32>,\n <tf.Tensor 'Variable/read:0' shape=(1,) dtype=int32>]"),
    ("c.op.inputs[1].op", "<tf.Operation 'Variable/read' type=Identity>"),
    ("list(c.op.inputs[1].op.inputs)", "[<tf.Tensor 'Variable:0' shape=(1,) dtype=int32_ref>]"),
    ("c = tf.add(b, tf.identity(v))\nc", "<tf.Tensor 'Add_1:0' shape=(1,) dtype=int32>"),
    ("class Layer:\n  def build(self):\n    pass\n  def call(self, inputs):\n    pass", ""),
]


def shown(cell):
    """What stands under a cell: printed text, then the value; warnings of other libraries apart."""
    text = ""
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            text += output.text
        elif output.output_type == "execute_result":
            text += output.data["text/plain"]
        elif output.output_type == "error":
            text += "%s: %s" % (output.ename, output.evalue)
    return text.rstrip("\n")


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source, _ in CELLS])
    folder = tmp_path_factory.mktemp("notebook")
    NotebookClient(nb, timeout=120, kernel_name="python3", allow_errors=True,
                   resources={"metadata": {"path": str(folder)}}).execute()
    return nb


@pytest.mark.parametrize("number", range(len(CELLS)))
def test_cell(notebook, number):
    source, want = CELLS[number]
    assert shown(notebook.cells[number]) == want, source
