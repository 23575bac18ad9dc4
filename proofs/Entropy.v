(** * Entropy and cross-entropy

  Definitions
  - [entropy xs p]                          H(p) = -Σ p·ln p, in nats
  - [cross_entropy_sum xs p q]              -Σ p·ln q, in nats, for p << q
  - [cross_entropy xs p q]                  H(p, q) as an extended real: [cross_entropy_sum] where p << q, else +∞

  Statements
  - [kl_eq_cross_entropy_sub_entropy]       D(p‖q) = H(p, q) - H(p)
  - [cross_entropy_infinite_iff]            H(p, q) = +∞ iff p is not dominated by q
  - [entropy_le_cross_entropy]              H(p) <= H(p, q): Gibbs' inequality again
  - [entropy_eq_cross_entropy]              with equality iff the distributions are equal
  - [entropy_ge0]                           H >= 0
  - [entropy_eq0]                           H = 0 iff some outcome is certain
  - [entropy_le_ln_card]                    H <= ln n for n outcomes
  - [entropy_eq_ln_card]                    with equality iff they are equally likely
  - [entropy_of_mixture]                    H(m) - t·H(p) - (1-t)·H(q) = t·D(p‖m) + (1-t)·D(q‖m), m = t·p + (1-t)·q
  - [entropy_concave]                       so H(m) >= t·H(p) + (1-t)·H(q),
  - [entropy_concave_equality]              with equality, for 0 < t < 1, iff p = q

  Cover & Thomas, Elements of Information Theory, 2nd ed., lemma 2.1.1, theorems 2.6.4 and 2.7.3. *)

From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence.
Import ListNotations.
Open Scope R_scope.

Definition entropy {A} (xs : list A) p := - Sum (fun x => p x * ln (p x)) xs.
Definition cross_entropy_sum {A} (xs : list A) p q := - Sum (fun x => p x * ln (q x)) xs.

Definition cross_entropy {A} (xs : list A) p q : Rbar :=
  if dominated_dec xs p q then Finite (cross_entropy_sum xs p q) else p_infty.

(** ** Entropy and cross-entropy *)

Lemma kl_term_split p q : 0 <= p -> 0 <= q -> (q = 0 -> p = 0) -> kl_term p q = p * ln p - p * ln q.
Proof.
  intros Hp Hq D. unfold kl_term. destruct (Req_dec p 0) as [->|N]; [ring|].
  assert (0 < q) by (destruct (Req_dec q 0); [tauto|lra]).
  rewrite ln_div by lra. ring.
Qed.

Lemma cross_entropy_sum_eq {A} (xs : list A) p q :
  (forall x, In x xs -> 0 <= p x) -> (forall x, In x xs -> 0 <= q x) -> dominated xs p q ->
  cross_entropy_sum xs p q = entropy xs p + kl_sum xs p q.
Proof.
  intros Hp Hq D. unfold kl_sum, cross_entropy_sum, entropy.
  rewrite (Sum_ext (fun x => kl_term _ _) (fun x => p x * ln (p x) - p x * ln (q x))); [rewrite Sum_minus; ring|].
  intros x Hx. apply kl_term_split; auto.
Qed.

Theorem kl_eq_cross_entropy_sub_entropy {A} (xs : list A) p q :
  dist xs p -> dist xs q -> dominated xs p q ->
  kl_sum xs p q = cross_entropy_sum xs p q - entropy xs p.
Proof. intros [Hp _] [Hq _] D. rewrite cross_entropy_sum_eq by auto. ring. Qed.

Theorem cross_entropy_infinite_iff {A} (xs : list A) p q : cross_entropy xs p q = p_infty <-> ~ dominated xs p q.
Proof. unfold cross_entropy; destruct dominated_dec; split; try easy; tauto. Qed.

Theorem entropy_le_cross_entropy {A} (xs : list A) p q :
  dist xs p -> dist xs q -> Rbar_le (entropy xs p) (cross_entropy xs p q).
