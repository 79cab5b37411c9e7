"""Evidence packages: what an auditor gets, and can verify offline with no trust in the server.

The package is a zip with one spelling for given files (`package`), what the archive has of each
document (`contents`), a readable report of it (`story`, `html_report`, `pdf_report`) and the
program that checks it all (`verify`, standard library alone, never imported by the rest).
"""
