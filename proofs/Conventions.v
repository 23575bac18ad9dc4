(** * The conventions at zero, and the one inequality beneath everything

  Coq's [ln 0] is 0 and so is [/ 0]: the limits say what the mathematics is, and infinity is in the type of the
  divergence ([Rbar], in Divergence.v), never left to [p * ln (p / 0)].

  Definitions
  - [kl_term p q]                    p·ln(p/q)

  Statements
  - [xlogx_limit_0]                  x·ln x -> 0 as x -> 0+
  - [kl_term_limit_p0]               p·ln(p/q) -> 0 as p -> 0+, for q > 0
  - [kl_term_limit_q0]               p·ln(p/q) -> +∞ as q -> 0+, for p > 0
  - [kl_term_no_limit_00]            so p·ln(p/q) has no limit as (p, q) -> (0+, 0+): 0·ln(0/0) = 0 is a definition
  - [ln_le_sub1], [ln_eq_sub1]       ln y <= y - 1, with equality only at 1
  - [kl_term_ge], [kl_term_eq]       p·ln(p/q) >= p - q, with equality only at p = q *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Definition kl_term (p q : R) := p * ln (p / q).

Theorem xlogx_limit_0 : filterlim (fun x => x * ln x) (at_right 0) (locally 0).
Proof.
  assert (H : is_lim (fun y => - (ln y / y)) p_infty 0).
  { replace (Finite 0) with (Rbar_opp 0) by (simpl; f_equal; ring). apply is_lim_opp, is_lim_div_ln_p. }
  apply (filterlim_ext_loc (fun x => - (ln (/ x) / / x))).
  { exists (mkposreal 1 Rlt_0_1); intros y _ Hy. rewrite ln_Rinv by auto. field. lra. }
  apply (filterlim_comp _ _ _ (fun x => / x) (fun y => - (ln y / y)) _ (Rbar_locally p_infty)); [|exact H].
  apply filterlim_Rinv_0_right.
Qed.

Theorem kl_term_limit_p0 q : 0 < q -> filterlim (fun p => kl_term p q) (at_right 0) (locally 0).
Proof.
  intros Hq.
  apply (filterlim_ext_loc (fun p => p * ln p + - ln q * p)).
  { exists (mkposreal 1 Rlt_0_1); intros p _ Hp. unfold kl_term. rewrite ln_div by auto. ring. }
  assert (C : filterlim (fun p => - ln q * p) (at_right 0) (locally 0)).
  { apply (filterlim_filter_le_1 (F := locally 0) (fun p => - ln q * p)); [intros P HP; now apply filter_le_within|].
    replace 0 with (- ln q * 0) at 2 by ring.
    apply (ex_derive_continuous (fun p => - ln q * p)). auto_derive. auto. }
  replace 0 with (0 + 0) at 2 by ring.
  exact (filterlim_comp_2 (fun p => p * ln p) (fun p => - ln q * p) Rplus xlogx_limit_0 C
           (filterlim_plus (V := R_NormedModule) 0 0)).
Qed.

Theorem kl_term_limit_q0 p : 0 < p -> filterlim (fun q => kl_term p q) (at_right 0) (Rbar_locally p_infty).
Proof.
  intros Hp.
  apply (filterlim_ext_loc (fun q => p * ln p + p * ln (/ q))).
  { exists (mkposreal 1 Rlt_0_1); intros q _ Hq. unfold kl_term, Rdiv.
    rewrite ln_mult; auto; [ring|]. now apply Rinv_0_lt_compat. }
  intros P [M HM].
  assert (H : filterlim (fun q => ln (/ q)) (at_right 0) (Rbar_locally p_infty)).
  { eapply filterlim_comp; [apply filterlim_Rinv_0_right|apply is_lim_ln_p]. }
  assert (HP : Rbar_locally p_infty (fun y => P (p * ln p + p * y))).
  { exists ((M - p * ln p) / p). intros y Hy. apply HM.
    apply (Rmult_lt_compat_l p) in Hy; auto.
    replace (p * ((M - p * ln p) / p)) with (M - p * ln p) in Hy by (field; lra). lra. }
  exact (H _ HP).
Qed.

Lemma kl_term_refl p : kl_term p p = 0.
Proof.
  unfold kl_term. destruct (Req_dec p 0) as [->|N]; [ring|].
  unfold Rdiv. rewrite Rinv_r, ln_1 by auto. ring.
Qed.

(** On the diagonal it is 0; beside every (p, 0) it is as large as you please. *)
Theorem kl_term_no_limit_00 l :
  ~ filterlim (fun z => kl_term (fst z) (snd z)) (filter_prod (at_right 0) (at_right 0)) (Rbar_locally l).
Proof.
  intros L.
  assert (near : forall P, Rbar_locally l P ->
    exists e, 0 < e /\ forall p q, 0 < p < e -> 0 < q < e -> P (kl_term p q)).
  { intros P HP. destruct (L P HP) as [U V [d HU] [e HV] H].
    exists (Rmin d e). split; [apply Rmin_pos; apply cond_pos|]. pose proof (Rmin_l d e). pose proof (Rmin_r d e).
    intros p q Hp Hq. apply (H p q); [apply HU|apply HV]; try lra;
      apply Rabs_def1; unfold minus, plus, opp; simpl; lra. }
  assert (zero : forall P, Rbar_locally l P -> P 0).
  { intros P HP. destruct (near P HP) as [e [He H]]. rewrite <- (kl_term_refl (e / 2)). apply H; lra. }
  assert (large : forall P M, Rbar_locally l P -> exists y, M < y /\ P y).
  { intros P M HP. destruct (near P HP) as [e [He H]].
    destruct (kl_term_limit_q0 (e / 2) ltac:(lra) (fun y => M < y)) as [d HM]; [now exists M|].
    pose proof (Rmin_l d e). pose proof (Rmin_r d e). pose proof (Rmin_pos d e (cond_pos d) He).
    exists (kl_term (e / 2) (Rmin d e / 2)). split; [|apply H; lra].
    apply HM; [apply Rabs_def1; unfold minus, plus, opp; simpl|]; lra. }
  destruct l as [l| |].
  - destruct (large (fun y => y < l + 1) (l + 1)) as [y Y]; [|lra].
    exists (mkposreal 1 Rlt_0_1). intros y Y. apply Rabs_def2 in Y. unfold minus, plus, opp in Y; simpl in Y. lra.
  - apply (Rlt_irrefl 0), (zero (fun y => 0 < y)). now exists 0.
  - apply (Rlt_irrefl 0), (zero (fun y => y < 0)). now exists 0.
Qed.

Theorem ln_le_sub1 y : 0 < y -> ln y <= y - 1.
Proof.
  intros Hy. destruct (Req_dec (ln y) 0) as [E|N].
  - assert (y = 1) by (apply ln_inv; [lra|lra|rewrite ln_1; exact E]). lra.
  - pose proof (exp_ineq1 (ln y) N) as H. rewrite exp_ln in H; lra.
Qed.

Theorem ln_eq_sub1 y : 0 < y -> ln y = y - 1 -> y = 1.
Proof.
  intros Hy E. destruct (Req_dec (ln y) 0) as [Z|N]; [lra|].
  pose proof (exp_ineq1 (ln y) N) as H. rewrite exp_ln in H; lra.
Qed.

Lemma kl_term_ratio p q : 0 < p -> 0 < q -> kl_term p q = - p * ln (q / p).
Proof.
  intros Hp Hq. unfold kl_term. replace (p / q) with (/ (q / p)) by (field; lra).
  rewrite ln_Rinv by now apply Rdiv_lt_0_compat. ring.
Qed.

Theorem kl_term_ge p q : 0 <= p -> 0 <= q -> (q = 0 -> p = 0) -> p - q <= kl_term p q.
Proof.
  intros Hp Hq D. destruct (Req_dec p 0) as [->|Np]; [unfold kl_term; rewrite Rmult_0_l; lra|].
  assert (0 < p) by lra. assert (0 < q) by (destruct (Req_dec q 0); [tauto|lra]).
  rewrite kl_term_ratio by auto.
  pose proof (ln_le_sub1 (q / p) ltac:(now apply Rdiv_lt_0_compat)) as L.
  apply (Rmult_le_compat_l p) in L; [|lra].
  replace (p * (q / p - 1)) with (q - p) in L by (field; lra). lra.
Qed.

Theorem kl_term_eq p q : 0 <= p -> 0 <= q -> (q = 0 -> p = 0) -> kl_term p q = p - q -> p = q.
Proof.
  intros Hp Hq D E.
  destruct (Req_dec p 0) as [->|Np]; [unfold kl_term in E; rewrite Rmult_0_l in E; lra|].
  assert (0 < p) by lra. assert (0 < q) by (destruct (Req_dec q 0); [tauto|lra]).
  rewrite kl_term_ratio in E by auto.
  assert (L : q / p = 1).
  { apply ln_eq_sub1; [now apply Rdiv_lt_0_compat|].
    apply (Rmult_eq_reg_l p); [|lra]. replace (p * (q / p - 1)) with (q - p) by (field; lra). lra. }
  apply (f_equal (Rmult p)) in L. replace (p * (q / p)) with q in L by (field; lra). lra.
Qed.

Lemma kl_term_scal k p q : (q = 0 -> p = 0) -> kl_term (k * p) (k * q) = k * kl_term p q.
Proof.
  intros D. unfold kl_term. destruct (Req_dec k 0) as [->|]; [ring|].
  destruct (Req_dec p 0) as [->|]; [ring|]. assert (q <> 0) by tauto.
  replace (k * p / (k * q)) with (p / q) by (field; auto). ring.
Qed.
