"""Sentences, words, numbers, names."""
