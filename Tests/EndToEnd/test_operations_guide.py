"""docs/operations.md and the Grafana dashboard name what there is."""

from __future__ import annotations

import json
import re

import httpx

from harness.instance import REPOSITORY

GUIDE = (REPOSITORY / "docs/operations.md").read_text()
DASHBOARD = REPOSITORY / "docs/grafana/brook.json"


def metrics(text: str) -> set[str]:
    return set(re.findall(r"\bbrook_[a-z0-9_]+", text))


def exported(instance) -> set[str]:
    """Every name of a sample in /metrics."""
    text = httpx.get(f"{instance.url}/metrics").text
    return set(re.findall(r"(?m)^(brook_\w+)(?:\{| )", text))


def test_every_metric_of_an_alert_is_exported(instance):
    rules = re.search(r"(?s)```yaml\ngroups:(.*?)```", GUIDE).group(1)
    expressions = metrics(rules)
    assert len(expressions) > 10
    assert expressions <= exported(instance)
    names = re.findall(r"alert: (\w+)", rules)
    assert len(names) == len(set(names)) == rules.count("expr:")


def test_every_metric_of_the_dashboard_is_exported_and_every_panel_has_a_place_of_its_own(instance):
    dashboard = json.loads(DASHBOARD.read_text())
    panels = dashboard["panels"]
    named = metrics(" ".join(target["expr"] for panel in panels for target in panel["targets"]))
    assert named <= exported(instance)
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}) == len(panels)
    for panel in panels:
        references = [target["refId"] for target in panel["targets"]]
        assert len(references) == len(set(references)) > 0


def test_the_dashboard_shows_every_way_that_a_call_is_refused_and_an_attempt_ends(instance):
    shown = metrics(DASHBOARD.read_text())
    for kind in ("refused", "attempts", "calls"):
        missing = {name for name in exported(instance) if re.fullmatch(rf"brook_{kind}_\w+_total", name)} - shown
        assert not missing, missing


def test_the_numbers_of_the_service_that_the_guide_names_are_those_of_its_script():
    script = (REPOSITORY / "scripts/service/brook-service").read_text()
    for name, value in re.findall(r"`([A-Z_]+)` \(([0-9,]+)\)", GUIDE):
        assert re.search(rf"(?m)^ *{name}={value.replace(',', '')}$", script), name


def test_the_log_fields_of_the_guide_are_those_of_nginx_s_format():
    format_ = (REPOSITORY / "nginx/snippets/log-format.conf").read_text()
    section = GUIDE[GUIDE.index("nginx: `/var/log/nginx") : GUIDE.index("## Metrics")]
    rows = "\n".join(line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", rows)) == set(re.findall(r'"(\w+)":"\$', format_))


def test_systemd_gives_the_longest_stop_its_time():
    service = REPOSITORY / "scripts/service"
    most = [int(n) for n in re.findall(r"at most (\d+)", (service / "brook.default").read_text())]
    most += [int(n) for n in re.findall(r"may be (\d+) at most", GUIDE)]
    assert len(most) == 2
    (limit,) = re.findall(r"(?m)^TimeoutStopSec=(\d+)$", (service / "brook.service").read_text())
    # Workers have 8 s to settle what was cut off.
    assert int(limit) > max(most) + 8
