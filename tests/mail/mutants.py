"""Accidents that happen to mails, and tricks that are played with them.

Every mutation is a function of a mail and of chance; the same seed makes the same
mails.
"""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

Chance = random.Random
Mutation = Callable[[bytes, Chance], bytes]

ADDRESS_HEADERS = (b"From", b"To", b"Cc", b"Reply-To", b"Delivered-To")
GIANT = 200_000
INVALID_ADDRESSES = (
    b"",
    b"@",
    b"<>",
    b"Ada Fox",
    b"ada@",
    b"@example.com",
    b"ada@@example.com",
    b"ada@example..com",
    b'"Ada <ada@example.com>" <mallory@example.org>',
    b"ada@example.com <mallory@example.org>, eve@example.net",
    b"<<ada@example.com>>",
    b"ada(comment (nested)@example.com",
    b'"unclosed <ada@example.com>',
    b"ada@[127.0.0.1]",
    b"ada@xn--\xff.example",
    "ada@bücher.example".encode(),
    b"a" * 400 + b"@" + b"b" * 400 + b".example",
    b"ada@example.com\r\n\tBcc: all@example.com",
)
ABSURD_DATES = (
    b"",
    b"yesterday",
    b"Thu, 01 Jan 1970 00:00:00 +0000",
    b"Mon, 00 Zzz 0000 99:99:99 +9999",
    b"Fri, 31 Dec 9999 23:59:59 -1200",
    b"Sat, 01 Jan 0001 00:00:00 +1400",
    b"Wed, 30 Feb 2026 25:61:61 EST",
    b"1" * 400,
    b"Tue, 04 Mar 2026 07:00:00 +99999999999",
    "四月一日".encode(),
)
HOSTILE_NAMES = (
    'filename="../../../../etc/passwd"',
    'filename="C:\\\\windows\\\\system32\\\\x.dll"',
    'filename="a.txt\x00.exe"',
    'filename="=?utf-8?b?Li4vLi4vZXRjL3Bhc3N3ZA==?="',
    "filename*=utf-8''%2e%2e%2fetc%2fpasswd",
    "filename*=none''%ff%fe",
    "filename*0*=utf-8''a%; filename*1*=%2; filename*99=z",
    'filename="\u202egpj.exe"',
    'filename="' + "x" * 5000 + '.pdf"',
    'filename="<script>alert(1)</script>.html"',
    'filename=""',
    "filename=unclosed",
    'filename="a\r\n\tb.txt"',
    'filename="con.txt "',
)
HTML = (
    b"<div>" * 4000,
    b"<script>alert(1)</script><p>text",
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><p>&a;</p>",
    b"<p <b></i>&#0;&#xD800;&#99999999;</p>",
    b"<!--" + b"-" * 5000,
    b"<img src='cid:none'><a href='javascript:x'>y</a>",
    b"<style>" + b"a{}" * 5000,
    b"<a " * 60_000,
    b"<![" * 60_000,
    b"</a" * 60_000,
    b"<o:" * 60_000,
    b"<x" + b" encoding=a" * 20_000,
    b"<x encoding=a " * 15_000,
)


def mutants(
    sources: Sequence[bytes], count: int, seed: int
) -> Iterator[tuple[str, bytes]]:
    """Yield ``count`` mails of every mutation, by name, each with its own Message-Id.

    Without it a mail that differs in its headers only would be the same mail again.
    """
    chance = random.Random(seed)
    for mutate in MUTATIONS:
        for number in range(count):
            name = f"{mutate.__name__} {number}"
            number_id = b"<%s@mutant.example>" % name.replace(" ", "-").encode()
            raw = set_header(chance.choice(sources), b"Message-Id", number_id)
            yield name, mutate(raw, chance)


# ------------------------------------------------------------------- headers
def split(raw: bytes) -> tuple[list[bytes], bytes]:
    """Return the headers, each with its folded lines, and the body."""
    head, _gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    return re.split(rb"\n(?![ \t])", head), body


def join(headers: Sequence[bytes], body: bytes) -> bytes:
    return b"\n".join(headers) + b"\n\n" + body


def drop_header(raw: bytes, name: bytes) -> bytes:
    headers, body = split(raw)
    start = name.lower() + b":"
    return join([one for one in headers if not one.lower().startswith(start)], body)


def set_header(raw: bytes, name: bytes, value: bytes) -> bytes:
    """Replace a header, or add it."""
    headers, body = split(drop_header(raw, name))
    return join([*headers, name + b": " + value], body)


