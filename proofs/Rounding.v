(** * What it means that a binary64 number is the correctly rounded value

  IEEE 754 as Flocq formalises it: [b64_of_bits] reads the 64 bits, [succ] and [pred] are the neighbours.

  Definitions
  - [binary64_exponents]        the exponents of binary64: precision 53, least exponent -1074
  - [number f]                  the real number that a finite binary64 stands for
  - [between_midpoints f r]     r lies strictly between the midpoints from [f] to its two neighbours
  - [overflows s r]             r lies beyond the midpoint that follows the largest finite number
  - [same_sign f r]             [f] has the sign of r; that of 0 is +
  - [in_64_bits bits]           the integer [bits] has 64 bits, which [b64_of_bits] does not ask for
  - [rounds_to x bits]          the extended real [x] rounds to the binary64 with these bits, and is on no boundary
  - [rounds_to_even x bits]     it rounds to that number, with ties to even
  - [midpoints f]               both midpoints as integers times powers of two

  Statements
  - [between_midpoints_rounds]  between its midpoints, [f] is r rounded to nearest, whatever is done with ties
  - [rounds_to_rounds_to_even]  what rounds and is on no boundary rounds with ties to even
  - [rounds_to_even_unique]     only one integer holds the bits of the rounded value,
  - [rounds_to_unique]          and so where it is on no boundary
  - [midpoints_correct]         the computed midpoints are those of the definition *)

From Coq Require Import Reals ZArith Bool Lra Lia.
From Coquelicot Require Import Rbar.
From Flocq Require Import Core IEEE754.Binary IEEE754.Bits.
Open Scope R_scope.

Definition binary64_exponents := FLT_exp (-1074) 53.

Notation pred64 := (pred radix2 binary64_exponents).
Notation succ64 := (succ radix2 binary64_exponents).

Definition number (f : binary64) : R := B2R 53 1024 f.

Definition between_midpoints (f : binary64) (r : R) :=
  (number f + pred64 (number f)) / 2 < r < (number f + succ64 (number f)) / 2.

(** 2^1024 - 2^970 lies halfway from the largest finite number to 2^1024: from there on, values round to infinity. *)
Definition overflows (negative : bool) (r : R) :=
  bpow radix2 1024 - bpow radix2 970 < (if negative then - r else r).

(** A value that underflows keeps its sign. *)
Definition same_sign (f : binary64) (r : R) := Bsign 53 1024 f = Rlt_bool r 0.

Definition in_64_bits (bits : Z) := (0 <= bits < 2 ^ 64)%Z.

Definition rounds_to (x : Rbar) (bits : Z) : Prop :=
  in_64_bits bits /\
  match x, b64_of_bits bits with
  | Finite r, B754_infinity s => overflows s r
  | Finite _, B754_nan _ _ _ => False
  | Finite r, f => between_midpoints f r /\ same_sign f r
  | p_infty, B754_infinity false => True
  | m_infty, B754_infinity true => True
  | _, _ => False
  end.

Notation round_even := (round radix2 binary64_exponents ZnearestE).

Definition rounds_to_even (x : Rbar) (bits : Z) : Prop :=
  in_64_bits bits /\
  match x, b64_of_bits bits with
  | Finite r, B754_infinity s => bpow radix2 1024 <= round_even (if s then - r else r)
  | Finite _, B754_nan _ _ _ => False
  | Finite r, f => round_even r = number f /\ same_sign f r
  | p_infty, B754_infinity false => True
  | m_infty, B754_infinity true => True
  | _, _ => False
  end.

Lemma number_format f : generic_format radix2 binary64_exponents (number f).
Proof. exact (generic_format_B2R 53 1024 f). Qed.

Theorem between_midpoints_rounds f r choice :
  between_midpoints f r -> round radix2 binary64_exponents (Znearest choice) r = number f.
Proof.
  intros [L U]. apply Rle_antisym.
  - apply round_N_le_midp; [apply FLT_exp_valid; easy|apply number_format|exact U].
  - apply round_N_ge_midp; [apply FLT_exp_valid; easy|apply number_format|exact L].
Qed.

Lemma bpow_half e : bpow radix2 (e - 1) = bpow radix2 e / 2.
Proof. unfold Zminus. rewrite bpow_plus. simpl bpow at 2. lra. Qed.

Lemma overflows_rounds s r : overflows s r -> bpow radix2 1024 <= round_even (if s then - r else r).
Proof.
  unfold overflows. intros O. apply round_N_ge_midp; [now apply FLT_exp_valid|now apply generic_format_bpow|].
  rewrite pred_bpow. change (binary64_exponents 1024) with 971%Z. pose proof (bpow_half 971) as H.
  change (971 - 1)%Z with 970%Z in H. lra.
