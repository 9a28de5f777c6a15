from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from rag.answers import Citation, Cited, Delta, Draft, Statement, Usage
from rag.citations.attribution import Attribution
from rag.citations.groundedness import Groundedness, Verdict
from rag.errors import ModelError, ModelUnavailable
from rag.llm.language_model import language_model
from rag.llm.prompts import CANNOT_ANSWER, WRITER, fitting, number, writing
from rag.models.verifier import Claim, Verifier
from rag.retrieval.query import Query
from tests.openai_server import KEY, ModelServer, Reply, Script, pieces
from vectorstore.records import Article, Hit, Passage

QUESTION = "Who is Russia's finance minister?"
BUDGET = Article(
    "budget",
    "Russia's budget",
    "Finance Minister Anton Siluanov said on Friday that the deficit would reach 1.2 trillion "
    "roubles. He spoke in Moscow. The budget was passed in November.",
    "Reuters",
    None,
    None,
    "2025-08-14",
)
BANK = Article("bank", 'The "key" rate', "The central bank left its key rate at 16%.")
FIRST, SECOND, THIRD = [
    "Finance Minister Anton Siluanov said on Friday that the deficit would reach 1.2 trillion "
    "roubles.",
    "He spoke in Moscow.",
    "The budget was passed in November.",
]


def hit(article: Article) -> Hit:
    return Hit(Passage(article.id, 0, 0, len(article.text), article.text), article, 1.0)


HITS = (hit(BUDGET), hit(BANK))


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def answered(server: ModelServer, verifier: Verifier) -> "Answered":
    return Answered(server, verifier)


class Answered:
    """Asks the scripted model and gives the draft."""

    def __init__(self, server: ModelServer, verifier: Verifier) -> None:
        self.server, self.verifier = server, verifier
        self.events: list[Delta | Cited] = []

    def __call__(
        self, *replies: str | Reply | Script, as_of: str | None = None, **settings: Any
    ) -> Draft:
        self.server.say(*replies)
        writer = self.server.writer(self.verifier, **settings)
        composition = writer.compose(Query.parse(QUESTION, as_of), HITS)
        while True:
            try:
                self.events.append(next(composition))
            except StopIteration as stop:
                draft: Draft = stop.value
                return draft


def quote(number: int, text: str, article: Article = BUDGET) -> Citation:
    start = article.text.index(text)
    return Citation(number, article, start, start + len(text), text)


def test_a_whole_prompt() -> None:
    system, user = writing(QUESTION, number(HITS), "2025-08-20")
    assert system.text == WRITER
    assert user.text == (
        "<articles>\n"
        '<article title="Russia\'s budget" source="Reuters" date="2025-08-14">\n'
        f"[1] {FIRST}\n[2] {SECOND}\n[3] {THIRD}\n"
        "</article>\n"
        '<article title="The ”key” rate">\n'
        "[4] The central bank left its key rate at 16%.\n"
        "</article>\n"
        "</articles>\n"
        "\n"
        "The question is asked on 2025-08-20; nothing later is known.\n"
        "Question: Who is Russia's finance minister?"
    )


TOWN = Article(
    "town",
    "The town",
    "Mayor Ann Poe spoke first.\nShe said no.\n\nPhoto: the town hall\n\nHer rival said yes.\n"
    "Nobody else spoke.",
)


def part(article: Article, number: int, start: str, end: str) -> Hit:
    first, last = article.text.index(start), article.text.index(end) + len(end)
    passage = Passage(article.id, number, first, last, article.text[first:last])
    return Hit(passage, article, 1.0)


def test_an_article_is_shown_in_one_piece_and_in_its_order() -> None:
    late, early = part(TOWN, 3, "Nobody", "else spoke."), part(TOWN, 0, "Mayor", "no.")
    _, user = writing("Who?", number([late, hit(BANK), early]))
    assert user.text.split("\n\n")[0] == (
        '<articles>\n<article title="The town">\n'
        "[1] Mayor Ann Poe spoke first.\n[2] She said no.\n(...)\n[3] Nobody else spoke.\n"
        '</article>\n<article title="The ”key” rate">\n'
        "[4] The central bank left its key rate at 16%.\n</article>\n</articles>"
    )


