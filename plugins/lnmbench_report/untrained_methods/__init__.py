"""Methods that are not trained: readers, other software, guidelines and published scores."""
