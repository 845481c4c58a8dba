"""What several tests of deliveries ask for."""

import pytest

from service.core.settings import Settings


@pytest.fixture
def few(settings: Settings) -> Settings:
    """Batches of two readers."""
    return settings.model_copy(update={"batch_size": 2})
