r"""Tokens that families hold, and answers that only their bearers can open.

    printed      26 symbols of Crockford's base 32 and 2 check symbols, in 7 groups of 4
    check        the token as a number, modulo 1021, in 2 symbols
    lookup key   HKDF-SHA-256(T, no salt, info "habeas/lookup/v1"), 32 bytes: what an asker sends
    lookup hash  SHA-256(lookup key): under what the server keeps the answer
    seal seed    HKDF-SHA-256(T, no salt, info "habeas/seal/v1"): the X25519 private key
    sealed       HPKE(X25519, HKDF-SHA-256, AES-256-GCM), info
                 "habeas/locate/v1\n" || lookup hash || YYYY-MM-DD
    answer       {"date":day,"status":status} with the status as in the roll, filled to 512 bytes;
                 before its last brace ,"told":{...} where an inquiry was made, and by whom answered
    request      what a stranger writes, filled to 6,400 bytes and sealed to the key of a gateway:
                 HPKE as above, info "habeas/request/v1\n", 6,448 bytes whatever is asked

Rules: a sealed answer has 560 bytes, hit or miss. A miss is answered with a dummy that is drawn
from a secret, the lookup hash and the day: asked again it is the same, as a real answer is. Whoever
seals the answers anew draws a new secret too: otherwise a hit would change where a miss does not.
The dummy is drawn for every question, so that a hit takes the same steps. A malformed question is a
miss. 1021 is prime and more than 32: one wrong symbol, or two neighbours exchanged, always change
the check.

What it cannot do: an answer is sealed, not signed. Whoever holds the token's public seal key can
make one, and a server can keep silent. Whoever watches the line knows that somebody asked. The roll
has none of these faults: it is the default, and the answer is a convenience.

Source: RFC 5869, RFC 9180; docs/spec/roll.md.
"""

import hashlib
import hmac
import json
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
REQUEST, SEALED_REQUEST = 6_400, 6_448
REFERENCE = 10  # bytes of chance in the reference of a request
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
    return _grouped(_symbols(number, DIGITS) + _symbols(number % PRIME, CHECK))


def reference(chance: bytes) -> str:
    """10 bytes of chance as the reference of a request: 4 groups of 4 symbols; it opens nothing."""
    return _grouped(_symbols(int.from_bytes(chance, "big"), len(chance) * 8 // 5))


def _grouped(text: str) -> str:
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


def seal(
    public: bytes, hashed: bytes, day: date, said: Statement, told: Mapping[str, str] | None = None
) -> bytes:
    """A day's answer for one token, 560 bytes.

    Args:
        public: the token's `seal_key`.
        hashed: the token's `lookup_hash`.
        day: of the roll that says the same.
        said: as in the token's row.
        told: of an inquiry, as short texts; None where none was made.

    Raises:
        RegisterError: H580, for a status that does not fit; H588, for a key that is none; H873,
            for more than an answer can hold.
    """
    more = b"" if told is None else b',"told":%b' % _spelled(told)
    text = b"%b%b%b}" % (_head(day), plaintext(said).rstrip(), more)
    if len(text) > ANSWER:
        what = f"an answer of {len(text)} bytes; {ANSWER} can be sealed"
        raise RegisterError(Fault("H873", what, "Tell less of the inquiry."))
    try:
        key = X25519PublicKey.from_public_bytes(public)
        return _SUITE.encrypt(text.ljust(ANSWER), key, info=_info(hashed, day))
    except ValueError as error:
        raise _unopened("the token's public key is none") from error


def _head(day: date) -> bytes:
    return b'{"date":"%b","status":' % day.isoformat().encode()


def _spelled(told: Mapping[str, str]) -> bytes:
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def open_answer(
    token: bytes, day: date, sealed: bytes
) -> tuple[Statement, Mapping[str, str] | None]:
    """What a server's answer says to the bearer of the token; of an inquiry None where none was.

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
    plain = text.rstrip()
    if not plain.startswith(_head(day)) or plain[-1:] != b"}":
        raise _unopened("the answer opens, but is not one of that day")
    # No quote stands within an id of a status, so that the words can stand in one place alone.
    status, also, told = plain.removeprefix(_head(day))[:-1].partition(b',"told":')
    return read_plaintext(status.ljust(STATUS)), _read_told(told) if also else None


def _read_told(text: bytes) -> Mapping[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        what = "the answer opens, but tells nothing of an inquiry that can be read"
        raise RegisterError(Fault("H585", what, "Keep it: it is evidence. Ask the court."))
    return found


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


def request_key(private: bytes) -> bytes:
    """The public key, 32 bytes, to which requests for a gateway are sealed."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal_request(public: bytes, text: bytes) -> bytes:
    """What a stranger asks, 6,448 bytes whatever it is.

    Raises:
        RegisterError: H871, for a key that is none; H873, for more than 6,400 bytes.
    """
    if len(text) > REQUEST:
        what = f"a request of {len(text):,} bytes; {REQUEST:,} can be sealed"
        raise RegisterError(Fault("H873", what, "Shorten it."))
    try:
        key = X25519PublicKey.from_public_bytes(public)
        return _SUITE.encrypt(text.ljust(REQUEST), key, info=b"habeas/request/v1\n")
    except ValueError as error:
        what = "the key to which requests are sealed is none"
        raise RegisterError(Fault("H871", what, "Start the gateway, which writes it.")) from error


def open_request(private: bytes, sealed: bytes) -> bytes | None:
    """What a stranger asked; None where the key does not open it."""
    try:
        key = X25519PrivateKey.from_private_bytes(private)
        return _SUITE.decrypt(sealed, key, info=b"habeas/request/v1\n").rstrip()
    except (InvalidTag, ValueError):
        return None
