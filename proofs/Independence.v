(** * Logarithms of coprime integers are independent over the rationals, also from 1

  Definitions
  - [coprime_base B]                        [B] holds pairwise coprime integers >= 2, its atoms
  - [log_form B c0 c]                       c0 + Σ c(a)·ln a over the atoms, with rational coefficients
  - [product e B]                           Π a^(e a) over the atoms
  - [positive_part m], [negative_part m]    of integer coefficients, as exponents
  - [common_denominator c B]                of rational coefficients

  Statements
  - [coprime_base_of_primes]                primes are a coprime base
  - [log_coprime_independent_from_1]        c0 + Σ c(a)·ln a = 0 only if c0 and all c(a) are 0
  - [log_coprime_independent]               so Σ c(a)·ln a = 0 only if all c(a) are 0,
  - [coprime_factorisation_unique]          and Π a^(e a) = Π a^(f a) only if e and f agree *)

From Coq Require Import Reals QArith Qreals ZArith Znumtheory Lra Lia List.
From Coquelicot Require Import Rcomplements.
From klexact Require Import Sums Irrational.
Import ListNotations.
Open Scope R_scope.

Definition coprime_base (B : list Z) :=
  (forall a, In a B -> 2 <= a)%Z /\ (forall a b, In a B -> In b B -> a = b \/ rel_prime a b).

Definition log_form (B : list Z) (c0 : Q) (c : Z -> Q) : R := Q2R c0 + Sum (fun a => Q2R (c a) * ln (IZR a)) B.

Theorem coprime_base_of_primes B : (forall a, In a B -> prime a) -> coprime_base B.
Proof.
  intros P. split.
  - intros a Ha. now apply prime_ge_2, P.
  - intros a b Ha Hb. destruct (Z.eq_dec a b) as [|N]; [now left|right].
    apply prime_rel_prime; [now apply P|]. intros D. apply N, prime_div_prime; auto.
Qed.

(** ** Products of powers of the atoms *)

Fixpoint product (e : Z -> nat) (B : list Z) : Z :=
  match B with [] => 1 | a :: t => a ^ Z.of_nat (e a) * product e t end%Z.

Lemma product_gt0 e B : (forall a, In a B -> 2 <= a)%Z -> (0 < product e B)%Z.
Proof.
  induction B as [|a B IH]; simpl; intros H; [lia|].
  specialize (H a (or_introl eq_refl)) as Ha. apply Z.mul_pos_pos; [apply Z.pow_pos_nonneg; lia|auto].
Qed.

Lemma ln_product e B : (forall a, In a B -> 2 <= a)%Z ->
  ln (IZR (product e B)) = Sum (fun a => INR (e a) * ln (IZR a)) B.
Proof.
  induction B as [|a B IH]; simpl; intros H; [apply ln_1|].
  specialize (H a (or_introl eq_refl)) as Ha. apply IZR_le in Ha.
  rewrite mult_IZR, <- pow_IZR, ln_mult, ln_pow, IH; auto; [lra|apply pow_lt; lra|].
  apply IZR_lt, product_gt0; auto.
Qed.

Lemma divides_product a e B : In a B -> (0 < e a)%nat -> (a | product e B)%Z.
Proof.
  induction B as [|b B IH]; simpl; [tauto|]. intros [->|Ha] L; [|now apply Z.divide_mul_r, IH].
  apply Z.divide_mul_l. destruct (e a) as [|n]; [lia|].
  rewrite Nat2Z.inj_succ, Z.pow_succ_r by lia. apply Z.divide_factor_l.
Qed.

Lemma rel_prime_pow a b n : rel_prime a b -> rel_prime a (b ^ Z.of_nat n).
Proof.
  intros R. induction n as [|n IH]; [apply rel_prime_sym, rel_prime_1|].
  rewrite Nat2Z.inj_succ, Z.pow_succ_r by lia. now apply rel_prime_mult.
Qed.

