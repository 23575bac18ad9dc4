(** * The check behind a certificate

  [check] is a program that the kernel runs. A certificate of a golden value is [certified], proved by [check_correct].

  Definitions
  - [check_at prec k v u ps qs bits]   whether bounds to [prec] bits lie strictly between the midpoints around the
                                       stored number, and on its side of zero
  - [check k v u ps qs bits]           whether they do at 80, 160, ..., 2560 bits (Ziv's loop)

  Statements
  - [check_correct]                    what passes the check is certified *)

From Coq Require Import Reals QArith Qreals ZArith List Bool Lra Lia.
From Coquelicot Require Import Rbar.
From Flocq Require Import Core.Raux Core.Zaux IEEE754.Binary IEEE754.Bits.
From Interval Require Import Float.Specific_bigint Float.Specific_ops Float.Basic.
From Interval Require Import Interval.Float_full Interval.Interval Real.Xreal.
From klexact Require Import Sums Rounding Golden Enclosures.
Import ListNotations.
Open Scope R_scope.

Section Precision.

Context (prec : F.precision).

Definition above_zero (i : I.type) := match I.sign_strict i with Xgt => true | _ => false end.

Lemma above_zero_correct i r : encloses i r -> above_zero i = true -> 0 < r.
Proof.
  unfold above_zero. intros E P. pose proof (I.sign_strict_correct i) as S.
  destruct (I.sign_strict i); try discriminate. now destruct (S _ E).
Qed.

Definition well_posedb (v : variant) (ps qs : list Q) :=
  (length ps =? length qs)%nat && forallb (fun p => 0 <=? Qnum p)%Z (ps ++ qs) &&
  match v with
  | Normalised => existsb (fun p => negb (vanishes p)) ps && existsb (fun q => negb (vanishes q)) qs
  | _ => true
  end.

Definition in_64_bitsb (bits : Z) := (0 <=? bits)%Z && (bits <? 2 ^ 64)%Z.

Definition infinite (negative : bool) (bits : Z) :=
  match b64_of_bits bits with B754_infinity s => eqb s negative | _ => false end.

Definition nearest (bits : Z) (i : I.type) :=
  let f := b64_of_bits bits in
  match midpoints f with
  | Some (low, high) =>
    above_zero (I.sub prec i (of_dyadic prec low)) && above_zero (I.sub prec (of_dyadic prec high) i) &&
    above_zero (if Bsign 53 1024 f then I.neg i else i)
  | None => false
  end.

Definition beyond (bits : Z) (i : I.type) :=
  let limit := I.sub prec (of_dyadic prec (1, 1024)%Z) (of_dyadic prec (1, 970)%Z) in
  (infinite false bits && above_zero (I.sub prec i limit)) ||
  (infinite true bits && above_zero (I.sub prec (I.neg i) limit)).

Definition check_at k v u ps qs bits :=
  well_posedb v ps qs && in_64_bitsb bits &&
  match enclose prec k v u (combine ps qs) with
  | Some i => nearest bits i || beyond bits i
  | None => infinite false bits
  end.

(** ** Soundness *)

Lemma vanishes_false x : vanishes x = false -> 0 <= Q2R x -> 0 < Q2R x.
Proof. intros V G. pose proof (vanishes_spec x) as S. rewrite V in S. lra. Qed.

Lemma well_posedb_spec v ps qs : well_posedb v ps qs = true -> well_posed v ps qs.
Proof.
  unfold well_posedb, well_posed. rewrite !andb_true_iff, Nat.eqb_eq, forallb_forall.
  intros [[L G] T].
  assert (Q : forall p, In p (ps ++ qs) -> (0 <= p)%Q).
  { intros p P. apply G, Z.leb_le in P. unfold Qle; simpl. lia. }
  repeat split; try assumption; subst v; rewrite andb_true_iff, !existsb_exists in T; destruct T as [P R].
  all: apply Exists_exists. 1: destruct P as [p [I N]]; exists p. 2: destruct R as [p [I N]]; exists p.
  all: split; [exact I|]; apply negb_true_iff in N; apply Rlt_Qlt; rewrite RMicromega.Q2R_0.
  all: apply vanishes_false; [exact N|]; rewrite <- RMicromega.Q2R_0; apply Qle_Rle, Q, in_or_app; tauto.
Qed.

Lemma Sum_fst (f : Q -> R) ps (qs : list Q) :
  length ps = length qs -> Sum (fun x => f (fst x)) (combine ps qs) = Sum f ps.
Proof.
  revert qs. induction ps as [|p ps IH]; intros [|q qs] L; try discriminate; simpl; [reflexivity|]. rewrite IH; auto.
Qed.

Lemma Sum_snd (f : Q -> R) (ps : list Q) qs :
  length ps = length qs -> Sum (fun x => f (snd x)) (combine ps qs) = Sum f qs.
Proof.
  revert qs. induction ps as [|p ps IH]; intros [|q qs] L; try discriminate; simpl; [reflexivity|]. rewrite IH; auto.
Qed.

Lemma total_gt0 ps : (forall p, In p ps -> 0 <= Q2R p) -> Exists (fun p => 0 < p)%Q ps -> 0 < Sum Q2R ps.
Proof.
  intros G E. apply Exists_exists in E. destruct E as [p [I P]]. apply Qlt_Rlt in P. rewrite RMicromega.Q2R_0 in P.
  apply Rlt_le_trans with (1 := P). now apply Sum_ge_term.
Qed.

Lemma well_posed_proper v ps qs : well_posed v ps qs -> proper v (combine ps qs).
Proof.
  intros [L [Q T]].
  assert (G : forall p, In p (ps ++ qs) -> 0 <= Q2R p).
  { intros p I. rewrite <- RMicromega.Q2R_0. now apply Qle_Rle, Q. }
  split.
  - intros [p q] I.
    split; apply G, in_or_app; [left; apply (in_combine_l _ _ _ _ I)|right; apply (in_combine_r _ _ _ _ I)].
  - intros N. destruct (T N) as [P R]. rewrite Sum_fst, Sum_snd by exact L.
    split; apply total_gt0; try assumption; intros p I; apply G, in_or_app; tauto.
Qed.

Lemma infinite_spec s bits : infinite s bits = true -> exists t, b64_of_bits bits = B754_infinity 53 1024 t /\ t = s.
Proof.
  unfold infinite. destruct (b64_of_bits bits) as [t|t|t p|t m e]; try discriminate.
  intros E. exists t. split; [reflexivity|now apply eqb_prop].
Qed.

Lemma in_64_bitsb_spec bits : in_64_bitsb bits = true -> in_64_bits bits.
Proof. unfold in_64_bitsb, in_64_bits. rewrite andb_true_iff, Z.leb_le, Z.ltb_lt. auto. Qed.

Lemma same_sign_correct f i r :
  encloses i r -> above_zero (if Bsign 53 1024 f then I.neg i else i) = true -> same_sign f r.
Proof.
  unfold same_sign. intros E A. destruct (Bsign 53 1024 f); symmetry.
  - apply Rlt_bool_true. apply neg_correct, above_zero_correct in E; [lra|exact A].
  - apply Rlt_bool_false. apply above_zero_correct in E; [lra|exact A].
Qed.

Lemma nearest_correct bits i r : in_64_bits bits -> encloses i r -> nearest bits i = true -> rounds_to r bits.
Proof.
  unfold nearest, rounds_to. intros W E. pose proof (midpoints_correct (b64_of_bits bits)) as M.
  destruct (midpoints (b64_of_bits bits)) as [[low high]|] eqn:Found; [|discriminate].
  destruct (M low high eq_refl) as [Low High]. rewrite !andb_true_iff. intros [[A B] S].
  apply (above_zero_correct _ (r - D2R low)) in A; [|apply sub_correct; [exact E|apply of_dyadic_correct]].
  apply (above_zero_correct _ (D2R high - r)) in B; [|apply sub_correct; [apply of_dyadic_correct|exact E]].
  assert (between_midpoints (b64_of_bits bits) r) by (unfold between_midpoints; lra).
  apply (same_sign_correct _ _ _ E) in S. split; [exact W|].
  destruct (b64_of_bits bits); try discriminate; now split.
Qed.

Lemma limit_correct :
  encloses (I.sub prec (of_dyadic prec (1, 1024)%Z) (of_dyadic prec (1, 970)%Z)) (bpow radix2 1024 - bpow radix2 970).
Proof.
  rewrite <- (Rmult_1_l (bpow radix2 1024)), <- (Rmult_1_l (bpow radix2 970)).
  apply sub_correct; apply (of_dyadic_correct prec (1, _)%Z).
Qed.

Lemma beyond_correct bits i r : in_64_bits bits -> encloses i r -> beyond bits i = true -> rounds_to r bits.
Proof.
  unfold beyond, rounds_to. intros W E. rewrite orb_true_iff, !andb_true_iff. pose proof limit_correct as L.
  intros [[S P]|[S P]]; apply infinite_spec in S; destruct S as [t [-> ->]]; (split; [exact W|]); unfold overflows.
  - apply (above_zero_correct _ (r - (bpow radix2 1024 - bpow radix2 970))) in P; [lra|]. now apply sub_correct.
  - apply (above_zero_correct _ (- r - (bpow radix2 1024 - bpow radix2 970))) in P; [lra|].
    apply sub_correct; [now apply neg_correct|exact L].
Qed.

Lemma check_at_correct k v u ps qs bits : check_at k v u ps qs bits = true -> certified k v u ps qs bits.
Proof.
  unfold check_at, certified, golden. rewrite !andb_true_iff. intros [[W B] C]. apply well_posedb_spec in W.
  apply in_64_bitsb_spec in B. split; [exact W|]. apply well_posed_proper in W.
  pose proof (enclose_correct prec k v u _ W) as E.
  destruct (enclose prec k v u (combine ps qs)) as [i|], (in_unit u (in_nats k v (combine ps qs))) as [r| |]; try easy.
  - apply orb_true_iff in C. destruct C; [now apply (nearest_correct bits i)|now apply (beyond_correct bits i)].
  - apply infinite_spec in C. destruct C as [t [F ->]]. split; [exact B|]. now rewrite F.
Qed.

End Precision.

Fixpoint refine (doublings : nat) (prec : positive) (checked : positive -> bool) : bool :=
  if checked prec then true else match doublings with S n => refine n (2 * prec) checked | O => false end.

Lemma refine_correct n prec checked : refine n prec checked = true -> exists prec, checked prec = true.
Proof.
  revert prec. induction n as [|n IH]; intros prec; simpl; destruct (checked prec) eqn:C; try discriminate; eauto.
Qed.

Definition check k v u ps qs bits := refine 5 80 (fun prec => check_at (F.PtoP prec) k v u ps qs bits).

Theorem check_correct k v u ps qs bits : check k v u ps qs bits = true -> certified k v u ps qs bits.
Proof. intros C. apply refine_correct in C. destruct C as [prec C]. exact (check_at_correct _ _ _ _ _ _ _ C). Qed.

Ltac prove_certified := apply check_correct; vm_cast_no_check (eq_refl true).
