"""Folder of tensorflow.contrib.layers: programs import from it by path."""