Lemma rel_prime_product a e B : e a = O -> (forall b, In b B -> a = b \/ rel_prime a b) -> rel_prime a (product e B).
Proof.
  intros E. induction B as [|b B IH]; simpl; intros H; [apply rel_prime_sym, rel_prime_1|].
  apply rel_prime_mult; [|auto]. destruct (H b (or_introl eq_refl)) as [<-|R]; [|now apply rel_prime_pow].
  rewrite E. apply rel_prime_sym, rel_prime_1.
Qed.

(** An atom of only one of two equal products would divide it and be coprime to the other. *)
Lemma disjoint_products e f B : coprime_base B -> product e B = product f B ->
  forall a, In a B -> f a = O -> e a = O.
Proof.
  intros [ge2 coprime] E a Ha F. destruct (e a) as [|n] eqn:En; [reflexivity|exfalso].
  assert (D : (a | product f B)%Z) by (rewrite <- E; apply divides_product; [exact Ha|lia]).
  assert (R : rel_prime a (product f B)) by (apply rel_prime_product; auto).
  specialize (ge2 a Ha). destruct R as [_ _ U]. specialize (U a (Z.divide_refl a) D).
  apply Z.divide_1_r_nonneg in U; lia.
Qed.

(** ** Integer coefficients *)

Definition positive_part (m : Z -> Z) a := Z.to_nat (m a).
Definition negative_part (m : Z -> Z) a := Z.to_nat (- m a).

Lemma integer_parts m B : (forall a, In a B -> 2 <= a)%Z ->
  Sum (fun a => IZR (m a) * ln (IZR a)) B
  = ln (IZR (product (positive_part m) B)) - ln (IZR (product (negative_part m) B)).
Proof.
  intros ge2. rewrite !ln_product, <- Sum_minus by exact ge2. apply Sum_ext; intros a _.
  rewrite !INR_IZR_INZ, <- Rmult_minus_distr_r, <- minus_IZR.
  unfold positive_part, negative_part. do 2 f_equal. lia.
Qed.

Lemma integers_independent B m : coprime_base B ->
  Sum (fun a => IZR (m a) * ln (IZR a)) B = 0 -> forall a, In a B -> m a = 0%Z.
Proof.
  intros base E a Ha. rewrite integer_parts in E by apply base.
  assert (P : product (positive_part m) B = product (negative_part m) B).
  { apply eq_IZR, ln_inv; [apply IZR_lt, product_gt0, base|apply IZR_lt, product_gt0, base|lra]. }
  pose proof (disjoint_products _ _ B base P a Ha) as U. pose proof (disjoint_products _ _ B base (eq_sym P) a Ha) as V.
  unfold positive_part, negative_part in *. lia.
Qed.

