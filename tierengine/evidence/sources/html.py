"""Web pages as a browser saves them: the text of the page in its paragraphs, its menus and hidden text left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tierengine.evidence.sources.draft import Draft, refused
from tierengine.evidence.sources.encodings import decoded
from tierengine.evidence.sources.opened import Written
from tierengine.evidence.sources.text import blocks
from tierengine.evidence.sources.visible import untagged

DEEPEST = 1000
"""Elements within one another; the parser's time grows with the square of it."""

_NOTHING = "the page holds no text"
_CURE = "save the page once it is shown in the browser; a page that a script fills in is empty until then"
_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_ELEMENT = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)\b")
_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.IGNORECASE | re.DOTALL)
_UNCLOSED = {"p", "li", "td", "th", "tr", "dt", "dd", "option", "tbody", "thead", "tfoot", "colgroup", "rt", "rp"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}

_BLOCKS = frozenset(
    re.split(
        r"\s+",
        "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset"
        " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html label legend li main menu nav"
        " ol optgroup option p pre search section select summary table tbody textarea tfoot thead tr ul",
    )
)
_CODE = {"script", "style", "head", "template", "noscript", "noembed", "noframes"}
_ROLES = {"navigation": "menu", "menu": "menu", "menubar": "menu", "search": "menu", "toolbar": "menu"}
_ROLES |= {"banner": "header", "contentinfo": "footer", "complementary": "aside"}
_ROLES |= dict.fromkeys(("dialog", "alertdialog"), "dialog")
_ROLES |= dict.fromkeys(("doc-footnote", "doc-endnotes"), "footnote")
_MENU_NAMES = {"nav", "navbar", "navigation", "menu", "breadcrumb", "breadcrumbs", "sidebar", "toc", "social", "share"}
_TRAIL_NAMES = {"breadcrumb", "breadcrumbs"}
_ASKING_NAMES = {"cookie", "cookies", "consent", "gdpr"}
_SHORT = 500
"""Letters at most of a way to a page, and of what asks for consent before it."""
_NOTE_NAMES = {"footnote", "footnotes", "endnote", "endnotes"}
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CSS_WORDS = re.compile(r"content\s*:\s*([\"'])(.*?)\1", re.DOTALL)
_LABELS = ("alt", "title", "aria-label", "placeholder", "value", "srcdoc", "data-tooltip", "summary")


def read_html(raw: bytes, name: str, source: str) -> Written:
    """Read a web page; nothing that it names is fetched, and no script in it runs."""
    page = _page(raw)
    declared = _CHARSET.search(page[:4096])
    text, doubts = decoded(page, name, declared[1].decode("ascii") if declared else None)
    draft = Draft(raw, name, source, "html")
    draft.warnings += doubts
    if "<html" in text[:4000].lower() and "</html" not in text[-20_000:].lower():
        draft.warnings.append("the page has no end; it may be cut short")
    fill(draft, text, name)
    return draft.written(_NOTHING, _CURE)


def fill(draft: Draft, text: str, name: str) -> None:
    """Put the text of a page into a draft."""
    if _depth(text) > DEEPEST:
        raise refused(
            name, f"its elements stand within one another more than {DEEPEST} deep", "give the text of the page"
        )
    root = LexborHTMLParser(text.replace("\0", "")).root
    if root is not None:
        _Page(draft, text, root).read()


def _page(raw: bytes) -> bytes:
    """The page itself, where a browser saved it with its pictures in one file (MHTML)."""
    head = raw[:2000].lstrip()
    if not re.match(rb"(?:From|MIME-Version|Snapshot-Content-Location|Content-Type)\s*:", head, re.IGNORECASE):
        return raw
    for part in message_from_bytes(raw, policy=policy.default).walk():
        if part.get_content_type() == "text/html":
            found = part.get_payload(decode=True)
            return found if isinstance(found, bytes) else raw
    return raw


def _depth(text: str) -> int:
    """How deep elements stand within one another, where none is forgotten to be closed."""
    depth = deepest = 0
    for closes, tag in _ELEMENT.findall(_SCRIPT.sub("", text)):
        if tag.lower() not in _UNCLOSED and tag.lower() not in _VOID:
            depth = max(0, depth - 1) if closes else depth + 1
            deepest = max(deepest, depth)
    return deepest


