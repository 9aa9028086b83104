"""A shop that is not ours: django-oscar with SQLite and Chinese listings, on loopback until its standard input closes.

``python tests/oscar/shop.py --folder FOLDER [--port N]`` makes the database, fills it, prints its address when ready.
A page past the end redirects to page 1, which is Oscar's own behaviour. Runs with whichever Python has django-oscar.

Owns: settings, filling, serving. Leaves to others: what is sold (``listings``), scanning.
"""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

sys.path.insert(0, str(Path(__file__).parent))
from listings import LISTINGS, PER_PAGE

ROOT_URLCONF = "shop_urls"
CODES = {"注册证号": "number", "注册人": "holder", "规格型号": "model", "适用范围": "scope"}


class _NoMigrations:
    """Tables are made from the models at once: Oscar's years of migrations take a minute and prove nothing here."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


def configure(folder: Path) -> None:
    import oscar
    from django.conf import settings
    from oscar import defaults

    theirs = {name: getattr(defaults, name) for name in dir(defaults) if name.isupper()}
    ours: dict[str, Any] = {
        "SECRET_KEY": "of-a-shop-made-for-one-test",
        "DEBUG": False,
        "ALLOWED_HOSTS": ["127.0.0.1", "localhost"],
        "ROOT_URLCONF": ROOT_URLCONF,
        "INSTALLED_APPS": [*oscar.INSTALLED_APPS, "sorl.thumbnail"],
        "SITE_ID": 1,
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "oscar.db",
                                  "ATOMIC_REQUESTS": True, "OPTIONS": {"timeout": 20}}},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "MIGRATION_MODULES": _NoMigrations(),
        "MIDDLEWARE": [
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
            "oscar.apps.basket.middleware.BasketMiddleware",
        ],
        "TEMPLATES": [{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.debug", "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth", "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form", "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ]},
        }],
        "HAYSTACK_CONNECTIONS": {"default": {"ENGINE": "haystack.backends.whoosh_backend.WhooshEngine",
                                             "PATH": str(folder / "index")}},
        "HAYSTACK_SIGNAL_PROCESSOR": "haystack.signals.BaseSignalProcessor",
        "AUTHENTICATION_BACKENDS": ["oscar.apps.customer.auth_backends.EmailBackend"],
        "LANGUAGE_CODE": "zh-hans", "USE_TZ": True, "TIME_ZONE": "Asia/Shanghai",
        "STATIC_URL": "/static/", "MEDIA_URL": "/media/", "MEDIA_ROOT": str(folder / "media"),
        "LOGGING_CONFIG": None,
        "OSCAR_SHOP_NAME": "演示器械店", "OSCAR_DEFAULT_CURRENCY": "CNY", "OSCAR_PRODUCTS_PER_PAGE": PER_PAGE,
        "OSCAR_SLUG_ALLOW_UNICODE": True,
    }  # fmt: skip
    settings.configure(**{**theirs, **ours})


def fill() -> None:
    """The tables, the listings and the search index."""
    from django.core.management import call_command
    from oscar.apps.catalogue.categories import create_from_breadcrumbs
    from oscar.core.loading import get_model

    call_command("migrate", run_syncdb=True, verbosity=0)
    get_model("address", "Country").objects.create(
        iso_3166_1_a2="CN", iso_3166_1_a3="CHN", iso_3166_1_numeric="156", printable_name="中国", name="中国",
        is_shipping_country=True,
    )  # fmt: skip
    kind = get_model("catalogue", "ProductClass").objects.create(name="医疗器械", slug="device")
    attribute = get_model("catalogue", "ProductAttribute").objects
    for label, code in CODES.items():
        attribute.create(product_class=kind, name=label, code=code, type="text", required=False)
    partner = get_model("partner", "Partner").objects.create(name="演示器械店")
    categories: dict[str, Any] = {}
    for listing in LISTINGS:
        if listing.category not in categories:
            categories[listing.category] = create_from_breadcrumbs(listing.category)
        product = get_model("catalogue", "Product")(
            product_class=kind, structure="standalone", title=listing.title, upc=listing.upc,
            description=f"<p>{listing.description}</p>",
        )  # fmt: skip
        for label, value in listing.attributes.items():
            setattr(product.attr, CODES[label], value)
        product.save()
        product.categories.add(categories[listing.category])
        get_model("partner", "StockRecord").objects.create(
            product=product, partner=partner, partner_sku=listing.upc, price=listing.price, price_currency="CNY",
            num_in_stock=50,
        )  # fmt: skip
    call_command("rebuild_index", interactive=False, verbosity=0)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def serve(port: int) -> None:
    """Serve with one thread a request until standard input closes."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application

    server = _Server(("127.0.0.1", port), _Handler)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()
    server.shutdown()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--folder", type=Path, required=True)
    given = arguments.parse_args()
    configure(given.folder)
    import django

    django.setup()
    fill()
    serve(given.port)


if __name__ == "__main__":
    main()
