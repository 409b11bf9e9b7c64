"""Counts down: a number a second, as each comes; documented at /docs."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Path
from fastapi.responses import StreamingResponse

log = logging.getLogger("uvicorn.error")  # where uvicorn writes what is no access


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what requests need before the first one, and close it behind the last one."""
    app.state.ready = True
    yield
    app.state.ready = False
    log.info("All requests have been answered")


app = FastAPI(title="Countdown", lifespan=lifespan)


@app.get("/")
def index() -> dict[str, str]:
    """Tell where to go on."""
    return {"documentation": "/docs", "example": "/from/3"}


@app.get("/from/{start}")
def count_down(start: int = Path(ge=0, le=15)) -> StreamingResponse:
    """Count down to 0. A pod that is stopped meanwhile counts to its end."""

    async def numbers() -> AsyncIterator[str]:
        for number in range(start, 0, -1):
            yield f"{number}\n"
            await asyncio.sleep(1)
        yield "0\n"

    return StreamingResponse(numbers(), media_type="text/plain")


@app.get("/healthz", include_in_schema=False)
async def alive() -> dict[str, str]:
    """Answer, which the event loop can do as long as nothing blocks it."""
    return {"status": "alive"}


@app.get("/readyz", include_in_schema=False)
async def ready() -> dict[str, str]:
    """Tell whether a request could be answered now: ask here whatever requests need, such as a database."""
    if not app.state.ready:
        raise HTTPException(503, "the application is starting or stopping")
    return {"status": "ready"}
