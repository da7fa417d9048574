"""A file of placements in a public form, read once from its beginning to its end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from habeas.adapters.importers.civil_times import Clock
from habeas.adapters.importers.person_keys import Keyed
from habeas.adapters.importers.placement_part import Call, Context, Part, Seen
from habeas.adapters.importers.placement_schemas import PlacementSchema
from habeas.adapters.importers.slabs import ArrowSlabs, TextSlabs
from habeas.docket.denied import denied
from habeas.docket.placements import Judged, Refused

LINE = ("H469", "Close quotes, and give every row all its cells, in UTF-8.")


@dataclass
class Placements:
    """A file of placements, read once from its beginning to its end."""

    source: TextSlabs | ArrowSlabs
    schema: PlacementSchema
    call: Call
    seen: Seen = field(default_factory=Seen)

    @property
    def file(self) -> str:
        """Its name."""
        return str(self.source.path)

    @property
    def size(self) -> int:
        """Bytes or rows, for the progress."""
        return self.source.size

    @cached_property
    def picked(self) -> dict[str, str]:
        """What is read: the thing, and its column."""
        return self.schema.picked(self.source.names, self.file)

    @property
    def denied(self) -> list[str]:
        """Columns about persons that the file holds and nobody reads."""
        return denied(self.source.names)

    @property
    def ignored(self) -> int:
        """How many columns are not read, those among them."""
        return len(self.source.names) - len(self.picked)

    def judged(self) -> Iterator[Judged]:
        """All rows, slab by slab.

        Raises:
            DocketError: H461, H470, for the file as a whole.
        """
        picked, call = self.picked, self.call
        context = Context(call, Clock(call.zone), Keyed(call.salt), picked, self.seen)
        for slab in self.source.slabs(list(picked.values())):
            code, fix = LINE
            unread = [Refused(one.row, code, one.what, fix, {}) for one in slab.unread]
            columns = {what: slab.columns[name] for what, name in picked.items()}
            taken, refused = Part(context, slab, columns).told()
            yield Judged(taken, [*unread, *refused], slab.size)
