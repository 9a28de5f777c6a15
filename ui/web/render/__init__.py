"""Answers, articles and lists as HTML, escaped by construction."""