# ----------------------------------------------------------------- mutations
def cut_headers(raw: bytes, chance: Chance) -> bytes:
    """The mail breaks off within its headers, or some of them are gone."""
    headers, body = split(raw)
    if chance.random() < 0.5:
        head = b"\n".join(headers)
        return head[: chance.randrange(1, len(head) + 1)]
    return join([one for one in headers if chance.random() < 0.6], body)


def break_boundary(raw: bytes, chance: Chance) -> bytes:
    """The parts are divided by something else than the headers say, or by nothing."""
    raw = chance.choice([raw, multipart(b"text")])
    kind = chance.randrange(4)
    if kind == 0:
        return re.sub(rb'(?i)boundary="?[^";\n]*"?', b'boundary="?=_\xff"', raw)
    if kind == 1:
        return re.sub(rb'(?i);\s*boundary="?[^";\n]*"?', b"", raw)
    if kind == 2:
        return re.sub(rb"(?m)^--(.*)--$", rb"--\1", raw)
    return re.sub(rb"(?m)^--", lambda _m: chance.choice([b"--", b"-"]), raw)


def use_wrong_charset(raw: bytes, chance: Chance) -> bytes:
    """The text is not in the encoding that it claims, which may not even exist."""
    charsets = [
        b"none",
        b"utf-7",
        b"utf-16",
        b"x" * 300,
        b"\xff",
        b"",
        b"rot13",
        b"idna",
    ]
    kind = chance.choice([b"text/plain", b"text/html"])
    charset = chance.choice(charsets)
    raw = set_header(raw, b"Content-Type", kind + b'; charset="' + charset + b'"')
    return raw + bytes(chance.randrange(128, 256) for _number in range(40))


def use_wrong_encoding(raw: bytes, chance: Chance) -> bytes:
    encodings = [b"x-uuencode", b"uuencode", b"x-none", b"quoted-printable", b"BASE64;"]
    encoding = chance.choice([*encodings, b"binary", b"=?utf-8?q?base64?="])
    raw = set_header(raw, b"Content-Transfer-Encoding", encoding)
    return raw + b"\nbegin 644 x\n=ZZ=3=\n=\nend\n"


def put_nul(raw: bytes, chance: Chance) -> bytes:
    mail = bytearray(raw)
    for _number in range(chance.randint(1, 9)):
        position = chance.randrange(len(mail))
        mail[position:position] = b"\0" * chance.randint(1, 4)
    return bytes(mail)


def use_eight_bits_in_headers(raw: bytes, chance: Chance) -> bytes:
    for name in chance.sample((b"Subject", b"From", b"To", b"X-Note"), 3):
        junk = bytes(chance.randrange(128, 256) for _number in range(30))
        raw = set_header(raw, name, junk + b" <ada@example.com>")
    return raw


