(** * Ziv's loop ends: an irrational value is rounded correctly from any enclosure that is narrow enough

  For any radix and any format with valid exponents (IEEE 754's are, but for overflow), in every direction, as Flocq
  formalises them. The boundaries of rounding are rational, and whether a value is, its form tells.

  Definitions
  - [direction rnd]               nearest with any rule for ties, down, up, toward zero, or away from zero
  - [settles beta fexp rnd x]     both ends of an enclosure of [x] round as [x] does, once it is narrow enough

  Statements
  - [ziv_loop_ends]               it does if [x] is irrational
  - [nats_value_loop_ends]        a value in nats is the rational number that its form shows, or the loop ends
  - [based_value_loop_ends]       and so is one in base b

  Ziv, Fast evaluation of elementary mathematical functions with correctly rounded last bit, ACM TOMS 17, 1991. *)

From Coq Require Import Reals QArith Qreals ZArith Lra Lia List.
From Flocq Require Import Core.
From klexact Require Import Sums Irrational Independence CanonicalForms ExactValues.
Open Scope R_scope.

Inductive direction : (R -> Z) -> Prop :=
  | to_nearest choice : direction (Znearest choice)
  | downward : direction Zfloor
  | upward : direction Zceil
  | toward_zero : direction Ztrunc
  | away_from_zero : direction Zaway.

Definition settles beta fexp rnd (x : R) := exists eps, 0 < eps /\ forall lo hi, lo <= x <= hi -> hi - lo < eps ->
  round beta fexp rnd lo = round beta fexp rnd x /\ round beta fexp rnd hi = round beta fexp rnd x.

Lemma format_rational beta fexp x : generic_format beta fexp x -> exists r, x = Q2R r.
Proof.
  intros ->. unfold F2R; cbn [Fnum Fexp].
  generalize (Ztrunc (scaled_mantissa beta fexp x)) (cexp beta fexp x). intros m e.
  destruct (Z.le_gt_cases 0 e) as [P|N].
  - exists (inject_Z (m * beta ^ e)). unfold Q2R; simpl. rewrite Rinv_1, mult_IZR, IZR_Zpower by exact P. ring.
  - assert (B : (0 < beta ^ (- e))%Z) by (apply Zpower_gt_0; lia).
    exists (m # Z.to_pos (beta ^ (- e))). unfold Q2R; simpl. rewrite Z2Pos.id, IZR_Zpower, bpow_opp by lia.
    now rewrite Rinv_inv.
Qed.

Section Loop.

Context (beta : radix) (fexp : Z -> Z) {valid : Valid_exp fexp} (x : R) (irrational_x : irrational x).

Let d := round beta fexp Zfloor x.
Let u := round beta fexp Zceil x.

Lemma irrational_not_format : ~ generic_format beta fexp x.
Proof. intros F. destruct (format_rational _ _ _ F) as [r E]. now apply (irrational_x r). Qed.

Lemma irrational_between : d < x < u.
Proof. apply round_DN_UP_lt, irrational_not_format. exact valid. Qed.

Lemma irrational_not_midpoint : x <> (d + u) / 2.
Proof.
  destruct (format_rational beta fexp d) as [r Er]; [now apply generic_format_round; [|apply valid_rnd_DN]|].
  destruct (format_rational beta fexp u) as [s Es]; [now apply generic_format_round; [|apply valid_rnd_UP]|].
  rewrite Er, Es. replace ((Q2R r + Q2R s) / 2) with (Q2R ((1 # 2) * (r + s))); [apply irrational_x|].
  rewrite Q2R_mult, Q2R_plus. unfold Q2R at 1; simpl. lra.
Qed.

(** Between its two neighbours every number has the same ones. *)
Lemma same_neighbours y : d < y < u -> round beta fexp Zfloor y = d /\ round beta fexp Zceil y = u.
Proof.
  intros H. pose proof irrational_not_format as N. split.
  - apply round_DN_eq; [exact valid|now apply generic_format_round; [|apply valid_rnd_DN]|].
    unfold d at 2. rewrite succ_DN_eq_UP by assumption. fold u. lra.
  - apply round_UP_eq; [exact valid|now apply generic_format_round; [|apply valid_rnd_UP]|].
    unfold u at 1. rewrite pred_UP_eq_DN by assumption. fold d. lra.
Qed.

Lemma settles_between rnd a b : a < x < b ->
  (forall y, a < y < b -> round beta fexp rnd y = round beta fexp rnd x) -> settles beta fexp rnd x.
Proof.
  intros X H. exists (Rmin (x - a) (b - x)). pose proof (Rmin_l (x - a) (b - x)). pose proof (Rmin_r (x - a) (b - x)).
  split; [apply Rmin_glb_lt; lra|]. intros lo hi L W. split; apply H; lra.
Qed.

Lemma settles_down : settles beta fexp Zfloor x.
Proof. apply (settles_between _ d u irrational_between). intros y Y. now apply same_neighbours. Qed.

Lemma settles_up : settles beta fexp Zceil x.
Proof. apply (settles_between _ d u irrational_between). intros y Y. now apply same_neighbours. Qed.

(** Near x, each direction is the one downward or the one upward. *)
Lemma settles_as rnd rnd' a b : settles beta fexp rnd' x -> a < x < b ->
  (forall y, a < y < b -> round beta fexp rnd y = round beta fexp rnd' y) -> settles beta fexp rnd x.
Proof.
  intros [eps [P S]] X H. exists (Rmin eps (Rmin (x - a) (b - x))).
  pose proof (Rmin_l eps (Rmin (x - a) (b - x))). pose proof (Rmin_r eps (Rmin (x - a) (b - x))).
  pose proof (Rmin_l (x - a) (b - x)). pose proof (Rmin_r (x - a) (b - x)).
  split; [repeat apply Rmin_glb_lt; lra|]. intros lo hi L W.
  rewrite !H by lra. apply S; lra.
Qed.

Lemma irrational_neq0 : x <> 0.
Proof. rewrite <- RMicromega.Q2R_0. apply irrational_x. Qed.

Theorem ziv_loop_ends rnd : direction rnd -> settles beta fexp rnd x.
Proof.
  pose proof irrational_between. pose proof irrational_not_midpoint. pose proof irrational_neq0.
  intros [choice| | | |].
  - destruct (Rtotal_order x ((d + u) / 2)) as [L|[E|G]]; [|tauto|].
    + apply (settles_as _ Zfloor d ((d + u) / 2)); [exact settles_down|lra|]. intros y Y.
      destruct (same_neighbours y) as [Ed Eu]; [lra|]. apply round_N_eq_DN; [exact valid|]. rewrite Ed, Eu. lra.
    + apply (settles_as _ Zceil ((d + u) / 2) u); [exact settles_up|lra|]. intros y Y.
      destruct (same_neighbours y) as [Ed Eu]; [lra|]. apply round_N_eq_UP; [exact valid|]. rewrite Ed, Eu. lra.
  - exact settles_down.
  - exact settles_up.
  - destruct (Rtotal_order x 0) as [L|[E|G]]; [|tauto|].
    + apply (settles_as _ Zceil (2 * x) 0); [exact settles_up|lra|]. intros y Y. apply round_ZR_UP. lra.
    + apply (settles_as _ Zfloor 0 (2 * x)); [exact settles_down|lra|]. intros y Y. apply round_ZR_DN. lra.
  - destruct (Rtotal_order x 0) as [L|[E|G]]; [|tauto|].
    + apply (settles_as _ Zfloor (2 * x) 0); [exact settles_down|lra|]. intros y Y. apply round_AW_DN. lra.
    + apply (settles_as _ Zceil 0 (2 * x)); [exact settles_up|lra|]. intros y Y. apply round_AW_UP. lra.
Qed.

End Loop.

Theorem nats_value_loop_ends B c0 c : coprime_base B ->
  log_form B c0 c = Q2R c0 \/
  forall beta fexp rnd, Valid_exp fexp -> direction rnd -> settles beta fexp rnd (log_form B c0 c).
Proof.
  intros base. pose proof (rational_in_nats_test B c0 c base) as T. destruct (log_form_eqb _ _ _ _ _); [now left|right].
  intros beta fexp rnd V. now apply ziv_loop_ends.
Qed.

Theorem based_value_loop_ends B b u0 u e c0 c : coprime_base B -> 0 < b -> b <> 1 -> ln b = log_form B u0 u ->
  In e B -> ~ (u e == 0)%Q ->
  log_form B c0 c / ln b = Q2R (c e / u e) \/
  forall beta fexp rnd, Valid_exp fexp -> direction rnd -> settles beta fexp rnd (log_form B c0 c / ln b).
Proof.
  intros base P N E He Ue. pose proof (rational_in_base_test B b u0 u e c0 c base P N E He Ue) as T. cbv zeta in T.
  destruct (log_form_eqb _ _ _ _ _); [now left|right]. intros beta fexp rnd V. now apply ziv_loop_ends.
Qed.
