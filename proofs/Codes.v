(** * Codes: what entropy and cross-entropy measure

  Word lengths count bits, so entropies stand divided by ln 2. Only the possible outcomes need words.

  Definitions
  - [expected_length xs p l]        L = Σ p(x)·l(x)
  - [log2 x]                        the logarithm in base 2
  - [shannon_length q]              ⌈-log2 q⌉, for 0 < q <= 1

  Statements
  - [entropy_le_expected_length]    lengths with Σ 2^-l <= 1 have H <= L
  - [entropy_eq_expected_length]    with equality iff every p(x) is 2^-l(x)
  - [prefix_code_bound]             so a prefix-free code has H <= L
  - [decodable_code_bound]          and so has a uniquely decodable one
  - [shannon_lengths_kraft]         Shannon's lengths have Σ 2^-l <= 1
  - [wrong_code_bounds]             with the lengths for q, H(p) + D(p‖q) <= L < H(p) + D(p‖q) + 1
  - [shannon_code_bounds]           with the lengths for p, H <= L < H + 1
  - [noiseless_coding]              some prefix-free code has H <= L < H + 1
  - [optimal_code_bounds]           so the shortest prefix-free codes have

  Cover & Thomas, Elements of Information Theory, 2nd ed., theorems 5.3.1, 5.4.1 and 5.4.3. *)

From Coq Require Import Reals Lra List ZArith.
From Flocq Require Import Core.Raux.
From klexact Require Import Sums Conventions Divergence Entropy Kraft.
Import ListNotations.
Open Scope R_scope.

Definition expected_length {A} (xs : list A) p (l : A -> nat) := Sum (fun x => p x * INR (l x)) xs.

Definition log2 x := ln x / ln 2.
Definition shannon_length (q : R) : nat := Z.to_nat (Zceil (- log2 q)).

(** ** Entropy is the least expected length: Gibbs against the masses 2^-l, whose sum is at most 1 *)

Lemma ln_2_gt0 : 0 < ln 2.
Proof. rewrite <- ln_1. apply ln_increasing; lra. Qed.

Lemma dist_support {A} (xs : list A) p : dist xs p -> dist (support xs p) p.
Proof.
  intros [Hp Sp]. split.
  - intros x I. apply in_support in I. now apply Hp.
  - now rewrite Sum_support.
Qed.

Lemma kl_term_code p l : 0 < p -> kl_term p (/ 2 ^ l) = p * ln p + p * INR l * ln 2.
Proof.
  intros Hp. unfold kl_term, Rdiv. rewrite Rinv_inv, ln_mult, ln_pow by (try apply pow_lt; lra). ring.
Qed.

(** L·ln 2 - H is the sum of the terms of D(p‖2^-l). *)
Lemma redundancy {A} (xs : list A) p l : dist xs p ->
  Sum (fun x => kl_term (p x) (/ 2 ^ l x)) (support xs p) = expected_length xs p l * ln 2 - entropy xs p.
Proof.
  intros [Hp _]. unfold expected_length, entropy.
  rewrite (Sum_ext _ (fun x => p x * ln (p x) + ln 2 * (p x * INR (l x)))).
  - rewrite Sum_plus, Sum_scal, !Sum_support; [ring| |]; intros x _ ->; ring.
  - intros x I. apply in_support in I as [I N]. rewrite kl_term_code; [ring|]. pose proof (Hp x I). lra.
Qed.

Lemma redundancy_terms {A} (xs : list A) p l : dist xs p ->
  forall x, In x (support xs p) -> 0 <= kl_term (p x) (/ 2 ^ l x) - (p x - / 2 ^ l x).
Proof.
  intros [Hp _] x I. apply in_support in I as [I _]. pose proof (kraft_term_gt0 (l x)).
  enough (p x - / 2 ^ l x <= kl_term (p x) (/ 2 ^ l x)) by lra. apply kl_term_ge; auto; lra.
Qed.

(** The part of the redundancy that no code avoids, plus what Σ 2^-l leaves free. *)
Lemma redundancy_split {A} (xs : list A) p l : dist xs p ->
  Sum (fun x => kl_term (p x) (/ 2 ^ l x) - (p x - / 2 ^ l x)) (support xs p) + (1 - kraft_sum (support xs p) l)
  = expected_length xs p l * ln 2 - entropy xs p.
Proof.
  intros H. rewrite <- redundancy, !Sum_minus, (prob_sum1 (dist_support xs p H)) by auto. unfold kraft_sum. ring.
Qed.

Theorem entropy_le_expected_length {A} (xs : list A) p l :
  dist xs p -> kraft_sum (support xs p) l <= 1 -> entropy xs p / ln 2 <= expected_length xs p l.
