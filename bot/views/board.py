"""A posted leaderboard: the top, who improved most, everybody together. Never the bottom."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.domain.board import BoardPost, BoardRow, Newcomers
from bot.domain.metrics import METRICS, Adjust, Metric
from bot.domain.periods import Period
from bot.views.blocks import context, data_table, header, mrkdwn, number_cell, plain, rich_text, run, section, text_cell
from bot.views.figures import (
    ENGLISH,
    count_words,
    made_of,
    made_of_title,
    moment_mrkdwn,
    moment_words,
    ordinal,
    period_words,
    step_words,
    value_words,
)
from bot.views.message import Block, Message
from bot.views.names import among_words, escaped, name_of, one_line

MOST_CHARACTERS: Final = 12_000
"""Of a whole message as JSON; Slack takes about 13,200, and delivery adds its own id."""

_MOST_ROWS: Final = 50
_MOST_IN_TEXT: Final = 10
_MEDALS: Final = {1: "🥇 ", 2: "🥈 ", 3: "🥉 "}
_DOOR: Final = "`/mystats` shows your own place, to you alone."

_Names = Mapping[int, str]
_Places = Callable[[str, Metric, Sequence[BoardRow], _Names], Block]
"""Shows places under a caption."""


def native(post: BoardPost, names: _Names) -> Message:
    """Return the board with tables that sort by themselves, for workspaces that have the blocks of 2026."""
    return _fitting(post, names, _table)


def classic(post: BoardPost, names: _Names) -> Message:
    """Return the board in blocks that every workspace has."""
    return _fitting(post, names, _listing)


def _fitting(post: BoardPost, names: _Names, places: _Places) -> Message:
    """Render; while the whole is longer than Slack takes, leave out the last place shown, with all who share it."""
    while True:
        shown = len(post.rows) + (len(post.newcomers.rows) if post.newcomers else 0)
        if shown <= _MOST_ROWS or not shown:
            message = _message(post, names, places)
            if not shown or len(json.dumps([message.text, message.blocks])) < MOST_CHARACTERS:
                return message
        post = _without_last_place(post)


def _without_last_place(post: BoardPost) -> BoardPost:
    newcomers = post.newcomers
    if newcomers is None or len(post.rows) > len(newcomers.rows):
        return replace(post, rows=[row for row in post.rows if row.place != post.rows[-1].place])
    rest = [row for row in newcomers.rows if row.place != newcomers.rows[-1].place]
    return replace(post, newcomers=replace(newcomers, rows=rest) if rest else None)


def _message(post: BoardPost, names: _Names, places: _Places) -> Message:
    metric = METRICS[post.metric]
    blocks = [
        header(f"{metric.title} · {one_line(post.site)}"),
        context(plain(_period(post))),
        _top(post, metric, names, places),
    ]
    improved = _improved(post, metric, names)
    if improved is not None:
        name, rise = improved
        blocks.append(rich_text(run("📈 Most improved: ", bold=True), run(among_words(name)), run(f" · {rise}")))
    if post.newcomers is not None and post.newcomers.rows:
        blocks.append(places(_caption(post.newcomers), metric, post.newcomers.rows, names))
    blocks.append(section(f"*Together:* {_together(post, metric)}"))
    blocks.append(context(*(mrkdwn(line) for line in _small_print(post, metric))))
    return Message(_text(post, metric, names), blocks)


def _top(post: BoardPost, metric: Metric, names: _Names, places: _Places) -> Block:
    if not post.rows:
        return section(_nobody(post))
    return places(f"The top by {_lowered(metric.title)}", metric, post.rows, names)


def _nobody(post: BoardPost) -> str:
    """Say why nobody is listed: a board shows at most half of those ranked, and of people who tie all or none."""
    if post.ranked >= 2:
        return "So many share the same place that nobody is singled out this time."
    return "There were too few answers to rank anybody this time. What everybody reached together counts all the same."


def _table(caption: str, metric: Metric, rows: Sequence[BoardRow], names: _Names) -> Block:
    cells = [
        [
            number_cell(row.place, f"{_MEDALS.get(row.place, '')}{row.place}"),
            text_cell(name_of(row.person_id, names)),
            number_cell(round(row.value, 4), value_words(metric, row.value, ENGLISH)),
            number_cell(row.count, count_words(row.count, ENGLISH)),
        ]
        for row in rows
    ]
    return data_table(caption, ("Place", "Agent", metric.title, made_of_title(metric)), cells, named_by=1)


def _listing(caption: str, metric: Metric, rows: Sequence[BoardRow], names: _Names) -> Block:
    runs = [run(caption, bold=True)]
    for row in rows:
        figures = f"{value_words(metric, row.value, ENGLISH)} · {made_of(metric, row.count, ENGLISH)}"
        runs.append(run(f"\n{_MEDALS.get(row.place, '')}{row.place}. "))
        runs.append(run(among_words(name_of(row.person_id, names)), bold=True))
        runs.append(run(f" · {figures}"))
    return rich_text(*runs)


def _caption(newcomers: Newcomers) -> str:
    return f"New here (first {newcomers.days} days), ranked among themselves"


def _improved(post: BoardPost, metric: Metric, names: _Names) -> tuple[str, str] | None:
    """Return the name and the rise in words; None where nobody rose."""
    if post.improved is None or post.improved.rise <= 0:
        return None
    rise = step_words(metric, post.improved.rise, ENGLISH)
    told = f"{rise} on their own {post.period.value} before"
    return name_of(
        post.improved.person_id, names
    ), told if metric.adjust is Adjust.NONE else f"{told}, adjusted for few answers"


def _together(post: BoardPost, metric: Metric) -> str:
    contacts = f"{count_words(post.contacts, ENGLISH)} {'contact' if post.contacts == 1 else 'contacts'}"
    value = value_words(metric, post.value, ENGLISH)
    return (
        f"{value} · {contacts}"
        if post.value is None
        else f"{value} from {made_of(metric, post.count, ENGLISH)} · {contacts}"
    )


def _small_print(post: BoardPost, metric: Metric) -> list[str]:
    fresh = f"{moment_mrkdwn('Figures as of', post.as_of, 'UTC', ENGLISH)}."
    lines = [_how_ranked(post, metric), fresh, _DOOR]
    return [_still_open(post), *lines] if post.open_shifts else lines


def _still_open(post: BoardPost) -> str:
    shifts = "shift" if post.open_shifts == 1 else "shifts"
    verb = "is" if post.open_shifts == 1 else "are"
    return f"{count_words(post.open_shifts, ENGLISH)} {shifts} of that {post.period.value} {verb} still open."


def _how_ranked(post: BoardPost, metric: Metric) -> str:
    way = "" if metric.adjust is Adjust.NONE else " by a value adjusted for few answers"
    least = made_of(metric, post.minimum_count, ENGLISH)
    return f"Ranked{way}; fewer than {least} are not ranked." if post.minimum_count > 1 else f"Ranked{way}."


def _text(post: BoardPost, metric: Metric, names: _Names) -> str:
    sentences = [f"{metric.title} in {escaped(one_line(post.site))}, {_period(post)}."]
    sentences.append(_listed(metric, post.rows, names) if post.rows else _nobody(post))
    improved = _improved(post, metric, names)
    if improved is not None:
        sentences.append(f"Most improved: {escaped(among_words(improved[0]))}, {improved[1]}.")
    if post.newcomers is not None and post.newcomers.rows:
        sentences.append(f"{_caption(post.newcomers)}: {_listed(metric, post.newcomers.rows, names)}")
    sentences.append(f"Together: {_together(post, metric)}.")
    if post.open_shifts:
        sentences.append(_still_open(post))
    sentences.append(f"Figures as of {moment_words(post.as_of, 'UTC', ENGLISH)}.")
    sentences += [_how_ranked(post, metric), _DOOR]
    return " ".join(sentences)


def _listed(metric: Metric, rows: Sequence[BoardRow], names: _Names) -> str:
    listed = ", ".join(_in_text(metric, row, names) for row in rows[:_MOST_IN_TEXT])
    more = len(rows) - _MOST_IN_TEXT
    return f"{listed}, and {more} more." if more > 0 else f"{listed}."


def _in_text(metric: Metric, row: BoardRow, names: _Names) -> str:
    name = escaped(among_words(name_of(row.person_id, names)))
    value = value_words(metric, row.value, ENGLISH)
    return f"{ordinal(row.place)} {name} with {value} from {made_of(metric, row.count, ENGLISH)}"


def _period(post: BoardPost) -> str:
    return period_words(Period(post.first, post.last, post.period), ENGLISH)


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]
