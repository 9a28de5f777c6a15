"""Articles as references in APA, MLA and BibTeX."""

from typing import Any

import pytest

from ui.web.render.citation_styles import apa, authors_of, bibtex, mla

ARTICLE = {
    "id": "a",
    "title": "Dam 100% full & rising",
    "source": "Brandau Courier",
    "url": "https://courier.example/dam",
    "author": "Mara J. Lindqvist and Jean-Luc van der Berg",
    "published_at": "2024-09-04T10:00:00+00:00",
}


def of(**changes: Any) -> dict[str, Any]:
    return {**ARTICLE, **changes}


def test_apa() -> None:
    assert apa(ARTICLE) == (
        "Lindqvist, M. J., & van der Berg, J.-L. (2024, September 4). Dam 100% full & rising. "
        "Brandau Courier. https://courier.example/dam"
    )


def test_apa_without_an_author_begins_with_the_title() -> None:
    bare = of(author=None, source=None, url=None, published_at=None)
    assert apa(bare) == "Dam 100% full & rising. (n.d.)."


def test_mla() -> None:
    assert mla(ARTICLE) == (
        "Lindqvist, Mara J., and Jean-Luc van der Berg. “Dam 100% full & rising.” "
        "Brandau Courier, 4 Sept. 2024, https://courier.example/dam."
    )


def test_mla_of_three_names_one() -> None:
    assert mla(of(author="Ann Lee, Bo Dahl, Cy Fox")).startswith("Lee, Ann, et al. “Dam")


def test_bibtex() -> None:
    assert (
        bibtex(ARTICLE)
        == """@misc{lindqvist2024full,
  author = {Lindqvist, Mara J. and van der Berg, Jean-Luc},
  title = {{Dam 100\\% full \\& rising}},
  howpublished = {Brandau Courier},
  year = {2024},
  month = {sep},
  day = {4},
  url = {https://courier.example/dam},
}"""
    )


@pytest.mark.parametrize("group", ["Reuters Staff", "The Associated Press", "BBC"])
def test_a_group_is_not_turned_round(group: str) -> None:
    assert apa(of(author=group)).startswith(f"{group}. (2024")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (None, []),
        ("By Ann Lee", ["Ann Lee"]),
        ("Ann Lee, Bo Dahl, and Cy Fox", ["Ann Lee", "Bo Dahl", "Cy Fox"]),
        ("Ann Lee; Bo Dahl & Cy Fox", ["Ann Lee", "Bo Dahl", "Cy Fox"]),
    ],
)
def test_the_names_of_a_by_line(line: str | None, names: list[str]) -> None:
    assert authors_of(line) == names


def test_an_address_that_is_none_is_left_out() -> None:
    assert "javascript" not in apa(of(url="javascript:alert(1)"))
