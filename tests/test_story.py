"""The space-worm story: every number of the article, exactly where it is exact, and its five errors."""

import pytest
from sympy import Integer, Rational, Symbol

from klexact import Distribution, LogForm, cross_entropy, entropy, forms, kl_divergence, order
from klexact.certify import decimal
from klexact.codes import expected_length, huffman_lengths
from klexact.errors import InvalidDistributionError
from klexact.story import Story, literal_two_part, tell, worms

COUNTS = [1, 2, 2, 12, 21, 15, 10, 12, 12, 6, 7]
BINOMIAL = Distribution.binomial(10, "57/100")


@pytest.fixture(scope="module")
def story() -> Story:
    return tell()


def test_the_data_are_the_reconstructed_counts_and_say_so(story: Story) -> None:
    assert worms() == Distribution.from_counts(COUNTS)
    assert story.provenance.startswith("The counts are reconstructed")


def test_exact_numbers(story: Story) -> None:
    assert worms().mean() == Rational(113, 20)
    assert sum(worms()[x] for x in range(6, 11)) == Rational(47, 100)
    assert story.fits["binomial"].argmin == Rational(113, 200)
    assert story.fits["two-part"].argmin == Rational(47, 100)


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        ("H(worms), base 2", "3.121044"),
        ("D(worms ‖ uniform)", "0.338388"),
        ("D(worms ‖ binomial(10, 57/100))", "0.477162"),
        ("D(binomial(10, 57/100) ‖ worms)", "0.330458"),
        ("mean number of teeth", "5.650000"),
        ("mass of 6..10", "0.470000"),
    ],
)
def test_decimals(story: Story, what: str, wanted: str) -> None:
    (figure,) = (f for f in story.figures if f.what == what)
    assert figure.decimal == wanted


def test_values_at_the_optima(story: Story) -> None:
    assert decimal(story.fits["binomial"].value, places=6, base=2) == "0.476427"
    assert decimal(story.fits["two-part"].value, places=6, base=2) == "0.337694"


def test_every_figure_of_the_article_is_reproduced(story: Story) -> None:
    given = {(f.row, f.article): f.agrees for f in story.figures if f.article}
    wanted = [("1", "5.7"), ("3", "0.57"), ("4", "3.12"), ("6", "0.338"), ("7", "0.477"), ("8", "0.330"), ("9", "0.57")]
    assert set(given) == {*wanted, ("10", "0.47"), ("10", "0.338"), ("12", "3.12")}
    assert all(given.values())


def test_all_systems_of_the_article_are_told(story: Story) -> None:
    rows = {f.row for f in story.figures} | {s.partition(":")[0] for s in story.statements}
    assert rows | {"2"} == {str(n) for n in range(1, 15)}  # 2, the uniform model, is drawn side by side
    assert story.models["uniform"] == Distribution.uniform(11)


def test_curves_are_least_beside_the_optimum_and_infinite_at_both_ends(story: Story) -> None:
    for name, best in (("binomial", Rational(113, 200)), ("two-part", Rational(47, 100))):
        curve = story.curves[name]
        assert [p for p, _ in curve] == [Rational(k, 20) for k in range(21)]
        assert curve[0][1] == curve[-1][1] == "∞"
        nearest = min((p for p, _ in curve), key=lambda p: abs(p - best))
        assert min(curve[1:-1], key=lambda point: float(point[1]))[0] == nearest


def test_ranking(story: Story) -> None:
    names = [name for name, _ in story.ranking.rows]
    assert names == ["two-part at its best", "uniform", "binomial at its best", "binomial(10, 57/100)"]


def test_code_lengths_lie_between_entropy_and_one_bit_more() -> None:
    length = expected_length(huffman_lengths(worms()), worms())
    assert length == Rational(63, 20)
    bits = LogForm.log(2)
    assert order(forms.entropy(worms()), bits * length) <= 0
    assert order(bits * length, forms.entropy(worms()) + bits) < 0


def test_the_literal_two_part_model_is_refused_with_its_total_mass() -> None:
    with pytest.raises(InvalidDistributionError, match=r"6\*p/5 \+ 5\*\(1 - p\)/6 = .* which is 1 only at p = 5/11"):
        literal_two_part()


def test_the_difference_of_the_two_best_models_is_a_bernoulli_divergence(story: Story) -> None:
    bernoulli = forms.kl_divergence(["53/100", "47/100"], ["6/11", "5/11"])
    best = forms.kl_divergence(worms(), story.fits["two-part"].model)
    assert forms.kl_divergence(worms(), Distribution.uniform(11)) - best == bernoulli
    assert decimal(bernoulli, 2, base=2) == "0.00069"


def test_divergence_is_cross_entropy_less_entropy_and_no_distance() -> None:
    assert kl_divergence(worms(), BINOMIAL) == cross_entropy(worms(), BINOMIAL) - entropy(worms())
    assert forms.kl_divergence(worms(), BINOMIAL) != forms.kl_divergence(BINOMIAL, worms())


def test_the_five_corrections(story: Story) -> None:
    wanted = [
        "total of 6*p/5 + 5*(1 - p)/6",
        "is exactly D(Bernoulli(47/100)",
        "113/200, where D = 0.476427 <",
        "H(worms) exactly",
    ]
    assert len(story.corrections) == 5
    for correction, phrase in zip(story.corrections, wanted, strict=False):
        assert phrase in correction
    q = [Symbol(f"q_{i}") for i in range(11)]
    mean = sum((i * q[i] for i in range(1, 11)), Integer(0)) / 10
    assert str(mean.expand()) in story.corrections[4]


def test_statements_hold(story: Story) -> None:
    text = "\n".join(story.statements)
    assert "is more than D(binomial ‖ worms) = 0.330" in text
    assert "differs from" not in text
    assert "0·log 0 = 0, 0·log(0/q) = 0, p·log(p/0) = oo and -p·log 0 = oo" in text
