(** * Mixtures

  No closed form in general: a point is known to be the best one by its derivative.

  Definitions
  - [mixture_score xs p a b t]    E_p[(a - b)/mixture t]
  - [mixture_of js a w]           Σⱼ wⱼ·aⱼ, j in the list js

  Statements
  - [mixture_convex]              D(p‖mixture t) is convex in t
  - [mixture_derivative]          its derivative is -[mixture_score]
  - [mixture_argmin]              where that is 0, D is least on 0 <= t <= 1,
  - [mixture_unique_argmin]       and nowhere else if a and b differ at some outcome of p
  - [mixture_disjoint_argmin]     disjoint a and b: D is least at t = p(support of a) only
  - [mixture_of_argmin]           r = Σ vⱼ·aⱼ with E_p[aⱼ/r] <= 1 for all j: D(p‖r) is least among all Σ wⱼ·aⱼ *)

From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence Projection Families Processing Optima Blocks.
Import ListNotations.
Open Scope R_scope.

Definition mixture_of {A J} (js : list J) (a : J -> A -> R) (w : J -> R) (x : A) := Sum (fun j => w j * a j x) js.

Definition mixture_score {A} (xs : list A) p a b t := expectation xs p (fun x => (a x - b x) / mixture a b t x).

Theorem mixture_convex {A} (xs : list A) p a b u v t :
  0 <= t <= 1 -> 0 <= u <= 1 -> 0 <= v <= 1 -> dist xs p -> dist xs a -> dist xs b ->
  Rbar_le (kl_divergence xs p (mixture a b (t * u + (1 - t) * v)))
          (Rbar_plus (Rbar_mult t (kl_divergence xs p (mixture a b u)))
                     (Rbar_mult (1 - t) (kl_divergence xs p (mixture a b v)))).
Proof.
  intros Ht Hu Hv Hp Ha Hb.
  pose proof (kl_jointly_convex xs p (mixture a b u) p (mixture a b v) t Ht Hp (mixture_dist xs a b u Hu Ha Hb)
    Hp (mixture_dist xs a b v Hv Ha Hb)) as C.
  erewrite kl_ext; [exact C| |]; intros x _; unfold mixture; ring.
Qed.

Theorem mixture_derivative {A} (xs : list A) p a b t :
  0 <= t <= 1 -> dist xs p -> dist xs a -> dist xs b -> dominated xs p (mixture a b t) ->
  is_derive (fun s => kl_sum xs p (mixture a b s)) t (- mixture_score xs p a b t).
Proof.
  intros Ht [Hp _] Ha Hb D. unfold mixture_score, expectation. rewrite <- Sum_opp.
  apply (is_derive_Sum (fun s x => kl_term (p x) (mixture a b s x))). intros x Hx.
  unfold kl_term. destruct (Req_dec (p x) 0) as [->|N].
  - apply (is_derive_ext (fun _ => 0)); [intros; symmetry; apply Rmult_0_l|]. rewrite Rmult_0_l, Ropp_0.
    apply (is_derive_const (V := R_NormedModule)).
  - assert (0 < p x) by (pose proof (Hp x Hx); lra).
    assert (M : 0 < mixture a b t x) by (apply (dominated_gt0 xs p); auto; apply prob_ge0; now apply mixture_dist).
    unfold mixture in *. auto_derive.
    + split; [lra|split; auto]. now apply Rdiv_lt_0_compat.
    + field. lra.
Qed.

(** The tangent at t lies below: the mixtures are a line, and the logarithm is concave. *)
Lemma mixture_tangent {A} (xs : list A) p a b t u :
  dist xs p -> (forall x, In x xs -> p x <> 0 -> 0 < mixture a b t x) ->
  expectation xs p (fun x => mixture a b u x / mixture a b t x) = 1 + (u - t) * mixture_score xs p a b t.
Proof.
  intros Hp M.
  rewrite (expectation_ext xs p _ (fun x => 1 * 1 + (u - t) * ((a x - b x) / mixture a b t x))).
  - rewrite expectation_linear, expectation_const by auto. fold (mixture_score xs p a b t). ring.
  - intros x Hx N. specialize (M x Hx N). unfold mixture in *. field. lra.
Qed.

Section Stationary.

Context {A : Type} (xs : list A) (p a b : A -> R) (t : R).
Context (Ht : 0 <= t <= 1) (Hp : dist xs p) (Ha : dist xs a) (Hb : dist xs b).
Context (D : dominated xs p (mixture a b t)).
Context (stationary : is_derive (fun s => kl_sum xs p (mixture a b s)) t 0).

Lemma score_0 : mixture_score xs p a b t = 0.
Proof.
  pose proof (mixture_derivative xs p a b t Ht Hp Ha Hb D) as E.
  apply is_derive_unique in E. rewrite (is_derive_unique _ _ _ stationary) in E. lra.
Qed.

Lemma mixture_mean_1 u : expectation xs p (fun x => mixture a b u x / mixture a b t x) = 1.
Proof.
  rewrite mixture_tangent, score_0; auto; [ring|].
  intros x Hx N. apply (dominated_gt0 xs p); auto. apply prob_ge0; now apply mixture_dist.
