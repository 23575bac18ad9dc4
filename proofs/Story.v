(** * The story: how many teeth have the space worms?

  The counts of 100 worms with 0, ..., 10 teeth are reconstructed from the figures of the article.

  Definitions
  - [teeth]                           the outcomes 0, ..., 10
  - [worms]                           the observed distribution
  - [uniform]                         the mass 1/11 each
  - [halves t]                        the two-part model: 6, ..., 10 share t evenly, 0, ..., 5 share 1-t
  - [literal_two_part t]              the article's own formula, where 0, ..., 5 have t/5 each, 6, ..., 10 (1-t)/6
  - [choose_10 k]                     the binomial coefficients of 10
  - [bits xs p q]                     D(p‖q) in bits, for p << q

  Statements
  - [worms_dist], [uniform_dist]      the data and the first model are distributions
  - [literal_two_part_total]          the literal formula has the total 6t/5 + 5(1-t)/6
  - [literal_two_part_dist]           and is a distribution only for t = 5/11
  - [worms_mean], [worms_upper_mass]  the mean is 113/20, the mass of 6, ..., 10 is 47/100
  - [worms_figures]                   the entropy and the five divergences in bits, to six decimals
  - [article_figures]                 they round to what the article says
  - [uniform_beats_binomial]          D(worms‖uniform) < D(worms‖binomial(10, 57/100))
  - [kl_not_symmetric]                D(binomial(10, 57/100)‖worms) < D(worms‖binomial(10, 57/100))
  - [worms_binomial_argmin]           D(worms‖binomial(10, t)) is least at t = 113/200 only
  - [uniform_beats_every_binomial]    D(worms‖uniform) < D(worms‖binomial(10, t)) for every t
  - [worms_two_part_argmin]           D(worms‖two-part t) is least at t = 47/100 only
  - [uniform_exceeds_two_part]        D(worms‖uniform) exceeds that by D(Bernoulli(47/100)‖Bernoulli(5/11)),
  - [excess_gt0]                      which is positive, about 0.00069 bits *)

From Coq Require Import Reals Lra List Lia.
From Coquelicot Require Import Rcomplements Rbar.
From Interval Require Import Tactic.
From klexact Require Import Sums Conventions Divergence Entropy Projection Families Processing Optima Blocks.
Import ListNotations.
Open Scope R_scope.

Definition teeth := seq 0 11.
Definition worms k := IZR (nth k [1; 2; 2; 12; 21; 15; 10; 12; 12; 6; 7]%Z 0%Z) / 100.
Definition uniform (k : nat) := 1 / 11.
Definition halves t k := two_part (fun k => 6 <=? k)%nat 5 6 t k.
Definition literal_two_part t k := if (k <=? 5)%nat then t / 5 else (1 - t) / 6.
Definition bits {A} (xs : list A) p q := kl_sum xs p q / ln 2.

(** ** The data and the models *)

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

(** ** The figures *)

Theorem worms_figures :
  Rabs (entropy teeth worms / ln 2 - 3.121044) <= 0.0000005 /\
  Rabs (bits teeth worms uniform - 0.338388) <= 0.0000005 /\
  Rabs (bits teeth worms (binomial 10 (57/100)) - 0.477162) <= 0.0000005 /\
  Rabs (bits teeth (binomial 10 (57/100)) worms - 0.330458) <= 0.0000005 /\
  Rabs (bits teeth worms (binomial 10 (113/200)) - 0.476427) <= 0.0000005 /\
  Rabs (bits teeth worms (halves (47/100)) - 0.337694) <= 0.0000005.
Proof.
  assert (B : forall t, kl_sum teeth worms (binomial 10 t) =
    kl_sum teeth worms (fun k => choose_10 k * t ^ k * (1 - t) ^ (10 - k)))
    by (intros t; apply Sum_ext; intros k I; now rewrite binomial_10).
  assert (R : kl_sum teeth (binomial 10 (57/100)) worms =
    kl_sum teeth (fun k => choose_10 k * (57/100) ^ k * (43/100) ^ (10 - k)) worms).
  { apply Sum_ext; intros k I. rewrite binomial_10 by auto. now replace (1 - 57/100) with (43/100) by lra. }
  unfold bits. rewrite !B, R.
  unfold entropy, kl_sum, kl_term, worms, uniform, halves, two_part, block_model, bernoulli, choose_10; simpl.
  repeat split; interval with (i_prec 60).
Qed.

Theorem article_figures :
  Rabs (expectation teeth worms INR - 5.7) <= 0.05 /\
  Rabs (entropy teeth worms / ln 2 - 3.12) <= 0.005 /\
  Rabs (bits teeth worms uniform - 0.338) <= 0.0005 /\
  Rabs (bits teeth worms (binomial 10 (57/100)) - 0.477) <= 0.0005 /\
  Rabs (bits teeth (binomial 10 (57/100)) worms - 0.330) <= 0.0005 /\
  Rabs (bits teeth worms (halves (47/100)) - 0.338) <= 0.0005.
Proof.
  rewrite worms_mean. destruct worms_figures as (H & U & B & A & _ & T).
  apply Rabs_le_between in H, U, B, A, T. repeat split; apply Rabs_le; lra.
