"""A catalogue that behaves badly: cases that crash, hang and change what is not theirs, among some that don't."""

import ctypes
import os
import sys
import threading
import time

import numpy as np

from multigrad.comparisons.scenario import Scenario

POINT, POINTS = np.array(2.0), np.array([1.0, 2.0, 3.0])


def cube(x):
    return x**3


def branch(x):
    return np.maximum(x, 0)


def magnitude(x):
    return np.abs(x)


def where_trap(x):
    return np.sum(np.where(x == 0, 1.0, np.sin(x) / x))


def total(x):
    return np.sum(x)


def crashes(x):
    os._exit(3)


def crashes_in_c(x):
    ctypes.string_at(0)


def crashes_in_torch_only(x):
    from multigrad.array import running

    recording = running.get()
    if recording is not None and recording.backend.name == "torch":
        os._exit(4)
    return x**2


def leaves_a_bomb(x):
    if not bombs:
        bombs.append(threading.Timer(0.5, os._exit, (5,)))
        bombs[0].start()
    return x**2


bombs = []


def slow(x):
    time.sleep(0.05)
    return x**2


def loops(x):
    while True:
        pass


def sleeps(x):
    time.sleep(1000)


def holds_the_interpreter(x):
    ctypes.PyDLL(None).sleep(1000)


def exits(x):
    sys.exit("enough")


def prints_and_reads(x):
    print("{not json")
    return x * (2 if sys.stdin.read() == "" else 3)


def error_state(x):
    np.seterr(all="raise")
    return x**2


def default_dtype(x):
    import torch

    torch.set_default_dtype(torch.float64)
    return x**2


def configuration(x):
    import jax

    jax.config.update("jax_debug_nans", True)
    return x**2


def draws(x):
    return x**2 + 0 * np.random.rand()


FAMILIES = {
    "good": (
        Scenario("cube", cube, POINT, closed_form=lambda x: 3 * x**2),
        Scenario("branch", branch, np.array(0.0), special="the kink"),
        Scenario("magnitude", magnitude, np.array(0.0), special="the kink"),
        Scenario("where trap", where_trap, np.zeros(2), "gradient"),
        Scenario("total", total, POINTS, "gradient"),
        Scenario("prints and reads", prints_and_reads, POINT),
        Scenario("draws", draws, POINT),
    ),
    "huge": (Scenario("huge", cube, np.array(1e60)), Scenario("tiny", cube, np.array([1.0, 1e-60]))),
    "crash": (
        Scenario("crashes", crashes, POINT),
        Scenario("crashes in C", crashes_in_c, POINT),
        Scenario("crashes in torch only", crashes_in_torch_only, POINT),
        Scenario("exits", exits, POINT),
        Scenario("leaves a bomb", leaves_a_bomb, POINT),
        Scenario("slow", slow, POINT),
    ),
    "hang": (
        Scenario("loops", loops, POINT),
        Scenario("sleeps", sleeps, POINT),
        Scenario("holds the interpreter", holds_the_interpreter, POINT),
    ),
    "stray": (
        Scenario("error state", error_state, POINT),
        Scenario("default dtype", default_dtype, POINT),
        Scenario("configuration", configuration, POINT),
    ),
}


def families():
    return FAMILIES


def scenario(name):
    return next(each for family in FAMILIES.values() for each in family if each.name == name)
