"""The definition by quadrature and by series against closed forms."""

import pytest

from klexact import enclose, laws
from klexact.errors import DivergentError, InvalidNumberError, NoClosedFormError
from klexact.integrals.definition import enclose_cross_entropy, enclose_divergence, enclose_entropy, enclose_mass
from klexact.integrals.series import enclose_sums
from klexact.laws.law import Law

PAIRS = [
    (laws.normal(0, 1), laws.laplace(1, 2)),
    (laws.beta("1/2", "1/3"), laws.continuous_bernoulli("1/3")),
    (laws.geometric("1/3"), laws.geometric("1/4")),
    (laws.geometric("1/4"), laws.geometric("2/3")),
]


@pytest.mark.parametrize(("p", "q"), PAIRS, ids=str)
def test_closed_forms_are_the_definition(p: Law, q: Law) -> None:
    for by_definition, closed_form in (
        (enclose_divergence(p, q), laws.kl_divergence(p, q)),
        (enclose_cross_entropy(p, q), laws.cross_entropy(p, q)),
        (enclose_entropy(q), laws.entropy(q)),
    ):
        assert by_definition.overlaps(enclose(closed_form, digits=35))
        assert by_definition.width <= abs(by_definition.upper) / 10**30


def test_a_series_is_enclosed_and_never_taken_for_a_closed_form() -> None:
    entropy = laws.entropy(laws.poisson(3))
    assert enclose_sums(entropy, digits=30).overlaps(enclose_entropy(laws.poisson(3)))
    with pytest.raises(
        InvalidNumberError,
        match=r"found the series .*: print\(klexact.integrals.series.enclose_sums\(x\)\) has its digits",
    ):
        enclose(entropy, digits=10)


def test_what_is_infinite_or_open_is_said() -> None:
    with pytest.raises(DivergentError):
        enclose_divergence(laws.pareto(1, 1), laws.exponential(1))
    with pytest.raises(NoClosedFormError, match="needs values for all parameters; found normal"):
        enclose_entropy(laws.normal(0, laws.law.X))


@pytest.mark.parametrize("law", [law for pair in PAIRS for law in pair] + [laws.poisson(3)], ids=str)
def test_laws_have_mass_one(law: Law) -> None:
    mass = enclose_mass(law)
    assert mass.contains(1)
    assert mass.width <= mass.upper / 10**30
