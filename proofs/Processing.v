(** * Divergence of pairs and of what channels make of them

  Definitions
  - [joint p V]                      the pair of x from p and y from V(x): p(x)·V(y|x)
  - [left_marginal ys r]             Σ_y r(x, y)
  - [right_marginal xs r]            Σ_x r(x, y)
  - [product p v]                    the independent pair: p(x)·v(y)
  - [channel xs ys V]                V(x) is a distribution on [ys] for every x
  - [output xs p V]                  what the channel makes of p: Σ_x p(x)·V(y|x)
  - [kl_conditional xs ys p V W]     D(V‖W|p) = Σ p(x)·D(V(x)‖W(x)) as an extended real, where 0·∞ = 0
  - [Rbar_sum f xs]                  the sum of extended reals

  Statements
  - [kl_sum_chain_rule]              D(pV‖qW) = D(p‖q) + Σ p(x)·D(V(x)‖W(x)), for p << q and V << W where p > 0
  - [kl_chain_rule]                  D(pV‖qW) = D(p‖q) + D(V‖W|p), infinite or not
  - [kl_product]                     independent pairs: D is the sum of the two
  - [kl_marginal]                    D never grows from pairs to one of their parts
  - [kl_outputs]                     D of the outputs of V and W is at most D(p‖q) + D(V‖W|p)
  - [data_processing_inequality]     so one channel for both never adds to D(p‖q),
  - [kl_mixtures]                    and mixing with the same weights gives at most the mean of the divergences:
  - [kl_jointly_convex]              D(tp + (1-t)r ‖ tq + (1-t)s) <= t·D(p‖q) + (1-t)·D(r‖s), where 0·∞ = 0

  Cover & Thomas, Elements of Information Theory, 2nd ed., theorems 2.5.3 and 2.7.2, section 2.8. *)

From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence.
Import ListNotations.
Open Scope R_scope.

Definition joint {A B} (p : A -> R) (V : A -> B -> R) (z : A * B) := p (fst z) * V (fst z) (snd z).
Definition product {A B} (p : A -> R) (v : B -> R) : A * B -> R := joint p (fun _ => v).
Definition left_marginal {A B} (ys : list B) (r : A * B -> R) x := Sum (fun y => r (x, y)) ys.
Definition right_marginal {A B} (xs : list A) (r : A * B -> R) y := Sum (fun x => r (x, y)) xs.
Definition channel {A B} (xs : list A) (ys : list B) (V : A -> B -> R) := forall x, In x xs -> dist ys (V x).
Definition output {A B} (xs : list A) (p : A -> R) (V : A -> B -> R) := right_marginal xs (joint p V).

Fixpoint Rbar_sum {A} (f : A -> Rbar) xs : Rbar :=
  match xs with [] => Finite 0 | x :: t => Rbar_plus (f x) (Rbar_sum f t) end.

Definition kl_conditional {A B} (xs : list A) (ys : list B) (p : A -> R) V W : Rbar :=
  Rbar_sum (fun x => Rbar_mult (p x) (kl_divergence ys (V x) (W x))) xs.

(** ** Pairs *)

Lemma joint_dist {A B} (xs : list A) (ys : list B) p V :
  dist xs p -> channel xs ys V -> dist (list_prod xs ys) (joint p V).
Proof.
  intros [Hp Sp] HV. split.
  - intros [x y] I. apply in_prod_iff in I. destruct I as [Hx Hy]. unfold joint; simpl.
    apply Rmult_le_pos; [auto|now apply (prob_ge0 (HV x Hx))].
  - rewrite Sum_prod. unfold joint; simpl. rewrite <- Sp. apply Sum_ext; intros x Hx.
    rewrite Sum_scal, (prob_sum1 (HV x Hx)). ring.
Qed.

Lemma joint_dominated {A B} (xs : list A) (ys : list B) p q V W :
  channel xs ys V ->
  (dominated (list_prod xs ys) (joint p V) (joint q W) <->
   dominated xs p q /\ forall x, In x xs -> p x <> 0 -> dominated ys (V x) (W x)).
Proof.
  intros HV. split.
  - intros D. assert (T : forall x y, In x xs -> In y ys -> q x * W x y = 0 -> p x * V x y = 0).
    { intros x y Hx Hy. apply (D (x, y)). now apply in_prod. }
    split.
    + intros x Hx Z. rewrite <- (Rmult_1_r (p x)), <- (prob_sum1 (HV x Hx)), <- Sum_scal.
      apply Sum_0; intros y Hy. apply T; auto. rewrite Z. ring.
    + intros x Hx N y Hy Z. apply (Rmult_eq_reg_l (p x)); auto. rewrite Rmult_0_r. apply T; auto. rewrite Z. ring.
  - intros [D DV] [x y] I Z. apply in_prod_iff in I. destruct I as [Hx Hy]. unfold joint in *; simpl in *.
    destruct (Req_dec (p x) 0) as [->|N]; [ring|].
    apply Rmult_integral in Z. destruct Z as [Z|Z]; [elim N; auto|]. rewrite (DV x Hx N y Hy Z). ring.
