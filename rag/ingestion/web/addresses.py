"""Web addresses: which of them are one, and which may be connected to."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from rag.errors import SourceError

Resolve = Callable[[str, int], list[str]]
"""Gives the numeric addresses of a host's name and port; raises `OSError` where it has none."""

PORTS = frozenset({80, 443, 8080, 8443})
"""The ports of the public web."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = ("utm_", "mtm_", "pk_", "hsa_", "at_campaign", "at_medium")
_TRACKING_NAMES = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid twclid yclid igshid mc_cid mc_eid _ga _gl vero_id "
    "oly_anon_id oly_enc_id cmpid ns_campaign ns_mchannel ns_source ito ocid smid smtyp".split()
)
_MIRRORS = ("www.", "m.", "mobile.", "amp.")
_FRONT = {"", "index.html", "index.php", "home"}
_NAT64 = IPv6Network("64:ff9b::/96")
# What some Pythons count as public and is not: protocols' own, relays into IPv4, a cloud's inside.
_REFUSED = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "168.63.129.16/32",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")


def is_address(source: object) -> bool:
    """Whether a source is a web address and not a file."""
    return isinstance(source, str) and source.lower().startswith(("http://", "https://"))


def checked(url: str, base: str = "") -> str:
    """An address that can be asked for, without its fragment; a relative one is seen from `base`.

    Raises `SourceError` for what is no address of the web, or gives a name and a password.
    """
    parts = _parts(url, base)
    host = _host(parts)
    port = "" if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return urlunsplit((parts.scheme, host + port, parts.path or "/", parts.query, ""))


def normalized(url: str, base: str = "") -> str:
    """The same for every way to write an address: `checked`, and without tracking."""
    parts = urlsplit(checked(url, base))
    return urlunsplit(parts._replace(query=_query(parts.query)))


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one host, its `www.` and its form for telephones included."""
    return _site(one) == _site(other)


def host_of(url: str) -> str:
    """The host and port of an address, which are asked one thing at a time."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def is_front(url: str) -> bool:
    """Whether an address is that of a site's front page."""
    parts = urlsplit(url)
    return not _query(parts.query) and parts.path.strip("/").lower() in _FRONT


def public_addresses(host: str, port: int, resolve: Resolve) -> list[str]:
    """The numeric addresses of a host, each of them public.

    Raises `SourceError` where one is not, or the port is none of the web's.
    """
    found = resolve(host, port)
    for address in found:
        if not is_public(address):
            raise SourceError(
                f"'{host}' is at {address}, which is not on the public internet; "
                "on your own machine, add --allow-private"
            )
    if port not in PORTS:
        known = ", ".join(map(str, sorted(PORTS)))
        raise SourceError(f"port {port} is not one of the web's ({known})")
    return found


def is_public(address: str) -> bool:
    """Whether a numeric address is one that anybody on the internet can reach."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        if inner := _embedded(ip):
            return is_public(str(inner))
        if ip not in _GLOBAL_UNICAST:
            return False
    refused = any(ip in network for network in _REFUSED if network.version == ip.version)
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not refused


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, or translated by NAT64."""
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip.ipv4_mapped


def _parts(url: str, base: str) -> SplitResult:
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        _ = parts.port
    except ValueError as error:
        raise SourceError(f"it is no address: {error}") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise SourceError(f"'{parts.scheme}' is not a scheme of the web; use http or https")
    if "@" in parts.netloc or "\\" in parts.netloc:
        raise SourceError("it holds a user's name; addresses with credentials are not fetched")
    return parts


def _host(parts: SplitResult) -> str:
    """The host's name in ASCII. Raises `SourceError`."""
    import idna

    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{host}]"
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise SourceError(f"'{host}' is no host's name: {error}") from error
    if not name or any(not (c.isalnum() or c in ".-_") for c in name):
        raise SourceError(f"'{host}' is no host's name")
    return name


def _query(query: str) -> str:
    """A query without what only says where its reader came from; untouched where that is all."""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _is_tracking(name.lower())]
    return query if len(kept) == len(pairs) else urlencode(kept)


def _is_tracking(name: str) -> bool:
    return name in _TRACKING_NAMES or name.startswith(_TRACKING)


def _site(url: str) -> str:
    host = (urlsplit(url).hostname or "").lower()
    for mirror in _MIRRORS:
        host = host.removeprefix(mirror)
    port = urlsplit(url).port
    return host if port in {None, 80, 443} else f"{host}:{port}"
