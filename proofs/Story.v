(** * The story: how many teeth have the space worms?

  The counts of 100 worms with 0, ..., 10 teeth are reconstructed from the figures of the article.

  Definitions
  - [teeth]                           the outcomes 0, ..., 10
  - [worms]                           the observed distribution
  - [uniform]                         the mass 1/11 each
  - [two_part t]                      6, ..., 10 share t evenly, 0, ..., 5 share 1-t
  - [literal_two_part t]              the article's own formula, where 0, ..., 5 have t/5 each, 6, ..., 10 (1-t)/6
  - [choose_10 k]                     the binomial coefficients of 10
  - [bits xs p q]                     D(p‖q) in bits, for p << q

  Statements
  - [worms_dist], [uniform_dist]      the data and the first model are distributions
  - [two_part_dist]                   the two-part model is one exactly for 0 <= t <= 1
  - [literal_two_part_total]          the literal formula has the total 6t/5 + 5(1-t)/6
  - [literal_two_part_dist]           and is a distribution only for t = 5/11
  - [worms_mean], [worms_upper_mass]  the mean is 113/20, the mass of 6, ..., 10 is 47/100
  - [figures]                         the entropy and the five divergences in bits, to six decimals
  - [article_figures]                 they round to what the article says
  - [uniform_beats_binomial]          D(worms‖uniform) < D(worms‖binomial(10, 57/100))
  - [kl_not_symmetric]                D(binomial(10, 57/100)‖worms) < D(worms‖binomial(10, 57/100))
  - [worms_binomial_pythagoras]       D at t is D at 113/200 plus 10·D(Bernoulli(113/200)‖Bernoulli(t))
  - [worms_binomial_optimum]          113/200 is its only optimum
  - [worms_two_part_pythagoras]       D at t is D at 47/100 plus D(Bernoulli(47/100)‖Bernoulli(t))
  - [worms_two_part_optimum]          47/100 is its only optimum
  - [uniform_beats_every_binomial]    D(worms‖uniform) < D(worms‖binomial(10, t)) for every t
  - [two_part_difference]             D(worms‖uniform) exceeds D(worms‖two-part) at 47/100 by
                                      D(Bernoulli(47/100)‖Bernoulli(5/11)), which is positive: 0.00069 bits *)

From Coq Require Import Reals Lra List Lia.
From Coquelicot Require Import Rcomplements Rbar.
From Interval Require Import Tactic.
From klexact Require Import Sums Conventions Divergence Entropy Projection Families.
Import ListNotations.
Open Scope R_scope.

Definition teeth := seq 0 11.
Definition worms k := IZR (nth k [1; 2; 2; 12; 21; 15; 10; 12; 12; 6; 7]%Z 0%Z) / 100.
Definition uniform (k : nat) := 1 / 11.
Definition two_part t k := if (k <=? 5)%nat then (1 - t) / 6 else t / 5.
Definition literal_two_part t k := if (k <=? 5)%nat then t / 5 else (1 - t) / 6.
Definition bits {A} (xs : list A) p q := kl_sum xs p q / ln 2.

(** ** The models *)

Ltac each_tooth := let k := fresh "k" in let I := fresh "I" in
  intros k I; repeat (destruct I as [<-|I]); [..|destruct I].

Lemma INR_fact_S n : INR (fact (S n)) = INR (S n) * INR (fact n).
Proof. now rewrite fact_simpl, mult_INR. Qed.

Definition choose_10 k := IZR (nth k [1; 10; 45; 120; 210; 252; 210; 120; 45; 10; 1]%Z 0%Z).

Lemma binomial_10 t k : In k teeth -> binomial 10 t k = choose_10 k * t ^ k * (1 - t) ^ (10 - k).
Proof.
  intros I. unfold binomial. f_equal. f_equal. revert k I.
  each_tooth; unfold C, choose_10; cbn [Nat.sub nth]; rewrite !INR_fact_S; simpl; field.
Qed.

Lemma worms_gt0 k : In k teeth -> 0 < worms k.
Proof. revert k. each_tooth; unfold worms; simpl; lra. Qed.

Theorem worms_dist : dist teeth worms.
Proof. split; [intros k I; left; now apply worms_gt0|]. unfold worms; simpl; lra. Qed.

Theorem uniform_dist : dist teeth uniform.
Proof. split; intros; unfold uniform; simpl; lra. Qed.

