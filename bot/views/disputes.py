"""Questions about an entry: the form to ask, the request to whoever answers, and the answer."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from bot.domain import adjustments
from bot.domain.disputes import MOST_WORDS, Case, Earlier, Moved
from bot.domain.people import Reader
from bot.domain.points import MOST_QUESTIONS, Asked, Entry
from bot.views.blocks import actions, button, context, plain, rich_text, run
from bot.views.form import Form, choice_field, text_field
from bot.views.message import Block, Message
from bot.views.names import SOMEBODY, among_words, either, escaped, name_of, one_line
from bot.views.points import entry_line
from bot.views.words import Words

FORM: Final = "dispute_ask"
ANSWER: Final = "dispute_answer"
ONLY: Final = "only"
CORRECT: Final = "correct"

NOT_FOR_YOU: Final = (
    "That is for a lead of whoever asked who had no part in the entry, or for an admin; nobody answers their own."
)

_LATE: Final = "Somebody was quicker than you."
_WITH_ADMINS: Final = "This is with the admins now."
_WHERE_TO: Final = "It goes to your lead, or to an admin where your lead had a part in it. You get an answer here."
_ALONG: Final = f"What was said before goes with it. One entry can be asked about {MOST_QUESTIONS} times."
_ERASED: Final = "(the words are no longer kept)"
_MOST_OF_AN_ENTRY: Final = 200
_MOST_OF_EARLIER: Final = 200
_CORRECTED: Final = MappingProxyType(
    {
        adjustments.State.DONE: " The entry was taken back.",
        adjustments.State.WAITING: " The entry is taken back as soon as a second admin approves it.",
        adjustments.State.DECLINED: " A second admin declined to take the entry back.",
        adjustments.State.REFUSED: " The entry could not be taken back: that had happened already, or it was spent.",
    }
)


def question(entry: Entry, reader: Reader, words: Words, before: Moved | None = None) -> Form:
    """Return the form in which somebody says what seems wrong with an entry of theirs; `before`: what was answered."""
    earlier: list[Block] = []
    if before is not None and before.case is not None:
        told = Words(before.names, before.texts)
        earlier = [rich_text(run(line)) for line in _exchanges(before.case.exchanges(), "You", told)]
    return Form(
        FORM, "Something wrong?",
        [
            rich_text(run(entry_line(entry, reader, words, _MOST_OF_AN_ENTRY))), *earlier,
            text_field("words", "What seems wrong?", lines=True, most=MOST_WORDS),
            context(plain(" ".join(filter(None, (_WHERE_TO, _ALONG if earlier else ""))))),
        ],
        submit="Send", note=str(entry.id),
    )  # fmt: skip


def asked(came: Moved, locale: str) -> Message:
    """Tell whoever asked where the question went; where they had asked already, what became of it."""
    assert came.case is not None
    case, words = came.case, Words(came.names, came.texts, locale=locale)
    if case.state is Asked.ANSWERED:
        return answered(case, words)
    whom = either([among_words(one_line(name)) for name in came.deciders])
    said = f"{whom} can answer your question, and you read the answer here in Slack."
    if not whom:
        said = "Your question is kept. There is nobody in Slack yet who could answer it: ask your admin to look."
    if not came.taken:
        said = f"You asked about this entry already, and there is one question for each. {said}"
    return Message(escaped(said), [rich_text(run(said))])


def request(case: Case, words: Words, *, late: bool = False) -> Message:
    """Return a question as whoever answers sees it, with what they can do; `late` where somebody else was quicker."""
    who = _name(case.person_id, words)
    entry = entry_line(case.entry, _at(words), words, _MOST_OF_AN_ENTRY)
    asks = "asks again" if case.earlier else "asks"
    lines = [
        *_exchanges(case.earlier, who, words), f"{who} {asks} about an entry of their points ({entry}):",
        _words(case.text_id, words),
        *([f"{_name(case.by, words)} answered: {_words(case.answer_text_id, words)}"] if case.by is not None else []),
        *([_CORRECTED[case.correction].strip()] if case.correction is not None else []),
    ]  # fmt: skip
    blocks = [rich_text(run(line)) for line in lines]
    if late:
        blocks.append(context(plain(_LATE)))
    if case.state is Asked.ADMINS:
        blocks.append(context(plain(_WITH_ADMINS)))
    if case.state is not Asked.ANSWERED:
        doors = [button("dispute_answer", "Answer", str(case.id), style="primary")]
        if case.state is Asked.LEAD:
            doors.append(button("dispute_pass", "Pass on to the admins", str(case.id)))
        blocks.append(actions(*doors))
    text = " ".join([*([_LATE] if late else []), *lines])
    return Message(escaped(text), blocks)


def answering(seen: Moved, locale: str) -> Form:
    """Return the form for an answer; an admin may take the entry back with it."""
    assert seen.case is not None
    case, words = seen.case, Words(seen.names, seen.texts, locale=locale)
    earlier = _exchanges(case.earlier, _name(case.person_id, words), words)
    blocks: list[Block] = [
        *(rich_text(run(line)) for line in earlier),
        rich_text(run(f"{_name(case.person_id, words)} asks about this: {entry_line(case.entry, _at(words), words, _MOST_OF_AN_ENTRY)}")),
        rich_text(run(_words(case.text_id, words))),
        text_field("words", "Your answer", lines=True, most=MOST_WORDS),
    ]  # fmt: skip
    if seen.may_correct:
        choices = {ONLY: "Only answer", CORRECT: "Answer, and take the entry back"}
        blocks.append(choice_field(
            "correct", "And the entry?", choices, initial=ONLY, radio=True,
            hint="Taken back, it goes back from everybody who got it, with your answer as the reason.",
        ))  # fmt: skip
    return Form(ANSWER, "Answer a question", blocks, submit="Send", note=str(case.id))


def sent(came: Moved, locale: str) -> Message:
    """Tell whoever answered what came of it."""
    assert came.case is not None
    case, words = came.case, Words(came.names, came.texts, locale=locale)
    if not came.taken:
        return request(case, words, late=True)
    corrected = "" if case.correction is None else _CORRECTED[case.correction]
    said = f"{_name(case.person_id, words)} gets your answer.{corrected}"
    return Message(escaped(said), [rich_text(run(said))])


def answered(case: Case, words: Words) -> Message:
    """Return the answer as whoever asked gets it."""
    by = _by(case.by, words)
    corrected = "" if case.correction is None else _CORRECTED[case.correction]
    lines = [
        f"{by} answered your question about an entry of your points ({entry_line(case.entry, _at(words), words, _MOST_OF_AN_ENTRY)}):",
        f"{_words(case.answer_text_id, words)}", *([corrected.strip()] if corrected else []),
    ]  # fmt: skip
    again = "If there is more to say, talk to them, or ask once more in /encore points."
    enough = f"You asked {MOST_QUESTIONS} times about it. If there is more to say, talk to them."
    small = again if case.may_ask_again else enough
    return Message(
        escaped(" ".join([*lines, small])), [*(rich_text(run(line)) for line in lines), context(plain(small))]
    )


def _exchanges(earlier: Sequence[Earlier], who: str, words: Words) -> list[str]:
    """Return what was asked and answered before, two lines a question; `who` asked."""
    return [
        line
        for one in earlier
        for line in (
            f"{who} asked before: {_words(one.text_id, words, _MOST_OF_EARLIER)}",
            f"{_by(one.by, words)} answered: {_words(one.answer_text_id, words, _MOST_OF_EARLIER)}",
        )
    ]


def _at(words: Words) -> Reader:
    """Return how an entry of somebody else's is read: one zone for all who read it, and one's own numbers."""
    return Reader("UTC", words.locale)


def _name(person_id: int | None, words: Words) -> str:
    return among_words(name_of(person_id or 0, words.names))


def _by(person_id: int | None, words: Words) -> str:
    return SOMEBODY if person_id is None else _name(person_id, words)


def _words(text_id: int | None, words: Words, most: int = MOST_WORDS) -> str:
    written = one_line(words.texts.get(text_id or 0, ""), most)
    return f"“{written}”" if written else _ERASED
