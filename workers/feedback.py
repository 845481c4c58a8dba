"""Background work of the feedback room: edges learn where links lead, bounces are collected, and what is of people is forgotten in time."""

from service.core import clock, logs
from service.delivery.launching import link_repairs
from service.feedback import brakes, checkpoints, destinations, intake, mailbox, months, refusals, retention
from service.feedback.models import Returned, Source
from service.feedback.providers import certificates, taking
from service.runtime import Runtime
from service.tracking import links, linktable
from workers.jobs import job, periodic

MAILBOX_SECONDS = 10.0  # how often it is asked whether PRESSRUN_IMAP_SECONDS are over

log = logs.get(__name__)


@periodic(seconds=5)
def publish_links(runtime: Runtime) -> None:
    """Publish the links of fresh issues and of those an edge asked for; a second run changes nothing."""
    asked_for = linktable.wanted(runtime.redis)
    with runtime.reading() as session:
        tables = links.tables(session, asked_for | destinations.fresh_issues(session))
    for issue_id, table in tables.items():
        linktable.publish(runtime.redis, issue_id, table)


@periodic(seconds=86_400)
def forget_origins(runtime: Runtime) -> None:
    """No network and no user agent is kept longer than a month (C12)."""
    with runtime.writing() as session:
        retention.forget_origins(session, clock.now())


@periodic(seconds=86_400)
def forget_payloads(runtime: Runtime) -> None:
    """No bounce's text and no address in it is kept longer than a month (D15)."""
    with runtime.writing() as session:
        retention.forget_payloads(session, clock.now())


@periodic(seconds=30)
def take_refusals(runtime: Runtime) -> None:
    """Addresses that were refused for good while sending are not mailed again; a second run changes nothing."""
    with runtime.reading() as session:
        has_new = refusals.has_new(session)
    while has_new:
        with runtime.writing() as session:
            has_new = refusals.take(session) == refusals.ROWS


@periodic(seconds=MAILBOX_SECONDS)
def read_mailbox(runtime: Runtime) -> None:
    """Take what is new in the bounce mailbox, each mail and its place in one transaction; a mailbox that is away is tried again."""
    url = runtime.settings.imap_url
    # a pause of the operator's own: a key that lives for it (two workers, one reader)
    if not url or not runtime.redis.set("pressrun:mailbox", "1", nx=True, px=int(runtime.settings.imap_seconds * 1000)):
        return
    try:
        with mailbox.opened(url) as opened:
            _take_letters(runtime, opened, mailbox.name_of(url))
    except mailbox.Failure as failure:
        log.warning("the bounce mailbox cannot be read", reason=type(failure).__name__, remedy="check PRESSRUN_IMAP_URL")


def _take_letters(runtime: Runtime, opened: mailbox.Mailbox, name: str) -> None:
    with runtime.reading() as session:
        place = mailbox.Place(**checkpoints.place(session, name))
    for letter in opened.since(place):
        arrival = intake.of_mail(letter.raw, Source.IMAP) if letter.raw else None
        with runtime.writing() as session:
            if arrival is not None:
                intake.receive(session, runtime.signer, arrival)
            checkpoints.move(session, name, validity=letter.place.validity, uid=letter.place.uid)
        opened.mark_seen(letter.place)


@job(taking.CONFIRM_JOB)
def confirm_topic(runtime: Runtime, returned_id: int) -> None:
    """Confirm the subscription of a topic that the settings name; the address was made by us."""
    with runtime.reading() as session:
        row = session.get(Returned, returned_id)
        url = (row.raw or b"").decode() if row is not None else ""
    if url:
        certificates.get(url)


@job(link_repairs.JOB)
def publish_links_of(runtime: Runtime, issue_id: int) -> None:
    """A link was repaired or led back: the edges hear of it at once."""
    with runtime.reading() as session:
        table = links.table(session, issue_id)
    linktable.publish(runtime.redis, issue_id, table)


@periodic(seconds=3600)
def keep_months(runtime: Runtime) -> None:
    """Make the months of hits ahead; those whose time is over go, once they are counted (their counts stay). Twice is once."""
    now = clock.now()
    with runtime.writing() as session:
        months.make_ahead(session, now)
    with runtime.writing() as session:
        months.drop_before(session, months.first_kept(now, runtime.settings.hits_kept_months))


@periodic(seconds=30)
def pull_brakes(runtime: Runtime) -> None:
    """An issue of which too much comes back waits for somebody's word."""
    with runtime.writing() as session:
        for issue_id in brakes.look(session, runtime.settings.base_url):
            log.warning("issue paused", issue=issue_id, reason="too many bounces or complaints", remedy="look at its page")
