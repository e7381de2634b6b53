"""The physical lines of a text file, in bounded memory: encodings, every kind of line end, and files that are none."""

import codecs
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import BinaryIO, Final

from bot.errors import InputError
from bot.integrations.cells import guess

LONGEST_LINE: Final = 1 << 20
"""Characters of a line, about; a longer one is left out and `TOO_LONG` stands in its place."""
TOO_LONG: Final = "\0longer than a line may be\0"
NUL: Final = "\0"

_BLOCK: Final = 1 << 16
_ENCODINGS: Final = ("utf-8", "utf-8-sig", "latin-1", "windows-1252", "utf-16", "utf-16-le", "utf-16-be")
_OTHERS: Final = {
    b"PK\x03\x04": "a zip file or an Excel workbook: save the sheet as CSV, or unpack the file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV",
    b"\x1f\x8b": "packed with gzip: unpack it first",
    b"%PDF": "a PDF: export the figures as CSV",
    b"SQLite format 3": "an SQLite database: export the table as CSV",
    b"PAR1": "a Parquet file: export it as CSV or JSON lines",
}


class Lines:
    """The lines of an open file, block by block, each with its line end."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self.position = 0
        """Bytes read so far."""
        self.marked = False
        """Whether any line so far holds a NUL character or is `TOO_LONG`."""

    def blocks(self) -> Iterator[list[str]]:
        """Lists of whole lines; the last line of the file may lack its end."""
        carry = ""
        dropping = False
        while raw := self._file.read(_BLOCK):
            self.position += len(raw)
            text = carry + self._decoder.decode(raw)
            self.marked = self.marked or NUL in text
            # Unlike str.splitlines, this parts lines at \n, \r and \r\n alone.
            lines = StringIO(text, newline="").readlines()
            carry = ""
            # A line that ends in \r stays behind as well: its \n may be in the next block.
            if lines and not lines[-1].endswith("\n"):
                carry = lines.pop()
            if dropping and lines:
                lines[0] = TOO_LONG + _line_end(lines[0])
                dropping = False
            if dropping or len(carry) > LONGEST_LINE:
                dropping = self.marked = True
                carry = "\r" if carry.endswith("\r") else ""
            if lines:
                yield lines
        rest = TOO_LONG if dropping else carry + self._decoder.decode(b"", final=True)
        yield StringIO(rest, newline="").readlines()


def check_text(path: Path, encoding: str | None) -> str:
    """The encoding in which a file is text from its first byte to its last, or an `InputError` with line and byte.

    The whole file is read here before any of its rows is: decoding costs a hundredth of reading rows, and a file in
    the wrong encoding is then refused as a whole.
    """
    _check_file(path)
    if encoding is not None:
        _check_encoding(encoding)
    with path.open("rb") as file:
        head = file.read(8_192)
        if not head.strip():
            raise InputError(f"{path.name} is empty")
        codec = _codec(head, encoding)
        _check_kind(path, head, codec)
        file.seek(0)
        decoder = codecs.getincrementaldecoder(codec)()
        position = 0
        while True:
            raw = file.read(1 << 20)
            # What the decoder still holds of the block before begins the text in which an error is counted.
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(raw, final=not raw)
            except UnicodeError as error:
                at = position - held + (error.start if isinstance(error, UnicodeDecodeError) else 0)
                raise InputError(_undecodable(path, codec, at)) from error
            if not raw:
                return codec
            position += len(raw)


def _check_file(path: Path) -> None:
    if not path.exists():
        raise InputError(f"There is no file {path}")
    if path.is_dir():
        raise InputError(f"{path} is a folder; name one file in it")
    if not path.is_file():
        raise InputError(f"{path} is not an ordinary file; save what it gives to a file first")
    try:
        path.open("rb").close()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def _check_encoding(encoding: str) -> None:
    try:
        # Some codecs are not encodings of text, and one such as "idna" has no place in a file.
        known = codecs.lookup(encoding)._is_text_encoding and bool(codecs.getincrementaldecoder(encoding)())
    except (LookupError, ValueError):
        known = False
    if not known:
        near = guess(encoding, _ENCODINGS)
        raise InputError(
            f'file.encoding "{encoding}" is not known{near}; possible are {", ".join(_ENCODINGS)} and others'
        )


def _codec(head: bytes, encoding: str | None) -> str:
    if encoding is None:
        return "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    name = codecs.lookup(encoding).name
    # With "-sig" a byte order mark may be there or not, which is what is meant. The plain utf-16 takes a mark away too.
    if name == "utf-8":
        return "utf-8-sig"
    marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    return "utf-16" if name in marks and head.startswith(marks[name]) else name


def _check_kind(path: Path, head: bytes, codec: str) -> None:
    for start, what in _OTHERS.items():
        if head.startswith(start):
            raise InputError(f"{path.name} is not text but {what}")
    if codec.startswith(("utf-16", "utf-32")):
        return
    if head.count(0) > len(head) // 4:
        raise InputError(
            f"{path.name} is not {_shown(codec)} text: much of it is zero bytes. "
            'It may be UTF-16 (encoding = "utf-16-le" under [file]) or no text at all'
        )
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b\0" for byte in head)
    if controls > len(head) // 50:
        raise InputError(f"{path.name} is not text but a binary file; export the figures as CSV or JSON lines")


def _undecodable(path: Path, codec: str, at: int) -> str:
    line, rest = 1, ""
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    with path.open("rb") as file:
        left = at
        while left > 0 and (raw := file.read(min(left, 1 << 20))):
            left -= len(raw)
            text = rest + decoder.decode(raw)
            # A \r at the end waits for its \n.
            rest = "\r" if text.endswith("\r") else ""
            text = text.removesuffix("\r")
            line += text.count("\n") + text.count("\r") - text.count("\r\n")
        byte = file.read(1)
    line += bool(rest)
    advice = "" if codec == "cp1252" else '; a file from Excel on Windows is often encoding = "windows-1252"'
    found = f"0x{byte[0]:02x}" if byte else "the end of the file"
    return f"{path.name} is not {_shown(codec)} text: line {line}, byte {at + 1} of the file is {found}{advice}"


def _shown(codec: str) -> str:
    return "utf-8" if codec == "utf-8-sig" else codec


def _line_end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]
