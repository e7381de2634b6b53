"""Runs the benchmarks named on the command line, or all of them; a number says for how many people, where that counts."""

import sys

from bench import awards, imports, ledger, mystats, page, report, rewards

BENCHES = {
    "imports": imports.run,
    "ledger": ledger.run,
    "mystats": mystats.run,
    "page": page.run,
}
OF_PEOPLE = {
    "awards": awards.run,
    "report": report.run,
    "rewards": rewards.run,
}
PEOPLE = 50_000


def main() -> None:
    """Run what is asked for and print a line a figure."""
    given = sys.argv[1:]
    people = next((int(word) for word in given if word.isdecimal()), PEOPLE)
    names = [word for word in given if not word.isdecimal()] or sorted([*BENCHES, *OF_PEOPLE])
    unknown = [n for n in names if n not in BENCHES and n not in OF_PEOPLE]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]}; these are: {', '.join(sorted([*BENCHES, *OF_PEOPLE]))}.")
    for name in names:
        print(f"== {name}", flush=True)
        if name in BENCHES:
            BENCHES[name]()
        else:
            OF_PEOPLE[name](people)


if __name__ == "__main__":
    main()
