(** * Kullback-Leibler divergence

  Definitions
  - [kl_sum xs p q]                Σ p·ln(p/q), in nats, for p << q
  - [kl_divergence xs p q]         D(p‖q) as an extended real: [kl_sum] where p << q, else +∞

  Statements
  - [gibbs_inequality], [kl_ge0]   D >= 0
  - [kl_sum_eq0], [kl_eq0]         D = 0 iff the distributions are equal
  - [kl_infinite_iff]              D = +∞ iff p is not dominated by q
  - [kl_impossible_outcome]        an outcome that neither allows changes nothing
  - [log_sum_inequality]           Σa·ln(Σa/Σb) <= Σ a·ln(a/b)
  - [log_sum_equality]             with equality iff a and b are proportional *)

From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions.
Import ListNotations.
Open Scope R_scope.

Definition kl_sum {A} (xs : list A) p q := Sum (fun x => kl_term (p x) (q x)) xs.

Definition kl_divergence {A} (xs : list A) p q : Rbar :=
  if dominated_dec xs p q then Finite (kl_sum xs p q) else p_infty.

Lemma kl_dominated {A} (xs : list A) p q : dominated xs p q -> kl_divergence xs p q = Finite (kl_sum xs p q).
Proof. unfold kl_divergence; destruct dominated_dec; tauto. Qed.

Lemma kl_not_dominated {A} (xs : list A) p q : ~ dominated xs p q -> kl_divergence xs p q = p_infty.
Proof. unfold kl_divergence; destruct dominated_dec; tauto. Qed.

Lemma kl_sum_refl {A} (xs : list A) p : kl_sum xs p p = 0.
Proof. apply Sum_0; intros; apply kl_term_refl. Qed.

Lemma kl_divergence_refl {A} (xs : list A) p : kl_divergence xs p p = 0.
Proof. rewrite kl_dominated by (intros x _ Z; exact Z). now rewrite kl_sum_refl. Qed.

Theorem gibbs_inequality {A} (xs : list A) p q :
  dist xs p -> dist xs q -> dominated xs p q -> 0 <= kl_sum xs p q.
Proof.
  intros [Hp Sp] [Hq Sq] D.
  apply Rle_trans with (Sum (fun x => p x - q x) xs).
  - rewrite Sum_minus, Sp, Sq. lra.
  - apply Sum_le; intros x Hx. now apply kl_term_ge; auto.
Qed.

Theorem kl_sum_eq0 {A} (xs : list A) p q :
  dist xs p -> dist xs q -> dominated xs p q ->
  (kl_sum xs p q = 0 <-> forall x, In x xs -> p x = q x).
Proof.
  intros [Hp Sp] [Hq Sq] D. split.
  - intros E x Hx. apply kl_term_eq; auto.
    assert (Z : forall x, In x xs -> kl_term (p x) (q x) - (p x - q x) = 0).
    { apply Sum_eq0.
      - intros y Hy. pose proof (kl_term_ge (p y) (q y) (Hp y Hy) (Hq y Hy) (D y Hy)). lra.
      - rewrite Sum_minus, Sum_minus, Sp, Sq. unfold kl_sum in E. rewrite E. lra. }
    specialize (Z x Hx). lra.
  - intros E. apply Sum_0; intros x Hx. rewrite (E x Hx). apply kl_term_refl.
Qed.

Theorem kl_ge0 {A} (xs : list A) p q : dist xs p -> dist xs q -> Rbar_le 0 (kl_divergence xs p q).
Proof. intros; unfold kl_divergence; destruct dominated_dec; simpl; auto. now apply gibbs_inequality. Qed.

Theorem kl_eq0 {A} (xs : list A) p q :
  dist xs p -> dist xs q -> (kl_divergence xs p q = 0 <-> forall x, In x xs -> p x = q x).
Proof.
  intros Hp Hq. unfold kl_divergence. destruct dominated_dec as [D|N]; split; intros H.
  - apply kl_sum_eq0; auto. now injection H.
  - f_equal. now apply kl_sum_eq0.
  - discriminate.
  - elim N. intros x Hx Z. now rewrite H.
Qed.

Theorem kl_infinite_iff {A} (xs : list A) p q : kl_divergence xs p q = p_infty <-> ~ dominated xs p q.
Proof. unfold kl_divergence; destruct dominated_dec; split; try easy; tauto. Qed.

Theorem kl_impossible_outcome {A} (xs : list A) x p q :
  p x = 0 -> q x = 0 -> kl_divergence (x :: xs) p q = kl_divergence xs p q.
Proof.
  intros P Q.
  assert (E : dominated (x :: xs) p q <-> dominated xs p q).
  { split; intros D y Hy; [apply D; now right|]. destruct Hy as [<-|Hy]; auto. }
  destruct (dominated_dec xs p q) as [D|N].
  - rewrite !kl_dominated by tauto. f_equal. unfold kl_sum; simpl. unfold kl_term at 1. rewrite P. ring.
  - rewrite !kl_not_dominated by tauto. reflexivity.
Qed.

(** The sum of b is positive where a has mass and b dominates it. *)
Lemma Sum_gt0_dominated {A} (xs : list A) a b :
  (forall x, In x xs -> 0 <= a x) -> (forall x, In x xs -> 0 <= b x) -> dominated xs a b ->
  Sum a xs <> 0 -> 0 < Sum b xs.
Proof.
  intros Ha Hb D N. pose proof (Sum_ge0 b xs Hb). destruct (Req_dec (Sum b xs) 0) as [Z|]; [|lra].
  elim N. apply Sum_0. intros x Hx. apply D; auto. now apply (Sum_eq0 b xs).
