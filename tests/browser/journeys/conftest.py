"""The whole product, once for all journeys; a browser profile of their own for each."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import EmbeddingPage, free_port
from tests.browser.journeys.product import Product

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

LISTED = 9000  # the port of the page that the sample institutions list in their institution.yaml
PATIENCE_MS = 20_000


@pytest.fixture(scope="session")
def started(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Seeded with the sample institutions by its own worker, which takes a minute or two. Asks for a browser first."""
    product = Product(tmp_path_factory.mktemp("product"), free_port())
    product.start()
    try:
        product.wait_until_ready()
        yield product
    finally:
        product.stop()


@pytest.fixture
def product(started: Product) -> Product:
    """Running, whatever an earlier test did to it."""
    if started.waiting_for() is None:
        started.start()
    started.wait_until_ready()
    return started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile; the test fails if any page asked another machine."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    asked: set[str | None] = set()
    context.on("request", lambda request: asked.add(urlsplit(request.url).hostname))
    yield context
    context.close()
    assert asked <= {"localhost", "127.0.0.1", None}


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def listed_site(product: Product) -> Iterator[str]:
    """A page of another site, whose path names the institution; the sample institutions list this origin."""
    yield from _site(product, LISTED)


@pytest.fixture
def unlisted_site(product: Product) -> Iterator[str]:
    """The same page at an origin that nobody lists."""
    yield from _site(product, free_port())


def _site(product: Product, port: int) -> Iterator[str]:
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(EmbeddingPage, product.url))
    except OSError as error:
        pytest.skip(f"port {port}, which the sample institutions list, is taken here ({error.strerror})")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    server.server_close()
