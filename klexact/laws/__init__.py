"""Laws: distributions given by a formula, whose entropy and divergence are derived, not typed in.

A `Law` is data: parameters (exact numbers or expressions in symbols), a support, the conditions on the symbols, and
log q(x) as a linear combination of statistics. D(p‖q) = E_p[log p - log q]: like statistics are joined, the expectations
of the others are asked of p. For an exponential family they follow from the log-partition A(η) alone, by
differentiation and tilting; other laws bring rules of their own. So one mechanism serves every pair.

| what | names |
|---|---|
| measures | `entropy`, `cross_entropy`, `kl_divergence`; `expectation` of any statistic |
| information and optima | `fisher_information`; `klexact.fit` takes a law with free symbols as a model |
| integers | `bernoulli`, `binomial`, `geometric`, `first_success`, `negative_binomial`, `poisson`, `logarithmic`, |
| | `categorical`, `discrete_uniform`, `probit_bernoulli`, `ordered_logistic`, `stopping_ratio_logistic` |
| half-line | `exponential`, `gamma`, `inverse_gamma`, `chi_squared`, `chi`, `half_normal`, `rayleigh`, `weibull`, |
| | `log_normal`, `pareto`, `inverse_gaussian` |
| line | `normal`, `laplace`, `cauchy`, `gumbel`, `moyal`, `exp_gamma`, `exp_inverse_gamma` |
| bounded | `beta`, `kumaraswamy`, `continuous_bernoulli`, `uniform`, `log_uniform`, `logit_normal`, `von_mises` |
| your own | `ExponentialFamily`, or a `Law` written out |

Symbols stand for real numbers that satisfy a law's `conditions`; what a result needs beyond them (supports inside each
other, moments that exist) is a Piecewise. At the ends of a parameter's domain substitute in the law, not in the result.

Adding a law is writing one function that returns a `Law`:

1. Parameters: `given = exact("name", rate=(rate, POSITIVE), ...)`, from `klexact.laws.parameters`, checks numbers and keeps
   conditions on symbols.
2. At the ends of the domain return what the law is there: `point(...)`, or another law.
3. An exponential family with a parent in `klexact.laws.parents`: `parent.law("name", given, naturals, make=function)`.
   Another one: a cached `ExponentialFamily(statistics, naturals, log_partition, support, log_carrier=..., domain=...)`.
   Its `domain` is all of the set where the integral is finite: outside it expectations are +∞.
4. Outside that class: `Law("name", given.values, support, {statistic: coefficient, ...}, given.conditions, rules=[...])`.
5. Statistics are written in `X`, each as other laws write it, so that like ones join: `X**2`, `log(X)`, `log(1 - X)`,
   `exp(c * X)`, `Abs(X - m)`, `loggamma(X + 1)`; the coefficient of `S.One` is what does not depend on x.
6. A rule is a function (law, statistic) -> `Moment` or None, for statistics of other laws whose expectation is known.
7. Outcomes that are no numbers live in `klexact.laws.spaces`; their entries are the variables x_1, x_2, ...
   Where matrices make the log-partition long, it is a function of the natural parameters.
8. Prove that its mass is 1, with `klexact.integrals.definition.enclose_mass`: nothing checks it when it is made.
9. Add it to `__all__` here, and to `LAWS` in tests/laws/catalogue.py, which every law is tested from.
"""

from klexact.laws.bounded import beta, continuous_bernoulli, kumaraswamy, log_uniform, logit_normal, uniform, von_mises
from klexact.laws.directions import power_spherical, spherical_uniform, von_mises_fisher
from klexact.laws.discrete import (
    bernoulli,
    binomial,
    categorical,
    discrete_uniform,
    first_success,
    geometric,
    logarithmic,
    negative_binomial,
    ordered_logistic,
    poisson,
    probit_bernoulli,
    stopping_ratio_logistic,
)
from klexact.laws.divergence import cross_entropy, entropy, kl_divergence
from klexact.laws.expectation import expectation
from klexact.laws.fisher import fisher_information
from klexact.laws.law import ExponentialFamily, Law
from klexact.laws.matrices import inverse_wishart, matrix_normal, normal_inverse_wishart, wishart
from klexact.laws.positive import (
    chi,
    chi_squared,
    exponential,
    gamma,
    half_normal,
    inverse_gamma,
    inverse_gaussian,
    log_normal,
    pareto,
    rayleigh,
    weibull,
)
from klexact.laws.real import cauchy, exp_gamma, exp_inverse_gamma, gumbel, laplace, moyal, normal
from klexact.laws.steps import derive
from klexact.laws.structure import point_mass, product, pushforward
from klexact.laws.vectors import dirichlet, multinomial, multivariate_normal

__all__ = [
    "ExponentialFamily",
    "Law",
    "bernoulli",
    "beta",
    "binomial",
    "categorical",
    "cauchy",
    "chi",
    "chi_squared",
    "continuous_bernoulli",
    "cross_entropy",
    "derive",
    "dirichlet",
    "discrete_uniform",
    "entropy",
    "exp_gamma",
    "exp_inverse_gamma",
    "expectation",
    "exponential",
    "first_success",
    "fisher_information",
    "gamma",
    "geometric",
    "gumbel",
    "half_normal",
    "inverse_gamma",
    "inverse_gaussian",
    "inverse_wishart",
    "kl_divergence",
    "kumaraswamy",
    "laplace",
    "log_normal",
    "log_uniform",
    "logarithmic",
    "logit_normal",
    "matrix_normal",
    "moyal",
    "multinomial",
    "multivariate_normal",
    "negative_binomial",
    "normal",
    "normal_inverse_wishart",
    "ordered_logistic",
    "pareto",
    "point_mass",
    "poisson",
    "power_spherical",
    "probit_bernoulli",
    "product",
    "pushforward",
    "rayleigh",
    "spherical_uniform",
    "stopping_ratio_logistic",
    "uniform",
    "von_mises",
    "von_mises_fisher",
    "weibull",
    "wishart",
]
