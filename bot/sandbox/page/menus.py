"""Elements to choose from: menus, radio buttons and checkboxes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox.chosen import other_in, people_for, rooms_for
from bot.sandbox.model import Channel, Json, Person
from bot.sandbox.page.markup import NOTHING, Attribute, Html, esc, icon, join, tag
from bot.sandbox.page.place import Place
from bot.sandbox.page.reader import SAFE_LINK, Reader
from bot.sandbox.page.texts import draw_text, words

DEFAULT_MIN_QUERY: Final = 3


@dataclass(frozen=True)
class Choice:
    """One row of a menu."""

    value: str
    text: str
    about: str = ""


@dataclass(frozen=True)
class Group:
    """Rows of a menu under a heading of their own, or under none."""

    label: str
    choices: Sequence[Choice]


Listed = Callable[[Json, Reader], list[Group]]


def draw_select(element: Json, place: Place) -> Html:
    """Draw a menu of which one row can be chosen, with the browser's own control."""
    source = SOURCES[str(element["type"])]
    groups = source.listed(element, place.reader)
    chosen = _chosen(element, source, groups)
    known = {choice.value for group in groups for choice in group.choices}
    groups += [Group("", [choice for choice in chosen if choice.value not in known])]
    wanted = chosen[0].value if chosen else None
    nothing = tag("option", esc(words(element.get("placeholder"), source.asks)), value="")
    rows = [_select_group(group, wanted) for group in groups if group.choices]
    return tag("select", nothing, *rows, class_="field", **place.named(element, source.asks))


def draw_combobox(element: Json, place: Place) -> Html:
    """Draw a field that offers rows while one types: one or many can be chosen, from here or as the app answers."""
    kind = str(element["type"])
    source = SOURCES[kind.removeprefix("multi_")]
    asks = source.asks_many if kind.startswith("multi_") else source.asks
    many, remote = kind.startswith("multi_"), kind.endswith("external_select")
    groups = source.listed(element, place.reader)
    chosen = _chosen(element, source, groups)
    values = {choice.value for choice in chosen}
    typed = tag(
        "input",
        type="text",
        role="combobox",
        class_="combobox-input",
        value=None if many or not chosen else chosen[0].text,
        placeholder=words(element.get("placeholder"), asks),
        autocomplete="off",
        spellcheck="false",
        aria_autocomplete="list",
        aria_expanded="false",
        **place.named(element, asks),
    )
    offered = tag(
        "div",
        *[_offered_group(group, values) for group in groups if group.choices],
        class_="choices",
        role="listbox",
        aria_label="Suggestions",
        aria_multiselectable="true" if many else None,
    )
    said = tag("p", class_="combobox-says", role="status")
    return tag(
        "div",
        tag("ul", *[_token(choice) for choice in chosen], class_="tokens") if many else NOTHING,
        typed,
        icon("down"),
        tag("div", offered, said, class_="popup", popover="manual"),
        class_="combobox field",
        data_value=None if many else chosen[0].value if chosen else "",
        data_text=None if many else chosen[0].text if chosen else "",
        data_many=many,
        data_most=element.get("max_selected_items"),
        data_remote=remote,
        data_least=int(element.get("min_query_length", DEFAULT_MIN_QUERY)) if remote else None,
    )


def draw_overflow(element: Json, place: Place) -> Html:
    """Draw a button with three dots, behind which there are up to five rows."""
    rows = [_overflow_row(option, place.reader) for option in element.get("options", [])]
    opener = tag(
        "button",
        icon("more"),
        type="button",
        class_="button overflow-open",
        id=place.name,
        aria_label="More actions",
        aria_haspopup="menu",
        aria_expanded="false",
    )
    menu = tag("div", *rows, class_="popup menu", role="menu", aria_label="More actions", popover="manual")
    return tag("div", opener, menu, class_="overflow")


def _overflow_row(option: Json, reader: Reader) -> Html:
    address = str(option.get("url") or "")
    opens: dict[str, Attribute] = {"href": address, "target": "_blank", "rel": "noopener noreferrer nofollow"}
    leads = bool(SAFE_LINK.match(address))
    return tag(
        "a" if leads else "button",
        tag("span", draw_text(option.get("text"), reader)),
        _about(option.get("description"), reader),
        role="menuitem",
        tabindex=-1,
        data_value=str(option.get("value", "")),
        **(opens if leads else {"type": "button"}),
    )


def draw_radio_buttons(element: Json, place: Place) -> Html:
    """Draw a group of options of which one can be chosen."""
    return _group(element, place, "radio", "radiogroup", [element.get("initial_option")])


