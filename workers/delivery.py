"""Sending: a nudge makes this process drain a lane; ticks launch what is due and sweep up what dead senders left."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from celery import shared_task

from service import broker
from service.core import clock, drift, logs
from service.delivery.identity import instance
from service.delivery.launching import closing, launch
from service.delivery.ledger import batching
from service.delivery.sending import reconcile
from service.delivery.sending.sender import Sender
from service.delivery.telling import instance_notices, launch_notices, settling_notices, stop_notices
from service.delivery.transports.opening import open_transport
from service.delivery.uncertain import settling_by_log
from service.runtime import Runtime
from service.schedule import cadence
from workers.jobs import job, periodic
from workers.places import Places
from workers.process import runtime

log = logs.get(__name__)

DRAIN_SECONDS = 20.0
RELAY_LOG_SECONDS = 10.0
EVERY_TICK = 1  # seconds; shorter than any tick

_places = Places()
_senders: dict[int, Sender] = {}  # by process id: connections are made after the fork and kept between drains


@shared_task(name=broker.DRAIN)
def drain(lane: str) -> None:
    """What a nudge calls. It names no batch: delivered twice, it is just another claimer."""
    drain_lane(runtime(), lane)


def drain_lane(runtime: Runtime, lane: str) -> None:
    """Send for at most DRAIN_SECONDS, close what is through, and nudge whoever still waits.

    `worker_processes` children send at once, so that one stays free for ticks; a nudge beyond them is made up for when one of them ends.
    """
    with _places.one_of(runtime.settings.worker_processes) as is_mine:
        if not is_mine:
            return
        sender = sender_of(runtime)
        with stopped_by_sigterm(sender):
            try:
                done = sender.drain(lane, seconds=DRAIN_SECONDS)
            except (instance.Doubtful, drift.ClocksDisagree) as refusal:
                log.error("nothing more is claimed; the next drain looks again", lane=lane, reason=str(refusal))
                return
    if done.issues:
        with runtime.writing() as session:
            closing.close_finished(session)
    if done.batches or done.is_time_up:
        _nudge(runtime)


def sender_of(runtime: Runtime) -> Sender:
    """This process's sender."""
    if os.getpid() not in _senders:
        _senders.clear()
        settings = runtime.settings
        transport = open_transport(
            settings.smtp_url,
            hello_name=settings.smtp_hello_name,
            connections=settings.smtp_connections,
            reply_seconds=settings.reply_timeout_seconds,
        )
        _senders[os.getpid()] = Sender(runtime.database, transport, runtime.signer, settings)
    return _senders[os.getpid()]


@periodic(seconds=EVERY_TICK)
def launch_due(runtime: Runtime) -> None:
    """Start the issues whose slots have come, and set senders to work; nothing is started by a clock that the database contradicts (E8)."""
    if not instance.may_send(runtime.database, runtime.settings):
        return
    with runtime.writing() as session:
        started = launch.launch_due(session, runtime.settings, clock.now())
        if started:
            instance.count(session, runtime.settings)
    if started:
        _nudge(runtime)


@periodic(seconds=EVERY_TICK)
def sweep(runtime: Runtime) -> None:
    """Every `sweep_seconds`: take over from dead senders, bring retries back, close issues, nudge lanes with work."""
    if runtime.redis.set("pressrun:sweep", "1", nx=True, px=int(runtime.settings.sweep_seconds * 900)):
        runtime.broker.nudge_sending(reconcile.sweep(runtime.database, runtime.settings).lanes)


@periodic(seconds=RELAY_LOG_SECONDS)
def read_relay_log(runtime: Runtime) -> None:
    """Settle by the mail server's log what nobody knows; nothing where the setting names none."""
    settings = runtime.settings
    if settings.relay_log:
        settling_by_log.follow(runtime.database, runtime.signer, Path(settings.relay_log), settings.var_dir)


@job(launch.NOT_LAUNCHED_JOB)
def tell_desk_not_launched(runtime: Runtime, slot_id: int) -> None:
    """Tell the desk that a slot came and its issue was not sent."""
    with runtime.writing() as session:
        launch_notices.tell(session, slot_id, runtime.settings.base_url)


@job(launch.SENT_LATE_JOB)
def tell_desk_sent_late(runtime: Runtime, slot_id: int) -> None:
    """Tell the desk that an issue went out by itself, and late."""
    with runtime.writing() as session:
        launch_notices.tell_sent_late(session, slot_id, runtime.settings.base_url)


@job(cadence.HOUR_MOVED_JOB)
def tell_desk_hour_moved(runtime: Runtime, slot_id: int, before: int) -> None:
    """Tell the desk that new time zone rules have moved a booked issue."""
    with runtime.writing() as session:
        launch_notices.tell_hour_moved(session, slot_id, before, runtime.settings.base_url)


@job(instance.JOB)
def tell_desk_database(runtime: Runtime, number: int) -> None:
    """Tell the desk that the database is not the one this installation was sending from."""
    with runtime.writing() as session:
        instance_notices.tell(session, number, runtime.settings.base_url)


@job(settling_notices.JOB)
def tell_desk_uncertain(runtime: Runtime, issue_id: int) -> None:
    """Ask the people on duty about mails of which nobody knows whether they arrived."""
    with runtime.writing() as session:
        settling_notices.tell(session, issue_id)


@job(stop_notices.JOB)
def tell_desk_stopped(runtime: Runtime, issue_id: int) -> None:
    """Tell the desk that an issue's sending has stopped."""
    with runtime.writing() as session:
        stop_notices.tell(session, issue_id, runtime.settings.base_url)


@contextmanager
def stopped_by_sigterm(sender: Sender) -> Iterator[None]:
    """While a drain runs, SIGTERM finishes the open transactions, records them and gives the rest back; then it is obeyed as usual."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        sender.stop()

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        if asked:
            os.kill(os.getpid(), signal.SIGTERM)


def _nudge(runtime: Runtime) -> None:
    with runtime.reading() as session:
        lanes = batching.wanted(session, runtime.settings, clock.now())
    runtime.broker.nudge_sending(lanes)