Qed.

(** ** Comparisons *)

Lemma kl_finite q r : (forall k, In k teeth -> 0 < r k) -> kl_divergence teeth q r = kl_sum teeth q r.
Proof. intros H. apply kl_dominated. intros k I Z. pose proof (H k I). lra. Qed.

Lemma bits_lt {A} (xs : list A) p q r s : bits xs p q < bits xs r s -> kl_sum xs p q < kl_sum xs r s.
Proof.
  unfold bits. assert (0 < / ln 2) by (apply Rinv_0_lt_compat; interval with (i_prec 60)). intros L.
  now apply (Rmult_lt_reg_r (/ ln 2)).
Qed.

Lemma uniform_gt0 k : In k teeth -> 0 < uniform k.
Proof. unfold uniform. lra. Qed.

Lemma binomial_10_gt0 t : 0 < t < 1 -> forall k, In k teeth -> 0 < binomial 10 t k.
Proof. intros Ht k _. now apply binomial_gt0. Qed.

Theorem uniform_beats_binomial :
  Rbar_lt (kl_divergence teeth worms uniform) (kl_divergence teeth worms (binomial 10 (57/100))).
Proof.
  rewrite !kl_finite by (apply uniform_gt0 || (apply binomial_10_gt0; lra)). apply bits_lt.
  destruct worms_figures as (_ & U & B & _). apply Rabs_le_between in U, B. lra.
Qed.

Theorem kl_not_symmetric :
  Rbar_lt (kl_divergence teeth (binomial 10 (57/100)) worms) (kl_divergence teeth worms (binomial 10 (57/100))).
Proof.
  rewrite !kl_finite by (apply worms_gt0 || (apply binomial_10_gt0; lra)). apply bits_lt.
  destruct worms_figures as (_ & _ & B & A & _). apply Rabs_le_between in A, B. lra.
Qed.

Theorem worms_binomial_argmin :
  unique_argmin (fun t => 0 <= t <= 1) (fun t => kl_divergence teeth worms (binomial 10 t)) (113/200).
Proof.
  pose proof (binomial_argmin 10 worms ltac:(lia) worms_dist) as H. change (seq 0 11) with teeth in H.
  rewrite worms_mean in H. replace (113/200) with (113/20 / INR 10) by (simpl; field). exact H.
Qed.

Theorem uniform_beats_every_binomial t : 0 <= t <= 1 ->
  Rbar_lt (kl_divergence teeth worms uniform) (kl_divergence teeth worms (binomial 10 t)).
Proof.
  intros Ht. apply Rbar_lt_le_trans with (kl_divergence teeth worms (binomial 10 (113/200))).
  - rewrite !kl_finite by (apply uniform_gt0 || (apply binomial_10_gt0; lra)). apply bits_lt.
    destruct worms_figures as (_ & U & _ & _ & B & _). apply Rabs_le_between in U, B. lra.
  - destruct (Req_dec t (113/200)) as [->|N]; [apply Rbar_le_refl|].
    now apply Rbar_lt_le, worms_binomial_argmin.
Qed.

(** ** The two-part model *)

Local Notation upper := (fun k => 6 <=? k)%nat.
Local Notation even := (fun k => if upper k then / INR 5 else / INR 6).

Lemma even_gt0 k : 0 < even k.
Proof. cbv beta. destruct (6 <=? k)%nat; apply Rinv_0_lt_compat; simpl; lra. Qed.

Lemma worms_upper_probability : probability teeth worms upper = 47 / 100.
Proof. rewrite <- worms_upper_mass. unfold probability. simpl. ring. Qed.

Theorem worms_two_part_argmin :
  unique_argmin (fun t => 0 <= t <= 1) (fun t => kl_divergence teeth worms (halves t)) (47/100).
Proof.
  rewrite <- worms_upper_probability. apply (two_blocks_argmin upper teeth even); auto using worms_dist.
  - intros k _. left. apply even_gt0.
  - intros k _ Z. pose proof (even_gt0 k). lra.
Qed.

Theorem uniform_exceeds_two_part :
  kl_divergence teeth worms uniform =
  Rbar_plus (kl_divergence teeth worms (halves (47/100)))
            (kl_divergence [true; false] (bernoulli (47/100)) (bernoulli (5/11))).
Proof.
  rewrite <- worms_upper_probability, <- (two_blocks_pythagoras upper teeth even); auto using worms_dist; [| |lra].
  - apply kl_ext; auto. intros k _. unfold uniform, block_model, bernoulli. destruct (6 <=? k)%nat; simpl; field.
  - intros k _. left. apply even_gt0.
Qed.

Theorem excess_gt0 :
  Rbar_lt 0 (kl_divergence [true; false] (bernoulli (47/100)) (bernoulli (5/11))) /\
  Rabs (bits [true; false] (bernoulli (47/100)) (bernoulli (5/11)) - 0.00069) <= 0.000005.
Proof.
  split.
  - apply (kl_gt0 _ _ _ true); simpl; try (apply bernoulli_dist); auto; lra.
  - unfold bits, kl_sum, kl_term, bernoulli; simpl. interval with (i_prec 60).
Qed.
