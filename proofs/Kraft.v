(** * Words and Kraft's inequality

  Definitions
  - [word]                      a code word: a list of bits
  - [prefix u v]                the word [v] begins with [u]
  - [prefix_free xs c]          of the words [c x] for [x] in [xs], none begins with another outcome's word
  - [uniquely_decodable xs c]   different messages never have the same bits
  - [kraft_sum xs l]            Σ 2^-l(x)
  - [branch b c xs]             the outcomes whose words begin with the bit [b]
  - [messages xs k]             the sequences of k outcomes

  Statements
  - [kraft_inequality]          the lengths of a prefix-free code have Σ 2^-l <= 1
  - [kraft_converse]            any lengths with Σ 2^-l <= 1 are those of a prefix-free code
  - [mcmillan_inequality]       the lengths of a uniquely decodable code have Σ 2^-l <= 1

  Cover & Thomas, Elements of Information Theory, 2nd ed., theorems 5.2.1 and 5.5.1. *)

From Coq Require Import Reals Lra Lia List FinFun Bool.
From klexact Require Import Sums.
Import ListNotations.
Open Scope R_scope.

Definition word := list bool.
Definition prefix (u v : word) := exists w, v = u ++ w.
Definition prefix_free {A} (xs : list A) (c : A -> word) :=
  forall x y, In x xs -> In y xs -> prefix (c x) (c y) -> x = y.
Definition uniquely_decodable {A} (xs : list A) (c : A -> word) :=
  forall s t, incl s xs -> incl t xs -> concat (map c s) = concat (map c t) -> s = t.

Definition kraft_sum {A} (xs : list A) (l : A -> nat) := Sum (fun x => / 2 ^ l x) xs.

(** ** Prefixes and branches of the tree of words *)

Lemma prefix_cons a b u v : prefix (a :: u) (b :: v) <-> a = b /\ prefix u v.
Proof.
  split.
  - intros [w E]. injection E as -> ->. split; [reflexivity|now exists w].
  - intros [-> [w ->]]. now exists w.
Qed.

Lemma prefix_length u v : prefix u v -> (length v <= length u)%nat -> u = v.
Proof.
  intros [w ->]. rewrite app_length. intros L. destruct w as [|b w]; [now rewrite app_nil_r|simpl in L; lia].
Qed.

Definition branch {A} (b : bool) (c : A -> word) xs := filter (fun x => eqb b (hd false (c x))) xs.

Lemma in_branch {A} b (c : A -> word) xs x :
  (forall x, In x xs -> c x <> []) -> In x (branch b c xs) -> In x xs /\ c x = b :: tl (c x).
Proof.
  intros N I. apply filter_In in I as [I E]. split; auto. specialize (N x I).
  destruct (c x) as [|a u]; [tauto|]. apply eqb_prop in E as ->. reflexivity.
Qed.

Lemma branch_length {A} b n (c : A -> word) xs :
  (forall x, In x xs -> (length (c x) <= S n)%nat) ->
  forall x, In x (branch b c xs) -> (length (tl (c x)) <= n)%nat.
Proof. intros L x I. apply filter_In in I as [I _]. specialize (L x I). destruct (c x); simpl in *; lia. Qed.

Lemma kraft_branches {A} (xs : list A) c :
  (forall x, In x xs -> c x <> []) ->
  kraft_sum xs (fun x => length (c x)) =
  (kraft_sum (branch false c xs) (fun x => length (tl (c x))) +
   kraft_sum (branch true c xs) (fun x => length (tl (c x)))) / 2.
Proof.
  induction xs as [|a l IH]; intros N; [unfold kraft_sum; simpl; lra|].
  specialize (IH (fun x hx => N x (or_intror hx))). pose proof (N a (or_introl eq_refl)) as Na.
  unfold kraft_sum, branch in *. simpl. rewrite IH.
  assert (P : 0 < 2 ^ length (tl (c a))) by (apply pow_lt; lra).
  destruct (c a) as [|[|] u] eqn:E; [tauto| |]; simpl in *; rewrite E; simpl; field; lra.
Qed.

Lemma kraft_term_gt0 n : 0 < / 2 ^ n.
Proof. apply Rinv_0_lt_compat, pow_lt. lra. Qed.

