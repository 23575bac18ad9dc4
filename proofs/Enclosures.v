(** * Golden values enclosed by the kernel

  Interval arithmetic on integers, as the library Interval proves it, applied to Golden.v's definitions term by term.

  Definitions
  - [encloses i r]             the interval [i] holds the real number [r]
  - [of_Q], [of_dyadic]        intervals of literal numbers
  - [enclose prec k v u xs]    bounds of a golden value to [prec] bits, or None where it is +∞
  - [proper v xs]              no negative mass, and a total to divide by
  - [holds i x]                the interval, or None for +∞, says the truth about an extended real

  Statements
  - [enclose_correct]          the bounds hold the value; None means +∞ *)

From Coq Require Import Reals QArith Qreals ZArith List Bool Lra Lia.
From Coquelicot Require Import Rbar.
From Flocq Require Import Core.Raux Core.Zaux IEEE754.Binary IEEE754.Bits.
From Interval Require Import Float.Specific_bigint Float.Specific_ops Float.Basic.
From Interval Require Import Interval.Float_full Interval.Interval Real.Xreal.
From klexact Require Import Sums Conventions Divergence Entropy JensenShannon Rounding Golden.
Import ListNotations.
Open Scope R_scope.

Module F := SpecificFloat BigIntRadix2.
Module I := FloatIntervalFull F.

Definition encloses (i : I.type) (r : R) := contains (I.convert i) (Xreal r).

Section Precision.

Context (prec : F.precision).

(** ** Numbers and sums *)

Definition of_Z (n : Z) := I.fromZ prec n.
Definition of_Q (x : Q) := I.div prec (of_Z (Qnum x)) (of_Z (Zpos (Qden x))).
Definition of_dyadic (d : dyadic) :=
  let (m, e) := d in
  if (0 <=? e)%Z then of_Z (m * 2 ^ e) else I.div prec (of_Z m) (of_Z (2 ^ (- e))).

Lemma of_Z_correct n : encloses (of_Z n) (IZR n).
Proof. apply I.fromZ_correct. Qed.

Lemma add_correct i j x y : encloses i x -> encloses j y -> encloses (I.add prec i j) (x + y).
Proof. exact (I.add_correct prec i j (Xreal x) (Xreal y)). Qed.

Lemma sub_correct i j x y : encloses i x -> encloses j y -> encloses (I.sub prec i j) (x - y).
Proof. exact (I.sub_correct prec i j (Xreal x) (Xreal y)). Qed.

Lemma mul_correct i j x y : encloses i x -> encloses j y -> encloses (I.mul prec i j) (x * y).
Proof. exact (I.mul_correct prec i j (Xreal x) (Xreal y)). Qed.

Lemma neg_correct i x : encloses i x -> encloses (I.neg i) (- x).
Proof. exact (I.neg_correct i (Xreal x)). Qed.

Lemma div_correct i j x y : y <> 0 -> encloses i x -> encloses j y -> encloses (I.div prec i j) (x / y).
Proof.
  intros N X Y. pose proof (I.div_correct prec i j (Xreal x) (Xreal y) X Y) as H.
  unfold Xdiv', Xbind2, is_zero in H. rewrite Req_bool_false in H by exact N. exact H.
Qed.

Lemma ln_correct i x : 0 < x -> encloses i x -> encloses (I.ln prec i) (ln x).
Proof.
  intros P X. pose proof (I.ln_correct prec i (Xreal x) X) as H.
  unfold Xln', Xbind, is_positive in H. rewrite Rlt_bool_true in H by exact P. exact H.
Qed.

Lemma of_Q_correct x : encloses (of_Q x) (Q2R x).
Proof. apply div_correct; [apply IZR_neq; lia|apply of_Z_correct..]. Qed.

Lemma of_dyadic_correct d : encloses (of_dyadic d) (D2R d).
Proof.
  destruct d as [m e]. unfold of_dyadic, D2R; cbn [fst snd]. destruct (Z.leb_spec 0 e).
  - rewrite <- (IZR_Zpower radix2 e), <- mult_IZR by lia. apply of_Z_correct.
  - replace (bpow radix2 e) with (/ bpow radix2 (- e)) by (rewrite bpow_opp; apply Rinv_inv).
    rewrite <- (IZR_Zpower radix2 (- e)) by lia.
    apply div_correct; [|apply of_Z_correct..]. apply IZR_neq, Z.pow_nonzero; simpl; lia.
