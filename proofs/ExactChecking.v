(** * Golden values that are rational

  Where every logarithm is one of a power of two, a value is c·ln 2 + r with rational c and r. In bits it is c where
  r = 0, in nats it is r where c = 0: zeros, and the entropy of 8 equal masses.

  Definitions
  - [exact_value k v u xs]           the value, if it is seen to be rational
  - [check_exact k v u ps qs bits]   whether it is the stored number
  - [check_rounded k v u ps qs bits] whether it rounds to the stored number, by Flocq's arithmetic

  Statements
  - [check_exact_correct]            what passes is exact
  - [check_rounded_correct]           what passes is correctly rounded *)

From Coq Require Import Reals QArith Qreals Qreduction ZArith List Bool Lra Lia.
From Coquelicot Require Import Rbar Rcomplements.
From Flocq Require Import Core.Raux Core.Zaux Core.Float_prop Core.Defs Core.Generic_fmt Core.Round_NE.
From Flocq Require Import IEEE754.Binary IEEE754.Bits.
From klexact Require Import Sums Conventions Divergence Entropy JensenShannon Rounding Golden Enclosures Checking.
Import ListNotations.
Open Scope R_scope.

(** [Some k] where the number is 2^k *)
Definition log2 (x : Q) : option Z :=
  let y := Qred x in
  let a := Z.log2 (Qnum y) in
  let b := Z.log2 (Zpos (Qden y)) in
  if (Qnum y =? 2 ^ a)%Z && (Zpos (Qden y) =? 2 ^ b)%Z then Some (a - b)%Z else None.

Lemma ln_pow2 n : (0 <= n)%Z -> ln (IZR (2 ^ n)) = IZR n * ln 2.
Proof.
  intros N. change (2 ^ n)%Z with (radix2 ^ n)%Z. rewrite IZR_Zpower, bpow_exp by exact N. apply ln_exp.
Qed.

Lemma log2_correct x k : log2 x = Some k -> ln (Q2R x) = IZR k * ln 2.
Proof.
  unfold log2. rewrite <- (Qeq_eqR _ _ (Qred_correct x)). set (y := Qred x).
  pose proof (Z.log2_nonneg (Qnum y)) as Na. pose proof (Z.log2_nonneg (Zpos (Qden y))) as Nb.
  set (a := Z.log2 (Qnum y)) in *. set (b := Z.log2 (Zpos (Qden y))) in *.
  destruct (Z.eqb_spec (Qnum y) (2 ^ a)) as [A|]; [|discriminate].
  destruct (Z.eqb_spec (Zpos (Qden y)) (2 ^ b)) as [B|]; [|discriminate].
  intros E; injection E as <-.
  unfold Q2R. rewrite A, B. fold (IZR (2 ^ a) / IZR (2 ^ b)).
  rewrite ln_div, !ln_pow2, minus_IZR by (assumption || apply IZR_lt, Z.pow_pos_nonneg; lia). ring.
Qed.

(** c·ln 2 + r *)
Definition combination := (Q * Q)%type.
Definition value (c : combination) : R := Q2R (fst c) * ln 2 + Q2R (snd c).

Definition add (c d : combination) : combination := (Qred (fst c + fst d), Qred (snd c + snd d)).
Definition scale (s : Q) (c : combination) : combination := (Qred (s * fst c), Qred (s * snd c)).

Lemma Q2R_red x : Q2R (Qred x) = Q2R x.
Proof. apply Qeq_eqR, Qred_correct. Qed.

Lemma add_value c d : value (add c d) = value c + value d.
Proof. unfold value, add; cbn [fst snd]. rewrite !Q2R_red, !Q2R_plus. ring. Qed.

Lemma scale_value s c : value (scale s c) = Q2R s * value c.
Proof. unfold value, scale; cbn [fst snd]. rewrite !Q2R_red, !Q2R_mult. ring. Qed.

Definition known (c : option combination) (r : R) := match c with Some c => value c = r | None => True end.

Definition add_known (c d : option combination) := match c, d with Some c, Some d => Some (add c d) | _, _ => None end.

Lemma add_known_correct c d r s : known c r -> known d s -> known (add_known c d) (r + s).
Proof. destruct c, d; simpl; try easy. intros <- <-. apply add_value. Qed.