Lemma kraft_term_le {A} (xs : list A) l x : In x xs -> / 2 ^ l x <= kraft_sum xs l.
Proof. apply (Sum_ge_term (fun x => / 2 ^ l x)). intros y _. left. apply kraft_term_gt0. Qed.

(** ** Kraft's inequality: the empty word stands alone, otherwise both branches are prefix-free *)

Lemma prefix_free_empty_word {A} (xs : list A) c x :
  NoDup xs -> prefix_free xs c -> In x xs -> c x = [] -> xs = [x].
Proof.
  intros D F I E.
  assert (U : forall y, In y xs -> y = x).
  { intros y Hy. symmetry. apply F; auto. rewrite E. now exists (c y). }
  destruct xs as [|a [|b l]]; [destruct I|now rewrite (U a (or_introl eq_refl))|].
  inversion D as [|? ? N _]; subst. elim N.
  rewrite (U a (or_introl eq_refl)), (U b (or_intror (or_introl eq_refl))). now left.
Qed.

Lemma prefix_free_branch {A} b (xs : list A) c :
  (forall x, In x xs -> c x <> []) -> prefix_free xs c -> prefix_free (branch b c xs) (fun x => tl (c x)).
Proof.
  intros N F x y Hx Hy P. apply in_branch in Hx as [Ix Ex], Hy as [Iy Ey]; auto.
  apply F; auto. rewrite Ex, Ey. now apply prefix_cons.
Qed.

Lemma empty_word_dec {A} (xs : list A) (c : A -> word) :
  (exists x, In x xs /\ c x = []) \/ (forall x, In x xs -> c x <> []).
Proof.
  destruct (in_dec (list_eq_dec bool_dec) [] (map c xs)) as [I|N].
  - left. apply in_map_iff in I as (x & E & I). now exists x.
  - right. intros x I E. apply N. rewrite <- E. now apply in_map.
Qed.

Lemma kraft_bounded {A} n : forall (xs : list A) c,
  (forall x, In x xs -> (length (c x) <= n)%nat) -> NoDup xs -> prefix_free xs c ->
  kraft_sum xs (fun x => length (c x)) <= 1.
Proof.
  induction n as [|n IH]; intros xs c L D F; destruct (empty_word_dec xs c) as [(x & I & E)|N].
  1, 3: rewrite (prefix_free_empty_word xs c x D F I E); unfold kraft_sum; simpl; rewrite E; simpl; lra.
  - destruct xs as [|a l]; [unfold kraft_sum; simpl; lra|].
    elim (N a (or_introl eq_refl)). specialize (L a (or_introl eq_refl)). destruct (c a); simpl in L; [auto|lia].
  - assert (B : forall b, kraft_sum (branch b c xs) (fun x => length (tl (c x))) <= 1)
      by (intros b; apply IH; [now apply branch_length|now apply NoDup_filter|now apply prefix_free_branch]).
    rewrite (kraft_branches xs c N). pose proof (B false). pose proof (B true). lra.
Qed.

Lemma longest_word {A} (xs : list A) (c : A -> word) x :
  In x xs -> (length (c x) <= list_max (map (fun x => length (c x)) xs))%nat.
Proof.
  intros I. pose proof (proj1 (list_max_le (map (fun x => length (c x)) xs) _) (le_n _)) as M.
  rewrite Forall_forall in M. apply M. now apply (in_map (fun x => length (c x))).
Qed.

Theorem kraft_inequality {A} (xs : list A) c :
  NoDup xs -> prefix_free xs c -> kraft_sum xs (fun x => length (c x)) <= 1.
Proof. apply (kraft_bounded (list_max (map (fun x => length (c x)) xs))). apply longest_word. Qed.

(** ** The converse: where Σ 2^-l < 1, a word of the greatest length is free; so the longest word comes last *)

Lemma free_word {A} n : forall (xs : list A) c,
  (forall x, In x xs -> (length (c x) <= n)%nat) -> kraft_sum xs (fun x => length (c x)) < 1 ->
  exists w, length w = n /\ forall x, In x xs -> ~ prefix (c x) w.
Proof.
  induction n as [|n IH]; intros xs c L K; assert (N : forall x, In x xs -> c x <> []).
  1, 3: intros x I E; pose proof (kraft_term_le xs (fun x => length (c x)) x I) as T;
    simpl in T; rewrite E in T; simpl in T; lra.
  - exists []. split; auto. intros x I _. apply (N x I). specialize (L x I). destruct (c x); simpl in L; [auto|lia].
  - rewrite (kraft_branches xs c N) in K.
    assert (B : exists b, kraft_sum (branch b c xs) (fun x => length (tl (c x))) < 1).
    { destruct (Rlt_dec (kraft_sum (branch false c xs) (fun x => length (tl (c x)))) 1); [now exists false|].
      exists true. lra. }
    destruct B as [b B]. apply IH in B as (w & Lw & F); [|now apply branch_length].
    exists (b :: w). split; [simpl; lia|]. intros x I P. pose proof (N x I) as Nx.
    assert (Ex : c x = b :: tl (c x))
      by (destruct (c x); [tauto|]; apply prefix_cons in P as [-> _]; reflexivity).
    rewrite Ex in P. apply prefix_cons in P as [_ P]. apply (F x); auto.
    apply filter_In. split; auto. rewrite Ex. apply eqb_reflx.
Qed.

Lemma longest {A} (l : A -> nat) x xs :
  exists y xs1 xs2, x :: xs = xs1 ++ y :: xs2 /\ forall z, In z (x :: xs) -> (l z <= l y)%nat.
Proof.
  enough (H : exists y, In y (x :: xs) /\ forall z, In z (x :: xs) -> (l z <= l y)%nat).
  { destruct H as (y & I & M). apply in_split in I as (xs1 & xs2 & E). now exists y, xs1, xs2. }
  revert x; induction xs as [|a t IH]; intros x.
  - exists x. split; [now left|]. intros z [<-|[]]; auto.
  - destruct (IH a) as (y & I & M). destruct (le_lt_dec (l x) (l y)).
    + exists y. split; [now right|]. intros z [<-|Hz]; auto.
    + exists x. split; [now left|]. intros z [<-|Hz]; auto. specialize (M z Hz). lia.
Qed.

Theorem kraft_converse {A} (eq_dec : forall x y : A, {x = y} + {x <> y}) (xs : list A) l :
  NoDup xs -> kraft_sum xs l <= 1 -> exists c, prefix_free xs c /\ forall x, In x xs -> length (c x) = l x.
Proof.
  remember (length xs) as n eqn:En. revert xs En; induction n as [|n IH]; intros [|a t] En D K; try discriminate En.
  { exists (fun _ => []). split; intros x; intros; easy. }
  destruct (longest l a t) as (y & xs1 & xs2 & E & M). rewrite E in *. clear E a t.
  assert (Kt : kraft_sum (xs1 ++ y :: xs2) l = / 2 ^ l y + kraft_sum (xs1 ++ xs2) l)
    by (unfold kraft_sum; rewrite !Sum_app; simpl; ring).
  pose proof (kraft_term_gt0 (l y)). apply NoDup_remove in D as [D Ny].
  assert (In_t : forall x, In x (xs1 ++ y :: xs2) -> x = y \/ In x (xs1 ++ xs2))
    by (intros x I; destruct (in_elt_inv _ _ _ _ I); auto).
  assert (Mt : forall x, In x (xs1 ++ xs2) -> (l x <= l y)%nat)
    by (intros x I; apply M, in_or_app; apply in_app_or in I; simpl; tauto).
  destruct (IH (xs1 ++ xs2)) as (c & F & L); auto; [|lra|].
  { rewrite app_length in *. simpl in En. lia. }
  destruct (free_word (l y) (xs1 ++ xs2) c) as (w & Lw & Fw).
  { intros x I. rewrite L; auto. }
  { unfold kraft_sum in *. rewrite (Sum_ext _ (fun x => / 2 ^ l x)); [lra|]. intros x I. now rewrite L. }
  exists (fun x => if eq_dec x y then w else c x). split.
  - intros x z Hx Hz P. apply In_t in Hx, Hz.
    destruct (eq_dec x y) as [->|Nx], (eq_dec z y) as [->|Nz]; auto; [destruct Hz as [|Iz]|destruct Hx as [|Ix]|];
      try tauto.
    + elim (Fw z Iz). rewrite <- (prefix_length w (c z)); [exists []; now rewrite app_nil_r|auto|].
      rewrite L, Lw; auto.
    + elim (Fw x Ix P).
    + apply F; tauto.
  - intros x Hx. apply In_t in Hx. destruct (eq_dec x y) as [->|Nx]; auto. apply L. tauto.
Qed.

(** ** McMillan: the k-th power of the sum belongs to the messages of k outcomes, and grows at most linearly in k *)

Lemma injective_branch {A} b (xs : list A) (c : A -> word) :
  (forall x, In x xs -> c x <> []) -> (forall x y, In x xs -> In y xs -> c x = c y -> x = y) ->
  forall x y, In x (branch b c xs) -> In y (branch b c xs) -> tl (c x) = tl (c y) -> x = y.
Proof.
  intros N F x y Hx Hy E. apply in_branch in Hx as [Ix Ex], Hy as [Iy Ey]; auto.
  apply F; auto. now rewrite Ex, Ey, E.
Qed.

Lemma without_empty_word {A} (xs : list A) (c : A -> word) :
  NoDup xs -> (forall x y, In x xs -> In y xs -> c x = c y -> x = y) ->
  exists ys, NoDup ys /\ incl ys xs /\ (forall y, In y ys -> c y <> []) /\
  kraft_sum xs (fun x => length (c x)) <= 1 + kraft_sum ys (fun x => length (c x)).
Proof.
  intros D F. destruct (empty_word_dec xs c) as [(x & I & E)|N].
  - apply in_split in I as (xs1 & xs2 & ->). exists (xs1 ++ xs2). apply NoDup_remove in D as [D Nx].
    assert (J : incl (xs1 ++ xs2) (xs1 ++ x :: xs2)).
    { intros y I. apply in_or_app. apply in_app_or in I. simpl. tauto. }
    repeat split; auto.
    + intros y I Ey. apply Nx. replace x with y; auto. apply F; [now apply J|apply in_elt|congruence].
    + unfold kraft_sum. rewrite !Sum_app. simpl. rewrite E. simpl. lra.
  - exists xs. repeat split; auto; [apply incl_refl|lra].
Qed.

(** Of different words with at most n bits, one may be empty; the others have tails of at most n - 1 bits. *)
Lemma kraft_distinct {A} n : forall (xs : list A) (c : A -> word),
  (forall x, In x xs -> (length (c x) <= n)%nat) -> NoDup xs ->
  (forall x y, In x xs -> In y xs -> c x = c y -> x = y) -> kraft_sum xs (fun x => length (c x)) <= INR n + 1.
Proof.
  induction n as [|n IH]; intros xs c L D F; destruct (without_empty_word xs c D F) as (ys & Dy & J & N & K).
  - destruct ys as [|y ys]; [unfold kraft_sum in *; simpl in *; lra|].
    elim (N y (or_introl eq_refl)). specialize (L y (J y (or_introl eq_refl))). destruct (c y); simpl in L; [auto|lia].
  - assert (B : forall b, kraft_sum (branch b c ys) (fun x => length (tl (c x))) <= INR n + 1).
    { intros b. apply IH; [apply branch_length|apply NoDup_filter|apply injective_branch]; auto. }
    rewrite (kraft_branches ys c N) in K. rewrite S_INR. pose proof (B false). pose proof (B true). lra.
Qed.

Fixpoint messages {A} (xs : list A) k : list (list A) :=
  match k with O => [[]] | S k => map (fun m => fst m :: snd m) (list_prod xs (messages xs k)) end.

Lemma kraft_messages {A} (xs : list A) (c : A -> word) k :
  kraft_sum (messages xs k) (fun m => length (concat (map c m))) = kraft_sum xs (fun x => length (c x)) ^ k.
Proof.
  induction k as [|k IH]; [unfold kraft_sum; simpl; lra|].
  simpl pow. rewrite <- IH. unfold kraft_sum. simpl messages. rewrite Sum_map, Sum_prod, Rmult_comm, <- Sum_scal.
  apply Sum_ext. intros x _. rewrite Rmult_comm, <- Sum_scal. apply Sum_ext. intros m _. simpl.
  rewrite app_length, pow_add, Rinv_mult. reflexivity.
Qed.

Lemma linear_growth a b : 0 <= b -> (forall k, a ^ k <= INR k * b + 1) -> a <= 1.
Proof.
  intros Hb G. destruct (Rle_or_lt a 1) as [|Ha]; auto. set (h := a - 1). assert (Hh : 0 < h) by (unfold h; lra).
  destruct (archimed_cor1 (h * h / (2 * b + 1))) as (k & Hk & Pk); [apply Rdiv_lt_0_compat; nra|].
  apply lt_0_INR in Pk.
  assert (C : 2 * b + 1 < INR k * (h * h)).
  { apply (Rmult_lt_compat_l (INR k * (2 * b + 1))) in Hk; [|nra]. field_simplify in Hk; nra. }
  pose proof (G (k + k)%nat) as G2. rewrite pow_add, plus_INR in G2.
  pose proof (poly k h Hh) as B. replace (1 + h) with a in B by (unfold h; ring).
  assert (S : (1 + INR k * h) * (1 + INR k * h) <= a ^ k * a ^ k) by (apply Rmult_le_compat; nra).
  nra.
Qed.

Lemma nodup_app {A} (xs ys : list A) :
  NoDup xs -> NoDup ys -> (forall x, In x xs -> ~ In x ys) -> NoDup (xs ++ ys).
Proof.
  induction xs as [|a l IH]; simpl; intros Dx Dy N; auto. inversion Dx; subst. constructor; auto.
  intros I. apply in_app_or in I as [I|I]; [tauto|]. apply (N a); auto.
Qed.

Lemma nodup_messages {A} (xs : list A) k : NoDup xs -> NoDup (messages xs k).
Proof.
  intros D. induction k as [|k IH]; [repeat constructor; auto|]. simpl.
  apply Injective_map_NoDup; [intros [x m] [y n] E; simpl in E; congruence|].
  revert IH. generalize (messages xs k) as ys. intros ys Dy.
  induction D as [|a l N _ IH]; simpl; [constructor|]. apply nodup_app; auto.
  - apply Injective_map_NoDup; auto. intros m n E. congruence.
  - intros [x m] I J. apply in_map_iff in I as (n & E & _). apply in_prod_iff in J as [J _]. congruence.
Qed.

Lemma in_messages {A} (xs : list A) k m : In m (messages xs k) -> length m = k /\ incl m xs.
Proof.
  revert m; induction k as [|k IH]; simpl; intros m I.
  - destruct I as [<-|[]]. split; [reflexivity|]. intros x [].
  - apply in_map_iff in I as ([x n] & <- & I). apply in_prod_iff in I as [Ix In]. apply IH in In as [Ln In].
    simpl. split; [now rewrite Ln|]. intros y [<-|Iy]; auto.
Qed.

Lemma length_message {A} (c : A -> word) n m :
  (forall x, In x m -> (length (c x) <= n)%nat) -> (length (concat (map c m)) <= length m * n)%nat.
Proof.
  induction m as [|x m IH]; simpl; intros L; [lia|]. rewrite app_length. pose proof (L x (or_introl eq_refl)).
  specialize (IH (fun y hy => L y (or_intror hy))). lia.
Qed.

Theorem mcmillan_inequality {A} (xs : list A) c :
  NoDup xs -> uniquely_decodable xs c -> kraft_sum xs (fun x => length (c x)) <= 1.
Proof.
  intros D U. set (n := list_max (map (fun x => length (c x)) xs)).
  apply (linear_growth _ (INR n)); [apply pos_INR|]. intros k. rewrite <- kraft_messages, <- mult_INR.
  apply kraft_distinct.
  - intros m I. apply in_messages in I as [<- I]. apply length_message. intros x Ix. now apply longest_word, I.
  - now apply nodup_messages.
  - intros s t Is It. apply in_messages in Is as [_ Is], It as [_ It]. now apply U.
Qed.
