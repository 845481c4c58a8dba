"""What the audit page says of a line's details."""

from service.web import audit_words


def test_details_are_said_in_words() -> None:
    said = audit_words.details("issue.classified", {"is_advertising": True, "series": None})

    assert said == [("Contains advertising", "Yes")]


def test_what_only_the_program_needs_is_left_out() -> None:
    said = audit_words.details("import.started", {"compiled_id": 3, "source": "a list on paper"})

    assert said == [("Source", "a list on paper")]


def test_weekdays_and_providers_have_their_names() -> None:
    rhythm = audit_words.details("cadence.changed", {"weekdays": [1, 3], "at": "07:30"})
    lane = audit_words.details("lane.reopened", {"lane": "*"})

    assert (rhythm, lane) == ([("Weekdays", "Monday, Wednesday"), ("Time", "07:30")], [("Provider", "All")])