@dataclass(slots=True)
class _Weight:
    """How much text an element holds, how much of it in links, and how many links."""

    text: int = 0
    linked: int = 0
    links: int = 0
    main: bool = False


@dataclass(slots=True)
class _Line:
    """Text that is gathered up to the next block."""

    words: list[str] = field(default_factory=list)
    free: bool = False
    """Whether some of it is no entry of a menu, no link and no choice."""
    breaks: int = 0


class _Page:
    """Goes over the elements of a page."""

    def __init__(self, draft: Draft, text: str, root: LexborNode) -> None:
        self._draft = draft
        self._text = text
        self._root = root
        self._at = 0
        self._number = 1
        self._line = _Line()
        self._weights = _weights(root)
        self._main = any(weight.main for weight in self._weights.values())
        self._around: list[str | None] = []
        """What the text of the blocks is that stand around the place that is read."""
        self._inside = 0
        """In how many main parts the place stands that is read; a page has one."""

    def read(self) -> None:
        """Read the page."""
        self._properties()
        zones: list[str | None] = []
        tags: list[str] = []
        for node, entering in _walk(self._root):
            tag = str(node.tag)
            if not entering:
                self._leave(tag, zones.pop())
                tags.pop()
                if tag in _BLOCKS:
                    self._around.pop()
                self._inside -= _is_main(node)
            elif node.is_comment_node:
                self._draft.leave("comment", f"line {self._number}", node.comment_content or "", self._number)
            elif node.is_text_node:
                self._take(node.text_content or "", tags, zones[-1] if zones else None)
            else:
                self._enter(node, tag, zones, tags)
        self._flush(None, "p")

    def _properties(self) -> None:
        """Title, author, date and other properties, which stand in the head."""
        title = self._root.css_first("head title")
        words = " ".join(title.text().split()) if title is not None else ""
        self._draft.title = words or None
        self._draft.leave("title", "line 1", words, 1)
        for meta in self._root.css("meta"):
            name = (meta.attributes.get("name") or meta.attributes.get("property") or "").lower()
            content = meta.attributes.get("content") or ""
            if name and content and name not in ("viewport", "generator", "theme-color"):
                self._draft.leave("property", name, content, 1, place="in a property")
            if name in ("author", "article:author", "dc.creator"):
                self._draft.author = self._draft.author or content or None
            if name in ("article:published_time", "date", "dc.date", "dcterms.date"):
                self._draft.sent = self._draft.sent or content or None
        for hidden in self._root.css("template, noscript"):
            self._draft.leave("hidden text", "line 1", untagged(hidden.html or ""), 1)
        for style in self._root.css("style"):
            for _, words in _CSS_WORDS.findall(style.text()):
                self._draft.see(words, 1, "in the style of the page")

    def _enter(self, node: LexborNode, tag: str, zones: list[str | None], tags: list[str]) -> None:
        zone = zones[-1] if zones else None
        if tag in _BLOCKS:
            self._flush(zone, tags[-1] if tags else "p")
        elif tag == "br":
            self._line.breaks += 1
            self._line.words.append("\n")
            if self._line.breaks > 1:
                self._flush(zone, tags[-1] if tags else "p")
        elif tag in ("td", "th"):
            self._line.words.append("\t")
        weight = self._weights[node.mem_id]
        self._inside += _is_main(node)
        own = _zone(node, tag, weight) if zone is None else _hidden(node, tag) or zone
        beside = self._main and not weight.main and not self._inside
        zones.append(own or ("beside the main text" if beside and tag not in _CODE else None))
        tags.append(tag)
        if tag in _BLOCKS:
            self._around.append(zones[-1])
        for label in _LABELS:
            words = node.attributes.get(label)
            hidden_value = label == "value" and (node.attributes.get("type") or "") in ("hidden", "")
            if words and not (hidden_value and tag != "input"):
                self._draft.leave(
                    f"label ({label})", f"line {self._number}", words, self._number, menu=label == "value"
                )

    def _leave(self, tag: str, zone: str | None) -> None:
        if tag in _BLOCKS:
            self._flush(zone, tag)

    def _take(self, words: str, tags: list[str], zone: str | None) -> None:
        if any(tag in _CODE for tag in tags):
            return
        if zone is not None and zone != (self._around[-1] if self._around else None):
            self._draft.leave(zone, f"line {self._number}", words, self._number)  # hidden in the midst of a paragraph
            return
        found = self._text.find(words[:60], self._at, self._at + 20_000) if words.strip() else -1
        if found >= 0:
            self._number += self._text.count("\n", self._at, found)
            self._at = found
        if words.strip():
            self._line.breaks = 0
            self._line.free = self._line.free or not {"a", "option", "button"} & set(tags)
        self._line.words.append(words if "pre" in tags or "textarea" in tags else re.sub(r"[ \t\r\n\f]+", " ", words))

    def _flush(self, zone: str | None, tag: str) -> None:
        line, self._line = self._line, _Line()
        text = "".join(line.words)
        if not text.strip():
            return
        if zone is not None:
            menu = not line.free and zone != "hidden text"
            self._draft.leave(zone, f"line {self._number}", text, self._number, menu=menu)
        elif re.fullmatch(r"h[1-6]", tag):
            self._draft.heading(text, self._number)
        elif tag == "option":
            self._draft.leave("choice", f"line {self._number}", text, self._number, menu=True)
        elif tag == "pre":
            for _, paragraph in blocks(text):
                self._draft.paragraph(paragraph, self._number)
        else:
            self._draft.paragraph(text, self._number)