def test_captions_and_headings_have_no_number() -> None:
    shown = number([part(TOWN, 1, "Photo", "yes.")])
    assert [(s.id, s.text) for s in shown] == [
        (None, "Photo: the town hall"),
        (1, "Her rival said yes."),
    ]


def test_ids_become_exact_citations(answered: Answered) -> None:
    draft = answered("Anton Siluanov is Russia's finance minister. [1] He spoke in Moscow [2].")
    assert draft.statements == (
        Statement("Anton Siluanov is Russia's finance minister.", (quote(1, FIRST),), "supported"),
        Statement("He spoke in Moscow.", (quote(2, SECOND),), "quoted"),
    )


def test_the_text_carries_markers(answered: Answered) -> None:
    draft = answered("He spoke in Moscow [2]. The bank left its key rate at 16% [4].")
    assert draft.text == "He spoke in Moscow. [1] The bank left its key rate at 16%. [2]"


def test_neighbouring_sentences_are_one_citation(answered: Answered) -> None:
    draft = answered("Finance Minister Anton Siluanov spoke in Moscow [1][2].")
    assert [c.quote for s in draft.statements for c in s.citations] == [f"{FIRST} {SECOND}"]


def test_invented_ids_are_dropped(answered: Answered) -> None:
    draft = answered("He spoke in Moscow [2][77].")
    assert draft.statements[0].citations == (quote(1, SECOND),)


def test_a_statement_that_its_sentences_do_not_support_is_marked(answered: Answered) -> None:
    draft = answered("He spoke in Moscow [2]. The deficit is 3 trillion roubles [1].")
    assert [(s.support, s.note) for s in draft.statements] == [
        ("quoted", None),
        ("unsupported", "The cited sentences say 1.2 trillion, not 3 trillion."),
    ]


def test_a_statement_without_ids_is_matched_to_a_sentence_that_supports_it(
    answered: Answered,
) -> None:
    draft = answered("The central bank left its key rate at 16%.")
    assert draft.statements[0].citations == (quote(1, BANK.text, BANK),)


def test_a_statement_that_nothing_supports_has_no_citation(answered: Answered) -> None:
    draft = answered("He spoke in Moscow [2]. Brazil won the World Cup five times.")
    assert draft.statements[1].citations == ()
    assert draft.statements[1].support == "unsupported"


def test_the_model_may_say_that_it_cannot_answer(answered: Answered) -> None:
    draft = answered(CANNOT_ANSWER)
    assert (draft.refused, draft.statements) == (True, ())


def test_part_of_an_answer_with_a_refusal_says_so(answered: Answered) -> None:
    draft = answered(f"He spoke in Moscow [2]. {CANNOT_ANSWER}")
    assert draft.notes == ("The articles do not say all of what was asked.",)


def test_what_the_articles_do_not_say_is_a_refusal_of_that_part(answered: Answered) -> None:
    draft = answered("He spoke in Moscow [2]. The articles do not say how long he spoke.")
    assert [(s.text, s.support, s.note) for s in draft.statements] == [
        ("He spoke in Moscow.", "quoted", None),
        (
            "The articles do not say how long he spoke.",
            "unchecked",
            "It is about the articles themselves.",
        ),
    ]
    assert draft.notes == ("The articles do not say all of what was asked.",)


def test_an_answer_that_says_only_what_is_not_said_is_a_refusal(answered: Answered) -> None:
    draft = answered("The articles do not say how long he spoke.")
    assert (draft.refused, draft.reason) == (
        True,
        "The articles do not say. The nearest passages are listed.",
    )


