"""The errors a user may see.  Everything else that is raised is a bug.

Each text says what happened, what was kept and what to do next; views show it as it is.
"""

from __future__ import annotations


class UserError(Exception):
    """Something the user can put right; the text is shown to them as it is."""


class NotFound(UserError):
    """The record was deleted or never existed."""

    def __init__(self, what: str, key: object) -> None:
        super().__init__(f"{what} {key} does not exist (any more). Refresh the list and try again.")


class NotAllowed(UserError):
    """The record's state, or the stock, forbids the action.  Nothing was changed."""


class Invalid(UserError):
    """A value cannot be taken; ``field`` names the place where it was typed."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class Conflict(UserError):
    """Someone else changed the same record first."""

    def __init__(self, what: str = "this record") -> None:
        super().__init__(f"Someone else changed {what} meanwhile. Your change was not saved; look at it again.")


class Unavailable(UserError):
    """The database cannot be reached, is locked, read-only, full or too new.

    Nothing was changed, unless the text says that this is not known.
    """
