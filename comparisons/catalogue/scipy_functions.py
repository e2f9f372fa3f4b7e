"""SciPy's special functions, as SciPy's ufuncs; without SciPy this family is empty.

Each framework brings its own erf, gammaln and i0, with rules of their own and tails that end early.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario

try:
    from scipy import special
except ImportError:
    SCENARIOS: tuple[Scenario, ...] = ()
else:
    SCENARIOS = (
        Scenario("erf", special.erf, 0.5, closed_form=lambda x: 2 / np.sqrt(np.pi) * np.exp(-(x**2))),
        Scenario("erf, saturated", special.erf, 6.0, special="f is 1 to all digits",
                 closed_form=lambda x: 2 / np.sqrt(np.pi) * np.exp(-(x**2))),
        Scenario("erfc's far tail", special.erfc, 26.0,
                 closed_form=lambda x: -2 / np.sqrt(np.pi) * np.exp(-(x**2))),
        Scenario("expit", special.expit, 0.3, closed_form=lambda x: special.expit(x) * special.expit(-x)),
        Scenario("expit, very negative", special.expit, -600.0, special="its exponential is nearly too large",
                 closed_form=lambda x: special.expit(x) * special.expit(-x)),
        Scenario("logit near 1", special.logit, 1 - 2.0**-40, closed_form=lambda p: 1 / (p * (1 - p))),
        Scenario("log of the logistic curve", special.log_expit, -1000.0,
                 closed_form=lambda x: special.expit(-x)),
        Scenario("log-gamma", special.gammaln, 4.5, closed_form=special.digamma),
        Scenario("log-gamma at its minimum", special.gammaln, 1.4616321449683622,
                 special="the slope is some 1e-17"),
        Scenario("log-gamma, tiny", special.gammaln, 1e-10, special="-log(x) rules",
                 closed_form=special.digamma),
        Scenario("log-gamma, negative", special.gammaln, -2.5, special="by reflection",
                 closed_form=special.digamma),
        Scenario("gamma", special.gamma, 5.0, closed_form=lambda x: special.gamma(x) * special.digamma(x)),
        Scenario("gamma, negative", special.gamma, -1.5,
                 closed_form=lambda x: special.gamma(x) * special.digamma(x)),
        Scenario("digamma", special.digamma, 2.3, closed_form=lambda x: special.polygamma(1, x)),
        Scenario("digamma, negative", special.digamma, -0.7, special="by reflection",
                 closed_form=lambda x: special.polygamma(1, 1 - x) * -1 + (np.pi / np.sin(np.pi * x)) ** 2),
        Scenario("modified Bessel i0 of SciPy", special.i0, 2.0, closed_form=special.i1),
        Scenario("modified Bessel i1 at 0", special.i1, 0.0, special="its rule divides by x",
                 closed_form=lambda x: 0.5),
        Scenario("modified Bessel i1, large", special.i1, 30.0,
                 closed_form=lambda x: special.i0(x) - special.i1(x) / x),
        Scenario("normal distribution, far tail", special.ndtr, -10.0,
                 closed_form=lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)),
        Scenario("log of the normal distribution", lambda x: np.log(special.ndtr(x)), -5.0),
        Scenario("beta", lambda a: special.beta(a, 2.5), 1.5,
                 closed_form=lambda a: special.beta(a, 2.5) * (special.digamma(a) - special.digamma(a + 2.5))),
        Scenario("log-beta, unequal", lambda a: special.betaln(a, 0.5), 80.0,
                 closed_form=lambda a: special.digamma(a) - special.digamma(a + 0.5)),
        Scenario("x log y at 0", lambda x: special.xlogy(x, 2.0), 0.0, closed_form=lambda x: np.log(2.0)),
        Scenario("entropy term", special.entr, 0.3, closed_form=lambda p: -np.log(p) - 1),
        Scenario("entropy term at 0", special.entr, 0.0, special="an infinite slope from the right"),
        Scenario("relative entropy", lambda p: np.sum(special.rel_entr(p, np.array([0.5, 0.3, 0.2]))),
                 [0.2, 0.3, 0.5], "gradient",
                 closed_form=lambda p: np.log(p / np.array([0.5, 0.3, 0.2])) + 1),
        Scenario("Kullback-Leibler term", lambda p: special.kl_div(p, 0.5), [0.25, 1.0],
                 closed_form=lambda p: np.log(p / 0.5)),
        Scenario("Huber's loss at its seam", lambda r: special.huber(1.0, r), 1.0, closed_form=lambda r: 1.0),
        Scenario("smooth Huber's loss, tiny", lambda r: special.pseudo_huber(1.0, r), 1e-9,
                 closed_form=lambda r: r / np.sqrt(1 + r**2)),
        Scenario("relative exponential at 0", special.exprel, 0.0, special="0/0, filled in",
                 closed_form=lambda x: 0.5),
        Scenario("Box-Cox at power 0", lambda x: special.boxcox(x, 0.0), 2.0, special="the logarithm",
                 closed_form=lambda x: 1 / x),
        Scenario("Box-Cox by its power", lambda p: special.boxcox(2.0, p), 0.0, special="0/0, filled in",
                 closed_form=lambda p: np.log(2.0) ** 2 / 2),
        Scenario("cosine less one, tiny", special.cosm1, 1e-9, closed_form=lambda x: -np.sin(x)),
        Scenario("softmax of SciPy, one share", lambda x: special.softmax(x)[0], [0.5, 1.5, -1.0],
                 "gradient"),
    )  # fmt: skip
