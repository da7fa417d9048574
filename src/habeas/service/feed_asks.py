"""What is asked of a gateway about the feed: publications, mirror, witness, settlement; no person.

Whoever asks one of these is told what both public logs hold anyway, or how far an exchange is. The
proof of one event names a person and is a read like others (`asking.OneSettlement`).

Source: docs/spec/gateway.md, docs/spec/feed.md.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from habeas.terms import Settlement

LISTED = 1000  # events in a list of settlements
Cosigner = Literal["witness", "mirror"]  # as which of its two the installation cosigns
Size = Annotated[int, Meta(ge=0, lt=2**53)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Publication(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="publication",
    tag_field="op",
):
    """The own publication after a size, for whoever mirrors this log."""

    after: Size
    met: bool = False  # under the largest checkpoint that met the quorum, be there a larger one


class TakePublication(
    Struct, frozen=True, forbid_unknown_fields=True, tag="take_publication", tag_field="op"
):
    """Take the peer's publication into the mirror, whoever brought it."""

    text: str


class Cosign(Struct, frozen=True, forbid_unknown_fields=True, tag="cosign", tag_field="op"):
    """Cosign a checkpoint of the peer's log, by an add-checkpoint request."""

    request: str
    role: Cosigner


class Shown(Struct, frozen=True, forbid_unknown_fields=True, tag="shown", tag_field="op"):
    """The note of a log that was cosigned here last."""

    role: Cosigner
    digest: Digest  # SHA-256 of the log's origin


class TakeCosigned(
    Struct, frozen=True, forbid_unknown_fields=True, tag="take_cosigned", tag_field="op"
):
    """Keep what a witness of the own policy has cosigned of the own log."""

    note: str


class Settlements(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="settlements",
    tag_field="op",
):
    """How the shared events stand: how many in each state, and some of those that are not settled.

    The overdue come first; the settled are listed where `only` asks for them.
    """

    only: Settlement | None = None
    limit: Annotated[int, Meta(ge=0, le=LISTED)] = 100


class Feed(Struct, frozen=True, forbid_unknown_fields=True, tag="feed", tag_field="op"):
    """How far the exchange of both logs is."""


class Accusation(Struct, frozen=True, forbid_unknown_fields=True, tag="accusation", tag_field="op"):
    """The proof that the peer's log has signed two histories."""


Feeding = (
    Publication | TakePublication | Cosign | Shown | TakeCosigned | Settlements | Feed | Accusation
)
