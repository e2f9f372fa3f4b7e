"""Tools for people who write a backend: the conformance kit that the built-in ones pass."""
