from __future__ import annotations

from pathlib import Path

import pytest

from config.doctor import Health, examine
from config.loader import ConfigurationError, load_settings


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})

    assert settings.database_url == f"sqlite:///{tmp_path / 'meg.db'}"
    assert settings.drop_folder == tmp_path / "inbox"
    assert settings.web.host == "127.0.0.1"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "meg.toml").write_text('[web]\nport = 1\nhost = "::1"\n')

    settings = load_settings(tmp_path, {"MEG_WEB_PORT": "9000"})

    assert (settings.web.host, settings.web.port) == ("::1", 9000)


def test_the_data_folder_comes_from_the_environment(tmp_path: Path) -> None:
    assert load_settings(None, {"MEG_DATA": str(tmp_path)}).data == tmp_path


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("[web]\nprot = 1\n", "web.prot"),
        ('[web]\nport = "many"\n', "web.port"),
        ("[drop]\nsettle_seconds = -1\n", "drop.settle_seconds"),
        ("web = 3\n", "web"),
        ("[web]\nport = 99999\n", "web.port: 99999 is no port; allowed: 1 to 65535"),
        ("[web]\nport = 0\n", "web.port"),
        ("tenant = 'a b/..'\n", "tenant: 'a b/..' cannot be used"),
        ("[web]\nallow_remote = 'perhaps'\n", "web.allow_remote"),
        ("timezone = 'Europe/Atlantis'\n", "timezone"),
        ("not toml", "meg.toml"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, toml: str, told: str) -> None:
    (tmp_path / "meg.toml").write_text(toml)

    with pytest.raises(ConfigurationError, match=told.replace(".", r"\.")):
        load_settings(tmp_path, {})


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="does not exist"):
        load_settings(tmp_path, {"MEG_CONFIG": str(tmp_path / "none.toml")})


def test_variables_of_other_programs_are_ignored(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {"MEG_SOMETHING_ELSE": "1"}).tenant == "main"


@pytest.mark.parametrize(("allowed", "health"), [("false", Health.BAD), ("true", Health.WARNING)])
def test_the_doctor_says_what_listening_to_other_machines_needs(
    tmp_path: Path, allowed: str, health: Health
) -> None:
    asked = {"MEG_WEB_HOST": "0.0.0.0", "MEG_WEB_ALLOW_REMOTE": allowed}  # noqa: S104 - looked at

    (web,) = (c for c in examine(load_settings(tmp_path, asked)) if c.name == "web page")

    assert web.health is health
    assert allowed == "true" or "web.allow_remote" in web.advice
