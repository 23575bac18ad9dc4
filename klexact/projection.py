"""`project`: the distribution nearest to a reference under linear constraints (I-projection), with the proof.

The I-projection q* minimises D(q‖r) over all q with E_q[T_k] = c_k; for a uniform reference it has maximum entropy. With
q_λ(i) = r_i exp(λ·T_i)/Z(λ) and the Lagrange dual g(λ) = λ·c - log Z(λ), every feasible q and every λ satisfy

    D(q‖r) - g(λ) = D(q‖q_λ) >= 0,

so a feasible q_λ is the minimum, the only one, without a duality gap, and D(q‖r) = D(q‖q*) + D(q*‖r): the Pythagorean
identity. Where the constraints force outcomes to probability 0, they are found first, exactly, and left out: then there is such a λ.

The multipliers have a closed form where the equations split (`klexact.tilting`); else they are enclosed, with a proof, to any
number of digits (`klexact.dual`), and the result says that no closed form was found.

Csiszár, "I-divergence geometry of probability distributions and minimization problems", 1975; Csiszár & Shields,
*Information Theory and Statistics: A Tutorial*, 2004, section 3; Cover & Thomas, *Elements of Information Theory*, 2nd ed.,
ch. 11 and 12; Jaynes, "Information theory and statistical mechanics", 1957.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from flint import fmpq, fmpq_mat
from sympy import QQ, E, EmptySet, FiniteSet

from klexact import forms
from klexact.certificate import Candidate, Minimum
from klexact.constraints import Constraint, constraints_of, feasible_range
from klexact.distribution import Distribution
from klexact.dual import Dual
from klexact.errors import KLExactError, NoClosedFormError
from klexact.expression import Expression
from klexact.logform import LogForm, log_base
from klexact.polytope import Face, Polytope, independent
from klexact.ratfunc import as_expr, constant, is_parametric, unify
from klexact.tilting import Term, Tilt, combined, scaled, tilt

__all__ = ["Projection", "max_entropy", "project"]
