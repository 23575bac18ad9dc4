(** * Joint entropy and mutual information

  A joint distribution is one on the pairs [list_prod xs ys]; marginals and channels stand in Processing.v.

  Definitions
  - [conditional ys r]                   the channel x -> r(y|x) = r(x, y)/r(x), of zeros where r(x) = 0
  - [conditional_entropy xs ys r]        H(Y|X) = Σ r(x)·H(r(·|x))
  - [marginals_product xs ys r]          the independent pair with the marginals of r
  - [mutual_information xs ys r]         I(X; Y) = D(r ‖ product of its marginals), in nats
  - [independent xs ys r]                r(x, y) = r(x)·r(y) everywhere

  Statements
  - [entropy_chain_rule]                 H(X, Y) = H(X) + H(Y|X)
  - [entropy_chain_rule_channel]         the same for x from p and y from a channel: H(p) + Σ p(x)·H(V(x))
  - [entropy_product]                    H of an independent pair is the sum of the two
  - [conditional_entropy_ge0]            H(Y|X) >= 0,
  - [entropy_le_joint]                   so H(X) <= H(X, Y)
  - [mutual_information_finite]          the marginals' product dominates r: I is D as an extended real too
  - [mutual_information_symmetric]       I(X; Y) = I(Y; X)
  - [mutual_information_entropies]       I = H(X) + H(Y) - H(X, Y)
  - [mutual_information_conditional]     I = H(Y) - H(Y|X)
  - [mutual_information_channel]         for a channel, I = Σ p(x)·D(V(x) ‖ output): Jensen-Shannon with weights p
  - [mutual_information_ge0]             I >= 0
  - [mutual_information_eq0]             I = 0 iff independent
  - [mutual_information_processing]      I(X; Z) <= I(X; Y) for Z from a channel that has only Y
  - [entropy_subadditive]                H(X, Y) <= H(X) + H(Y),
  - [entropy_additive_iff]               with equality iff independent
  - [conditioning_reduces_entropy]       H(Y|X) <= H(Y),
  - [conditioning_irrelevant_iff]        with equality iff independent

  Cover & Thomas, Elements of Information Theory, 2nd ed., theorems 2.2.1, 2.4.1, 2.6.5, 2.6.6, 2.8.1 and (2.28). *)

From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence Entropy Processing.
Import ListNotations.
Open Scope R_scope.

Definition conditional {A B} (ys : list B) (r : A * B -> R) x y := r (x, y) / left_marginal ys r x.

Definition conditional_entropy {A B} (xs : list A) (ys : list B) (r : A * B -> R) :=
  Sum (fun x => left_marginal ys r x * entropy ys (conditional ys r x)) xs.

Definition marginals_product {A B} (xs : list A) (ys : list B) (r : A * B -> R) :=
  product (left_marginal ys r) (right_marginal xs r).

Definition mutual_information {A B} (xs : list A) (ys : list B) (r : A * B -> R) :=
  kl_sum (list_prod xs ys) r (marginals_product xs ys r).

Definition independent {A B} (xs : list A) (ys : list B) (r : A * B -> R) :=
  forall x y, In x xs -> In y ys -> r (x, y) = left_marginal ys r x * right_marginal xs r y.

(** ** The marginals *)

Lemma marginal_dists {A B} (xs : list A) (ys : list B) r : dist (list_prod xs ys) r ->
  dist xs (left_marginal ys r) /\ dist ys (right_marginal xs r).
Proof.
  intros [Hr Sr]. rewrite Sum_prod in Sr. split; split.
  - intros x Hx. apply Sum_ge0; intros y Hy. now apply Hr, in_prod.
  - exact Sr.
  - intros y Hy. apply Sum_ge0; intros x Hx. now apply Hr, in_prod.
  - unfold right_marginal. rewrite <- Sum_swap. exact Sr.
Qed.

(** A pair is at most as probable as each of its parts. *)
Lemma marginals_null {A B} (xs : list A) (ys : list B) r x y :
  dist (list_prod xs ys) r -> In x xs -> In y ys ->
  (left_marginal ys r x = 0 -> r (x, y) = 0) /\ (right_marginal xs r y = 0 -> r (x, y) = 0).
Proof.
  intros [Hr _] Hx Hy. split; intros Z.
  - apply (Sum_eq0 (fun y => r (x, y)) ys); auto. intros; now apply Hr, in_prod.
  - apply (Sum_eq0 (fun x => r (x, y)) xs); auto. intros; now apply Hr, in_prod.
Qed.

Lemma conditional_dist {A B} (xs : list A) (ys : list B) r x :
  dist (list_prod xs ys) r -> In x xs -> left_marginal ys r x <> 0 -> dist ys (conditional ys r x).
