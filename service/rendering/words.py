"""What every letter says in its own language, besides the editors' words. The leaving sentence stands in both languages always (B4)."""

WORDS = {
    "ko": {
        "view_in_browser": "브라우저에서 보기",
        "in_this_issue": "이번 호 차례",
        "learn_more": "더 알아보기",
        "summary": "팩트 요약",
        "why": "왜 중요한가",
        "read_on": "계속 읽기",
        "sign_up": "무료로 구독하기",
        "portrait": "{author}의 얼굴 사진",
        "for_reader": "이 편지는 {name}님께 드립니다.",
        "because": "{newsletter} 구독을 신청하셔서 보내 드렸습니다.",
        "privacy": "개인정보 처리방침",
        "preferences": "수신 설정",
        "telephone": "전화",
        "email": "이메일",
        "forwarded": "이 편지를 전달받으셨나요? 구독하기",
    },
    "en": {
        "view_in_browser": "View in browser",
        "in_this_issue": "In this issue",
        "learn_more": "Learn more",
        "summary": "Fact summary",
        "why": "Why it matters",
        "read_on": "Read on",
        "sign_up": "Sign up for free",
        "portrait": "Portrait of {author}",
        "for_reader": "This letter is for {name}.",
        "because": "You receive it because you signed up for {newsletter}.",
        "privacy": "Privacy policy",
        "preferences": "Preferences",
        "telephone": "Telephone",
        "email": "E-mail",
        "forwarded": "Was this letter forwarded to you? Sign up",
    },
}

# (before the link, the link's words, after it), in the words of the law's annex (B4)
LEAVING = (
    ("ko", "수신을 원하지 않으시면 ", "수신거부", "를 눌러 주세요."),
    ("en", "If you do not wish to receive further mail, click ", "Unsubscribe", "."),
)


def of(language: str) -> dict[str, str]:
    """The words of a language; English for one we do not speak."""
    return WORDS.get(language, WORDS["en"])
