"""Cases proposed from articles."""

import json
from pathlib import Path

from typer.testing import CliRunner

from evals import Case, Evidence, check, propose
from rag import Article, Chatbot, Settings
from ui.cli.app import app

SENTENCE = "The river rose by 3.5 percent after the storm had passed over."


def test_a_figure_becomes_a_gap() -> None:
    assert propose([Article("river", "", f"Short one. {SENTENCE}")]) == [
        Case(
            id="river-draft-1",
            question="The river rose by ____ after the storm had passed over.",
            answers=("3.5 percent",),
            evidence=(Evidence("river", SENTENCE),),
            type="how many",
        )
    ]


def test_no_answer_is_asked_for_twice() -> None:
    assert len(propose([Article("river", "", f"{SENTENCE}\n\n{SENTENCE}")])) == 1


def test_drafts_of_the_seeds_are_sound(bot: Chatbot) -> None:
    articles = [bot.article(article.id) for article in bot.articles()]
    cases = propose(articles, most=3)
    assert len(cases) == 6
    assert check(cases, articles) == []


def test_the_command_drafts_for_articles_without_a_case(settings: Settings) -> None:
    with Chatbot.open(settings=settings) as bot:
        bot.add([Article(name, "", SENTENCE.replace("river", name)) for name in ("river", "lake")])
    gold = Path(settings.store).parent / "gold.jsonl"
    case = Case("a", "How far did the river rise?", evidence=(Evidence("river"),))
    gold.write_text(json.dumps(case.to_json()))
    done = CliRunner().invoke(app, ["eval", "--draft", str(gold), "--store", settings.store])
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["lake-draft-1"]
