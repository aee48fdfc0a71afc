"""Processors that turn documents into numbers."""
from pytfgraph.contrib.learn.python.learn.preprocessing.text import ByteProcessor, VocabularyProcessor, tokenizer  # noqa: F401
