"""An office: many people at one desk. The register of people in the ledger says who they are and what they may do.

The name with which somebody came in is looked up in the register on every request, so that a withdrawal, another role
and another clearance count at once. Who is not enrolled is a guest: they see their own page, where they make a key
that an administrator then enrols. Before anybody is enrolled, one name alone may open the register.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers

from tierengine.errors import Problem, UsageError
from tierengine.evidence.handling import cleared_for
from tierengine.ledger.book import people_of
from tierengine.ledger.keys import plain_name
from tierengine.ledger.people import People
from tierengine.ledger.store import Store
from tierengine.web.access import GUEST, Person
from tierengine.web.book import Book
from tierengine.web.provider import Provider

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that signs people in and names them in a header; only from its own addresses is it believed."""

    header: str | None
    """The header; nothing where people come in otherwise, and the proxy only passes their requests on."""
    addresses: tuple[Network, ...]

    def trusts(self, address: str) -> bool:
        """Say whether an address is the proxy's."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in each for each in self.addresses)

    def client(self, address: str, headers: Headers) -> str:
        """Return the address of who asks: the one that the proxy itself added, and no other that was sent to it."""
        if not self.trusts(address):
            return address
        forwarded = ",".join(headers.getlist("x-forwarded-for"))  # some proxies add a line of their own
        return forwarded.rpartition(",")[2].strip() or address

    def name(self, headers: Headers) -> str:
        """Return the name that the proxy gives to who asks; nothing if it stands there more than once."""
        found = headers.getlist(self.header) if self.header is not None else []
        if len(found) != 1:  # one of them was sent to the proxy, which did not take it away
            return ""
        try:
            return found[0].encode("latin-1").decode("utf-8").strip()  # headers are read byte by byte
        except UnicodeDecodeError:
            return found[0].strip()


class Office:
    """How people come in to a desk, and who they are by the register."""

    def __init__(self, book: Book, public: SplitResult, proxy: Proxy, *, provider: Provider | None, first: str) -> None:
        self._book = book
        self.public = public
        """The address under which people open the desk."""
        self.proxy = proxy
        self.provider = provider
        """What people sign in with; nothing where the proxy names them."""
        self._first = plain_name(first)
        """The name of who may open the register, as long as nobody is in it."""
        self._reader = ThreadPoolExecutor(1, "register")
        """The one thread that reads the register: a SQLite file that is kept open is for a single thread."""
        self._store: Store | None = None
        self._known: tuple[str, People] = ("", People())

    @property
    def secure(self) -> bool:
        """Whether it is reached by HTTPS alone."""
        return self.public.scheme == "https"

    def person(self, name: str) -> Person:
        """Return who has a name, as the register stands at this moment; a guest if they are not in it."""
        people = self._people()
        found = people.named(name)
        if found is not None:
            return Person(name=found.person.name, roles=frozenset(found.roles), cleared=cleared_for(found.cleared))
        opens = not people.kept and plain_name(name) == self._first
        roles = frozenset(("administrator", GUEST)) if opens else frozenset((GUEST,))
        return Person(name=name, roles=roles, cleared=cleared_for(()))

    def close(self) -> None:
        """Give back what the register is read with."""
        self._reader.submit(self._closed).result()
        self._reader.shutdown()

    def _people(self) -> People:
        """The register as it stands."""
        return self._reader.submit(self._read).result() if self._book.begun else People()

    def _read(self) -> People:
        """Read the register again where the ledger grew."""
        if self._store is None:
            self._store = Store(self._book.place)
        with self._store.reading() as reader:
            at = reader.head.checkpoint
            if at != self._known[0]:
                self._known = (at, people_of(reader).people)
        return self._known[1]

    def _closed(self) -> None:
        if self._store is not None:
            self._store.close()


def public_address(address: str) -> SplitResult:
    """Return the address under which people open the desk. Raise `UsageError` if it is none that is safe."""
    cure = "write it as people type it: https://desk.example.gov"
    try:
        found = urlsplit(address)
        host, _ = found.hostname, found.port
    except ValueError:
        host = None
    if host is None or found.scheme not in ("https", "http") or found.path.strip("/") or found.query or found.fragment:
        raise UsageError([Problem(where="--public-url", what=f"`{address}` is no address of a desk", cure=cure)])
    if found.scheme == "http" and host not in ("127.0.0.1", "localhost"):
        what = "without HTTPS anybody on the way could read what is sent, and come in with it"
        raise UsageError([Problem(where="--public-url", what=what, cure=cure)])
    return found._replace(path="")