def draw_checkboxes(element: Json, place: Place) -> Html:
    """Draw a group of options of which any can be chosen."""
    return _group(element, place, "checkbox", "group", element.get("initial_options") or [])


def _group(element: Json, place: Place, kind: str, role: str, chosen: Iterable[Any]) -> Html:
    values = {option.get("value") for option in chosen if isinstance(option, dict)}
    rows = [
        tag(
            "label",
            tag(
                "input",
                type=kind,
                name=place.name,
                value=option.get("value", ""),
                checked=option.get("value") in values,
                autofocus=bool(element.get("focus_on_load")) and at == 0,
            ),
            tag("span", draw_text(option.get("text"), place.reader), _about(option.get("description"), place.reader)),
            class_="option",
        )
        for at, option in enumerate(element.get("options", []))
    ]
    about = place.about(element, "Choose one" if kind == "radio" else "Choose any")
    if kind == "checkbox":
        # A group cannot be required as a whole; the label says so in words instead.
        about["aria_required"] = None
    return tag("div", *rows, role=role, class_="options", **about)


def _about(description: Any, reader: Reader) -> Html:
    return tag("span", draw_text(description, reader), class_="about") if description else NOTHING


def _select_group(group: Group, wanted: str | None) -> Html:
    rows = [
        tag(
            "option",
            esc(choice.text),
            value=choice.value,
            title=choice.about or None,
            selected=choice.value == wanted,
        )
        for choice in group.choices
    ]
    return tag("optgroup", *rows, label=group.label) if group.label else join(rows)


def _offered_group(group: Group, chosen: set[str]) -> Html:
    rows = [
        tag(
            "div",
            tag("span", esc(choice.text), class_="choice-text"),
            tag("span", esc(choice.about), class_="about") if choice.about else NOTHING,
            role="option",
            class_="choice",
            data_value=choice.value,
            aria_selected="true" if choice.value in chosen else "false",
        )
        for choice in group.choices
    ]
    if not group.label:
        return join(rows)
    heading = tag("div", esc(group.label), class_="choice-heading", aria_hidden="true")
    return tag("div", heading, *rows, role="group", aria_label=group.label)


def _token(choice: Choice) -> Html:
    remove = tag("button", type="button", class_="remove", aria_label=f"Remove {choice.text}")
    return tag("li", tag("span", esc(choice.text)), remove, class_="token", data_value=choice.value)


def _chosen(element: Json, source: "Source", groups: Sequence[Group]) -> list[Choice]:
    """Return what is chosen at first, as the menu itself calls it if it lists it."""
    known = {choice.value: choice for group in groups for choice in group.choices}
    first = element.get(source.initial)
    rows = [first] if first else list(element.get(f"{source.initial}s") or [])
    chosen = [_choice(row) if isinstance(row, dict) else Choice(str(row), str(row)) for row in rows]
    return [known.get(choice.value, choice) for choice in chosen]


def _choice(option: Json) -> Choice:
    return Choice(str(option.get("value", "")), words(option.get("text")), words(option.get("description")))


def _options(element: Json, _: Reader) -> list[Group]:
    groups = [Group("", [_choice(option) for option in element.get("options") or []])]
    return groups + [
        Group(words(group.get("label")), [_choice(option) for option in group.get("options") or []])
        for group in element.get("option_groups") or []
    ]


def _people(_: Json, reader: Reader) -> list[Group]:
    people = sorted(people_for(reader.workspace), key=lambda person: person.real_name.casefold())
    return [Group("", [_person(person) for person in people])]


def _person(person: Person) -> Choice:
    return Choice(person.slack_id, person.real_name, person.title)


def _rooms(element: Json, reader: Reader) -> list[Group]:
    return [Group("", [_room(room, reader) for room in rooms_for(element, reader.person, reader.workspace)])]


def _room(room: Channel, reader: Reader) -> Choice:
    other = other_in(room, reader.person, reader.workspace)
    return Choice(room.slack_id, other.real_name if room.is_im else f"#{room.name}")


@dataclass(frozen=True)
class Source:
    """Where a menu's rows come from, the field of what is chosen at first, and what it says with nothing chosen."""

    listed: Listed
    initial: str
    asks: str
    asks_many: str


SOURCES: Final[dict[str, Source]] = {
    "static_select": Source(_options, "initial_option", "Choose an option", "Choose options"),
    "external_select": Source(lambda _, __: [], "initial_option", "Type to search", "Type to search"),
    "users_select": Source(_people, "initial_user", "Choose a person", "Choose people"),
    "conversations_select": Source(_rooms, "initial_conversation", "Choose a conversation", "Choose conversations"),
    "channels_select": Source(_rooms, "initial_channel", "Choose a channel", "Choose channels"),
}