Qed.

Lemma kl_term_mult p q v w : 0 <= p -> 0 <= q -> (q = 0 -> p = 0) -> 0 <= v -> 0 <= w -> (p <> 0 -> w = 0 -> v = 0) ->
  kl_term (p * v) (q * w) = kl_term p q * v + p * kl_term v w.
Proof.
  intros Hp Hq D Hv Hw E. unfold kl_term.
  destruct (Req_dec p 0) as [->|Np]; [ring|]. destruct (Req_dec v 0) as [->|Nv]; [ring|].
  assert (0 < q) by (destruct (Req_dec q 0); [tauto|lra]). assert (0 < w) by (destruct (Req_dec w 0); [tauto|lra]).
  replace (p * v / (q * w)) with (p / q * (v / w)) by (field; lra).
  rewrite ln_mult by (apply Rdiv_lt_0_compat; lra). ring.
Qed.

Theorem kl_sum_chain_rule {A B} (xs : list A) (ys : list B) p q V W :
  dist xs p -> dist xs q -> dominated xs p q ->
  channel xs ys V -> channel xs ys W -> (forall x, In x xs -> p x <> 0 -> dominated ys (V x) (W x)) ->
  kl_sum (list_prod xs ys) (joint p V) (joint q W) = kl_sum xs p q + Sum (fun x => p x * kl_sum ys (V x) (W x)) xs.
Proof.
  intros [Hp _] [Hq _] D HV HW DV. unfold kl_sum. rewrite Sum_prod, <- Sum_plus.
  apply Sum_ext; intros x Hx. destruct (HV x Hx) as [Hv Sv]. destruct (HW x Hx) as [Hw _].
  rewrite (Sum_ext _ (fun y => kl_term (p x) (q x) * V x y + p x * kl_term (V x y) (W x y))).
  - rewrite Sum_plus, !Sum_scal, Sv. ring.
  - intros y Hy. apply kl_term_mult; auto. intros N. now apply DV.
Qed.

(** ** Sums of extended reals *)

Lemma Rbar_sum_finite {A} (f : A -> Rbar) g xs :
  (forall x, In x xs -> f x = Finite (g x)) -> Rbar_sum f xs = Finite (Sum g xs).
Proof. induction xs as [|a l IH]; simpl; intros H; [reflexivity|]. rewrite H, IH by auto. reflexivity. Qed.

Lemma Rbar_sum_ge0 {A} (f : A -> Rbar) xs : (forall x, In x xs -> Rbar_le 0 (f x)) -> Rbar_le 0 (Rbar_sum f xs).
Proof.
  induction xs as [|a l IH]; simpl; intros H; [lra|].
  specialize (IH (fun x Hx => H x (or_intror Hx))). specialize (H a (or_introl eq_refl)).
  destruct (f a), (Rbar_sum f l); simpl in *; auto; lra.
Qed.

Lemma Rbar_sum_infinite {A} (f : A -> Rbar) xs x :
  (forall y, In y xs -> Rbar_le 0 (f y)) -> In x xs -> f x = p_infty -> Rbar_sum f xs = p_infty.
Proof.
  induction xs as [|a l IH]; simpl; [easy|]. intros H [->|I] E.
  - rewrite E. pose proof (Rbar_sum_ge0 f l (fun y Hy => H y (or_intror Hy))). now destruct (Rbar_sum f l).
  - rewrite (IH (fun y Hy => H y (or_intror Hy)) I E). specialize (H a (or_introl eq_refl)). now destruct (f a).
Qed.

Lemma Rbar_mult_infty p : 0 < p -> Rbar_mult p p_infty = p_infty.
Proof. intros Hp. apply is_Rbar_mult_unique. apply is_Rbar_mult_sym, is_Rbar_mult_p_infty_pos. exact Hp. Qed.

Lemma Rbar_mult_ge0 p x : 0 <= p -> Rbar_le 0 x -> Rbar_le 0 (Rbar_mult p x).
Proof.
  intros Hp Hx. destruct (Req_dec p 0) as [->|N]; [rewrite Rbar_mult_0_l; simpl; lra|].
  destruct x as [x| |]; simpl in Hx; [simpl; now apply Rmult_le_pos|rewrite Rbar_mult_infty by lra; exact I|tauto].
Qed.

(** ** The chain rule *)

Lemma kl_conditional_finite {A B} (xs : list A) (ys : list B) p V W :
  (forall x, In x xs -> p x <> 0 -> dominated ys (V x) (W x)) ->
  kl_conditional xs ys p V W = Finite (Sum (fun x => p x * kl_sum ys (V x) (W x)) xs).
