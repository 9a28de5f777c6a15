"""Who may use the page: credentials."""

from pathlib import Path

from rag.errors import SettingsError

Credentials = list[tuple[str, str]]


def credentials(auth: str | None) -> Credentials | None:
    """The users of `USER:PASSWORD`, or of a file with one such a line. Raises `SettingsError`."""
    if auth is None:
        return None
    file = Path(auth)
    if ":" in auth and not file.is_file():
        lines = [auth]
    else:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"--auth is {auth!r}, neither USER:PASSWORD nor a file with such lines."
            ) from error
    return [_pair(line, auth) for line in lines if line.strip()] or _none_in(auth)


def _pair(line: str, auth: str) -> tuple[str, str]:
    user, colon, password = line.strip().partition(":")
    if not (user and colon and password):
        raise SettingsError(f"--auth {auth!r} holds a line that is not USER:PASSWORD.")
    return user, password


def _none_in(auth: str) -> Credentials:
    raise SettingsError(f"The file {auth!r} names no one; write USER:PASSWORD on a line of it.")
