"""Folder of tensorflow.contrib.framework: programs import from it by path."""