Proof.
  intros D. apply Rbar_sum_finite; intros x Hx. destruct (Req_dec (p x) 0) as [->|N].
  - rewrite Rbar_mult_0_l. f_equal. ring.
  - now rewrite kl_dominated by auto.
Qed.

Lemma kl_conditional_ge0 {A B} (xs : list A) (ys : list B) p V W :
  dist xs p -> channel xs ys V -> channel xs ys W -> Rbar_le 0 (kl_conditional xs ys p V W).
Proof. intros [Hp _] HV HW. apply Rbar_sum_ge0; intros x Hx. apply Rbar_mult_ge0; auto. now apply kl_ge0; auto. Qed.

Lemma kl_conditional_infinite {A B} (xs : list A) (ys : list B) p V W :
  dist xs p -> channel xs ys V -> channel xs ys W ->
  ~ (forall x, In x xs -> p x <> 0 -> dominated ys (V x) (W x)) -> kl_conditional xs ys p V W = p_infty.
Proof.
  intros [Hp _] HV HW N.
  assert (E : exists x, In x xs /\ p x <> 0 /\ ~ dominated ys (V x) (W x)).
  { destruct (Exists_dec (fun x => p x <> 0 /\ ~ dominated ys (V x) (W x)) xs) as [E|F].
    - intros x. destruct (Req_EM_T (p x) 0), (dominated_dec ys (V x) (W x)); tauto.
    - apply Exists_exists in E. destruct E as [x E]. exists x. tauto.
    - elim N. intros x Hx Nx. destruct (dominated_dec ys (V x) (W x)) as [|D]; auto.
      elim F. apply Exists_exists. eauto. }
  destruct E as [x [Hx [Nx D]]]. apply Rbar_sum_infinite with x; auto.
  - intros y Hy. apply Rbar_mult_ge0; auto. now apply kl_ge0; auto.
  - rewrite kl_not_dominated by auto. apply Rbar_mult_infty. pose proof (Hp x Hx). lra.
Qed.

Theorem kl_chain_rule {A B} (xs : list A) (ys : list B) p q V W :
  dist xs p -> dist xs q -> channel xs ys V -> channel xs ys W ->
  kl_divergence (list_prod xs ys) (joint p V) (joint q W) =
  Rbar_plus (kl_divergence xs p q) (kl_conditional xs ys p V W).
Proof.
  intros Hp Hq HV HW. pose proof (kl_ge0 xs p q Hp Hq) as G. pose proof (kl_conditional_ge0 xs ys p V W Hp HV HW) as C.
  destruct (dominated_dec (list_prod xs ys) (joint p V) (joint q W)) as [D|N].
  - rewrite kl_dominated by auto. apply joint_dominated in D; auto. destruct D as [D DV].
    rewrite kl_dominated, kl_conditional_finite by auto. simpl. f_equal. now apply kl_sum_chain_rule.
  - rewrite kl_not_dominated by auto. rewrite joint_dominated in N by auto.
    destruct (dominated_dec xs p q) as [D|F].
    + rewrite kl_conditional_infinite by tauto. rewrite kl_dominated by auto. reflexivity.
    + rewrite kl_not_dominated by auto. now destruct (kl_conditional xs ys p V W).
Qed.

Theorem kl_product {A B} (xs : list A) (ys : list B) p q v w :
  dist xs p -> dist xs q -> dist ys v -> dist ys w ->
  kl_divergence (list_prod xs ys) (product p v) (product q w) =
  Rbar_plus (kl_divergence xs p q) (kl_divergence ys v w).
Proof.
  intros Hp Hq Hv Hw. unfold product. rewrite kl_chain_rule by easy. f_equal.
  destruct (dominated_dec ys v w) as [D|N].
  - rewrite kl_conditional_finite, kl_dominated by auto. f_equal.
    rewrite (Sum_ext _ (fun x => kl_sum ys v w * p x)) by (intros; ring). rewrite Sum_scal, (prob_sum1 Hp). ring.
  - rewrite (kl_not_dominated ys), kl_conditional_infinite; auto; try easy.
    intros D. assert (Z : Sum p xs = 0); [|rewrite (prob_sum1 Hp) in Z; lra].
    apply Sum_0; intros x Hx. destruct (Req_dec (p x) 0) as [|Nx]; [auto|]. elim N. now apply (D x).
Qed.

(** ** Data processing and convexity: the chain rule, then forgetting the left of the pair *)

Lemma right_marginal_dominated {A B} (xs : list A) (ys : list B) r s :
  (forall z, In z (list_prod xs ys) -> 0 <= s z) -> dominated (list_prod xs ys) r s ->
  dominated ys (right_marginal xs r) (right_marginal xs s).
