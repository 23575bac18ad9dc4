(** * Jensen-Shannon divergence

  The midpoint dominates both of its ends, so that the divergence is finite whatever they are.

  Definitions
  - [midpoint p q]            m = (p + q)/2
  - [js_divergence xs p q]    (D(p‖m) + D(q‖m))/2, in nats

  Statements
  - [js_finite]               both D(p‖m) and D(q‖m) are finite: the extended reals give the same
  - [js_symmetric]            p and q may change places
  - [js_eq_entropy]           it is H(m) - (H(p) + H(q))/2
  - [js_ge0], [js_eq0]        it is >= 0, = 0 iff the distributions are equal
  - [js_le_ln2], [js_eq_ln2]  it is <= ln 2, = ln 2 iff no outcome is possible under both

  Lin, Divergence measures based on the Shannon entropy, IEEE Trans. Inf. Theory 37, 1991. *)

From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence Entropy.
Open Scope R_scope.

Definition midpoint {A} (p q : A -> R) x := (p x + q x) / 2.

Definition js_divergence {A} (xs : list A) p q :=
  (kl_sum xs p (midpoint p q) + kl_sum xs q (midpoint p q)) / 2.

Lemma midpoint_comm {A} (p q : A -> R) x : midpoint p q x = midpoint q p x.
Proof. unfold midpoint. now rewrite Rplus_comm. Qed.

Lemma midpoint_dist {A} (xs : list A) p q : dist xs p -> dist xs q -> dist xs (midpoint p q).
Proof.
  intros [Hp Sp] [Hq Sq]. split.
  - intros x Hx. pose proof (Hp x Hx). pose proof (Hq x Hx). unfold midpoint. lra.
  - rewrite (Sum_ext _ (fun x => / 2 * (p x + q x))) by (intros; unfold midpoint; field).
    rewrite Sum_scal, Sum_plus, Sp, Sq. field.
Qed.

Lemma midpoint_dominates {A} (xs : list A) p q : dist xs p -> dist xs q ->
  dominated xs p (midpoint p q) /\ dominated xs q (midpoint p q).
Proof.
  intros [Hp _] [Hq _]. split; intros x Hx; unfold midpoint; pose proof (Hp x Hx); pose proof (Hq x Hx); lra.
Qed.

Theorem js_finite {A} (xs : list A) p q : dist xs p -> dist xs q ->
  Rbar_mult (/ 2) (Rbar_plus (kl_divergence xs p (midpoint p q)) (kl_divergence xs q (midpoint p q))) =
  Finite (js_divergence xs p q).
Proof.
  intros Hp Hq. destruct (midpoint_dominates xs p q Hp Hq). rewrite !kl_dominated by auto.
  simpl. f_equal. unfold js_divergence. field.
Qed.

Theorem js_symmetric {A} (xs : list A) p q : js_divergence xs p q = js_divergence xs q p.
Proof.
  assert (E : forall r, kl_sum xs r (midpoint p q) = kl_sum xs r (midpoint q p)).
  { intros r. apply Sum_ext; intros x _. now rewrite midpoint_comm. }
  unfold js_divergence. rewrite !E. lra.
Qed.

Theorem js_eq_entropy {A} (xs : list A) p q : dist xs p -> dist xs q ->
  js_divergence xs p q = entropy xs (midpoint p q) - (entropy xs p + entropy xs q) / 2.
Proof.
  intros Hp Hq. destruct (midpoint_dominates xs p q Hp Hq). pose proof (midpoint_dist xs p q Hp Hq).
  unfold js_divergence. rewrite !kl_eq_cross_entropy_sub_entropy by auto.
  enough (entropy xs (midpoint p q) = / 2 * (cross_entropy_sum xs p (midpoint p q)
            + cross_entropy_sum xs q (midpoint p q))) by lra.
  unfold entropy, cross_entropy_sum. rewrite <- !Sum_opp, <- Sum_plus, <- Sum_scal.
  apply Sum_ext; intros x _. unfold midpoint at 1. field.
Qed.

Theorem js_ge0 {A} (xs : list A) p q : dist xs p -> dist xs q -> 0 <= js_divergence xs p q.
Proof.
  intros Hp Hq. destruct (midpoint_dominates xs p q Hp Hq) as [Dp Dq]. pose proof (midpoint_dist xs p q Hp Hq) as Hm.
  pose proof (gibbs_inequality xs p _ Hp Hm Dp). pose proof (gibbs_inequality xs q _ Hq Hm Dq).
  unfold js_divergence. lra.
Qed.

Theorem js_eq0 {A} (xs : list A) p q :
  dist xs p -> dist xs q -> (js_divergence xs p q = 0 <-> forall x, In x xs -> p x = q x).