@pytest.mark.parametrize(
    "refusal",
    [
        "Los artículos no lo dicen.",
        "No se menciona en los artículos.",
        "Die Artikel sagen das nicht.",
        "Das steht nicht in den Artikeln.",
        "Les articles ne le disent pas.",
        "Ce n'est pas dit dans les articles.",
        "Статьи этого не говорят.",
        "文章没有说明。",
        "記事には書かれていません。",
    ],
)
def test_a_refusal_in_another_language_is_one(answered: Answered, refusal: str) -> None:
    draft = answered(refusal)
    assert (draft.refused, draft.statements) == (True, ())


def test_another_language_is_shown_unchecked(answered: Answered) -> None:
    draft = answered("Antón Siluánov es el ministro de Finanzas de Rusia [1].")
    assert [(s.support, s.citations, s.note) for s in draft.statements] == [
        ("unchecked", (quote(1, FIRST),), "It cannot be checked: only English can be.")
    ]
    assert not draft.refused


def test_a_citation_of_the_wrong_sentence_is_corrected_and_that_is_said(
    answered: Answered,
) -> None:
    draft = answered("The central bank left its key rate at 16% [2].")
    assert draft.statements == (
        Statement(
            "The central bank left its key rate at 16%.",
            (quote(1, BANK.text, BANK),),
            "quoted",
            "The model cited another sentence, which was not found to say this; this one was.",
        ),
    )


def test_a_sentence_that_was_missing_is_added_and_that_is_said(verifier: Verifier) -> None:
    told = (
        "Engineers were unable to close the gates of the dam.",
        "A crew of twenty worked at the gates all night.",
    )
    dam = Article("dam", "The flood at Ost", " ".join(told))
    attribution = Attribution(number([hit(dam)]), Groundedness(verifier))
    said = "Engineers could not close the dam's gates, at which twenty people worked all night."
    list(attribution.feed(f"{said[:-1]} [1]."))
    list(attribution.finish(whole=True))
    assert attribution.draft().statements == (
        Statement(
            said,
            (quote(1, dam.text, dam),),
            "supported",
            "A sentence was added to what the model cited.",
        ),
    )


class Denied(Groundedness):
    """Finds that one sentence says otherwise, and every other one supports."""

    def check(self, claims: Sequence[Claim]) -> list[Verdict]:
        return [
            Verdict(supported=False, score=0.1, reason="No.", contradicted=0.9)
            if claim.evidence == (SECOND,)
            else Verdict(supported=True, score=0.9)
            for claim in claims
        ]


def test_what_the_cited_sentence_denies_is_not_looked_for_elsewhere(verifier: Verifier) -> None:
    attribution = Attribution(number(HITS), Denied(verifier))
    list(attribution.feed("He spoke in Oslo about the budget passed in November [2]."))
    list(attribution.finish(whole=True))
    assert attribution.draft().reason == (
        "What the model wrote could not be tied to the articles, so it is not shown."
    )


def test_an_answer_of_which_nothing_is_supported_is_a_refusal(answered: Answered) -> None:
    draft = answered("Brazil won the World Cup five times [1].")
    assert (draft.refused, draft.text) == (
        True,
        "What the model wrote could not be tied to the articles, so it is not shown.",
    )


def test_without_passages_nothing_is_asked(server: ModelServer, verifier: Verifier) -> None:
    composition = server.writer(verifier).compose(Query.parse(QUESTION), ())
    with pytest.raises(StopIteration) as stop:
        next(composition)
    assert (stop.value.value.refused, server.calls) == (True, [])


def test_statements_come_as_they_are_finished(answered: Answered) -> None:
    answered("He spoke in Moscow [2]. The budget was passed in November [3].")
    kinds = [type(event).__name__ for event in answered.events]
    assert kinds.index("Cited") < len(kinds) - 1 - kinds[::-1].index("Delta")


def test_usage_and_cost_are_what_the_server_says(answered: Answered) -> None:
    draft = answered(Reply(("He spoke in Moscow [2].",), cost=0.002), price="9/9")
    assert draft.usage == Usage(100, 20, 0.002)


