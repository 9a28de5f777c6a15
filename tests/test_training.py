"""A whole training run on ten examples: train, be cut off, resume, export."""

# ruff: noqa: E402

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

torch = pytest.importorskip(
    "torch", reason="training needs PyTorch: pip install torch==2.13.0 safetensors"
)
pytest.importorskip("safetensors", reason="training needs safetensors: pip install safetensors")

from safetensors.torch import load_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from training.export import export
from training.loop import Run, checkpoints
from training.model import BertConfig, load_published
from training.reader import evaluate
from training.reader.examples import Example, read_contexts, read_examples
from training.reader.head import Reader
from training.reader.mix import Mix, Share, training_pool
from training.reader.negatives import of_other_names
from training.reader.train import windows_of
from training.reader.windows import Window, collate, reading_windows, training_window
from training.settings import Settings, rate_at
from training.statistics import auroc
from training.tokens import Texts
from training.workers import Workers

ANIMALS = ["otter", "heron", "badger", "lynx", "marten", "osprey", "newt", "toad", "swift", "hare"]
PLACES = ["river", "lake", "wood", "hill", "forest", "coast", "pond", "ditch", "tower", "field"]
MIX = Mix({"tiny": Share()}, frozenset(), {}, frozenset(), other_paragraph=0.0, other_name=0.0)
SETTINGS = Settings(1.0, batch=5, rate=5e-3, warm_up=1e-6, average=0.9, bf16=False, log_steps=10)
SIZES = {"hidden": 32, "layers": 2, "heads": 4, "inner": 64, "positions": 64}


@pytest.fixture(autouse=True)
def _threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contexts, questions = [], []
    for number, (animal, place) in enumerate(zip(ANIMALS, PLACES, strict=True)):
        text = f"In the morning the {animal} was seen near the {place}."
        contexts.append({"context": number, "text": text})
        answers = [{"text": place, "start": text.index(place)}] if number % 3 else []
        asked = f"Where was the {animal} seen?"
        shared = {"id": str(number), "question": asked, "context": number, "set": "tiny"}
        questions.append(shared | {"answers": answers, "answerable": bool(answers), "title": ""})
    for name, rows in (("contexts", contexts), ("questions", questions)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


@pytest.fixture
def texts() -> Texts:
    words = ["in", "the", "morning", "was", "seen", "near", "where", "?", ".", *ANIMALS, *PLACES]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words]
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return Texts(tokenizer)


def tiny_reader() -> Reader:
    return Reader(BertConfig(vocab_size=40, **SIZES))


def begin(folder: Path, texts: Texts) -> tuple[Run, Iterator[list[Window]]]:
    contexts, examples = read_contexts(folder), read_examples(folder)
    run = Run(tiny_reader(), partial(collate, pad=texts.pad), folder / "run", SETTINGS)
    pool = training_pool(examples, MIX)
    return run, run.batches(windows_of(pool, contexts, MIX, texts, SETTINGS.window))


def nothing() -> dict[str, object]:
    return {}


def logged(folder: Path, event: str) -> list[dict[str, float]]:
    lines = (folder / "run" / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["event"] == event]


def test_a_run_learns_resumes_where_it_stopped_and_exports(folder: Path, texts: Texts) -> None:
    run, batches = begin(folder, texts)
    run.train(batches, nothing, most_steps=31)

    again, batches = begin(folder, texts)
    assert again.resume()
    assert again.progress == run.progress
    assert again.progress.steps == 31
    for name, tensor in run.network.state_dict().items():
        assert torch.equal(tensor, again.network.state_dict()[name]), name
    for name, tensor in run.average.items():
        assert torch.equal(tensor, again.average[name]), name
    moments = (r.optimizer.state_dict()["state"] for r in (run, again))
    for mine, theirs in zip(*(m.values() for m in moments), strict=True):
        assert torch.equal(mine["exp_avg_sq"], theirs["exp_avg_sq"])

    again.train(batches, nothing, most_steps=60)
    losses = [row["loss"] for row in logged(folder, "loss")]
    assert losses[-1] < losses[0] / 2
    assert len(checkpoints(folder / "run")) == 2

    path = export(checkpoints(folder / "run")[-1], folder / "reader.safetensors")
    reader = tiny_reader().eval()
    load_published(reader, load_file(path))
    asked = evaluate.asked_of(read_examples(folder), read_contexts(folder))
    found = evaluate.figures(asked, evaluate.read(reader, texts, asked, room=40))
    assert (found.answerable, found.unanswerable) == (6, 4)
    assert found.f1 > 0.9
    assert found.auroc > 0.9