Qed.

Theorem mixture_argmin : argmin (fun u => 0 <= u <= 1) (fun u => kl_divergence xs p (mixture a b u)) t.
Proof.
  split; auto. intros u Hu. rewrite (kl_dominated xs p (mixture a b t) D).
  pose proof (kl_tangent xs p (mixture a b u) (mixture a b t) Hp) as T. rewrite mixture_mean_1 in T.
  replace (kl_sum xs p (mixture a b t)) with (kl_sum xs p (mixture a b t) + 1 - 1) by ring.
  apply T; auto; apply prob_ge0; now apply mixture_dist.
Qed.

Theorem mixture_unique_argmin x : In x xs -> p x <> 0 -> a x <> b x ->
  unique_argmin (fun u => 0 <= u <= 1) (fun u => kl_divergence xs p (mixture a b u)) t.
Proof.
  intros Hx N Nab. split; auto. intros u Hu Nu.
  destruct (Rbar_le_lt_or_eq_dec _ _ (proj2 mixture_argmin u Hu)) as [|E]; auto.
  elim Nu. assert (M : mixture a b u x = mixture a b t x).
  { apply (kl_tangent_equality xs p (mixture a b u) (mixture a b t)); auto;
      try (apply prob_ge0; now apply mixture_dist).
    rewrite mixture_mean_1, <- E, (kl_dominated xs p (mixture a b t) D). f_equal. ring. }
  apply (Rmult_eq_reg_r (a x - b x)); [|lra]. unfold mixture in M. lra.
Qed.

End Stationary.

(** ** Disjoint components *)

Theorem mixture_disjoint_argmin {A} (xs : list A) p a b :
  dist xs p -> dist xs a -> dist xs b -> (forall x, In x xs -> a x = 0 \/ b x = 0) ->
  dominated xs p (fun x => a x + b x) ->
  unique_argmin (fun t => 0 <= t <= 1) (fun t => kl_divergence xs p (mixture a b t)) (Sum p (support xs a)).
Proof.
  intros Hp Ha Hb N D. set (c x := if Req_EM_T (a x) 0 then false else true).
  assert (S : forall x, In x xs -> 0 <= a x + b x).
  { intros x Hx. pose proof (prob_ge0 Ha x Hx). pose proof (prob_ge0 Hb x Hx). lra. }
  assert (E : forall t, kl_divergence xs p (mixture a b t) =
    kl_divergence xs p (block_model c (fun x => a x + b x) (bernoulli t))).
  { intros t. apply kl_ext; auto. intros x Hx. unfold block_model, mixture, bernoulli, c.
    destruct (N x Hx) as [Z|Z], (Req_EM_T (a x) 0) as [Y|Y]; try tauto; rewrite ?Z, ?Y; ring. }
  change (Sum p (support xs a)) with (Sum p (filter c xs)). rewrite <- probability_filter.
  destruct (two_blocks_argmin c xs _ S p Hp D) as [R M]. split; auto.
  intros u Hu Nu. rewrite !E. now apply M.
Qed.

(** ** Several components *)

Theorem mixture_of_argmin {A J} (xs : list A) p (js : list J) a v :
  dist xs p -> (forall j, In j js -> dist xs (a j)) -> dist js v ->
  let r := mixture_of js a v in
  dominated xs p r -> (forall j, In j js -> expectation xs p (fun x => a j x / r x) <= 1) ->
  argmin (dist js) (fun w => kl_divergence xs p (mixture_of js a w)) v.
Proof.
  intros Hp Ha Hv r D K. split; auto. intros w Hw. fold r. rewrite (kl_dominated xs p r D).
  assert (P : forall w, dist js w -> forall x, In x xs -> 0 <= mixture_of js a w x).
  { intros y Hy x Hx. apply Sum_ge0. intros j Hj. apply Rmult_le_pos; [now apply (prob_ge0 Hy)|].
    now apply (prob_ge0 (Ha j Hj)). }
  assert (E : expectation xs p (fun x => mixture_of js a w x / r x) <= 1).
  { unfold expectation, mixture_of at 1.
    rewrite (Sum_ext _ (fun x => Sum (fun j => w j * (p x * (a j x / r x))) js)).
    - rewrite Sum_swap, <- (prob_sum1 Hw). apply Sum_le. intros j Hj. rewrite Sum_scal.
      pose proof (Rmult_le_compat_l (w j) _ _ (prob_ge0 Hw j Hj) (K j Hj)) as L. unfold expectation in L. lra.
    - intros x _. unfold Rdiv. rewrite <- Rmult_assoc, (Rmult_comm (p x)), Rmult_assoc, Rmult_comm, <- Sum_scal.
      apply Sum_ext. intros; ring. }
  apply Rbar_le_trans with (Finite (kl_sum xs p r + 1 - expectation xs p (fun x => mixture_of js a w x / r x))).
  - simpl. lra.
  - apply kl_tangent; auto. now apply P.
Qed.
