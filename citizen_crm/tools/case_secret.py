"""What opens one case to somebody without an account: links and secrets.

A link carries a token of 192 random bits that nobody types; its fingerprint is found
by an index, so a fast hash does. A secret is typed by people, so it is short: ten
characters of 49 random bits. Nobody can try it out without the city's server, which
counts; whoever has stolen the database tries in vain because of the slow, salted hash.
"""

import hashlib
import hmac
import secrets
import unicodedata

#: Digits and letters that nobody takes for one another, on paper or on the phone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_LENGTH = 10
TOKEN_BYTES = 24
#: 2^14 blocks of 1 kB: about 30 ms and 16 MB a try.
_COST = {"n": 2**14, "r": 8, "p": 1}
_SALT_BYTES = 16
#: Compared with when there is no case, so that the answer takes as long.
_NO_HASH = f"scrypt${'00' * _SALT_BYTES}${'00' * 64}"


def new_token() -> str:
    """Return a token for a link.

    >>> len(new_token())
    32
    """
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return the fingerprint that a link is found by.

    >>> token_hash("a") == token_hash("a"), len(token_hash("a"))
    (True, 64)
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_secret() -> str:
    """Return a secret as the person is told it, in two groups.

    >>> len(new_secret()), new_secret()[5]
    (11, '-')
    """
    word = "".join(secrets.choice(ALPHABET) for _index in range(SECRET_LENGTH))
    return f"{word[:5]}-{word[5:]}"


def read_secret(text: str) -> str:
    """Return the secret that somebody has typed, however they wrote it.

    >>> read_secret(" 2abcd efghj "), read_secret("２ＡＢＣＤ-EFGHJ")
    ('2ABCDEFGHJ', '2ABCDEFGHJ')
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in plain if char.isalnum())


def secret_hash(secret: str) -> str:
    """Return the slow, salted hash of a secret, the only thing that is stored."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"scrypt${salt.hex()}${_digest(secret, salt).hex()}"


def is_secret(text: str, stored: str) -> bool:
    """Tell whether this is the secret; as slow for no stored hash as for one.

    >>> stored = secret_hash("2ABCD-EFGHJ")
    >>> is_secret("2abcd efghj", stored), is_secret("2abcd efghk", stored)
    (True, False)
    >>> is_secret("2abcd efghj", "")
    False
    """
    _name, salt, known = (stored or _NO_HASH).split("$")
    found = _digest(text, bytes.fromhex(salt))
    return hmac.compare_digest(found, bytes.fromhex(known)) and bool(stored)


def _digest(text: str, salt: bytes) -> bytes:
    typed = read_secret(text).encode("utf-8", "replace")
    return hashlib.scrypt(typed, salt=salt, **_COST)
