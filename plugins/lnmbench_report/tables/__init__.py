"""Tables and sentences: one section a file."""
