(** * Bernoulli and binomial distributions

  Definitions
  - [bernoulli t]                 t on true, 1 - t on false
  - [binomial n t]                C(n, k)·t^k·(1 - t)^(n - k) on k = 0..n

  Statements
  - [bernoulli_dist], [binomial_dist]   they are distributions for 0 <= t <= 1
  - [binomial_mean]               the mean of Binomial(n, t) is n·t
  - [kl_bernoulli]                D(Bernoulli(a)‖Bernoulli(b)) = a·ln(a/b) + (1 - a)·ln((1 - a)/(1 - b)), 0 < b < 1
  - [kl_binomial]                 D(Binomial(n, a)‖Binomial(n, b)) = n·(the same)
  - [kl_binomial_bernoulli]       D(Binomial(n, a)‖Binomial(n, b)) = n·D(Bernoulli(a)‖Bernoulli(b)), 0 <= a, b <= 1,
                                  infinite or not *)

From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence Processing Projection.
Import ListNotations.
Open Scope R_scope.

Definition bernoulli (t : R) (x : bool) := if x then t else 1 - t.
Definition binomial (n : nat) (t : R) (k : nat) := Binomial.C n k * t ^ k * (1 - t) ^ (n - k).

Local Notation bits := [true; false].
Local Notation upto n := (seq 0 (S n)).

Theorem bernoulli_dist t : 0 <= t <= 1 -> dist bits (bernoulli t).
Proof. intros Ht. split; [intros [|] _|]; simpl; lra. Qed.

Lemma bernoulli_dominated a b : (b = 0 -> a = 0) -> (b = 1 -> a = 1) -> dominated bits (bernoulli a) (bernoulli b).
Proof. intros H0 H1 [|] _; simpl; intros Z; [auto|]. rewrite H1; lra. Qed.

Lemma kl_sum_bernoulli a b : kl_sum bits (bernoulli a) (bernoulli b) = kl_term a b + kl_term (1 - a) (1 - b).
Proof. unfold kl_sum; simpl. ring. Qed.

Theorem kl_bernoulli a b : 0 < b < 1 ->
  kl_divergence bits (bernoulli a) (bernoulli b) = a * ln (a / b) + (1 - a) * ln ((1 - a) / (1 - b)).
Proof. intros Hb. rewrite kl_dominated by (apply bernoulli_dominated; lra). now rewrite kl_sum_bernoulli. Qed.

Lemma Sum_seq f n : Sum f (upto n) = sum_f_R0 f n.
Proof.
  induction n as [|n IH]; [simpl; lra|]. rewrite seq_S, Sum_app, IH. simpl. lra.
Qed.

Lemma C_gt0 n k : 0 < Binomial.C n k.
Proof.
  unfold Binomial.C. apply Rdiv_lt_0_compat; [|apply Rmult_lt_0_compat]; apply INR_fact_lt_0.
Qed.

Lemma binomial_ge0 n t k : 0 <= t <= 1 -> 0 <= binomial n t k.
Proof.
  intros Ht. unfold binomial. pose proof (C_gt0 n k).
  apply Rmult_le_pos; [apply Rmult_le_pos|]; try apply pow_le; lra.
Qed.

Lemma binomial_gt0 n t k : 0 < t < 1 -> 0 < binomial n t k.
Proof.
  intros Ht. unfold binomial. pose proof (C_gt0 n k).
  apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; try apply pow_lt; lra.
Qed.

Lemma binomial_sum n t : Sum (binomial n t) (upto n) = 1.
Proof.
  rewrite Sum_seq. unfold binomial. rewrite <- Binomial.binomial.
  replace (t + (1 - t)) with 1 by ring. apply pow1.
Qed.

Theorem binomial_dist n t : 0 <= t <= 1 -> dist (upto n) (binomial n t).
Proof. intros Ht. split; [intros; now apply binomial_ge0|apply binomial_sum]. Qed.

