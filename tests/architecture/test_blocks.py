"""A block type is one dataclass and its templates of the same name: mail, text, editor form."""

import pytest

from service.core.settings import ROOT
from service.issues.blocks import BLOCKS


@pytest.mark.parametrize("name", sorted(BLOCKS))
@pytest.mark.parametrize("place", ["email/blocks/{}.mjml", "email/blocks/{}.txt", "web/admin/issues/blocks/{}.html"])
def test_every_block_has_its_templates(name: str, place: str) -> None:
    assert (ROOT / "templates" / place.format(name)).exists()


def test_no_template_is_left_over() -> None:
    found = {path.stem for path in (ROOT / "templates" / "email" / "blocks").iterdir()}

    assert {name for name in found if not name.startswith("_")} <= set(BLOCKS)
