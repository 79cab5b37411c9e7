"""Conditions as tantivy queries."""

from __future__ import annotations

from typing import NamedTuple, assert_never

from tantivy import FieldType, Occur, Query, Schema, Searcher

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


class Target(NamedTuple):
    """What a query is made for."""

    schema: Schema
    searcher: Searcher


def tantivy_query(target: Target, condition: Condition) -> Query:
    """The tantivy query that finds exactly the documents for which the condition holds."""
    match condition:
        case AllOf(parts):
            found = _all_of(target, parts)
        case AnyOf(parts):
            found = _any_of(target, parts)
        case NoneOf():
            found = _all_of(target, (condition,))
        case _:
            found = _leaf(target, condition)
    return found


def _any_of(target: Target, parts: tuple[Condition, ...]) -> Query:
    # Most words are no whole form: without that clause what is left is a plain term, many times
    # quicker to intersect with others than a union.
    kept = [part for part in parts if not _is_absent(target, part)] or [parts[0]]
    if len(kept) == 1:
        return tantivy_query(target, kept[0])
    return Query.boolean_query([(Occur.Should, tantivy_query(target, part)) for part in kept])


def _is_absent(target: Target, condition: Condition) -> bool:
    return (
        isinstance(condition, Term)
        and target.searcher.doc_freq(condition.field, condition.value) == 0
    )


def _leaf(
    target: Target, condition: Everything | Term | Follows | Begins | Near | Between
) -> Query:
    match condition:
        case Everything():
            found = _unscored(Query.all_query())
        case Term(field, value):
            found = Query.term_query(target.schema, field, value)
            # An exact field says yes or no; it has no part in the order of relevance.
            found = _unscored(found) if field in EXACT_FIELDS else found
        case Follows(field, values):
            found = Query.phrase_query(target.schema, field, list(values))
        case Begins(field, value):
            found = Query.fuzzy_term_query(target.schema, field, value, distance=0, prefix=True)
        case Near(field, value, distance):
            found = Query.fuzzy_term_query(target.schema, field, value, distance)
        case Between(field, low, high):
            found = _unscored(Query.range_query(target.schema, field, FieldType.Integer, low, high))
        case _:
            assert_never(condition)
    return found


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _all_of(target: Target, parts: tuple[Condition, ...]) -> Query:
    clauses = [
        (Occur.MustNot, tantivy_query(target, part.part))
        if isinstance(part, NoneOf)
        else (Occur.Must, tantivy_query(target, part))
        for part in parts
    ]
    if all(isinstance(part, NoneOf) for part in parts):
        # tantivy finds nothing where every clause only excludes.
        clauses.append((Occur.Must, tantivy_query(target, Everything())))
    return Query.boolean_query(clauses)
