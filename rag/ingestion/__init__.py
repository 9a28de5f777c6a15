"""From sources to stored passages: loading, chunking, embedding."""
