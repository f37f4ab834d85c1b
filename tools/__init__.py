"""Instruments that measure the whole system or inject faults. The product never imports them."""
