"""Where a statement comes from, and what weight it carries."""

from __future__ import annotations

from typing import Literal

from tierengine.terms.scalars import Model, Text

Authority = Literal["statute", "guidance", "policy"]
"""`statute`: enacted text. `guidance`: what the Department of State published of its practice.
`policy`: a choice of those who keep this rulebook."""


class Citation(Model):
    """A provision under both of its numbers; `tvpa` and `usc` may be absent only where there is no statute."""

    authority: Authority
    tvpa: Text | None = None
    usc: Text | None = None
    public_law: Text | None = None
    source: Text | None = None

    def __str__(self) -> str:
        parts = (self.usc, f"TVPA {self.tvpa}" if self.tvpa else None, self.source)
        return "; ".join(part for part in parts if part) or self.authority
