"""A record made by hand: one case for each thing that a report has to show, and names that mean harm."""

HARM = "<script>document.title='owned'</script>\"'><img src=x onerror=\"document.title='owned'\">"
"""Markup that would run."""

TEXTS = {
    "source": f"def f(x):\n    # {HARM} </pre></script><!--\n    return x | ` @everyone &amp; \x1b[31m\u202e",
    "reason": f"ValueError: {HARM} ]]> \x00 \ud800 | ```",
}


def row(backend, verdict="agree", slope=1.0, **given):
    return {
        "backend": backend, "version": "1.0", "verdict": verdict, "value": 0.0, "slope": slope, "digits": 15.5,
        "device": "cpu", "devices": ["cpu"], "reason": "", "error": "", "seconds": 0.25, "known": None, **given,
    }  # fmt: skip


def case(scenario, *rows, family="smooth", dtype="float64", device="cpu", referee=None, **given):
    said = {
        "source": "mpmath", "reason": "", "value": 0.0, "slope": 1.0, "left": 1.0, "right": 1.0, "kink": False,
        "digits": 30.0, "note": "",
    }  # fmt: skip
    return {
        "id": f"{family}/{scenario}/{dtype}/{device}", "scenario": scenario, "family": family, "special": "",
        "operator": "slope", "order": 1, "dtype": dtype, "device": device, "machine": 0, "x": 0.5,
        "source_text": "def f(x):\n    return x", "published": "", "referee": said | (referee or {}),
        "rows": list(rows),
        "curve": None, **given,
    }  # fmt: skip


def record(*cases, **given):
    def all_of(name):
        return list(dict.fromkeys(each[name] for each in cases))

    names = list(dict.fromkeys(row["backend"] for each in cases for row in each["rows"]))
    return {
        "schema": 1, "created": "2026-01-02T03:04:05+00:00", "seconds": 61.0, "interrupted": False,
        "multigrad": "0.1.0",
        "machines": [{"name": "Linux", "python": "3.11.7", "numpy": "2.4.6", "processor": "x86_64"}],
        "backends": [
            {"name": name, "version": "1.0", "installed": True, "devices": ["cpu"], "reason": "", "machine": 0}
            for name in names
        ],
        "asked": {
            "families": all_of("family"), "backends": names, "devices": all_of("device"), "dtypes": all_of("dtype"),
        },
        "cases": list(cases), "controls": [], **given,
    }  # fmt: skip


PROOF = {"reason": "it chooses no subgradient", "proof": "import torch\nassert torch.tensor(0.0) == 0"}

SMOOTH = case("identity", row("torch"), row("jax"))
HALF = case("identity", row("torch", digits=7.0), row("jax", digits=7.2), dtype="float32")
KINK = case(
    "absolute value", row("torch", "convention", 0.0, digits="nan"), row("jax", "convention", 1.0, digits="nan"),
    family="kinks", special="the kink", x=0.0, referee={"kink": True, "left": -1.0, "slope": 0.0, "note": "kink"},
    curve={"x": [-1.0, -0.5, 0.0, 0.5, 1.0], "y": [1.0, 0.5, 0.0, 0.5, 1.0]},
)  # fmt: skip
KNOWN = case("length", row("torch"), row("jax", "known", "nan", known=PROOF), family="kinks")
VANISHED = case("length again", row("torch"), row("jax", known=PROOF), family="kinks")
LOST = case(
    "cancelling", row("torch", "inaccurate", 1.1, digits=0.9), row("jax", "inaccurate", 1.2, digits=0.7)
)
WRONG = case("root", row("torch", "differ", "inf", reason="slope inf; the referee says 1"), row("jax"))
STRAY = case(
    "sum", row("torch", "unavailable", None, value=None, devices=[], digits="nan", reason="no cpu:1 here"),
    row("jax", "misplaced", devices=["cpu", "cpu:1"], reason="something lay on cpu"), device="cpu:1",
)  # fmt: skip
CANNOT = case("sort", row("torch", "unsupported", None, digits="nan", reason="it cannot"), row("jax"))
HOSTILE = case(
    HARM, row("torch", "failed", None, value=None, digits="nan", reason=TEXTS["reason"], error="ValueError"),
    row("jax"), family=f"family {HARM}", special=HARM, source_text=TEXTS["source"], published=HARM,
)  # fmt: skip

GREEN = record(SMOOTH, HALF, KINK, KNOWN, LOST, CANNOT)
RED = record(
    SMOOTH, HALF, KINK, KNOWN, VANISHED, LOST, WRONG, STRAY, CANNOT, HOSTILE,
    controls=[
        {"name": name, "backend": "jax", "expected": "misplaced", "verdict": verdict, "reason": "it strayed"}
        for name, verdict in (("by hand: sum(x)", "misplaced"), (f"by hand: {HARM}", "agree"))
    ],
)  # fmt: skip
