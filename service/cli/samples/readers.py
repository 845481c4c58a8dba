"""About two hundred invented readers in every standing. Their domains are reserved ones, so that no real person is ever mailed."""

import itertools
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.core import clock
from service.core.signing import Signer
from service.subscribers import admission, suppression
from service.subscribers.address import Provider
from service.subscribers.admission import Arrival
from service.subscribers.models import Standing, Subscriber, Subscription, SuppressionReason

SOURCE = "sample"
FAMILY_NAMES = ("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권")
GIVEN_NAMES = ("가온", "나래", "다온", "라온", "마루", "바다", "사랑", "아름", "자람", "차오름", "하늘", "한결", "해솔", "별하")
DOMAINS = {
    "naver.example": Provider.NAVER,
    "google.example": Provider.GOOGLE,
    "kakao.example": Provider.KAKAO,
    "microsoft.example": Provider.MICROSOFT,
    "company.example": Provider.OTHER,
}
PENDING, UNSUBSCRIBED, SUPPRESSED, TOTAL = 12, 14, 8, 210


def fill(session: Session, signer: Signer, newsletter_id: int) -> None:
    """Take the readers in; a second time changes nothing."""
    names = [family + given for family, given in itertools.product(FAMILY_NAMES, GIVEN_NAMES)][:TOTAL]
    arrivals = [_arrival(number, name) for number, name in enumerate(names, start=1)]
    results = admission.admit(session, signer, newsletter_id, arrivals, source=SOURCE)
    added = [result.subscriber_id for result in results if result.fate is admission.Fate.ADDED]
    if added:
        ids = [id_ for id_ in added if id_ is not None]
        _spread_over_providers(session)
        _stand(session, newsletter_id, ids[:PENDING], Standing.PENDING)
        _stand(session, newsletter_id, ids[PENDING : PENDING + UNSUBSCRIBED], Standing.UNSUBSCRIBED)
        for id_ in ids[PENDING + UNSUBSCRIBED : PENDING + UNSUBSCRIBED + SUPPRESSED]:
            suppression.suppress(session, session.get_one(Subscriber, id_).address_hash, SuppressionReason.HARD_BOUNCE, note=SOURCE)


def _arrival(number: int, name: str) -> Arrival:
    domain = tuple(DOMAINS)[number * 7 % len(DOMAINS)]
    return Arrival.of(
        f"reader{number:03d}@{domain}",
        name=name,
        language="ko",
        consented_at=clock.now() - timedelta(days=number),
        wants_advertising=number % 3 == 0,
        may_track_opens=number % 4 != 0,
    )


def _spread_over_providers(session: Session) -> None:
    for domain, provider in DOMAINS.items():
        session.execute(update(Subscriber).where(Subscriber.email.endswith("@" + domain)).values(provider=provider.value))


def _stand(session: Session, newsletter_id: int, ids: list[int], state: Standing) -> None:
    session.execute(
        update(Subscription)
        .where(Subscription.newsletter_id == newsletter_id, Subscription.subscriber_id.in_(ids))
        .values(state=state, changed_at=clock.now())
    )
