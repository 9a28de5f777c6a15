"""Pages as they come from the web."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Validators:
    """What a site gave to recognise a page by, that it need not send it again."""

    etag: str | None = None
    modified: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The headers that ask for a page only if it has changed."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in named.items() if value}


NOTHING_KNOWN = Validators()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came: `url` is where it was found at last, `kind` its media type."""

    url: str
    content: bytes
    kind: str
    charset: str | None = None
    validators: Validators = NOTHING_KNOWN
