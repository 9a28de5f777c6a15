"""What a site answers: a page, another address, nothing new, or a failure in words."""

import re
import ssl
from email.utils import parsedate_to_datetime
from time import time

import httpx2

from rag.errors import SourceError, SourceGone, SourceUnavailable
from rag.ingestion.loaders.decoding import MOST_BYTES
from rag.ingestion.web.fetched import Fetched, Validators

_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_REFUSALS = {
    401: "it asks for a password",
    402: "it must be paid for",
    403: "the site refuses it",
    407: "a proxy asks for a password",
    451: "it is withheld by law",
}


class AsItWas(Exception):
    """The site says that a page has not changed."""


class Busy(Exception):
    """A site, or the way to it, fails for now; `wait` is how many seconds it asks for."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


def taken(response: httpx2.Response, url: str) -> Fetched | str:
    """What a site answers: a page, or where else to look."""
    status, headers = response.status_code, response.headers
    if status == 304:
        raise AsItWas
    if status in _REDIRECTS and (place := headers.get("Location")):
        return str(place)
    if status in {404, 410}:
        raise SourceGone(f"the site has no such page ({status})")
    if status in _BUSY:
        raise Busy(f"the site cannot give it now ({status})", _retry_after(response))
    if status not in {200, 203}:
        raise SourceError(f"{_REFUSALS.get(status, 'the site gives no page')} ({status})")
    kind, _, parameters = headers.get("Content-Type", "").partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w-]+)", parameters, re.IGNORECASE)
    return Fetched(
        url,
        _body(response),
        kind.strip().lower(),
        charset and charset[1],
        Validators(headers.get("ETag"), headers.get("Last-Modified")),
    )


def _body(response: httpx2.Response) -> bytes:
    """All bytes, unpacked; those that are too many are not."""
    declared = response.headers.get("Content-Length", "")
    too_large = SourceError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
    if declared.isdigit() and int(declared) > MOST_BYTES:
        raise too_large
    content = bytearray()
    for part in response.iter_bytes():
        content += part
        if len(content) > MOST_BYTES:
            raise too_large
    return bytes(content)


def told(error: httpx2.HTTPError) -> Exception:
    """A failure of the network, in words."""
    if isinstance(error, httpx2.TimeoutException):
        return SourceUnavailable("the site did not answer in time")
    if isinstance(error, httpx2.DecodingError):
        return SourceError("it is packed in a way that cannot be unpacked")
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return SourceError(f"its certificate is not to be trusted: {seen.verify_message}")
        seen = seen.__cause__ or seen.__context__
    if isinstance(error, httpx2.ConnectError):
        return Busy("the site cannot be reached")
    return Busy("the connection broke off")


def _retry_after(response: httpx2.Response) -> float | None:
    """The seconds that a site asks to wait."""
    written = response.headers.get("Retry-After", "").strip()
    if written.isdigit():
        return float(written)
    try:
        return max(0.0, parsedate_to_datetime(written).timestamp() - time())
    except ValueError:
        return None
