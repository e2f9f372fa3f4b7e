"""What a user's type checker must see in an installed multigrad: its types, through `py.typed`."""

from typing import assert_type

import numpy as np

from multigrad import gradient, slope

assert_type(slope(lambda x: x**3, 2.0), float)
np.testing.assert_allclose(gradient(np.sum, np.ones(3)), np.ones(3))
slope(1.0, 2.0)  # type: ignore[arg-type]  # not callable: the checker must say so