def test_a_resumed_run_sees_the_batches_the_first_would_have_seen(
    folder: Path, texts: Texts
) -> None:
    run, batches = begin(folder, texts)
    run.train(batches, nothing, most_steps=3)
    expected = next(batches)
    again, batches = begin(folder, texts)
    assert again.resume()
    found = next(batches)
    assert [w.ids.tolist() for w in found] == [w.ids.tolist() for w in expected]


def test_a_damaged_checkpoint_falls_back_to_the_one_before(folder: Path, texts: Texts) -> None:
    run, batches = begin(folder, texts)
    run.train(batches, nothing, most_steps=2)
    run.train(batches, nothing, most_steps=2)
    checkpoints(folder / "run")[-1].write_bytes(b"PK cut off")
    again, _ = begin(folder, texts)
    assert again.resume()
    assert again.progress.steps == 2


def test_pieces_in_threads_give_the_whole_batch_s_gradients(folder: Path, texts: Texts) -> None:
    run, batches = begin(folder, texts)
    windows = next(batches)
    loss = Workers(run.network, partial(collate, pad=texts.pad), SETTINGS).gradients(windows)
    trained = [(n, p) for n, p in run.network.named_parameters() if p.requires_grad]
    whole = {name: torch.clone(p.grad) for name, p in trained if p.grad is not None}
    assert len(whole) == len(trained)
    settings = replace(SETTINGS, workers=2, piece=2)
    assert Workers(run.network, partial(collate, pad=texts.pad), settings).gradients(
        windows
    ) == pytest.approx(loss)
    for name, parameter in trained:
        assert parameter.grad is not None
        assert torch.allclose(parameter.grad, whole[name], atol=1e-5), name


def test_the_answer_s_tokens_survive_windowing(texts: Texts) -> None:
    context = "the otter . " * 12 + "the lynx was near the pond . " + "the hare . " * 12
    example = Example("0", "where ?", 0, "pond", context.index("pond"), "", "tiny")
    for seed in range(20):
        window = training_window(texts, example, context, 24, random.Random(seed))
        assert window is not None
        assert len(window.ids) == 24
        assert window.ids[window.first : window.last + 1].tolist() == texts["pond"].ids.tolist()
    covered = reading_windows(texts, "where ?", context, 24, overlap=6)
    assert covered[0].skipped == 0
    assert covered[-1].skipped + 24 - covered[-1].passage - 1 == len(texts[context].ids)


def test_the_rate_rises_then_falls_with_the_time_that_has_passed() -> None:
    settings = Settings(hours=2.0, rate=1.0, warm_up=0.1)
    assert rate_at(settings, 0) == 0
    assert rate_at(settings, 720) == pytest.approx(1.0)
    assert rate_at(settings, 3960) == pytest.approx(0.5)
    assert rate_at(settings, 9000) == 0


def test_best_spans_are_ordered_short_and_allowed() -> None:
    start, end = torch.zeros(1, 6), torch.zeros(1, 6)
    start[0, 4], end[0, 2], start[0, 2], end[0, 3] = 5.0, 6.0, 3.0, 4.0
    end[0, 5] = -torch.inf
    first, last, margin = evaluate.best_spans(start, end)
    assert (int(first), int(last), float(margin)) == (2, 2, 9.0)


def test_auroc_counts_ties_half() -> None:
    assert auroc([1.0, 2.0], [1.0, 0.0]) == pytest.approx(0.875)


def test_a_question_about_another_name_has_no_answer() -> None:
    asked = [
        Example(str(n), f"Where was {name} seen in 19{n}0?", 0, "pond", 9, "animals", "tiny")
        for n, name in enumerate(["Ada Byron", "Alan Turing", "Grace Hopper"])
    ]
    contexts = ["Near the pond Ada Byron was seen in 1900."]
    made = list(of_other_names(asked, asked, contexts, random.Random(1)))
    names = {"Ada Byron", "Alan Turing", "Grace Hopper", "1900", "1910", "1920"}
    assert len(made) == 3
    for before, after in zip(asked, made, strict=True):
        assert (after.answer, after.start) == ("", -1)
        assert {w for w in names if w in before.question} != {
            w for w in names if w in after.question
        }
        assert sum(w in after.question for w in names) == 2