Proof.
  intros Hp Hq. unfold cross_entropy; destruct dominated_dec as [D|]; simpl; auto.
  pose proof (gibbs_inequality xs p q Hp Hq D) as G. rewrite kl_eq_cross_entropy_sub_entropy in G by auto. lra.
Qed.

Theorem entropy_eq_cross_entropy {A} (xs : list A) p q :
  dist xs p -> dist xs q -> (Finite (entropy xs p) = cross_entropy xs p q <-> forall x, In x xs -> p x = q x).
Proof.
  intros Hp Hq. unfold cross_entropy; destruct dominated_dec as [D|N].
  - rewrite <- kl_sum_eq0, kl_eq_cross_entropy_sub_entropy by auto.
    split; [intros [= E]; lra|intros E; f_equal; lra].
  - split; [discriminate|]. intros E. elim N. intros x Hx Z. now rewrite E.
Qed.

(** ** The least entropy *)

Lemma entropy_term_ge0 p : 0 <= p <= 1 -> 0 <= - (p * ln p).
Proof.
  intros [Hp H1]. destruct (Req_dec p 0) as [->|N]; [lra|].
  pose proof (ln_le_sub1 p ltac:(lra)) as L. pose proof (Rmult_le_compat_l p (ln p) 0 Hp ltac:(lra)). lra.
Qed.

Lemma entropy_as_sum {A} (xs : list A) p : entropy xs p = Sum (fun x => - (p x * ln (p x))) xs.
Proof. symmetry. apply Sum_opp. Qed.

Theorem entropy_ge0 {A} (xs : list A) p : dist xs p -> 0 <= entropy xs p.
Proof.
  intros Hp. rewrite entropy_as_sum. apply Sum_ge0; intros x Hx.
  apply entropy_term_ge0. split; [now apply (prob_ge0 Hp)|now apply (prob_le1 xs)].
Qed.

Lemma entropy_term_eq0 p : 0 <= p -> p * ln p = 0 -> p = 0 \/ p = 1.
Proof.
  intros Hp E. destruct (Req_dec p 0) as [|N]; [auto|right].
  apply Rmult_integral in E. apply ln_inv; [lra|lra|]. rewrite ln_1. tauto.
Qed.

(** Beside a certain outcome all others are impossible. *)
Lemma certain_outcome {A} (xs ys : list A) p x :
  dist (xs ++ x :: ys) p -> p x = 1 -> forall y, In y xs \/ In y ys -> p y = 0.
Proof.
  intros [Hp Sp] E y Hy. rewrite Sum_app in Sp. simpl in Sp.
  assert (Hxs : forall z, In z xs -> 0 <= p z) by (intros; apply Hp, in_or_app; auto).
  assert (Hys : forall z, In z ys -> 0 <= p z) by (intros; apply Hp, in_or_app; simpl; auto).
  pose proof (Sum_ge0 p xs Hxs). pose proof (Sum_ge0 p ys Hys).
  destruct Hy; [apply (Sum_eq0 p xs)|apply (Sum_eq0 p ys)]; auto; lra.
Qed.

Theorem entropy_eq0 {A} (xs : list A) p : dist xs p -> (entropy xs p = 0 <-> exists x, In x xs /\ p x = 1).
Proof.
  intros Hp. split.
  - intros E. pose proof (prob_ge0 Hp) as P. rewrite entropy_as_sum in E.
    assert (Z : forall x, In x xs -> p x = 0 \/ p x = 1).
    { intros x Hx. apply entropy_term_eq0; auto.
      enough (- (p x * ln (p x)) = 0) by lra. apply (Sum_eq0 (fun x => - (p x * ln (p x))) xs); auto.
      intros y Hy. apply entropy_term_ge0. split; [auto|now apply (prob_le1 xs)]. }
    destruct (Exists_dec (fun x => p x = 1) xs (fun x => Req_EM_T (p x) 1)) as [C|N]; [now apply Exists_exists|].
    exfalso. enough (Sum p xs = 0) by (pose proof (prob_sum1 Hp); lra).
    apply Sum_0; intros x Hx. destruct (Z x Hx) as [|O]; [auto|]. elim N. apply Exists_exists. eauto.
  - intros [x [Hx E]]. apply in_split in Hx. destruct Hx as [l [r ->]].
    pose proof (certain_outcome l r p x Hp E) as Z. unfold entropy. rewrite Sum_app. simpl. rewrite E, ln_1, !Sum_0.
    + ring.
    + intros y Hy. rewrite Z by auto. ring.
    + intros y Hy. rewrite Z by auto. ring.
