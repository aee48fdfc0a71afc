"""Folder of tensorflow.contrib.learn: programs import from it by path."""
