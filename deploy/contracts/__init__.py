"""The contracts for readers who do not speak Python: JSON Schemas and one AsyncAPI document.

`python -m deploy.contracts` rewrites `contracts/schemas/`; a test compares what is there with what
the classes say, so that nobody reads an outdated description.
"""
