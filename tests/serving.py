"""An application at an address of this machine while a block runs; no request outlives the block."""

import threading
from contextlib import contextmanager

from werkzeug.serving import WSGIRequestHandler, make_server

LONGEST = 100  # seconds for what is still being answered at the end


class Quiet(WSGIRequestHandler):
    """Connections are cut on purpose here."""

    def log(self, type, message, *args):
        pass


class Gate:
    """WSGI application in front of another that knows what is being answered.

    The next test gets another copy of the database in the same place. A thread that still held a connection to the old
    one would give it back to be used again, and requests would meet two databases by turns.
    """

    def __init__(self, app):
        self.app, self.inside, self.shut, self.changed = app, 0, False, threading.Condition()

    def __call__(self, environ, start_response):
        with self.changed:
            if self.shut:
                start_response("503 Closed", [])
                return []
            self.inside += 1
        try:
            return self.app(environ, start_response)
        finally:
            with self.changed:
                self.inside -= 1
                self.changed.notify_all()

    def close(self):
        """Let nothing in any more, and wait until all is answered."""
        with self.changed:
            self.shut = True
            assert self.changed.wait_for(lambda: not self.inside, LONGEST), f"{self.inside} requests do not end"


@contextmanager
def serving(app):
    """The address."""
    gate = Gate(app)
    running = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=Quiet)
    running.handle_error = lambda *about: None
    thread = threading.Thread(target=running.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://localhost:{running.server_port}"
    finally:
        running.shutdown()
        thread.join()
        running.server_close()
        gate.close()
