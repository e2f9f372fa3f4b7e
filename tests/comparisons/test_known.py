"""The table of known differences: what it marks, and that each of its proofs proves something here."""

import pytest

from multigrad import backends
from multigrad.comparisons.catalogue import families
from multigrad.comparisons.known import Known, mark
from multigrad.comparisons.known_table import KNOWN
from multigrad.comparisons.verdict import Verdict

ENTRY = Known("jax", ("length at 0",), "no subgradient is chosen", "assert True", since="0.4.2", before="0.11")


def marked(
    verdict, *, backend="jax", version="0.10.2", scenario="length at 0", dtype="float64", slope=1.0, entry=ENTRY
):
    row = {"backend": backend, "version": version, "verdict": verdict, "slope": slope, "known": None}
    mark([{"scenario": scenario, "dtype": dtype, "rows": [row]}], [entry])
    return row["verdict"], row["known"] is not None


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("differ", ("known", True)),
        # Listed, and no longer there: it bears the entry under another verdict, and is news.
        ("agree", ("agree", True)), ("convention", ("convention", True)), ("unsupported", ("unsupported", True)),
        # Wrong in another way than listed: news of its own, which no entry excuses.
        ("failed", ("failed", False)), ("misplaced", ("misplaced", False)),
        ("unavailable", ("unavailable", False)),
    ],
)  # fmt: skip
def test_what_is_marked(verdict, expected):
    assert marked(verdict) == expected


@pytest.mark.parametrize(
    ("version", "applies"),
    [("0.4.1", False), ("0.4.2", True), ("0.10.2", True), ("0.10.2.dev3+abc", True), ("0.11.0", False), ("0.11", False),
     ("1.0", False), ("0.4", False), ("", False)],
)  # fmt: skip
def test_the_range_of_versions(version, applies):
    assert marked("differ", version=version) == (("known", True) if applies else ("differ", False))


def test_it_is_about_one_backend_one_scenario_and_its_precisions():
    assert marked("differ", backend="torch") == marked("differ", scenario="length") == ("differ", False)
    only_short = Known("jax", ("length at 0",), "", "", dtypes=("float32",))
    assert marked("differ", entry=only_short) == ("differ", False)
    assert marked("differ", dtype="float32", entry=only_short) == ("known", True)


def test_placement_alone_says_nothing_of_it():
    assert marked("agree", slope=None) == ("agree", False)


def test_another_verdict_may_be_listed():
    crash = Known("jax", ("length at 0",), "", "", verdict=Verdict.FAILED)
    assert marked("failed", slope=None, entry=crash) == ("known", True)
    assert marked("differ", entry=crash) == ("differ", False)


# The table itself ------------------------------------------------------------------------------------


def test_the_table_speaks_of_the_catalogue():
    names = {each.name for family in families().values() for each in family}
    listed = [(entry.backend, name, dtype) for entry in KNOWN for name in entry.scenarios for dtype in entry.dtypes]
    assert {name for _, name, _ in listed} <= names
    assert len(listed) == len(set(listed)), "two entries for one row"
    for entry in KNOWN:
        assert entry.backend in backends.registered() and entry.reason.strip()
        assert len(entry.proof.strip().splitlines()) <= 6 and "multigrad" not in entry.proof


@pytest.mark.parametrize("entry", KNOWN, ids=lambda entry: f"{entry.backend}: {entry.scenarios[0]}")
@pytest.mark.filterwarnings("ignore")
def test_the_proof_proves(entry):
    pytest.importorskip(entry.backend)
    version = backends.get(entry.backend).version()
    if not entry.covers(version):
        pytest.skip(f"it is about {entry.versions}, and here is {entry.backend} {version}")
    exec(entry.proof, {})
