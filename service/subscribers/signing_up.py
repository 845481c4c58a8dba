"""From a sign-up form to a confirmation mail. The page stores the form and no more; a job does what depends on the address (F11)."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.core import clock, jobs
from service.core.database import insert
from service.core.errors import Invalid
from service.core.signing import Signer
from service.subscribers import address, confirming, consent, suppression
from service.subscribers.consent import Evidence
from service.subscribers.models import ConsentAction, Purpose, SignUp, Standing, Subscriber, Subscription

JOB = "admit_sign_up"  # argument sign_up_id


class AgeNotConfirmed(Invalid):
    """Readers under 14 need a guardian's consent, which we cannot take here (B12)."""


def ask(
    session: Session,
    *,
    newsletter_id: int,
    email: str,
    name: str = "",
    language: str,
    words: Mapping[Purpose, str],
    source: str = "sign-up page",
    ip_hash: str = "",
    user_agent: str = "",
) -> None:
    """Store what the form said and ask for the job; the same statements whoever the address belongs to.

    `words` are the sentences that were ticked; the one for the newsletter holds the age (B12).
    Raises InvalidAddress, InvalidName, AgeNotConfirmed.
    """
    if Purpose.NEWSLETTER not in words:
        raise AgeNotConfirmed("Please confirm that you are 14 years of age or older and want to receive the newsletter.")
    row = SignUp(
        newsletter_id=newsletter_id,
        email=address.normalise(email),
        name=address.clean_name(name),
        language=language,
        words={purpose.value: text for purpose, text in words.items()},
        source=source[:120],
        ip_hash=ip_hash,
        user_agent=user_agent[:300],
        at=clock.now(),
    )
    session.add(row)
    session.flush()
    jobs.ask(session, JOB, sign_up_id=row.id)


def admit(session: Session, signer: Signer, sign_up_id: int) -> None:
    """Act on a stored form, once: a pending subscription where there was none, and a confirmation mail if the address may have one.

    Suppressed addresses get nothing. Raises TooManyConfirmations, which leaves the form stored for the next try.
    """
    form = session.scalar(select(SignUp).where(SignUp.id == sign_up_id).with_for_update())
    if form is None:
        return
    if not suppression.is_suppressed(session, address.fingerprint(signer, form.email)):
        subscriber_id = find_or_add(session, signer, form.email, language=form.language)
        _subscription(session, form, subscriber_id)
        _ask_confirmation(session, signer, form, subscriber_id)
    session.execute(delete(SignUp).where(SignUp.id == sign_up_id))


def find_or_add(session: Session, signer: Signer, email: str, *, name: str = "", language: str = "ko") -> int:
    """The id of the subscriber with this normalised address, added where new; the case of the local part does not make another."""
    fingerprint = address.fingerprint(signer, email)
    session.execute(
        insert(session, Subscriber)
        .values(
            email=email,
            address_hash=fingerprint,
            name=name,
            language=language,
            provider=address.provider_of(address.domain_of(email)).value,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    return session.execute(select(Subscriber.id).where(Subscriber.address_hash == fingerprint)).scalar_one()


def _subscription(session: Session, form: SignUp, subscriber_id: int) -> None:
    now = clock.now()
    row = {
        "newsletter_id": form.newsletter_id,
        "subscriber_id": subscriber_id,
        "state": Standing.PENDING,
        "wants_advertising": False,
        "may_track_opens": False,
        "source": form.source,
        "created_at": now,
        "changed_at": now,
    }
    session.execute(insert(session, Subscription).values(row).on_conflict_do_nothing())


def _ask_confirmation(session: Session, signer: Signer, form: SignUp, subscriber_id: int) -> None:
    words = {Purpose(purpose): text for purpose, text in form.words.items()}
    confirmation = confirming.ask(
        session,
        signer,
        newsletter_id=form.newsletter_id,
        subscriber_id=subscriber_id,
        name=form.name,
        language=form.language,
        words=words,
    )
    if confirmation is None:
        return
    consent.record(
        session,
        newsletter_id=form.newsletter_id,
        subscriber_id=subscriber_id,
        changes=dict.fromkeys(words, ConsentAction.REQUESTED),
        evidence=Evidence(form.source, form.language, words, form.ip_hash, form.user_agent),
        at=form.at,
        owes_notice=False,
    )
