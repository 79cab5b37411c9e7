"""Words and values of the trade: EN 16931 invoices, orders, contracts, verdicts.

Standard library only; nothing here reads a file, a clock or a database.
"""
