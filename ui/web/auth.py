"""Who may use the page: names and passwords."""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from hmac import compare_digest
from pathlib import Path

from rag.errors import InputError, SettingsError

# 16 MB and some 50 ms a password: RFC 7914's advice for logging in.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_HASH = re.compile(r"scrypt:([A-Za-z0-9+/]{22}==):([A-Za-z0-9+/]{86}==)")


class Users:
    """Names and passwords; passwords as given, or as `hashed`."""

    def __init__(self, passwords: Iterable[tuple[str, str]]) -> None:
        self._kept = dict(passwords)
        self._nobody = hashed(secrets.token_urlsafe())

    @classmethod
    def load(cls, auth: str) -> "Users":
        """The users of `USER:PASSWORD`, or of a file with one such a line.

        Raises `SettingsError` for what is neither.
        """
        file = Path(auth)
        if ":" in auth and not file.is_file():
            return cls([_pair(auth, "--auth holds no USER:PASSWORD.")])
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"--auth is {auth!r}, neither USER:PASSWORD nor a file with such lines."
            ) from error
        wrong = f"The file {auth!r} holds a line that is not USER:PASSWORD."
        pairs = [_pair(line.strip(), wrong) for line in lines if line.strip()]
        if not pairs:
            raise SettingsError(f"The file {auth!r} names no one; write USER:PASSWORD on a line.")
        return cls(pairs)

    def know(self, name: str, password: str) -> bool:
        """Whether this is the name's password. Takes as long for a name that there is not."""
        return _matches(password, self._kept.get(name, self._nobody)) and name in self._kept


def hashed(password: str) -> str:
    """A password as it can be kept: `scrypt:SALT:HASH`, both in base64."""
    salt = secrets.token_bytes(16)
    return f"scrypt:{_base64(salt)}:{_base64(_scrypt(password, salt))}"


def user_line(name: str, password: str) -> str:
    """A line for a file of users. Raises `InputError` for a name or password that breaks it."""
    if not re.fullmatch(r"[^:\s]{1,64}", name):
        raise InputError(f"{name!r} is no name: it may have no blanks and no colon.")
    if not password:
        raise InputError("There is no password. Type one.")
    return f"{name}:{hashed(password)}"


def _matches(password: str, kept: str) -> bool:
    found = _HASH.fullmatch(kept)
    # Computed for a password kept as it was given too, so that all take as long.
    digest = _base64(_scrypt(password, base64.b64decode(found[1] if found else b"")))
    if found:
        return compare_digest(digest, found[2])
    return compare_digest(password.encode(), kept.encode())


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _pair(line: str, wrong: str) -> tuple[str, str]:
    """A name and its password. The error does not repeat what may be a password."""
    user, colon, password = line.partition(":")
    if not (user and colon and password):
        raise SettingsError(wrong)
    if password.startswith("scrypt:") and not _HASH.fullmatch(password):
        raise SettingsError(f"The hash of {user!r} is damaged. Make one with: footnote password")
    return user, password