Theorem two_part_dist t : dist teeth (two_part t) <-> 0 <= t <= 1.
Proof.
  split.
  - intros [H _]. pose proof (H 0%nat ltac:(simpl; tauto)) as L. pose proof (H 6%nat ltac:(simpl; tauto)) as U.
    unfold two_part in *; simpl in *. lra.
  - intros Ht. split; [intros k _; unfold two_part; destruct (k <=? 5)%nat; lra|unfold two_part; simpl; lra].
Qed.

Theorem literal_two_part_total t : Sum (literal_two_part t) teeth = 6 * t / 5 + 5 * (1 - t) / 6.
Proof. unfold literal_two_part; simpl; lra. Qed.

Theorem literal_two_part_dist t : dist teeth (literal_two_part t) <-> t = 5 / 11.
Proof.
  split.
  - intros [_ S]. rewrite literal_two_part_total in S. lra.
  - intros ->. split; [intros k _; unfold literal_two_part; destruct (k <=? 5)%nat; lra|].
    rewrite literal_two_part_total. lra.
Qed.

Theorem worms_mean : expectation teeth worms INR = 113 / 20.
Proof. unfold expectation, worms; simpl; lra. Qed.

Theorem worms_upper_mass : Sum worms (seq 6 5) = 47 / 100.
Proof. unfold worms; simpl; lra. Qed.

(** ** Divergences in closed form *)

Lemma two_part_gt0 t k : 0 < t < 1 -> In k teeth -> 0 < two_part t k.
Proof. intros Ht _. unfold two_part. destruct (k <=? 5)%nat; lra. Qed.

Lemma kl_two_part t : 0 < t < 1 ->
  kl_sum teeth worms (two_part t) =
  kl_sum teeth worms (fun k => if (k <=? 5)%nat then 1 / 6 else 1 / 5) - 47 / 100 * ln t - 53 / 100 * ln (1 - t).
Proof.
  intros Ht. unfold kl_sum.
  rewrite (Sum_ext _ (fun k => kl_term (worms k) (if (k <=? 5)%nat then 1 / 6 else 1 / 5)
    - worms k * if (k <=? 5)%nat then ln (1 - t) else ln t)).
  - rewrite Sum_minus. set (S := Sum (fun k => kl_term _ _) teeth). unfold worms; simpl; lra.
  - intros k I. pose proof (worms_gt0 k I). unfold kl_term, two_part.
    destruct (k <=? 5)%nat; rewrite !ln_div by lra; rewrite ?ln_1; ring.
Qed.

Lemma kl_bernoulli_gt0 s t : 0 < s < 1 -> 0 < t < 1 -> t <> s ->
  0 < kl_sum [true; false] (bernoulli s) (bernoulli t).
Proof.
  intros Hs Ht N.
  assert (D : dominated [true; false] (bernoulli s) (bernoulli t)) by (apply bernoulli_dominated; lra).
  assert (Ds := bernoulli_dist s ltac:(lra)). assert (Dt := bernoulli_dist t ltac:(lra)).
  destruct (gibbs_inequality _ _ _ Ds Dt D) as [|Z]; auto. symmetry in Z.
  apply kl_sum_eq0 with (x := true) in Z; simpl in *; auto; lra.
Qed.

(** ** The figures *)

Theorem figures :
  Rabs (entropy teeth worms / ln 2 - 3.121044) <= 0.0000005 /\
  Rabs (bits teeth worms uniform - 0.338388) <= 0.0000005 /\
  Rabs (bits teeth worms (binomial 10 (57/100)) - 0.477162) <= 0.0000005 /\
  Rabs (bits teeth (binomial 10 (57/100)) worms - 0.330458) <= 0.0000005 /\
  Rabs (bits teeth worms (binomial 10 (113/200)) - 0.476427) <= 0.0000005 /\
  Rabs (bits teeth worms (two_part (47/100)) - 0.337694) <= 0.0000005.