Qed.

Theorem rounds_to_rounds_to_even x bits : rounds_to x bits -> rounds_to_even x bits.
Proof.
  intros [W H]. split; [exact W|]. revert H. destruct x as [r| |]; try easy.
  destruct (b64_of_bits bits) as [s|s|s p B|s m e B]; try easy.
  2: apply overflows_rounds.
  all: intros [M S]; split; [now apply between_midpoints_rounds|exact S].
Qed.

Lemma finite_rounds_to_even r bits : in_64_bits bits -> is_finite 53 1024 (b64_of_bits bits) = true ->
  round_even r = number (b64_of_bits bits) -> same_sign (b64_of_bits bits) r -> rounds_to_even (Finite r) bits.
Proof. intros W Fin N S. split; [exact W|]. now destruct (b64_of_bits bits). Qed.

Lemma rounds_to_even_finite r bits : rounds_to_even (Finite r) bits ->
  (exists s, b64_of_bits bits = B754_infinity 53 1024 s /\ bpow radix2 1024 <= round_even (if s then - r else r)) \/
  is_finite 53 1024 (b64_of_bits bits) = true /\ round_even r = number (b64_of_bits bits) /\
  same_sign (b64_of_bits bits) r.
Proof.
  intros [_ H]. destruct (b64_of_bits bits) as [s|s|s p B|s m e B]; try easy; [now right|left|now right]. now exists s.
Qed.

Theorem rounds_to_even_unique x b c : rounds_to_even x b -> rounds_to_even x c -> b = c.
Proof.
  intros Hb Hc. enough (E : b64_of_bits b = b64_of_bits c).
  { pose proof (proj1 Hb) as Wb. pose proof (proj1 Hc) as Wc. apply (f_equal bits_of_b64) in E. revert E.
    unfold bits_of_b64, b64_of_bits. now rewrite !bits_of_binary_float_of_bits. }
  destruct x as [r| |].
  - apply rounds_to_even_finite in Hb, Hc.
    assert (F : forall f, round_even r = number f -> Rabs (round_even r) < bpow radix2 1024)
      by (intros f ->; exact (abs_B2R_lt_emax 53 1024 f)).
    pose proof (bpow_gt_0 radix2 1024).
    destruct Hb as [[s [-> Hb]]|[Fb [Nb Sb]]], Hc as [[t [-> Hc]]|[Fc [Nc Sc]]].
    + f_equal. destruct s, t; auto; rewrite round_NE_opp in *; lra.
    + apply F, Rabs_lt_inv in Nc. destruct s; rewrite ?round_NE_opp in Hb; lra.
    + apply F, Rabs_lt_inv in Nb. destruct t; rewrite ?round_NE_opp in Hc; lra.
    + apply B2R_Bsign_inj; auto; [fold (number (b64_of_bits b)) (number (b64_of_bits c))|]; congruence.
  - destruct Hb as [_ Hb], Hc as [_ Hc].
    destruct (b64_of_bits b) as [|[|]| |], (b64_of_bits c) as [|[|]| |]; easy.
  - destruct Hb as [_ Hb], Hc as [_ Hc].
    destruct (b64_of_bits b) as [|[|]| |], (b64_of_bits c) as [|[|]| |]; easy.
Qed.

Theorem rounds_to_unique x b c : rounds_to x b -> rounds_to x c -> b = c.
Proof. intros Hb Hc. apply (rounds_to_even_unique x); now apply rounds_to_rounds_to_even. Qed.

Definition dyadic := (Z * Z)%type.
Definition D2R (d : dyadic) : R := IZR (fst d) * bpow radix2 (snd d).

(** The gap below a power of two is half as wide, unless it lies among the subnormal numbers. *)
Definition magnitudes (m e : Z) : dyadic * dyadic :=
  (if (m =? 2 ^ 52)%Z && (-1074 <? e)%Z then (4 * m - 1, e - 2)%Z else (2 * m - 1, e - 1)%Z, (2 * m + 1, e - 1)%Z).

Definition negate (d : dyadic) : dyadic := (- fst d, snd d)%Z.

Definition midpoints (f : binary64) : option (dyadic * dyadic) :=
  match f with
  | B754_zero _ => Some ((-1, -1075), (1, -1075))%Z
  | B754_finite s m e _ =>
    let (low, high) := magnitudes (Zpos m) e in Some (if s then (negate high, negate low) else (low, high))
  | _ => None
  end.

Lemma D2R_negate d : D2R (negate d) = - D2R d.
Proof. unfold D2R, negate; simpl. rewrite opp_IZR. ring. Qed.

Section Positive.

Context (m e : Z) (Hm : (0 < m)%Z).
Context (C : canonical radix2 binary64_exponents (Float radix2 m e)).

