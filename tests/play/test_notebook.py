"""The explorer of ipywidgets: its traits are set as a person sets them, and its HTML is read; once in a real kernel."""

import re
import xml.etree.ElementTree as ET

import pytest

pytest.importorskip("ipywidgets")

from multigrad.play import explorer
from multigrad.play.model import Explorer

INSTALLED = [info.name for info in Explorer("x").backends if info.installed]


def cells(shown, name="rows"):
    """The table of a part, as lists of the texts in each row."""
    text = re.sub(r"^.*?(<table.*?</table>).*$", r"\1", shown.parts[name].value, flags=re.DOTALL)
    table = ET.fromstring(text)
    return [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]


def slopes(shown):
    return [float(row[2]) for row in cells(shown)[1:]]


def test_x_moves_and_everything_follows():
    shown = explorer("x**2", 3.0)
    assert slopes(shown) == [6.0] * len(INSTALLED)
    before = shown.parts["picture"].value
    shown.controls["slider"].value = -1.0
    assert shown.controls["x"].value == -1 and slopes(shown) == [-2.0] * len(INSTALLED)
    assert shown.parts["picture"].value != before
    shown.controls["x"].value = 30.0
    assert slopes(shown) == [60.0] * len(INSTALLED)
    assert shown.controls["slider"].min < 30 < shown.controls["slider"].max and shown.controls["slider"].value == 30


def test_the_picture_is_an_image_with_a_name():
    picture = ET.fromstring(explorer("where(x < 0, 1, x)", 1.0).parts["picture"].value)
    assert picture.attrib["role"] == "img" and "where(x < 0, 1, x)" in picture.attrib["aria-label"]
    assert len(picture.findall("polyline")) > 5 and picture.findall("circle")


def test_an_expression_that_cannot_be_read():
    shown = explorer("x**2", 3.0)
    shown.controls["f"].value = "__import__('os')"
    assert "cannot read" in shown.parts["error"].value and 'role="alert"' in shown.parts["error"].value
    assert slopes(shown) == [6.0] * len(INSTALLED)
    shown.controls["f"].value = "<script>alert(1)</script>"
    assert "<script>" not in shown.parts["error"].value
    shown.controls["f"].value = "x**3"
    assert shown.parts["error"].value == "" and slopes(shown) == [27.0] * len(INSTALLED)


def test_float32():
    shown = explorer("x / 3", 1.0)
    shown.controls["dtype"].value = "float32"
    assert {row[2] for row in cells(shown)[1:]} == {"0.33333334"}


def test_descent():
    shown = explorer("x**2", 3.0)
    shown.controls["rate"].value = 0.25
    shown.controls["step"].click()
    shown.controls["step"].click()
    assert shown.model.x == 0.75 and "2 steps from x = 3 to x = 0.75" in shown.parts["descent"].value
    shown.controls["rate"].value = 0
    assert "expected a number above 0" in shown.parts["error"].value
    shown.controls["reset"].click()
    assert shown.controls["x"].value == 3 and "No step yet" in shown.parts["descent"].value


@pytest.mark.skipif("torch" not in INSTALLED, reason="torch is not installed")
def test_accumulation():
    shown = explorer("x**2", 3.0)
    shown.controls["forget"].value = True
    for _ in range(2):
        shown.controls["backward"].click()
    found = dict(cells(shown, "accumulation"))
    assert found["w.grad of torch, after 2 backwards"] == "12" and found["autograd.grad"] == "6"


def test_they_differ_in_words():
    shown = explorer("abs(x)", 0.0)
    if len(INSTALLED) == 3:
        assert "≠ differs" in shown.parts["rows"].value and "slopes differ here" in shown.parts["rows"].value
    shown.controls["judge"].click()
    assert "referee: mpmath" in shown.parts["rows"].value


def test_in_a_real_kernel(tmp_path):
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    new = nbformat.v4
    cells = [
        'from multigrad.play import explorer\nshown = explorer("x**2", 3.0)\nshown',
        "shown.controls['slider'].value = 2.0\nprint(float(shown.model.rows[0].slope))",
    ]
    notebook = new.new_notebook(cells=[new.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    (output,) = notebook.cells[0].outputs
    assert "application/vnd.jupyter.widget-view+json" in output["data"]
    assert notebook.cells[1].outputs[0]["text"].strip() == "4.0"