Qed.

(** ** The greatest entropy: Gibbs against the uniform distribution *)

Lemma card_gt0 {A} (xs : list A) p : dist xs p -> 0 < INR (length xs).
Proof. intros [_ S]. destruct xs; [simpl in S; lra|]. apply lt_0_INR. simpl. auto with arith. Qed.

Lemma dist_uniform {A} (xs : list A) : 0 < INR (length xs) -> dist xs (fun _ => / INR (length xs)).
Proof.
  intros Hn. split; [intros; left; now apply Rinv_0_lt_compat|].
  rewrite Sum_const. field. lra.
Qed.

Lemma cross_entropy_uniform {A} (xs : list A) p : dist xs p ->
  cross_entropy xs p (fun _ => / INR (length xs)) = Finite (ln (INR (length xs))).
Proof.
  intros Hp. pose proof (card_gt0 xs p Hp) as Hn. unfold cross_entropy; destruct dominated_dec as [_|N].
  - f_equal. unfold cross_entropy_sum. rewrite (Sum_ext _ (fun x => - ln (INR (length xs)) * p x)).
    + rewrite Sum_scal, (prob_sum1 Hp). ring.
    + intros x _. rewrite ln_Rinv by auto. ring.
  - elim N. intros x _ Z. pose proof (Rinv_0_lt_compat _ Hn). lra.
Qed.

Theorem entropy_le_ln_card {A} (xs : list A) p : dist xs p -> entropy xs p <= ln (INR (length xs)).
Proof.
  intros Hp. pose proof (card_gt0 xs p Hp) as Hn.
  pose proof (entropy_le_cross_entropy xs p _ Hp (dist_uniform xs Hn)) as H.
  now rewrite cross_entropy_uniform in H.
Qed.

Theorem entropy_eq_ln_card {A} (xs : list A) p : dist xs p ->
  (entropy xs p = ln (INR (length xs)) <-> forall x, In x xs -> p x = / INR (length xs)).
Proof.
  intros Hp. pose proof (card_gt0 xs p Hp) as Hn.
  rewrite <- (entropy_eq_cross_entropy xs p _ Hp (dist_uniform xs Hn)), cross_entropy_uniform by auto.
  split; [now intros ->|now intros [=]].
Qed.

(** ** Concavity *)

Lemma mixture_ge {A} (xs : list A) p q t x : 0 <= t <= 1 -> dist xs p -> dist xs q -> In x xs ->
  0 <= t * p x <= mixture p q t x /\ 0 <= (1 - t) * q x <= mixture p q t x.
Proof.
  unfold mixture. intros Ht [Hp _] [Hq _] Hx.
  pose proof (Rmult_le_pos t _ ltac:(lra) (Hp x Hx)). pose proof (Rmult_le_pos (1 - t) _ ltac:(lra) (Hq x Hx)). lra.
Qed.

(** A mixture m dominates p if it has p with some weight s > 0; with s = 0 nothing remains to dominate. *)
Lemma part_dominated s p m : s <> 0 -> 0 <= s * p <= m -> m = 0 -> p = 0.
Proof. intros N H ->. destruct (Rmult_integral s p); [lra|tauto|auto]. Qed.

Lemma part_term s p m : 0 <= p -> 0 <= s * p <= m -> s * kl_term p m = s * (p * ln p - p * ln m).
Proof.
  intros Hp H. destruct (Req_dec s 0) as [->|N]; [ring|].
  rewrite kl_term_split; auto; [lra|]. now apply part_dominated with s.
Qed.

