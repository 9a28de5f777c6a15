"""The endpoint's keys: a file of their hashes, made by `footnote key add`."""

import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Literal, get_args

from rag.errors import InputError, SettingsError

Access = Literal["read", "write"]
RATE = 120
"""Requests a minute, where a key is given no other number."""

_NAME = re.compile(r"[\w.@-]{1,64}")
_FIELDS = 4


@dataclass(frozen=True, slots=True)
class Key:
    """Who may use the endpoint: to read, or to write as well, so many times a minute.

    `digest` is the SHA-256 of the key in hexadecimal; the key itself is kept nowhere. It is 256
    random bits, so that a fast hash is enough.
    """

    name: str
    access: Access
    rate: int
    digest: str

    def __str__(self) -> str:
        return f"{self.name} {self.access} {self.rate} {self.digest}"


class KeyFile:
    """The keys in a file, read again whenever it changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, int] | None = None
        self._keys: tuple[Key, ...] = ()

    def read(self) -> tuple[Key, ...]:
        """Every key. Raises `SettingsError` for a file that is absent or no such file."""
        try:
            stat = self.path.stat()
            if (stat.st_mtime_ns, stat.st_size) != self._stamp:
                lines = self.path.read_text(encoding="utf-8").splitlines()
                self._keys = tuple(self._parsed(line) for line in lines if line.strip())
                self._stamp = (stat.st_mtime_ns, stat.st_size)
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"The file of keys {str(self.path)!r} cannot be read. "
                f"Make it with: footnote key add NAME --keys {self.path}"
            ) from error
        return self._keys

    def holder(self, secret: str) -> Key | None:
        """Whose key this is. Takes the same time whichever it is, and when it is none."""
        digest = _digest(secret)
        held = [key for key in self.read() if compare_digest(key.digest, digest)]
        return held[0] if held else None

    def add(self, name: str, access: Access = "read", rate: int = RATE) -> str:
        """Make a key and return it; the file keeps its hash. Raises `InputError` for a bad name."""
        if not _NAME.fullmatch(name):
            raise InputError(f"{name!r} is no name for a key; use letters, digits and . _ @ -")
        keys = self.read() if self.path.exists() else ()
        if name in {key.name for key in keys}:
            raise InputError(f"There is a key {name!r} already. See: footnote key list")
        secret = f"fn-{secrets.token_urlsafe(32)}"
        self._write([*keys, Key(name, access, rate, _digest(secret))])
        return secret

    def remove(self, name: str) -> None:
        """Let a key open nothing any more. Raises `InputError` when there is none of the name."""
        kept = [key for key in self.read() if key.name != name]
        if len(kept) == len(self.read()):
            raise InputError(f"There is no key {name!r}. See: footnote key list")
        self._write(kept)

    def _write(self, keys: Iterable[Key]) -> None:
        beside = self.path.with_name(f"{self.path.name}.new")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"{key}\n" for key in keys)
        beside.replace(self.path)

    def _parsed(self, line: str) -> Key:
        fields = line.split()
        if len(fields) != _FIELDS or fields[1] not in get_args(Access) or not fields[2].isdigit():
            raise SettingsError(
                f"The file of keys {str(self.path)!r} holds a line that is not NAME read|write "
                "RATE SHA256. Mend it, or make it anew with: footnote key add NAME"
            )
        access: Access = "write" if fields[1] == "write" else "read"
        return Key(fields[0], access, int(fields[2]), fields[3])


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