Proof.
  intros Hr Hx N. destruct (marginal_dists xs ys r Hr) as [[Hl _] _]. pose proof (Hl x Hx). split.
  - intros y Hy. apply Rdiv_le_0_compat; [|lra]. now apply (prob_ge0 Hr), in_prod.
  - unfold conditional. rewrite (Sum_ext _ (fun y => / left_marginal ys r x * r (x, y))) by (intros; field; auto).
    rewrite Sum_scal. now apply Rinv_l.
Qed.

Lemma joint_conditional {A B} (xs : list A) (ys : list B) r x y :
  dist (list_prod xs ys) r -> In x xs -> In y ys -> r (x, y) = left_marginal ys r x * conditional ys r x y.
Proof.
  intros Hr Hx Hy. unfold conditional. destruct (Req_dec (left_marginal ys r x) 0) as [Z|N]; [|now field].
  rewrite Z. destruct (marginals_null xs ys r x y Hr Hx Hy) as [L _]. rewrite L by auto. ring.
Qed.

(** ** The chain rule *)

Lemma entropy_row {B} (ys : list B) p v : 0 <= p -> (p <> 0 -> dist ys v) ->
  Sum (fun y => p * v y * ln (p * v y)) ys = p * ln p - p * entropy ys v.
Proof.
  intros Hp Hv. destruct (Req_dec p 0) as [->|N]; [rewrite Sum_0; intros; ring|].
  destruct (Hv N) as [H S]. rewrite (Sum_ext _ (fun y => p * ln p * v y + p * (v y * ln (v y)))).
  - rewrite Sum_plus, !Sum_scal, S. unfold entropy. ring.
  - intros y Hy. destruct (Req_dec (v y) 0) as [->|M]; [ring|]. pose proof (H y Hy).
    rewrite ln_mult by lra. ring.
Qed.

Theorem entropy_chain_rule {A B} (xs : list A) (ys : list B) r : dist (list_prod xs ys) r ->
  entropy (list_prod xs ys) r = entropy xs (left_marginal ys r) + conditional_entropy xs ys r.
Proof.
  intros Hr. destruct (marginal_dists xs ys r Hr) as [[Hl _] _]. unfold entropy at 1 2, conditional_entropy.
  rewrite Sum_prod, <- !Sum_opp, <- Sum_plus. apply Sum_ext; intros x Hx.
  rewrite (Sum_ext _ (fun y => left_marginal ys r x * conditional ys r x y
                              * ln (left_marginal ys r x * conditional ys r x y))).
  - rewrite entropy_row; [ring|auto|]. now apply conditional_dist with xs.
  - intros y Hy. now rewrite <- (joint_conditional xs) by auto.
Qed.

Theorem entropy_chain_rule_channel {A B} (xs : list A) (ys : list B) p V : dist xs p -> channel xs ys V ->
  entropy (list_prod xs ys) (joint p V) = entropy xs p + Sum (fun x => p x * entropy ys (V x)) xs.
Proof.
  intros [Hp _] HV. unfold entropy at 1 2. rewrite Sum_prod, <- !Sum_opp, <- Sum_plus. apply Sum_ext; intros x Hx.
  unfold joint; simpl. rewrite entropy_row by auto. ring.
Qed.

Theorem entropy_product {A B} (xs : list A) (ys : list B) p v : dist xs p -> dist ys v ->
  entropy (list_prod xs ys) (product p v) = entropy xs p + entropy ys v.
Proof.
  intros Hp Hv. unfold product. rewrite entropy_chain_rule_channel by easy. f_equal.
  rewrite (Sum_ext _ (fun x => entropy ys v * p x)) by (intros; ring). rewrite Sum_scal, (prob_sum1 Hp). ring.
Qed.

Theorem conditional_entropy_ge0 {A B} (xs : list A) (ys : list B) r :
  dist (list_prod xs ys) r -> 0 <= conditional_entropy xs ys r.
Proof.
  intros Hr. destruct (marginal_dists xs ys r Hr) as [[Hl _] _]. apply Sum_ge0; intros x Hx.
  destruct (Req_dec (left_marginal ys r x) 0) as [->|N]; [lra|].
  apply Rmult_le_pos; auto. apply entropy_ge0. now apply conditional_dist with xs.
Qed.

Theorem entropy_le_joint {A B} (xs : list A) (ys : list B) r : dist (list_prod xs ys) r ->
  entropy xs (left_marginal ys r) <= entropy (list_prod xs ys) r.
Proof.
  intros Hr. rewrite entropy_chain_rule by auto. pose proof (conditional_entropy_ge0 xs ys r Hr). lra.
Qed.

(** ** Mutual information *)

Lemma marginals_product_dist {A B} (xs : list A) (ys : list B) r :
  dist (list_prod xs ys) r -> dist (list_prod xs ys) (marginals_product xs ys r).