Theorem entropy_of_mixture {A} (xs : list A) p q t :
  0 <= t <= 1 -> dist xs p -> dist xs q ->
  let m := mixture p q t in
  entropy xs m - t * entropy xs p - (1 - t) * entropy xs q = t * kl_sum xs p m + (1 - t) * kl_sum xs q m.
Proof.
  intros Ht Hp Hq m. unfold entropy, kl_sum. rewrite <- !Sum_opp, <- !Sum_scal, <- Sum_plus, <- !Sum_minus.
  apply Sum_ext; intros x Hx. destruct (mixture_ge xs p q t x Ht Hp Hq Hx).
  pose proof (prob_ge0 Hp x Hx). pose proof (prob_ge0 Hq x Hx).
  rewrite !part_term by auto. unfold m, mixture. ring.
Qed.

Lemma part_kl {A} (xs : list A) s p m : 0 <= s -> dist xs p -> dist xs m ->
  (forall x, In x xs -> 0 <= s * p x <= m x) ->
  0 <= s * kl_sum xs p m /\ (s <> 0 -> s * kl_sum xs p m = 0 -> forall x, In x xs -> p x = m x).
Proof.
  intros Hs Hp Hm H. destruct (Req_dec s 0) as [->|N]; [split; [lra|tauto]|].
  assert (D : dominated xs p m) by (intros x Hx; now apply part_dominated with s; auto).
  split; [apply Rmult_le_pos; auto; now apply gibbs_inequality|].
  intros _ E. apply kl_sum_eq0; auto. apply Rmult_integral in E. tauto.
Qed.

Theorem entropy_concave {A} (xs : list A) p q t :
  0 <= t <= 1 -> dist xs p -> dist xs q ->
  t * entropy xs p + (1 - t) * entropy xs q <= entropy xs (mixture p q t).
Proof.
  intros Ht Hp Hq. pose proof (entropy_of_mixture xs p q t Ht Hp Hq) as E. cbv zeta in E.
  pose proof (mixture_dist xs p q t Ht Hp Hq) as Hm.
  pose proof (fun x => mixture_ge xs p q t x Ht Hp Hq) as G.
  destruct (part_kl xs t p _ ltac:(lra) Hp Hm (fun x Hx => proj1 (G x Hx))) as [P _].
  destruct (part_kl xs (1 - t) q _ ltac:(lra) Hq Hm (fun x Hx => proj2 (G x Hx))) as [Q _]. lra.
Qed.

Theorem entropy_concave_equality {A} (xs : list A) p q t :
  0 < t < 1 -> dist xs p -> dist xs q ->
  (t * entropy xs p + (1 - t) * entropy xs q = entropy xs (mixture p q t) <->
   forall x, In x xs -> p x = q x).
Proof.
  intros Ht Hp Hq. assert (Ht' : 0 <= t <= 1) by lra.
  pose proof (entropy_of_mixture xs p q t Ht' Hp Hq) as E. cbv zeta in E. split.
  - intros Z x Hx. pose proof (mixture_dist xs p q t Ht' Hp Hq) as Hm.
    pose proof (fun x => mixture_ge xs p q t x Ht' Hp Hq) as G.
    destruct (part_kl xs t p _ ltac:(lra) Hp Hm (fun x Hx => proj1 (G x Hx))) as [P P0].
    destruct (part_kl xs (1 - t) q _ ltac:(lra) Hq Hm (fun x Hx => proj2 (G x Hx))) as [Q _].
    specialize (P0 ltac:(lra) ltac:(lra) x Hx). unfold mixture in P0. apply (Rmult_eq_reg_l (1 - t)); lra.
  - intros F.
    enough (t * kl_sum xs p (mixture p q t) = 0 /\ (1 - t) * kl_sum xs q (mixture p q t) = 0) by lra.
    split; (apply Rmult_eq_0_compat_l, Sum_0; intros x Hx; unfold mixture; rewrite (F x Hx);
            replace (t * q x + (1 - t) * q x) with (q x) by ring; apply kl_term_refl).
Qed.
