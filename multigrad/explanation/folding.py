"""Folding: what came several times in a row, as the steps of a loop's body do, becomes one line."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")

MOST_LINES = 24
"""What is no longer than this is left as it is."""


@dataclass(frozen=True)
class Repeated(Generic[T]):
    """Lines that came several times in a row."""

    passes: tuple[tuple[T | Repeated[T], ...], ...]

    @property
    def items(self) -> list[T]:
        """What is folded up here, in order."""
        return list(unfolded(line for lines in self.passes for line in lines))


Line: TypeAlias = T | Repeated[T]


def unfolded(lines: Iterable[Line[T]]) -> Iterator[T]:
    """Everything that stands in the lines."""
    for line in lines:
        if isinstance(line, Repeated):
            yield from line.items
        else:
            yield line


def folded(items: Sequence[T], key: Callable[[T], Hashable], most: int = MOST_LINES) -> list[Line[T]]:
    """The items, where they are many with repetitions as one line, loops in loops too; nothing is left out.

    Examples
    --------
    >>> lines = folded("abcbcbcd", key=str, most=4)
    >>> [line if isinstance(line, str) else line.passes for line in lines]
    ['a', (('b', 'c'), ('b', 'c'), ('b', 'c')), 'd']
    """
    lines: list[Line[T]] = list(items)
    if len(lines) <= most:
        return lines

    def key_of(line: Line[T]) -> Hashable:
        return tuple(map(key_of, line.passes[0])) if isinstance(line, Repeated) else key(line)

    while (shorter := _once(lines, [key_of(line) for line in lines])) is not lines:
        lines = shorter
    return lines


def _once(lines: list[Line[T]], keys: list[Hashable]) -> list[Line[T]]:
    where: dict[Hashable, list[int]] = {}
    for k, key in enumerate(keys):
        where.setdefault(key, []).append(k)
    found: list[Line[T]] = []
    k = 0
    while k < len(lines):
        later = (other for other in where[keys[k]] if other > k)
        period = next((other - k for other in later if keys[k:other] == keys[other : 2 * other - k]), 0)
        times = 1
        while period and keys[k : k + period] == keys[k + times * period : k + (times + 1) * period]:
            times += 1
        if times > 2:
            starts = range(k, k + times * period, period)
            found.append(Repeated(tuple(tuple(lines[start : start + period]) for start in starts)))
            k += times * period
        else:
            found.append(lines[k])
            k += 1
    return found if len(found) < len(lines) else lines


__all__ = ["Line", "Repeated", "folded", "unfolded"]
