"""Modules of the capture in a real Chromium; skipped by name where there is none."""

import threading

import pytest
from werkzeug.serving import make_server

from portal import CSP
from tests.capture.bundling import ROOT, bundle
from tests.capture.phone import Phone
from tests.capture.scanning import scanner, scanner_worker  # noqa: F401  # fixtures of this folder too
from tests.capture.viewfinding import finder  # noqa: F401  # a fixture of this folder
from tests.serving import Quiet

PAGE = b"""<!doctype html><html lang="vi"><meta charset="utf-8"><title>capture</title><link rel="icon" href="data:,">
<script type="module" src="/test/bundle.js"></script><body></body></html>"""


@pytest.fixture(scope="session")
def bundled(tmp_path_factory):
    """bundled({"store": "store.js"}) is a script that puts these modules of capture/ into window.portal."""
    folder, made = tmp_path_factory.mktemp("bundles"), {}
    if not (ROOT / "node_modules/esbuild").exists():
        pytest.skip("the parts of npm are not installed: frontend.py installs them")

    def build(modules):
        key = tuple(sorted(modules.items()))
        if key not in made:
            imports = [f'import * as {name} from "./{path}";' for name, path in key]
            program = "\n".join([*imports, f"window.portal = {{ {', '.join(modules)} }};"])
            made[key] = bundle(program, folder, f"{len(made)}.mjs").read_bytes()
        return made[key]

    return build


@pytest.fixture
def served(bundled):
    """served(modules, app=None, page=PAGE) is the address of /test/ with these modules; the rest goes to `app`."""
    running = []

    def start(modules, app=None, page=PAGE):
        script = bundled(modules)

        def answer(environ, start_response):
            path = environ["PATH_INFO"]
            if app and not path.startswith("/test/"):
                return app(environ, start_response)
            kind, body = ("text/javascript", script) if path.endswith(".js") else ("text/html", page)
            start_response("200 OK", [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Security-Policy", CSP)])
            return [body]

        server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        running.append((server, thread))
        return f"http://localhost:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def phone(request, served):
    """phone(modules, app=None) is a Phone: a browser with its memory, in which tabs are opened and killed."""
    phones = []

    def start(modules, app=None, **options):
        phones.append(Phone(request.getfixturevalue("chromium"), served(modules, app, **options)))
        return phones[-1]

    yield start
    complaints = [complaint for one in phones for complaint in one.close()]
    assert not complaints, complaints
