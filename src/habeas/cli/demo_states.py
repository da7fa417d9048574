"""habeas demo --states 2: a handover, a cut line, its healing, and two ways to drop a person.

Everything that is told has happened: real processes over loopback, real files, figures as they are
read. What was expected and does not come to be ends the story with an error.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from secrets import token_bytes
from time import sleep

from habeas.adapters import backup_files, installation_files, key_files, register_files, stopping
from habeas.cli import (
    clock,
    demo_clock,
    demo_dropped,
    demo_sites,
    installations,
    output,
    serve,
)
from habeas.cli.demo_scene import PROOFS, Scene
from habeas.cli.demo_sites import Ports, Site, until
from habeas.cli.draw import SeededSource
from habeas.errors import HabeasError, ImpossibleEvent
from habeas.service import NOT_REVIEWED, SYNTHETIC, courts, two_states
from habeas.service.asking import Asker, Found, OneSettlement, Read
from habeas.service.feed_asks import Settlements
from habeas.service.two_states_acts import PURPOSE, Bureau, Listed, compared, held, last_of, listed
from habeas.terms import EventKind, Settlement

CLOCK, COURT, OLDER = "clock", "court", "older-copy"
BACK, MORNING = timedelta(days=2), time(8, tzinfo=UTC)
SEED = 32
K = EventKind
OTHERS = 2  # held persons of whom the receiving state records something during the partition


def play(folder: Path, agreement: str, seed: int, port: int, *, stay: bool) -> int:
    """The whole story in a new folder; `stay` leaves everything served until told to stop."""
    with stopping.once(), _staged(folder, agreement, seed, Ports(port)) as (scene, family, logins):
        waits = _partition(scene, _handover(scene))
        _healing(scene, waits)
        demo_dropped.left_out(scene, family)
        demo_dropped.rewritten(scene, folder / OLDER)
        _end(scene)
        if stay:
            with suppress(KeyboardInterrupt):
                _stays(scene, logins)
    return output.DONE


@contextmanager
def _staged(
    folder: Path, agreement: str, seed: int, ports: Ports
) -> Iterator[tuple[Scene, str, list[str]]]:
    """Both installations, the court's witness and both lines, up and settled."""
    console, story = output.console(), two_states.story(agreement)
    console.rule(f"Two states, two installations: {agreement}, synthetic people, seed {seed}")
    console.print(SYNTHETIC, markup=False)
    for one in (*ports.installations, *ports.lines, ports.court):
        serve.free(one, folder)
    begun = datetime.combine(clock.now().date() - BACK, MORNING)
    moved, proofs = folder / CLOCK, folder / PROOFS
    proofs.mkdir()
    demo_clock.move(moved, begun)
    name, key = courts.name(COURT), SeededSource(seed).bytes(SEED, COURT)
    witness = two_states.court_line(name, key, f"http://127.0.0.1:{ports.court}")
    console.print("A year of acts is written into both logs; then everything is started.")
    made = installations.make(folder, agreement, begun, seed, ports.installations, witness)
    sites = tuple(
        Site(state, path, moved)
        for state, path in zip((story.sending, story.receiving), made, strict=True)
    )
    for site, port, line in zip(sites, ports.installations[::-1], ports.lines[::-1], strict=True):
        demo_sites.lead(site.folder, port, line)
    officers = [key_files.read_folder(one / installation_files.OFFICERS) for one in made]
    bureau = Bureau(story, officers[0] | officers[1], token_bytes)
    with ExitStack() as stack:
        start = stack.enter_context(
            demo_sites.witness(folder / COURT, name, key, moved, ports.court)
        )
        lines = stack.enter_context(demo_sites.lines(ports))
        scene = Scene(folder, story, begun, moved, (sites[0], sites[1]), bureau, lines)
        (folder / COURT / demo_sites.LOGS).write_text(_logs(scene), encoding="utf-8")
        start()
        for site in sites:
            stack.callback(site.stop)
        yield scene, *_opening(scene, ports)