Qed.

Fixpoint SumI {A} (f : A -> I.type) (xs : list A) : I.type :=
  match xs with [] => of_Z 0 | x :: t => I.add prec (f x) (SumI f t) end.

Lemma SumI_correct {A} (f : A -> I.type) g xs :
  (forall x, In x xs -> encloses (f x) (g x)) -> encloses (SumI f xs) (Sum g xs).
Proof.
  induction xs as [|a l IH]; simpl; intros H; [apply of_Z_correct|].
  apply add_correct; auto.
Qed.

(** ** Masses and terms *)

Definition vanishes (x : Q) := (Qnum x =? 0)%Z.

Lemma vanishes_spec x : if vanishes x then Q2R x = 0 else Q2R x <> 0.
Proof.
  unfold vanishes, Q2R. destruct (Z.eqb_spec (Qnum x) 0) as [->|N]; [ring|].
  apply Rmult_integral_contrapositive_currified; [now apply IZR_neq|].
  apply Rinv_neq_0_compat, IZR_neq. lia.
Qed.

Definition massesI (v : variant) (xs : list (Q * Q)) (p : Q * Q -> Q) : Q * Q -> I.type :=
  match v with
  | Normalised => let total := SumI (fun x => of_Q (p x)) xs in fun x => I.div prec (of_Q (p x)) total
  | _ => fun x => of_Q (p x)
  end.

(** c·ln a, or 0 where it is known that c = 0 *)
Definition log_term (null : bool) (c a : I.type) := if null then of_Z 0 else I.mul prec c (I.ln prec a).

Lemma log_term_correct null i j c a :
  (null = true -> c = 0) -> (null = false -> 0 < a) -> encloses i c -> encloses j a ->
  encloses (log_term null i j) (c * ln a).
Proof.
  destruct null; simpl; intros Z P C A.
  - rewrite Z, Rmult_0_l by reflexivity. apply of_Z_correct.
  - apply mul_correct; [exact C|]. apply ln_correct; auto.
Qed.

Definition ratio_term (null : bool) (p q : I.type) := log_term null p (I.div prec p q).

Lemma ratio_term_correct null i j p q :
  (null = true -> p = 0) -> (null = false -> 0 < p /\ 0 < q) -> encloses i p -> encloses j q ->
  encloses (ratio_term null i j) (kl_term p q).
Proof.
  unfold ratio_term, kl_term. destruct null; intros Z P C A.
  - rewrite Z, Rmult_0_l by reflexivity. apply of_Z_correct.
  - destruct P as [Pp Pq]; [reflexivity|]. apply log_term_correct; auto; try discriminate.
    + intros _. now apply Rdiv_lt_0_compat.
    + apply div_correct; auto. lra.
Qed.

(** ** Quantities *)

Definition dominatedb (xs : list (Q * Q)) := forallb (fun x => implb (vanishes (snd x)) (vanishes (fst x))) xs.

Definition enclose_nats (k : quantity) (v : variant) (xs : list (Q * Q)) : option I.type :=
  let p := massesI v xs fst in
  let q := massesI v xs snd in
  match k with
  | Entropy => Some (I.neg (SumI (fun x => log_term (vanishes (fst x)) (p x) (p x)) xs))
  | CrossEntropy =>
    if dominatedb xs then Some (I.neg (SumI (fun x => log_term (vanishes (fst x)) (p x) (q x)) xs)) else None
  | KullbackLeibler =>
    if dominatedb xs then
      let sum := SumI (fun x => ratio_term (vanishes (fst x)) (p x) (q x)) xs in
      Some (match v with Generalised => I.add prec sum (I.sub prec (SumI q xs) (SumI p xs)) | _ => sum end)
    else None
  | JensenShannon =>
    let m := fun x => I.div prec (I.add prec (p x) (q x)) (of_Z 2) in
    Some (I.div prec (I.add prec (SumI (fun x => ratio_term (vanishes (fst x)) (p x) (m x)) xs)
                                 (SumI (fun x => ratio_term (vanishes (snd x)) (q x) (m x)) xs)) (of_Z 2))
  end.

