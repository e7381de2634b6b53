"""The sample comes in through the same door as any source: imports, page by page."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlmodel import Session