Proof.
  intros H K. pose proof ln_2_gt0.
  pose proof (redundancy_split xs p l H) as E. pose proof (Sum_ge0 _ _ (redundancy_terms xs p l H)).
  apply (Rmult_le_reg_r (ln 2)); [auto|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

Theorem entropy_eq_expected_length {A} (xs : list A) p l :
  dist xs p -> kraft_sum (support xs p) l <= 1 ->
  (entropy xs p / ln 2 = expected_length xs p l <-> forall x, In x (support xs p) -> p x = / 2 ^ l x).
Proof.
  intros H K. pose proof ln_2_gt0 as L2. split; intros E.
  - intros x I. pose proof (kraft_term_gt0 (l x)).
    pose proof (redundancy_split xs p l H) as R. pose proof (redundancy_terms xs p l H) as T.
    assert (Z : entropy xs p = expected_length xs p l * ln 2) by (rewrite <- E; field; lra).
    pose proof (Sum_ge0 _ _ T) as N. simpl in N. set (S := Sum _ _) in R, N. assert (S0 : S = 0) by lra.
    pose proof (Sum_eq0 _ _ T S0 x I) as Zx. simpl in Zx. apply in_support in I as [I _].
    apply kl_term_eq; [now apply (prob_ge0 H)| | |]; lra.
  - apply (Rmult_eq_reg_r (ln 2)); [|lra]. pose proof (redundancy xs p l H) as R.
    rewrite Sum_0 in R; [field_simplify; lra|]. intros x I. rewrite (E x I). apply kl_term_refl.
Qed.

Theorem prefix_code_bound {A} (xs : list A) p c :
  NoDup xs -> dist xs p -> prefix_free (support xs p) c ->
  entropy xs p / ln 2 <= expected_length xs p (fun x => length (c x)).
Proof.
  intros D H F. apply entropy_le_expected_length; auto. apply kraft_inequality; auto. now apply NoDup_filter.
Qed.

Theorem decodable_code_bound {A} (xs : list A) p c :
  NoDup xs -> dist xs p -> uniquely_decodable (support xs p) c ->
  entropy xs p / ln 2 <= expected_length xs p (fun x => length (c x)).
Proof.
  intros D H U. apply entropy_le_expected_length; auto. apply mcmillan_inequality; auto. now apply NoDup_filter.
Qed.

(** ** Shannon's lengths *)

Lemma shannon_length_bounds q : 0 < q <= 1 -> - ln q <= INR (shannon_length q) * ln 2 < - ln q + ln 2.
Proof.
  intros Hq. pose proof ln_2_gt0 as L2.
  assert (Q : 0 <= - log2 q).
  { unfold log2. pose proof (ln_le_sub1 q ltac:(lra)).
    replace (- (ln q / ln 2)) with (- ln q / ln 2) by (field; lra).
    apply Rmult_le_pos; [lra|]. left. now apply Rinv_0_lt_compat. }
  assert (Z : (0 <= Zceil (- log2 q))%Z) by (apply le_IZR, Rle_trans with (- log2 q); [|apply Zceil_ub]; lra).
  unfold shannon_length. rewrite INR_IZR_INZ, Z2Nat.id by auto.
  pose proof (Zceil_ub (- log2 q)) as U. pose proof (Zceil_lb (- log2 q)) as B.
  replace (ln q) with (log2 q * ln 2) by (unfold log2; field; lra). split; nra.
Qed.

Lemma prob_support {A} (xs : list A) p x : dist xs p -> In x (support xs p) -> 0 < p x <= 1.
Proof.
  intros H I. apply in_support in I as [I N]. pose proof (prob_ge0 H x I). pose proof (prob_le1 xs p x H I). lra.
Qed.

Lemma mean_gt0 {A} (xs : list A) p f : dist xs p -> (forall x, In x xs -> 0 < f x) -> 0 < Sum (fun x => p x * f x) xs.
Proof.
  intros [Hp Sp] F.
  assert (G : forall x, In x xs -> 0 <= p x * f x) by (intros x I; apply Rmult_le_pos; auto; now left; apply F).
  destruct (Sum_ge0 _ xs G) as [|Z]; auto. enough (Sum p xs = 0) by lra. apply Sum_0. intros x I.
  pose proof (Sum_eq0 _ xs G (eq_sym Z) x I) as E. apply Rmult_integral in E as [E|E]; auto.
  pose proof (F x I). lra.
Qed.

Theorem shannon_lengths_kraft {A} (xs : list A) p :
  dist xs p -> kraft_sum (support xs p) (fun x => shannon_length (p x)) <= 1.
Proof.
  intros H. rewrite <- (prob_sum1 (dist_support xs p H)). apply Sum_le. intros x I.
  pose proof (prob_support xs p x H I) as Px. pose proof (shannon_length_bounds (p x) Px) as [L _].
  rewrite <- Rpower_pow by lra. unfold Rpower. rewrite <- exp_Ropp.
  rewrite <- (exp_ln (p x)) at 2 by lra. apply exp_le. lra.
Qed.

Theorem wrong_code_bounds {A} (xs : list A) p q :
  dist xs p -> dist xs q -> dominated xs p q ->
  (entropy xs p + kl_sum xs p q) / ln 2 <= expected_length xs p (fun x => shannon_length (q x))
  < (entropy xs p + kl_sum xs p q) / ln 2 + 1.
Proof.
  intros Hp Hq D. pose proof ln_2_gt0 as L2.
  rewrite kl_eq_cross_entropy_sub_entropy by auto.
  replace (entropy xs p + (cross_entropy_sum xs p q - entropy xs p)) with (cross_entropy_sum xs p q) by ring.
  set (L := expected_length _ _ _).
  set (excess x := INR (shannon_length (q x)) * ln 2 + ln (q x)).
  assert (B : forall x, In x (support xs p) -> 0 <= excess x < ln 2).
  { intros x I. apply in_support in I as [I N]. unfold excess.
    pose proof (shannon_length_bounds (q x) (prob_support xs q x Hq ltac:(apply in_support; auto))). lra. }
  assert (E : Sum (fun x => p x * excess x) (support xs p) = L * ln 2 - cross_entropy_sum xs p q).
  { rewrite Sum_support by (intros x _ ->; ring). unfold L, expected_length, cross_entropy_sum.
    rewrite Rmult_comm, <- Sum_scal. unfold Rminus. rewrite Ropp_involutive, <- Sum_plus.
    apply Sum_ext. unfold excess. intros; ring. }
  assert (lower : 0 <= L * ln 2 - cross_entropy_sum xs p q).
  { rewrite <- E. apply Sum_ge0. intros x I. apply Rmult_le_pos; [|now apply B].
    pose proof (prob_support xs p x Hp I). lra. }
  assert (upper : L * ln 2 - cross_entropy_sum xs p q < ln 2).
  { pose proof (dist_support xs p Hp) as Hs.
    pose proof (mean_gt0 _ p (fun x => ln 2 - excess x) Hs ltac:(intros x I; pose proof (B x I); lra)) as M.
    rewrite (Sum_ext _ (fun x => ln 2 * p x - p x * excess x)) in M by (intros; ring).
    rewrite Sum_minus, Sum_scal, (prob_sum1 Hs), E in M. lra. }
  split; [apply (Rmult_le_reg_r (ln 2))|apply (Rmult_lt_reg_r (ln 2))]; auto; field_simplify; lra.
Qed.

Theorem shannon_code_bounds {A} (xs : list A) p :
  dist xs p ->
  entropy xs p / ln 2 <= expected_length xs p (fun x => shannon_length (p x)) < entropy xs p / ln 2 + 1.
Proof.
  intros H. assert (D : dominated xs p p) by (intros x; auto).
  pose proof (wrong_code_bounds xs p p H H D) as B.
  replace (kl_sum xs p p) with 0 in B by (symmetry; now apply kl_sum_eq0). now rewrite Rplus_0_r in B.
Qed.

Theorem noiseless_coding {A} (eq_dec : forall x y : A, {x = y} + {x <> y}) (xs : list A) p :
  NoDup xs -> dist xs p -> exists c, prefix_free (support xs p) c /\
  entropy xs p / ln 2 <= expected_length xs p (fun x => length (c x)) < entropy xs p / ln 2 + 1.
Proof.
  intros N H.
  destruct (kraft_converse eq_dec (support xs p) (fun x => shannon_length (p x))) as (c & F & L).
  - now apply NoDup_filter.
  - now apply shannon_lengths_kraft.
  - exists c. split; auto.
    replace (expected_length xs p (fun x => length (c x)))
      with (expected_length xs p (fun x => shannon_length (p x))); [now apply shannon_code_bounds|].
    unfold expected_length. rewrite <- 2 (Sum_support xs p) by (intros x _ ->; ring).
    apply Sum_ext. intros x I. now rewrite L.
Qed.

Theorem optimal_code_bounds {A} (eq_dec : forall x y : A, {x = y} + {x <> y}) (xs : list A) p c :
  NoDup xs -> dist xs p -> prefix_free (support xs p) c ->
  (forall d, prefix_free (support xs p) d ->
    expected_length xs p (fun x => length (c x)) <= expected_length xs p (fun x => length (d x))) ->
  entropy xs p / ln 2 <= expected_length xs p (fun x => length (c x)) < entropy xs p / ln 2 + 1.
Proof.
  intros N H F O. split; [now apply prefix_code_bound|].
  destruct (noiseless_coding eq_dec xs p N H) as (d & Fd & _ & B). specialize (O d Fd). lra.
Qed.