Definition in_unitI (u : unit_of) (i : I.type) : I.type :=
  match u with Nats => i | Bits => I.div prec i (I.ln prec (of_Z 2)) end.

Definition enclose k v u xs := option_map (in_unitI u) (enclose_nats k v xs).

(** ** Soundness *)

Definition proper (v : variant) (xs : list (Q * Q)) :=
  (forall x, In x xs -> 0 <= Q2R (fst x) /\ 0 <= Q2R (snd x)) /\
  (v = Normalised -> 0 < Sum (fun x => Q2R (fst x)) xs /\ 0 < Sum (fun x => Q2R (snd x)) xs).

Section Proper.

Context (v : variant) (xs : list (Q * Q)).

(** What holds of a side (first or second masses) that is non-negative and has a total to divide by. *)
Context (side : Q * Q -> Q).
Context (ge0 : forall x, In x xs -> 0 <= Q2R (side x)).
Context (total : v = Normalised -> 0 < Sum (fun x => Q2R (side x)) xs).

Let p := masses v xs (fun x => Q2R (side x)).

Lemma masses_ge0 x : In x xs -> 0 <= p x.
Proof.
  intros X. unfold p, masses. destruct v; auto. apply Rmult_le_pos; auto. left. now apply Rinv_0_lt_compat, total.
Qed.

Lemma masses_zero x : p x = 0 <-> Q2R (side x) = 0.
Proof.
  unfold p, masses. destruct v; try tauto. specialize (total eq_refl). split; intros E.
  - apply (Rmult_eq_reg_r (/ Sum (fun x => Q2R (side x)) xs)); [lra|]. apply Rinv_neq_0_compat. lra.
  - rewrite E. unfold Rdiv. ring.
Qed.

Lemma masses_null x : vanishes (side x) = true -> p x = 0.
Proof. intros V. pose proof (vanishes_spec (side x)) as S. rewrite V in S. now apply masses_zero. Qed.

Lemma masses_gt0 x : In x xs -> vanishes (side x) = false -> 0 < p x.
Proof.
  intros X V. pose proof (vanishes_spec (side x)) as S. rewrite V in S.
  pose proof (masses_ge0 x X). destruct (Req_dec (p x) 0) as [Z|]; [|lra]. now apply masses_zero in Z.
Qed.

Lemma massesI_correct x : encloses (massesI v xs side x) (p x).
Proof.
  unfold p, masses, massesI. destruct v; try apply of_Q_correct.
  apply div_correct; [specialize (total eq_refl); lra|apply of_Q_correct|].
  apply SumI_correct. intros; apply of_Q_correct.
Qed.

End Proper.

Lemma dominatedb_spec v xs : proper v xs -> dominatedb xs = true <-> dominated xs (p_of v xs) (q_of v xs).
Proof.
  intros [G T]. unfold dominatedb, dominated. rewrite forallb_forall. split; intros H x X.
  - intros Z. apply masses_zero in Z; [|intros N; apply (T N)]. specialize (H x X).
    pose proof (vanishes_spec (snd x)) as S. destruct (vanishes (snd x)); [|tauto].
    apply masses_null; [intros N; apply (T N)|exact H].
  - specialize (H x X). pose proof (vanishes_spec (snd x)) as S. destruct (vanishes (snd x)); [|reflexivity].
    assert (Z : Q2R (fst x) = 0).
    { apply (masses_zero v xs fst); [intros N; apply (T N)|].
      apply H. apply masses_zero; [intros N; apply (T N)|exact S]. }
    pose proof (vanishes_spec (fst x)) as V. destruct (vanishes (fst x)); tauto.
Qed.

Definition holds (i : option I.type) (x : Rbar) :=
  match i, x with Some i, Finite r => encloses i r | None, p_infty => True | _, _ => False end.

Section Quantities.

Context (v : variant) (xs : list (Q * Q)) (H : proper v xs).

Let p := p_of v xs.
Let q := q_of v xs.

