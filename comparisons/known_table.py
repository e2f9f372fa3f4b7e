"""The table of known differences: where the frameworks are wrong in a way that is understood.

Found with torch 2.13, JAX 0.10 and autograd 1.9. A proof needs nothing but the framework.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

from multigrad.comparisons.known import Known
from multigrad.comparisons.verdict import Verdict

IMPORTS = {
    "torch": "import torch",
    "jax": "import jax, jax.numpy as jnp",
    "autograd": "from autograd import grad, numpy as np",
}
"""What each proof begins with."""

SINCE = {"torch": "2.13", "jax": "0.10", "autograd": "1.9"}
"""The versions that were tried; that older ones have the difference too is not said."""


def _listed(
    scenarios: str,
    reason: str,
    *,
    verdict: Verdict = Verdict.DIFFER,
    dtypes: tuple[str, ...] = ("float64", "float32"),
    **proofs: str,
) -> Iterator[Known]:
    """An entry for each backend that has the difference, with its proof."""
    for backend, proof in proofs.items():
        text = f"{IMPORTS[backend]}\n{cleandoc(proof)}"
        yield Known(backend, tuple(scenarios.split("; ")), reason, text, verdict, SINCE[backend], dtypes=dtypes)


KNOWN: tuple[Known, ...] = (
    *_listed(
        "sine over x by where; sine over x at many points; logistic curve by where, large",
        "reverse mode sends 0 into the branch not taken, where the slope is infinite or NaN: 0 * inf = NaN. "
        "(Forward mode, in which JAX and autograd take a slope, chooses between finished slopes.)",
        torch="""
            x = torch.tensor(0.0, requires_grad=True)
            torch.where(x == 0, 1.0, torch.sin(x) / x).backward()
            assert x.grad.isnan()
        """,
    ),
    *_listed(
        "softplus that overflows where not taken; infinite weight, masked",
        "reverse mode sends 0 into the branch not taken, where the slope is infinite or NaN: 0 * inf = NaN. "
        "(Forward mode, in which JAX and autograd take a slope, chooses between finished slopes.)",
        torch="""
            x = torch.tensor(1000.0, requires_grad=True)
            torch.where(x > 50, x, torch.log1p(torch.exp(x))).backward()
            assert x.grad.isnan()
        """,
        jax="""
            f = lambda x: jnp.where(x > 50, x, jnp.log1p(jnp.exp(x)))
            assert jnp.isnan(jax.grad(f)(1000.0))
        """,
        autograd="""
            f = lambda x: np.where(x > 50, x, np.log1p(np.exp(x)))
            with np.errstate(all="ignore"):
                assert np.isnan(grad(f)(1000.0))
        """,
    ),
    *_listed(
        "root of a square; norm by hand at the origin; square of a root at 0; zero times a root at 0; cube "
        "root of a cube at 0; exponential of a log at 0; angle between parallel vectors; geometric mean with "
        "a zero; drop wave at its minimum; Ackley's function at its minimum; Schwefel's function at 0; great "
        "circle to the same place; great circle to the antipode",
        "the chain rule at a root's (or an arcsine's, a logarithm's) infinite slope: 0 * inf = NaN, though "
        "the composition has a slope",
        torch="""
            x = torch.tensor(0.0, requires_grad=True)
            torch.sqrt(x**2).backward()
            assert x.grad.isnan()
        """,
        jax="""
            assert jnp.isnan(jax.grad(lambda x: jnp.sqrt(x**2))(0.0))
        """,
        autograd="""
            with np.errstate(all="ignore"):
                assert np.isnan(grad(lambda x: np.sqrt(x**2))(0.0))
        """,
    ),
    *_listed(
        "area of a needle of a triangle",
        "the chain rule at a root's (or an arcsine's, a logarithm's) infinite slope: 0 * inf = NaN, though "
        "the composition has a slope; in float32 half the perimeter is one of the sides",
        dtypes=("float32",),
        torch="""
            x = torch.tensor(0.0, requires_grad=True)
            torch.sqrt(x * x).backward()
            assert x.grad.isnan()
        """,
        jax="""
            assert jnp.isnan(jax.grad(lambda x: jnp.sqrt(x * x))(0.0))
        """,
        autograd="""
            with np.errstate(all="ignore"):
                assert np.isnan(grad(lambda x: np.sqrt(x * x))(0.0))
        """,
    ),
    *_listed(
        "Bukin's sixth function in its gorge",
        "sqrt(|y|) where float32 rounds y to 0: abs has slope 0, the root an infinite one, 0 * inf",
        dtypes=("float32",),
        torch="""
            x = torch.tensor(0.0, requires_grad=True)
            torch.sqrt(torch.abs(x)).backward()
            assert x.grad.isnan()
        """,
        autograd="""
            with np.errstate(all="ignore"):
                assert np.isnan(grad(lambda x: np.sqrt(np.abs(x)))(0.0))
        """,
    ),
    *_listed(
        "norm at the origin; square of the norm at the origin; Frobenius norm of a matrix of zeros; distance "
        "of a point from itself",
        "the rule of the norm divides by the norm, 0/0; torch takes the subgradient 0",
        jax="""
            assert jnp.isnan(jax.grad(jnp.linalg.norm)(jnp.zeros(2))).all()
        """,
        autograd="""
            with np.errstate(all="ignore"):
                assert np.isnan(grad(np.linalg.norm)(np.zeros(2))).all()
        """,
    ),
    *_listed(
        "standard deviation of a constant; standardised constant; standard deviation of one number",
        "the rule of the standard deviation divides by it, 0/0; torch answers 0",
        jax="""
            assert jnp.isnan(jax.grad(jnp.std)(jnp.ones(3))).all()
        """,
    ),
    *_listed(
        "standard deviation of a constant; standardised constant",
        "the rule of the standard deviation divides by it, 0/0; torch answers 0",
        autograd="""
            with np.errstate(all="ignore"):
                assert np.isnan(grad(np.std)(np.ones(3))).all()
        """,
    ),
    *_listed(
        "standard deviation, shifted far",
        "the rule of the standard deviation divides by it, 0/0; torch answers 0; in float32 the three numbers"
        " are equal",
        dtypes=("float32",),
        jax="""
            assert jnp.isnan(jax.grad(jnp.std)(jnp.ones(3))).all()
        """,
        autograd="""
            with np.errstate(all="ignore"):
                assert np.isnan(grad(np.std)(np.ones(3))).all()
        """,
    ),
    *_listed(
        "product with one zero; product with two zeros; reduced product with a zero; product of three "
        "factors, one zero, twice",
        "the rule of prod divides the product by each factor, 0/0",
        autograd="""
            with np.errstate(all="ignore"):
                assert np.isnan(grad(np.prod)(np.array([2.0, 0.0, 3.0]))[1])  # the truth is 6
        """,
    ),
    *_listed(
        "determinant of a singular matrix; determinant of a singular matrix, three by three; determinant with a zero "
        "on the diagonal",
        "the rule of det multiplies by the determinant, 0; the gradient is the matrix of cofactors",
        torch="""
            x = torch.tensor([[1.0, 2.0], [2.0, 4.0]], requires_grad=True)
            torch.linalg.det(x).backward()
            assert not x.grad.any()  # the truth is [[4, -2], [-2, 1]]
        """,
    ),
    *_listed(
        "determinant with a zero on the diagonal",
        "from four by four on the rule of det takes the cofactors from an LU factorisation, as if its last pivot were "
        "the one that vanishes",
        jax="""
            assert jax.grad(jnp.linalg.det)(jnp.diag(jnp.array([2.0, 3.0, 1.0, 0.0])))[3, 3] == 6.0
            assert jax.grad(jnp.linalg.det)(jnp.diag(jnp.array([2.0, 0.0, 3.0, 1.0])))[1, 1] == 0.0  # the truth is 6
        """,
    ),
    *_listed(
        "determinant, nearly singular",
        "the rule of det multiplies by the determinant, 0; in float32 the matrix is singular",
        dtypes=("float32",),
        torch="""
            x = torch.tensor([[1.0, 1.0], [1.0, 1.0]], requires_grad=True)
            torch.linalg.det(x).backward()
            assert not x.grad.any()  # the truth is [[1, -1], [-1, 1]]
        """,
    ),
    *_listed(
        "determinant, nearly singular",
        "the rule of det inverts the matrix, and NumPy raises LinAlgError; in float32 the matrix is singular",
        verdict=Verdict.FAILED,
        dtypes=("float32",),
        autograd="""
            try:
                grad(np.linalg.det)(np.array([[1.0, 1.0], [1.0, 1.0]]))
            except np.linalg.LinAlgError:
                raised = True
            assert raised
        """,
    ),
    *_listed(
        "determinant of a singular matrix; determinant of a singular matrix, three by three; determinant of a "
        "matrix of rank 1; determinant of a matrix of zeros; determinant with a zero on the diagonal",
        "the rule of det inverts the matrix, and NumPy raises LinAlgError",
        verdict=Verdict.FAILED,
        autograd="""
            try:
                grad(np.linalg.det)(np.array([[1.0, 2.0], [2.0, 4.0]]))
            except np.linalg.LinAlgError:
                raised = True
            assert raised
        """,
    ),
    *_listed(
        "log-determinant, underflowing",
        "slogdet of a matrix of two by two takes the logarithm of ad - bc, which underflows; from three by "
        "three on it is right",
        dtypes=("float64",),
        jax="""
            with jax.enable_x64(True):
                x = jnp.diag(jnp.array([1e-200, 1e-200]))
                assert jnp.linalg.slogdet(x)[1] == -jnp.inf  # the truth is -921.03
                assert jnp.isnan(jax.grad(lambda x: jnp.linalg.slogdet(x)[1])(x)).any()
        """,
    ),
    *_listed(
        "reconstruction, double eigenvalue",
        "the rule of eigh divides by the difference of eigenvalues, 1/0; f is linear",
        torch="""
            x = torch.diag(torch.tensor([2.0, 2.0, 1.0])).requires_grad_()
            w, v = torch.linalg.eigh(x)
            ((v * w) @ v.T).sum().backward()
            assert x.grad.isnan().any()
        """,
        jax="""
            def f(x):
                w, v = jnp.linalg.eigh(x)
                return jnp.sum((v * w) @ v.T)
            assert jnp.isnan(jax.grad(f)(jnp.diag(jnp.array([2.0, 2.0, 1.0])))).any()
        """,
        autograd="""
            def f(x):
                w, v = np.linalg.eigh(x)
                return np.sum(np.dot(v * w, v.T))
            with np.errstate(all="ignore"):
                assert np.isnan(grad(f)(np.diag([2.0, 2.0, 1.0]))).any()
        """,
    ),
    *_listed(
        "x to the 0 at 0; x at power 1 at 0, twice",
        "an exponent that is a float takes the general rule, y * x**(y - 1): 0 * inf",
        jax="""
            assert jnp.isnan(jax.grad(lambda x: x**0.0)(0.0))  # x**0 with an int is right
        """,
    ),
    *_listed(
        "x to the x at 0",
        "the slope is minus infinity; torch's rule of the exponent answers 0 where the base is 0",
        torch="""
            x = torch.tensor(0.0, requires_grad=True)
            (x**x).backward()
            assert x.grad == 0
        """,
    ),
    *_listed(
        "x to the x at 0",
        "the slope is minus infinity; autograd's rule replaces the base 0 by 1 before it takes the logarithm",
        autograd="""
            assert grad(lambda x: x**x)(0.0) == 0
        """,
    ),
    *_listed(
        "arctan2 at the origin; arctan2 of the other argument at 0; angle of a real at 0",
        "the rule divides by x² + y², 0/0; on either side of the jump the slope is 0",
        jax="""
            assert jnp.isnan(jax.grad(jnp.arctan2)(0.0, 0.0))
        """,
        autograd="""
            with np.errstate(all="ignore"):
                assert np.isnan(grad(np.arctan2)(0.0, 0.0))
        """,
    ),
    *_listed(
        "hypot at the origin",
        "the rule divides by the hypotenuse, 0/0",
        torch="""
            x = torch.tensor(0.0, requires_grad=True)
            torch.hypot(x, torch.tensor(0.0)).backward()
            assert x.grad.isnan()
        """,
    ),
    *_listed(
        "hypot at the origin",
        "autograd has no hypot; the row is sqrt(x² + y²), whose rule is 0/0",
        autograd="""
            with np.errstate(all="ignore"):
                assert np.isnan(grad(lambda x: np.sqrt(x**2 + 0.0))(0.0))
        """,
    ),
    *_listed(
        "hypot, huge",
        "jnp.hypot is a * sqrt(1 + (b/a)²), and the rule of b/a divides by a², which overflows: 1.25 for 0.8."
        " (At tiny x it underflows: -inf.)",
        dtypes=("float64",),
        jax="""
            with jax.enable_x64(True):
                assert jax.grad(jnp.hypot)(4e200, 3e200) == 1.25  # the truth is 0.8
                assert jax.grad(jnp.hypot)(4e-200, 3e-200) == -jnp.inf
        """,
    ),
    *_listed(
        "sinc at 0; sinc at 0, twice",
        "the rule of sinc is written for x away from 0",
        autograd="""
            with np.errstate(all="ignore"):
                assert np.isnan(grad(np.sinc)(0.0))
        """,
    ),
    *_listed(
        "sinc at 0, twice",
        "the rule of sinc is right at 0, the rule of that rule is NaN",
        torch="""
            x = torch.tensor(0.0, requires_grad=True)
            (s,) = torch.autograd.grad(torch.sinc(x), x, create_graph=True)
            (s2,) = torch.autograd.grad(s, x)
            assert s == 0 and s2.isnan()  # the truth is -3.29
        """,
    ),
    *_listed(
        "sinc, tiny",
        "the slope of jnp.sinc cancels two terms of size 1/x near 0: no digit is right in float32",
        dtypes=("float32",),
        jax="""
            slope = jax.jvp(jnp.sinc, (1e-5,), (1.0,))[1]
            assert abs(slope + 3.29e-5) > 1e-4
        """,
    ),
    *_listed(
        "clip with equal bounds",
        "clip lets x through at its bounds, here at both; f is constant",
        torch="""
            x = torch.tensor(1.0, requires_grad=True)
            torch.clip(x, 1, 1).backward()
            assert x.grad == 1
        """,
    ),
    *_listed(
        "clip with equal bounds",
        "clip is minimum(maximum(x, low), high), and each takes a half at its tie; f is constant",
        jax="""
            assert jax.grad(lambda x: jnp.clip(x, 1, 1))(1.0) == 0.25
        """,
    ),
    *_listed(
        "median of three curves",
        "a half at each tie: of several ties one in another, halves of halves; f is x on both sides",
        torch="""
            x = torch.tensor(1.0, requires_grad=True)
            one = torch.ones(())
            torch.maximum(torch.minimum(x, one), torch.minimum(torch.maximum(x, one), x**2)).backward()
            assert x.grad == 0.875
        """,
        jax="""
            f = lambda x: jnp.maximum(jnp.minimum(x, 1), jnp.minimum(jnp.maximum(x, 1), x**2))
            assert jax.grad(f)(1.0) == 0.875
        """,
        autograd="""
            f = lambda x: np.maximum(np.minimum(x, 1), np.minimum(np.maximum(x, 1), x**2))
            assert grad(f)(1.0) == 0.875
        """,
    ),
    *_listed(
        "maximum less the maximum",
        "at a tie max goes to the first entry, and the first of the reversed is the last: the two do not "
        "cancel",
        torch="""
            x = torch.tensor([2.0, 2.0], requires_grad=True)
            (x.max(0).values - x.flip(0).max(0).values).backward()
            assert x.grad.tolist() == [1.0, -1.0]
        """,
    ),
    *_listed(
        "softplus, stable at 0",
        "the kinks of maximum (a half) and of abs (1, not 0) do not cancel as the functions do",
        jax="""
            f = lambda x: jnp.maximum(x, 0) + jnp.log1p(jnp.exp(-jnp.abs(x)))
            assert jax.grad(f)(0.0) == 0  # the truth is 0.5
        """,
    ),
    *_listed(
        "maximum of two parabolas that touch, twice",
        "the mean of both second derivatives, 2 and 4; f is the steeper parabola on both sides",
        torch="""
            x = torch.tensor(0.0, requires_grad=True)
            (s,) = torch.autograd.grad(torch.maximum(x**2, 2 * x**2), x, create_graph=True)
            assert torch.autograd.grad(s, x)[0] == 3
        """,
        jax="""
            assert jax.grad(jax.grad(lambda x: jnp.maximum(x**2, 2 * x**2)))(0.0) == 3
        """,
        autograd="""
            assert grad(grad(lambda x: np.maximum(x**2, 2 * x**2)))(0.0) == 3
        """,
    ),
    *_listed(
        "exp, very negative; normalised tiny vector",
        "XLA on the CPU flushes subnormal numbers to 0",
        dtypes=("float64",),
        jax="""
            with jax.enable_x64(True):
                assert jnp.exp(-740.0) == 0  # the truth is 4.2e-322
        """,
    ),
    *_listed(
        "exp where float32 underflows; square root of a float32 subnormal",
        "XLA on the CPU flushes subnormal numbers to 0",
        dtypes=("float32",),
        jax="""
            assert jnp.exp(-100.0) == 0  # the truth is 3.7e-44, a float32
            assert jnp.sqrt(jnp.float32(2.0**-140)) == 0
        """,
    ),
    *_listed(
        "digamma; digamma, negative",
        "torch's polygamma(1, x), the slope of digamma, has ten to eleven right digits in float64",
        dtypes=("float64",),
        torch="""
            x = torch.tensor(2.3, dtype=torch.float64)
            error = abs(torch.special.polygamma(1, x) / 0.542537458665258 - 1)
            assert 1e-11 < error < 1e-8
        """,
    ),
)