Proof.
  intros Hs D y Hy Z. apply Sum_0; intros x Hx. pose proof (in_prod xs ys x y Hx Hy) as I. apply D; auto.
  apply (Sum_eq0 (fun x => s (x, y)) xs); auto. intros; apply Hs; now apply in_prod.
Qed.

(** The log-sum inequality in every column. *)
Theorem kl_marginal {A B} (xs : list A) (ys : list B) r s :
  dist (list_prod xs ys) r -> dist (list_prod xs ys) s ->
  Rbar_le (kl_divergence ys (right_marginal xs r) (right_marginal xs s)) (kl_divergence (list_prod xs ys) r s).
Proof.
  intros [Hr _] [Hs _]. destruct (dominated_dec (list_prod xs ys) r s) as [D|N].
  - rewrite !kl_dominated by (auto; now apply right_marginal_dominated). simpl.
    unfold kl_sum. rewrite Sum_prod, Sum_swap. apply Sum_le; intros y Hy. apply log_sum_inequality; intros x Hx.
    + apply Hr. now apply in_prod.
    + apply Hs. now apply in_prod.
    + apply D. now apply in_prod.
  - rewrite (kl_not_dominated (list_prod xs ys)) by auto. now destruct (kl_divergence ys _ _).
Qed.

Theorem kl_outputs {A B} (xs : list A) (ys : list B) p q V W :
  dist xs p -> dist xs q -> channel xs ys V -> channel xs ys W ->
  Rbar_le (kl_divergence ys (output xs p V) (output xs q W))
          (Rbar_plus (kl_divergence xs p q) (kl_conditional xs ys p V W)).
Proof. intros Hp Hq HV HW. rewrite <- kl_chain_rule by auto. apply kl_marginal; now apply joint_dist. Qed.

Theorem data_processing_inequality {A B} (xs : list A) (ys : list B) p q V :
  dist xs p -> dist xs q -> channel xs ys V ->
  Rbar_le (kl_divergence ys (output xs p V) (output xs q V)) (kl_divergence xs p q).
Proof.
  intros Hp Hq HV. rewrite <- (Rbar_plus_0_r (kl_divergence xs p q)).
  replace (Finite 0) with (kl_conditional xs ys p V V); [now apply kl_outputs|].
  rewrite kl_conditional_finite by easy. f_equal. apply Sum_0; intros x _.
  rewrite kl_sum_refl. ring.
Qed.

Theorem kl_mixtures {A B} (xs : list A) (ys : list B) p V W :
  dist xs p -> channel xs ys V -> channel xs ys W ->
  Rbar_le (kl_divergence ys (output xs p V) (output xs p W)) (kl_conditional xs ys p V W).
Proof.
  intros Hp HV HW. rewrite <- (Rbar_plus_0_l (kl_conditional xs ys p V W)), <- (kl_sum_refl xs p).
  rewrite <- kl_dominated by easy. now apply kl_outputs.
Qed.

Lemma kl_ext {A} (xs : list A) p p' q q' :
  (forall x, In x xs -> p x = p' x) -> (forall x, In x xs -> q x = q' x) ->
  kl_divergence xs p q = kl_divergence xs p' q'.
Proof.
  intros P Q. assert (E : dominated xs p q <-> dominated xs p' q').
  { split; intros D x Hx; [rewrite <- P, <- Q|rewrite P, Q]; auto. }
  destruct (dominated_dec xs p q) as [D|N].
  - rewrite !kl_dominated by tauto. f_equal. apply Sum_ext; intros x Hx. now rewrite P, Q.
  - now rewrite !kl_not_dominated by tauto.
Qed.

Theorem kl_jointly_convex {A} (xs : list A) p q r s t :
  0 <= t <= 1 -> dist xs p -> dist xs q -> dist xs r -> dist xs s ->
  Rbar_le (kl_divergence xs (mixture p r t) (mixture q s t))
          (Rbar_plus (Rbar_mult t (kl_divergence xs p q)) (Rbar_mult (1 - t) (kl_divergence xs r s))).
Proof.
  intros Ht Hp Hq Hr Hs.
  pose (w := fun b : bool => if b then t else 1 - t). pose (V := fun b : bool => if b then p else r).
  pose (W := fun b : bool => if b then q else s).
  assert (Hw : dist [true; false] w) by (split; [intros [|] _; unfold w; lra|unfold w; simpl; ring]).
  pose proof (kl_mixtures [true; false] xs w V W Hw ltac:(now intros [|] _) ltac:(now intros [|] _)) as M.
  unfold kl_conditional in M. simpl in M. rewrite Rbar_plus_0_r in M.
  erewrite kl_ext; [exact M| |]; intros x _; unfold output, right_marginal, joint, mixture, w, V, W; simpl; ring.
Qed.