(** The sum is the logarithm of a rational number, whose exponential cannot be an integer's. *)
Lemma integers_independent_from_1 B k m : coprime_base B ->
  IZR k + Sum (fun a => IZR (m a) * ln (IZR a)) B = 0 -> k = 0%Z /\ forall a, In a B -> m a = 0%Z.
Proof.
  intros base E. enough (k = 0%Z) as -> by (split; [reflexivity|apply (integers_independent B m base); lra]).
  destruct (Z.eq_dec k 0) as [|N]; [assumption|exfalso].
  rewrite integer_parts in E by apply base.
  pose proof (product_gt0 (positive_part m) B (proj1 base)) as P.
  pose proof (product_gt0 (negative_part m) B (proj1 base)) as M.
  apply (exp_irrational (inject_Z k)) with (product (negative_part m) B # Z.to_pos (product (positive_part m) B)).
  - unfold Qeq; simpl. lia.
  - apply IZR_lt in P as P', M as M'. unfold Q2R; simpl. rewrite Z2Pos.id, Rinv_1, Rmult_1_r by exact P.
    replace (IZR k) with (ln (IZR (product (negative_part m) B)) - ln (IZR (product (positive_part m) B))) by lra.
    rewrite <- ln_div by assumption. apply exp_ln. now apply Rdiv_lt_0_compat.
Qed.

(** ** Rational coefficients: multiply by a common denominator *)

Lemma Q2R_eq0 r : Q2R r = 0 -> (r == 0)%Q.
Proof. intros E. apply eqR_Qeq. now rewrite E, RMicromega.Q2R_0. Qed.

Fixpoint common_denominator (c : Z -> Q) (B : list Z) : Z :=
  match B with [] => 1 | a :: t => Zpos (Qden (c a)) * common_denominator c t end%Z.

Lemma common_denominator_gt0 c B : (0 < common_denominator c B)%Z.
Proof. induction B; cbn [common_denominator]; [lia|now apply Z.mul_pos_pos]. Qed.

Lemma common_denominator_divide c B a : In a B -> (Zpos (Qden (c a)) | common_denominator c B)%Z.
Proof.
  induction B as [|b B IH]; cbn [In common_denominator]; [tauto|]. intros [->|Ha]; [apply Z.divide_factor_l|].
  now apply Z.divide_mul_r, IH.
Qed.

Lemma numerator r d : (Zpos (Qden r) | d)%Z -> IZR d * Q2R r = IZR (Qnum r * (d / Zpos (Qden r))).
Proof.
  intros [q ->]. rewrite Z.div_mul by discriminate. unfold Q2R. rewrite !mult_IZR. field. apply IZR_neq. discriminate.
Qed.

Theorem log_coprime_independent_from_1 B c0 c :
  coprime_base B -> log_form B c0 c = 0 -> (c0 == 0)%Q /\ forall a, In a B -> (c a == 0)%Q.
Proof.
  intros base E. unfold log_form in E. set (d := (Zpos (Qden c0) * common_denominator c B)%Z).
  assert (Hd : IZR d <> 0) by (apply not_0_IZR; pose proof (common_denominator_gt0 c B); lia).
  pose proof (numerator c0 d ltac:(apply Z.divide_factor_l)) as Ec0.
  assert (Ec : forall a, In a B -> IZR d * Q2R (c a) = IZR (Qnum (c a) * (d / Zpos (Qden (c a))))).
  { intros a Ha. now apply numerator, Z.divide_mul_r, common_denominator_divide. }
  destruct (integers_independent_from_1 B (Qnum c0 * (d / Zpos (Qden c0)))
              (fun a => Qnum (c a) * (d / Zpos (Qden (c a))))%Z base) as [Z0 Z].
  - rewrite <- Ec0, (Sum_ext _ (fun a => IZR d * (Q2R (c a) * ln (IZR a)))).
    + rewrite Sum_scal, <- Rmult_plus_distr_l, E. ring.
    + intros a Ha. rewrite <- Ec by exact Ha. ring.
  - split; [|intros a Ha]; apply Q2R_eq0; apply (Rmult_eq_reg_l (IZR d)); auto; rewrite Rmult_0_r.
    + now rewrite Ec0, Z0.
    + now rewrite Ec, Z.
Qed.

Theorem log_coprime_independent B c : coprime_base B ->
  Sum (fun a => Q2R (c a) * ln (IZR a)) B = 0 -> forall a, In a B -> (c a == 0)%Q.
Proof.
  intros base E. apply (log_coprime_independent_from_1 B 0 c base).
  unfold log_form. rewrite RMicromega.Q2R_0, E. ring.
Qed.

Theorem coprime_factorisation_unique B e f : coprime_base B ->
  product e B = product f B -> forall a, In a B -> e a = f a.
Proof.
  intros base E a Ha. apply Nat2Z.inj, Zminus_eq.
  apply (integers_independent B (fun a => Z.of_nat (e a) - Z.of_nat (f a))%Z base); [|exact Ha].
  rewrite (Sum_ext _ (fun a => INR (e a) * ln (IZR a) - INR (f a) * ln (IZR a))).
  - rewrite Sum_minus, <- !ln_product, E by apply base. ring.
  - intros b _. rewrite minus_IZR, <- !INR_IZR_INZ. ring.
Qed.