Proof. intros Hr. destruct (marginal_dists xs ys r Hr). now apply joint_dist. Qed.

Lemma marginals_product_dominates {A B} (xs : list A) (ys : list B) r :
  dist (list_prod xs ys) r -> dominated (list_prod xs ys) r (marginals_product xs ys r).
Proof.
  intros Hr [x y] I Z. apply in_prod_iff in I. destruct I as [Hx Hy].
  destruct (marginals_null xs ys r x y Hr Hx Hy). apply Rmult_integral in Z. tauto.
Qed.

Theorem mutual_information_finite {A B} (xs : list A) (ys : list B) r : dist (list_prod xs ys) r ->
  kl_divergence (list_prod xs ys) r (marginals_product xs ys r) = Finite (mutual_information xs ys r).
Proof. intros Hr. now apply kl_dominated, marginals_product_dominates. Qed.

Theorem mutual_information_symmetric {A B} (xs : list A) (ys : list B) r :
  mutual_information xs ys r = mutual_information ys xs (fun z => r (snd z, fst z)).
Proof.
  unfold mutual_information, kl_sum. rewrite !Sum_prod, Sum_swap.
  apply Sum_ext; intros y _. apply Sum_ext; intros x _. f_equal. apply Rmult_comm.
Qed.

(** The logarithm of the marginals' product splits into each marginal's. *)
Theorem mutual_information_entropies {A B} (xs : list A) (ys : list B) r : dist (list_prod xs ys) r ->
  mutual_information xs ys r =
  entropy xs (left_marginal ys r) + entropy ys (right_marginal xs r) - entropy (list_prod xs ys) r.
Proof.
  intros Hr. destruct (marginal_dists xs ys r Hr) as [[Hl _] [Hm _]]. unfold mutual_information.
  rewrite kl_eq_cross_entropy_sub_entropy by auto using marginals_product_dist, marginals_product_dominates.
  f_equal. unfold cross_entropy_sum, entropy. rewrite Sum_prod.
  rewrite (Sum_ext _ (fun x => Sum (fun y => r (x, y) * ln (left_marginal ys r x)) ys
                               + Sum (fun y => r (x, y) * ln (right_marginal xs r y)) ys)).
  - rewrite Sum_plus, (Sum_swap (fun x y => r (x, y) * ln (right_marginal xs r y))), Ropp_plus_distr.
    f_equal; f_equal; apply Sum_ext; intros z _.
    + rewrite (Sum_ext _ (fun y => ln (left_marginal ys r z) * r (z, y))) by (intros; ring).
      rewrite Sum_scal. apply Rmult_comm.
    + rewrite (Sum_ext _ (fun x => ln (right_marginal xs r z) * r (x, z))) by (intros; ring).
      rewrite Sum_scal. apply Rmult_comm.
  - intros x Hx. rewrite <- Sum_plus. apply Sum_ext; intros y Hy. unfold marginals_product, product, joint; simpl.
    destruct (Req_dec (r (x, y)) 0) as [->|N]; [ring|]. destruct (marginals_null xs ys r x y Hr Hx Hy).
    pose proof (Hl x Hx). pose proof (Hm y Hy).
    rewrite ln_mult; [ring|destruct (Req_dec (left_marginal ys r x) 0)|destruct (Req_dec (right_marginal xs r y) 0)];
      tauto || lra.
Qed.

Theorem mutual_information_conditional {A B} (xs : list A) (ys : list B) r : dist (list_prod xs ys) r ->
  mutual_information xs ys r = entropy ys (right_marginal xs r) - conditional_entropy xs ys r.
Proof. intros Hr. rewrite mutual_information_entropies, entropy_chain_rule by auto. ring. Qed.

(** What a channel makes of p dominates its row for every possible x. *)
Lemma output_dominates {A B} (xs : list A) (ys : list B) p V x :
  dist xs p -> channel xs ys V -> In x xs -> p x <> 0 -> dominated ys (V x) (output xs p V).
Proof.
  intros Hp HV Hx N y Hy Z. destruct (marginals_null xs ys _ x y (joint_dist xs ys p V Hp HV) Hx Hy) as [_ M].
  specialize (M Z). apply Rmult_integral in M. simpl in M. tauto.
Qed.

Lemma output_dist {A B} (xs : list A) (ys : list B) p V : dist xs p -> channel xs ys V -> dist ys (output xs p V).
Proof. intros Hp HV. now apply (marginal_dists xs ys), joint_dist. Qed.

Theorem mutual_information_channel {A B} (xs : list A) (ys : list B) p V : dist xs p -> channel xs ys V ->
  mutual_information xs ys (joint p V) = Sum (fun x => p x * kl_sum ys (V x) (output xs p V)) xs.
