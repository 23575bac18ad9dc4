(** * Moment matching in exponential families

  Outcomes in a list xs, parameters θⱼ and statistics Tⱼ indexed by a list js, a weight h >= 0 that is not 0 throughout.

  Definitions
  - [natural js T θ x]                 Σⱼ θⱼ·Tⱼ(x)
  - [partition_function xs h js T θ]   Z(θ) = Σ h·exp(Σⱼ θⱼ·Tⱼ)
  - [exponential_family xs h js T θ]   the masses h·exp(Σⱼ θⱼ·Tⱼ) / Z(θ)

  Statements
  - [exponential_family_dist]          they are distributions
  - [log_partition_derivative]         at θ, in a direction v, ln Z has the derivative E[Σⱼ vⱼ·Tⱼ]
  - [moment_matching]                  if p and the member r have the same means of all Tⱼ, then
                                       D(p‖q) = D(p‖r) + D(r‖q) for every member q
  - [moment_matching_argmin]           if p << h: r has the least D(p‖r) of the family iff these means are the same
  - [moment_matching_unique]           if p << h: no other member has this least divergence *)

From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence Projection.
Import ListNotations.
Open Scope R_scope.

Definition natural {A J} (js : list J) (T : J -> A -> R) (theta : J -> R) (x : A) :=
  Sum (fun j => theta j * T j x) js.

Definition partition_function {A J} (xs : list A) h (js : list J) T theta :=
  Sum (fun x => h x * exp (natural js T theta x)) xs.

Definition exponential_family {A J} (xs : list A) h (js : list J) T theta (x : A) :=
  h x * exp (natural js T theta x) / partition_function xs h js T theta.

Section ExponentialFamily.

Context {A J : Type} (xs : list A) (h : A -> R) (js : list J) (T : J -> A -> R).
Context (h_ge0 : forall x, In x xs -> 0 <= h x) (h_gt0 : 0 < Sum h xs).

Local Notation Z := (partition_function xs h js T).
Local Notation family := (exponential_family xs h js T).

Lemma weight_ge0 theta x : In x xs -> 0 <= h x * exp (natural js T theta x).
Proof. intros Hx. apply Rmult_le_pos; auto. left. apply exp_pos. Qed.

Lemma partition_gt0 theta : 0 < Z theta.
Proof.
  pose proof (Sum_ge0 _ xs (weight_ge0 theta)) as G. destruct (Rle_lt_or_eq_dec _ _ G) as [|E]; auto.
  exfalso. apply (Rlt_irrefl 0). rewrite <- (Sum_0 h xs) at 2; auto. intros x Hx.
  pose proof (Sum_eq0 _ xs (weight_ge0 theta) (eq_sym E) x Hx) as M. apply Rmult_integral in M.
  destruct M as [|M]; auto. pose proof (exp_pos (natural js T theta x)). lra.
Qed.

Theorem exponential_family_dist theta : dist xs (family theta).
Proof.
  pose proof (partition_gt0 theta). split.
  - intros x Hx. apply Rdiv_le_0_compat; auto. now apply weight_ge0.
  - unfold exponential_family. rewrite (Sum_ext _ (fun x => / Z theta * (h x * exp (natural js T theta x)))).
    + rewrite Sum_scal. fold (partition_function xs h js T theta). field. lra.
    + intros x _. unfold Rdiv. ring.
Qed.

Lemma family_eq0 theta x : family theta x = 0 <-> h x = 0.
Proof.
  pose proof (partition_gt0 theta) as P. pose proof (exp_pos (natural js T theta x)) as E. unfold exponential_family.
  split; [|intros ->; unfold Rdiv; ring]. intros Q.
  apply Rmult_integral in Q. destruct Q as [Q|Q]; [|apply Rinv_neq_0_compat in Q; [tauto|lra]].
  apply Rmult_integral in Q. destruct Q; auto; lra.
Qed.

(** The logarithm of the ratio of two members is linear in the statistics. *)
Lemma ln_family_ratio eta theta x : In x xs -> h x <> 0 ->
  ln (family eta x / family theta x) =
  natural js T (fun j => eta j - theta j) x + (ln (Z theta) - ln (Z eta)).
