"""Gets the cosignatures that a ledger needs from its witnesses, and says whether a checkpoint has them.

A witness that saw more entries than there are, or others, shows what the ledger alone cannot: that it was put back to
an older state, or that its operator wrote another history.

Source: C2SP tlog-witness (2026).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from tierengine.errors import LedgerError, Problem, StoreError
from tierengine.ledger import merkle
from tierengine.ledger.book import Ledger, people_of
from tierengine.ledger.entries import Witness, WitnessesEntry
from tierengine.ledger.notes import Checkpoint, Cosigner, text_of
from tierengine.ledger.witness import LARGEST, request

if TYPE_CHECKING:
    import httpx

_PATIENCE = 15.0
"""Seconds that a witness may take to answer."""
_TRIES = 4
"""Requests to one witness: it gives its size in the first answer, and another writer may come between."""
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """A checkpoint, when each witness first cosigned it (POSIX seconds), and what kept the others from it."""

    checkpoint: Checkpoint
    times: Mapping[str, int]
    problems: tuple[Problem, ...] = ()


def cosigners(required: WitnessesEntry | None) -> tuple[Cosigner, ...]:
    """Return the witnesses of a ledger, by which their cosignatures are checked."""
    found = (Cosigner.of(witness.key) for witness in (required.witnesses if required else ()))
    return tuple(each for each in found if each is not None)


def times_of(note: str, known: Iterable[Cosigner], where: str) -> dict[str, int]:
    """Return when each of some witnesses cosigned a checkpoint. Raise `LedgerError` if a cosignature does not hold."""
    times = {witness.name: witness.cosigned(note, where) for witness in known}
    return {name: time for name, time in times.items() if time is not None}


def lacking(note: str, required: WitnessesEntry | None, where: str) -> Problem | None:
    """Return what a checkpoint lacks of the cosignatures that it needs, if anything; raises as `times_of` does."""
    if required is None:
        return None
    found = len(times_of(note, cosigners(required), where))
    if found >= required.quorum:
        return None
    what = f"witnesses must cosign it {_times(required.quorum)}, and it has {found or 'no'} cosignature"
    cure = "ask them: tierengine ledger cosign; what they do not cosign is not to be relied on"
    return Problem(where=where, what=f"{what}{'' if found == 1 else 's' if found else ''}", cure=cure)


def known_witnesses(note: str, known: Iterable[Cosigner], where: str) -> Iterator[Problem]:
    """Yield each witness known by another way that did not cosign a checkpoint; raises as `times_of` does."""
    for witness in known:
        if witness.cosigned(note, where) is None:
            what = f"the witness `{witness.name}` did not cosign it"
            yield Problem(where=where, what=what, cure="ask that witness what it saw of this ledger")


def gather(ledger: Ledger, *, again: bool = False) -> Cosigned | None:
    """Ask the witnesses of a ledger for the cosignatures that its checkpoint lacks; nothing if it asks for none.

    With `again`, those that cosigned it are asked as well: a ledger that was put back to an older state carries the
    cosignatures of then, and only the witness knows that it has seen more.

    Raise `LedgerError` if a witness saw another history or more entries, and `StoreError` if too few can be reached;
    what the others gave is kept then, too.
    """
    with ledger.store.reading() as reader:
        required = people_of(reader).witnesses
        checkpoint, note = ledger.checkpoint(reader), reader.head.checkpoint
    if required is None:
        return None
    lines, problems, broken = [], list[Problem](), list[Problem]()
    for witness in required.witnesses:
        cosigner = Cosigner.of(witness.key)
        if cosigner is None or (cosigner.cosigned(note, "checkpoint") is not None and not again):
            continue
        try:
            lines.append(_ask(ledger, checkpoint, note, witness, cosigner))
        except LedgerError as error:
            broken += error.problems
        except StoreError as error:
            problems += error.problems
    kept = ledger.cosign(checkpoint, lines)
    if broken:
        raise LedgerError(broken)
    with ledger.store.reading() as reader:
        now, note = ledger.checkpoint(reader), reader.head.checkpoint
    missing = lacking(note, required, "checkpoint") if kept else None
    if missing is not None:
        cure = "what was written is safe; ask again later: tierengine ledger cosign"
        raise StoreError([*problems, Problem(where=missing.where, what=missing.what, cure=cure)])
    return Cosigned(checkpoint=now, times=times_of(note, cosigners(required), "checkpoint"), problems=tuple(problems))


def _ask(ledger: Ledger, checkpoint: Checkpoint, note: str, witness: Witness, cosigner: Cosigner) -> str:
    """Return the line of a witness's cosignature."""
    import httpx  # noqa: PLC0415 - few verbs ask a witness, and it takes longer to load than most of them to run

    # Most often the witness saw the ledger before its last entry.
    old = max(checkpoint.size - 1, 0)
    with httpx.Client(timeout=_PATIENCE) as client:
        for _ in range(_TRIES):
            with ledger.store.reading() as reader:
                proof = merkle.consistency(old, checkpoint.size, reader.node)
            status, kind, text = _post(client, witness, request(old, proof, note))
            size = _SIZE.fullmatch(text) if status == HTTPStatus.CONFLICT and kind == "text/x.tlog.size" else None
            if size is None:
                return _line(status, text, note, witness, cosigner)
            old = int(size[1])
            if old > checkpoint.size:
                what = f"it saw {old} entries of this ledger, and here are {checkpoint.size}"
                raise LedgerError([_problem(witness, what, "find out who put the ledger back to an older state")])
    raise StoreError([_problem(witness, "it names another size at each request", "ask the operator of that witness")])


