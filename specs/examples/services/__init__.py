"""Pretended services: a payment provider, a mail server, a customer database ... The handlers use them like real ones.

A step's body may run again when the process dies before its result is stored. So every call here names what it is
about (an order, a user, a log id): a real service would use that as its idempotency key.
"""
