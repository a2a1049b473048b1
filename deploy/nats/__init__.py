"""NATS as deployed: who may say and hear what, and the server configuration made from it."""
