(** * When an exact value is rational

  A rational value is rounded exactly; any other lies on no boundary of rounding. In base b, with
  ln b = u0 + Σ u(a)·ln a over the same atoms, a value is its form divided by ln b.

  Statements, values in base b
  - [base_change]                 value/ln b = r + (value - r·ln b)/ln b
  - [based_form_eq_iff]           once an atom of b is eliminated in this way, equal iff the coefficients are
  - [rational_in_base_iff]        value/ln b = r iff the form is r times that of ln b
  - [rational_in_base_test]       a computation decides it: r can only be the ratio of the coefficients of an atom of b
  - [rational_in_nats_iff]        value = r iff no logarithm is left and c0 = r
  - [rational_in_nats_test]       which a computation decides

  Statements, distributions with rational masses
  - [kl_rational_iff]             in nats D(p‖q) is rational only where it is 0: iff p = q
  - [entropy_rational_iff]        in nats H(p) is rational only where it is 0: iff some outcome is certain *)

From Coq Require Import Reals QArith Qreals ZArith Bool Lra List.
From Coquelicot Require Import Rbar.
From klexact Require Import Sums Conventions Divergence Entropy Irrational Independence CanonicalForms.
Open Scope R_scope.

(** ** Bases of logarithms *)

Lemma ln_neq0 b : 0 < b -> b <> 1 -> ln b <> 0.
Proof. intros P N E. apply N, ln_inv; [exact P|lra|now rewrite ln_1]. Qed.

Theorem base_change B b u0 u c0 c r : 0 < b -> b <> 1 -> ln b = log_form B u0 u ->
  log_form B c0 c / ln b = Q2R r + log_form B (c0 - r * u0) (fun a => c a - r * u a)%Q / ln b.
Proof.
  intros P N E. rewrite log_form_minus, log_form_scal, <- E. field. now apply ln_neq0.
Qed.

Theorem based_form_eq_iff B b u0 u e r c0 c s d0 d : coprime_base B -> 0 < b -> b <> 1 -> ln b = log_form B u0 u ->
  In e B -> ~ (u e == 0)%Q -> (c e == 0)%Q -> (d e == 0)%Q ->
  (Q2R r + log_form B c0 c / ln b = Q2R s + log_form B d0 d / ln b <->
   (r == s)%Q /\ (c0 == d0)%Q /\ forall a, In a B -> (c a == d a)%Q).
Proof.
  intros base P N E He Ue Ce De. pose proof (ln_neq0 b P N) as L. split.
  - intros F. assert (G : log_form B (r * u0 + c0) (fun a => r * u a + c a)%Q
                          = log_form B (s * u0 + d0) (fun a => s * u a + d a)%Q).
    { rewrite !log_form_plus, !log_form_scal, <- E. apply (Rmult_eq_reg_r (/ ln b)); [|now apply Rinv_neq_0_compat].
      replace ((Q2R r * ln b + log_form B c0 c) * / ln b) with (Q2R r + log_form B c0 c / ln b) by (field; auto).
      rewrite F. field. auto. }
    apply log_form_eq_iff in G; [|exact base]. destruct G as [G0 G].
    assert (rs : (r == s)%Q).
    { specialize (G e He). rewrite Ce, De, !Qplus_0_r in G. now apply Qmult_inj_r in G. }
    split; [exact rs|]. rewrite rs in G0. split; [now apply Qplus_inj_l in G0|].
    intros a Ha. specialize (G a Ha). rewrite rs in G. now apply Qplus_inj_l in G.
  - intros [rs [E0 Ea]]. now rewrite (Qeq_eqR _ _ rs), (log_form_ext B c0 c d0 d E0 Ea).
Qed.

Theorem rational_in_base_iff B b u0 u c0 c r : coprime_base B -> 0 < b -> b <> 1 -> ln b = log_form B u0 u ->
  (log_form B c0 c / ln b = Q2R r <-> (c0 == r * u0)%Q /\ forall a, In a B -> (c a == r * u a)%Q).
Proof.
  intros base P N E. rewrite <- (log_form_eq_iff B c0 c (r * u0) (fun a => r * u a)%Q base), log_form_scal, <- E.
  pose proof (ln_neq0 b P N) as L. split; intros F.
  - rewrite <- F. field. exact L.
  - rewrite F. field. exact L.
Qed.

(** Any atom of b tells the ratio. *)
Theorem rational_in_base_test B b u0 u e c0 c : coprime_base B -> 0 < b -> b <> 1 -> ln b = log_form B u0 u ->
  In e B -> ~ (u e == 0)%Q ->
  let r := (c e / u e)%Q in
  if log_form_eqb B c0 c (r * u0) (fun a => r * u a)%Q then log_form B c0 c / ln b = Q2R r
  else irrational (log_form B c0 c / ln b).
Proof.
  intros base P N E He Ue r.
  pose proof (log_form_eqb_correct B c0 c (r * u0) (fun a => r * u a)%Q base) as T. destruct (log_form_eqb _ _ _ _ _).
  - apply (rational_in_base_iff B b u0 u); auto. now apply log_form_eq_iff, T.
  - intros s S. apply diff_false_true, T, log_form_eq_iff; [exact base|].
    apply (rational_in_base_iff B b u0 u) in S; auto. destruct S as [S0 S].
    assert (rs : (r == s)%Q) by (unfold r; rewrite (S e He); field; exact Ue).
    split; [now rewrite rs|]. intros a Ha. rewrite rs. auto.
