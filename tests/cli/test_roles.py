"""`encore people grant` and `revoke`: roles, and always an admin."""

import pytest

from tests.cli.conftest import Line

STAFF = """id,name,mail,site,team
1,Dana,dana@example.org,Cebu,Blue
2,Eli,eli@example.org,Cebu,Red
"""
MAPPING = """kind = "people"
source = "directory"
[site]
name = "Cebu"
zone = "Asia/Manila"
[fields]
external_id = "id"
agent = "name"
email = "mail"
site = "site"
team = "team"
"""


@pytest.fixture
def staffed(line: Line) -> Line:
    line.write("staff.csv", STAFF)
    line.write("staff.toml", MAPPING)
    said = line("import", "people", line.folder / "staff.csv", "--mapping", line.folder / "staff.toml")
    assert said.status == 0, said.err
    return line


def roles(line: Line) -> dict[str, list[str]]:
    return {row["name"]: row["roles"] for row in line("people", "list", "--json").json}


def test_roles_are_given_and_taken(staffed: Line) -> None:
    assert staffed("people", "grant", "Dana", "admin").out == "Dana is “admin” now.\n"
    assert staffed("people", "grant", "dana@example.org", "Admin").out == "Dana is “admin” already.\n"
    assert staffed("people", "grant", "Dana", "lead", "--team", "blue").out == "Dana is “lead” of blue now.\n"
    assert staffed("people", "grant", "Eli", "executive").status == 0
    assert roles(staffed) == {"Dana": ["admin", "lead"], "Eli": ["executive"]}
    assert (
        staffed("people", "revoke", "Dana", "lead", "--team", "Cebu/Blue").out
        == "Dana is no longer “lead” of Cebu/Blue.\n"
    )
    assert staffed("people", "revoke", "Dana", "lead", "--team", "Blue").out == "Dana was not “lead” of Blue.\n"


def test_the_last_admin_stays_one(staffed: Line) -> None:
    staffed("people", "grant", "Dana", "admin")
    refused = staffed("people", "revoke", "Dana", "admin")
    assert (refused.status, refused.err) == (1, "Dana is the last admin. Make somebody else an admin first.\n")
    staffed("people", "grant", "Eli", "admin")
    # Eli could not do an admin's work in Slack: nobody there is Eli.
    staffed("people", "link", "Dana", "--slack", "U07DANA00")
    assert staffed("people", "revoke", "Dana", "admin").status == 1
    staffed("people", "link", "Eli", "--slack", "U07ELI000")
    assert staffed("people", "revoke", "Dana", "admin").status == 0
    assert roles(staffed) == {"Dana": [], "Eli": ["admin"]}


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("Dana", "boss"), 1, "“boss” is not a role. Roles are: lead, recovery, executive, admin."),
        (("Dana", "agent"), 1, "“agent” is not a role."),
        (("Dana", "lead"), 1, "A lead leads a team: name it with --team."),
        (("Dana", "admin", "--team", "Blue"), 1, "A lead leads a team"),
        (("Dana", "lead", "--team", "Green"), 3, "There is no team “Green”. Known are: Cebu/Blue, Cebu/Red."),
        (("Nobody", "admin"), 3, "Nobody is called “Nobody”."),
    ],
)
def test_what_cannot_be_says_what_would_work(staffed: Line, words: tuple[str, ...], status: int, told: str) -> None:
    for verb in ("grant", "revoke"):
        said = staffed("people", verb, *words)
        assert said.status == status
        assert told in said.err
