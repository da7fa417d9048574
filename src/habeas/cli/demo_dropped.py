"""Step 4 of the two-state demonstration: one side tries to drop a person, in two ways."""

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

from habeas.adapters import installation_files, register_files, roll_files, text_files
from habeas.adapters.feed_client import HttpPeer
from habeas.cli import output
from habeas.cli.demo_scene import PROOFS, Scene
from habeas.cli.demo_sites import Site, never
from habeas.errors import Fault, RegisterError
from habeas.service import locate, two_states_dropped
from habeas.service.asking import Caller
from habeas.service.feed_asks import Accusation
from habeas.service.feed_round import Feeder
from habeas.service.two_states_acts import held

COURT = "court"
FAMILY, REWRITTEN, REGISTER = "family.token", "rewritten", "register.sqlite3"
BEFORE = 2  # the issue of the first day's roll with a row under the family's token
REFUSES_S = 60
LEFT = (REGISTER, "web.sqlite3", "gateway.")  # beginnings of what the copy does not take over


def begin(scene: Scene) -> str:
    """A family of somebody held by the receiving state gets a token, and a roll has its row.

    Returns:
        The person's register number.
    """
    receives = scene.sites[1]
    with register_files.stored(receives.register) as store:
        (subject,) = held(store, 1)
    with scene.opened(receives) as found:
        printed = two_states_dropped.family(found.works, found.ground, subject, scene.at(0.6))
        path = scene.folder / PROOFS / FAMILY
        path.write_text(f"{printed}\n", encoding="utf-8")
        at = scene.at(0.7)
        two_states_dropped.published(found.works, (at.date(), BEFORE), at)
    return subject


def left_out(scene: Scene, subject: str) -> None:
    """The person is left out of a night's public roll: the family and the arithmetic find it."""
    receives, at = scene.sites[1], scene.at(38)
    output.console().rule("4a. One side leaves a person out of the public roll")
    receives.stop()
    first, day = scene.begun.date(), at.date()
    with scene.opened(receives) as found:
        roll = two_states_dropped.published(found.works, (day, 1), at, without=subject)
        scene.say(receives.state, f"publishes the roll of {day}, signed and witnessed. {subject}, "
                  "held there, is not in it.")  # fmt: skip
        scene.say("family", f"by its token, roll of {first}: {_family(scene, first, BEFORE)}.")
        scene.say("family", f"by its token, roll of {day}: {_family(scene, day, 1)}.")
        account = roll.account
        if account is None or account.missing != (subject,):
            raise never("the person who is missing from the roll to be found", scene.folder)
        scene.say(
            "auditor",
            f"adds up both rolls and the log's arrivals and departures: {account.difference:+} "
            f"person; without a row: {', '.join(account.missing)}.",
        )
        at = scene.at(38.5)
        mended = two_states_dropped.published(found.works, (day, 2), at)
    if mended.account is None or not mended.account.holds:
        raise never("the corrected roll to add up", scene.folder)
    scene.say(receives.state, "publishes issue 2 with everybody. It adds up; issue 1 stays signed.")


def _family(scene: Scene, day: date, issue: int) -> str:
    """What a family finds in a roll; the roll goes to the proofs."""
    receives, proofs = scene.sites[1], scene.folder / PROOFS
    rolls, name = receives.folder / installation_files.ROLLS, f"{day.isoformat()}.{issue}"
    for end in ("bin", "json"):
        shutil.copyfile(rolls / f"{name}.{end}", proofs / f"{name}.{end}")
    trust, token = scene.trust(receives), proofs / FAMILY
    path = proofs / f"{name}.bin"
    header = text_files.text(path.with_suffix(".json"))
    found = locate.find_in_roll(
        roll_files.rows(path), header, text_files.trust(trust), text_files.text(token).strip()
    )
    told = "NOT IN THIS ROLL, which its two neighbours prove"
    if found.said is not None:
        told = f"{found.said.status.value}, {found.said.facility}"
    command = f"habeas locate --roll {path.name} --token-file {FAMILY} --trust {trust.name}"
    scene.checks.append((f"roll of {day}, issue {issue}: {told}", command))
    return told


def rewritten(scene: Scene, older: Path) -> None:
    """An older copy takes the register's place, is signed on and served: nobody goes along."""
    receives, at = scene.sites[1], scene.at(40)
    output.console().rule("4b. One side puts an older copy of its log in the newer one's place")
    false = _copied(scene, older)
    told = subprocess.run(  # noqa: S603 - our own
        false.served.gateway(), env=false.served.environment(), stderr=subprocess.PIPE,
        timeout=REFUSES_S, check=False,
    )  # fmt: skip
    said = [line for line in told.stderr.decode().splitlines() if line.startswith("H")]
    if not told.returncode or not said:
        raise never("the gateway to refuse the older copy", false.folder)
    why = said[-1].partition(". ")[0]
    scene.say(receives.state, f"starts on the copy. Its own gateway refuses: {why}.")
    with register_files.stored(receives.register) as store:
        size = store.size()
    with scene.opened(false) as found:
        done = two_states_dropped.signed_on(found.log, found.clients, found.works, size, at)
    scene.say(
        receives.state,
        f"has its operator sign on with the log's key: {done.lost:,} leaves are gone, and "
        f"others reach to {done.size:,}.",
    )
    for name, answer in done.refused.items():
        scene.say(name, f"refuses to cosign: {answer.status} {answer.reason}.")
    if done.cosigned:
        raise never("every witness to refuse", scene.folder)
    scene.checks.append(
        ("the court's witness: what it refused to cosign", f"habeas register evidence ../{COURT}")
    )
    _served(scene, false)


def _copied(scene: Scene, older: Path) -> Site:
    """The receiving state's installation, with an older copy of its register."""
    receives = scene.sites[1]
    folder = scene.folder / REWRITTEN

    def left(at: str, names: list[str]) -> list[str]:
        return [one for one in names if Path(at) == receives.folder and one.startswith(LEFT)]

    shutil.copytree(receives.folder, folder, ignore=left)
    shutil.copyfile(older / REGISTER, folder / REGISTER)
    return Site(receives.state, folder, scene.clock)


def _served(scene: Scene, false: Site) -> None:
    """The false log is served without its witnesses, and the other state's mirror looks at it."""
    sends = scene.sites[0]
    document = json.loads(false.trust.read_text(encoding="utf-8"))
    kept = [line for line in document["policy"].splitlines() if line.startswith("log ")]
    document["policy"] = "\n".join([*kept, "quorum none", ""])
    false.trust.write_text(json.dumps(document), encoding="utf-8")
    try:
        false.show()
        scene.say(false.state, "takes the witnesses out of its own policy, and serves the copy.")
        with sends.caller() as asked:
            why = _pulled(scene, asked)
    finally:
        false.stop()
    scene.say(sends.state, f"looks at it. Its mirror refuses: {why.code} {why.what}.")
    told = scene.checked("split-view.json", str(sends.ask(Accusation())["proof"]), sends)
    scene.say(sends.state, f"writes {PROOFS}/split-view.json, checked offline: {told.verdict}.")


def _pulled(scene: Scene, asked: Caller) -> Fault:
    """Why a round of the feed is refused, as `habeas feed pull` goes one."""
    sends = scene.sites[0]
    peer = sends.served.found.peer
    try:
        Feeder(HttpPeer("" if peer is None else peer.address)).round(asked)
    except RegisterError as error:
        return error.faults[0]
    raise never("the mirror to refuse the older copy", sends.folder)
