(** * Finite sums and distributions

  Outcomes are a list, masses a function on them.

  Definitions
  - [Sum f xs]              the sum of [f x] over the list [xs]
  - [dist xs p]             [p] is a distribution on [xs]: p >= 0 and Σ p = 1
  - [dominated xs p q]      p << q: where q vanishes, so does p
  - [support xs p]          the possible outcomes
  - [probability xs p e]    the probability of the event e
  - [mixture p q t]         t·p + (1 - t)·q

  Statements
  - [dominated_dec]         domination is decidable
  - the lemmas of finite sums: extensionality, order, linearity, concatenation, pairs, exchange *)

From Coq Require Import Reals Lra List.
Import ListNotations.
Open Scope R_scope.

Fixpoint Sum {A} (f : A -> R) (xs : list A) : R :=
  match xs with [] => 0 | x :: t => f x + Sum f t end.

Lemma Sum_ext {A} (f g : A -> R) xs : (forall x, In x xs -> f x = g x) -> Sum f xs = Sum g xs.
Proof. induction xs as [|a l IH]; simpl; intros H; [reflexivity|]. rewrite H, IH; auto. Qed.

Lemma Sum_le {A} (f g : A -> R) xs : (forall x, In x xs -> f x <= g x) -> Sum f xs <= Sum g xs.
Proof. induction xs; simpl; intros; [lra|]. apply Rplus_le_compat; auto. Qed.

Lemma Sum_plus {A} (f g : A -> R) xs : Sum (fun x => f x + g x) xs = Sum f xs + Sum g xs.
Proof. induction xs as [|a l IH]; simpl; [|rewrite IH]; lra. Qed.

Lemma Sum_minus {A} (f g : A -> R) xs : Sum (fun x => f x - g x) xs = Sum f xs - Sum g xs.
Proof. induction xs as [|a l IH]; simpl; [|rewrite IH]; lra. Qed.

Lemma Sum_opp {A} (f : A -> R) xs : Sum (fun x => - f x) xs = - Sum f xs.
Proof. induction xs as [|a l IH]; simpl; [|rewrite IH]; lra. Qed.

Lemma Sum_scal {A} c (f : A -> R) xs : Sum (fun x => c * f x) xs = c * Sum f xs.
Proof. induction xs as [|a l IH]; simpl; [|rewrite IH]; lra. Qed.

Lemma Sum_0 {A} (f : A -> R) xs : (forall x, In x xs -> f x = 0) -> Sum f xs = 0.
Proof. induction xs as [|a l IH]; simpl; intros H; [reflexivity|]. rewrite H, IH; auto; lra. Qed.

Lemma Sum_const {A} c (xs : list A) : Sum (fun _ => c) xs = INR (length xs) * c.
Proof.
  induction xs as [|a l IH]; [simpl; lra|].
  change (length (a :: l)) with (S (length l)). rewrite S_INR. simpl. rewrite IH. lra.
Qed.

Lemma Sum_ge0 {A} (f : A -> R) xs : (forall x, In x xs -> 0 <= f x) -> 0 <= Sum f xs.
Proof. induction xs; simpl; intros; [lra|]. apply Rplus_le_le_0_compat; auto. Qed.

(** A sum of non-negative terms that vanishes has no other than zeros. *)
Lemma Sum_eq0 {A} (f : A -> R) xs :
  (forall x, In x xs -> 0 <= f x) -> Sum f xs = 0 -> forall x, In x xs -> f x = 0.
Proof.
  induction xs as [|a l IH]; simpl; intros H E x I; [tauto|].
  pose proof (H a (or_introl eq_refl)). pose proof (Sum_ge0 f l (fun x hx => H x (or_intror hx))).
  destruct I as [->|I]; [lra|]. apply IH; auto. lra.
Qed.

(** One term of a sum of non-negative terms is at most the sum. *)
Lemma Sum_ge_term {A} (f : A -> R) xs x : (forall y, In y xs -> 0 <= f y) -> In x xs -> f x <= Sum f xs.
Proof.
  induction xs as [|a l IH]; simpl; intros H I; [tauto|].
  pose proof (H a (or_introl eq_refl)). pose proof (Sum_ge0 f l (fun x hx => H x (or_intror hx))).
  destruct I as [->|I]; [lra|]. specialize (IH (fun y hy => H y (or_intror hy)) I). lra.
Qed.

Lemma Sum_app {A} (f : A -> R) xs ys : Sum f (xs ++ ys) = Sum f xs + Sum f ys.
Proof. induction xs as [|a l IH]; simpl; [|rewrite IH]; ring. Qed.

