"""`encore programme` and `encore site`."""

import tomllib

from tests.cli.conftest import Line


def test_what_is_shown_can_be_applied_and_is_shown_again(line: Line) -> None:
    shown = line("programme", "show")
    assert (shown.status, shown.err) == (0, "")
    file = line.write("programme.toml", shown.out.replace('ask = "your lead"', 'ask = "the [desk] of O\'Neill"'))
    said = line("programme", "apply", file)
    assert (said.status, said.out) == (0, "Version 1 of the programme is in force.\n")
    again = line("programme", "show").out
    assert tomllib.loads(again) == {**tomllib.loads(shown.out), "ask": "the [desk] of O'Neill"}
    assert line("programme", "apply", line.write("again.toml", again)).out.startswith("Version 2")


def test_a_file_made_of_an_older_version_overwrites_nothing(line: Line) -> None:
    mine, theirs = (line.write(name, line("programme", "show").out) for name in ("mine.toml", "theirs.toml"))
    assert line("programme", "apply", theirs).out.startswith("Version 1")
    said = line("programme", "apply", mine)
    assert (said.status, said.out) == (1, "")
    assert "has changed since version 0, of which this file was made: version 1 is in force" in said.err
    assert line("programme", "show").out.startswith("# version 1: ")
    without = line.write("without.toml", "\n".join(mine.read_text().splitlines()[1:]))
    assert line("programme", "apply", without).out.startswith("Version 2")


def test_an_empty_document_is_a_programme_and_unknown_sites_are_named(line: Line) -> None:
    line("site", "add", "Cebu", "Asia/Manila")
    file = line.write(
        "p.toml",
        '[sites.Cebu]\nmode = "live"\nlive_from = 2026-03-05\nchannel = "#wins"\n[sites.Sebu]\n'
        '[[rewards]]\nkey = "mug"\ntitle = "A mug"\nprice = 5\nsites = ["Cebu", "Lisbon"]\n',
    )
    said = line("programme", "apply", file)
    assert "Nobody works at “Sebu” yet" in said.out
    assert "Nobody works at “Lisbon” yet" in said.out
    assert "“Cebu”" not in said.out
    listed = line("site", "list").out
    assert "Asia/Manila" in listed
    assert "live from 2026-03-05  #wins" in listed
    assert line("programme", "apply", line.write("empty.toml", "")).out == "Version 2 of the programme is in force.\n"


def test_what_must_not_be_is_refused_with_the_field_and_the_reason(line: Line) -> None:
    before = line("programme", "show").out
    cases = {
        '[[boards]]\nkey = "fast"\nmetric = "handle_time"': ("boards.0.metric", "a long contact is never a fault"),
        '[[boards]]\nkey = "x"\nmetric = "speed"': ("boards.0.metric", "there is no metric “speed”"),
        '[[boards]]\nkey = "a"\n[[boards]]\nkey = "a"': ("boards", "two boards have the key “a”"),
        '[sites.Cebu]\nmode = "live"': ("sites.Cebu", "a live site needs live_from"),
        '[sites.Cebu]\nmode = "loud"': ("sites.Cebu.mode", "'private'"),
        "[targets]\nspeed = 1": ("targets", "there is no metric “speed”"),
        'colour = "blue"': ("colour", "there is no such setting here"),
        "new_agent_days = -1": ("new_agent_days", "greater than or equal to 0"),
        "boards = [": ("programme.toml is not TOML", ""),
    }
    for document, told in cases.items():
        said = line("programme", "apply", line.write("programme.toml", document))
        assert (said.status, said.out) == (1, "")
        assert all(words in said.err for words in told), said.err
    assert line("programme", "show").out == before
    missing = line("programme", "apply", line.folder / "none.toml")
    assert missing.status == 1
    assert "cannot be read" in missing.err


def test_a_site_is_added_once_and_needs_a_real_zone(line: Line) -> None:
    for _ in range(2):
        said = line("site", "add", " Cebu ", "Asia/Manila")
        assert (said.status, said.out) == (0, "Cebu is there, in Asia/Manila.\n")
    assert line("site", "list").out.count("Cebu") == 1
    said = line("site", "add", "Atlantis", "Sea/Deep")
    assert (said.status, said.out) == (1, "")
    assert "“Sea/Deep” is not a time zone" in said.err
    assert line("site", "add", "cebu", "Europe/Lisbon").status == 1
    assert line("site", "add", "Cebu").status == 2
