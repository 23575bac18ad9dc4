(** * Exponential distributions

  A divergence of densities, as an improper integral over x >= 0.

  Definitions
  - [exponential a x]          the density a·e^(-a·x)

  Statements
  - [exponential_dist]         it is positive, and its integral is 1, for a > 0
  - [exponential_mean]         its mean is 1/a
  - [kl_exponential]           D(Exponential(a)‖Exponential(b)) = ∫ p·ln(p/q) = ln(a/b) + b/a - 1 *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Conventions.
Open Scope R_scope.

Definition exponential (a x : R) := a * exp (- a * x).

Local Notation is_integral f l := (is_RInt_gen f (at_point 0) (Rbar_locally p_infty) l).

Lemma exponential_gt0 a x : 0 < a -> 0 < exponential a x.
Proof. intros Ha. apply Rmult_lt_0_compat; auto. apply exp_pos. Qed.

(** An antiderivative of a·e^(-a·x)·(c + d·x). *)
Lemma exponential_antiderivative a c d x : a <> 0 ->
  is_derive (fun x => - (c + d / a + d * x) * exp (- a * x)) x (exponential a x * (c + d * x)).
Proof. intros Ha. unfold exponential. auto_derive; auto. field. auto. Qed.

Lemma exponential_antiderivative_limit a c d : 0 < a ->
  is_lim (fun x => - (c + d / a + d * x) * exp (- a * x)) p_infty 0.
Proof.
  intros Ha.
  apply (is_lim_ext (fun x => - (c + d / a) * exp (- a * x) + d / a * (- a * x * exp (- a * x)))).
  { intros x. field. lra. }
  assert (L : is_lim (fun x => - a * x) p_infty m_infty).
  { intros P [M HM]. exists (- M / a). intros x Hx. apply HM.
    apply (Rmult_lt_compat_l a) in Hx; auto. replace (a * (- M / a)) with (- M) in Hx by (field; lra). lra. }
  assert (E : is_lim (fun x => exp (- a * x)) p_infty 0).
  { apply (filterlim_comp _ _ _ (fun x => - a * x) exp _ (Rbar_locally m_infty)); [exact L|apply is_lim_exp_m]. }
  assert (F : is_lim (fun x => - a * x * exp (- a * x)) p_infty 0).
  { apply (filterlim_comp _ _ _ (fun x => - a * x) (fun y => y * exp y) _ (Rbar_locally m_infty));
      [exact L|apply is_lim_mul_exp_m]. }
  replace (Finite 0) with (Finite (- (c + d / a) * 0 + d / a * 0)) by (f_equal; ring).
  apply is_lim_plus'; now apply (is_lim_scal_l _ _ _ (Finite 0)).
Qed.

Lemma exponential_linear a c d : 0 < a -> is_integral (fun x => exponential a x * (c + d * x)) (c + d / a).
Proof.
  intros Ha. set (F x := - (c + d / a + d * x) * exp (- a * x)).
  assert (D : forall x, is_derive F x (exponential a x * (c + d * x)))
    by (intros; apply exponential_antiderivative; lra).
  replace (c + d / a) with (0 - F 0) by (unfold F; rewrite !Rmult_0_r, exp_0; ring).
  apply (is_RInt_gen_ext (Derive F)).
  { apply filter_forall. intros ab x _. now apply is_derive_unique. }
  apply is_RInt_gen_Derive.
  - apply filter_forall. intros ab x _. now exists (exponential a x * (c + d * x)).
  - apply filter_forall. intros ab x _.
    apply (continuous_ext (fun x => exponential a x * (c + d * x))); [intros; symmetry; now apply is_derive_unique|].
    apply (ex_derive_continuous (fun x => exponential a x * (c + d * x))). unfold exponential. auto_derive. auto.
  - intros P HP. exact (locally_singleton _ _ HP).
  - now apply exponential_antiderivative_limit.
Qed.

Lemma integral_ext (f g : R -> R) l : (forall x, f x = g x) -> is_integral f l -> is_integral g l.
Proof. intros E. apply is_RInt_gen_ext, filter_forall. intros; apply E. Qed.

Theorem exponential_dist a : 0 < a -> (forall x, 0 <= x -> 0 < exponential a x) /\ is_integral (exponential a) 1.
Proof.
  intros Ha. split; [intros; now apply exponential_gt0|].
  replace 1 with (1 + 0 / a) by (field; lra).
  apply (integral_ext (fun x => exponential a x * (1 + 0 * x))); [intros; ring|].
  now apply exponential_linear.
Qed.

Theorem exponential_mean a : 0 < a -> is_integral (fun x => exponential a x * x) (1 / a).
Proof.
  intros Ha. replace (1 / a) with (0 + 1 / a) by ring.
  apply (integral_ext (fun x => exponential a x * (0 + 1 * x))); [intros; ring|]. now apply exponential_linear.
Qed.

Theorem kl_exponential a b : 0 < a -> 0 < b ->
  is_integral (fun x => kl_term (exponential a x) (exponential b x)) (ln (a / b) + b / a - 1).
Proof.
  intros Ha Hb. replace (ln (a / b) + b / a - 1) with (ln (a / b) + (b - a) / a) by (field; lra).
  apply (integral_ext (fun x => exponential a x * (ln (a / b) + (b - a) * x))); [|now apply exponential_linear].
  intros x. unfold kl_term. f_equal. unfold exponential.
  rewrite !ln_div, !ln_mult, !ln_exp by (auto using exp_pos, Rmult_lt_0_compat). ring.
Qed.
