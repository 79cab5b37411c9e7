"""Comparing invoices with orders, receipts, contracts, commitments and budget."""
