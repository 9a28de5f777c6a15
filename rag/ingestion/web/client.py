"""The client of the web: one request at a time a host, patient, bounded, and nobody's messenger."""

import re
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

import httpx2

from rag.errors import SourceError, SourceGone, SourceUnavailable
from rag.ingestion.web.addresses import Resolve, checked, host_of, is_front
from rag.ingestion.web.fetched import NOTHING_KNOWN, Fetched, Validators
from rag.ingestion.web.network import GuardedTransport, resolved
from rag.ingestion.web.replies import AsItWas, Busy, taken, told
from rag.ingestion.web.robots import AGENT, Robots
from rag.ingestion.web.turns import Turns

TIME_LIMIT = 30.0
"""Seconds that one page may take, from the connection to its last byte."""
MOST_REDIRECTS = 8

_SILENCE = 10.0
_RETRIES = 2
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_SIGN_IN = re.compile(
    r"(?:^|[/._-])(?:log-?in|sign-?in|sign-?up|register|subscribe|anmelden|auth|sso|account)"
    r"(?:[/._-]|$)",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"(?:^|[/._-])(?:consent|cookie-?wall|privacy-?gate)(?:[/._-]|$)", re.IGNORECASE
)


class WebClient:
    """Fetches from the web. Safe to use from several threads; closed when no more is wanted.

    Only public addresses are connected to, unless `allow_private`. No cookie is kept, no
    credential sent, no proxy used; robots.txt is obeyed.
    """

    def __init__(self, *, allow_private: bool = False, resolve: Resolve = resolved) -> None:
        self._transport = GuardedTransport(resolve, allow_private=allow_private)
        self._client = httpx2.Client(
            transport=self._transport,
            headers={"User-Agent": _agent(), "Accept": "*/*"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
            timeout=_SILENCE,
            trust_env=False,
        )
        self._turns = Turns()
        self._robots = Robots(lambda url: self._followed(url, NOTHING_KNOWN, obey=False).content)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, url: str, known: Validators = NOTHING_KNOWN) -> Fetched | None:
        """The page at an address, through redirects; None where it is as it was `known`.

        Raises `SourceGone`, `SourceUnavailable` when asking again later may help, or `SourceError`.
        """
        try:
            found = self._followed(url, known, obey=True)
        except AsItWas:
            if not known.headers:
                raise SourceError("the site says it has not changed, but it was not read") from None
            return None
        _check_arrival(url, found.url)
        return found

    def _followed(self, url: str, known: Validators, *, obey: bool) -> Fetched:
        """What is at the end of the redirects, every step of which is checked like the first."""
        place, rest = checked(url), 0.0
        for _ in range(MOST_REDIRECTS + 1):
            if obey:
                self._robots.check(place)
                rest = self._robots.delay(place)
            found = self._patiently(place, known, rest)
            if isinstance(found, Fetched):
                return found
            place = checked(found, place)
        raise SourceError(f"it leads on and on, through more than {MOST_REDIRECTS} addresses")

    def _patiently(self, url: str, known: Validators, rest: float) -> Fetched | str:
        """A page or where else to look, asked for again while the site is busy.

        Afterwards the host rests for as long as it took to answer, and for `rest` seconds at least.
        """
        host, started = host_of(url), monotonic()
        for attempt in range(_RETRIES + 1):
            with self._turns.at(host):
                started = monotonic()
                try:
                    found = self._once(url, known)
                except Busy as busy:
                    failure = SourceUnavailable(busy.reason)
                    rest = max(rest, busy.wait or _FIRST_PAUSE * 2**attempt)
                    if rest > _LONGEST_PAUSE:
                        raise self._turns.closed(host, rest) from busy
                except SourceUnavailable as error:
                    failure = error
                    break
                else:
                    self._turns.worked(host)
                    return found
                finally:
                    self._turns.wait(host, max(rest, min(monotonic() - started, 1.0)))
        self._turns.failed(host, str(failure))
        raise failure

    def _once(self, url: str, known: Validators) -> Fetched | str:
        try:
            with (
                self._transport.within(TIME_LIMIT),
                self._client.stream("GET", url, headers=known.headers) as response,
            ):
                return taken(response, url)
        except httpx2.InvalidURL as error:
            raise SourceError(f"it is no address: {error}") from error
        except httpx2.HTTPError as error:
            raise told(error) from error


def _check_arrival(asked: str, arrived: str) -> None:
    """Raise `SourceError` where the redirects ended at something else than what was asked for."""
    if is_front(arrived) and not is_front(asked):
        raise SourceGone("it leads to the site's front page; the article is there no more")
    path, before = urlsplit(arrived).path, urlsplit(asked).path
    if _SIGN_IN.search(path) and not _SIGN_IN.search(before):
        raise SourceError(f"it leads to a page to sign in at ({arrived})")
    place = urlsplit(arrived)._replace(query="", scheme="").geturl()
    if _CONSENT.search(place) and not _CONSENT.search(asked):
        raise SourceError(f"it leads to a page that asks for consent ({arrived})")


def _agent() -> str:
    try:
        return f"{AGENT}/{version('footnote')} (reads articles; obeys robots.txt)"
    except PackageNotFoundError:
        return f"{AGENT} (reads articles; obeys robots.txt)"
