import asyncio

from rag import Chatbot
from rag.documents import answer_json

MINISTER = "Who is Russia's finance minister?"
TIMES = "elapsed_ms"


def test_the_query_engine_answers_as_ask_does(bot: Chatbot) -> None:
    response = bot.as_query_engine().query(MINISTER)
    said = {**answer_json(bot.ask(MINISTER)), TIMES: {}}
    assert str(response) == said["text"]
    assert {**(response.metadata or {}), TIMES: {}} == said


def test_the_query_engine_answers_asynchronously(bot: Chatbot) -> None:
    response = asyncio.run(bot.as_query_engine().aquery(MINISTER))
    assert str(response) == bot.ask(MINISTER).text


def test_the_query_engine_refuses_as_ask_does(bot: Chatbot) -> None:
    question = "Who won the chess world championship in 2019?"
    assert str(bot.as_query_engine().query(question)) == bot.ask(question).text


def test_nodes_carry_their_offsets(bot: Chatbot) -> None:
    for node in bot.as_retriever(3).retrieve(MINISTER):
        data = node.node.metadata
        text = bot.article(data["article_id"]).text
        assert text[data["start"] : data["end"]] == node.node.get_content()
