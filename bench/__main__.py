"""Runs the benchmarks named on the command line, or all of them."""

import sys

from bench import imports, ledger, mystats, page, rewards

BENCHES = {
    "imports": imports.run,
    "ledger": ledger.run,
    "mystats": mystats.run,
    "page": page.run,
    "rewards": rewards.run,
}


def main() -> None:
    """Run what is asked for and print a line a figure."""
    names = sys.argv[1:] or list(BENCHES)
    unknown = [n for n in names if n not in BENCHES]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]}; these are: {', '.join(BENCHES)}.")
    for name in names:
        print(f"== {name}")
        BENCHES[name]()


if __name__ == "__main__":
    main()
