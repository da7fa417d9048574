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
    told = [one.vignette for one in found if one.vignette]
    if json:
        output.document({"agreement": name, "cases": told,
                         "without": [one.about for one in found if not one.vignette]})  # fmt: skip
        return output.DONE
    output.console().print("\n".join(told), markup=False, soft_wrap=True)
    for one in found:
        if not one.vignette:
            word = "no case is there" if one.edge.decided else "not decided"
            output.note(f"{one.about}: {word}")
    return output.DONE
