"""One file per rule, or family of rules: each a generator of discrepancies over the same facts.

A rule says what differs, by how much and where; severities come from the policy, sentences from
`matching.texts`.
"""
