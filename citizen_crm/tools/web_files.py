"""Which files residents may send, decided by their content and not by their name."""

import io
import re
import unicodedata
import zipfile
from typing import NamedTuple

from .web_input import InputError

MEGABYTE = 1024 * 1024
MAX_FILES = 10
MAX_FILE_BYTES = 10 * MEGABYTE
_NAME_LIMIT = 120
#: The kinds that are taken, with the ending each file gets.
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
#: For the file picker of the browser.
ACCEPT = ",".join([*ENDINGS.values(), ".jpeg", ".heif"])
#: Pictures that a page may show itself; the others are downloaded.
SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_HEADS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
)
_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"isom": "video/mp4",
    b"iso2": "video/mp4",
    b"mp41": "video/mp4",
    b"mp42": "video/mp4",
    b"avc1": "video/mp4",
    b"M4V ": "video/mp4",
    b"3gp4": "video/mp4",
    b"3gp5": "video/mp4",
}
_MARKUP = re.compile(rb"<\s*(?:[!?/]|[a-z])", re.IGNORECASE)


class WebFile(NamedTuple):
    """A file that may be stored."""

    name: str
    mimetype: str
    content: bytes


def check_file(name: str | None, content: bytes) -> WebFile:
    """Return the file under a harmless name, its kind told by its content.

    Codes: ``empty``, ``too_big``, ``kind``.

    >>> check_file("../../etc/scan.PDF", b"%PDF-1.7 ...")[:2]
    ('scan.pdf', 'application/pdf')
    """
    if not content:
        raise InputError("empty")
    if len(content) > MAX_FILE_BYTES:
        raise InputError("too_big", MAX_FILE_BYTES // MEGABYTE)
    mimetype = sniff(content)
    if mimetype not in ENDINGS:
        raise InputError("kind")
    return WebFile(safe_name(name, ENDINGS[mimetype]), mimetype, content)


def sniff(content: bytes) -> str:
    """Return the media type of some content, or '' when it is none we know.

    >>> sniff(b"plain words"), sniff(b"<svg onload=alert(1)>"), sniff(b"MZ\\x90\\x00")
    ('text/plain', '', '')
    """
    for head, mimetype in _HEADS:
        if content.startswith(head):
            return mimetype
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], "")
    if content[:4] == b"PK\x03\x04":
        return _sniff_archive(content)
    if len(content) > 1 and content[0] == 0xFF and content[1] in (0xFB, 0xF3, 0xF2):
        return "audio/mpeg"
    return "text/plain" if _is_plain_text(content) else ""


def _sniff_archive(content: bytes) -> str:
    """Tell office documents from other archives; one with macros is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()[:5000]
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return ""
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return archive.read("mimetype").decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, OSError):
        return ""
    prefix = "application/vnd.openxmlformats-officedocument."
    if "word/document.xml" in names:
        return prefix + "wordprocessingml.document"
    if "xl/workbook.xml" in names:
        return prefix + "spreadsheetml.sheet"
    return ""


def _is_plain_text(content: bytes) -> bool:
    if b"\x00" in content or _MARKUP.search(content[:4096]):
        return False
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(
        unicodedata.category(char) == "Cc" and char not in "\r\n\t\f" for char in text
    )


def safe_name(name: str | None, ending: str) -> str:
    """Return a file name without folders or odd characters, with the right ending.

    >>> safe_name("C:\\\\temp\\\\pho\\u202eto\\n.exe.jpeg", ".jpg")
    'photo.exe.jpg'
    >>> safe_name("...", ".pdf")
    'file.pdf'
    """
    base = re.split(r"[\\/]", name or "")[-1]
    base = "".join(
        char
        for char in unicodedata.normalize("NFC", base)
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        and char not in '<>:"|?*;'
    )
    stem = base.rsplit(".", 1)[0] if "." in base else base
    stem = stem.strip(" .")[:_NAME_LIMIT].strip(" .")
    return (stem or "file") + ending
