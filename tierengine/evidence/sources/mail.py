"""Mail as a file (.eml): the words of the message, those that it quotes apart; headers and attachments left out."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import MIMEPart

from tierengine import canonical
from tierengine.errors import EvidenceError
from tierengine.evidence.sources.draft import Draft, refused
from tierengine.evidence.sources.encodings import decoded
from tierengine.evidence.sources.html import fill
from tierengine.evidence.sources.opened import Look, Written
from tierengine.evidence.sources.text import blocks
from tierengine.evidence.sources.visible import untagged

DEEPEST = 10
"""Messages within one another."""
MOST_PARTS = 200

_QUOTED = re.compile(r"^\s*>")
_INTRODUCES = re.compile(r"^(?:On .{5,200} wrote:|-{2,} ?(?:Original Message|Forwarded message) ?-{2,}|From: .+)$")
_NOTHING, _CURE = "the message holds no words", "save the message itself, and not only what is attached to it"
_HEADERS = (
    "from",
    "to",
    "cc",
    "bcc",
    "date",
    "subject",
    "organization",
    "sensitivity",
    "keywords",
    "comments",
    "reply-to",
)


def read_mail(raw: bytes, name: str, source: str, look: Look) -> Written:
    """Read a message; what is attached is looked through by the guard, and is no part of the source."""
    try:
        message = message_from_bytes(raw, policy=policy.default)
    except (MessageError, ValueError, LookupError, RecursionError):
        raise _unreadable(name) from None
    draft = Draft(raw, name, source, "mail")
    try:
        _Message(draft, name, look).read(message)
    except (ArithmeticError, AttributeError, LookupError, MessageError, RecursionError, TypeError, ValueError):
        raise _unreadable(name) from None  # a header so broken that the standard library stumbles over it
    return draft.written(_NOTHING, _CURE)


def _unreadable(name: str) -> EvidenceError:
    return refused(name, "the message is damaged and cannot be taken apart", "save it again from the mail program")


class _Message:
    """Takes a message apart."""

    def __init__(self, draft: Draft, name: str, look: Look) -> None:
        self._draft = draft
        self._name = name
        self._look = look

    def read(self, message: MIMEPart) -> None:
        """Read a message, and what is attached to it."""
        if sum(1 for _ in message.walk()) > MOST_PARTS:
            what = f"it holds more than {MOST_PARTS} parts"
            raise refused(self._name, what, "save the message that is evidence by itself")
        self._headers(message)
        self._draft.title = _words(message.get("subject"))
        self._draft.author = _words(message.get("from"))
        date = getattr(message.get("date"), "datetime", None)
        self._draft.sent = date.isoformat() if date is not None else _words(message.get("date"))
        if date is None and re.search(r"\d{5}", self._draft.sent or ""):
            raise MessageError("no year has five digits")  # before Python 3.15 the standard library stumbles over it
        self._draft.day = date.date() if date is not None else None
        body = message.get_body(("plain", "html"))
        if body is not None:
            self._body(body)
        self._rest(message, body, 0)
        if any(part.defects for part in message.walk()):
            self._draft.warnings.append("the message is not whole; it may be cut short")

    def _headers(self, message: MIMEPart) -> None:
        for header in _HEADERS:
            for value in message.get_all(header, []):
                self._draft.leave("header", header, f"{header.capitalize()}: {value}", 1, place="in a header")
                self._draft.see(str(value), 1, "in a header")
        for header, value in message.items():
            if header.lower().startswith("x-") and "class" in header.lower():
                self._draft.see(str(value), 1, "in a header")

    def _body(self, part: MIMEPart) -> None:
        text = self._text(part)
        if part.get_content_type() == "text/html":
            fill(self._draft, text, self._name)
            return
        quoting = False
        for number, block in blocks(text):
            lines = block.split("\n")
            own = [line for line in lines if not _QUOTED.match(line)]
            if lines[0].rstrip() in ("--", "-- "):
                self._draft.leave("signature", f"line {number}", block, number)
                continue
            if (any(_INTRODUCES.match(line.strip()) for line in own) and not quoting) or (
                len(own) < len(lines) and not quoting
            ):
                quoting = True
                self._draft.section("quoted")
            self._draft.paragraph("\n".join(re.sub(r"^[\s>]*>\s?", "", line) for line in lines), number)

    def _rest(self, message: MIMEPart, body: MIMEPart | None, depth: int) -> None:
        """The other form of the message, and what is attached."""
        for part in message.iter_parts() if message.is_multipart() else ():
            if part is body:
                continue
            if part.get_content_type() == "message/rfc822":
                inner = part.get_payload(0)
                if isinstance(inner, MIMEPart):
                    self._attached_message(inner, depth + 1)
            elif part.is_multipart():
                self._rest(part, body, depth)
            elif part.get_content_maintype() == "text" and not part.is_attachment():
                self._draft.leave("another form of the message", part.get_content_type(), self._shown(part), 1)
            else:
                self._attachment(part)

    def _attached_message(self, inner: MIMEPart, depth: int) -> None:
        if depth > DEEPEST:
            what = f"messages stand within one another more than {DEEPEST} deep"
            raise refused(self._name, what, "save the message that is evidence by itself")
        self._headers(inner)
        body = inner.get_body(("plain", "html"))
        if body is not None:
            self._draft.leave("attached message", "body", self._shown(body), 1, place="in an attached message")
        self._rest(inner, body, depth)

    def _attachment(self, part: MIMEPart) -> None:
        """Note an attachment by name and digest, and look through its text for signs of classification."""
        payload = part.get_payload(decode=True)
        raw = payload if isinstance(payload, bytes) else b""
        called = part.get_filename() or part.get_content_type()
        self._draft.leave(
            "attachment", called, f"{called}, {canonical.digest(raw)}", 1, place="in the name of an attachment"
        )
        if not raw.strip():
            return
        found = self._look(raw, called)
        if found is None:
            self._draft.warnings.append(f"the attachment `{called}` was not looked into: no format that is read here")
            return
        for _, text in found.places():
            self._draft.see(text, 1, "in an attachment")
        for left in found.left_out:
            self._draft.see(left.text, 1, "in an attachment")

    def _shown(self, part: MIMEPart) -> str:
        """The words of a part, without the tags of a page."""
        text = self._text(part)
        return untagged(text) if part.get_content_type() == "text/html" else text

    def _text(self, part: MIMEPart) -> str:
        payload = part.get_payload(decode=True)
        raw = payload if isinstance(payload, bytes) else b""
        if not raw.strip():
            return ""
        text, doubts = decoded(raw, self._name, part.get_content_charset())
        self._draft.warnings += doubts
        return text


def _words(value: object) -> str | None:
    return " ".join(str(value).split()) or None if value is not None else None