def _logs(scene: Scene) -> str:
    """The logs that the court's witness knows; their trust files go to the proofs."""
    found = []
    for site in scene.sites:
        with register_files.opened(site.register) as files:
            found.append(files.trust())
        scene.trust(site).write_text(site.trust.read_text(encoding="utf-8"), encoding="utf-8")
    return two_states.logs_line(found)


def _opening(scene: Scene, ports: Ports) -> tuple[str, list[str]]:
    """Start both, and say what there is; returns whose family has a token, and the log-ins."""
    sends, receives = scene.sites
    scene.at(0.5)
    logins = [sends.start()]
    family = demo_dropped.begin(scene)
    logins.append(receives.start())
    rows = [
        [f"installation of {site.state}", site.address, f"public page {site.address}/en/open/"]
        for site in scene.sites
    ]
    court = f"http://127.0.0.1:{ports.court}"
    rows.append(["witness of a court", court, "cosigns both logs, belongs to neither"])
    output.console().print(output.table("", ("who", "where", "what"), rows))
    took = scene.settled()
    scene.say("both", f"Every event that both know is settled, {took:.1f} s after the start.")
    scene.states("At the beginning")
    backup_files.back_up(receives.register, scene.folder / OLDER, "")
    return family, logins


# 1: a handover


def _handover(scene: Scene) -> list[Listed]:
    """Somebody is handed over, signed in both states; returns who else stands on the manifest."""
    sends, receives = scene.sites
    output.console().rule("1. A handover, drafted in one state and signed in the other")
    at, waiting = scene.at(2.1), listed(sends.ask, scene.bureau.asker(scene.bureau.sending))
    one = _departs(scene, waiting, at)
    at = scene.at(6)
    draft = sends.ask(scene.bureau.handover(one, at))["draft"]
    scene.say(sends.state, f"drafts and signs the handover of {one.subject}.")
    scene.at(6.25)
    found = _signed(scene, draft)
    scene.say(receives.state, f"signs it: event {found['index']:,} of its log.")
    until(lambda: last_of(sends.ask, _asker(scene, sends), one.subject)[0] == K.HANDED_OVER,
          "the handover in both logs", sends.folder)  # fmt: skip
    index = last_of(sends.ask, _asker(scene, sends), one.subject)[1]
    scene.say(sends.state, f"has it as event {index:,} of its own: one entry, {found['entry']}.")
    took = scene.settled()
    scene.say("both", f"publish, mirror each other, cosign: settled after {took:.1f} s.")
    for site, place in ((sends, index), (receives, int(found["index"]))):
        _settlement(scene, site, place)
    scene.states("After the handover")
    return [two for two in waiting if two != one]


def _departs(scene: Scene, waiting: list[Listed], at: datetime) -> Listed:
    """The first on the manifest who may depart does; who may not is told."""
    sends = scene.sites[0]
    for one in list(waiting):
        try:
            sends.ask(scene.bureau.departure(one, at))
        except ImpossibleEvent as error:
            fault = error.faults[0]
            scene.say(sends.state, f"{one.subject} may not depart: {fault.code} {fault.what}.")
            waiting.remove(one)
            continue
        scene.say(sends.state, f"{one.subject} departs, line {one.line} of {one.manifest}.")
        return one
    raise demo_sites.never("somebody who may depart", sends.folder)


def _signed(scene: Scene, draft: str) -> Found:
    """The receiving state signs a draft once it has come over the line."""
    receives, done = scene.sites[1], list[Found]()

    def signs() -> bool:
        try:
            done.append(receives.ask(scene.bureau.signature(draft)))
        except HabeasError as error:
            if error.code != "H922":  # it has not come yet
                raise
        return bool(done)

    until(signs, "the draft at the other installation", receives.folder)
    return done[0]


def _asker(scene: Scene, site: Site) -> Asker:
    bureau = scene.bureau
    return bureau.asker(bureau.sending if site is scene.sites[0] else bureau.receiving)


def _settlement(scene: Scene, site: Site, index: int) -> None:
    asked = Read(OneSettlement(index), _asker(scene, site), PURPOSE)
    text = str(site.ask(asked)["proof"])
    name = f"handover.{site.state.lower()}.json"
    found = scene.checked(name, text, site)
    scene.say(site.state, f"writes {PROOFS}/{name}, checked offline: {found.verdict}.")


