"""habeas law boundaries."""

from pathlib import Path

from habeas.cli import clock, output
from habeas.service import agree
from habeas.service import boundaries as use


def boundaries(
    name: str, /, *, as_of: str | None = None, library: Path | None = None, json: bool = False
) -> int:
    """Print a law case on each side of every boundary of an agreement's rules.

    Args:
        name: the id of an agreement.
        as_of: the day whose law is asked, YYYY-MM-DD; today where absent.
        library: a folder of your own files, read beside the shipped ones.
        json: print one JSON document.
    """
    found = use.boundaries(agree.library(library), name, clock.today(as_of))
    text = use.file(found)
    if json:
        without = [one.about for one in found if not one.vignette]
        output.document({"agreement": name, "cases": text, "without": without})
        return output.DONE
    output.console().print(text, markup=False, soft_wrap=True)
    for one in found:
        if not one.vignette:
            word = "no case is there" if one.edge.decided else "not decided"
            output.note(f"{one.about}: {word}")
    return output.DONE
