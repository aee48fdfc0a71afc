"""Folder of tensorflow.examples: programs import from it by path."""
