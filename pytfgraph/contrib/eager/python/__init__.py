"""Folder of tensorflow.contrib.eager: programs import from it by path."""