Lemma Sum_map {A B} (g : A -> B) (f : B -> R) xs : Sum f (map g xs) = Sum (fun x => f (g x)) xs.
Proof. induction xs as [|a l IH]; simpl; [|rewrite IH]; ring. Qed.

(** What a filter drops must be 0 to leave the sum as it is. *)
Lemma Sum_filter {A} (f : A -> R) (keep : A -> bool) xs :
  (forall x, In x xs -> keep x = false -> f x = 0) -> Sum f (filter keep xs) = Sum f xs.
Proof.
  induction xs as [|a l IH]; simpl; intros H; [reflexivity|].
  destruct (keep a) eqn:K; simpl; rewrite IH by auto; [reflexivity|]. rewrite (H a) by auto. ring.
Qed.

Lemma Sum_prod {A B} (f : A * B -> R) xs ys :
  Sum f (list_prod xs ys) = Sum (fun x => Sum (fun y => f (x, y)) ys) xs.
Proof. induction xs as [|a l IH]; simpl; [ring|]. now rewrite Sum_app, Sum_map, IH. Qed.

Lemma Sum_swap {A B} (f : A -> B -> R) xs ys :
  Sum (fun x => Sum (fun y => f x y) ys) xs = Sum (fun y => Sum (fun x => f x y) xs) ys.
Proof.
  induction xs as [|a l IH]; simpl.
  - symmetry. now apply Sum_0.
  - now rewrite IH, <- Sum_plus.
Qed.

Record dist {A} (xs : list A) (p : A -> R) : Prop := Dist
  { prob_ge0 : forall x, In x xs -> 0 <= p x; prob_sum1 : Sum p xs = 1 }.

Arguments prob_ge0 {A xs p}.
Arguments prob_sum1 {A xs p}.

Definition dominated {A} (xs : list A) (p q : A -> R) := forall x, In x xs -> q x = 0 -> p x = 0.

Lemma prob_le1 {A} (xs : list A) p x : dist xs p -> In x xs -> p x <= 1.
Proof. intros [H S] I. rewrite <- S. now apply Sum_ge_term. Qed.

Definition dominated_dec {A} (xs : list A) p q : {dominated xs p q} + {~ dominated xs p q}.
Proof.
  induction xs as [|a l IH]; [left; intros x []|].
  destruct (Req_EM_T (q a) 0) as [Q|Q]; [destruct (Req_EM_T (p a) 0) as [P|P]|].
  - destruct IH as [H|H]; [left|right].
    + intros x [<-|Hx] ?; auto.
    + intros D; apply H; intros x Hx; apply D; now right.
  - right; intros D; apply P, D; simpl; auto.
  - destruct IH as [H|H]; [left|right].
    + intros x [<-|Hx] ?; [tauto|auto].
    + intros D; apply H; intros x Hx; apply D; now right.
Defined.

Definition support {A} (xs : list A) (p : A -> R) := filter (fun x => if Req_EM_T (p x) 0 then false else true) xs.

Lemma in_support {A} (xs : list A) p x : In x (support xs p) <-> In x xs /\ p x <> 0.
Proof.
  unfold support. rewrite filter_In. destruct (Req_EM_T (p x) 0); split; intros [I E]; auto; tauto || discriminate.
Qed.

(** Impossible outcomes add nothing. *)
Lemma Sum_support {A} (xs : list A) p f : (forall x, In x xs -> p x = 0 -> f x = 0) -> Sum f (support xs p) = Sum f xs.
Proof. intros H. apply Sum_filter. intros x Hx K. apply H; auto. now destruct (Req_EM_T (p x) 0). Qed.

Definition probability {A} (xs : list A) p (e : A -> bool) := Sum (fun x => if e x then p x else 0) xs.

Lemma probability_filter {A} (xs : list A) p e : probability xs p e = Sum p (filter e xs).
Proof.
  unfold probability. rewrite <- (Sum_filter _ e).
  - apply Sum_ext; intros x Hx. apply filter_In in Hx. now destruct Hx as [_ ->].
  - now intros x _ ->.
Qed.

Definition mixture {A} (p q : A -> R) (t : R) (x : A) := t * p x + (1 - t) * q x.

Lemma mixture_dist {A} (xs : list A) p q t : 0 <= t <= 1 -> dist xs p -> dist xs q -> dist xs (mixture p q t).
Proof.
  intros Ht [Hp Sp] [Hq Sq]. unfold mixture. split.
  - intros x Hx. apply Rplus_le_le_0_compat; apply Rmult_le_pos; auto; lra.
  - rewrite Sum_plus, !Sum_scal, Sp, Sq. ring.
Qed.
