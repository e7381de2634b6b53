"""The errors whose text is for the person who reads it."""

from collections.abc import Mapping, Sequence


class EncoreError(Exception):
    """Something went wrong that the person can understand; `str(error)` is written for them."""


class NotFoundError(EncoreError):
    """What was named is not known, or fits several. `nearest` holds the names that come closest."""

    def __init__(self, message: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.nearest = tuple(nearest)


class RefusedError(EncoreError):
    """The deed is understood and not allowed; nothing was changed."""


class ForbiddenError(RefusedError):
    """Whoever asked may not have that, whatever else is so. Whoever answers it in Slack writes it down.

    `what` says what was asked for, where its name in Slack does not.
    """

    def __init__(self, message: str, what: str = "") -> None:
        super().__init__(message)
        self.what = what


class InputError(EncoreError):
    """A file, mapping or setting does not have the form it must have; nothing was saved."""


class FormError(InputError):
    """What stands in a form cannot be; `fields` says what is wrong, by the field's name. Nothing was saved."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("\n".join(fields.values()))
        self.fields = dict(fields)


class DatabaseError(EncoreError):
    """The database did not do what it was asked, for now or for good: it is locked, full, or out of reach."""