Let x := F2R (Float radix2 m e).

Lemma positive_value : x = IZR m * bpow radix2 e.
Proof. reflexivity. Qed.

Lemma positive_gt0 : 0 < x.
Proof. apply F2R_gt_0. exact Hm. Qed.

Lemma positive_ulp : ulp radix2 binary64_exponents x = bpow radix2 e.
Proof. apply ulp_canonical; [lia|exact C]. Qed.

Lemma positive_above : D2R (snd (magnitudes m e)) = (x + succ64 x) / 2.
Proof.
  pose proof positive_gt0. rewrite succ_eq_pos, positive_ulp, positive_value by lra.
  unfold D2R, magnitudes; cbn [fst snd]. rewrite bpow_half, plus_IZR, mult_IZR. lra.
Qed.

Lemma positive_exponent : e = Z.max (mag radix2 x - 53) (-1074).
Proof. exact C. Qed.

Lemma positive_power : x = bpow radix2 (mag radix2 x - 1) -> (-1074 < e)%Z -> m = (2 ^ 52)%Z.
Proof.
  intros P L. pose proof positive_exponent as E.
  assert (M : (mag radix2 x = e + 53 :> Z)%Z) by lia.
  rewrite M in P. replace (e + 53 - 1)%Z with (52 + e)%Z in P by lia.
  rewrite positive_value, bpow_plus in P. apply Rmult_eq_reg_r in P; [|apply Rgt_not_eq, bpow_gt_0].
  apply eq_IZR. rewrite P, <- (IZR_Zpower radix2 52) by lia. reflexivity.
Qed.

Lemma positive_pred :
  pred64 x = x - bpow radix2 (if (m =? 2 ^ 52)%Z && (-1074 <? e)%Z then e - 1 else e)%Z.
Proof.
  pose proof positive_gt0. pose proof positive_exponent as E.
  rewrite pred_eq_pos by lra. unfold pred_pos. rewrite positive_ulp.
  destruct (Req_bool_spec x (bpow radix2 (mag radix2 x - 1))) as [P|N];
    destruct (Z.ltb_spec (-1074) e) as [L|L]; rewrite ?andb_true_r, ?andb_false_r.
  - rewrite (proj2 (Z.eqb_eq m _) (positive_power P L)). do 2 f_equal.
    unfold binary64_exponents, FLT_exp. lia.
  - do 2 f_equal. unfold binary64_exponents, FLT_exp. lia.
  - destruct (Z.eqb_spec m (2 ^ 52)) as [M|M]; [|reflexivity]. elim N.
    assert (V : x = bpow radix2 (52 + e)).
    { rewrite positive_value, M, bpow_plus, <- (IZR_Zpower radix2 52) by lia. reflexivity. }
    rewrite V, mag_bpow. f_equal. lia.
  - reflexivity.
Qed.

Lemma positive_below : D2R (fst (magnitudes m e)) = (x + pred64 x) / 2.
Proof.
  rewrite positive_pred, positive_value. unfold magnitudes, D2R.
  destruct ((m =? 2 ^ 52)%Z && (-1074 <? e)%Z); cbn [fst snd].
  - replace (e - 2)%Z with (e - 1 - 1)%Z by lia. rewrite !bpow_half, minus_IZR, mult_IZR. lra.
  - rewrite bpow_half, minus_IZR, mult_IZR. lra.
Qed.

End Positive.

Theorem midpoints_correct f low high : midpoints f = Some (low, high) ->
  D2R low = (number f + pred64 (number f)) / 2 /\ D2R high = (number f + succ64 (number f)) / 2.
Proof.
  destruct f as [s|s|s p|s m e B]; try discriminate; unfold midpoints.
  - intros E; injection E as <- <-. unfold number; simpl. rewrite pred_0, succ_0.
    unfold binary64_exponents. rewrite ulp_FLT_0 by easy. unfold D2R; simpl fst; simpl snd.
    change (-1075)%Z with (-1074 - 1)%Z. rewrite bpow_half. split; lra.
  - pose proof (BinarySingleNaN.canonical_bounded 53 1024 false m e B) as C. simpl in C.
    assert (Hm : (0 < Zpos m)%Z) by easy.
    pose proof (positive_below _ _ Hm C) as Low. pose proof (positive_above _ _ Hm C) as High.
    destruct (magnitudes (Zpos m) e) as [l h]; cbn [fst snd] in Low, High.
    unfold number; simpl. destruct s; intros E; injection E as <- <-; [|split; assumption].
    rewrite !D2R_negate, Low, High. simpl cond_Zopp.
    change (Zneg m) with (- Zpos m)%Z. rewrite F2R_Zopp, pred_opp, succ_opp. split; lra.
Qed.
