"""The house, bottom to top: imports only go downwards, public names are documented, importing klexact is cheap."""

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import klexact

LIBRARIES = ["dit", "jax", "keras", "numpy", "numpyro", "optax", "scipy", "sklearn", "tfp", "torch", "torchmetrics"]
# a module imports only from rows above its own; two modules of one row do not know each other
FLOORS = [
    ("0", {"errors", "lawnames"}),
    ("0: choices", {"choices"}),
    ("0: packages", {"optima", "integrals", "golden", "conformance", "conformance.adapters", "commands", "work"}),
    ("1: balls", {"dyadic", "formats", "implicit"}),
    ("1: numbers", {"exact", "integers", "ratfunc", "roots", "zeroof", "simplex"}),
    ("1: what objects show of themselves", {"sheet"}),
    ("1: other libraries", {"foreign"}),
    ("1: tables", {"signs", "files", "masses", "display"}),
    ("1: steps", {"derivation"}),
    ("2: forms and distributions", {"logform", "distribution", "conventions"}),
    ("2: algebraic points", {"algebraic", "constraints"}),
    ("3: closed forms", {"balls", "heights", "decimals", "ieee", "naive"}),
    ("3: what they hold", {"closedform", "recognition"}),
    ("3: expressions", {"expression"}),
    ("3: bounds", {"enclosure"}),
    ("3: measures as forms", {"forms", "certify"}),
    ("3: units", {"units"}),
    ("3: codes", {"codes"}),
    ("3: sums of powers", {"powers"}),
    ("3: laws", {"laws.parameters", "laws.canonical"}),
    ("3: maps of outcomes", {"laws.maps"}),
    ("3: where outcomes live", {"laws.spaces"}),
    ("3: what a law is", {"laws.law", "laws.support"}),
    ("3: expectations", {"laws.expectation", "laws.linear", "laws.parents"}),
    ("3: divergences of laws", {"laws.divergence", "laws.structure"}),
    ("3: Fisher information", {"laws.fisher"}),
    ("3: rules of laws", {"laws.rules"}),
    ("3: catalogue of laws", {"laws.bounded", "laws.discrete", "laws.positive", "laws.real"}),
    ("3: laws of several variables", {"laws.vectors", "laws.directions"}),
    ("3: laws of matrices", {"laws.matrices"}),
    ("3: derivations of laws", {"laws.steps"}),
    ("3: laws, whole", {"laws"}),
    ("3: measures", {"measures", "bulk", "rounding", "crosscheck"}),
    ("3: of any order", {"orders"}),
    ("3: distances", {"distances"}),
    ("3: objects of other libraries", {"interop.exchange", "interop.affine"}),
    ("3: their readers", {"interop.arrays", "interop.pandas", "interop.scipy", "interop.standard", "interop.sympy"}),
    ("3: tensors", {"interop.tensors"}),
    ("3: libraries of tensors", {"interop.torch", "interop.tfp"}),
    ("3: interop, whole", {"interop"}),
    ("3: far out", {"integrals.germs", "integrals.programs", "integrals.refinement"}),
    ("3: growth", {"integrals.growth", "integrals.substitution"}),
    ("3: tails", {"integrals.tails"}),
    ("3: expectations", {"integrals.quadrature", "integrals.series"}),
    ("3: definitions", {"integrals.definition"}),
    ("4: domains and systems", {"polytope", "systems"}),
    ("4: points of domains", {"places"}),
    ("4: what a family is", {"family"}),
    ("4: made ones", {"custom", "compound"}),
    ("4: families", {"families"}),
    ("4: certificates", {"optima.certificate"}),
    ("4: duality", {"optima.dual", "optima.tilting"}),
    ("4: curves", {"optima.curves"}),
    ("4: zeros", {"optima.isolation", "optima.limits", "optima.formula"}),
    ("5: objectives", {"optima.objectives"}),
    ("5: optima", {"optima.stationary", "optima.problem", "optima.blocks", "optima.matching", "optima.duality"}),
    ("5: arguments", {"optima.gibbs", "optima.convex", "optima.exhaustive", "optima.inflated"}),
    ("5: several parameters", {"optima.several"}),
    ("5: fit", {"fitting", "projection"}),
    ("5: languages", {"languages"}),
    ("5: code", {"codegen"}),
    ("6: golden files, without SymPy", {"golden.generators"}),
    ("6: cases", {"golden.cases"}),
    ("6: suites", {"golden.suite"}),
    ("6: what is chosen of them", {"golden.selection", "golden.differences", "golden.certificates"}),
    ("6: columns", {"golden.columns"}),
    ("6: layouts", {"golden.arrays", "golden.header", "golden.parquet"}),
    ("6: exports", {"golden.exporting", "golden.errata"}),
    ("6: vectors for runners", {"golden.vectorsites"}),
    ("6: their recipes", {"golden.vectorrecipes"}),
    ("6: their document", {"golden.runner"}),
    ("6: quantities", {"golden.quantities", "golden.densities", "golden.search"}),
    ("6: what a golden function is", {"golden.function", "golden.definitions"}),
    ("6: golden functions", {"golden.sums", "golden.exponentials", "golden.lawpairs"}),
    ("6: golden optima", {"golden.optima"}),
    ("6: all golden functions", {"golden.functions", "golden.flags"}),
    ("6: cases made", {"golden.making", "golden.recipes"}),
    ("6: filling and verifying", {"golden.filling", "golden.verifying"}),
    ("7: answers", {"conformance.answers", "conformance.targets", "conformance.processes", "conformance.formulas"}),
    ("7: talking to programs", {"conformance.exchanges", "conformance.lines", "conformance.mistake"}),
    ("7: epsilons", {"conformance.epsilons"}),
    ("7: known mistakes", {"conformance.hypotheses"}),
    ("7: what adapters share", {"conformance.adapters.careful", "conformance.adapters.library"}),
    ("7: laws and arrays of adapters", {"conformance.adapters.laws", "conformance.adapters.jaxes"}),
    ("7: libraries", {f"conformance.adapters.{name}" for name in LIBRARIES}),
    ("7: all libraries", {"conformance.libraries"}),
    ("7: grades", {"conformance.grading", "conformance.programs"}),
    ("7: outcomes", {"conformance.outcomes", "conformance.runner_vectors", "conformance.trials"}),
    ("7: answers as floats", {"conformance.answered"}),
    ("7: what they have in common", {"conformance.habits"}),
    ("7: known failures", {"conformance.baseline"}),
    ("7: reports", {"conformance.reports", "conformance.mistakes"}),
    ("7: checking", {"conformance.checking", "conformance.terminal", "conformance.junit", "conformance.plugin"}),
    ("8: content", {"story", "operands"}),
    ("8: layout", {"tables", "plot.canvas"}),
    ("8: pictures", {"plot.bars", "plot.curves", "plot.surfaces", "plot.accuracies"}),
    ("8: pictures of the story", {"plot.figures"}),
    ("8: pictures, whole", {"plot"}),
    ("8: options", {"commands.working"}),
    ("8: commands", {"commands.golden", "commands.check", "commands.plot", "repl"}),
    ("8: command line", {"cli"}),
    ("8: entry", {"__main__"}),
]
LEVEL = {module: level for level, (_, modules) in enumerate(FLOORS) for module in modules}
ROOT = Path(klexact.__file__).parent
FILES = [path for path in sorted(ROOT.rglob("*.py")) if path != ROOT / "__init__.py"]


