"""The answer on one screen: no more lines than a terminal shows at once, each part in its place."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from tierengine.reasoning.assessment import Assessment, Hinge, WorthAsking
from tierengine.reports import answer
from tierengine.reports.answer import Coded
from tierengine.reports.bars import bar_of, legend, signs
from tierengine.reports.outline import heading
from tierengine.reports.printable import cut, printable
from tierengine.reports.states import COLOURS, state

LINES = 45
"""How many lines it has at most, in a console 100 columns wide or wider."""

_WHY_LINES = 6
_FEWEST_WHY_LINES = 4
_LEAST_ROOM = 6
"""What two hinges need, with their title and the words that there are more."""
_FEWEST_HINGES = 2
_MOST_HINGES = 4
_BAR_ROOM = 40
"""The room that a bar and its words need."""
_WIDEST_TITLE = 82
_INDENT = "  "
_IN_ASCII = str.maketrans("\u201c\u201d\u2019\u00b7\u00b6", '""\';p')
"""What stands for the signs of ours that a console of ASCII does not have, one for one."""
_ROUTE = " (leads to the watch list)"
_GLUE = "\N{NO-BREAK SPACE}"

Block = list[Text]


def print_screen(assessment: Assessment, console: Console, coded: Coded | None = None) -> None:
    """Print the answer on one screen. `coded` is how far the dossier is coded, where that is known."""
    drawn = _Screen(assessment, console, coded)
    for line in drawn.lines():
        if drawn.plain:
            line.plain = line.plain.translate(_IN_ASCII)
        console.print(line, soft_wrap=True)


class _Screen:
    """Fits the parts of an answer into the lines of a screen."""

    def __init__(self, assessment: Assessment, console: Console, coded: Coded | None) -> None:
        self._assessment = assessment
        self._width = console.width
        self.plain = not console.encoding.lower().startswith("utf")
        self._coded = coded

    def lines(self) -> Iterator[Text]:
        """Yield the lines: what is always shown first takes its room, then what fits beside it."""
        after = [self._bars(), self._post(), self._questions(full=False), self._foot()]
        head, fixed = self._head(_WHY_LINES), sum(map(len, after))
        if len(head) + fixed + _LEAST_ROOM > LINES:
            head = self._head(_FEWEST_WHY_LINES)
        hangs = self._hangs(LINES - len(head) - fixed)
        room = LINES - len(head) - fixed - len(hangs)
        questions = self._questions(full=True)
        if len(questions) - len(after[2]) <= room:
            room -= len(questions) - len(after[2])
            after[2] = questions
        blocks = [block for block in (head, hangs, *after) if block]
        for number, block in enumerate(blocks):
            if number and room >= len(blocks) - 1:
                yield Text("")
            yield from block

    # -- the parts ----------------------------------------------------------------------------------------------

    def _head(self, most: int) -> Block:
        recommended = self._assessment.recommendation
        status = answer.status_words(recommended)
        line = Text.assemble(
            (answer.recommended_name(recommended), "bold"),
            "  ",
            (status, COLOURS[state(status)]),
            f": {answer.status_means(recommended)}",
        )
        reasons = self._wrapped(" ".join(answer.why(self._assessment)), most=most)
        undecided = self._wrapped(answer.undecided_words(self._coded), most=2)
        return [self._title(heading(self._assessment), capital=False), line, *reasons, *undecided]

    def _hangs(self, room: int) -> Block:
        """What it hangs on: as many hinges as there is room for, then what else it rests on."""
        found = [*map(self._hinge, self._assessment.hinges), *self._fragile()]
        others = answer.other_proposals(self._assessment)
        if not found and not others:
            return []
        most = min(len(found), _MOST_HINGES)
        while most > _FEWEST_HINGES and 2 + sum(map(len, found[:most])) > room:
            most -= 1
        kept = [self._title("What it hangs on"), *(line for block in found[:most] for line in block)]
        also = min(len(others), max(0, room - len(kept) - 1))
        kept += [self._line(f"also proposed: {each.level}: {each.asks}", code=each.word) for each in others[:also]]
        left = len(found) - most + len(others) - also
        return [*kept, self._line(f"and {left} more, which --full shows")] if left else kept

    def _hinge(self, hinge: Hinge) -> Block:
        proposal = answer.proposals(self._assessment).get(hinge.word or "")
        asked = self._line(f"{answer.hinge_kind(hinge)}: {hinge.asks}", code=answer.hinge_name(hinge))
        ways = answer.each_way(hinge.outcomes, proposal.level if proposal else None)
        return [asked, self._line(f"  {ways}")]

    def _fragile(self) -> Iterator[Block]:
        """The records that would move the answer, where no answer is shown that does so."""
        for each in () if self._assessment.hinges else self._assessment.fragile:
            words = answer.words_of(self._assessment, each.record)
            asked = self._line(f"a record: {words}", code=each.record)
            yield [asked, self._line(f"  if it is wrong, this could be reached: {answer.tiers_named(each.tiers)}")]

    def _bars(self) -> Block:
        column = min(self._width - _BAR_ROOM, _WIDEST_TITLE)
        block = [self._title(f"How far each standard, factor and route is met ({legend(plain=self.plain)})")]
        for _, answers in answer.groups(self._assessment):
            for each in answers:
                bar = bar_of(each)
                name = self._clipped(answer.title(each), answer.code(each), column - len(_INDENT) - 2)
                block.append(
                    Text.assemble(
                        f"{_INDENT}{name:<{column - len(_INDENT)}}",
                        (signs(bar, plain=self.plain), COLOURS[bar.state]),
                        f" {bar.words}{_ROUTE if bar.neutral and bar.shown == 'met' else ''}",
                    )
                )
        return block

    def _post(self) -> Block:
        post = self._assessment.post_recommendation
        if post is None:
            return []
        return self._wrapped(answer.post_words(self._assessment, post), most=2, indent="")

    def _questions(self, *, full: bool) -> Block:
        asked = answer.questions(self._assessment)
        if not asked:
            return []
        block: Block = [self._title("Most worth asking")]
        for number, each in enumerate(asked, 1):
            block.append(self._line(f"{number}. {each.asks}", code=each.question))
            block += [self._line(f"   {_follows(each)}")] if full and each.outcomes else []
        return block

    def _foot(self) -> Block:
        if self._coded is None:
            return []
        words = answer.records_words(self._assessment, self._coded)
        says = f"{words} (see `check`); --full shows the rest. A person determines."
        return [Text(self._cut(says, self._width), style="dim")]

    # -- lines --------------------------------------------------------------------------------------------------

    def _title(self, words: str, *, capital: bool = True) -> Text:
        text = self._cut(printable(words), self._width)
        first, _, rest = text.partition(" (")
        return Text(f"{first.upper()}{_}{rest}" if capital else text, style="bold")

    def _line(self, words: str, code: str | None = None) -> Text:
        room = self._width - len(_INDENT)
        return Text(_INDENT + (self._clipped(words, code, room) if code else self._cut(printable(words), room)))

    def _clipped(self, words: str, code: str, room: int) -> str:
        """Some words with their code behind them, of which the words are cut where the room is too small."""
        behind = f" [{printable(code)}]"
        return self._cut(printable(words), room - len(behind)) + behind

    def _cut(self, words: str, room: int) -> str:
        return cut(words, room, "..." if self.plain else "\u2026")

    def _wrapped(self, words: str, *, most: int, indent: str = _INDENT) -> Block:
        # A code stays behind the word to which it belongs.
        glued = printable(words).replace(" [", f"{_GLUE}[")
        rows = [row.replace(_GLUE, " ") for row in wrap(glued, self._width - len(indent), break_on_hyphens=False)]
        if len(rows) > most:
            rows = [*rows[: most - 1], self._cut(" ".join(rows[most - 1 :]), self._width - len(indent))]
        return [Text(indent + row) for row in rows]


def _follows(asked: WorthAsking) -> str:
    return answer.each_way(asked.outcomes)
