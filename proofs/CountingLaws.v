(** * Geometric and Poisson distributions

  Their divergences as convergent series: the sum over k = 0, 1, 2, ... of p·ln(p/q), each with its closed form.

  Definitions
  - [geometric t k]            t·(1 - t)^k, the probability of k failures before the first success
  - [poisson a k]              e^-a·a^k / k!

  Statements
  - [geometric_dist], [poisson_dist]    masses >= 0 of sum 1, for 0 < t <= 1 and for a >= 0
  - [geometric_mean], [poisson_mean]    the means are (1 - t)/t and a
  - [kl_geometric]             D(Geometric(a)‖Geometric(b)) = ln(a/b) + (1 - a)/a·ln((1 - a)/(1 - b)),
                               for 0 < a <= 1 and 0 < b < 1
  - [kl_poisson]               D(Poisson(a)‖Poisson(b)) = a·ln(a/b) + b - a, for a >= 0 and b > 0 *)

From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence Projection Families.
Open Scope R_scope.

Definition geometric (t : R) (k : nat) := t * (1 - t) ^ k.
Definition poisson (a : R) (k : nat) := exp (- a) * (a ^ k / INR (fact k)).

Lemma series_ext (a b : nat -> R) l : (forall k, a k = b k) -> is_series a l -> is_series b l.
Proof. apply is_series_ext. Qed.

Lemma series_first (a : nat -> R) l m : is_series (fun k => a (S k)) l -> a O + l = m -> is_series a m.
Proof.
  intros H <-. apply is_series_decr_1. assert (E : a O + l + - a O = l) by ring.
  change (is_series (fun k => a (S k)) (a O + l + - a O)). now rewrite E.
Qed.

Lemma series_mult_l c (a : nat -> R) l : is_series a l -> is_series (fun k => c * a k) (c * l).
Proof. exact (is_series_scal (V := R_NormedModule) c a l). Qed.

(** A divergence whose log ratio is c + d·k, from the mass and the mean of the law. *)
Lemma series_linear (p f : nat -> R) m c d :
  is_series p 1 -> is_series (fun k => p k * INR k) m ->
  (forall k, f k = p k * (c + d * INR k)) -> is_series f (c + d * m).
Proof.
  intros P M E. replace (c + d * m) with (c * 1 + d * m) by ring.
  apply (series_ext (fun k => c * p k + d * (p k * INR k))); [intros k; rewrite E; ring|].
  apply (is_series_plus (V := R_NormedModule)); now apply series_mult_l.
Qed.

(** ** Geometric *)

Lemma geometric_ge0 t k : 0 < t <= 1 -> 0 <= geometric t k.
Proof. intros Ht. apply Rmult_le_pos; [lra|]. apply pow_le. lra. Qed.

Lemma geometric_gt0 t k : 0 < t < 1 -> 0 < geometric t k.
Proof. intros Ht. apply Rmult_lt_0_compat; [lra|]. apply pow_lt. lra. Qed.

Lemma geometric_sum1 t : 0 < t <= 1 -> is_series (geometric t) 1.
Proof.
  intros Ht. replace 1 with (t * / (1 - (1 - t))) by (field; lra).
  apply series_mult_l, is_series_geom. rewrite Rabs_right; lra.
Qed.

Theorem geometric_dist t : 0 < t <= 1 -> (forall k, 0 <= geometric t k) /\ is_series (geometric t) 1.
Proof. split; intros; [now apply geometric_ge0|now apply geometric_sum1]. Qed.

(** Σ (k + 1)·s^k is the square of the geometric series, as a Cauchy product. *)
Lemma is_series_geometric_square s : 0 <= s < 1 -> is_series (fun k => INR (S k) * s ^ k) (/ (1 - s) * / (1 - s)).
Proof.
  intros Hs. pose proof (is_series_geom s ltac:(rewrite Rabs_right; lra)) as G.
  apply (series_ext (fun n => sum_f_R0 (fun k => s ^ k * s ^ (n - k)) n)).
  - intros n. rewrite (sum_eq _ (fun _ => s ^ n)).
    + rewrite sum_cte. ring.
    + intros k Hk. rewrite <- pow_add. f_equal. lia.
  - apply is_series_mult_pos; auto; intros; apply pow_le; lra.
Qed.

Theorem geometric_mean t : 0 < t <= 1 -> is_series (fun k => geometric t k * INR k) ((1 - t) / t).
Proof.
  intros Ht. apply (series_first _ (t * (1 - t) * (/ (1 - (1 - t)) * / (1 - (1 - t))))); [|simpl (INR 0); field; lra].
  apply (series_ext (fun k => t * (1 - t) * (INR (S k) * (1 - t) ^ k))).
  - intros k. unfold geometric. simpl pow. ring.
  - apply series_mult_l, is_series_geometric_square. lra.
Qed.

