"""Mailbox providers by the names people know them by: English msgids for pages and the terminal. Pure."""

from service.subscribers.address import Provider

PROVIDERS = {
    Provider.GOOGLE.value: "Gmail",
    Provider.MICROSOFT.value: "Outlook",
    Provider.YAHOO.value: "Yahoo",
    Provider.NAVER.value: "Naver",
    Provider.KAKAO.value: "Daum and Kakao",
    Provider.APPLE.value: "iCloud",
    Provider.OTHER.value: "Other providers",
}
