"""An explorer of slopes: drag x along a curve, and every backend's tangent follows.

In a notebook, `explorer`; in a browser, the command ``multigrad play``. Both are views of `multigrad.play.model`,
which needs neither. What they need is the extra ``play``, and is imported when one is opened.
"""

from multigrad.play.notebook import explorer

__all__ = ["explorer"]