Proof.
  intros Hx N. pose proof (partition_gt0 theta). pose proof (partition_gt0 eta).
  assert (0 < h x) by (pose proof (h_ge0 x Hx); lra).
  assert (P : forall t, 0 < h x * exp (natural js T t x)) by (intros; apply Rmult_lt_0_compat; auto; apply exp_pos).
  unfold exponential_family. rewrite !ln_div by auto using Rdiv_lt_0_compat.
  rewrite !ln_mult by auto using exp_pos. rewrite !ln_exp. unfold natural.
  rewrite (Sum_ext (fun j => (eta j - theta j) * T j x) (fun j => eta j * T j x - theta j * T j x)) by (intros; ring).
  rewrite Sum_minus. ring.
Qed.

Lemma expectation_natural p v :
  expectation xs p (natural js T v) = Sum (fun j => v j * expectation xs p (T j)) js.
Proof.
  unfold expectation, natural.
  rewrite (Sum_ext (fun x => p x * _) (fun x => Sum (fun j => p x * (v j * T j x)) js))
    by (intros; now rewrite Sum_scal).
  rewrite Sum_swap. apply Sum_ext; intros j _. rewrite <- Sum_scal. apply Sum_ext; intros; ring.
Qed.

(** What a data distribution sees of the family: its moments. *)
Lemma expectation_ln_ratio p eta theta : dist xs p -> dominated xs p h ->
  expectation xs p (fun x => ln (family eta x / family theta x)) =
  Sum (fun j => (eta j - theta j) * expectation xs p (T j)) js + (ln (Z theta) - ln (Z eta)).
Proof.
  intros Hp D.
  rewrite (expectation_ext xs p _
    (fun x => 1 * natural js T (fun j => eta j - theta j) x + 1 * (ln (Z theta) - ln (Z eta)))).
  - rewrite expectation_linear, expectation_natural, expectation_const by auto. ring.
  - intros x Hx N. rewrite ln_family_ratio by auto. ring.
Qed.

Lemma dominated_family p theta : dominated xs p (family theta) <-> dominated xs p h.
Proof. split; intros D x Hx E; apply D; auto; now apply (family_eq0 theta). Qed.

Theorem moment_matching p eta theta : dist xs p ->
  (forall j, In j js -> expectation xs p (T j) = expectation xs (family eta) (T j)) ->
  kl_divergence xs p (family theta) =
  Rbar_plus (kl_divergence xs p (family eta)) (kl_divergence xs (family eta) (family theta)).
Proof.
  intros Hp M. pose proof (exponential_family_dist eta) as Heta. pose proof (exponential_family_dist theta) as Htheta.
  assert (Deta : dominated xs (family eta) h) by (intros x Hx; apply family_eq0).
  rewrite (kl_dominated xs (family eta)) by now apply dominated_family.
  destruct (dominated_dec xs p h) as [D|N].
  - rewrite !kl_dominated by now apply dominated_family. simpl. f_equal.
    apply pythagorean_identity; try apply prob_ge0; auto; try (now apply dominated_family).
    rewrite !expectation_ln_ratio by auto. f_equal. apply Sum_ext; intros j Hj. now rewrite M.
  - rewrite !kl_not_dominated; auto; now rewrite dominated_family.
Qed.

Theorem moment_matching_unique p eta theta : dist xs p -> dominated xs p h ->
  (forall j, In j js -> expectation xs p (T j) = expectation xs (family eta) (T j)) ->
  kl_divergence xs p (family theta) = kl_divergence xs p (family eta) ->
  forall x, In x xs -> family theta x = family eta x.
Proof.
  intros Hp D M E x Hx. symmetry. revert x Hx.
  apply kl_eq0; try apply exponential_family_dist.
  rewrite (moment_matching p eta theta Hp M), (kl_dominated xs p) in E by now apply dominated_family.
  destruct (kl_divergence xs (family eta) (family theta)); simpl in E; try easy. injection E as E. f_equal. lra.
Qed.

Lemma natural_line theta v s x :
  natural js T (fun j => theta j + s * v j) x = natural js T theta x + s * natural js T v x.
Proof. unfold natural. rewrite <- Sum_scal, <- Sum_plus. apply Sum_ext; intros; ring. Qed.

Theorem log_partition_derivative theta v :
  is_derive (fun s => ln (Z (fun j => theta j + s * v j))) 0 (expectation xs (family theta) (natural js T v)).