Lemma p_ge0 x : In x xs -> 0 <= p x. Proof. apply masses_ge0; intros; now apply H. Qed.
Lemma q_ge0 x : In x xs -> 0 <= q x. Proof. apply masses_ge0; intros; now apply H. Qed.
Lemma p_null x : vanishes (fst x) = true -> p x = 0. Proof. apply masses_null; intros; now apply H. Qed.
Lemma q_null x : vanishes (snd x) = true -> q x = 0. Proof. apply masses_null; intros; now apply H. Qed.
Lemma p_gt0 x : In x xs -> vanishes (fst x) = false -> 0 < p x.
Proof. apply masses_gt0; intros; now apply H. Qed.
Lemma q_gt0 x : In x xs -> vanishes (snd x) = false -> 0 < q x.
Proof. apply masses_gt0; intros; now apply H. Qed.
Lemma pI_correct x : encloses (massesI v xs fst x) (p x).
Proof. apply massesI_correct; intros; now apply H. Qed.
Lemma qI_correct x : encloses (massesI v xs snd x) (q x).
Proof. apply massesI_correct; intros; now apply H. Qed.

Lemma q_gt0_dominated x : dominatedb xs = true -> In x xs -> vanishes (fst x) = false -> 0 < q x.
Proof.
  intros D X V. apply q_gt0; auto. unfold dominatedb in D. rewrite forallb_forall in D. specialize (D x X).
  rewrite V in D. now destruct (vanishes (snd x)).
Qed.

Lemma mean_correct x :
  encloses (I.div prec (I.add prec (massesI v xs fst x) (massesI v xs snd x)) (of_Z 2)) ((p x + q x) / 2).
Proof. apply div_correct; [lra|apply add_correct; [apply pI_correct|apply qI_correct]|apply of_Z_correct]. Qed.

Lemma enclose_nats_correct k : holds (enclose_nats k v xs) (in_nats k v xs).
Proof.
  unfold enclose_nats, in_nats; fold p q. destruct k.
  - apply neg_correct, SumI_correct. intros x X. apply log_term_correct; auto using p_null, p_gt0, pI_correct.
  - unfold cross_entropy. destruct (dominatedb xs) eqn:D.
    + destruct dominated_dec as [_|N]; [|elim N; now apply dominatedb_spec].
      apply neg_correct, SumI_correct. intros x X.
      apply log_term_correct; auto using p_null, q_gt0_dominated, pI_correct, qI_correct.
    + destruct dominated_dec as [Y|_]; [|exact I]. apply dominatedb_spec in Y; [congruence|exact H].
  - destruct (dominatedb xs) eqn:D.
    + rewrite kl_dominated by now apply dominatedb_spec.
      assert (S : encloses (SumI (fun x => ratio_term (vanishes (fst x)) (massesI v xs fst x) (massesI v xs snd x)) xs)
                           (kl_sum xs p q)).
      { apply SumI_correct. intros x X.
        apply ratio_term_correct; auto using p_null, p_gt0, q_gt0_dominated, pI_correct, qI_correct. }
      assert (T : encloses (I.sub prec (SumI (massesI v xs snd) xs) (SumI (massesI v xs fst) xs))
                           (Sum q xs - Sum p xs)).
      { apply sub_correct; apply SumI_correct; intros; [apply qI_correct|apply pI_correct]. }
      destruct v; simpl; rewrite ?Rplus_0_r; try exact S. now apply add_correct.
    + rewrite kl_not_dominated; [destruct v; exact I|].
      intros Y. apply dominatedb_spec in Y; [congruence|exact H].
  - unfold js_divergence, midpoint. apply div_correct; [lra| |apply of_Z_correct].
    apply add_correct; apply SumI_correct; intros x X; apply ratio_term_correct;
      auto using p_null, q_null, pI_correct, qI_correct, mean_correct.
    + intros V. pose proof (p_gt0 x X V). pose proof (q_ge0 x X). split; lra.
    + intros V. pose proof (q_gt0 x X V). pose proof (p_ge0 x X). split; lra.
Qed.

End Quantities.

Theorem enclose_correct k v u xs : proper v xs -> holds (enclose k v u xs) (in_unit u (in_nats k v xs)).
Proof.
  intros H. pose proof (enclose_nats_correct v xs H k) as E. unfold enclose.
  destruct (enclose_nats k v xs) as [i|], (in_nats k v xs) as [r| |]; try tauto; destruct u; try exact E.
  apply div_correct; [|exact E|apply ln_correct, of_Z_correct; lra].
  pose proof ln_lt_2. lra.
Qed.

End Precision.
