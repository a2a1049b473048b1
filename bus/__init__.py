"""How it is said: connect, append, decide, read, project, react, retry, set aside, count.

The only package that speaks NATS. Services and projections see the `Bus` protocol of `bus.api`,
which has two implementations that pass one behaviour suite: NATS JetStream and memory.
"""