def _line(status: int, text: str, note: str, witness: Witness, cosigner: Cosigner) -> str:
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        what = "it saw another history of this ledger than the one that is here"
        raise LedgerError([_problem(witness, what, "find out who wrote the ledger anew, and which history is right")])
    if status == HTTPStatus.FORBIDDEN:
        what = "it knows this ledger with another key than the one that seals it here"
        raise LedgerError([_problem(witness, what, "find out who replaced the ledger or its key")])
    if status == HTTPStatus.NOT_FOUND:
        cure = "have the witness's operator add the ledger's public key: tierengine witness add KEY"
        raise StoreError([_problem(witness, "it does not know this ledger", cure)])
    if status == HTTPStatus.OK:
        under = f"{text_of(note)}\n{text}"
        if cosigner.cosigned(under, "the witness's answer") is not None:
            raw = cosigner.signatures_in(under)[0]
            return cosigner.signature_line(raw)
        raise StoreError([_problem(witness, "it answered without a cosignature of its key", "ask its operator")])
    raise StoreError([_problem(witness, f"it answered with status {status}", "ask the operator of that witness")])


def _post(client: httpx.Client, witness: Witness, body: bytes) -> tuple[int, str, str]:
    """Send a request; return the status, the type of the answer, and its text, of which no more is read than is fit."""
    import httpx  # noqa: PLC0415

    address = witness.address.rstrip("/") + "/add-checkpoint"
    try:
        with client.stream("POST", address, content=body) as answer:
            raw = b""
            for piece in answer.iter_bytes():
                raw += piece
                if len(raw) > LARGEST:
                    raise StoreError([_problem(witness, "its answer grows too large", "ask its operator")])
            return answer.status_code, answer.headers.get("Content-Type", ""), raw.decode("utf-8", "replace")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        what = f"it cannot be reached: {error or type(error).__name__}"
        raise StoreError(
            [_problem(witness, what, "see that the witness runs, and that its address is right")]
        ) from None


def _problem(witness: Witness, what: str, cure: str) -> Problem:
    return Problem(where=f"witness {witness.key.partition('+')[0]} at {witness.address}", what=what, cure=cure)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
