"""Every metric name of the bus, with its meaning. Labels name the consumer or the projection."""

from prometheus_client import Counter, Gauge, Histogram

# Bounds in seconds; the steps around 1 to 50 ms are where a take lives.
LATENCY_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)

APPENDED = Counter("railcast_events_appended", "Events stored by this process", ["context"])
APPEND_SECONDS = Histogram(
    "railcast_append_seconds", "Append until acknowledged", buckets=LATENCY_BUCKETS
)
CONFLICTS = Counter("railcast_append_conflicts", "Appends that met another writer", ["context"])
COMMANDS = Counter("railcast_commands", "Commands answered", ["service", "result"])
DELIVERIES = Counter("railcast_deliveries", "Messages given to a durable consumer", ["consumer"])
DEAD_LETTERS = Counter("railcast_dead_letters", "Messages set aside", ["consumer"])
NOTICES = Counter("railcast_notices", "Notices said", ["type"])
APPLIED = Counter("railcast_projection_applied", "Events folded", ["projection"])
PARKED = Gauge("railcast_projection_parked", "Events parked behind a failure", ["projection"])
CHECKPOINT = Gauge("railcast_projection_checkpoint", "Last sequence committed", ["projection"])
LAG = Gauge("railcast_projection_lag", "Events between checkpoint and head", ["projection"])
REBUILDS = Counter("railcast_reader_rebuilds", "Readers made anew", ["owner"])
