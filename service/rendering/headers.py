"""The headers of an issue in canonical form, with fields where they differ from reader to reader (A5, A22, A26 to A30). Pure."""

from dataclasses import dataclass

from service.rendering import fields, message

RECIPIENT = "recipient"  # the reader's address, in To
MESSAGE_ID = "messageid"  # with its angle brackets, the same on every try
DATE = "date"  # of the hand-over: message.date(...)


@dataclass(frozen=True, slots=True)
class Headers:
    """What the headers of an issue say. `subject`, `unsubscribe_url` and `unsubscribe_mailto` may hold fields.

    `feedback_id` as in A29; `list_domain` is the identifier of List-Id; `extra` headers must be plain ASCII.
    """

    sender_name: str
    sender_email: str
    subject: str
    list_name: str
    list_domain: str
    unsubscribe_url: str
    unsubscribe_mailto: str
    feedback_id: str
    reply_to: str = ""
    extra: tuple[tuple[str, str], ...] = ()

    def before_subject(self) -> str:
        """Raises Invalid, as `after_subject` does, for control characters and for what must not be encoded but would have to be."""
        return f"From: {message.mailbox(self.sender_name, self.sender_email, 6)}\r\nTo: {fields.token(RECIPIENT)}\r\n"

    def after_subject(self, boundary: str) -> str:
        """One of each (A30); what providers read is never encoded and stands on a line of its own (A5, A22)."""
        unsubscribe = message.header("List-Unsubscribe", f"<{self.unsubscribe_url}>, <{self.unsubscribe_mailto}>")
        return "".join(
            [
                message.header("Reply-To", self.reply_to) if self.reply_to else "",
                f"Date: {fields.token(DATE)}\r\n",
                f"Message-ID: {fields.token(MESSAGE_ID)}\r\n",
                unsubscribe.replace(">, <", ">,\r\n <"),
                "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                f"List-Id: {message.list_id(self.list_name, self.list_domain)}\r\n",
                message.header("Feedback-ID", self.feedback_id),
                "Precedence: bulk\r\n",
                *(message.header(name, value) for name, value in self.extra),
                f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n',
            ]
        )
