"""The contracts for readers who do not speak Python: JSON Schemas, one AsyncAPI document, one page.

`python -m deploy.contracts` rewrites `contracts/schemas/` and `docs/reference.md`; tests compare
what is there with what the classes say, so that nobody reads an outdated description.
"""
