"""A planted word in every form in which it could come out."""

import base64
import json
from urllib.parse import quote


def forms(text: str) -> set[bytes]:
    """A canary as it stands, escaped, in base64 at each place, in hexadecimal, in percents."""
    data = text.encode()
    found = {data, text.lower().encode(), text.upper().encode(), json.dumps(text)[1:-1].encode()}
    found |= {data.hex().encode(), data.hex().upper().encode(), quote(text, safe="").encode()}
    found |= {"".join(f"%{one:02{case}}" for one in data).encode() for case in "xX"}
    found |= {text.encode("utf-16-le"), data[::-1]}
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + data)
        inner = whole[(4 * shift + 2) // 3 : (4 * (shift + len(data))) // 3]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return found
