"""The report as PDF: the HTML's own template laid out on A4 by WeasyPrint, the same bytes for the same case.

Owns: printing without a network — the only things that can be fetched are the pictures handed in, by the numbers given to
them here. Leaves to others: what is shown (``view``), the layout (``templates``), signing (``evidence.pdfsign``).
"""

from __future__ import annotations

import io
import logging
import warnings
from typing import Any

from scanner.errors import StoreError
from scanner.report import marks
from scanner.report.html import filled
from scanner.report.view import MAX_FOUND, View

SCHEME = "picture:"


def pdf(view: View) -> bytes:
    """The report of a paper view. StoreError where WeasyPrint's libraries (Pango) are not there."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import weasyprint  # type: ignore[import-untyped]
    except OSError as error:
        raise StoreError(
            "报告的 PDF 做不出来：缺少 Pango", where=str(error)[:200], hint="安装 libpango-1.0-0、libpangoft2-1.0-0"
        ) from error
    for name in ("weasyprint", "fontTools", "fontTools.subset"):
        logging.getLogger(name).setLevel(logging.ERROR)  # a fetch refused, a glyph missing: nothing for the screen
    pictures: list[bytes] = []

    def source(picture: bytes) -> str:
        pictures.append(picture)
        return f"{SCHEME}{len(pictures) - 1}"

    text = filled(view, source, most=MAX_FOUND)
    made: bytes = weasyprint.HTML(
        string=text, url_fetcher=_fetcher(pictures), base_url=None, media_type="print"
    ).write_pdf()
    return made


def _fetcher(pictures: list[bytes]) -> Any:
    """What WeasyPrint may fetch: our pictures and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]

    class Handed(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            number = url.removeprefix(SCHEME)
            if not url.startswith(SCHEME) or not number.isdecimal() or int(number) >= len(pictures):
                raise ValueError("the report fetches nothing")
            body = pictures[int(number)]
            return URLFetcherResponse(url, io.BytesIO(body), {"Content-Type": marks.media_type(body)})

    return Handed()
