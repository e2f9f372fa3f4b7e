"""What a user's type checker must see in an installed multigrad: its types, through `py.typed`."""

from typing import assert_type

from multigrad import BackendInfo, list_backends, slope

assert_type(list_backends()[0], BackendInfo)
slope(1.0, 2.0)  # type: ignore[arg-type]  # not callable: the checker must say so
