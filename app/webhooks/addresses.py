"""Where events may be sent: hosts that the operator lists, by https, and never into the inside of the network unless
that address itself is listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from app.plain_text import unseen
from app.webhooks.errors import AddressRefused

MAX_URL_CHARACTERS = 500
Address = IPv4Address | IPv6Address
_TRANSLATED = ip_network("64:ff9b::/96")  # NAT64 (RFC 6052): an IPv4 address in its last four bytes
_PUBLIC, _EXAMPLES = ip_network("2000::/3"), ip_network("3fff::/20")  # all that is given out (RFC 4291), RFC 9637
_HOST = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+])(?::\d{1,5})?")
_PORTS = {"https": 443, "http": 80}
HOW_TO_LIST = "add it to CANDOUR_WEBHOOK_HOSTS"


@dataclass(frozen=True)
class AllowedHosts:
    """``names`` are ``host`` (port 443) or ``host:port``, in small letters; a name that is an address allows events to
    that address also where it is private: on its own, or as what another listed name resolves to.
    """

    names: frozenset[str]

    @classmethod
    def of(cls, words: str) -> AllowedHosts:
        """As the setting writes them, with commas.

        Raises:
            ValueError: one of them is no host.
        """
        names = frozenset(word.strip().lower() for word in words.split(",") if word.strip())
        if wrong := sorted(name for name in names if not _is_host(name)):
            raise ValueError(f"{wrong[0]!r} is no host; write it as desk.bank.example or desk.example:8443")
        return cls(names)

    @property
    def _addresses(self) -> frozenset[Address]:
        hosts = (urlsplit(f"//{name}").hostname or "" for name in self.names)
        return frozenset(address for host in hosts if (address := _address(host)))

    def check_url(self, url: str) -> SplitResult:
        """The parts of an address that events may be sent to, as far as its name tells.

        Raises:
            AddressRefused: they may not.
        """
        parts, port = _parted(url)
        if parts.username is not None or parts.password is not None:
            raise AddressRefused("the address holds a user name or password; leave it out, events are signed")
        host = (parts.hostname or "").rstrip(".")
        named = f"[{host}]" if ":" in host else host
        if not {f"{named}:{port}", *([named] if port in _PORTS.values() else [])} & self.names:
            raise AddressRefused(f"events may not be sent to {named}:{port}; an operator has to {HOW_TO_LIST}")
        address = _address(host)
        if parts.scheme != "https" and not (address and address.is_loopback):
            raise AddressRefused("events are sent by https only; http is for this very machine, as 127.0.0.1")
        return parts

    def check_address(self, text: str) -> None:
        """Whether events may be sent to the address that a listed name has resolved to.

        Raises:
            AddressRefused: it is inside of the network and not listed itself; link-local ones, where clouds keep
                their secrets, never are.
        """
        address = _address(text.split("%", 1)[0])
        if address is None:
            raise AddressRefused("the name of the host resolves to no address")
        for each in _faces(address):
            if each.is_link_local or each.is_multicast or each.is_unspecified:
                raise AddressRefused("the host is at a link-local, multicast or empty address; no event goes there")
            if not _is_public(each) and each not in self._addresses:
                raise AddressRefused(f"the host is at the private address {each}; an operator has to {HOW_TO_LIST}")


def _parted(url: str) -> tuple[SplitResult, int]:
    """Raises AddressRefused: it is no address of the web."""
    wrong = AddressRefused("write the address as https://host/path, without a fragment")
    if len(url) > MAX_URL_CHARACTERS or unseen(url) or any(c.isspace() for c in url) or not url.isascii():
        raise wrong
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.fragment:
        raise wrong
    return parts, port or _PORTS[parts.scheme]


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _is_host(name: str) -> bool:
    """Whether it may be listed: an address in brackets, or labels as DNS has them, and perhaps a port."""
    host = name.partition(":")[0]
    labels_fit = len(host) <= 253 and all(1 <= len(label) <= 63 for label in host.split("."))
    return _HOST.fullmatch(name) is not None and (labels_fit or name.startswith("["))


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and (address not in _PUBLIC or address in _EXAMPLES):
        return False
    return address.is_global


def _faces(address: Address) -> Iterator[Address]:
    """The address, and the IPv4 addresses that an IPv6 one stands for; a translated one is nothing but its IPv4."""
    if address not in _TRANSLATED:
        yield address
    if isinstance(address, IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        inner += [IPv4Address(int(address) & 0xFFFFFFFF)] if address in _TRANSLATED else []
        yield from (each for each in inner if each is not None)
