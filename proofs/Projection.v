(** * Fitting a model: the least divergence from data

  What a minimiser exceeds the minimum by is itself a divergence, so Gibbs' inequality finds the minimum and no calculus
  is needed; where a model is not of that kind (mixtures), the tangent of the logarithm does it.

  Definitions
  - [argmin D f t]                          t lies in D and f is least there
  - [unique_argmin D f t]                   t lies in D and f is strictly greater at every other point of D
  - [expectation xs p f]                    E_p[f] = Σ p·f

  Statements
  - [cross_entropy_eq_entropy_plus_kl]      H(p, q) = H(p) + D(p‖q), infinite or not
  - [cross_entropy_same_argmin]             D(p‖q_θ) and H(p, q_θ) have the same minimisers,
  - [cross_entropy_same_unique_argmin]      the same unique minimiser,
  - [cross_entropy_same_differential]       the same differential in θ, in any number of parameters,
  - [cross_entropy_same_derivative]         and the same derivative in a single one
  - [pythagorean_identity]                  D(p‖q) = D(p‖r) + D(r‖q) if ln(r/q) has the same mean under p and r
  - [kl_tangent]                            D(p‖q) >= D(p‖r) + 1 - E_p[q/r]
  - [kl_tangent_equality]                   with equality only if q = r where p > 0 *)

From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence Entropy.
Import ListNotations.
Open Scope R_scope.

Definition argmin {T} (D : T -> Prop) (f : T -> Rbar) t := D t /\ forall u, D u -> Rbar_le (f t) (f u).
Definition unique_argmin {T} (D : T -> Prop) (f : T -> Rbar) t :=
  D t /\ forall u, D u -> u <> t -> Rbar_lt (f t) (f u).

Definition expectation {A} (xs : list A) p f := Sum (fun x => p x * f x) xs.

Lemma expectation_linear {A} (xs : list A) p f g a b :
  expectation xs p (fun x => a * f x + b * g x) = a * expectation xs p f + b * expectation xs p g.
Proof.
  unfold expectation. rewrite <- !Sum_scal, <- Sum_plus. apply Sum_ext; intros x _. ring.
Qed.

Lemma expectation_const {A} (xs : list A) p c : dist xs p -> expectation xs p (fun _ => c) = c.
Proof.
  intros Hp. unfold expectation. rewrite (Sum_ext _ (fun x => c * p x)) by (intros; ring).
  rewrite Sum_scal, (prob_sum1 Hp). ring.
Qed.

(** Only the outcomes of positive probability count. *)
Lemma expectation_ext {A} (xs : list A) p f g :
  (forall x, In x xs -> p x <> 0 -> f x = g x) -> expectation xs p f = expectation xs p g.
Proof.
  intros E. apply Sum_ext; intros x Hx. destruct (Req_dec (p x) 0) as [->|N]; [ring|]. now rewrite E.
Qed.

Lemma dominated_gt0 {A} (xs : list A) p q x :
  (forall x, In x xs -> 0 <= q x) -> dominated xs p q -> In x xs -> p x <> 0 -> 0 < q x.
Proof. intros Hq D Hx N. destruct (Req_dec (q x) 0) as [Z|]; [elim N; auto|pose proof (Hq x Hx); lra]. Qed.

(** From one model to another, the divergence moves by the mean of their log ratio. *)
Lemma kl_sum_other_model {A} (xs : list A) p q r :
  (forall x, In x xs -> 0 <= p x) -> (forall x, In x xs -> 0 <= q x) -> (forall x, In x xs -> 0 <= r x) ->
  dominated xs p q -> dominated xs p r ->
  kl_sum xs p q = kl_sum xs p r + expectation xs p (fun x => ln (r x / q x)).
Proof.
  intros Hp Hq Hr Dq Dr. unfold kl_sum, expectation. rewrite <- Sum_plus. apply Sum_ext; intros x Hx.
  unfold kl_term. destruct (Req_dec (p x) 0) as [->|N]; [ring|].
  pose proof (dominated_gt0 xs p q x Hq Dq Hx N). pose proof (dominated_gt0 xs p r x Hr Dr Hx N).
  assert (0 < p x) by (pose proof (Hp x Hx); lra).
  rewrite !ln_div by auto. ring.
Qed.

Theorem pythagorean_identity {A} (xs : list A) p q r :
  (forall x, In x xs -> 0 <= p x) -> (forall x, In x xs -> 0 <= q x) -> (forall x, In x xs -> 0 <= r x) ->
  dominated xs p r -> dominated xs r q ->
  expectation xs p (fun x => ln (r x / q x)) = expectation xs r (fun x => ln (r x / q x)) ->
  kl_sum xs p q = kl_sum xs p r + kl_sum xs r q.