Lemma C_absorption n k : (k <= n)%nat -> Binomial.C (S n) (S k) * INR (S k) = INR (S n) * Binomial.C n k.
Proof.
  intros H. unfold Binomial.C. rewrite Nat.sub_succ, !fact_simpl, !mult_INR.
  pose proof (INR_fact_neq_0 k). pose proof (INR_fact_neq_0 (n - k)). pose proof (not_0_INR (S k) ltac:(lia)).
  field. auto.
Qed.

Theorem binomial_mean n t : expectation (upto n) (binomial n t) INR = INR n * t.
Proof.
  destruct n as [|n]; unfold expectation; [simpl; ring|].
  transitivity (binomial (S n) t 0 * INR 0 + Sum (fun k => binomial (S n) t (S k) * INR (S k)) (upto n)).
  { now rewrite <- (Sum_map S (fun k => binomial (S n) t k * INR k)), seq_shift. }
  rewrite (Sum_ext _ (fun k => INR (S n) * t * binomial n t k)).
  - rewrite Sum_scal, binomial_sum. simpl (INR 0). ring.
  - intros k Hk. apply in_seq in Hk. unfold binomial.
    transitivity (Binomial.C (S n) (S k) * INR (S k) * t * t ^ k * (1 - t) ^ (n - k)); [simpl; ring|].
    rewrite C_absorption by lia. ring.
Qed.

(** Since 0·ln 0 = 0, the impossible outcomes need no case of their own. *)
Lemma ln_pow_ratio a b k : 0 <= a -> 0 < b -> a ^ k <> 0 -> ln (a ^ k / b ^ k) = INR k * ln (a / b).
Proof.
  intros Ha Hb N. destruct k as [|k]; [simpl; rewrite Rdiv_1, ln_1; ring|].
  assert (0 < a) by (destruct Ha as [|<-]; auto; elim N; simpl; ring).
  unfold Rdiv. rewrite <- pow_inv, <- Rpow_mult_distr. apply ln_pow. now apply Rdiv_lt_0_compat.
Qed.

Lemma ln_binomial_ratio n a b k : 0 <= a <= 1 -> 0 < b < 1 -> In k (upto n) -> binomial n a k <> 0 ->
  ln (binomial n a k / binomial n b k) =
  ln (a / b) * INR k + ln ((1 - a) / (1 - b)) * (INR n - INR k).
Proof.
  intros Ha Hb Hk N. apply in_seq in Hk. unfold binomial in *. pose proof (C_gt0 n k).
  assert (Na : a ^ k <> 0) by (intros Z; apply N; rewrite Z; ring).
  assert (Nb : (1 - a) ^ (n - k) <> 0) by (intros Z; apply N; rewrite Z; ring).
  assert (0 < a ^ k) by (pose proof (pow_le a k (proj1 Ha)); lra).
  assert (0 < (1 - a) ^ (n - k)) by (pose proof (pow_le (1 - a) (n - k) ltac:(lra)); lra).
  assert (0 < b ^ k) by (apply pow_lt; lra). assert (0 < (1 - b) ^ (n - k)) by (apply pow_lt; lra).
  replace (Binomial.C n k * a ^ k * (1 - a) ^ (n - k) / (Binomial.C n k * b ^ k * (1 - b) ^ (n - k)))
    with (a ^ k / b ^ k * ((1 - a) ^ (n - k) / (1 - b) ^ (n - k))) by (field; lra).
  rewrite ln_mult, !ln_pow_ratio, minus_INR by (try apply Rdiv_lt_0_compat; auto; try lra; lia). ring.
Qed.

(** What data see of the binomial family: their mean. *)
Lemma expectation_ln_binomial n p a b : dist (upto n) p -> 0 <= a <= 1 -> 0 < b < 1 ->
  dominated (upto n) p (binomial n a) ->
  expectation (upto n) p (fun k => ln (binomial n a k / binomial n b k)) =
  expectation (upto n) p INR * ln (a / b) + (INR n - expectation (upto n) p INR) * ln ((1 - a) / (1 - b)).
