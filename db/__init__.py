"""Connection, transactions, migrations, and the outbox of work to be done."""
