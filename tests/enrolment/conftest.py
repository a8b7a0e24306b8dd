"""A phone that sends cases of the commune."""

import pytest

from tests.enrolment.sending import Phone


@pytest.fixture
def phone(app, commune):
    return Phone(app)
