"""For those who run the service: changes, health, readiness, figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, PlainTextResponse

from api.rest import examples
from api.rest.described import answers, problems
from api.rest.schemas import Change
from api.services import Serving

router = APIRouter(tags=["operations"])
root = APIRouter(tags=["operations"])

LONGEST_WAIT = 25.0
_UNFINISHED = ("received", "failed")
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@router.get(
    "/changes",
    summary="Wait for a change",
    responses=answers(Change, "The token in force.", examples.CHANGED) | problems(422, 503),
)
async def changes(
    serving: Serving,
    since: Annotated[
        str | None, Query(max_length=200, description="The token of the last answer.")
    ] = None,
    wait: Annotated[
        float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait at the most.")
    ] = LONGEST_WAIT,
) -> JSONResponse:
    """A long poll: answers as soon as anything changed since the token, else after the wait."""
    token = await serving.changes.after(since, wait if since else 0)
    return JSONResponse({"token": token, "changed": token != since})


@root.get("/healthz", summary="Alive", response_class=PlainTextResponse)
async def healthz() -> PlainTextResponse:
    """The process answers; nothing else is looked at."""
    return PlainTextResponse("ok\n")


@root.get("/readyz", summary="Ready", response_class=PlainTextResponse, responses=problems(503))
def readyz(serving: Serving) -> PlainTextResponse:
    """What is needed to answer requests can be reached."""
    serving.application.change_token()
    return PlainTextResponse("ready\n")


@root.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=PlainTextResponse,
    responses=problems(503),
)
def metrics(serving: Serving) -> PlainTextResponse:
    """Documents by status and the work still to be done, in the Prometheus text format."""
    counts = serving.application.counts()
    recorded, sealed = serving.application.log_sizes()
    waiting = {
        "process": sum(counts.get(status, 0) for status in _UNFINISHED),
        "seal": recorded - sealed,
        "index": max(0, sum(counts.values()) - serving.application.indexed()),
    }
    lines = [
        *_gauge("meg_documents", "Documents by status.", "status", counts),
        *_gauge("meg_queue_length", "What waits for each step.", "step", waiting),
        *_gauge("meg_ledger_events", "Events in the ledger.", "", {"": recorded}),
    ]
    return PlainTextResponse("\n".join(lines) + "\n", media_type=_PROMETHEUS)


def _gauge(name: str, text: str, label: str, values: Mapping[str, int]) -> list[str]:
    # Labels are our own words: nothing in them needs escaping.
    rows = [
        f'{name}{{{label}="{key}"}} {value}' if label else f"{name} {value}"
        for key, value in sorted(values.items())
    ]
    return [f"# HELP {name} {text}", f"# TYPE {name} gauge", *rows]