Qed.

Theorem rational_in_nats_iff B c0 c r : coprime_base B ->
  (log_form B c0 c = Q2R r <-> (c0 == r)%Q /\ forall a, In a B -> (c a == 0)%Q).
Proof.
  intros base. rewrite <- (log_form_eq_iff B c0 c r (fun _ => 0%Q) base). unfold log_form at 3.
  rewrite Sum_0 by (intros; rewrite RMicromega.Q2R_0; ring). now rewrite Rplus_0_r.
Qed.

Theorem rational_in_nats_test B c0 c : coprime_base B ->
  if log_form_eqb B c0 c c0 (fun _ => 0%Q) then log_form B c0 c = Q2R c0 else irrational (log_form B c0 c).
Proof.
  intros base.
  pose proof (log_form_eqb_correct B c0 c c0 (fun _ => 0%Q) base) as T. destruct (log_form_eqb _ _ _ _ _).
  - apply rational_in_nats_iff; [exact base|]. now apply log_form_eq_iff, T.
  - intros s S. apply diff_false_true, T, log_form_eq_iff; [exact base|].
    apply rational_in_nats_iff in S; [|exact base]. split; [reflexivity|apply S].
Qed.

(** ** Rational values of divergence and entropy *)

Lemma log_sum_rational_eq0 {A} (xs : list A) c r s : (forall x, In x xs -> ~ c x == 0 -> 0 < r x)%Q ->
  Sum (fun x => Q2R (c x) * ln (Q2R (r x))) xs = Q2R s -> Q2R s = 0.
Proof.
  intros H E. destruct (canonical_form_exists xs c r H) as [B [d [_ [P F]]]]. rewrite F in E.
  apply rational_in_nats_iff in E; [|now apply coprime_base_of_primes].
  rewrite <- (Qeq_eqR _ _ (proj1 E)). apply RMicromega.Q2R_0.
Qed.

Lemma mass_gt0 {A} (xs : list A) p x : dist xs (fun x => Q2R (p x)) -> In x xs -> ~ (p x == 0)%Q -> (0 < p x)%Q.
Proof.
  intros Hp Hx N. apply Rlt_Qlt. rewrite RMicromega.Q2R_0.
  apply Q2R_neq0 in N. pose proof (prob_ge0 Hp x Hx) as G. simpl in G. lra.
Qed.

Theorem kl_rational_iff {A} (xs : list A) (p q : A -> Q) :
  dist xs (fun x => Q2R (p x)) -> dist xs (fun x => Q2R (q x)) ->
  ((exists r, kl_divergence xs (fun x => Q2R (p x)) (fun x => Q2R (q x)) = Finite (Q2R r)) <->
   forall x, In x xs -> (p x == q x)%Q).
Proof.
  intros Hp Hq. split.
  - intros [r E] x Hx. apply eqR_Qeq. revert x Hx. apply kl_eq0; auto. rewrite E. f_equal.
    unfold kl_divergence in E. destruct dominated_dec as [D|]; [injection E as E|discriminate].
    assert (null : forall x, In x xs -> (q x == 0)%Q -> (p x == 0)%Q).
    { intros x Hx Z. apply Q2R_eq0, (D x Hx). now rewrite (Qeq_eqR _ _ Z), RMicromega.Q2R_0. }
    apply (log_sum_rational_eq0 xs p (fun x => p x / q x)%Q r).
    + intros x Hx N. pose proof (mass_gt0 xs p x Hp Hx N). apply Qlt_shift_div_l; [|now rewrite Qmult_0_l].
      apply (mass_gt0 xs q x Hq Hx). auto.
    + rewrite <- E. apply Sum_ext; intros x Hx. unfold kl_term. destruct (Qeq_dec (q x) 0) as [Z|N].
      * rewrite (Qeq_eqR _ _ (null x Hx Z)), RMicromega.Q2R_0. ring.
      * now rewrite Q2R_div.
  - intros E. exists 0%Q. rewrite RMicromega.Q2R_0. apply kl_eq0; auto. intros x Hx. now apply Qeq_eqR, E.
Qed.

Theorem entropy_rational_iff {A} (xs : list A) (p : A -> Q) : dist xs (fun x => Q2R (p x)) ->
  ((exists r, entropy xs (fun x => Q2R (p x)) = Q2R r) <-> exists x, In x xs /\ (p x == 1)%Q).
Proof.
  intros Hp.
  assert (one : (exists x, In x xs /\ (p x == 1)%Q) <-> exists x, In x xs /\ Q2R (p x) = 1).
  { rewrite <- RMicromega.Q2R_1.
    split; intros [x [Hx E]]; exists x; split; auto; [now apply Qeq_eqR|now apply eqR_Qeq]. }
  rewrite one, <- entropy_eq0 by exact Hp. split.
  - intros [r E]. rewrite E. rewrite <- (Ropp_involutive (Q2R r)), <- Q2R_opp.
    rewrite (log_sum_rational_eq0 xs p p (- r)); [ring|intros x Hx N; now apply (mass_gt0 xs)|].
    rewrite Q2R_opp, <- E. unfold entropy. ring.
  - intros E. exists 0%Q. now rewrite E, RMicromega.Q2R_0.
Qed.
