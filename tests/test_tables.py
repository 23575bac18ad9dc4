"""What the terminal shows fits 80 columns and loses nothing."""

from rich.console import Console

from klexact import Distribution, compare
from klexact.families import binomial, truncated_geometric
from klexact.story import tell
from klexact.tables import ranking_table, show_story


def shown(width: int, content: object) -> str:
    console = Console(width=width, highlight=False, no_color=True)
    with console.capture() as capture:
        console.print(content)
    return capture.get()


def test_ranking_marks_irrational_optima_and_missing_ones() -> None:
    data = Distribution.from_counts([1, 2, 2, 12])
    text = shown(100, ranking_table(compare(data, [binomial(3), truncated_geometric(4), binomial(2)]), 6))
    assert "≈ 2.62466" in text
    assert "14/17" in text
    assert "none" in text
    assert "∞" in text


def test_a_ranking_says_by_what() -> None:
    data = Distribution.from_counts([1, 2, 4])
    for objective, title in (
        ("forward", "D(data ‖ model)"),
        ("reverse", "D(model ‖ data)"),
        ("cross-entropy", "H(data, model)"),
    ):
        ranking = compare(data, [binomial(2)], objective=objective)
        assert ranking_table(ranking, 6).title == f"Ranked by {title}"


def test_the_story_is_never_cut_off() -> None:
    console = Console(width=80, highlight=False, no_color=True)
    with console.capture() as capture:
        show_story(tell(), console)
    text = capture.get()
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80