def module_of(path: Path) -> str:
    """Return the name of a module below klexact, with dots; a package is its __init__."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = [module_of(path) for path in FILES]


def imported(path: Path) -> Iterator[str]:
    """Yield the modules of klexact that a file imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names = [node.module or ""]
            if node.module == "klexact":
                names = [f"klexact.{alias.name}" for alias in node.names]
        yield from (name.removeprefix("klexact.") for name in names if name.startswith("klexact."))


def test_every_module_has_its_floor() -> None:
    assert sorted(MODULES) == sorted(LEVEL)
    packages = {path.parent for path in FILES if path.name == "__init__.py"}
    assert all(path.parent in {ROOT, *packages} for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_only_go_downwards(path: Path) -> None:
    above = {name for name in imported(path) if LEVEL[name] >= LEVEL[module_of(path)]}
    assert not above


def test_the_root_imports_nothing_but_for_type_checkers() -> None:
    tree = ast.parse(Path(klexact.__file__).read_text(encoding="utf-8"))
    names = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert names == ["importlib", "typing"]


@pytest.mark.parametrize("module", ["klexact", *(f"klexact.{name}" for name in MODULES)])
def test_public_names_are_documented_and_there(module: str) -> None:
    found = import_module(module)
    assert found.__doc__
    assert len(set(found.__all__)) == len(found.__all__)  # their order is the linter's
    for name in found.__all__:
        thing = getattr(found, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert inspect.getdoc(thing), name
            assert thing.__doc__ is not object.__doc__


def documented(cls: type) -> Iterator[str]:
    for name, member in vars(cls).items():
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if inspect.isfunction(function) and not name.startswith("_"):
            yield from [] if function.__doc__ else [f"{cls.__name__}.{name}"]


@pytest.mark.parametrize("name", [n for n in klexact.__all__ if inspect.isclass(getattr(klexact, n))])
def test_public_methods_are_documented(name: str) -> None:
    assert not list(documented(getattr(klexact, name)))


def test_every_name_of_the_root_is_the_one_of_its_module() -> None:
    assert set(klexact.__all__) <= set(dir(klexact))
    for name in klexact.__all__:
        thing = getattr(klexact, name)
        packaged = inspect.ismodule(thing)
        assert thing is (
            import_module(f"klexact.{name}") if packaged else getattr(import_module(thing.__module__), name)
        )
    with pytest.raises(AttributeError, match="no attribute 'kl'"):
        klexact.kl  # noqa: B018


def test_importing_klexact_loads_neither_sympy_nor_flint() -> None:
    code = "import sys, klexact, klexact.errors; print([m for m in ('sympy', 'flint', 'mpmath', 'click') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


GRADERS = [name for name in MODULES if name.startswith("conformance") and not name.endswith("terminal")]


def test_reading_and_grading_need_neither_sympy_nor_flint() -> None:
    blocked = "sympy", "flint", "mpmath", "numpy", "click", "rich"
    reading = [
        "golden.cases",
        "golden.certificates",
        "golden.differences",
        "golden.exporting",
        "golden.errata",
        "golden.runner",
        "formats",
        "work",
    ]
    code = f"""
import sys
sys.modules.update(dict.fromkeys({blocked!r}))  # an import of them fails
from importlib import import_module
for name in {GRADERS + reading!r}:
    import_module("klexact." + name)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