Proof.
  pose proof (partition_gt0 theta) as P.
  apply (is_derive_ext (fun s => ln (Sum (fun x => h x * exp (natural js T theta x + s * natural js T v x)) xs))).
  { intros s. unfold partition_function. f_equal. apply Sum_ext; intros x _. now rewrite natural_line. }
  replace (expectation _ _ _)
    with (Sum (fun x => h x * (natural js T v x * exp (natural js T theta x))) xs * / Z theta).
  - apply (is_derive_comp ln).
    + replace (Sum _ xs) with (Z theta); [now apply is_derive_ln|].
      apply Sum_ext; intros x _. now rewrite Rmult_0_l, Rplus_0_r.
    + apply (is_derive_Sum (fun s x => h x * exp (natural js T theta x + s * natural js T v x))). intros x _.
      auto_derive; auto. rewrite Rmult_0_l, Rplus_0_r. ring.
  - rewrite Rmult_comm, <- Sum_scal. apply Sum_ext; intros x _. unfold exponential_family, Rdiv. ring.
Qed.

Lemma moment_matching_necessary p eta : dist xs p -> dominated xs p h ->
  argmin (fun _ => True) (fun theta => kl_divergence xs p (family theta)) eta ->
  forall j, In j js -> expectation xs p (T j) = expectation xs (family eta) (T j).
Proof.
  intros Hp D [_ M]. set (v j := expectation xs p (T j) - expectation xs (family eta) (T j)).
  (** Along the line from eta in the direction v, the divergence has the derivative -Σ v². *)
  assert (V : Sum (fun j => v j * v j) js = 0).
  { pose proof (log_partition_derivative eta v) as DZ.
    set (line s j := eta j + s * v j). set (m := expectation xs p (natural js T v)).
    assert (DM : is_derive (fun s => ln (Z (line s)) - s * m) 0 (expectation xs (family eta) (natural js T v) - m)).
    { apply (is_derive_minus (fun s => ln (Z (line s)))); [exact DZ|]. auto_derive; auto. ring. }
    apply (is_derive_minimum _ _ _ (-1) 1) in DM; [|lra|].
    - unfold m in DM. rewrite !expectation_natural in DM. unfold v at 2.
      rewrite (Sum_ext _ (fun j => v j * expectation xs p (T j) - v j * expectation xs (family eta) (T j)))
        by (intros; ring).
      rewrite Sum_minus. lra.
    - intros s _. specialize (M (line s) I). rewrite !kl_dominated in M by now apply dominated_family. simpl in M.
      rewrite (kl_sum_other_model xs p (family (line s)) (family eta)) in M;
        try apply prob_ge0; auto using exponential_family_dist; try now apply dominated_family.
      rewrite expectation_ln_ratio in M by auto.
      assert (L : Sum (fun j => (eta j - line s j) * expectation xs p (T j)) js = - (s * m)).
      { unfold m, line. rewrite expectation_natural, <- Sum_scal, <- Sum_opp. apply Sum_ext; intros; ring. }
      replace (ln (Z (line 0))) with (ln (Z eta)); [lra|].
      f_equal. apply Sum_ext; intros x _. unfold line. now rewrite natural_line, Rmult_0_l, Rplus_0_r. }
  intros j Hj. pose proof (Sum_eq0 _ js (fun i _ => Rle_0_sqr (v i)) V j Hj) as Q.
  apply Rmult_integral in Q. unfold v in Q. lra.
Qed.

Theorem moment_matching_argmin p eta : dist xs p -> dominated xs p h ->
  (argmin (fun _ => True) (fun theta => kl_divergence xs p (family theta)) eta <->
   forall j, In j js -> expectation xs p (T j) = expectation xs (family eta) (T j)).
Proof.
  intros Hp D. split; [now apply moment_matching_necessary|]. intros M. split; auto. intros theta _.
  pose proof (kl_ge0 xs _ _ (exponential_family_dist eta) (exponential_family_dist theta)) as G.
  rewrite (moment_matching p eta theta Hp M), (kl_dominated xs p) by now apply dominated_family.
  destruct (kl_divergence xs (family eta) (family theta)); simpl in *; auto; lra.
Qed.

End ExponentialFamily.