Lemma ln_geometric_ratio a b k : 0 < a <= 1 -> 0 < b < 1 -> geometric a k <> 0 ->
  ln (geometric a k / geometric b k) = ln (a / b) + ln ((1 - a) / (1 - b)) * INR k.
Proof.
  intros Ha Hb N. unfold geometric in *.
  assert (Na : (1 - a) ^ k <> 0) by (intros Z; apply N; rewrite Z; ring).
  assert (0 < (1 - a) ^ k) by (pose proof (pow_le (1 - a) k ltac:(lra)); lra).
  assert (0 < (1 - b) ^ k) by (apply pow_lt; lra).
  replace (a * (1 - a) ^ k / (b * (1 - b) ^ k)) with (a / b * ((1 - a) ^ k / (1 - b) ^ k)) by (field; lra).
  rewrite ln_mult, ln_pow_ratio by (try apply Rdiv_lt_0_compat; auto; lra). ring.
Qed.

Theorem kl_geometric a b : 0 < a <= 1 -> 0 < b < 1 ->
  is_series (fun k => kl_term (geometric a k) (geometric b k)) (ln (a / b) + (1 - a) / a * ln ((1 - a) / (1 - b))).
Proof.
  intros Ha Hb. rewrite (Rmult_comm ((1 - a) / a)).
  apply (series_linear (geometric a)); auto using geometric_sum1, geometric_mean.
  intros k. unfold kl_term. destruct (Req_dec (geometric a k) 0) as [->|N]; [ring|]. now rewrite ln_geometric_ratio.
Qed.

(** ** Poisson *)

Lemma poisson_ge0 a k : 0 <= a -> 0 <= poisson a k.
Proof.
  intros Ha. apply Rmult_le_pos; [left; apply exp_pos|].
  apply Rdiv_le_0_compat; [now apply pow_le|apply INR_fact_lt_0].
Qed.

Lemma poisson_gt0 a k : 0 < a -> 0 < poisson a k.
Proof.
  intros Ha. apply Rmult_lt_0_compat; [apply exp_pos|].
  apply Rdiv_lt_0_compat; [now apply pow_lt|apply INR_fact_lt_0].
Qed.

Lemma poisson_sum1 a : is_series (poisson a) 1.
Proof.
  replace 1 with (exp (- a) * exp a) by (rewrite <- exp_plus, Rplus_opp_l; apply exp_0).
  apply series_mult_l. apply (series_ext (fun k => scal (pow_n a k) (/ INR (fact k)))); [|apply is_exp_Reals].
  intros k. rewrite pow_n_pow. reflexivity.
Qed.

Theorem poisson_dist a : 0 <= a -> (forall k, 0 <= poisson a k) /\ is_series (poisson a) 1.
Proof. split; intros; [now apply poisson_ge0|apply poisson_sum1]. Qed.

Theorem poisson_mean a : is_series (fun k => poisson a k * INR k) a.
Proof.
  apply (series_first _ (a * 1)); [|simpl (INR 0); ring].
  apply (series_ext (fun k => a * poisson a k)); [|apply series_mult_l, poisson_sum1].
  intros k. unfold poisson. simpl pow. rewrite fact_simpl, mult_INR.
  pose proof (INR_fact_neq_0 k). pose proof (not_0_INR (S k) ltac:(lia)). field. auto.
Qed.

Lemma ln_poisson_ratio a b k : 0 <= a -> 0 < b -> poisson a k <> 0 ->
  ln (poisson a k / poisson b k) = b - a + ln (a / b) * INR k.
Proof.
  intros Ha Hb N. unfold poisson in *. pose proof (INR_fact_lt_0 k).
  assert (Na : a ^ k <> 0) by (intros Z; apply N; rewrite Z; unfold Rdiv; ring).
  assert (0 < a ^ k) by (pose proof (pow_le a k Ha); lra). assert (0 < b ^ k) by now apply pow_lt.
  pose proof (exp_pos (- b)).
  replace (exp (- a) * (a ^ k / INR (fact k)) / (exp (- b) * (b ^ k / INR (fact k))))
    with (exp (- a) / exp (- b) * (a ^ k / b ^ k)) by (field; lra).
  rewrite ln_mult, ln_pow_ratio, ln_div, !ln_exp by (try apply Rdiv_lt_0_compat; auto using exp_pos). ring.
Qed.

Theorem kl_poisson a b : 0 <= a -> 0 < b ->
  is_series (fun k => kl_term (poisson a k) (poisson b k)) (a * ln (a / b) + b - a).
Proof.
  intros Ha Hb. replace (a * ln (a / b) + b - a) with (b - a + ln (a / b) * a) by ring.
  apply (series_linear (poisson a)); auto using poisson_sum1, poisson_mean.
  intros k. unfold kl_term. destruct (Req_dec (poisson a k) 0) as [->|N]; [ring|]. now rewrite ln_poisson_ratio.
Qed.
