"""Complex numbers inside a real function: oscillations, impedances, spectra, branch cuts, absolute values.

The frameworks hold to two conventions of conjugation; from real x to real f(x) there must be no difference.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario


def real_part_of_a_wave(x):
    return np.real(np.exp(1j * x))


def size_of_a_wave(x):
    return np.abs(np.exp((0.3 + 2j) * x))


def squared_size(x):
    z = (3 + 4j) * x
    return np.real(z * np.conj(z))


def squared_size_by_parts(x):
    z = x[0] + 1j * x[1]
    return z.real**2 + z.imag**2


def squared_size_by_abs(x):
    return np.abs(x[0] + 1j * x[1]) ** 2


def size(x):
    return np.abs(x[0] + 1j * x[1])


def impedance(frequency):
    """Of a resistor, a coil and a capacitor in a row."""
    omega = 2 * np.pi * frequency
    return np.abs(50 + 1j * omega * 1e-3 + 1 / (1j * omega * 1e-6))


def low_pass_phase(frequency):
    return np.angle(1 / (1 + 1j * frequency / 100))


def power_spectrum(x):
    return np.sum(np.abs(np.fft.fft(x)) ** 2 * np.arange(4))


def filtered(x):
    return np.sum(np.fft.ifft(np.fft.fft(x) * np.array([1.0, 0.5, 0.0, 0.5])).real ** 2)


def spectrum_of_reals(x):
    return np.sum(np.abs(np.fft.rfft(x)) ** 2)


def convolved_by_spectra(x):
    return np.fft.irfft(np.fft.rfft(x) * np.fft.rfft([1.0, 2.0, 0.0, 0.0]), 4)[1]


def root_of_a_negative(x):
    return np.sqrt(x + 0j).imag


def logarithm_of_a_negative(x):
    return np.log(x + 0j).real


def escape(x):
    """How far four steps of z² + c lead."""
    z = c = x[0] + 1j * x[1]
    for _ in range(4):
        z = z**2 + c
    return np.abs(z)


def moebius(x):
    z = (x + 1j) / (x - 1j)
    return z.real + 2 * z.imag


def turned(angle):
    return np.real((1 + 2j) * np.exp(1j * angle)) ** 2


def polar_and_back(x):
    z = x[0] + 1j * x[1]
    return np.abs(z) * np.cos(np.angle(z))


def powers_of_a_root_of_unity(x):
    return np.sum(np.real(x * np.exp(2j * np.pi * np.arange(4) / 4)))


def product_of_complex_matrices(x):
    m = np.array([[1, 1j], [-1j, 2]])
    return np.real(np.conj(x) @ m @ x)


def norm_of_a_complex_vector(x):
    return np.linalg.norm(x * np.array([1j, 1 + 1j]))


def sine_of_an_imaginary(x):
    return np.sin(1j * x).imag


SCENARIOS = (
    Scenario("real part of a wave", real_part_of_a_wave, 0.7, closed_form=lambda x: -np.sin(x)),
    Scenario("size of a growing wave", size_of_a_wave, 1.2, closed_form=lambda x: 0.3 * np.exp(0.3 * x)),
    Scenario("squared size of 3 + 4i times x", squared_size, 2.0, closed_form=lambda x: 50 * x),
    Scenario("squared size by parts", squared_size_by_parts, [3.0, 4.0], "gradient",
             closed_form=lambda x: 2 * x),
    Scenario("squared size by the absolute value", squared_size_by_abs, [3.0, 4.0], "gradient",
             closed_form=lambda x: 2 * x),
    Scenario("squared size by the absolute value at 0", squared_size_by_abs, [0.0, 0.0], "gradient",
             special="smooth, made of a kink", closed_form=lambda x: np.zeros(2)),
    Scenario("complex absolute value", size, [3.0, -4.0], "gradient",
             closed_form=lambda x: np.array([0.6, -0.8])),
    Scenario("complex absolute value at 0", size, [0.0, 0.0], "gradient", special="the kink"),
    Scenario("complex absolute value, huge", size, [3e200, 4e200], "gradient", special="its square overflows",
             closed_form=lambda x: np.array([0.6, 0.8])),
    Scenario("impedance of a circuit", impedance, 2000.0),
    Scenario("impedance near resonance", impedance, 5032.921210448704, special="the slope nearly vanishes"),
    Scenario("phase of a low pass", low_pass_phase, 60.0, closed_form=lambda f: -0.01 / (1 + (f / 100) ** 2)),
    Scenario("angle on the branch cut", lambda x: np.angle(-1 + 1j * x), 0.0,
             special="a jump by a full turn"),
    Scenario("angle of a real", np.angle, -2.0, special="constant π", closed_form=lambda x: 0.0),
    Scenario("angle of a real at 0", np.angle, 0.0, special="a jump"),
    Scenario("power spectrum", power_spectrum, [1.0, 2.0, -1.0, 0.5], "gradient"),
    Scenario("spectrum of reals", spectrum_of_reals, [1.0, 2.0, -1.0, 0.5], "gradient"),
    Scenario("filtered by its spectrum", filtered, [1.0, 2.0, -1.0, 0.5], "gradient"),
    Scenario("convolved by spectra", convolved_by_spectra, [1.0, 2.0, -1.0, 0.5], "gradient",
             closed_form=lambda x: np.array([2.0, 1.0, 0.0, 0.0])),
    Scenario("root of a negative", root_of_a_negative, -4.0, closed_form=lambda x: -0.25),
    Scenario("logarithm of a negative", logarithm_of_a_negative, -2.0, closed_form=lambda x: 1 / x),
    Scenario("escape from Mandelbrot's set", escape, [0.3, 0.5], "gradient"),
    Scenario("Möbius' map", moebius, 0.5),
    Scenario("turned in the plane", turned, 0.4),
    Scenario("polar and back", polar_and_back, [-1.0, 2.0], "gradient",
             closed_form=lambda x: np.array([1.0, 0.0])),
    Scenario("roots of unity that cancel", powers_of_a_root_of_unity, 1.5,
             special="rounding is all there is"),
    Scenario("Hermitian form", product_of_complex_matrices, [1.0, 2.0], "gradient",
             closed_form=lambda x: 2 * x * np.array([1.0, 2.0])),
    Scenario("norm of a complex vector", norm_of_a_complex_vector, [1.0, 2.0], "gradient",
             closed_form=lambda x: np.array([1.0, 4.0]) / 3),
    Scenario("sine of an imaginary", sine_of_an_imaginary, 0.8, closed_form=np.cosh),
)  # fmt: skip
