"""Pathbook turns the definition of a decision pathway into a book that people can read."""

__version__ = "0.1.0"
