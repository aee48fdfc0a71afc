"""Folder of tensorflow.examples.tutorials: programs import from it by path."""
