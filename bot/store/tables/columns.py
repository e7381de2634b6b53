"""The column types that tables share."""

from typing import Final

from sqlalchemy import BigInteger, Integer

WIDE: Final = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit whole number on both databases. SQLite numbers rows by itself only where the type reads INTEGER, and there
every INTEGER has 64 bits."""
