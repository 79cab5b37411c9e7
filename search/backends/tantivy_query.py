"""Conditions as tantivy queries."""

from __future__ import annotations

from typing import assert_never

from tantivy import FieldType, Occur, Query, Schema

from search.backends.tantivy_schema import EXACT_FIELDS
from search.conditions import (
    AllOf,
    AnyOf,
    Begins,
    Between,
    Condition,
    Everything,
    Follows,
    Near,
    NoneOf,
    Term,
)


def tantivy_query(schema: Schema, condition: Condition) -> Query:
    """The tantivy query that finds exactly the documents for which the condition holds."""
    match condition:
        case AllOf(parts):
            found = _all_of(schema, parts)
        case AnyOf(parts):
            found = Query.boolean_query([(Occur.Should, tantivy_query(schema, p)) for p in parts])
        case NoneOf():
            found = _all_of(schema, (condition,))
        case _:
            found = _leaf(schema, condition)
    return found


def _leaf(
    schema: Schema, condition: Everything | Term | Follows | Begins | Near | Between
) -> Query:
    match condition:
        case Everything():
            found = _unscored(Query.all_query())
        case Term(field, value):
            found = Query.term_query(schema, field, value)
            # An exact field says yes or no; it has no part in the order of relevance.
            found = _unscored(found) if field in EXACT_FIELDS else found
        case Follows(field, values):
            found = Query.phrase_query(schema, field, list(values))
        case Begins(field, value):
            found = Query.fuzzy_term_query(schema, field, value, distance=0, prefix=True)
        case Near(field, value, distance):
            found = Query.fuzzy_term_query(schema, field, value, distance)
        case Between(field, low, high):
            found = _unscored(Query.range_query(schema, field, FieldType.Integer, low, high))
        case _:
            assert_never(condition)
    return found


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _all_of(schema: Schema, parts: tuple[Condition, ...]) -> Query:
    clauses = [
        (Occur.MustNot, tantivy_query(schema, part.part))
        if isinstance(part, NoneOf)
        else (Occur.Must, tantivy_query(schema, part))
        for part in parts
    ]
    if all(isinstance(part, NoneOf) for part in parts):
        # tantivy finds nothing where every clause only excludes.
        clauses.append((Occur.Must, tantivy_query(schema, Everything())))
    return Query.boolean_query(clauses)