Lemma scale_known_correct q c r : known c r -> known (option_map (scale q) c) (Q2R q * r).
Proof. destruct c; simpl; try easy. intros <-. apply scale_value. Qed.

Definition rational (r : Q) : option combination := Some (0%Q, r).

Lemma rational_correct r : known (rational r) (Q2R r).
Proof. unfold known, value; cbn [fst snd rational]. rewrite RMicromega.Q2R_0. ring. Qed.

Fixpoint SumK {A} (f : A -> option combination) (xs : list A) : option combination :=
  match xs with [] => rational 0 | x :: t => add_known (f x) (SumK f t) end.

Lemma SumK_correct {A} (f : A -> option combination) g xs :
  (forall x, In x xs -> known (f x) (g x)) -> known (SumK f xs) (Sum g xs).
Proof.
  induction xs as [|a l IH]; simpl; intros H; [rewrite <- RMicromega.Q2R_0; apply rational_correct|].
  apply add_known_correct; auto.
Qed.

Fixpoint SumQ {A} (f : A -> Q) (xs : list A) : Q := match xs with [] => 0 | x :: t => Qred (f x + SumQ f t) end.

Lemma SumQ_correct {A} (f : A -> Q) xs : Q2R (SumQ f xs) = Sum (fun x => Q2R (f x)) xs.
Proof. induction xs as [|a l IH]; cbn [SumQ Sum]; [apply RMicromega.Q2R_0|]. now rewrite Q2R_red, Q2R_plus, IH. Qed.

Definition massesQ (v : variant) (xs : list (Q * Q)) (p : Q * Q -> Q) : Q * Q -> Q :=
  match v with Normalised => let total := SumQ p xs in fun x => Qred (p x / total) | _ => p end.

Lemma massesQ_correct v xs p x : (v = Normalised -> 0 < Sum (fun x => Q2R (p x)) xs) ->
  Q2R (massesQ v xs p x) = masses v xs (fun x => Q2R (p x)) x.
Proof.
  unfold massesQ, masses. destruct v; try reflexivity. intros T. specialize (T eq_refl). rewrite <- SumQ_correct in *.
  rewrite Q2R_red. apply Q2R_div. intros E. apply Qeq_eqR in E. rewrite RMicromega.Q2R_0 in E. lra.
Qed.

Lemma Q2R_Z k : Q2R (inject_Z k) = IZR k.
Proof. unfold Q2R, inject_Z; simpl. field. Qed.

Definition log_termK (null : bool) (c a : Q) : option combination :=
  if null then rational 0 else option_map (fun k => (Qred (c * inject_Z k), 0%Q)) (log2 a).

Lemma log_termK_correct null c a : (null = true -> Q2R c = 0) -> known (log_termK null c a) (Q2R c * ln (Q2R a)).
Proof.
  intros Z. unfold log_termK. destruct null.
  - rewrite Z, Rmult_0_l, <- RMicromega.Q2R_0 by reflexivity. apply rational_correct.
  - destruct (log2 a) as [k|] eqn:L; [|exact Logic.I]. apply log2_correct in L.
    cbn [option_map known]. unfold value; cbn [fst snd]. rewrite Q2R_red, Q2R_mult, Q2R_Z, L, RMicromega.Q2R_0. ring.
Qed.

Definition ratio_termK (null : bool) (p q : Q) := log_termK null p (p / q).

Lemma ratio_termK_correct null p q : (null = true -> Q2R p = 0) -> (null = false -> Q2R q <> 0) ->
  known (ratio_termK null p q) (kl_term (Q2R p) (Q2R q)).
Proof.
  intros Z N. unfold ratio_termK, kl_term. destruct null.
  - rewrite Z, Rmult_0_l, <- RMicromega.Q2R_0 by reflexivity. apply rational_correct.
  - rewrite <- Q2R_div; [now apply log_termK_correct|].
    intros E. apply Qeq_eqR in E. rewrite RMicromega.Q2R_0 in E. now apply N.
Qed.