def test_the_cost_is_by_the_price_that_is_set_where_the_server_says_none(
    answered: Answered,
) -> None:
    draft = answered("He spoke in Moscow [2].", price="0.40/1.60")
    assert draft.usage == Usage(100, 20, 0.000072)


def test_a_window_is_what_the_server_says(server: ModelServer) -> None:
    server.models = [
        {"id": "other", "object": "model", "max_model_len": 1},
        {"id": "some-model", "object": "model", "max_model_len": 32_768},
    ]
    assert language_model(server.settings()).window == 32_768


@pytest.mark.parametrize(
    ("settings", "window"),
    [
        ({}, 4_096),
        ({"context_window": 8_192}, 8_192),
        ({"llm": "openai:gpt-4.1-mini"}, 1_047_576),
        ({"llm": "openai:some-deployment"}, 128_000),
        ({"openai_base_url": "http://127.0.0.1:9/v1"}, 4_096),
    ],
)
def test_a_window_that_the_server_does_not_say(
    server: ModelServer, settings: dict[str, Any], window: int
) -> None:
    assert language_model(server.settings(**settings)).window == window


def test_the_day_of_the_question_is_told(answered: Answered) -> None:
    answered("He spoke in Moscow [2].", as_of="2025-08-20")
    assert "asked on 2025-08-20;" in answered.server.prompts[0]


@pytest.mark.parametrize("room", range(0, 900, 35))
def test_a_prompt_fits_its_room(room: int) -> None:
    sentences, messages = fitting(HITS, QUESTION, None, room)
    assert sum(message.estimated_tokens for message in messages) <= room
    assert messages == (writing(QUESTION, sentences) if sentences else ())


def test_what_does_not_fit_is_cut_by_rank_and_said(answered: Answered) -> None:
    draft = answered("He spoke in Moscow [2].", max_tokens=1160)
    assert "[3]" not in answered.server.prompts[0]
    assert draft.notes == ("The model read 1 of 2 passages, the best ones; more did not fit.",)


def test_a_budget_limits_prompt_and_answer(answered: Answered) -> None:
    draft = answered("He spoke in Moscow [2].", max_tokens=1400)
    assert 0 < answered.server.calls[0]["max_tokens"] < 1400
    assert draft.statements


def test_openai_knows_the_limit_by_its_newer_name(answered: Answered) -> None:
    answered("He spoke in Moscow [2].", llm="openai:gpt-5-mini", max_tokens=1400)
    call = answered.server.calls[0]
    assert "max_tokens" not in call
    assert 0 < call["max_completion_tokens"] < 1400


def test_a_budget_without_room_is_refused(answered: Answered) -> None:
    with pytest.raises(ModelError, match="Raise FOOTNOTE_MAX_TOKENS"):
        answered("x", max_tokens=100)


@pytest.mark.parametrize(
    ("reply", "calls", "message"),
    [
        (Reply(status=401, message=f"bad key {KEY}"), 1, r"refused the key \(401\)"),
        (Reply(status=404), 1, r"has no model 'some-model' \(404\)"),
        (Reply(status=400), 1, r"refused the request \(400\)"),
        (Reply(status=429, headers={"Retry-After": "0.01"}), 3, r"no more calls now \(429\)"),
        (Reply(status=500, headers={"Retry-After": "0.01"}), 3, r"failed \(500\)"),
        (Reply(("Anton",), cut=1), 1, "broke off"),
        (Reply(()), 1, "wrote nothing"),
        (Reply(("Sorry",), finish="content_filter"), 1, "content filter"),
        (Reply(raw=b"data: {oops\n\n"), 1, "not a reply"),
        (Reply(raw=b'data: {"choices": 5}\n\n'), 1, "not a reply"),
        (Reply(raw=b'data: {"error": {"message": "boom"}}\n\n'), 1, "sent an error"),
        (Reply(raw=b"<html>Welcome</html>"), 1, "not a reply"),
    ],
)
def test_what_goes_wrong_is_one_clear_error(
    answered: Answered, reply: Reply, calls: int, message: str
) -> None:
    with pytest.raises(ModelError, match=message) as error:
        answered(reply)
    assert (len(answered.server.calls), KEY in str(error.value)) == (calls, False)
    assert error.value.__cause__ is None