Proof.
  intros Hp Hq Hr Dpr Drq E. rewrite (kl_sum_other_model xs p q r), E; auto.
  intros x Hx Z. auto.
Qed.

(** ** Cross-entropy instead of divergence *)

Theorem cross_entropy_eq_entropy_plus_kl {A} (xs : list A) p q :
  (forall x, In x xs -> 0 <= p x) -> (forall x, In x xs -> 0 <= q x) ->
  cross_entropy xs p q = Rbar_plus (entropy xs p) (kl_divergence xs p q).
Proof.
  intros Hp Hq. unfold cross_entropy, kl_divergence. destruct dominated_dec as [D|N]; simpl; auto.
  now rewrite cross_entropy_sum_eq.
Qed.

Lemma Rbar_le_shift (c : R) x y : Rbar_le (Rbar_plus c x) (Rbar_plus c y) <-> Rbar_le x y.
Proof. destruct x, y; simpl; split; intros; auto; lra. Qed.

Lemma Rbar_lt_shift (c : R) x y : Rbar_lt (Rbar_plus c x) (Rbar_plus c y) <-> Rbar_lt x y.
Proof. destruct x, y; simpl; split; intros; auto; lra. Qed.

Theorem cross_entropy_same_argmin {A T} (xs : list A) p (D : T -> Prop) (q : T -> A -> R) t :
  (forall x, In x xs -> 0 <= p x) -> (forall u, D u -> forall x, In x xs -> 0 <= q u x) ->
  (argmin D (fun u => kl_divergence xs p (q u)) t <-> argmin D (fun u => cross_entropy xs p (q u)) t).
Proof.
  intros Hp Hq.
  split; intros [Ht H]; split; auto; intros u Hu; specialize (H u Hu); revert H;
    rewrite !(cross_entropy_eq_entropy_plus_kl xs p) by auto; apply Rbar_le_shift.
Qed.

Theorem cross_entropy_same_unique_argmin {A T} (xs : list A) p (D : T -> Prop) (q : T -> A -> R) t :
  (forall x, In x xs -> 0 <= p x) -> (forall u, D u -> forall x, In x xs -> 0 <= q u x) ->
  (unique_argmin D (fun u => kl_divergence xs p (q u)) t <-> unique_argmin D (fun u => cross_entropy xs p (q u)) t).
Proof.
  intros Hp Hq.
  split; intros [Ht H]; split; auto; intros u Hu N; specialize (H u Hu N); revert H;
    rewrite !(cross_entropy_eq_entropy_plus_kl xs p) by auto; apply Rbar_lt_shift.
Qed.

Lemma filterdiff_shift {V : NormedModule R_AbsRing} (f g : V -> R) t l c :
  locally t (fun u => g u = c + f u) -> filterdiff f (locally t) l -> filterdiff g (locally t) l.
Proof.
  intros E F. apply (filterdiff_ext_locally (fun u => plus c (f u))).
  { revert E. apply filter_imp. intros u ->. reflexivity. }
  apply (filterdiff_ext_lin _ (fun y => plus zero (l y))); [|intros y; apply plus_zero_l].
  apply (filterdiff_plus_fct (fun _ => c) f); [apply filterdiff_const|exact F].
Qed.

Theorem cross_entropy_same_differential {A} {V : NormedModule R_AbsRing} (xs : list A) p (q : V -> A -> R) t l :
  (forall x, In x xs -> 0 <= p x) ->
  locally t (fun u => (forall x, In x xs -> 0 <= q u x) /\ dominated xs p (q u)) ->
  (filterdiff (fun u => kl_sum xs p (q u)) (locally t) l <->
   filterdiff (fun u => cross_entropy_sum xs p (q u)) (locally t) l).
Proof.
  intros Hp L.
  split; [apply (filterdiff_shift _ _ t l (entropy xs p))|apply (filterdiff_shift _ _ t l (- entropy xs p))];
    revert L; apply filter_imp; intros u [Hq D]; rewrite (cross_entropy_sum_eq xs p (q u)) by auto; ring.
Qed.

Theorem cross_entropy_same_derivative {A} (xs : list A) p (q : R -> A -> R) t d :
  (forall x, In x xs -> 0 <= p x) ->
  locally t (fun u => (forall x, In x xs -> 0 <= q u x) /\ dominated xs p (q u)) ->
  (is_derive (fun u => kl_sum xs p (q u)) t d <-> is_derive (fun u => cross_entropy_sum xs p (q u)) t d).