Proof.
  intros Hp Ha Hb D. rewrite (expectation_ext (upto n) p _
    (fun k => (ln (a / b) - ln ((1 - a) / (1 - b))) * INR k + 1 * (ln ((1 - a) / (1 - b)) * INR n))).
  - rewrite expectation_linear, expectation_const by auto. ring.
  - intros k Hk N. rewrite ln_binomial_ratio by auto. ring.
Qed.

Lemma binomial_dominated n p t : 0 < t < 1 -> dominated (upto n) p (binomial n t).
Proof. intros Ht k _ Z. pose proof (binomial_gt0 n t k Ht). lra. Qed.

Lemma kl_sum_binomial n a b : 0 <= a <= 1 -> 0 < b < 1 ->
  kl_sum (upto n) (binomial n a) (binomial n b) = INR n * (kl_term a b + kl_term (1 - a) (1 - b)).
Proof.
  intros Ha Hb. change (kl_sum _ _ _) with
    (expectation (upto n) (binomial n a) (fun k => ln (binomial n a k / binomial n b k))).
  rewrite expectation_ln_binomial, binomial_mean; auto using binomial_dist; [unfold kl_term; ring|].
  intros k _ Z. exact Z.
Qed.

Theorem kl_binomial n a b : 0 <= a <= 1 -> 0 < b < 1 ->
  kl_divergence (upto n) (binomial n a) (binomial n b) =
  INR n * (a * ln (a / b) + (1 - a) * ln ((1 - a) / (1 - b))).
Proof. intros Ha Hb. rewrite kl_dominated by now apply binomial_dominated. now rewrite kl_sum_binomial. Qed.

(** At an end of the parameter's range the binomial is a point, and dominates no other binomial. *)
Lemma binomial_end_not_dominated n a b : 0 <= a <= 1 -> b = 0 \/ b = 1 -> a <> b -> (0 < n)%nat ->
  ~ dominated (upto n) (binomial n a) (binomial n b).
Proof.
  intros Ha Hb N Hn D. pose proof (C_gt0 n 0). pose proof (C_gt0 n n).
  destruct Hb as [-> | ->].
  - specialize (D n ltac:(apply in_seq; lia)). unfold binomial in D. rewrite pow_i, Nat.sub_diag in D by auto.
    pose proof (pow_lt a n ltac:(lra)). specialize (D ltac:(ring)). simpl in D. nra.
  - specialize (D 0%nat ltac:(apply in_seq; lia)). unfold binomial in D.
    rewrite Nat.sub_0_r, (Rminus_diag_eq 1 1), pow_i in D by auto.
    pose proof (pow_lt (1 - a) n ltac:(lra)). specialize (D ltac:(ring)). simpl in D. nra.
Qed.

Theorem kl_binomial_bernoulli n a b : 0 <= a <= 1 -> 0 <= b <= 1 ->
  kl_divergence (upto n) (binomial n a) (binomial n b) =
  Rbar_mult (INR n) (kl_divergence bits (bernoulli a) (bernoulli b)).
Proof.
  intros Ha Hb. destruct (Req_dec a b) as [<-|N].
  { rewrite !kl_divergence_refl. simpl. f_equal. ring. }
  destruct n as [|n].
  { simpl (INR 0). rewrite Rbar_mult_0_l. apply kl_eq0; auto using binomial_dist.
    intros k Hk. apply in_seq in Hk. replace k with 0%nat by lia. unfold binomial. simpl. ring. }
  destruct (Req_dec b 0) as [B|B0]; [|destruct (Req_dec b 1) as [B|B1]].
  1, 2: rewrite !kl_not_dominated, Rbar_mult_infty; auto; [apply lt_0_INR; lia| |
    apply binomial_end_not_dominated; auto; lia].
  - intros D. specialize (D true ltac:(simpl; auto) B). simpl in D. lra.
  - intros D. specialize (D false ltac:(simpl; auto)). simpl in D. lra.
  - rewrite kl_binomial, kl_bernoulli by lra. reflexivity.
Qed.
