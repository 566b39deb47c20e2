"""Layers, parameters and optimizer of K models that train as one tensor program."""
