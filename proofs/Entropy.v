(** * Entropy and cross-entropy

  Definitions
  - [entropy xs p]                          H(p) = -Σ p·ln p, in nats
  - [cross_entropy_sum xs p q]              H(p, q) = -Σ p·ln q, for p << q

  Statements
  - [kl_eq_cross_entropy_sub_entropy]       D(p‖q) = H(p, q) - H(p) *)

From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence.
Import ListNotations.
Open Scope R_scope.

Definition entropy {A} (xs : list A) p := - Sum (fun x => p x * ln (p x)) xs.
Definition cross_entropy_sum {A} (xs : list A) p q := - Sum (fun x => p x * ln (q x)) xs.

Theorem kl_eq_cross_entropy_sub_entropy {A} (xs : list A) p q :
  dist xs p -> dist xs q -> dominated xs p q ->
  kl_sum xs p q = cross_entropy_sum xs p q - entropy xs p.
Proof.
  intros [Hp _] [Hq _] D. unfold kl_sum, cross_entropy_sum, entropy.
  rewrite (Sum_ext _ (fun x => p x * ln (p x) - p x * ln (q x))); [rewrite Sum_minus; ring|].
  intros x Hx. unfold kl_term. destruct (Req_dec (p x) 0) as [->|N]; [ring|].
  assert (0 < p x) by (pose proof (Hp x Hx); lra).
  assert (0 < q x) by (destruct (Req_dec (q x) 0) as [Z|]; [elim N; auto|pose proof (Hq x Hx); lra]).
  rewrite ln_div by auto. ring.
Qed.
