"""Reading an invoice off its printed pages: words, rows, labels, totals, tables, parties."""
