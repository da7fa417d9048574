r"""Tokens that families hold, and answers that only their bearers can open.

    printed      26 symbols of Crockford's base 32 and 2 check symbols, in 7 groups of 4
    check        the token as a number, modulo 1021, in 2 symbols
    lookup key   HKDF-SHA-256(T, no salt, info "habeas/lookup/v1"), 32 bytes: what an asker sends
    lookup hash  SHA-256(lookup key): under what the server keeps the answer
    seal seed    HKDF-SHA-256(T, no salt, info "habeas/seal/v1"): the X25519 private key
    sealed       HPKE(X25519, HKDF-SHA-256, AES-256-GCM), info
                 "habeas/locate/v1\n" || lookup hash || YYYY-MM-DD
    answer       {"date":day,"status":status} with the status as in the roll, filled to 512 bytes

Rules: a sealed answer has 560 bytes, hit or miss. A miss is answered with a dummy that is drawn
from the server's own secret, the lookup hash and the day: asked again on that day it is the same,
as a real answer is. The dummy is drawn for every question, so that a hit takes the same steps. A
malformed question is a miss. 1021 is prime and more than 32: one wrong symbol, or two neighbours
exchanged, always change the check.

What it cannot do: an answer is sealed, not signed. Whoever holds the token's public seal key can
make one, and a server can keep silent. Whoever watches the line knows that somebody asked. The roll
has none of these faults: it is the default, and the answer is a convenience.

Source: RFC 5869, RFC 9180; docs/spec/roll.md.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from habeas.errors import Fault, RegisterError
from habeas.register.public_roll import STATUS, Statement, plaintext, read_plaintext

TOKEN, KEY, ANSWER, SEALED = 16, 32, 512, 560
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DIGITS, CHECK, GROUP, PRIME = 26, 2, 4, 1021
LONGEST = 64  # characters of a typed token, with whatever stands between its groups
_READ_AS = str.maketrans("OIL", "011", " -\t\r\n")
_VALUES = {symbol: value for value, symbol in enumerate(SYMBOLS)}
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def _symbols(number: int, length: int) -> str:
    return "".join(SYMBOLS[number >> 5 * place & 31] for place in reversed(range(length)))


def printed(token: bytes) -> str:
    """A token as it stands on paper: 7 groups of 4 symbols."""
    number = int.from_bytes(token, "big")
    text = _symbols(number, DIGITS) + _symbols(number % PRIME, CHECK)
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def read_token(text: str) -> bytes:
    """A token as somebody typed it: any case, O for 0, I or L for 1, spaces or hyphens between.

    Raises:
        RegisterError: H587, for anything mistyped; the error does not repeat it.
    """
    plain = text[: LONGEST + 1].upper().translate(_READ_AS)
    values = [_VALUES.get(symbol, -1) for symbol in plain]
    if len(text) > LONGEST or len(values) != DIGITS + CHECK:
        raise _mistyped(f"the token has {len(values)} symbols, not {DIGITS + CHECK}")
    if -1 in values:
        raise _mistyped(f"symbol {values.index(-1) + 1} of the token is none that a token has")
    number = 0
    for value in values[:DIGITS]:
        number = number << 5 | value
    if number >> 8 * TOKEN or number % PRIME != values[-2] << 5 | values[-1]:
        raise _mistyped("the token's check symbols do not fit: a symbol is wrong or misplaced")
    return number.to_bytes(TOKEN, "big")


def _mistyped(what: str) -> RegisterError:
    return RegisterError(Fault("H587", what, "Type it again from the paper, group by group."))


def _derived(token: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY, None, info).derive(token)


def lookup_key(token: bytes) -> bytes:
    """What the bearer sends to ask; it opens nothing."""
    return _derived(token, b"habeas/lookup/v1")


def lookup_hash(key: bytes) -> bytes:
    """Under what the server keeps the answer."""
    return hashlib.sha256(key).digest()


def _private(token: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(_derived(token, b"habeas/seal/v1"))


def seal_key(token: bytes) -> bytes:
    """The public key, 32 bytes, to which answers for a token are sealed."""
    return _private(token).public_key().public_bytes_raw()


def _info(hashed: bytes, day: date) -> bytes:
    return b"habeas/locate/v1\n" + hashed + day.isoformat().encode()


def seal(public: bytes, hashed: bytes, day: date, said: Statement) -> bytes:
    """A day's answer for one token, 560 bytes.

    Args:
        public: the token's `seal_key`.
        hashed: the token's `lookup_hash`.
        day: of the roll that says the same.
        said: as in the token's row.

    Raises:
        RegisterError: H580, for a status that does not fit; H588, for a key that is none.
    """
    text = b'{"date":"%b","status":%b}' % (day.isoformat().encode(), plaintext(said).rstrip())
    try:
        key = X25519PublicKey.from_public_bytes(public)
        return _SUITE.encrypt(text.ljust(ANSWER), key, info=_info(hashed, day))
    except ValueError as error:
        raise _unopened("the token's public key is none") from error


def open_answer(token: bytes, day: date, sealed: bytes) -> Statement:
    """What a server's answer says to the bearer of the token.

    Raises:
        RegisterError: H588, for a dummy, or an answer of another token or day; H585, for an
            answer that opens but says no status.
    """
    hashed = lookup_hash(lookup_key(token))
    if len(sealed) != SEALED:
        raise _unopened(f"the answer has {len(sealed)} bytes, not {SEALED}")
    try:
        text = _SUITE.decrypt(sealed, _private(token), info=_info(hashed, day))
    except (InvalidTag, ValueError) as error:
        raise _unopened("the answer does not open: nothing is known under the token") from error
    head = b'{"date":"%b","status":' % day.isoformat().encode()
    status, end = text.removeprefix(head).rstrip()[:-1], text.rstrip()[-1:]
    if not text.startswith(head) or end != b"}":
        raise _unopened("the answer opens, but is not one of that day")
    return read_plaintext(status.ljust(STATUS))


def _unopened(what: str) -> RegisterError:
    return RegisterError(Fault("H588", what, "Look into the public roll, which needs no server."))


def dummy(secret: bytes, hashed: bytes, day: date) -> bytes:
    """What a miss is answered with: the form of a sealed answer, which nobody can open.

    Args:
        secret: 32 bytes that the server keeps for this alone.
        hashed: the hash of what was asked.
        day: today.
    """
    seed = hmac.digest(secret, b"habeas/locate-dummy/v1\n" + _info(hashed, day), "sha256")
    public = X25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    noise = HKDFExpand(hashes.SHA256(), SEALED - KEY, b"habeas/locate-noise/v1").derive(seed)
    return public + noise


def answer(stored: Mapping[bytes, bytes], key: bytes, secret: bytes, day: date) -> bytes:
    """The 560 bytes for a question, hit or miss.

    Args:
        stored: today's sealed answers by lookup hash.
        key: what the asker sent, of any length.
        secret: as of `dummy`.
        day: today.
    """
    hashed = lookup_hash(key)
    miss = dummy(secret, hashed, day)  # also on a hit: both take the same steps
    return stored.get(hashed, miss)
