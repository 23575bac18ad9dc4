(** * e^r and ln r are irrational for rational r

  Definitions
  - [irrational x]              no rational number equals [x]
  - [divided_power n x]         x^n/n!
  - [previous_power n x]        its derivative: x^(n-1)/(n-1)!, or 0 for n = 0
  - [hermite k m n x]           x^m/m!·(k-x)^n/n!·e^x
  - [hermite_left k m n x]      the same with the derivative of its first factor
  - [hermite_right k m n x]     the same with the derivative of (k-x)^n/n! but for the sign
  - [integral_form k N f]       ∫f over [0, k] is (A·e^k + B)/N! with integers A and B

  Statements
  - [exp_irrational]            e^r is irrational for every rational r other than 0
  - [ln_irrational]             ln r is irrational for every rational r > 0 other than 1

  Hermite's integrals, by parts instead of by polynomials. The derivative of hermite m n is
  hermite m n + hermite (m-1) n - hermite m (n-1), where a term with an index -1 is absent. So N! times the integral of
  hermite N N over [0, k] is A·e^k + B. It is positive, and as small as you please: e^k cannot be rational.

  Niven, Irrational Numbers, 1956, chapter 2. *)

From Coq Require Import Reals QArith Qreals ZArith Lra Lia Factorial.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Definition irrational (x : R) := forall r : Q, x <> Q2R r.

