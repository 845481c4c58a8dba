"""What the demo shows: a sample newsletter whose issue is booked, made ready, sent, and verified in the caught mails."""

import json
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import click
from sqlalchemy import or_, select

from service.accounts import passwords, users
from service.accounts.models import Role, User
from service.cli import catcher
from service.cli.launching.launcher import Launcher
from service.cli.samples import letter, readers, verifying
from service.cli.samples.verifying import Verdict
from service.core.errors import Conflict
from service.core.settings import Settings
from service.delivery.models import Launch
from service.delivery.overview import queries
from service.issues import queries as issues
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter
from service.runtime import Runtime
from service.schedule import booking, calendar, readiness, sending_now
from service.schedule import queries as schedule
from service.schedule.models import Slot, SlotState
from service.schedule.readiness import Readiness

EMAIL, NAME = "otto@pressrun.example", "Otto"
PATIENCE_SECONDS = 300.0
LOOK_SECONDS = 0.1
WAIT_SECONDS = 1.0  # an editor has a minute to stop "send now"; nobody stops a demo


class NotSent(Conflict):
    """The sample issue did not get to its readers."""


@dataclass
class Sight:
    """What the demo prints, and how it keeps the processes tended while it waits."""

    tend: Callable[[], None]

    def say(self, sentence: str) -> None:
        click.echo(sentence, err=True)

    def until(self, look: Callable[[], bool], what: str, *, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait, tending, until `look` says yes. Raises NotSent."""
        deadline = time.monotonic() + seconds
        while not look():
            if time.monotonic() > deadline:
                raise NotSent(f"Gave up after {seconds:g} s: {what}.", remedy="See the logs below var/log.")
            self.tend()
            time.sleep(LOOK_SECONDS)


def show(launcher: Launcher, *, once: bool) -> int:
    """Wait until everything is ready, show it, and go on until Ctrl-C unless it is for `once`. Returns the exit code."""
    launcher.wait_ready()
    runtime, sight = Runtime(launcher.settings), Sight(launcher.tend)
    password = _password(launcher.settings)
    user, newsletter = _prepare(runtime, password)
    with runtime.reading() as session:
        readers_in_all, entitled = verifying.standing(session, newsletter.id)
    sight.say(f"{newsletter.name}: {readers_in_all} readers, {entitled} of them entitled to the next issue.")
    if once or not _was_any_started(runtime, newsletter.id):
        began = time.monotonic()
        verdict = _send(runtime, sight, newsletter, user, _interrupted(runtime, newsletter.id))
        if once:
            return _report(verdict, round(time.monotonic() - began, 2))
    _tell_where_to_look(sight, launcher.settings, password)
    launcher.run()
    return 0


def _prepare(runtime: Runtime, password: str) -> tuple[User, Newsletter]:
    hashed = passwords.hashed(password)
    with runtime.writing() as session:
        user = session.scalar(select(User).where(User.email == EMAIL))
        if user is None:
            user = users.create(session, email=EMAIL, name=NAME, password_hash=hashed, role=Role.OPERATOR, language="ko")
        newsletter = letter.ensure_newsletter(session)
        readers.fill(session, runtime.signer, newsletter.id)
        session.refresh(user)  # taking readers in forgets what the session holds
        session.refresh(newsletter)
    return user, newsletter


def _send(runtime: Runtime, sight: Sight, newsletter: Newsletter, user: User, issue: Issue | None) -> Verdict:
    if issue is None:
        issue = _booked(runtime, sight, newsletter, user)
    number = issue.id
    sight.until(lambda: _progress(runtime, number), f"issue {number} is not sent")
    with runtime.reading() as session:
        verdict = verifying.verify(session, catcher.folder(runtime.settings), newsletter.id, number)
    if verdict.is_right:
        sight.say(f"Verified in the caught mails: {verdict.accepted} readers, one mail each, nobody else.")
    else:
        sight.say(f"The caught mails are not what they should be: {verdict}.\n→ See the logs below var/log.")
    return verdict


def _booked(runtime: Runtime, sight: Sight, newsletter: Newsletter, user: User) -> Issue:
    """A new sample issue in the next free slot; once its compiled version is ready it is sent now instead of waiting for the hour."""
    issue = letter.add_issue(runtime, newsletter, user.id)
    with runtime.writing() as session:
        text = issues.text(session, issue.id)
        slot = schedule.empty(session, newsletter.id, limit=1)[0].slot
        booking.book(session, slot_id=slot.id, issue_id=issue.id, revision_id=text.revision.id, user_id=user.id)
        hour = calendar.both_clocks_text(slot.fires_at, newsletter.readers_zone, newsletter.editors_zone, "en")
    sight.say(f"Issue {issue.id} is booked for {hour}; a worker makes it ready.")
    sight.until(lambda: _is_ready(runtime, issue.id), f"issue {issue.id} is not ready")
    with runtime.writing() as session:
        sending_now.send_now(session, issue_id=issue.id, revision_id=text.revision.id, wait_seconds=WAIT_SECONDS, user_id=user.id)
    sight.say("It is ready, and sent now.")
    return issue


def _is_ready(runtime: Runtime, issue_id: int) -> bool:
    with runtime.reading() as session:
        slot = booking.slot_of(session, issue_id)
    state = readiness.of(slot) if slot is not None else None
    if slot is not None and state is Readiness.NOT_READY:
        raise NotSent("The sample issue could not be made ready: " + "; ".join(str(problem["message"]) for problem in slot.problems))
    return state in (Readiness.READY, Readiness.FAULTY)


def _progress(runtime: Runtime, issue_id: int) -> bool:
    with runtime.reading() as session:
        state = session.get_one(Issue, issue_id).state
        progress = queries.progress(session, issue_id) if session.get(Launch, issue_id) is not None else None
    if progress is not None and sys.stderr.isatty():
        filled = int(40 * progress.share)
        bar = "█" * filled + "·" * (40 - filled)
        click.echo(f"\r  {bar} {progress.settled}/{progress.recipients} ", err=True, nl=state is IssueState.SENT)
    if state in (IssueState.CANCELLED, IssueState.MISSED):
        raise NotSent(f"Issue {issue_id} is {state.value}.", remedy="Open it at the desk.")
    has_only_doubts = progress is not None and not progress.unsent and progress.by_state["uncertain"] > 0
    return state is IssueState.SENT or has_only_doubts  # the caught mails then tell whether those arrived


def _interrupted(runtime: Runtime, newsletter_id: int) -> Issue | None:
    """An issue that an earlier run was sending, or was about to: it goes on, nobody gets it twice. What somebody booked or paused waits."""
    about_to = select(Slot.issue_id).where(Slot.newsletter_id == newsletter_id, Slot.is_extra, Slot.state == SlotState.BOOKED)
    is_on_its_way = or_(Issue.state == IssueState.SENDING, (Issue.state == IssueState.SCHEDULED) & Issue.id.in_(about_to))
    with runtime.reading() as session:
        return session.scalar(select(Issue).where(Issue.newsletter_id == newsletter_id, is_on_its_way).order_by(Issue.id).limit(1))


def _was_any_started(runtime: Runtime, newsletter_id: int) -> bool:
    started = select(Launch.issue_id).join(Issue, Issue.id == Launch.issue_id).where(Issue.newsletter_id == newsletter_id).limit(1)
    with runtime.reading() as session:
        return session.scalar(started) is not None


def _password(config: Settings) -> str:
    """The generated password of the demo's user, the same at every start."""
    path = config.var_dir / "demo_password"
    path.touch(mode=0o600)
    if not path.read_text():
        path.write_text(secrets.token_urlsafe(12))
    return path.read_text()


def _report(verdict: Verdict, seconds: float) -> int:
    """Print the figures as the last line, whether they are right or not; the exit code says which."""
    figures = {name: getattr(verdict, name) for name in ("recipients", "accepted", "duplicates", "skipped")}
    click.echo(json.dumps({**figures, "seconds": seconds}))
    return 0 if verdict.is_right else 1


def _tell_where_to_look(sight: Sight, config: Settings, password: str) -> None:
    sight.say(
        f"""
  Desk        {config.base_url}/admin   ({EMAIL} / {password})
  Deliveries  {config.base_url}/admin/deliveries
  Mailbox     {config.base_url}/admin/mailbox   (the mails as they arrived)
  Sign-up     {config.base_url}/n/{letter.SLUG}

Ctrl-C stops everything; data stays in {config.var_dir}."""
    )
