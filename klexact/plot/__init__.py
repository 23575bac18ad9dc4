"""Pictures, as matplotlib figures: `pip install 'klexact[plot]'`.

| function | picture |
|---|---|
| `distributions` | distributions side by side |
| `divergence` | a divergence as a function of its parameter, with the certified optimum |
| `losses` | where the bits are lost, outcome by outcome |
| `lengths` | the average length of codes made for models |
| `surface`, `pairs` | a divergence over two parameters; of the members of two families |
| `accuracy`, `read_report` | the errors of libraries, case by case |
| `save`, `rendered` | a figure as a PNG or SVG file, or as its bytes |

The numbers are exact values and certified optima; infinities are drawn as such. Text is shown as it is, never read as a
formula. In a notebook a figure shows itself.
"""

from klexact.plot.accuracies import accuracy, read_report
from klexact.plot.bars import distributions, lengths, losses
from klexact.plot.canvas import rendered, save
from klexact.plot.curves import divergence, name_of
from klexact.plot.surfaces import pairs, surface

__all__ = [
    "accuracy",
    "distributions",
    "divergence",
    "lengths",
    "losses",
    "name_of",
    "pairs",
    "read_report",
    "rendered",
    "save",
    "surface",
]