(** ** Hermite's integrals *)

Definition divided_power (n : nat) (x : R) := x ^ n / INR (fact n).

Definition previous_power (n : nat) (x : R) := match n with O => 0 | S m => divided_power m x end.

Lemma monomial_derive n c x : is_derive (fun x => x ^ n / c) x (INR n * x ^ Nat.pred n / c).
Proof. auto_derive; [exact Logic.I|]. unfold Rdiv. ring. Qed.

Lemma divided_power_derive n x : is_derive (divided_power n) x (previous_power n x).
Proof.
  evar_last; [apply monomial_derive|]. destruct n as [|n]; cbn [previous_power Nat.pred]; [simpl; lra|].
  unfold divided_power. rewrite fact_simpl, mult_INR. field. split; [apply INR_fact_neq_0|now apply not_0_INR].
Qed.

Lemma fact_divide n N : (n <= N)%nat -> exists q, fact N = (q * fact n)%nat.
Proof.
  induction 1 as [|N _ [q E]]; [exists 1%nat; lia|].
  exists (S N * q)%nat. rewrite fact_simpl, E. lia.
Qed.

Lemma divided_power_integer n N k : (n <= N)%nat -> exists z, INR (fact N) * divided_power n (INR k) = IZR z.
Proof.
  intros L. destruct (fact_divide n N L) as [q E]. exists (Z.of_nat (q * k ^ n)).
  rewrite <- INR_IZR_INZ, E, !mult_INR, pow_INR. unfold divided_power. field. apply INR_fact_neq_0.
Qed.

Lemma divided_power_at_0 n : exists z, divided_power n 0 = IZR z.
Proof. unfold divided_power. destruct n; [exists 1%Z|exists 0%Z]; simpl; lra. Qed.

Section Hermite.

Context (k N : nat).

Definition hermite m n x := divided_power m x * divided_power n (INR k - x) * exp x.
Definition hermite_left m n x := previous_power m x * divided_power n (INR k - x) * exp x.
Definition hermite_right m n x := divided_power m x * previous_power n (INR k - x) * exp x.

Lemma hermite_derive m n (x : R) : is_derive (hermite m n) x (hermite m n x + hermite_left m n x - hermite_right m n x).
Proof.
  pose proof (divided_power_derive m x) as D. pose proof (divided_power_derive n (INR k + - x)) as E.
  unfold hermite, hermite_left, hermite_right, Rminus. auto_derive.
  - split; [now exists (previous_power m x)|split; [now exists (previous_power n (INR k + - x))|exact Logic.I]].
  - change (fun y => divided_power m y) with (divided_power m).
    change (fun y => divided_power n y) with (divided_power n).
    rewrite (is_derive_unique _ _ _ D), (is_derive_unique _ _ _ E). ring.
Qed.

Lemma hermite_ends m n : (m <= N)%nat -> (n <= N)%nat ->
  exists A B, INR (fact N) * (hermite m n (INR k) - hermite m n 0) = IZR A * exp (INR k) + IZR B.
Proof.
  intros M L. destruct (divided_power_integer m N k M) as [a Ea]. destruct (divided_power_integer n N k L) as [b Eb].
  destruct (divided_power_at_0 m) as [c Ec]. destruct (divided_power_at_0 n) as [d Ed].
  exists (a * d)%Z, (- (c * b))%Z. rewrite opp_IZR, !mult_IZR, <- Ea, <- Eb, <- Ec, <- Ed.
  unfold hermite. rewrite Rminus_eq_0, Rminus_0_r, exp_0. ring.
Qed.

Definition integral_form (f : R -> R) := exists F, (forall x, is_derive F x (f x)) /\
  exists A B, INR (fact N) * (F (INR k) - F 0) = IZR A * exp (INR k) + IZR B.

Lemma integral_form_0 f : (forall x, f x = 0) -> integral_form f.
Proof.
  intros Z. exists (fun _ => 0). split; [intros x; rewrite Z; auto_derive; auto|]. exists 0%Z, 0%Z. lra.
Qed.

(** by parts *)
Lemma integral_form_step m n : (m <= N)%nat -> (n <= N)%nat ->
  integral_form (hermite_left m n) -> integral_form (hermite_right m n) -> integral_form (hermite m n).
Proof.
  intros M L [F [DF [A [B EF]]]] [G [DG [C [D EG]]]]. destruct (hermite_ends m n M L) as [a [b E]].
  exists (fun x => hermite m n x - F x + G x). split.
  - intros x. evar_last.
    + apply (is_derive_plus (fun x => hermite m n x - F x)); [|apply DG].
      apply (is_derive_minus (hermite m n)); [apply hermite_derive|apply DF].
    + unfold minus, plus, opp; simpl. ring.
  - exists (a - A + C)%Z, (b - B + D)%Z. rewrite !plus_IZR, !minus_IZR. lra.
Qed.

Lemma hermite_integral_form m n : (m <= N)%nat -> (n <= N)%nat -> integral_form (hermite m n).
Proof.
  revert n. induction m as [|m IHm]; intros n M L; induction n as [|n IHn]; apply integral_form_step; auto.
  all: solve [apply integral_form_0; intros x; unfold hermite_left, hermite_right; simpl; ring
             |apply IHm; lia|apply IHn; lia].
Qed.

Lemma hermite_bounds x : 0 < x < INR k ->
  0 < INR (fact N) * hermite N N x <= (INR k ^ 2) ^ N / INR (fact N) * exp (INR k).
Proof.
  intros X. pose proof (INR_fact_lt_0 N) as FN. pose proof (exp_pos x). pose proof (exp_increasing x (INR k) (proj2 X)).
  replace (INR (fact N) * hermite N N x) with ((x * (INR k - x)) ^ N / INR (fact N) * exp x)
    by (unfold hermite, divided_power; rewrite Rpow_mult_distr; field; lra).
  assert (P : 0 < x * (INR k - x)) by (apply Rmult_lt_0_compat; lra). split.
  - apply Rmult_lt_0_compat; [apply Rdiv_lt_0_compat; [now apply pow_lt|lra]|lra].
  - apply Rmult_le_compat; [| |apply Rmult_le_compat_r|lra]; [|lra| |].
    + apply Rdiv_le_0_compat; [left; now apply pow_lt|lra].
    + left; now apply Rinv_0_lt_compat.
    + apply pow_incr. split; [lra|]. simpl. rewrite Rmult_1_r. apply Rmult_le_compat; lra.
Qed.

(** A combination A·e^k + B that is positive and small. *)
Lemma small_combination : (0 < k)%nat -> exists A B,
  0 < IZR A * exp (INR k) + IZR B <= INR k * ((INR k ^ 2) ^ N / INR (fact N) * exp (INR k)).
Proof.
  intros K. apply lt_0_INR in K. destruct (hermite_integral_form N N (le_n N) (le_n N)) as [F [DF [A [B E]]]].
  exists A, B. rewrite <- E.
  destruct (MVT_cor2 F (hermite N N) 0 (INR k) K) as [c [Ec C]]; [intros; apply is_derive_Reals, DF|].
  replace (INR (fact N) * (F (INR k) - F 0)) with (INR k * (INR (fact N) * hermite N N c)) by (rewrite Ec; ring).
  destruct (hermite_bounds c C) as [P U]. split; [now apply Rmult_lt_0_compat|apply Rmult_le_compat_l; lra].
Qed.

End Hermite.

(** ** Irrationality *)

Lemma integer_between_0_1 z : ~ 0 < IZR z < 1.
Proof. intros [L U]. apply lt_IZR in L. apply lt_IZR in U. lia. Qed.

Lemma exp_nat_irrational k : (0 < k)%nat -> irrational (exp (INR k)).
Proof.
  intros K [p q] E. unfold Q2R in E; cbn [Qnum Qden] in E.
  assert (Hq : 0 < IZR (Zpos q)) by (apply IZR_lt; lia). apply lt_0_INR in K as Hk.
  set (c := IZR (Zpos q) * INR k * exp (INR k)).
  assert (Hc : 0 < c) by (repeat apply Rmult_lt_0_compat; auto using exp_pos).
  destruct (cv_speed_pow_fact (INR k ^ 2) (/ c)) as [N small]; [now apply Rinv_0_lt_compat|].
  specialize (small N (le_n N)). unfold R_dist in small. rewrite Rminus_0_r in small.
  apply Rle_lt_trans with (1 := Rle_abs _), (Rmult_lt_compat_l c) in small; [|exact Hc].
  rewrite Rinv_r in small by lra.
  destruct (small_combination k N K) as [A [B [P U]]].
  apply (integer_between_0_1 (A * p + B * Zpos q)). rewrite plus_IZR, !mult_IZR.
  replace (IZR A * IZR p + IZR B * IZR (Zpos q)) with (IZR (Zpos q) * (IZR A * exp (INR k) + IZR B))
    by (rewrite E; field; lra).
  split; [now apply Rmult_lt_0_compat|].
  apply Rle_lt_trans with (1 := Rmult_le_compat_l _ _ _ (Rlt_le _ _ Hq) U).
  unfold c in small. lra.
Qed.

Lemma pow_rational r n : exists s, Q2R r ^ n = Q2R s.
Proof.
  induction n as [|n [s E]]; [exists 1%Q; symmetry; apply RMicromega.Q2R_1|].
  exists (r * s)%Q. now rewrite Q2R_mult, <- E.
Qed.

Lemma exp_nat_mult n x : exp (INR n * x) = exp x ^ n.
Proof.
  induction n as [|n IH]; [simpl; now rewrite Rmult_0_l, exp_0|].
  rewrite S_INR, Rmult_plus_distr_r, Rmult_1_l, exp_plus, IH. simpl. ring.
Qed.

Lemma exp_positive_irrational r : 0 < Q2R r -> irrational (exp (Q2R r)).
Proof.
  destruct r as [p q]. intros P s E.
  assert (Hq : 0 < IZR (Zpos q)) by (apply IZR_lt; lia).
  assert (Hp : IZR p = IZR (Zpos q) * Q2R (p # q)) by (unfold Q2R; simpl; field; lra).
  assert (Zp : (0 < p)%Z) by (apply lt_IZR; rewrite Hp; now apply Rmult_lt_0_compat).
  destruct (pow_rational s (Pos.to_nat q)) as [t T].
  apply (exp_nat_irrational (Z.to_nat p) ltac:(lia) t). rewrite <- T, <- E, <- exp_nat_mult. f_equal.
  now rewrite !INR_IZR_INZ, Z2Nat.id, positive_nat_Z by lia.
Qed.

Theorem exp_irrational r : ~ (r == 0)%Q -> irrational (exp (Q2R r)).
Proof.
  intros N s E. assert (Z : Q2R r <> 0).
  { intros Z. apply N, eqR_Qeq. now rewrite Z, RMicromega.Q2R_0. }
  destruct (Rlt_or_le 0 (Q2R r)) as [P|M]; [now apply (exp_positive_irrational r P s)|].
  apply (exp_positive_irrational (- r) ltac:(rewrite Q2R_opp; lra) (/ s)%Q).
  rewrite Q2R_opp, exp_Ropp, E, Q2R_inv; [reflexivity|].
  intros S. apply Qeq_eqR in S. rewrite RMicromega.Q2R_0 in S. pose proof (exp_pos (Q2R r)). lra.
Qed.

Theorem ln_irrational r : (0 < r)%Q -> ~ (r == 1)%Q -> irrational (ln (Q2R r)).
Proof.
  intros P N s E. apply Qlt_Rlt in P. rewrite RMicromega.Q2R_0 in P.
  apply (exp_irrational s) with r; [|now rewrite <- E, exp_ln].
  intros S. apply Qeq_eqR in S. rewrite RMicromega.Q2R_0, <- E in S. apply N, eqR_Qeq.
  apply ln_inv; [exact P|rewrite RMicromega.Q2R_1; lra|]. now rewrite S, RMicromega.Q2R_1, ln_1.
Qed.
