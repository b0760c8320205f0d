"""Files that are refused whole, each with the line where it went wrong."""

from paywall.errors import BadInput


class FileRefused(BadInput):
    """This file can't be read."""

    code = "file_refused"

    def __init__(self, sentence: str, line: int | None = None) -> None:
        """Name the `line` where it went wrong, counted from 1; None for a file that has none."""
        self.line = line
        super().__init__("file", sentence if line is None else f"Line {line}: {sentence}")


class NoCsv(FileRefused):
    """This is no CSV file: an archive, a workbook, a picture."""

    status = 415
    code = "no_csv"


def no_header() -> FileRefused:
    """Return what an empty file is refused with."""
    return FileRefused("The file has no header: its first line must name the columns.")


def not_utf8(line: int) -> FileRefused:
    """Return what another encoding is refused with."""
    return FileRefused("This is not UTF-8. Save the file as “CSV UTF-8” and send it again.", line)
