"""Folder of tensorflow.contrib.crf: programs import from it by path."""