Proof.
  assert (B : forall t, kl_sum teeth worms (binomial 10 t) =
    kl_sum teeth worms (fun k => choose_10 k * t ^ k * (1 - t) ^ (10 - k)))
    by (intros t; apply Sum_ext; intros k I; now rewrite binomial_10).
  assert (R : kl_sum teeth (binomial 10 (57/100)) worms =
    kl_sum teeth (fun k => choose_10 k * (57/100) ^ k * (43/100) ^ (10 - k)) worms).
  { apply Sum_ext; intros k I. rewrite binomial_10 by auto. now replace (1 - 57/100) with (43/100) by lra. }
  unfold bits. rewrite !B, R. unfold entropy, kl_sum, kl_term, worms, uniform, two_part, choose_10; simpl.
  repeat split; interval with (i_prec 60).
Qed.

Theorem article_figures :
  Rabs (expectation teeth worms INR - 5.7) <= 0.05 /\
  Rabs (entropy teeth worms / ln 2 - 3.12) <= 0.005 /\
  Rabs (bits teeth worms uniform - 0.338) <= 0.0005 /\
  Rabs (bits teeth worms (binomial 10 (57/100)) - 0.477) <= 0.0005 /\
  Rabs (bits teeth (binomial 10 (57/100)) worms - 0.330) <= 0.0005 /\
  Rabs (bits teeth worms (two_part (47/100)) - 0.338) <= 0.0005.
Proof.
  rewrite worms_mean. destruct figures as (H & U & B & A & _ & T).
  apply Rabs_le_between in H, U, B, A, T. repeat split; apply Rabs_le; lra.
Qed.

(** ** Comparisons *)

Lemma kl_finite {A} (xs : list A) p q : (forall x, In x xs -> 0 < q x) -> kl_divergence xs p q = kl_sum xs p q.
Proof. intros H. apply kl_dominated. intros x I Z. pose proof (H x I). lra. Qed.

Lemma bits_lt {A} (xs : list A) p q r s : bits xs p q < bits xs r s -> kl_sum xs p q < kl_sum xs r s.
Proof.
  unfold bits. assert (0 < / ln 2) by (apply Rinv_0_lt_compat; interval with (i_prec 60)). intros L.
  now apply (Rmult_lt_reg_r (/ ln 2)).
Qed.

Lemma uniform_gt0 k : In k teeth -> 0 < uniform k.
Proof. unfold uniform. lra. Qed.

Theorem uniform_beats_binomial :
  Rbar_lt (kl_divergence teeth worms uniform) (kl_divergence teeth worms (binomial 10 (57/100))).
Proof.
  rewrite !kl_finite by (exact uniform_gt0 || (intros; apply binomial_gt0; lra)). apply bits_lt.
  destruct figures as (_ & U & B & _). apply Rabs_le_between in U, B. lra.
Qed.

Theorem kl_not_symmetric :
  Rbar_lt (kl_divergence teeth (binomial 10 (57/100)) worms) (kl_divergence teeth worms (binomial 10 (57/100))).
Proof.
  rewrite !kl_finite by (exact worms_gt0 || (intros; apply binomial_gt0; lra)). apply bits_lt.
  destruct figures as (_ & _ & B & A & _). apply Rabs_le_between in A, B. lra.
Qed.

(** ** The two optima: what another parameter costs is a divergence of Bernoulli distributions *)

Theorem worms_binomial_pythagoras t : 0 < t < 1 ->
  kl_sum teeth worms (binomial 10 t) =
  kl_sum teeth worms (binomial 10 (113/200)) + 10 * kl_sum [true; false] (bernoulli (113/200)) (bernoulli t).
Proof.
  intros Ht. assert (D : forall u, 0 < u < 1 -> dominated teeth worms (binomial 10 u)) by apply binomial_dominated.
  rewrite (kl_sum_other_model teeth worms (binomial 10 t) (binomial 10 (113/200))).
  - pose proof (expectation_ln_binomial 10 worms (113/200) t worms_dist ltac:(lra) Ht (D (113/200) ltac:(lra))) as E.
    change (seq 0 11) with teeth in E. rewrite E, worms_mean, kl_sum_bernoulli. unfold kl_term. simpl. lra.
  - intros; now apply (prob_ge0 worms_dist).
  - intros; apply binomial_ge0; lra.
  - intros; apply binomial_ge0; lra.
  - now apply D.
  - apply D; lra.
Qed.

Theorem worms_two_part_pythagoras t : 0 < t < 1 ->
  kl_sum teeth worms (two_part t) =
  kl_sum teeth worms (two_part (47/100)) + kl_sum [true; false] (bernoulli (47/100)) (bernoulli t).
