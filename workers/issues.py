"""Background work around issues and slots: booked texts are made ready, test mails go out, slots exist ahead, empty ones are warned of."""

from datetime import datetime

from sqlalchemy.orm import Session

from service.core import clock, logs, queues, redis
from service.core.errors import PressrunError
from service.core.problems import Problem, Severity
from service.delivery.launching import correcting, verifying
from service.delivery.telling import slot_notices, test_mail
from service.delivery.transports import reaching
from service.delivery.transports.opening import open_transport
from service.issues import queries as issues
from service.rendering import compile as compiling
from service.rendering import editions
from service.rendering.editions import Source
from service.runtime import Runtime
from service.schedule import booking, cadence, readiness, replacing, verification
from service.schedule.models import Replacement, Slot
from service.tracking import links, linktable
from workers.jobs import job, periodic

log = logs.get(__name__)


@job(booking.COMPILE, queue="render")
def compile_issue(runtime: Runtime, revision_id: int) -> None:
    """Render and check a booked text, and put it into its slot if it is still the one that is booked there."""
    with runtime.reading() as session:
        issue_id = issues.issue_of_revision(session, revision_id)
        slot = booking.slot_of(session, issue_id) if issue_id is not None else None
        if issue_id is None or slot is None or slot.revision_id != revision_id:
            return  # released or booked anew meanwhile
        wanted = _gathered(session, runtime, issue_id, revision_id, slot.fires_at)
    compiled_id, problems = _compiled(runtime, *wanted)
    if compiled_id is None:
        _not_ready(runtime, revision_id, problems)
        return
    with runtime.writing() as session:
        booking.made_ready(session, revision_id=revision_id, compiled_id=compiled_id)


@job(replacing.JOB, queue="render")
def compile_replacement(runtime: Runtime, replacement_id: int) -> None:
    """Render and check a newer text for a slot in its last half hour, beside the approved one."""
    with runtime.reading() as session:
        wanted = session.get(Replacement, replacement_id)
        slot = session.get(Slot, wanted.slot_id) if wanted is not None else None
        if wanted is None or slot is None or slot.issue_id is None:
            return  # dropped, or asked for anew meanwhile
        newer = _gathered(session, runtime, slot.issue_id, wanted.revision_id, slot.fires_at)
    compiled_id, problems = _compiled(runtime, *newer)
    with runtime.writing() as session:
        if compiled_id is not None:
            replacing.made_ready(session, replacement_id, compiled_id)
        else:
            replacing.could_not_be_made_ready(session, replacement_id, readiness.as_rows(problems))


@job(correcting.JOB, queue="render")
def compile_correction(runtime: Runtime, correction_id: int) -> None:
    """Render and check a corrected text, and let the rest of its stopped issue receive it."""
    with runtime.reading() as session:
        correction = correcting.wanted(session, correction_id)
        if correction is None:
            return  # dropped, or asked for anew meanwhile
        corrected = _gathered(session, runtime, correction.issue_id, correction.revision_id, None)
    compiled_id, problems = _compiled(runtime, *corrected)
    with runtime.writing() as session:
        if compiled_id is not None:
            correcting.made_ready(session, correction_id, compiled_id)
        else:
            correcting.could_not_be_made(session, correction_id, readiness.as_rows(problems))


@job(test_mail.JOB, queue="notices")
def send_test_mail(runtime: Runtime, revision_id: int, user_id: int) -> None:
    """Mail one text to the editor who asked, as readers would see it; no ledger, no link and no pixel of it counts."""
    settings = runtime.settings
    with runtime.reading() as session:
        mail = test_mail.prepare(session, revision_id, user_id, base_url=settings.base_url, edge_url=settings.edge_url)
    if mail is None:
        return
    message = test_mail.compose(mail, runtime.email_environment, runtime.signer)
    transport = open_transport(settings.smtp_url, hello_name=settings.smtp_hello_name, connections=1)
    try:
        test_mail.hand_over(runtime.writing, settings, transport, mail, message)
    finally:
        transport.close()


@periodic(seconds=3600)
def make_slots_ahead(runtime: Runtime) -> None:
    """The rhythm's next ten weeks."""
    with runtime.writing() as session:
        cadence.ensure_all(session)


@periodic(seconds=20, queue=queues.RENDER)
def verify_slots(runtime: Runtime) -> None:
    """Look at the slots of the next half hour once more, without making anything again; faults go to their badge and to the desk."""
    with runtime.reading() as session:
        slots = verification.due(session, clock.now())
    if not slots:
        return
    relay = verifying.relay_faults(reaching.check(runtime.settings.smtp_url))
    for slot in slots:
        verify_slot(runtime, slot, relay)


def verify_slot(runtime: Runtime, slot: Slot, relay: list[Problem]) -> list[Problem]:
    """Look at one slot and write down what was found."""
    with runtime.reading() as session:
        found, readers = verifying.look(session, slot)
        destinations = links.table(session, slot.issue_id or 0)
    found += verifying.link_faults(runtime.redis, slot.issue_id or 0, destinations) + relay
    with runtime.writing() as session:
        verified = verification.record(session, slot, found, readers)
        if verified is not None:
            slot_notices.tell_faults(session, verified, runtime.settings.base_url)
    return found


@periodic(seconds=300)
def watch_slots(runtime: Runtime) -> None:
    """Warn the desk of slots that come near without an issue that is ready."""
    with runtime.writing() as session:
        slot_notices.warn(session, clock.now(), runtime.settings.base_url)


def _gathered(
    session: Session, runtime: Runtime, issue_id: int, revision_id: int, fires_at: datetime | None
) -> tuple[Source, list[Problem]]:
    """What a text is rendered from, and what speaks against sending it then."""
    settings = runtime.settings
    source = editions.gather(session, issue_id, revision_id, base_url=settings.base_url, edge_url=settings.edge_url)
    return source, readiness.problems(session, issue_id, revision_id, fires_at)


def _compiled(runtime: Runtime, source: Source, found: list[Problem]) -> tuple[int | None, list[Problem]]:
    """Render and keep a text; the id of its ready version with its links known to the edges, else None and what is in the way."""
    try:
        rendered = source.render(runtime.email_environment)
    except PressrunError as refusal:
        return None, [*found, Problem(Severity.ERROR, refusal.message, values=dict(refusal.values))]
    with runtime.writing() as session:
        compiled = compiling.store(session, source.issue_id, source.revision_id, rendered, found=found)
        table = links.table(session, source.issue_id)
    if not compiled.is_ready:
        return None, [*found, *(problem for problem in rendered.problems if problem not in found)]
    try:
        linktable.publish(runtime.redis, source.issue_id, table)  # before the first of its mails can be clicked
    except redis.Error as failure:
        log.warning("links are published later", issue=source.issue_id, reason=type(failure).__name__)
    return compiled.id, []


def _not_ready(runtime: Runtime, revision_id: int, problems: list[Problem]) -> None:
    with runtime.writing() as session:
        slot_id = booking.could_not_be_made_ready(session, revision_id=revision_id, problems=readiness.as_rows(problems))
        slot = session.get(Slot, slot_id) if slot_id is not None else None
    if slot is not None:
        log.warning("a booked text is not ready", slot=slot.id, issue=slot.issue_id, problems=len(slot.problems))
