"""One question that is put to one part of a corpus, and what the part gives, wherever that is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from tierengine.errors import EvidenceError
from tierengine.lab.corpus.cases import Corpus, CorpusPart

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Job(Protocol[R_co]):
    """A question that is put to every part; it can be sent to another process."""

    @property
    def kind(self) -> type[R_co]:
        """What each part gives: a dataclass that can be written as JSON."""
        ...

    @property
    def key(self) -> str:
        """All that the answer depends on beside the corpus, such as the digest of the law, in one text."""
        ...

    def of(self, corpus: Corpus, /) -> R_co:
        """Return what a part gives. Raise `EvidenceError` with everything in it that cannot be used."""
        ...


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """What a part gave, or why it cannot be used."""

    found: R | None
    error: EvidenceError | None = None


def do(job: Job[R], part: CorpusPart) -> Done[R]:
    """Put a question to one part."""
    try:
        return Done(job.of(part.corpus()))
    except EvidenceError as error:
        return Done(None, error)
