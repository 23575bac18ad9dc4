(** * Pinsker's inequality

  Definitions
  - [total_variation xs p q]   V = Σ|p - q|/2
  - [pinsker_gap x]            ln x - 1 + 1/x - 3(x-1)²/(2x(x+2)), which is >= 0

  Statements
  - [total_variation_eq0]      V = 0 iff the distributions are equal
  - [total_variation_le1]      V <= 1
  - [total_variation_events]   V is the greatest difference between the probabilities of an event
  - [kl_sum_pinsker]           D >= 2V² in nats, for p << q
  - [pinsker_inequality]       the same for the extended reals, whatever p and q are

  Cover & Thomas, Elements of Information Theory, 2nd ed., lemma 11.6.1; the proof is that of
  Tsybakov, Introduction to Nonparametric Estimation, 2009, lemma 2.5. *)

From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence.
Open Scope R_scope.

Definition total_variation {A} (xs : list A) p q := Sum (fun x => Rabs (p x - q x)) xs / 2.

Theorem total_variation_eq0 {A} (xs : list A) p q :
  total_variation xs p q = 0 <-> forall x, In x xs -> p x = q x.
Proof.
  unfold total_variation. split.
  - intros E x Hx. apply Rminus_diag_uniq. apply Rabs_eq_0.
    apply (Sum_eq0 (fun x => Rabs (p x - q x)) xs); auto; [intros; apply Rabs_pos|lra].
  - intros E. rewrite Sum_0; [field|]. intros x Hx. rewrite (E x Hx), Rminus_eq_0. apply Rabs_R0.
Qed.

Theorem total_variation_le1 {A} (xs : list A) p q : dist xs p -> dist xs q -> total_variation xs p q <= 1.
Proof.
  intros [Hp Sp] [Hq Sq]. unfold total_variation. enough (Sum (fun x => Rabs (p x - q x)) xs <= 2) by lra.
  replace 2 with (Sum (fun x => p x + q x) xs) by (rewrite Sum_plus; lra).
  apply Sum_le; intros x Hx. pose proof (Hp x Hx). pose proof (Hq x Hx). apply Rabs_le. lra.
Qed.

