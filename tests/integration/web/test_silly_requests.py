"""What no form of ours sends is refused in words, on both databases alike."""

import pytest

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
