"""Figures of requests, kept by each web process in a file of its own; the worker adds them up (delivery.figures).

Labels are names of our own routes and classes of status codes: bounded, and nothing of people.
"""

from __future__ import annotations

import os
import shutil
import time

from flask import Flask, Response, g, request

from webapp.settings import Settings

BUCKETS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10)


def begin_anew(settings: Settings) -> None:
    """Forget the figures of processes that are gone. Before the first request, by the server alone."""
    if settings.metrics_port:
        shutil.rmtree(settings.figures_dir, ignore_errors=True)
        settings.figures_dir.mkdir(parents=True, exist_ok=True)


def install(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    if not settings.metrics_port:
        return
    settings.figures_dir.mkdir(parents=True, exist_ok=True)
    # The library asks for the folder when it is loaded, so nothing else may load it before.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.figures_dir)
    from prometheus_client import Counter, Histogram

    answered = Counter("passlist_requests", "Requests answered", ("endpoint", "status"))
    took = Histogram(
        "passlist_request_seconds", "Time to answer", ("audience",), buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10)
    )

    def begin() -> None:
        g.measured_from = time.perf_counter()

    def end(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        answered.labels(endpoint, f"{response.status_code // 100}xx").inc()
        began = g.get("measured_from")
        if began is not None:
            took.labels(endpoint.partition(".")[0]).observe(time.perf_counter() - began)
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request(end)