def test_a_server_that_is_slow_is_given_up(answered: Answered) -> None:
    with pytest.raises(ModelError, match=r"within 0.05 seconds"):
        answered(Reply(delay=0.3), timeout=0.05)


def test_a_server_that_only_shows_signs_of_life_is_given_up(answered: Answered) -> None:
    with pytest.raises(ModelUnavailable, match=r"fell silent for 0.3 seconds"):
        answered(Reply(("He spoke in Moscow [2].",), alive=2.0), timeout=0.3)


def test_a_server_under_another_path(answered: Answered) -> None:
    answered.server.path = "/openai/v1"
    url = answered.server.url + "/"  # as Azure shows it
    assert answered("He spoke in Moscow [2].", openai_base_url=url).statements


def test_a_server_that_is_not_there(answered: Answered) -> None:
    with pytest.raises(ModelError, match=r"No server answers at 127.0.0.1:9\. "):
        answered("x", openai_base_url="http://user:secret@127.0.0.1:9/v1")


def test_a_call_that_failed_is_tried_again(answered: Answered) -> None:
    busy = Reply(status=429, headers={"Retry-After": "0.01"})
    assert answered(busy, "He spoke in Moscow [2].").statements


@pytest.mark.parametrize(
    ("ending", "note"),
    [
        ({"cut": 8}, "The model broke off; only what it had finished is shown."),
        ({"finish": None}, "The model broke off; only what it had finished is shown."),
        ({"finish": "length"}, "The model reached its limit; only what it had finished is shown."),
        (
            {"finish": "content_filter"},
            "The model's server withheld the rest of the answer, as its content filter does.",
        ),
    ],
)
def test_what_was_finished_before_a_broken_end_is_kept(
    answered: Answered, ending: dict[str, Any], note: str
) -> None:
    draft = answered(
        Reply(pieces("He spoke in Moscow [2]. The budget was then never passed b"), **ending)
    )
    assert ([s.text for s in draft.statements], draft.notes) == (["He spoke in Moscow."], (note,))


def test_a_statement_made_again_is_shown_once(answered: Answered) -> None:
    draft = answered("He spoke in Moscow [2]. He spoke in Moscow [2].")
    assert draft.text == "He spoke in Moscow. [1]"


def test_a_model_that_never_ends_is_stopped(answered: Answered) -> None:
    draft = answered(Reply(("He spoke in Moscow [2]. ",) * 2000))
    assert draft.notes == ("The model reached its limit; only what it had finished is shown.",)


def test_a_long_thought_before_the_answer_is_no_long_answer(answered: Answered) -> None:
    thought = "<think>" + "So the minister spoke. " * 500 + "</think>"
    draft = answered(f"{thought}He spoke in Moscow [2].")
    assert ([s.text for s in draft.statements], draft.notes) == (["He spoke in Moscow."], ())


def test_closing_the_composition_ends_the_call(server: ModelServer, verifier: Verifier) -> None:
    server.say(Reply(("He spoke in Moscow [2]. ",) * 500, pause=0.01))
    composition = server.writer(verifier).compose(Query.parse(QUESTION), HITS)
    next(composition)
    composition.close()
    assert server.hung_up.wait(5)


def test_the_key_is_sent_to_the_server(answered: Answered) -> None:
    answered("He spoke in Moscow [2].")
    assert answered.server.keys == [f"Bearer {KEY}"]


def test_a_known_model_needs_a_key(answered: Answered) -> None:
    with pytest.raises(ModelError, match=r"needs a key\. Set OPENAI_API_KEY"):
        answered("x", llm="openai:gpt-4.1-mini", openai_api_key=None)
