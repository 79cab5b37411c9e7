"""`meg policy`: what the matching policy says, and for whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import data_option, json_option

if TYPE_CHECKING:
    from config.settings import Settings
    from matching.policy_explanation import Limit, Weight
    from matching.tolerances import Policy

_SAID_BY = {
    "default": "par défaut",
    "policy": "politique",
    "contract": "marché",
    "supplier": "fournisseur",
    "entity": "entité",
    "kind": "sorte d'entité",
    "family": "famille",
}


@click.group()
def policy() -> None:
    """Explain or check the matching policy: tolerances, overrides, severities."""


@policy.command()
@click.option("--entity", help="Entity (entity_id) to explain it for.")
@click.option("--kind", help="Kind of entity: local, state, health, company.")
@click.option("--supplier", help="Supplier (supplier_id).")
@click.option("--contract", help="Contract (contract_id).")
@click.option("--family", help="Family of contracts.")
@data_option
@json_option
def explain(data: Path | None, *, as_json: bool, **about: str | None) -> None:
    """Say which limits hold, for everybody or for one contract, supplier or entity, and why."""
    from config.loader import load_settings
    from config.policy import load_policy
    from matching.policy_explanation import limit_record, limits_explained, weights_explained

    settings = load_settings(data)
    in_force = load_policy(settings)
    if (contract := about["contract"]) and not _may_be_known(settings, contract):
        click.echo(
            f"meg: no contract {contract} is known; this is what would hold for it", err=True
        )
    limits, weights = limits_explained(in_force, about), weights_explained(in_force)
    if as_json:
        record = {
            "policy_version": in_force.version,
            "about": {scope: found for scope, found in about.items() if found},
            "limits": [limit_record(limit) for limit in limits],
            "severities": [
                {"code": w.code.value, "default": w.default.value, "severity": w.severity.value}
                for w in weights
            ],
        }
        click.echo(json.dumps(record, ensure_ascii=False))
        return
    _tell(in_force, limits, weights)


def _may_be_known(settings: Settings, contract: str) -> bool:
    """Whether the database knows a contract; where there is none yet, nobody can say."""
    if not settings.database and not (settings.data / "meg.db").exists():
        return True
    from config.database import open_database
    from matching.reference import load_contracts

    with open_database(settings) as database, database.reading() as connection:
        return bool(load_contracts(connection, [contract]))


def _tell(in_force: Policy, limits: list[Limit], weights: list[Weight]) -> None:
    french = in_force.language == "fr"
    title = "Politique" if french else "Policy"
    click.echo(f"{title} {in_force.version}")
    width = max(len(limit.tolerance) for limit in limits)
    for limit in limits:
        said_by = _in_french(limit.said_by) if french else limit.said_by
        click.echo(f"  {limit.tolerance:<{width}}  {limit.value:>6}  {said_by}")
        click.echo(f"  {'':<{width}}          {limit.french if french else limit.english}")
    default = "par défaut" if french else "by default"
    for weight in weights:
        code, severity = weight.code.value, weight.severity.value
        click.echo(f"  {code}: {severity} ({default} {weight.default.value})")


def _in_french(said_by: str) -> str:
    """Who said a limit: nobody, the policy, or an override such as "contract M250041"."""
    scope, _, whose = said_by.partition(" ")
    return f"{_SAID_BY.get(scope, scope)} {whose}".rstrip()


@policy.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def check(file: Path) -> None:
    """Check a policy file before it is put in force; says the version it would have."""
    from config.policy import read_policy

    click.echo(f"{file}: {read_policy(file).version}")
