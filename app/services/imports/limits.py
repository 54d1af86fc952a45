"""How large a file may be that is imported, so that no file, broken or hostile, can exhaust the machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.errors import Invalid

MEBI: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of one file.  ``ratio_max`` is unpacked bytes for one packed byte, from ``ratio_free_bytes`` on."""

    bytes_max: int = 1024 * MEBI  # unpacked
    ratio_max: int = 200
    ratio_free_bytes: int = 16 * MEBI
    rows_max: int = 2_000_000
    columns_max: int = 500
    cells_max: int = 20_000_000  # of a worksheet, empty ones included: that is what is kept in memory
    parts_max: int = 10_000  # files inside a workbook
    line_max: int = 8 * MEBI  # characters between two line ends of text
    record_lines_max: int = 500  # lines of one row: more means a quotation mark that is never closed

    def check_unpacked(self, packed: int, unpacked: int) -> None:
        """Refuse (Invalid) what unpacks to too much, alone or for its packed size."""
        if unpacked > self.bytes_max:
            raise Invalid(
                "file",
                f"The file is larger than {self.bytes_max // MEBI:,} MB when unpacked. Nothing was imported. "
                "Split it into smaller files.",
            )
        if unpacked > self.ratio_free_bytes and unpacked > packed * self.ratio_max:
            raise Invalid(
                "file",
                f"The file unpacks to more than {self.ratio_max} times its size, as damaged or hostile files do. "
                "Nothing was imported. If you trust it, unpack it yourself and import the unpacked file.",
            )

    def check_rows(self, rows: int) -> None:
        """Refuse (Invalid) a file with too many rows."""
        if rows > self.rows_max:
            raise Invalid(
                "file", f"The file has more than {self.rows_max:,} rows. Nothing was imported. Split it into parts."
            )

    def check_columns(self, row: int, columns: int) -> None:
        """Refuse (Invalid) a row with too many cells."""
        if columns > self.columns_max:
            raise Invalid(
                "file",
                f"Row {row:,} has {columns:,} cells; at most {self.columns_max} are read. Nothing was imported. "
                "Delete the columns you do not need, or check the delimiter.",
            )

    def check_line(self, row: int, line: str) -> None:
        """Refuse (Invalid) a line of text without end."""
        if len(line) >= self.line_max and not line.endswith(("\r", "\n")):
            raise Invalid(
                "file",
                f"Row {row:,} is a line of more than {self.line_max // MEBI} million characters. Nothing was imported. "
                "Check that the file is a table, one row a line.",
            )


DEFAULT: Final = Limits()
