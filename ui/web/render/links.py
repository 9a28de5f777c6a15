"""Addresses on the page's own server, relative to the page: those of articles and their spans."""

from urllib.parse import quote


def article_path(article_id: str, start: int | None = None, end: int | None = None) -> str:
    """Where an article is to be read by itself, scrolled to `[start, end)` and that marked."""
    place = "" if start is None else f"#{start}-{end}"
    return f"article/{quote(article_id, safe='')}{place}"
