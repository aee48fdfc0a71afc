"""tf.examples.tutorials.mnist and what of tf.contrib.learn programs use to get at data: images of digits, tables, words as numbers."""

import gzip, os, struct
from tensorflow.examples.tutorials.mnist import input_data
from tensorflow.contrib import learn
from tensorflow.contrib.learn.python.learn.datasets import base, mnist
def write(folder, n=30, test=8, image_magic=2051, label_magic=2049):
    r = np.random.RandomState(3)
    os.makedirs(folder)
    for name, k in (("train", n), ("t10k", test)):
        with gzip.open(os.path.join(folder, name + "-images-idx3-ubyte.gz"), "wb") as f:
            f.write(struct.pack(">IIII", image_magic, k, 28, 28) + r.randint(0, 256, k * 784).astype(np.uint8).tobytes())
        with gzip.open(os.path.join(folder, name + "-labels-idx1-ubyte.gz"), "wb") as f:
            f.write(struct.pack(">II", label_magic, k) + r.randint(0, 10, k).astype(np.uint8).tobytes())

#: the four files
os.chdir(d); write("m")
np.random.seed(5); tf.set_random_seed(4)
m = input_data.read_data_sets("m", one_hot=True, validation_size=10)
type(m).__name__, m._fields, m.train.num_examples, m.validation.num_examples, m.test.num_examples
m.train.images.shape, m.train.images.dtype, m.train.labels.shape, m.train.labels.dtype, m.train.images.max() <= 1, m.test.labels[:3]
for i in range(4):
    x, y = m.train.next_batch(7)
    print(x.shape, float(x.sum()), y.argmax(1), m.train.epochs_completed)
x, y = m.test.next_batch(3, shuffle=False)
float(x.sum()), y.argmax(1)
x, y = m.validation.next_batch(13)
x.shape, y.argmax(1), m.validation.epochs_completed, m.validation._index_in_epoch

#: other ways to read them
os.chdir(d); write("m")
m = input_data.read_data_sets("m", dtype=tf.uint8, reshape=False, validation_size=0, seed=9)
m.train.images.shape, m.train.images.dtype, m.train.images.max(), m.train.labels.dtype, m.train.next_batch(5)[1], m.validation.images.shape
m = input_data.read_data_sets("m", validation_size=30)
m.train.num_examples, m.validation.next_batch(2)[0].dtype
input_data.read_data_sets("m", validation_size=31)
input_data.read_data_sets("m", validation_size=-1)
input_data.read_data_sets("m", dtype=tf.int32, validation_size=1)
f = input_data.read_data_sets("", fake_data=True, one_hot=True)
len(f.train.next_batch(3, fake_data=True)[0]), f.train.next_batch(2, True)[1], f.train.num_examples, f.train.images, f.test.labels
write("w", image_magic=2050)
input_data.read_data_sets("w")
write("v", label_magic=2050)
mnist.read_data_sets("v")
mnist.dense_to_one_hot(np.array([1, 0, 2]), 3)
write("MNIST-data", n=5001)
learn.datasets.load_dataset("mnist").train.num_examples, learn.datasets.mnist.load_mnist().validation.num_examples
learn.datasets.load_dataset("nothing")
base.maybe_download("train-labels-idx1-ubyte.gz", "m", "http://localhost:1/none")

#: the model
from tensorflow.examples.tutorials.mnist import mnist as model
model.NUM_CLASSES, model.IMAGE_SIZE, model.IMAGE_PIXELS
x = tf.placeholder(tf.float32, [4, 784])
logits = model.inference(x, 5, 3)
correct = model.evaluation(logits, tf.constant([0, 1, 2, 3]))
train = model.training(tf.reduce_mean(logits, name="l"), 0.1)
logits, correct, train.name
[n.name for n in tf.get_default_graph().as_graph_def().node]
[v.name for v in tf.global_variables()]

#: tables
os.chdir(d)
_ = open("t.csv", "w").write("3,2,a,b\n1.5,2,0\n3,4,1\n5,6,1\n")
base.load_csv_with_header("t.csv", np.int32, np.float32)
base.load_csv_with_header("t.csv", target_dtype=np.float64, features_dtype=np.float32, target_column=0)
_ = open("u.csv", "w").write("1.5,2,0\n3,4,1\n5,6,1\n")
t = base.load_csv_without_header("u.csv", np.int32, np.float32)
t, t.data.dtype, t.target.dtype
base.shrink_csv("u.csv", 2)
open("u_small.csv").read().split()
calls = []
@base.retry(0.001, 0.004, jitter=0.1)
def never(x): calls.append(x); raise ValueError("no %d" % x)
never(3)
len(calls)
base.retry(1, 2, factor=0.5)
base.retry(1, 2, jitter=1)

#: words
os.chdir(d)
v = learn.preprocessing.VocabularyProcessor(4)
docs = ["the cat sat on the mat", "a dog", "The dog's well-known ABCd FOOBar x1"]
np.array(list(v.fit_transform(docs))), len(v.vocabulary_)
np.array(list(v.transform(["the bird sat"]))), list(v.reverse([[1, 2, 0, 6]]))
v.vocabulary_._mapping
v.save("v"); w = learn.preprocessing.VocabularyProcessor.restore("v")
list(w.reverse(w.transform(["dog mat"]))), w.max_document_length, len(w.vocabulary_)
v = learn.preprocessing.VocabularyProcessor(3, min_frequency=1, tokenizer_fn=lambda d: (x.split() for x in d))
np.array(list(v.fit_transform(["b a b", "c a d e c e"]))), v.vocabulary_._mapping, v.vocabulary_._freq
c = learn.preprocessing.text.CategoricalVocabulary(support_reverse=False)
c.add("a"), c.add("b", 3), c.add(7, 2), len(c), c.get("b")
c.trim(0, 3)
c.get("a"), c.get(7), c._freq
c.reverse(1)
list(learn.preprocessing.tokenizer(["HelloWorld isn't A-b", ""]))
b = learn.preprocessing.ByteProcessor(4)
np.array(list(b.fit_transform(["ab", u"\u00e9xyz", b"q"]))), b.fit(0), list(b.reverse(np.array([[97, 0, 0], [195, 169, 98], [200, 1, 0]])))
