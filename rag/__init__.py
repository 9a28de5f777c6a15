"""Footnote: ask your articles, get answers with footnotes that hold."""