Definition exact_nats (k : quantity) (v : variant) (xs : list (Q * Q)) : option combination :=
  let p := massesQ v xs fst in
  let q := massesQ v xs snd in
  match k with
  | Entropy => option_map (scale (-1)) (SumK (fun x => log_termK (vanishes (fst x)) (p x) (p x)) xs)
  | CrossEntropy =>
    if dominatedb xs then option_map (scale (-1)) (SumK (fun x => log_termK (vanishes (fst x)) (p x) (q x)) xs)
    else None
  | KullbackLeibler =>
    if dominatedb xs then
      add_known (SumK (fun x => ratio_termK (vanishes (fst x)) (p x) (q x)) xs)
                (rational match v with Generalised => SumQ q xs - SumQ p xs | _ => 0 end)
    else None
  | JensenShannon =>
    let m := fun x => (1 # 2) * (p x + q x) in
    option_map (scale (1 # 2))
      (add_known (SumK (fun x => ratio_termK (vanishes (fst x)) (p x) (m x)) xs)
                 (SumK (fun x => ratio_termK (vanishes (snd x)) (q x) (m x)) xs))
  end%Q.

Definition exact_value (k : quantity) (v : variant) (u : unit_of) (xs : list (Q * Q)) : option Q :=
  match exact_nats k v xs, u with
  | Some (c, r), Bits => if vanishes r then Some c else None
  | Some (c, r), Nats => if vanishes c then Some r else None
  | None, _ => None
  end.

(** A finite binary64 number as a rational. *)
Definition rational_of (f : binary64) : option Q :=
  match f with
  | B754_zero _ => Some 0%Q
  | B754_finite s m e _ =>
    let n := if s then Zneg m else Zpos m in
    Some (if (0 <=? e)%Z then inject_Z (n * 2 ^ e) else Qmake n (Z.to_pos (2 ^ (- e))))
  | _ => None
  end.

(** A rational with a power of two below, rounded to nearest, ties to even. *)
Definition rounded (x : Q) : binary64 :=
  binary_normalize 53 1024 eq_refl eq_refl BinarySingleNaN.mode_NE (Qnum x) (- Z.log2 (Zpos (Qden x))) false.

Definition power_of_2_below (x : Q) := (Zpos (Qden x) =? 2 ^ Z.log2 (Zpos (Qden x)))%Z.

Definition rounds (x : Q) (bits : Z) :=
  power_of_2_below x && is_finite 53 1024 (rounded x) && (bits =? bits_of_b64 (rounded x))%Z.

Definition same (f : binary64) (x : Q) := match rational_of f with Some y => Qeq_bool x y | None => false end.

Definition check_rounded k v u ps qs bits :=
  well_posedb v ps qs && match exact_value k v u (combine ps qs) with Some x => rounds x bits | None => false end.

Definition check_exact k v u ps qs bits :=
  well_posedb v ps qs &&
  match exact_value k v u (combine ps qs) with Some x => rounds x bits && same (rounded x) x | None => false end.

(** ** Soundness *)

Section Proper.

Context (v : variant) (xs : list (Q * Q)) (H : proper v xs).

Lemma pQ_correct x : Q2R (massesQ v xs fst x) = p_of v xs x.
Proof. apply massesQ_correct. intros N. now apply H. Qed.

Lemma qQ_correct x : Q2R (massesQ v xs snd x) = q_of v xs x.
Proof. apply massesQ_correct. intros N. now apply H. Qed.

Lemma pQ_null x : vanishes (fst x) = true -> Q2R (massesQ v xs fst x) = 0.
Proof. rewrite pQ_correct. apply (masses_null v xs fst). intros N. now apply H. Qed.

Lemma qQ_null x : vanishes (snd x) = true -> Q2R (massesQ v xs snd x) = 0.
Proof. rewrite qQ_correct. apply (masses_null v xs snd). intros N. now apply H. Qed.

Lemma opposite_correct c r : known c r -> known (option_map (scale (-1)) c) (- r).
Proof. intros K. replace (- r) with (Q2R (-1) * r) by (unfold Q2R; simpl; lra). now apply scale_known_correct. Qed.

Lemma half_correct c r : known c r -> known (option_map (scale (1 # 2)) c) (r / 2).
Proof. intros K. replace (r / 2) with (Q2R (1 # 2) * r) by (unfold Q2R; simpl; lra). now apply scale_known_correct. Qed.

Lemma log_sumK_correct (a : Q * Q -> Q) (b : Q * Q -> R) : (forall x, Q2R (a x) = b x) ->
  known (SumK (fun x => log_termK (vanishes (fst x)) (massesQ v xs fst x) (a x)) xs)
        (Sum (fun x => p_of v xs x * ln (b x)) xs).
Proof.
  intros E. apply SumK_correct. intros x _. rewrite <- pQ_correct, <- E. apply log_termK_correct. apply pQ_null.
Qed.

Lemma meanQ_correct x : Q2R ((1 # 2) * (massesQ v xs fst x + massesQ v xs snd x)) = (p_of v xs x + q_of v xs x) / 2.
Proof. rewrite Q2R_mult, Q2R_plus, pQ_correct, qQ_correct. unfold Q2R; simpl. lra. Qed.

Lemma exact_nats_known k :
  match in_nats k v xs with Finite r => known (exact_nats k v xs) r | _ => exact_nats k v xs = None end.
Proof.
  unfold exact_nats, in_nats. pose proof (dominatedb_spec v xs H) as D. destruct k.
  - now apply opposite_correct, log_sumK_correct; intros; apply pQ_correct.
  - unfold cross_entropy.
    destruct dominated_dec as [Y|N]; destruct (dominatedb xs); try tauto; try (exfalso; intuition discriminate).
    apply opposite_correct, log_sumK_correct. intros; apply qQ_correct.
  - destruct (dominatedb xs) eqn:B.
    + rewrite kl_dominated by tauto.
      assert (S : known (SumK (fun x => ratio_termK (vanishes (fst x)) (massesQ v xs fst x) (massesQ v xs snd x)) xs)
                        (kl_sum xs (p_of v xs) (q_of v xs))).
      { apply SumK_correct. intros x X. rewrite <- pQ_correct, <- qQ_correct.
        apply ratio_termK_correct; [apply pQ_null|].
        intros V. rewrite qQ_correct. apply Rgt_not_eq, (q_gt0_dominated v xs H); assumption. }
      destruct v; apply add_known_correct; try exact S; try (rewrite <- RMicromega.Q2R_0; apply rational_correct).
      unfold q_of, p_of, masses. rewrite <- !SumQ_correct, <- Q2R_minus. apply rational_correct.
    + rewrite kl_not_dominated by (intros Y; apply D in Y; discriminate). now destruct v.
  - unfold js_divergence, midpoint.
    apply half_correct, add_known_correct; apply SumK_correct; intros x X; rewrite <- meanQ_correct.
    + rewrite <- pQ_correct. apply ratio_termK_correct; [apply pQ_null|]. intros V. rewrite meanQ_correct.
      pose proof (p_gt0 v xs H x X V). pose proof (q_ge0 v xs H x X). lra.
    + rewrite <- qQ_correct. apply ratio_termK_correct; [apply qQ_null|]. intros V. rewrite meanQ_correct.
      pose proof (q_gt0 v xs H x X V). pose proof (p_ge0 v xs H x X). lra.
Qed.

Lemma exact_value_correct k u r : exact_value k v u xs = Some r -> in_unit u (in_nats k v xs) = Finite (Q2R r).
Proof.
  unfold exact_value. pose proof (exact_nats_known k) as K.
  destruct (exact_nats k v xs) as [[c d]|]; [|discriminate].
  destruct (in_nats k v xs) as [x| |]; try discriminate. simpl in K. rewrite <- K. unfold value; cbn [fst snd].
  pose proof ln_lt_2. destruct u; simpl.
  - pose proof (vanishes_spec c) as V. destruct (vanishes c); [|discriminate].
    intros E; injection E as <-. rewrite V. f_equal. ring.
  - pose proof (vanishes_spec d) as V. destruct (vanishes d); [|discriminate].
    intros E; injection E as <-. rewrite V. f_equal. field. lra.
Qed.

End Proper.

Lemma rational_of_correct f x : rational_of f = Some x -> number f = Q2R x.
Proof.
  unfold number. destruct f as [s|s|s p|s m e B]; try discriminate; cbn [rational_of B2R].
  - intros E; injection E as <-. now rewrite RMicromega.Q2R_0.
  - intros E; injection E as <-. unfold F2R; cbn [Fnum Fexp].
    replace (cond_Zopp s (Zpos m)) with (if s then Zneg m else Zpos m) by now destruct s.
    set (n := if s then Zneg m else Zpos m). destruct (Z.leb_spec 0 e).
    + rewrite Q2R_Z, mult_IZR. f_equal. symmetry. now apply (IZR_Zpower radix2).
    + unfold Q2R; cbn [Qnum Qden]. rewrite Z2Pos.id by (apply Z.pow_pos_nonneg; lia).
      change (2 ^ (- e))%Z with (radix2 ^ (- e))%Z. rewrite IZR_Zpower by lia.
      now rewrite bpow_opp, Rinv_inv.
Qed.

Lemma same_correct f x : same f x = true -> number f = Q2R x.
Proof.
  unfold same. destruct (rational_of f) as [y|] eqn:S; [|discriminate]. intros E.
  rewrite (rational_of_correct f y S). symmetry. now apply Qeq_eqR, Qeq_bool_eq.
Qed.

Lemma rounded_correct x : power_of_2_below x = true -> is_finite 53 1024 (rounded x) = true ->
  round_even (Q2R x) = number (rounded x) /\ same_sign (rounded x) (Q2R x).
Proof.
  unfold power_of_2_below, rounded, same_sign. rewrite Z.eqb_eq. set (e := Z.log2 (Zpos (Qden x))). intros D Fin.
  assert (V : F2R (Float radix2 (Qnum x) (- e)) = Q2R x).
  { unfold F2R, Q2R; cbn [Fnum Fexp]. rewrite D, bpow_opp. f_equal. f_equal.
    symmetry. apply (IZR_Zpower radix2), Z.log2_nonneg. }
  pose proof (binary_normalize_correct 53 1024 eq_refl eq_refl BinarySingleNaN.mode_NE (Qnum x) (- e) false) as N.
  rewrite V in N. destruct (Rlt_bool (Rabs _) _).
  - destruct N as [N [_ S]]. split; [now symmetry|]. rewrite S. unfold Rlt_bool. now destruct Rcompare.
  - destruct (binary_normalize 53 1024 eq_refl eq_refl BinarySingleNaN.mode_NE (Qnum x) (- e) false); discriminate.
Qed.

Lemma rounds_correct x bits : rounds x bits = true -> in_64_bits bits /\ b64_of_bits bits = rounded x /\
  is_finite 53 1024 (rounded x) = true /\ round_even (Q2R x) = number (rounded x) /\ same_sign (rounded x) (Q2R x).
Proof.
  unfold rounds. rewrite !andb_true_iff, Z.eqb_eq. intros [[D Fin] ->].
  split; [exact (bits_of_binary_float_range 52 11 eq_refl eq_refl (rounded x))|].
  split; [exact (binary_float_of_bits_of_binary_float 52 11 eq_refl eq_refl eq_refl (rounded x))|].
  split; [exact Fin|now apply rounded_correct].
Qed.

Theorem check_exact_correct k v u ps qs bits : check_exact k v u ps qs bits = true -> exact k v u ps qs bits.
Proof.
  unfold check_exact, exact, golden. rewrite andb_true_iff. intros [W C]. apply well_posedb_spec in W.
  split; [exact W|]. apply well_posed_proper in W.
  destruct (exact_value k v u (combine ps qs)) as [x|] eqn:V; [|discriminate].
  apply andb_true_iff in C. destruct C as [R S]. destruct (rounds_correct x bits R) as [B [-> [Fin [_ Sign]]]].
  apply same_correct in S. rewrite S.
  split; [exact B|]. split; [exact Fin|]. split; [now apply exact_value_correct|exact Sign].
Qed.

Theorem check_rounded_correct k v u ps qs bits :
  check_rounded k v u ps qs bits = true -> correctly_rounded k v u ps qs bits.
Proof.
  unfold check_rounded, correctly_rounded, golden. rewrite andb_true_iff. intros [W C]. apply well_posedb_spec in W.
  split; [exact W|]. apply well_posed_proper in W.
  destruct (exact_value k v u (combine ps qs)) as [x|] eqn:V; [|discriminate].
  destruct (rounds_correct x bits C) as [B [E [Fin [Num Sign]]]].
  rewrite (exact_value_correct v (combine ps qs) W k u x V). apply finite_rounds_to_even; try rewrite E; auto.
Qed.

Ltac prove_exact := apply check_exact_correct; vm_cast_no_check (eq_refl true).
Ltac prove_correctly_rounded := apply check_rounded_correct; vm_cast_no_check (eq_refl true).
