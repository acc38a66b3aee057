"""A mail as the desk sees it: what it says, and what can be known about it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from functools import cached_property
from html.parser import HTMLParser

from .mail_headers import (
    Headers,
    body_digest,
    clean_text,
    decode_words,
    find_addresses,
    find_message_id,
    find_references,
    get_all,
    read_headers,
    single_address,
    split_mail,
)
from .mail_trust import Verdict, automatic_reason, is_bounce, judge

#: Headers that say for whom the mail was, most of them written by mail servers.
RECIPIENT_HEADERS = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "to",
    "cc",
    "resent-to",
    "resent-cc",
)
#: Headers that staff see when they decide about a mail.
SHOWN_HEADERS = (
    "from",
    "to",
    "cc",
    "date",
    "subject",
    "message-id",
    "in-reply-to",
    "reply-to",
    "return-path",
    "delivered-to",
    "auto-submitted",
    "precedence",
    "authentication-results",
    "received-spf",
)


#: Characters of a header that Python reads by a grammar. It looks at all that is left
#: for each quotation mark, so two hundred thousand of them take a quarter of an hour.
MAX_GRAMMAR = 4000
ADDRESS_LISTS = frozenset(
    [
        *("from", "sender", "reply-to", "to", "cc", "bcc"),
        *("resent-from", "resent-sender", "resent-to", "resent-cc", "resent-bcc"),
    ]
)
#: Headers that are plain text, whatever their length.
PLAIN = frozenset(("subject", "references", "in-reply-to", "received"))

#: Steps that reading a text as a page may take; more is a trick, not a letter.
MAX_MARKUP_STEPS = 50_000_000


def count_markup_steps(html: str) -> int:
    """Return how many characters are looked at to find the end of each tag, at most.

    Parsers search from each "<" for its ">", and the framework from each "encoding="
    in it. In a page written for the purpose every search goes to the end in vain, and
    two hundred kilobytes of it take minutes.

    >>> count_markup_steps("<p>1 &lt; 2</p>"), count_markup_steps("<a <a <a ")
    (13, 27)
    """
    return sum(
        len(part) * part.count("<") * (1 + part.count("encoding="))
        for part in html.split(">")
    )


class _ShortHeaders(EmailPolicy):
    """Reads a mail with what of its headers can be read in good time.

    Of a long list of addresses the addresses are left; of anything else that is read
    by a grammar, its beginning.
    """

    def header_source_parse(self, sourcelines: Sequence[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        key = name.lower()
        if len(value) <= MAX_GRAMMAR or key in PLAIN:
            return name, value
        if key in ADDRESS_LISTS:
            return name, ", ".join(find_addresses([value]))
        return name, value[:MAX_GRAMMAR]


_POLICY = _ShortHeaders(linesep="\r\n")


def check_markup(mail: EmailMessage) -> None:
    """Raise ``ValueError`` if a page in the mail would keep whoever reads it busy."""
    length = steps = 0
    pages = (part for part in mail.walk() if part.get_content_type() == "text/html")
    for part in pages:
        with suppress(LookupError, UnicodeError):  # the framework has its own ways
            text = part.get_content()
            # The framework reads everything again for each part that it appends.
            length += len(text)
            steps += length + count_markup_steps(text)
        if steps > MAX_MARKUP_STEPS:
            raise ValueError("Its markup has too many parts, or tags without an end.")


class _TextOfHtml(HTMLParser):
    """Collects the text that a reader would see, and nothing that runs or loads."""

    UNSEEN = {"script", "style", "head", "title", "template"}
    BREAKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "blockquote", "table"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if not self._hidden and tag in self.UNSEEN:
            self._hidden = tag
        elif tag in self.BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def html_to_text(html: str) -> str:
    """Return the text of a page, however broken its markup is.

    >>> html_to_text("<p>Good <b>day</b></p><script>x</script><p>1 &lt; 2")
    'Good day\\n1 < 2'
    """
    if count_markup_steps(html) > MAX_MARKUP_STEPS:
        return clean_text(html)
    reader = _TextOfHtml()
    try:
        reader.feed(html)
        reader.close()
    except Exception:  # noqa: BLE001 markup that the parser does not survive
        return clean_text(html)
    lines = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return clean_text("\n".join(line for line in lines if line))


@dataclass(frozen=True)
class Letter:
    """One received mail. Every property is safe to read, however broken it is."""

    raw: bytes
    authserv_id: str = ""

    @cached_property
    def headers(self) -> Headers:
        return read_headers(self.raw)

    @cached_property
    def message_id(self) -> str:
        return find_message_id(self.headers, self.raw)

    @cached_property
    def digest(self) -> str:
        return body_digest(self.raw)

    @cached_property
    def sender(self) -> str:
        """The address to answer to, "" if there is none."""
        values = get_all(self.headers, "from")
        return single_address(values) or (find_addresses(values) or [""])[0]

    @cached_property
    def sender_name(self) -> str:
        values = get_all(self.headers, "from")
        name = decode_words(values[0]).partition("<")[0] if values else ""
        name = name.strip().strip('"').strip()
        return "" if "@" in name else name[:200]

    @cached_property
    def recipients(self) -> list[str]:
        return find_addresses(get_all(self.headers, *RECIPIENT_HEADERS))

    @cached_property
    def subject(self) -> str:
        return " ".join(decode_words(" ".join(self._subjects)).split())

    @property
    def _subjects(self) -> list[str]:
        return get_all(self.headers, "subject")[:1]

    @cached_property
    def references(self) -> list[str]:
        return find_references(self.headers)

    @cached_property
    def verdict(self) -> Verdict:
        return judge(self.headers, self.authserv_id)

    @cached_property
    def automatic(self) -> str:
        return automatic_reason(self.headers)

    @property
    def is_bounce(self) -> bool:
        return is_bounce(self.headers)

    @property
    def shown_headers(self) -> str:
        """The headers that matter for a decision, decoded, one a line."""
        return "\n".join(
            f"{name.title()}: {decode_words(value)[:1000]}"
            for name, value in self.headers
            if name in SHOWN_HEADERS
        )

    def parse(self) -> EmailMessage:
        """Return the mail parsed by Python; the caller deals with what it raises.

        >>> raw = b"Cc: " + b"a@b.example, " * 400 + b"\\nSubject: x\\n\\n"
        >>> Letter(raw).parse()["Cc"]
        'a@b.example'
        """
        return BytesParser(policy=_POLICY).parsebytes(self.raw)

    def read_text(self) -> str:
        """Return what a reader would see as plain text; never raises."""
        # Broken mails raise a dozen kinds of errors in the standard library.
        with suppress(Exception):
            part = self.parse().get_body(preferencelist=("plain", "html"))
            if part is not None:
                text = part.get_content()
                plain = part.get_content_subtype() != "html"
                return clean_text(text) if plain else html_to_text(text)
        return clean_text(split_mail(self.raw)[1].decode("utf-8", "replace"))