def bomb_with_encoded_words(raw: bytes, chance: Chance) -> bytes:
    """Encoded words without end, nested, split within a character, or of nothing."""
    bombs = [
        b"=?a?q?" * (GIANT // 6),
        b"=?" * (GIANT // 2),
        b" ".join([b"=?utf-8?b?4pi6?="] * 8000),
        b"=?utf-8?b?" + b"A" * GIANT + b"?=",
        b"=?utf-8?q?=?utf-8?q?=?utf-8?q??=?=?=",
        b" ".join([b"=?utf-8?q?=E2=98?=", b"=?utf-8?q?=BA?="] * 500),
        b"=?idna?q?=FF?= =?unicode_escape?q?=5Cud800?=",
    ]
    name = chance.choice((b"Subject", b"From", b"To"))
    return set_header(raw, name, chance.choice(bombs))


def make_header_giant(raw: bytes, chance: Chance) -> bytes:
    names = (b"Subject", b"References", b"In-Reply-To", b"Message-Id", b"X-Any")
    name = chance.choice((*ADDRESS_HEADERS, *names, b"Authentication-Results"))
    values = [
        b"x" * GIANT,
        b"x" * GIANT + b"@",
        b"<x" * (GIANT // 2),
        b"(" * GIANT,
        b'"' * GIANT,
        b"a@b.example, " * (GIANT // 13),
        b"<x@y> " * (GIANT // 6),
        b"x\n " * (GIANT // 3),
        b"=" * GIANT,
    ]
    return set_header(raw, name, chance.choice(values))


def lose_header(raw: bytes, chance: Chance) -> bytes:
    """What every mail should have is missing: sender, date, identification."""
    names = (b"From", b"Date", b"Message-Id", b"To", b"Subject", b"MIME-Version")
    # Its own body tells it from the other mails without identification.
    raw += b"\n%d" % chance.randrange(10**9)
    for name in chance.sample(names, chance.randint(1, 4)):
        raw = drop_header(raw, name)
    return raw


def double_headers(raw: bytes, chance: Chance) -> bytes:
    headers, body = split(raw)
    again = [one for one in headers if chance.random() < 0.7]
    another = [b"From: Eve <eve@example.net>", b"Subject: another", b"Date: never"]
    mixed = [*headers, *again, *chance.sample(another, 2)]
    chance.shuffle(mixed)
    return join(mixed, body)


def nest_multipart(raw: bytes, chance: Chance) -> bytes:
    """Parts in parts in parts, with and without an end, or a mail in a mail."""
    depth = chance.choice((5, 40, 150, 400))
    headers, body = split(drop_header(raw, b"Content-Type"))
    if chance.random() < 0.3:
        inner = b"Content-Type: message/rfc822\n\n" * depth
        return (
            b"\n".join(headers) + b"\n" + inner + b"From: inner@example.com\n\n" + body
        )
    same = chance.random() < 0.3
    mail = b"\n".join(headers) + b"\n"
    for level in range(depth):
        name = b"b" if same else b"b%d" % level
        mail += b'Content-Type: multipart/mixed; boundary="%s"\n\n--%s\n' % (name, name)
    return mail + b"\n" + body


def cut_base64(raw: bytes, chance: Chance) -> bytes:
    data = base64.encodebytes(bytes(chance.randrange(256) for _number in range(900)))
    data = data[: chance.randrange(len(data))]
    if chance.random() < 0.5:
        data = data.replace(b"A", b"!").replace(b"B", b"\xff")
    return multipart(data, raw)


def use_lone_surrogates(raw: bytes, chance: Chance) -> bytes:
    lone = "\ud83d\udcff".encode("utf-8", "surrogatepass")
    raw = set_header(raw, chance.choice((b"Subject", b"From", b"To")), lone + b" <a@b>")
    charset = chance.choice(
        (b"utf-8", b"utf-16", b"unicode_escape", b"raw_unicode_escape")
    )
    raw = set_header(raw, b"Content-Type", b"text/plain; charset=" + charset)
    return raw + b"\n" + lone + b"\\ud800"


def use_invalid_addresses(raw: bytes, chance: Chance) -> bytes:
    for name in chance.sample(ADDRESS_HEADERS, 3):
        raw = set_header(raw, name, chance.choice(INVALID_ADDRESSES))
    return raw


def use_absurd_date(raw: bytes, chance: Chance) -> bytes:
    return set_header(raw, b"Date", chance.choice(ABSURD_DATES))


def attach_hostile_names(raw: bytes, chance: Chance) -> bytes:
    names = chance.sample(HOSTILE_NAMES, 2)
    disposition = f"attachment; {'; '.join(names)}".encode()
    return multipart(base64.encodebytes(b"MZ data"), raw, disposition)


def break_markup(raw: bytes, chance: Chance) -> bytes:
    headers, _body = split(drop_header(raw, b"Content-Transfer-Encoding"))
    raw = set_header(join(headers, b""), b"Content-Type", b"text/html; charset=utf-8")
    return raw + chance.choice(HTML) + chance.choice(HTML)


def overwrite(raw: bytes, chance: Chance) -> bytes:
    """One to six accidents with bytes: cut, doubled, replaced, put in, turned round."""
    mail = bytearray(raw)
    inserts = (
        b"\0",
        b"\r",
        b"\r\n\r\n",
        b'"',
        b"=?utf-8?q?=FF?=",
        b"--b\n",
        b"<",
        b"(",
    )
    for _accident in range(chance.randint(1, 6)):
        start = chance.randrange(len(mail) + 1)
        end = min(len(mail), start + chance.randint(1, 60))
        part = bytes(mail[start:end])
        junk = bytes(chance.randrange(256) for _byte in part)
        mail[start:end] = chance.choice(
            (b"", part * 2, junk, chance.choice(inserts) + part, part[::-1])
        )
    return bytes(mail)


def multipart(
    data: bytes, raw: bytes = b"", disposition: bytes = b'attachment; filename="a.bin"'
) -> bytes:
    """Return a mail of a text and a file; with the headers of a mail, if given."""
    headers = [b"From: Ada Fox <ada@example.com>", b"Subject: Two parts"]
    if raw:
        plain = drop_header(drop_header(raw, b"Content-Type"), b"MIME-Version")
        headers = split(drop_header(plain, b"Content-Transfer-Encoding"))[0]
    parts = b"\n".join(
        [
            b"--part\nContent-Type: text/plain\n\nWords.",
            b"--part\nContent-Type: application/octet-stream",
            b"Content-Transfer-Encoding: base64",
            b"Content-Disposition: " + disposition + b"\n",
            data,
            b"--part--\n",
        ]
    )
    kind = b'Content-Type: multipart/mixed; boundary="part"'
    return join([*headers, b"MIME-Version: 1.0", kind], parts)


MUTATIONS: tuple[Mutation, ...] = (
    cut_headers,
    break_boundary,
    use_wrong_charset,
    use_wrong_encoding,
    put_nul,
    use_eight_bits_in_headers,
    bomb_with_encoded_words,
    make_header_giant,
    lose_header,
    double_headers,
    nest_multipart,
    cut_base64,
    use_lone_surrogates,
    use_invalid_addresses,
    use_absurd_date,
    attach_hostile_names,
    break_markup,
    overwrite,
)

#: What no test suite of a mail library holds, but a mail server has seen.
STRANGE: Mapping[str, bytes] = {
    "nothing": b"",
    "one newline": b"\n",
    "NUL bytes": b"From: a@b.example\nSubject: \0\0\n\n\0\0\0",
    "no body": b"From: a@b.example\nSubject: x",
    "only a body": b"\n\nhelp",
    "bare CR": b"From: a@b.example\rTo: x@y.example\rSubject: x\r\rbody",
    "header without end": b"From: a@b.example\nSubject: " + b"x" * 300_000,
    "thousand headers": b"From: a@b.example\n" + b"X-A: 1\n" * 5000 + b"\nbody",
    "thousand recipients": b"From: a@b.example\nTo: "
    + b", ".join(b"u%d@x.example" % n for n in range(1000))
    + b"\n\nbody",
    "quotation marks": b'From: a@b.example\nTo: "x\nCc: ' + b'"' * GIANT + b"\n\nbody",
    "backslashes": b"From: a@b.example\nReply-To: " + b'"\\' * GIANT + b"\n\nbody",
    "giant file name": b"From: a@b.example\nContent-Disposition: attachment; filename="
    + b'"' * GIANT
    + b"\n\nbody",
    "giant type": b"From: a@b.example\nContent-Type: text/plain; name="
    + b'"\\' * GIANT
    + b"\n\nbody",
    "bad charset": b"From: a@b.example\nContent-Type: text/plain; charset=none\n\n\xff",
    "bad base64": b"From: a@b.example\nContent-Transfer-Encoding: base64\n\n!!!=",
    "bad date": b"From: a@b.example\nDate: 99 Foo 99999 99:99:99 +9999\n\nbody",
    "bad encoded word": b"From: =?utf-8?b?!!!?= <a@b.example>\nSubject: =?x?y?z?=\n\nb",
    "two senders": b"From: a@b.example\nFrom: c@d.example\n\nbody",
    "group": b"From: People: a@b.example, c@d.example;\n\nbody",
    "surrogates": "From: a@b.example\nSubject: \udcff\n\nb".encode(
        "utf-8", "surrogatepass"
    ),
    "script": b"From: a@b.example\nContent-Type: text/html\n\n<script>x</script><p>b",
    "broken markup": b"From: a@b.example\nContent-Type: text/html\n\n<<<p <b></i>&#0;",
    "bounce without end": b"From: mailer-daemon@b.example\nContent-Type: text/html\n\n"
    + b"<x encoding=a " * 15_000,
    "entities": b"From: a@b.example\nContent-Type: text/html\n\n<?xml version='1.0'?>b",
    "nested": b"From: a@b.example\n"
    + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
        for n in range(150)
    ),
    "mail in a mail": b"From: a@b.example\nContent-Type: message/rfc822\n\n"
    b"From: c@d.example\nSubject: inner\n\nbody",
    "long Message-Id": b"From: a@b.example\nMessage-Id: <"
    + b"x" * 5000
    + b"@y>\n\nbody",
    "Message-Id without brackets": b"From: a@b.example\nMessage-Id: abc\n\nbody",
    "file without name": b"From: a@b.example\nContent-Disposition: attachment\n\nbody",
    "file with path": b"From: a@b.example\n"
    b'Content-Disposition: attachment; filename="../../etc/passwd\x00"\n\nbody',
    "folded file name": b"From: a@b.example\n"
    b'Content-Disposition: attachment; filename="a\r\n\tb.txt"\n\nbody',
    "unknown type": b"From: a@b.example\nContent-Type: pdf; x\n\nbody",
    "report without parts": b"From: a@b.example\n"
    b"Content-Type: multipart/report; report-type=delivery-status\n\nbody",
}