Proof. intros Ht. rewrite !kl_two_part, kl_sum_bernoulli by lra. unfold kl_term. rewrite !ln_div by lra. lra. Qed.

(** At both ends the model excludes a number of teeth that was seen. *)
Lemma kl_infinite_tooth q k : In k teeth -> q k = 0 -> kl_divergence teeth worms q = p_infty.
Proof. intros I Z. apply kl_infinite_iff. intros D. pose proof (worms_gt0 k I). pose proof (D k I Z). lra. Qed.

Lemma inner_or_end t : 0 <= t <= 1 -> t = 0 \/ t = 1 \/ 0 < t < 1.
Proof. lra. Qed.

Theorem worms_binomial_optimum :
  unique_argmin (fun t => 0 <= t <= 1) (fun t => kl_divergence teeth worms (binomial 10 t)) (113/200).
Proof.
  split; [lra|]. intros t Ht N. rewrite kl_finite by (intros; apply binomial_gt0; lra).
  destruct (inner_or_end t Ht) as [->|[->|Hi]].
  - rewrite (kl_infinite_tooth _ 10) by (simpl; tauto || (unfold binomial; simpl; ring)). exact I.
  - rewrite (kl_infinite_tooth _ 0) by (simpl; tauto || (unfold binomial; simpl; ring)). exact I.
  - rewrite kl_finite by (intros; now apply binomial_gt0). simpl. rewrite (worms_binomial_pythagoras t Hi).
    pose proof (kl_bernoulli_gt0 (113/200) t ltac:(lra) Hi N). lra.
Qed.

Theorem worms_two_part_optimum :
  unique_argmin (fun t => 0 <= t <= 1) (fun t => kl_divergence teeth worms (two_part t)) (47/100).
Proof.
  split; [lra|]. intros t Ht N. rewrite kl_finite by (intros; apply two_part_gt0; auto; lra).
  destruct (inner_or_end t Ht) as [->|[->|Hi]].
  - rewrite (kl_infinite_tooth _ 10) by (simpl; tauto || (unfold two_part; simpl; lra)). exact I.
  - rewrite (kl_infinite_tooth _ 0) by (simpl; tauto || (unfold two_part; simpl; lra)). exact I.
  - rewrite kl_finite by (intros; now apply two_part_gt0). simpl. rewrite (worms_two_part_pythagoras t Hi).
    pose proof (kl_bernoulli_gt0 (47/100) t ltac:(lra) Hi N). lra.
Qed.

Theorem uniform_beats_every_binomial t : 0 <= t <= 1 ->
  Rbar_lt (kl_divergence teeth worms uniform) (kl_divergence teeth worms (binomial 10 t)).
Proof.
  intros Ht.
  assert (B : Rbar_lt (kl_divergence teeth worms uniform) (kl_divergence teeth worms (binomial 10 (113/200)))).
  { rewrite !kl_finite by (exact uniform_gt0 || (intros; apply binomial_gt0; lra)). apply bits_lt.
    destruct figures as (_ & U & _ & _ & F & _). apply Rabs_le_between in U, F. lra. }
  destruct (Req_dec t (113/200)) as [->|N]; auto. eapply Rbar_lt_trans; [exact B|now apply worms_binomial_optimum].
Qed.

Lemma two_part_uniform k : two_part (5/11) k = uniform k.
Proof. unfold two_part, uniform. destruct (k <=? 5)%nat; lra. Qed.

Theorem two_part_difference :
  kl_sum teeth worms uniform - kl_sum teeth worms (two_part (47/100)) =
  kl_sum [true; false] (bernoulli (47/100)) (bernoulli (5/11)) /\
  0 < kl_sum [true; false] (bernoulli (47/100)) (bernoulli (5/11)) /\
  Rabs (bits [true; false] (bernoulli (47/100)) (bernoulli (5/11)) - 0.00069) <= 0.000005.
Proof.
  split; [|split].
  - replace (kl_sum teeth worms uniform) with (kl_sum teeth worms (two_part (5/11)))
      by (apply Sum_ext; intros; now rewrite two_part_uniform).
    rewrite worms_two_part_pythagoras by lra. ring.
  - apply kl_bernoulli_gt0; lra.
  - unfold bits, kl_sum, kl_term, bernoulli; simpl. interval with (i_prec 60).
Qed.
