"""One trace from file to picture: W3C trace context in the header `traceparent`."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("railcast")


def start(service: str) -> None:
    """Make this process a named participant of traces; spans leave by whatever exporter is set."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    trace.set_tracer_provider(
        TracerProvider(resource=Resource.create({"service.name": f"railcast-{service}"}))
    )


@contextmanager
def span(name: str, traceparent: str = "") -> Iterator[trace.Span]:
    """Run a block as a span, as a child of `traceparent` if one is given."""
    context = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    with _tracer.start_as_current_span(name, context=context) as current:
        yield current


def traceparent() -> str:
    """The header value of the running span; empty outside of one."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent", "")
