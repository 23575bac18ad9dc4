"""Reading figures: the texts, bars, outlines, lines and marks on them."""

from typing import Any

from klexact.plot.canvas import ACCENT


def axes(figure: Any) -> Any:
    return figure.axes[0]


def words(figure: Any) -> list[str]:
    """Return the title and the entries of the legend, without line breaks; spaces that do not break are spaces."""
    (found,) = figure.legends
    return [t.get_text().replace("\n  ", "").replace("\xa0", " ") for t in (found.get_title(), *found.get_texts())]


def texts(figure: Any) -> list[str]:
    return [t.get_text().replace("\xa0", " ") for t in axes(figure).texts]


def bars(figure: Any) -> list[list[float]]:
    """Return the lengths of the bars, series by series."""
    return [
        [float(bar.get_height() if series.orientation == "vertical" else bar.get_width()) for bar in series]
        for series in axes(figure).containers
    ]


def outlines(figure: Any) -> list[list[float]]:
    """Return the heights of the steps, outline by outline."""
    return [list(map(float, patch.get_data().values)) for patch in axes(figure).patches if hasattr(patch, "get_data")]


def curves(figure: Any) -> list[list[tuple[float, float]]]:
    """Return the points of the curves, stretch by stretch."""
    return [points(line) for line in axes(figure).lines if len(line.get_xdata()) > 2]


def points(line: Any) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)]


def marks(figure: Any) -> list[tuple[float, float]]:
    """Return the points that are marked as minima."""
    found = [
        line for line in axes(figure).lines if line.get_markeredgecolor() == "black" and line.get_color() == ACCENT
    ]
    return [point for line in found for point in points(line)]


def infinities(figure: Any) -> list[float]:
    """Return where a curve or a bar is marked as infinite."""
    return [t.xy[0] if hasattr(t, "xy") else t.get_position()[0] for t in axes(figure).texts if t.get_text() == "∞"]
