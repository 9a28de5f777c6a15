"""An article as a page of its own, for a link to it; its script marks the span that is named."""

from markupsafe import Markup

from ui.web.render.article import article_html
from vectorstore.records import Article

_PAGE = Markup("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title} · Footnote</title>
<link rel="stylesheet" href="{assets}/reading.css">
<script src="{assets}/reading.js" defer></script>
</head>
<body>
<nav><a href="{home}">Footnote</a></nav>
<main>{content}</main>
</body>
</html>
""")


def reading_page(article: Article, *, home: str, assets: str) -> str:
    """The page; `home` leads to Footnote, and under `assets` are its style and script."""
    content = article_html(article, alone=True)
    return _PAGE.format(title=article.title, content=content, home=home, assets=assets)


def message_page(said: str, *, home: str, assets: str) -> str:
    """A page that says why there is nothing to read."""
    content = Markup('<p role="alert">{}</p>').format(said)
    return _PAGE.format(title="Footnote", content=content, home=home, assets=assets)
