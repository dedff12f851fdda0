"""The characters behind the bytes of a text: by its byte order mark, by what it declares, as UTF-8, or by its look."""

from __future__ import annotations

import codecs
import re

from tierengine.evidence.sources.draft import refused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 comes before UTF-16, whose mark its own begins with."""
_MEANT = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "shift_jis": "cp932"}
_MEANT |= {"shift-jis": "cp932", "x-sjis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "ks_c_5601-1987": "cp949"}
"""What browsers read where a page declares these: the larger set, in which such pages are really written."""

_LIKELY = [
    "cp932",
    "euc_jp",
    "iso2022_jp",
    "gb18030",
    "big5",
    "cp949",
    "cp1251",
    "koi8_r",
    "cp1256",
    "cp1255",
    "cp1253",
]
_LIKELY += ["cp1254", "cp1250", "cp874", "cp1252"]
_SAMPLE = 200_000
_LATIN = 0.12
"""Up to this share of bytes above 127, a text is one in Latin letters with accents and quotation marks."""


def marked(raw: bytes) -> tuple[str, bytes] | None:
    """Return the encoding that a byte order mark names, and the bytes after it; nothing where there is none."""
    return next(((encoding, raw[len(mark) :]) for mark, encoding in _MARKS if raw.startswith(mark)), None)


def decoded(raw: bytes, name: str, declared: str | None = None) -> tuple[str, list[str]]:
    """Return the text of some bytes, and what is doubtful about it; raise `EvidenceError` if it is no text."""
    if mark := marked(raw):
        encoding, rest = mark
        return _text(rest.decode(encoding, "replace"), name), []
    if found := wide(raw):
        return _text(raw.decode(found, "replace"), name), [f"the encoding is not declared; it is read as {found}"]
    if declared is not None and (known := _known(declared)) not in (None, "utf-8"):
        try:
            return _text(raw.decode(str(known)), name), []
        except UnicodeDecodeError:
            pass  # it declares what it is not; what it looks like counts
    try:
        return _text(raw.decode("utf-8"), name), []
    except UnicodeDecodeError:
        guessed = _guessed(raw)
    return _text(raw.decode(guessed, "replace"), name), [f"the encoding is not declared; it is read as {guessed}"]


def _known(declared: str) -> str | None:
    name = declared.strip().strip("\"'").lower()
    try:
        return codecs.lookup(_MEANT.get(name, name)).name
    except LookupError:
        return None


def wide(raw: bytes) -> str | None:
    """Return which UTF-16 a text without a mark is in, if it is: every second byte of Latin letters is zero."""
    head = raw[:4000]
    for encoding, high, low in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if len(head) >= 4 and high.count(0) > len(high) / 2 and low.count(0) < len(low) / 10:
            return encoding
    return None


def _guessed(raw: bytes) -> str:
    sample = raw[:_SAMPLE]
    if sum(byte > 127 for byte in sample) < len(sample) * _LATIN:
        return "cp1252"
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to load, and most texts say what they are in

    best = from_bytes(sample, cp_isolation=_LIKELY).best()
    return best.encoding if best is not None else "cp1252"


def _text(text: str, name: str) -> str:
    odd = len(re.findall(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text[:_SAMPLE]))
    if odd > max(2, len(text[:_SAMPLE]) // 100):
        raise refused(name, "this is no text", "give a file of text, or name the format that it is in")
    return text.removeprefix("\ufeff")
