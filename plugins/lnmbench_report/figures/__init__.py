"""Figures as numbers: one a file, put into sections by what is read together."""