(** As Σ(p - q) = 0, an event's share of it is half of the sum where the signs outside of the event are turned. *)
Lemma probability_difference {A} (xs : list A) p q e : dist xs p -> dist xs q ->
  probability xs p e - probability xs q e = Sum (fun x => if e x then p x - q x else q x - p x) xs / 2.
Proof.
  intros [_ Sp] [_ Sq]. unfold probability. rewrite <- Sum_minus.
  rewrite (Sum_ext _ (fun x => / 2 * ((if e x then p x - q x else q x - p x) + (p x - q x)))).
  - rewrite Sum_scal, Sum_plus, Sum_minus, Sp, Sq. field.
  - intros x _. destruct (e x); field.
Qed.

Theorem total_variation_events {A} (xs : list A) p q : dist xs p -> dist xs q ->
  (forall e, Rabs (probability xs p e - probability xs q e) <= total_variation xs p q) /\
  exists e, probability xs p e - probability xs q e = total_variation xs p q.
Proof.
  intros Hp Hq. unfold total_variation. split.
  - intros e. rewrite probability_difference by auto. apply Rabs_le.
    enough (- Sum (fun x => Rabs (p x - q x)) xs <= Sum (fun x => if e x then p x - q x else q x - p x) xs
            <= Sum (fun x => Rabs (p x - q x)) xs) by lra.
    rewrite <- Sum_opp. split; apply Sum_le; intros x _; destruct (e x); unfold Rabs; destruct Rcase_abs; lra.
  - exists (fun x => if Rle_dec (q x) (p x) then true else false).
    rewrite probability_difference by auto. f_equal. apply Sum_ext; intros x _.
    destruct Rle_dec; unfold Rabs; destruct Rcase_abs; lra.
Qed.

(** ** The scalar inequality: its gap has the derivative (x-1)³/(x(x+2))², so it is least at x = 1, where it vanishes *)

Definition pinsker_gap x := ln x - 1 + / x - 3 * (x - 1) ^ 2 / (2 * x * (x + 2)).

Lemma pinsker_gap_derive x : 0 < x -> is_derive pinsker_gap x ((x - 1) ^ 3 / (x * (x + 2)) ^ 2).
Proof.
  intros Hx. unfold pinsker_gap. auto_derive.
  - assert (0 < 2 * x * (x + 2)) by (apply Rmult_lt_0_compat; lra). repeat split; lra.
  - field. lra.
Qed.

Lemma pinsker_gap_ge0 x : 0 < x -> 0 <= pinsker_gap x.
Proof.
  intros Hx. assert (Z : pinsker_gap 1 = 0) by (unfold pinsker_gap; rewrite ln_1; field).
  destruct (MVT_gen pinsker_gap 1 x (fun y => (y - 1) ^ 3 / (y * (y + 2)) ^ 2)) as [c [Hc E]].
  - intros y Hy. apply pinsker_gap_derive. revert Hy. unfold Rmin. destruct Rle_dec; lra.
  - intros y Hy. apply derivable_continuous_pt, ex_derive_Reals_0.
    eexists. apply pinsker_gap_derive. revert Hy. unfold Rmin. destruct Rle_dec; lra.
  - rewrite Z, Rminus_0_r in E. rewrite E.
    assert (0 < c) by (revert Hc; unfold Rmin, Rmax; destruct Rle_dec; lra).
    replace ((c - 1) ^ 3 / (c * (c + 2)) ^ 2 * (x - 1)) with ((c - 1) * (x - 1) * ((c - 1) / (c * (c + 2))) ^ 2)
      by (field; lra).
    apply Rmult_le_pos; [|apply pow2_ge_0].
    revert Hc; unfold Rmin, Rmax; destruct Rle_dec; intros; [apply Rmult_le_pos; lra|].
    replace ((c - 1) * (x - 1)) with ((1 - c) * (1 - x)) by ring. apply Rmult_le_pos; lra.
Qed.

Lemma kl_term_gap p q : 0 < p -> 0 < q ->
  kl_term p q - p + q = p * pinsker_gap (p / q) + 3 * (p - q) ^ 2 / (2 * p + 4 * q).
Proof. intros Hp Hq. unfold kl_term, pinsker_gap. field. lra. Qed.

(** By Cauchy-Schwarz the squares 3(p - q)²/(2p + 4q) sum to 2V² or more; here its tangents, of which c = V suffices. *)
Lemma kl_term_pinsker c p q : 0 <= p -> 0 <= q -> (q = 0 -> p = 0) ->
  2 * c * Rabs (p - q) - c ^ 2 * (2 * p + 4 * q) / 3 <= kl_term p q - p + q.
Proof.
  intros Hp Hq D. destruct (Req_dec p 0) as [->|Np].
  - replace (0 - q) with (- q) by ring. rewrite Rabs_Ropp, Rabs_pos_eq by auto. unfold kl_term.
    pose proof (Rmult_le_pos q _ Hq (pow2_ge_0 (c - 3 / 4))). lra.
  - assert (P : 0 < p) by lra. assert (Q : 0 < q) by (destruct (Req_dec q 0); [tauto|lra]).
    rewrite kl_term_gap by auto.
    pose proof (pinsker_gap_ge0 (p / q) (Rdiv_lt_0_compat p q P Q)) as G. apply (Rmult_le_pos p) in G; [|lra].
    rewrite <- (pow2_abs (p - q)). set (a := Rabs (p - q)).
    enough (0 <= 3 * a ^ 2 / (2 * p + 4 * q) - (2 * c * a - c ^ 2 * (2 * p + 4 * q) / 3)) by lra.
    replace (_ - _) with (3 / (2 * p + 4 * q) * (a - c * (2 * p + 4 * q) / 3) ^ 2) by (field; lra).
    apply Rmult_le_pos; [|apply pow2_ge_0]. left. apply Rdiv_lt_0_compat; lra.
Qed.

Theorem kl_sum_pinsker {A} (xs : list A) p q :
  dist xs p -> dist xs q -> dominated xs p q -> 2 * total_variation xs p q ^ 2 <= kl_sum xs p q.
Proof.
  intros [Hp Sp] [Hq Sq] D. set (V := total_variation xs p q).
  replace (2 * V ^ 2) with (Sum (fun x => 2 * V * Rabs (p x - q x) - V ^ 2 / 3 * (2 * p x + 4 * q x)) xs).
  2: { rewrite Sum_minus, !Sum_scal, Sum_plus, !Sum_scal, Sp, Sq. unfold V, total_variation. field. }
  replace (kl_sum xs p q) with (Sum (fun x => kl_term (p x) (q x) - p x + q x) xs).
  2: { rewrite Sum_plus, Sum_minus, Sp, Sq. unfold kl_sum. ring. }
  apply Sum_le; intros x Hx. pose proof (kl_term_pinsker V (p x) (q x) (Hp x Hx) (Hq x Hx) (D x Hx)). lra.
Qed.

Theorem pinsker_inequality {A} (xs : list A) p q :
  dist xs p -> dist xs q -> Rbar_le (2 * total_variation xs p q ^ 2) (kl_divergence xs p q).
Proof. intros Hp Hq. unfold kl_divergence; destruct dominated_dec; [now apply kl_sum_pinsker|exact I]. Qed.