Proof.
  intros Hp HV. pose proof (output_dist xs ys p V Hp HV) as Ho.
  assert (E : kl_sum (list_prod xs ys) (joint p V) (joint p (fun _ => output xs p V)) =
              mutual_information xs ys (joint p V)).
  { apply Sum_ext. intros [x y] I. apply in_prod_iff in I. destruct I as [Hx Hy]. f_equal.
    unfold marginals_product, product, joint at 1 2; simpl. f_equal. unfold left_marginal, joint; simpl.
    rewrite Sum_scal, (prob_sum1 (HV x Hx)). ring. }
  rewrite <- E, kl_sum_chain_rule, kl_sum_refl; auto; [ring|easy|easy|].
  intros x Hx N. now apply output_dominates.
Qed.

Lemma output_output {A B C} (xs : list A) (ys : list B) p (V : A -> B -> R) (K : B -> C -> R) z :
  output xs p (fun x => output ys (V x) K) z = output ys (output xs p V) K z.
Proof.
  unfold output, right_marginal, joint; simpl.
  rewrite (Sum_ext _ (fun x => Sum (fun y => p x * (V x y * K y z)) ys)) by (intros; now rewrite Sum_scal).
  rewrite Sum_swap. apply Sum_ext; intros y _. rewrite Rmult_comm, <- Sum_scal. apply Sum_ext; intros x _. ring.
Qed.

(** Data processing in every row. *)
Theorem mutual_information_processing {A B C} (xs : list A) (ys : list B) (zs : list C) p V K :
  dist xs p -> channel xs ys V -> channel ys zs K ->
  mutual_information xs zs (joint p (fun x => output ys (V x) K)) <= mutual_information xs ys (joint p V).
Proof.
  intros Hp HV HK.
  assert (HVK : channel xs zs (fun x => output ys (V x) K)) by (intros x Hx; now apply output_dist; auto).
  rewrite !mutual_information_channel by auto. apply Sum_le; intros x Hx.
  destruct (Req_dec (p x) 0) as [->|N]; [lra|]. apply Rmult_le_compat_l; [now apply (prob_ge0 Hp)|].
  pose proof (data_processing_inequality ys zs _ _ K (HV x Hx) (output_dist xs ys p V Hp HV) HK) as D.
  rewrite <- (kl_ext zs (output ys (V x) K) _ (output xs p (fun x => output ys (V x) K))) in D
    by (intros z _; reflexivity || apply output_output).
  rewrite !kl_dominated in D; [exact D|now apply output_dominates|].
  now apply (output_dominates xs zs p (fun x => output ys (V x) K)).
Qed.

Theorem mutual_information_ge0 {A B} (xs : list A) (ys : list B) r :
  dist (list_prod xs ys) r -> 0 <= mutual_information xs ys r.
Proof.
  intros Hr. apply gibbs_inequality; auto using marginals_product_dist, marginals_product_dominates.
Qed.

Theorem mutual_information_eq0 {A B} (xs : list A) (ys : list B) r :
  dist (list_prod xs ys) r -> (mutual_information xs ys r = 0 <-> independent xs ys r).
Proof.
  intros Hr. unfold mutual_information.
  rewrite kl_sum_eq0 by auto using marginals_product_dist, marginals_product_dominates. split.
  - intros E x y Hx Hy. now apply (E (x, y)), in_prod.
  - intros E [x y] I. apply in_prod_iff in I. now apply E.
Qed.

Theorem entropy_subadditive {A B} (xs : list A) (ys : list B) r : dist (list_prod xs ys) r ->
  entropy (list_prod xs ys) r <= entropy xs (left_marginal ys r) + entropy ys (right_marginal xs r).
Proof.
  intros Hr. pose proof (mutual_information_ge0 xs ys r Hr). rewrite mutual_information_entropies in * by auto. lra.
Qed.

Theorem entropy_additive_iff {A B} (xs : list A) (ys : list B) r : dist (list_prod xs ys) r ->
  (entropy (list_prod xs ys) r = entropy xs (left_marginal ys r) + entropy ys (right_marginal xs r) <->
   independent xs ys r).
Proof. intros Hr. rewrite <- mutual_information_eq0, mutual_information_entropies by auto. lra. Qed.

Theorem conditioning_reduces_entropy {A B} (xs : list A) (ys : list B) r : dist (list_prod xs ys) r ->
  conditional_entropy xs ys r <= entropy ys (right_marginal xs r).
Proof.
  intros Hr. pose proof (mutual_information_ge0 xs ys r Hr). rewrite mutual_information_conditional in * by auto. lra.
Qed.

Theorem conditioning_irrelevant_iff {A B} (xs : list A) (ys : list B) r : dist (list_prod xs ys) r ->
  (conditional_entropy xs ys r = entropy ys (right_marginal xs r) <-> independent xs ys r).
Proof. intros Hr. rewrite <- mutual_information_eq0, mutual_information_conditional by auto. lra. Qed.
