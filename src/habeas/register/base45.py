"""Base45: bytes as text of the 45 characters that a printed code packs tightest.

Two bytes make three characters, the least significant first; a last single byte makes two.
Every text has one spelling and every other is refused. Source: RFC 9285.
"""

from habeas.errors import Fault, RegisterError

SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {symbol: value for value, symbol in enumerate(SYMBOLS)}
BASE, PAIR, TRIPLE = 45, 2, 3


def encode(data: bytes) -> str:
    """The text of bytes; it never ends in a space."""
    made = list[str]()
    for start in range(0, len(data), PAIR):
        part = data[start : start + PAIR]
        rest = int.from_bytes(part, "big")
        for _ in range(len(part) + 1):
            rest, value = divmod(rest, BASE)
            made.append(SYMBOLS[value])
    return "".join(made)


def decode(text: str) -> bytes:
    """The bytes of a text.

    Raises:
        RegisterError: H541 for another character, a length that no bytes give, or a group of
            characters that stands for more than its bytes hold.
    """
    if len(text) % TRIPLE == 1:
        raise _fault("it breaks off")
    made = bytearray()
    for start in range(0, len(text), TRIPLE):
        part = text[start : start + TRIPLE]
        width, number = len(part) - 1, 0
        for symbol in reversed(part):
            if symbol not in _VALUES:
                raise _fault("it holds another character")
            number = number * BASE + _VALUES[symbol]
        if number >= 1 << 8 * width:
            raise _fault("a group of it stands for no bytes")
        made += number.to_bytes(width, "big")
    return bytes(made)


def _fault(why: str) -> RegisterError:
    what, fix = f"the text of a code is not base45: {why}", "Scan it again, and keep every space."
    return RegisterError(Fault("H541", what, fix))
