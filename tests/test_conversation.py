import asyncio
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import Chatbot, Settings
from rag.answers import Cited, Usage
from rag.conversation.history import Turn
from rag.conversation.query_rewriting import (
    TURNS,
    Standalone,
    asks_for_sources,
    rewritten,
    standalone,
)
from rag.errors import ModelError
from rag.llm.messages import Piece, Prompt
from tests.openai_server import ModelServer, Reply
from vectorstore.records import Article

MINISTER = [
    Turn("user", "Who is Russia's finance minister?"),
    Turn("agent", "Anton Siluanov is Russia's finance minister. [1]"),
]
OPEC = [Turn("user", "What is OPEC?"), Turn("agent", "OPEC is a group of oil exporters.")]
WAR = [
    Turn("user", "does the korean war have a different name?"),
    Turn("agent", "Yes, it is also called the Forgotten War."),
]


@pytest.mark.parametrize(
    ("history", "question", "alone"),
    [
        (MINISTER, "How old is he?", "How old is Anton Siluanov?"),
        (MINISTER, "What did his ministry say?", "What did Anton Siluanov's ministry say?"),
        (MINISTER, "What about France?", "Who is France's finance minister?"),
        (MINISTER, "and Brazil?", "Who is Brazil's finance minister?"),
        (MINISTER, "And when was that?", "And when was that? (Russia finance minister)"),
        (MINISTER, "Why?", "Why? (Russia finance minister)"),
        (MINISTER, "Which article says that?", "Who is Russia's finance minister?"),
        (OPEC, "And who leads it?", "And who leads OPEC?"),
        (WAR, "when was that?", "when was that? (korean war different name)"),
    ],
)
def test_a_follow_up_is_made_to_stand_alone(history: list[Turn], question: str, alone: str) -> None:
    assert standalone(question, history).question == alone


@pytest.mark.parametrize(
    "question",
    [
        "Who is the prime minister of Japan?",
        "How many members does the European Union have?",
        "Is it true that the bank raised interest rates?",
        "Are there any oil fields in Norway?",
        "Which states border the state that elected Smith?",
    ],
)
def test_a_new_subject_is_left_alone(question: str) -> None:
    assert standalone(question, MINISTER) == Standalone(question, question)


def test_what_is_searched_for_has_the_topic() -> None:
    assert standalone("Why?", WAR).search_text == "Why? korean war different name"


def test_the_topic_lasts_over_several_follow_ups() -> None:
    history = [*OPEC, Turn("user", "And who leads it?"), Turn("agent", "A secretary general.")]
    assert standalone("Since when?", history).question == "Since when? (leads OPEC)"


def test_without_history_nothing_changes() -> None:
    assert standalone("Why?", []) == Standalone("Why?", "Why?")


def test_turns_may_be_mappings_in_either_form() -> None:
    history = [
        {"role": "user", "content": "What is OPEC?"},
        {"role": "assistant", "content": "A group."},
    ]
    assert standalone("And who leads it?", history).question == "And who leads OPEC?"


def test_history_is_bounded() -> None:
    old = [Turn("user", "Who is Jens Stoltenberg?"), Turn("agent", "A politician.")]
    recent = [Turn("agent", "Yes.")] * TURNS
    assert not standalone("Why?", [*old, *recent]).changed


@given(
    st.text(max_size=60),
    st.lists(st.builds(Turn, st.sampled_from(["user", "agent"]), st.text(max_size=60)), max_size=4),
)
def test_any_talk_is_understood_somehow(question: str, history: list[Turn]) -> None:
    alone = standalone(question, history)
    assert alone.changed or alone == Standalone(question, question)


def as_rewritten(said: Piece | ModelError) -> tuple[Standalone, str]:
    """What a model's reply comes to, and the last message of what it was asked."""
    script = rewritten("And who leads it?", OPEC)
    prompt = next(script)
    assert isinstance(prompt, Prompt)
    if isinstance(said, Piece):
        assert script.send(said) == prompt
    with pytest.raises(StopIteration) as stop:
        script.throw(said) if isinstance(said, ModelError) else script.send(None)
    return stop.value.value, prompt.messages[-1].text