# 2 and 3: a partition, and its healing


def _partition(scene: Scene, waiting: list[Listed]) -> str:
    """The line is cut and both go on; returns a draft that waits for the other side."""
    output.console().rule("2. The line between both is cut; each goes on alone")
    scene.at(7)
    for line in scene.lines:
        line.cut()
    scene.say("line", "is cut. The court's witness still answers both.")
    draft = _sending_goes_on(scene, waiting)
    _receiving_goes_on(scene)
    for site in scene.sites:
        found = scene.published(site)
        if found is not None:
            away = " and ".join(found["refused"])
            word = "within its quorum" if found["witnessed"] else "BELOW ITS QUORUM of two"
            scene.say(site.state, f"publishes. The court cosigns; {away} do not answer: {word}.")
    scene.states("During the partition")
    scene.at(33)
    scene.say(
        "clock", "A day later, set forward on every clock of the story. The line is still cut."
    )
    for site in scene.sites:
        told = site.ask(Settlements(Settlement.OVERDUE))
        late = [f"{one['kind']} (event {one['index']:,})" for one in told["events"]]
        scene.say(
            site.state,
            f"finds {len(late)} overdue after {told['hours']} hours: {', '.join(late)}.",
        )
    scene.states("A day later")
    return draft


def _sending_goes_on(scene: Scene, waiting: list[Listed]) -> str:
    sends = scene.sites[0]
    one = _departs(scene, waiting, scene.at(7.5))
    draft = str(sends.ask(scene.bureau.handover(one, scene.at(8)))["draft"])
    scene.say(sends.state, "drafts the handover; it waits for the other state's signature.")
    return draft


def _receiving_goes_on(scene: Scene) -> None:
    receives, at = scene.sites[1], scene.at(8.5)
    with register_files.stored(receives.register) as store:
        persons = held(store, OTHERS)
    for subject in persons:
        receives.ask(scene.bureau.told(subject, at, scene.bureau.receiving))
    scene.say(receives.state, f"records what was done for {len(persons)} persons held there.")


def _healing(scene: Scene, draft: str) -> None:
    """The line is laid again: everything that was recorded comes to both logs."""
    sends, receives = scene.sites
    output.console().rule("3. The line is laid again")
    scene.at(33.2)
    for line in scene.lines:
        line.lay()
    for site in scene.sites:
        site.again()
    scene.say("line", "is there. Both tell what they have recorded, and fetch each other's log.")
    found = _signed(scene, draft)
    scene.say(
        receives.state, f"signs the draft that waited a day: event {found['index']:,} of its log."
    )
    took = scene.settled()
    scene.say("both", f"settled after {took:.1f} s; nothing is overdue any more.")
    with (
        register_files.stored(sends.register) as one,
        register_files.stored(receives.register) as other,
    ):
        both = compared(one, other)
    if sum(both.alone):
        raise demo_sites.never("the same events in both logs", scene.folder)
    scene.say(
        "both",
        f"{both.both:,} events of the {both.persons:,} persons whom both know stand in both logs, "
        "entry by entry; none stands in one alone. Nothing was lost.",
    )
    scene.states("After the healing")


# The end


def _end(scene: Scene) -> None:
    console = output.console()
    console.rule("What was shown, and how anybody checks it without asking anybody")
    output.lines([f"cd {scene.folder / PROOFS}"])
    for shows, command in scene.checks:
        console.print(f"  # {shows}", style="dim", markup=False)
        output.lines([f"  {command}"])
    console.print(NOT_REVIEWED, markup=False)


def _stays(scene: Scene, logins: list[str]) -> None:
    """Leave everything served until Ctrl-C.

    Raises:
        SetupError: H917, where one of the processes has ended.
    """
    demo_clock.move(scene.clock, demo_clock.REAL())
    scene.sites[1].start()
    scene.sites[0].again()
    output.lines(logins)
    for site in scene.sites:
        output.lines([f"{site.state}: {site.address}, public page {site.address}/en/open/"])
    output.note("It stops on Ctrl-C.")
    while True:
        serve.all_live([child for site in scene.sites for child in site.children])
        sleep(serve.POLL_S)