Qed.

(** Scaling b by Σa/Σb moves the logarithm of that ratio out of the sum. *)
Lemma log_sum_scaled {A} (xs : list A) a b :
  (forall x, In x xs -> 0 <= a x) -> (forall x, In x xs -> 0 <= b x) -> dominated xs a b -> Sum a xs <> 0 ->
  kl_sum xs a b = Sum a xs * ln (Sum a xs / Sum b xs) + kl_sum xs a (fun x => Sum a xs / Sum b xs * b x).
Proof.
  intros Ha Hb D N. pose proof (Sum_ge0 a xs Ha). pose proof (Sum_gt0_dominated xs a b Ha Hb D N).
  set (k := Sum a xs / Sum b xs). assert (Hk : 0 < k) by (apply Rdiv_lt_0_compat; lra).
  unfold kl_sum. rewrite (Rmult_comm (Sum a xs)), <- Sum_scal, <- Sum_plus.
  apply Sum_ext; intros x Hx. unfold kl_term. destruct (Req_dec (a x) 0) as [->|Nx]; [ring|].
  assert (0 < a x) by (pose proof (Ha x Hx); lra).
  assert (0 < b x) by (destruct (Req_dec (b x) 0) as [Z|]; [elim Nx; auto|pose proof (Hb x Hx); lra]).
  replace (a x / b x) with (k * (a x / (k * b x))) by (field; lra).
  rewrite ln_mult; auto; [ring|]. apply Rdiv_lt_0_compat; auto. now apply Rmult_lt_0_compat.
Qed.

Theorem log_sum_inequality {A} (xs : list A) a b :
  (forall x, In x xs -> 0 <= a x) -> (forall x, In x xs -> 0 <= b x) -> dominated xs a b ->
  Sum a xs * ln (Sum a xs / Sum b xs) <= kl_sum xs a b.
Proof.
  intros Ha Hb D. destruct (Req_dec (Sum a xs) 0) as [Z|N].
  - rewrite Z, Rmult_0_l. right. symmetry. apply Sum_0; intros x Hx.
    unfold kl_term. rewrite (Sum_eq0 a xs Ha Z x Hx). ring.
  - rewrite (log_sum_scaled xs a b) by auto.
    pose proof (Sum_ge0 a xs Ha). pose proof (Sum_gt0_dominated xs a b Ha Hb D N).
    set (k := Sum a xs / Sum b xs) in *. assert (Hk : 0 < k) by (apply Rdiv_lt_0_compat; lra).
    enough (0 <= kl_sum xs a (fun x => k * b x)) by lra.
    apply Rle_trans with (Sum (fun x => a x - k * b x) xs).
    + rewrite Sum_minus, Sum_scal. right. unfold k. field. lra.
    + apply Sum_le; intros x Hx. apply kl_term_ge; auto.
      * apply Rmult_le_pos; [lra|auto].
      * intros Z. apply D; auto. apply Rmult_integral in Z. lra.
Qed.

Theorem log_sum_equality {A} (xs : list A) a b :
  (forall x, In x xs -> 0 <= a x) -> (forall x, In x xs -> 0 <= b x) -> dominated xs a b ->
  (Sum a xs * ln (Sum a xs / Sum b xs) = kl_sum xs a b <->
   forall x, In x xs -> Sum b xs * a x = Sum a xs * b x).
Proof.
  intros Ha Hb D. destruct (Req_dec (Sum a xs) 0) as [Z|N].
  { pose proof (Sum_eq0 a xs Ha Z) as Za. split; intros _.
    - intros x Hx. rewrite Z, Za by auto. ring.
    - rewrite Z, Rmult_0_l. symmetry. apply Sum_0; intros x Hx. unfold kl_term. rewrite Za by auto. ring. }
  rewrite (log_sum_scaled xs a b) by auto.
  pose proof (Sum_ge0 a xs Ha). pose proof (Sum_gt0_dominated xs a b Ha Hb D N).
  set (k := Sum a xs / Sum b xs) in *. assert (Hk : 0 < k) by (apply Rdiv_lt_0_compat; lra).
  assert (Hkb : forall x, In x xs -> 0 <= k * b x) by (intros; apply Rmult_le_pos; [lra|auto]).
  assert (Dk : forall x, In x xs -> k * b x = 0 -> a x = 0)
    by (intros x Hx E; apply D; auto; apply Rmult_integral in E; lra).
  split.
  - intros E x Hx. enough (a x = k * b x) as -> by (unfold k; field; lra).
    apply kl_term_eq; auto.
    assert (Z : forall x, In x xs -> kl_term (a x) (k * b x) - (a x - k * b x) = 0).
    { apply Sum_eq0.
      - intros y Hy. pose proof (kl_term_ge (a y) (k * b y) (Ha y Hy) (Hkb y Hy) (Dk y Hy)). lra.
      - rewrite Sum_minus, Sum_minus, Sum_scal.
        assert (K : kl_sum xs a (fun x => k * b x) = 0) by lra. unfold kl_sum in K. rewrite K. unfold k. field. lra. }
    specialize (Z x Hx). lra.
  - intros E. enough (K : kl_sum xs a (fun x => k * b x) = 0) by (rewrite K; ring).
    apply Sum_0; intros x Hx. replace (a x) with (k * b x); [apply kl_term_refl|].
    apply (Rmult_eq_reg_l (Sum b xs)); [|lra]. rewrite (E x Hx). unfold k. field. lra.
Qed.
