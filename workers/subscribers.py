"""Background work around readers: sign-ups are acted on, single mails go out, imports are worked off, overdue notices raise an alarm."""

from service.core import clock, logs
from service.delivery.telling import notices, reader_notices
from service.delivery.transports.opening import open_transport
from service.runtime import Runtime
from service.subscribers import confirming, consent, importing, signing_up
from workers.jobs import job, periodic

log = logs.get(__name__)


@job(signing_up.JOB, queue="notices")
def admit_sign_up(runtime: Runtime, sign_up_id: int) -> None:
    """Act on what a sign-up form said."""
    with runtime.writing() as session:
        signing_up.admit(session, runtime.signer, sign_up_id)


@job(confirming.MAIL_JOB, queue="notices")
def mail_confirmation(runtime: Runtime, confirmation_id: int) -> None:
    """Write the confirmation mail down."""
    with runtime.writing() as session:
        reader_notices.confirmation(session, confirmation_id)


@job(consent.NOTICE_JOB, queue="notices")
def notify_of_consent(runtime: Runtime, event_id: int) -> None:
    """Write the notice down that an act of consent owes (B7)."""
    with runtime.writing() as session:
        reader_notices.of_consent(session, event_id)


@job(notices.JOB, queue="notices")
def send_notice(runtime: Runtime, notice_id: int) -> None:
    """Mail one notice; the connection lives as long as the job."""
    transport = open_transport(runtime.settings.smtp_url, hello_name=runtime.settings.smtp_hello_name, connections=1)
    office = notices.Office(transport, runtime.signer, runtime.email_environment, runtime.settings)
    try:
        notices.send(runtime.reading, runtime.writing, office, notice_id)
    finally:
        transport.close()


@job(importing.JOB)
def run_import(runtime: Runtime, import_id: int) -> None:
    """Work off a file of readers, or go on with it."""
    importing.run(runtime.writing, runtime.signer, import_id, importing.folder(runtime.settings.var_dir))


@job(importing.FINISHED_JOB)
def report_import(runtime: Runtime, import_id: int) -> None:
    """Tell whoever started an import that it is done."""
    with runtime.writing() as session:
        reader_notices.of_import(session, import_id, runtime.settings.base_url)


@periodic(seconds=86_400)
def forget_old_notices(runtime: Runtime) -> None:
    """Addresses do not stay in notices that were settled a month ago (B11)."""
    with runtime.writing() as session:
        notices.forget_old(session, clock.now())


@periodic(seconds=3600)
def look_for_overdue_notices(runtime: Runtime) -> None:
    """The law gives 14 days; we look every hour (B7)."""
    with runtime.writing() as session:
        overdue = reader_notices.raise_alarm(session, clock.now(), runtime.settings.base_url)
    if overdue:
        log.error("notices to readers are overdue", number=overdue, remedy="see the deliveries page; the mail server may be away")
