"""Documents as rows of numbers: of words by a vocabulary, or of bytes."""
import io
import itertools
import pickle
import re

import numpy as np

from pytfgraph.contrib.learn.python.learn.preprocessing.categorical_vocabulary import CategoricalVocabulary
from pytfgraph.platform import gfile
from pytfgraph.util.deprecation import deprecated

# Acronyms, the words of CamelCase, and other words with their apostrophes and hyphens.
TOKENIZER_RE = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|[\'\w\-]+", re.UNICODE)


@deprecated(None, "Please use tensorflow/transform or tf.data.")
def tokenizer(iterator):
    """Yields the list of words of each string."""
    for value in iterator:
        yield TOKENIZER_RE.findall(value)


class ByteProcessor(object):
    """Turns documents into rows of `max_document_length` bytes, cut off or filled with zeros."""

    @deprecated(None, "Please use tensorflow/transform or tf.data.")
    def __init__(self, max_document_length):
        self.max_document_length = max_document_length

    def fit(self, x):
        """Nothing has to be learnt."""

    def fit_transform(self, x):
        """`transform`."""
        return self.transform(x)

    def reverse(self, x):
        """Yields the text of each row, without zeros at its end; an empty one where the bytes are no UTF-8."""
        for row in x:
            try:
                yield np.trim_zeros(row.astype(np.int8), trim="b").tobytes().decode("utf-8")
            except UnicodeDecodeError:
                yield ""

    def transform(self, x):
        """Yields the bytes of each document (bytes, or a string: its UTF-8) as uint8 of shape [max_document_length]."""
        for document in x:
            if isinstance(document, str):
                document = document.encode("utf-8")
            row = np.frombuffer(memoryview(document)[:self.max_document_length], dtype=np.uint8)
            yield np.pad(row, (0, self.max_document_length - len(row)), "constant")


class _Reader(pickle.Unpickler):
    """Finds the classes of files that TensorFlow wrote, too."""

    def find_class(self, module, name):
        return super().find_class(re.sub(r"^tensorflow\.contrib\.", "pytfgraph.contrib.", module), name)


class VocabularyProcessor(object):
    """Turns documents into rows of `max_document_length` numbers of words, cut off or filled with zeros."""

    @deprecated(None, "Please use tensorflow/transform or tf.data.")
    def __init__(self, max_document_length, min_frequency=0, vocabulary=None, tokenizer_fn=None):
        """A processor without words yet.

        Args:
          max_document_length: the length of the rows.
          min_frequency: words that `fit` does not see more often are unknown; 0 keeps all.
          vocabulary: a CategoricalVocabulary to use and to add to.
          tokenizer_fn: takes an iterable of documents and gives one of lists of words; `tokenizer` if None.
        """
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = vocabulary if vocabulary else CategoricalVocabulary()
        self._tokenizer = tokenizer_fn if tokenizer_fn else tokenizer

    def fit(self, raw_documents, unused_y=None):
        """Numbers the words of the documents, and then takes no new ones.  Returns self."""
        for words in self._tokenizer(raw_documents):
            for word in words:
                self.vocabulary_.add(word)
        if self.min_frequency > 0:
            self.vocabulary_.trim(self.min_frequency)
        self.vocabulary_.freeze()
        return self

    def fit_transform(self, raw_documents, unused_y=None):
        """`fit`, then `transform`."""
        self.fit(raw_documents)
        return self.transform(raw_documents)

    def transform(self, raw_documents):
        """Yields the numbers of each document's words as int64 of shape [max_document_length]."""
        for words in self._tokenizer(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            for i, word in enumerate(itertools.islice(words, self.max_document_length)):
                row[i] = self.vocabulary_.get(word)
            yield row

    def reverse(self, documents):
        """Yields the words of each row of numbers, joined by blanks."""
        for row in documents:
            yield " ".join([self.vocabulary_.reverse(number) for number in row])

    def save(self, filename):
        """Writes the processor to a file."""
        with gfile.Open(filename, "wb") as f:
            f.write(pickle.dumps(self))

    @classmethod
    def restore(cls, filename):
        """The processor that was saved to a file: a pickle, which can run code, so that only files one trusts should be read."""
        with gfile.Open(filename, "rb") as f:
            return _Reader(io.BytesIO(f.read())).load()
