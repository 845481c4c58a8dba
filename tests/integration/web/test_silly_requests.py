"""What no form of ours sends is refused in words, on both databases alike."""

import pytest

from service.issues.models import IssueState
from service.runtime import Runtime
from tests.support import factories
from tests.support.desk import Browser

pytestmark = pytest.mark.both_databases


def test_number_no_row_can_have_is_no_page(otto: Browser) -> None:
    # when
    in_address = otto.get(f"/admin/issues/{10**25}")
    in_form = otto.post("/admin/schedule/release", {"issue_id": str(10**25)})

    # then
    assert (in_address.status_code, in_form.status_code) == (404, 400)


def test_text_with_a_nul_is_refused(otto: Browser) -> None:
    # when
    answer = otto.post("/admin/newsletters/new", {"name": "a\0b", "slug": "a"})

    # then
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("edit", {"b:x": "1"}),
        ("edit", {"blocks": "x:prose", "b:x:text": "a", "b:x:text.0": "b"}),
        ("edit", {"blocks": "x:story", "b:x:more": "a"}),
        ("edit/overwrite", {"document": "[]"}),
        ("edit/overwrite", {"document": '{"title": "\\ud800"}'}),
    ],
)
def test_form_that_is_not_ours_is_refused(runtime: Runtime, edith: Browser, path: str, form: dict[str, str]) -> None:
    # given
    with runtime.writing() as session:
        issue = factories.issue(session, factories.newsletter(session), IssueState.DRAFT)
        revision = factories.revision(session, issue)

    # when
    answer = edith.post(f"/admin/issues/{issue.id}/{path}", {"based_on": str(revision.id), **form})

    # then
    assert answer.status_code in (400, 422)
