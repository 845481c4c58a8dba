"""The Celery queues and which job goes where: known without Celery, so that who asks, who works and who starts the workers agree."""

SEND, RENDER, NOTICES, TICK = "send", "render", "notices", "tick"

QUEUES = {
    SEND: "sending of batches",
    RENDER: "compiling and checking issues",
    NOTICES: "single mails to one person",
    TICK: "what beat sets off, and everything short",
}
# the queue of each job that does not go to "tick"
JOB_QUEUES: dict[str, str] = {
    "admit_sign_up": NOTICES,
    "mail_confirmation": NOTICES,
    "notify_of_consent": NOTICES,
    "send_notice": NOTICES,
    "send_test_mail": NOTICES,
    "tell_desk_database": NOTICES,
    "tell_desk_hour_moved": NOTICES,
    "tell_desk_not_launched": NOTICES,
    "tell_desk_sent_late": NOTICES,
    "tell_desk_stopped": NOTICES,
    "tell_desk_uncertain": NOTICES,
    "compile_issue": RENDER,
    "compile_correction": RENDER,
    "compile_replacement": RENDER,
}
