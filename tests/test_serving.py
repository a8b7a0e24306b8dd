"""The server of the tests: nothing that it was asked goes on when its block has ended."""

import threading
import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.serving import Gate, serving


def test_no_request_outlives_the_block():
    begun, ended = threading.Event(), threading.Event()

    def slow(environ, start_response):
        begun.set()
        time.sleep(0.5)
        ended.set()
        start_response("200 OK", [])
        return [b"late"]

    with serving(slow) as address:
        asking = threading.Thread(target=lambda: urlopen(address).read())
        asking.start()
        begun.wait()
    assert ended.is_set()
    asking.join()


def test_what_comes_after_the_end_never_reaches_the_application():
    gate = Gate(lambda *request: pytest.fail("it was let in"))
    with serving(gate) as address:
        gate.close()
        with pytest.raises(HTTPError, match="503"):
            urlopen(address)
