"""The shape of a HAR entry, as far as we need it.

Owns: pydantic models that take every dialect met (Chrome, Firefox, Charles, mitmproxy, Fiddler). Names are those of
the HAR 1.2 format. Leaves to others: the file (``harfile``), what an entry means (``recorded``).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

# Recorders write null where they have nothing, and numbers as text; neither makes a recording worthless.
Text = Annotated[str, BeforeValidator(lambda v: "" if v is None else v)]
Number = Annotated[float, BeforeValidator(lambda v: -1 if v is None or v == "" else v)]


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class Pair(_Loose):
    name: Text
    value: Text = ""


Pairs = Annotated[list[Pair], BeforeValidator(lambda v: [] if v is None else v)]


class PostData(_Loose):
    mimeType: Text = ""
    text: str | None = None
    params: Pairs = Field(default_factory=list)
    encoding: Text = ""


class Request(_Loose):
    method: Text = "GET"
    url: str
    httpVersion: Text = ""
    headers: Pairs = Field(default_factory=list)
    postData: PostData | None = None


class Content(_Loose):
    size: Number = -1
    mimeType: Text = ""
    text: str | None = None
    encoding: Text = ""
    comment: Text = ""


class Response(_Loose):
    status: int
    statusText: Text = ""
    httpVersion: Text = ""
    headers: Pairs = Field(default_factory=list)
    content: Content = Field(default_factory=Content)


class Entry(_Loose):
    """One exchange as a recorder wrote it."""

    startedDateTime: str
    time: Number = 0
    request: Request
    response: Response
    serverIPAddress: Text = ""
