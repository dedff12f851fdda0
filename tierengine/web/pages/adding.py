"""More sources for a dossier: sent, or lying beside it; read by the guarded readers, and drafted from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, File, Form, Response, UploadFile

from tierengine.coding.adding import with_sources
from tierengine.errors import Problem, UsageError
from tierengine.web.changes import Now
from tierengine.web.uploads import sent_files
from tierengine.web.visit import Case, Here, TheCase, Visit, seen_again
from tierengine.wholefile import write_whole

router = APIRouter(prefix="/c/{country}/{edition}")


@router.get("/source")
def form(here: Here, case: TheCase) -> Response:
    """Show the form, and what lies beside the dossier."""
    return here.page("source.html", case=case, beside=_beside(here, case))


@router.post("/source")
def add(
    here: Here,
    case: TheCase,
    sources: Annotated[list[UploadFile] | None, File()] = None,
    beside: Annotated[list[str] | None, Form(max_length=300)] = None,
    *,
    covers: Annotated[bool, Form()] = False,
) -> Response:
    """Add sources to the dossier, and what each of their sentences may answer, to be decided."""
    folder = case.kept.path.parent
    sent = sent_files(sources or (), {each.name for each in folder.iterdir()})
    there = [(name, (folder / name).read_bytes()) for name in _chosen(here, case, beside or ())]
    setting = replace(here.desk.answers.setting(case.casefile), covers_period=covers)
    made = [with_sources(case.casefile.document, case.casefile, [*sent, *there], setting)]  # before anything is kept

    def change(now: Now) -> bytes:
        if now.document.raw != case.casefile.document.raw:  # somebody else changed it meanwhile
            made.append(with_sources(now.document, now.casefile, [*sent, *there], setting))
        return made[-1].raw

    with _written(folder, sent):
        here.desk.changes.make(case.kept, here.person.name, "added a source", change)
    return seen_again(f"{case.address}?{urlencode({'source': made[-1].sources[0]})}")


def _beside(here: Visit, case: Case) -> tuple[str, ...]:
    """The files beside the dossier that no dossier of the folder names."""
    return here.desk.beside.of(here.desk.shelf.all()).get(case.kept.name, ())


def _chosen(here: Visit, case: Case, names: Sequence[str]) -> Sequence[str]:
    """The files that were chosen of those beside the dossier, and no other of the machine."""
    lying = _beside(here, case)
    if gone := [name for name in names if name not in lying]:
        cure = "open the page anew, and choose among the files that lie there now"
        raise UsageError(Problem(where=name[:100], what="lies not beside this dossier", cure=cure) for name in gone)
    return names


@contextmanager
def _written(folder: Path, files: Sequence[tuple[str, bytes]]) -> Iterator[None]:
    """Have files in a folder while the dossier beside them is changed; they go again if that fails."""
    made: list[Path] = []
    try:
        for name, raw in files:
            _reserve(folder / name)
            made.append(folder / name)
            write_whole(folder / name, raw)
        yield
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


def _reserve(path: Path) -> None:
    """Take a name in a folder. Raise `UsageError` if somebody else took it since it was found free."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        what, cure = "another file of this name came in at the same moment", "send this again"
        raise UsageError([Problem(where=path.name, what=what, cure=cure)]) from None
    except OSError as error:
        cure = "see that the folder of the desk can be written"
        raise UsageError(
            [Problem(where=path.name, what=f"it cannot be written: {error.strerror}", cure=cure)]
        ) from None