def test_a_model_rewrites_when_there_is_one() -> None:
    reply = Piece("<think>They mean OPEC.</think>“Who leads OPEC?”\n", "stop", Usage(9, 5))
    alone, told = as_rewritten(reply)
    assert alone == Standalone(
        "Who leads OPEC?", "Who leads OPEC?", changed=True, usage=Usage(9, 5)
    )
    assert told == (
        "<conversation>\nuser: What is OPEC?\nagent: OPEC is a group of oil exporters.\n"
        "</conversation>\n\nQuestion: And who leads it?"
    )


@pytest.mark.parametrize("said", [Piece(""), Piece("x" * 1000), ModelError("No server answers.")])
def test_rules_step_in_for_a_model_that_fails(said: Piece | ModelError) -> None:
    assert as_rewritten(said)[0].question == "And who leads OPEC?"


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What is your source?", True),
        ("Where did you get that?", True),
        ("Says who?", True),
        ("Which article says that?", True),
        ("What is the source of the Nile?", False),
    ],
)
def test_questions_about_sources_are_known(question: str, asks: bool) -> None:
    assert asks_for_sources(question) is asks


def test_a_question_about_sources_is_answered_from_what_was_cited(tmp_path: Path) -> None:
    minister = "Anton Siluanov is Russia's finance minister. He has held the post since 2011."
    with Chatbot.open(tmp_path / "store", Settings()) as bot:
        bot.add([Article("a", "Minister", minister), Article("b", "Cats", "Cats sleep a lot.")])
        talk = bot.conversation()
        first = talk.ask("Who is Russia's finance minister?")
        second = talk.ask("Which article says that?")
    assert {hit.article.id for hit in second.hits} == {c.article.id for c in first.citations}


def test_a_conversation_remembers_so_many_turns(tmp_path: Path) -> None:
    with Chatbot.open(tmp_path / "store", Settings()) as bot:
        bot.add(Article("a", "Cats", "Cats sleep for sixteen hours a day."))
        talk = bot.conversation()
        for _ in range(TURNS):
            talk.ask("How long do cats sleep?")
    assert len(talk.turns) == TURNS


def test_follow_ups_of_the_benchmark_are_left_alone_or_changed(shared: Path) -> None:
    lines = (shared / "bench/mtragun/questions.dev.jsonl").read_text().splitlines()
    cases = [case for case in map(json.loads, lines) if case["history"]]
    changed = [standalone(case["question"], case["history"]).changed for case in cases]
    assert 0.3 < sum(changed) / len(changed) < 0.6


def test_with_a_model_the_model_rewrites_and_then_answers(tmp_path: Path) -> None:
    with (
        ModelServer() as server,
        Chatbot.open(tmp_path / "store", server.settings()) as bot,
    ):
        bot.add(Article("a", "OPEC", "OPEC is led by Haitham al-Ghais, its secretary general."))
        server.say("Who leads OPEC?", "OPEC is led by Haitham al-Ghais [1].")
        answer = bot.ask("And who leads it?", history=OPEC)
    assert (answer.standalone, answer.text, answer.usage) == (
        "Who leads OPEC?",
        "OPEC is led by Haitham al-Ghais. [1]",
        Usage(200, 40),
    )


def test_leaving_an_asynchronous_stream_ends_the_call(tmp_path: Path) -> None:
    async def first_statement(bot: Chatbot) -> None:
        async for event in bot.astream("Who leads OPEC?"):
            if isinstance(event, Cited):
                return

    with ModelServer() as server, Chatbot.open(tmp_path / "store", server.settings()) as bot:
        bot.add(Article("a", "OPEC", "OPEC is led by Haitham al-Ghais, its secretary general."))
        server.say(Reply(("OPEC is led by Haitham al-Ghais [1]. ",) * 200, pause=0.02))
        asyncio.run(first_statement(bot))
        assert server.hung_up.wait(10)