Proof. exact (cross_entropy_same_differential xs p q t _). Qed.

(** ** The tangent of the logarithm *)

Lemma is_derive_Sum {A} (f : R -> A -> R) d (xs : list A) t :
  (forall x, In x xs -> is_derive (fun s => f s x) t (d x)) -> is_derive (fun s => Sum (f s) xs) t (Sum d xs).
Proof.
  induction xs as [|a l IH]; intros H; [apply (is_derive_const (V := R_NormedModule) 0)|].
  apply (is_derive_plus (fun s => f s a) (fun s => Sum (f s) l)); [apply H; now left|].
  apply IH. intros x Hx. apply H. now right.
Qed.

Lemma is_derive_minimum (f : R -> R) t d a b :
  is_derive f t d -> a < t < b -> (forall s, a < s < b -> f t <= f s) -> d = 0.
Proof.
  intros D Ht M. apply is_derive_Reals in D.
  exact (deriv_minimum f a b t (exist _ d D) (proj1 Ht) (proj2 Ht) (fun s As Bs => M s (conj As Bs))).
Qed.

Lemma kl_sum_tangent {A} (xs : list A) p q r :
  dist xs p -> (forall x, In x xs -> 0 <= q x) -> (forall x, In x xs -> 0 <= r x) ->
  dominated xs p q -> dominated xs p r ->
  kl_sum xs p r + 1 - expectation xs p (fun x => q x / r x) <= kl_sum xs p q /\
  (kl_sum xs p r + 1 - expectation xs p (fun x => q x / r x) = kl_sum xs p q ->
   forall x, In x xs -> p x <> 0 -> q x = r x).
Proof.
  intros [Hp Sp] Hq Hr Dq Dr.
  assert (E : kl_sum xs p q - (kl_sum xs p r + 1 - expectation xs p (fun x => q x / r x)) =
    expectation xs p (fun x => q x / r x - 1 - ln (q x / r x))).
  { rewrite (kl_sum_other_model xs p r q) by auto.
    enough (expectation xs p (fun x => q x / r x - 1 - ln (q x / r x)) =
      expectation xs p (fun x => q x / r x) - Sum p xs - expectation xs p (fun x => ln (q x / r x))) by lra.
    unfold expectation. rewrite <- !Sum_minus. apply Sum_ext; intros x _. ring. }
  assert (P : forall x, In x xs -> 0 <= p x * (q x / r x - 1 - ln (q x / r x))).
  { intros x Hx. destruct (Req_dec (p x) 0) as [->|N]; [lra|]. apply Rmult_le_pos; auto.
    pose proof (ln_le_sub1 (q x / r x) ltac:(apply Rdiv_lt_0_compat; now apply (dominated_gt0 xs p))). lra. }
  split.
  - pose proof (Sum_ge0 _ _ P) as G. unfold expectation in E at 2. lra.
  - intros Z x Hx N. unfold expectation in E at 2.
    pose proof (dominated_gt0 xs p r x Hr Dr Hx N) as Rx. pose proof (dominated_gt0 xs p q x Hq Dq Hx N) as Qx.
    pose proof (Sum_eq0 _ _ P ltac:(lra) x Hx) as T. apply Rmult_integral in T.
    assert (Y : q x / r x = 1) by (apply ln_eq_sub1; [now apply Rdiv_lt_0_compat|lra]).
    apply (f_equal (Rmult (r x))) in Y. replace (r x * (q x / r x)) with (q x) in Y by (field; lra). lra.
Qed.

Theorem kl_tangent {A} (xs : list A) p q r :
  dist xs p -> (forall x, In x xs -> 0 <= q x) -> (forall x, In x xs -> 0 <= r x) -> dominated xs p r ->
  Rbar_le (kl_sum xs p r + 1 - expectation xs p (fun x => q x / r x)) (kl_divergence xs p q).
Proof.
  intros Hp Hq Hr Dr. unfold kl_divergence. destruct dominated_dec as [Dq|N]; simpl; auto.
  now apply kl_sum_tangent.
Qed.

Theorem kl_tangent_equality {A} (xs : list A) p q r :
  dist xs p -> (forall x, In x xs -> 0 <= q x) -> (forall x, In x xs -> 0 <= r x) -> dominated xs p r ->
  kl_divergence xs p q = kl_sum xs p r + 1 - expectation xs p (fun x => q x / r x) ->
  forall x, In x xs -> p x <> 0 -> q x = r x.
Proof.
  intros Hp Hq Hr Dr. unfold kl_divergence. destruct dominated_dec as [Dq|N]; [|easy].
  intros [= E]. now apply (kl_sum_tangent xs p q r).
Qed.
