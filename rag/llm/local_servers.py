"""Model servers that run on this machine, found at their usual ports on loopback."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

HOST = "127.0.0.1"
PORTS = {"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080, "vLLM": 8000}
"""Where each listens unless it is told otherwise."""
_PATIENCE = 0.5  # seconds a server on the same machine may take
_LONGEST = 1_000_000  # bytes of a list of models


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that speaks OpenAI's protocol, and the models it lists."""

    name: str
    url: str
    models: tuple[str, ...]

    @property
    def settings(self) -> str:
        """The line of a shell that has Footnote use its first model."""
        return f"export FOOTNOTE_LLM=compatible:{self.models[0]} OPENAI_BASE_URL={self.url}"


def local_servers(ports: Mapping[str, int] = PORTS) -> Iterator[LocalServer]:
    """The servers that answer with a list of at least one model."""
    for name, port in ports.items():
        if models := _models(port):
            yield LocalServer(name, f"http://{HOST}:{port}/v1", models)


def _models(port: int) -> tuple[str, ...]:
    connection = HTTPConnection(HOST, port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/v1/models")
        listed: Any = json.loads(connection.getresponse().read(_LONGEST))
        return tuple(str(model["id"]) for model in listed["data"])
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        return ()
    finally:
        connection.close()