def _zone(node: LexborNode, tag: str, weight: _Weight) -> str | None:
    """What an element's text is if it is no paragraph."""
    attributes = node.attributes
    role = (attributes.get("role") or "").lower()
    names = set(re.split(r"[\s_-]+", f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()))
    if hidden := _hidden(node, tag):
        return hidden
    if tag in ("nav", "menu", "search"):
        return "menu"
    if role in _ROLES:
        return _ROLES[role]
    if named := _named(tag, names, weight):
        return named
    return tag if tag in ("header", "footer", "aside") and not weight.main and not _within_text(node) else None


def _named(tag: str, names: set[str], weight: _Weight) -> str | None:
    """What the names of an element, or the links in it, make of it."""
    if names & _NOTE_NAMES:
        return "footnote"
    if weight.text < _SHORT and names & (_TRAIL_NAMES | _ASKING_NAMES):
        return "menu" if names & _TRAIL_NAMES else "dialog"
    listed = tag in ("ul", "ol") and weight.links > 2
    linked = weight.linked > weight.text * (0.8 if listed else 0.5)
    return "menu" if linked and (listed or names & _MENU_NAMES) else None


def _hidden(node: LexborNode, tag: str) -> str | None:
    """What an element's text is called if a browser does not show it."""
    attributes = node.attributes
    closed = tag == "dialog" and "open" not in attributes
    hiding = "hidden" in attributes or _HIDING.search(attributes.get("style") or "")
    return "hidden text" if hiding or closed else None


def _is_main(node: LexborNode) -> bool:
    return node.tag == "main" or node.attributes.get("role") == "main"


def _within_text(node: LexborNode) -> bool:
    """Whether an element stands in the text of the page, where a header or an aside is part of it."""
    above = node.parent
    while above is not None:
        if above.tag in ("main", "article", "section"):
            return True
        above = above.parent
    return False


def _weights(root: LexborNode) -> dict[int, _Weight]:
    """The text and the links of every element."""
    weights: dict[int, _Weight] = {}
    around: list[_Weight] = []
    links = 0
    for node, entering in _walk(root):
        if not entering:
            weight = around.pop()
            links -= node.tag == "a"
            if around:
                around[-1].text += weight.text
                around[-1].linked += weight.linked
                around[-1].links += weight.links
                around[-1].main = around[-1].main or weight.main
        elif node.is_text_node and around:
            length = len((node.text_content or "").strip())
            around[-1].text += length
            around[-1].linked += length if links else 0
        elif node.is_element_node:
            own = weights[node.mem_id] = _Weight(main=_is_main(node))
            own.links += node.tag == "a"
            links += node.tag == "a"
            around.append(own)
    return weights


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Yield each node as it is entered, and each element again as it is left; however deep they stand."""
    node: LexborNode | None = root
    while node is not None:
        yield node, True
        if node.is_element_node and node.first_child is not None:
            node = node.first_child
            continue
        while node is not None:
            if node.is_element_node:
                yield node, False
            if node.mem_id == root.mem_id:
                return
            if node.next is not None:
                node = node.next
                break
            node = node.parent