Proof.
  intros Hp Hq. destruct (midpoint_dominates xs p q Hp Hq) as [Dp Dq]. pose proof (midpoint_dist xs p q Hp Hq) as Hm.
  pose proof (gibbs_inequality xs p _ Hp Hm Dp). pose proof (gibbs_inequality xs q _ Hq Hm Dq).
  unfold js_divergence. split.
  - intros E x Hx. assert (Z : kl_sum xs p (midpoint p q) = 0) by lra.
    pose proof (proj1 (kl_sum_eq0 xs p _ Hp Hm Dp) Z x Hx) as M. unfold midpoint in M. lra.
  - intros E. assert (Z : kl_sum xs p (midpoint p q) = 0 /\ kl_sum xs q (midpoint p q) = 0).
    { split; apply kl_sum_eq0; auto; intros x Hx; unfold midpoint; rewrite (E x Hx); field. }
    destruct Z as [-> ->]. field.
Qed.

(** ** The greatest value: p·ln(p/m) <= p·ln 2, as p <= 2m, with equality only if p or q vanishes *)

Lemma kl_term_half p q : 0 <= p -> 0 <= q ->
  kl_term p ((p + q) / 2) <= p * ln 2 /\ (kl_term p ((p + q) / 2) = p * ln 2 <-> p = 0 \/ q = 0).
Proof.
  intros Hp Hq. destruct (Req_dec p 0) as [->|N]; [unfold kl_term; lra|].
  assert (P : 0 < p) by lra.
  assert (E : kl_term p ((p + q) / 2) = p * ln 2 - p * ln ((p + q) / p)).
  { unfold kl_term. replace (p / ((p + q) / 2)) with (2 / ((p + q) / p)) by (field; lra).
    rewrite ln_div; [ring|lra|]. apply Rdiv_lt_0_compat; lra. }
  rewrite E. destruct (Req_dec q 0) as [->|M].
  - replace ((p + 0) / p) with 1 by (field; lra). rewrite ln_1. lra.
  - assert (L : 0 < ln ((p + q) / p)).
    { rewrite <- ln_1. apply ln_increasing; [lra|]. replace ((p + q) / p) with (1 + q / p) by (field; lra).
      pose proof (Rdiv_lt_0_compat q p ltac:(lra) P). lra. }
    pose proof (Rmult_lt_0_compat _ _ P L). lra.
Qed.

Lemma js_gap_term p q : 0 <= p -> 0 <= q ->
  let gap := (p + q) * ln 2 - (kl_term p ((p + q) / 2) + kl_term q ((p + q) / 2)) in
  0 <= gap /\ (gap = 0 <-> p = 0 \/ q = 0).
Proof.
  intros Hp Hq gap. destruct (kl_term_half p q Hp Hq) as [P P0]. destruct (kl_term_half q p Hq Hp) as [Q Q0].
  rewrite (Rplus_comm q p) in Q, Q0. split; [unfold gap; lra|]. split; intros H.
  - apply P0. unfold gap in H. lra.
  - unfold gap. rewrite (proj2 P0 H), (proj2 Q0 (proj1 (or_comm _ _) H)). ring.
Qed.

Lemma js_gap {A} (xs : list A) p q : dist xs p -> dist xs q ->
  2 * (ln 2 - js_divergence xs p q) =
  Sum (fun x => (p x + q x) * ln 2 - (kl_term (p x) ((p x + q x) / 2) + kl_term (q x) ((p x + q x) / 2))) xs.
Proof.
  intros [_ Sp] [_ Sq]. rewrite Sum_minus, (Sum_ext _ (fun x => ln 2 * (p x + q x))) by (intros; ring).
  rewrite Sum_scal, !Sum_plus, Sp, Sq. unfold js_divergence, kl_sum, midpoint. field.
Qed.

Theorem js_le_ln2 {A} (xs : list A) p q : dist xs p -> dist xs q -> js_divergence xs p q <= ln 2.
Proof.
  intros Hp Hq. enough (0 <= 2 * (ln 2 - js_divergence xs p q)) by lra. rewrite js_gap by auto.
  apply Sum_ge0; intros x Hx. apply js_gap_term; [now apply (prob_ge0 Hp)|now apply (prob_ge0 Hq)].
Qed.

Theorem js_eq_ln2 {A} (xs : list A) p q :
  dist xs p -> dist xs q -> (js_divergence xs p q = ln 2 <-> forall x, In x xs -> p x = 0 \/ q x = 0).
Proof.
  intros Hp Hq. pose proof (fun x Hx => js_gap_term (p x) (q x) (prob_ge0 Hp x Hx) (prob_ge0 Hq x Hx)) as T.
  cbv zeta in T. pose proof (js_gap xs p q Hp Hq) as G. split.
  - intros E x Hx. apply T; auto. rewrite E in G. pattern x. revert x Hx. apply Sum_eq0.
    + intros x Hx. now apply T.
    + rewrite <- G. ring.
  - intros D. rewrite Sum_0 in G; [lra|]. intros x Hx. now apply T; auto.
Qed.
