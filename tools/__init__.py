"""Instruments that measure or break the whole system; the product never imports them."""
