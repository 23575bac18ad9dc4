(** * Canonical forms: equal values have equal forms

  Every value here is Σ c(x)·ln r(x) with rational c and r. Collected over primes, or over any coprime base, it has one
  form only.

  Definitions
  - [log_form_eqb B c0 c d0 d]    whether the coefficients of two forms are equal
  - [canonical B c]               the atoms [B] have no repetition and their coefficients are not 0
  - [coefficient B c a]           the coefficient of any integer: 0 unless it is an atom
  - [is_prime a], [primes M]      the primes, and those up to [M]
  - [prime_form M x]              [x] is Σ c(a)·ln a over the primes up to [M]
  - [bound r xs]                  a bound of the numerators and denominators of r

  Statements
  - [log_form_eq_iff]             over one coprime base, values are equal iff their coefficients are
  - [log_form_eqb_correct]        which a computation decides
  - [canonical_form_eq_iff]       canonical forms over two bases that are coprime together are equal iff their atoms and
                                  coefficients are
  - [prime_form_eq_iff]           canonical forms over primes in particular
  - [canonical_form_exists]       Σ c(x)·ln r(x) is a canonical form over primes
  - [coprime_refinement_step]     c·ln ga + d·ln gb = (c + d)·ln g + c·ln a + d·ln b, how bases are made coprime *)

From Coq Require Import Reals QArith Qreals ZArith Znumtheory Bool Lra Lia List Permutation.
From Coquelicot Require Import Rcomplements.
From klexact Require Import Sums Independence.
Import ListNotations.
Open Scope R_scope.

(** ** One coprime base *)

Lemma Q2R_neq0 r : ~ (r == 0)%Q -> Q2R r <> 0.
Proof. intros N E. now apply N, Q2R_eq0. Qed.

Lemma log_form_plus B c0 c d0 d :
  log_form B (c0 + d0) (fun a => c a + d a)%Q = log_form B c0 c + log_form B d0 d.
Proof.
  unfold log_form. rewrite Q2R_plus, (Sum_ext _ (fun a => Q2R (c a) * ln (IZR a) + Q2R (d a) * ln (IZR a))).
  - rewrite Sum_plus. ring.
  - intros a _. rewrite Q2R_plus. ring.
Qed.

Lemma log_form_scal B r c0 c : log_form B (r * c0) (fun a => r * c a)%Q = Q2R r * log_form B c0 c.
Proof.
  unfold log_form. rewrite Q2R_mult, (Sum_ext _ (fun a => Q2R r * (Q2R (c a) * ln (IZR a)))).
  - rewrite Sum_scal. ring.
  - intros a _. rewrite Q2R_mult. ring.
Qed.

Lemma log_form_minus B c0 c d0 d :
  log_form B (c0 - d0) (fun a => c a - d a)%Q = log_form B c0 c - log_form B d0 d.
Proof.
  unfold log_form. rewrite Q2R_minus, (Sum_ext _ (fun a => Q2R (c a) * ln (IZR a) - Q2R (d a) * ln (IZR a))).
  - rewrite Sum_minus. ring.
  - intros a _. rewrite Q2R_minus. ring.
Qed.

Lemma log_form_ext B c0 c d0 d :
  (c0 == d0)%Q -> (forall a, In a B -> c a == d a)%Q -> log_form B c0 c = log_form B d0 d.
Proof.
  intros E0 E. unfold log_form. rewrite (Qeq_eqR _ _ E0). f_equal.
  apply Sum_ext; intros a Ha. now rewrite (Qeq_eqR _ _ (E a Ha)).
Qed.

Lemma Qminus_eq0 x y : (x - y == 0)%Q -> (x == y)%Q.
Proof. intros E. setoid_replace x with (x - y + y)%Q by ring. rewrite E. ring. Qed.

Theorem log_form_eq_iff B c0 c d0 d : coprime_base B ->
  (log_form B c0 c = log_form B d0 d <-> (c0 == d0)%Q /\ forall a, In a B -> (c a == d a)%Q).
Proof.
  intros base. split; [|intros [E0 E]; now apply log_form_ext].
  intros E. destruct (log_coprime_independent_from_1 B (c0 - d0) (fun a => c a - d a)%Q base) as [Z0 Z].
  - rewrite log_form_minus, E. ring.
  - split; [|intros a Ha]; apply Qminus_eq0; auto.
Qed.

Definition log_form_eqb (B : list Z) (c0 : Q) c (d0 : Q) d :=
  Qeq_bool c0 d0 && forallb (fun a => Qeq_bool (c a) (d a)) B.

Theorem log_form_eqb_correct B c0 c d0 d : coprime_base B ->
  (log_form_eqb B c0 c d0 d = true <-> log_form B c0 c = log_form B d0 d).
Proof.
  intros base. unfold log_form_eqb. rewrite log_form_eq_iff, andb_true_iff, Qeq_bool_iff, forallb_forall by exact base.
  split; intros [E0 E]; split; auto; intros a Ha; now apply Qeq_bool_iff, E.
Qed.

(** ** Several bases *)

Definition canonical (B : list Z) (c : Z -> Q) := NoDup B /\ forall a, In a B -> ~ (c a == 0)%Q.

Definition coefficient (B : list Z) (c : Z -> Q) (a : Z) : Q := if in_dec Z.eq_dec a B then c a else 0%Q.

Lemma Sum_permutation {A} (f : A -> R) xs ys : Permutation xs ys -> Sum f xs = Sum f ys.
Proof. induction 1; simpl; lra. Qed.

Lemma log_form_extend A U c0 c : NoDup A -> NoDup U -> incl A U -> log_form A c0 c = log_form U c0 (coefficient A c).
Proof.
  intros NA NU I. unfold log_form. f_equal.
  rewrite <- (Sum_filter _ (fun a => if in_dec Z.eq_dec a A then true else false) U).
  - rewrite (Sum_permutation _ A (filter (fun a => if in_dec Z.eq_dec a A then true else false) U)).
    + apply Sum_ext; intros a Ha. apply filter_In, proj2 in Ha. unfold coefficient. now destruct in_dec.
    + apply NoDup_Permutation; [exact NA|now apply NoDup_filter|]. intros a. rewrite filter_In.
      destruct in_dec as [Y|X]; split; intros Ha; [auto|tauto|tauto|easy].
  - intros a _ K. unfold coefficient. destruct in_dec; [discriminate|]. rewrite RMicromega.Q2R_0. ring.
Qed.

Lemma coefficient_in B c a : In a B -> coefficient B c a = c a.
Proof. intros H. unfold coefficient. now destruct in_dec. Qed.

Lemma canonical_atom B c a : canonical B c -> (In a B <-> ~ (coefficient B c a == 0)%Q).
Proof.
  intros [_ N]. unfold coefficient. destruct in_dec as [Y|X]; [split; auto|]. split; [tauto|]. intros H. now destruct H.
Qed.

Theorem canonical_form_eq_iff A B c0 c d0 d : canonical A c -> canonical B d -> coprime_base (A ++ B) ->
  (log_form A c0 c = log_form B d0 d <->
   (c0 == d0)%Q /\ (forall a, In a A <-> In a B) /\ (forall a, In a A -> (c a == d a)%Q)).
Proof.
  intros HA HB [ge2 coprime]. pose proof (proj1 HA) as NA. pose proof (proj1 HB) as NB. split.
  - set (U := nodup Z.eq_dec (A ++ B)).
    assert (in_U : forall a, In a U <-> In a A \/ In a B) by (intros; unfold U; now rewrite nodup_In, in_app_iff).
    assert (base : coprime_base U).
    { split; intros a Ha; [|intros b Hb]; [apply ge2|apply coprime]; apply in_app_iff; now apply in_U. }
    pose proof (NoDup_nodup Z.eq_dec (A ++ B)) as NU. fold U in NU.
    rewrite (log_form_extend A U), (log_form_extend B U), log_form_eq_iff by firstorder.
    intros [E0 E]. split; [exact E0|]. assert (same : forall a, In a A <-> In a B).
    { intros a. split; intros Ha.
      - apply (canonical_atom B d a HB). rewrite <- E by (apply in_U; auto). now apply canonical_atom.
      - apply (canonical_atom A c a HA). rewrite E by (apply in_U; auto). now apply canonical_atom. }
    split; [exact same|]. intros a Ha. specialize (E a ltac:(apply in_U; auto)).
    rewrite !coefficient_in in E by (assumption || now apply same). exact E.
  - intros [E0 [same E]]. rewrite (log_form_ext A c0 c d0 d E0 E). unfold log_form. f_equal.
    apply Sum_permutation, NoDup_Permutation; auto.
Qed.

Theorem prime_form_eq_iff A B c0 c d0 d : canonical A c -> canonical B d -> (forall a, In a (A ++ B) -> prime a) ->
  (log_form A c0 c = log_form B d0 d <->
   (c0 == d0)%Q /\ (forall a, In a A <-> In a B) /\ (forall a, In a A -> (c a == d a)%Q)).
Proof. intros HA HB P. now apply canonical_form_eq_iff, coprime_base_of_primes. Qed.

(** ** Every value has a canonical form *)

Definition is_prime (a : Z) := if prime_dec a then true else false.
Definition primes (M : nat) := filter is_prime (map Z.of_nat (seq 0 (S M))).

Lemma primes_In M a : In a (primes M) <-> prime a /\ (a <= Z.of_nat M)%Z.
Proof.
  unfold primes, is_prime. rewrite filter_In, in_map_iff. split.
  - intros [[n [<- Hn]] P]. apply in_seq in Hn. destruct prime_dec; [split; [assumption|lia]|discriminate].
  - intros [P L]. pose proof (prime_ge_2 a P). destruct prime_dec; [|tauto]. split; [|reflexivity].
    exists (Z.to_nat a). rewrite in_seq, Z2Nat.id by lia. lia.
Qed.

Lemma primes_NoDup M : NoDup (primes M).
Proof. apply NoDup_filter, FinFun.Injective_map_NoDup; [exact Nat2Z.inj|apply seq_NoDup]. Qed.

(** the values over the primes up to a bound *)
Definition prime_form (M : nat) (x : R) := exists c, x = log_form (primes M) 0 c.

Lemma prime_form_0 M : prime_form M 0.
Proof.
  exists (fun _ => 0%Q). unfold log_form. rewrite Sum_0; [rewrite RMicromega.Q2R_0; ring|].
  intros a _. rewrite RMicromega.Q2R_0. ring.
Qed.

Lemma prime_form_plus M x y : prime_form M x -> prime_form M y -> prime_form M (x + y).
Proof. intros [c ->] [d ->]. exists (fun a => c a + d a)%Q. now rewrite <- log_form_plus. Qed.

Lemma prime_form_scal M r x : prime_form M x -> prime_form M (Q2R r * x).
Proof.
  intros [c ->]. exists (fun a => r * c a)%Q. rewrite <- log_form_scal. apply log_form_ext; [ring|reflexivity].
Qed.

Lemma prime_form_prime M p : In p (primes M) -> prime_form M (ln (IZR p)).
Proof.
  intros Hp. exists (coefficient [p] (fun _ => 1%Q)).
  rewrite <- log_form_extend.
  - unfold log_form; simpl. rewrite RMicromega.Q2R_0, RMicromega.Q2R_1. ring.
  - now repeat constructor.
  - apply primes_NoDup.
  - now intros a [<-|[]].
Qed.

(** Strong induction: an integer that is not prime is a product of smaller ones. *)
Lemma prime_form_integer M n : (1 <= n <= Z.of_nat M)%Z -> prime_form M (ln (IZR n)).
Proof.
  intros H. assert (P : (0 <= n)%Z) by lia. revert H. pattern n. apply Z_lt_induction; [|exact P]. clear n P.
  intros n IH H. destruct (prime_dec n) as [P|N]; [now apply prime_form_prime, primes_In|].
  destruct (Z.eq_dec n 1) as [->|N1]; [rewrite ln_1; apply prime_form_0|].
  destruct (not_prime_divide n ltac:(lia) N) as [a [La [b ->]]].
  assert (Lb : (0 < b < b * a)%Z) by nia.
  rewrite mult_IZR, ln_mult by (apply IZR_lt; lia). apply prime_form_plus; apply IH; lia.
Qed.

Lemma prime_form_rational M r : (0 < r)%Q -> (Qnum r <= Z.of_nat M)%Z -> (Zpos (Qden r) <= Z.of_nat M)%Z ->
  prime_form M (ln (Q2R r)).
Proof.
  destruct r as [n d]. unfold Qlt; simpl. intros P Hn Hd. unfold Q2R; simpl. fold (IZR n / IZR (Zpos d)).
  rewrite ln_div by (apply IZR_lt; lia).
  replace (ln (IZR n) - ln (IZR (Zpos d))) with (ln (IZR n) + Q2R (-1) * ln (IZR (Zpos d))) by (unfold Q2R; simpl; lra).
  apply prime_form_plus; [|apply prime_form_scal]; apply prime_form_integer; lia.
Qed.

Lemma prime_form_sum {A} M (xs : list A) c r : (forall x, In x xs -> ~ (c x == 0)%Q -> prime_form M (ln (Q2R (r x)))) ->
  prime_form M (Sum (fun x => Q2R (c x) * ln (Q2R (r x))) xs).
Proof.
  induction xs as [|x l IH]; simpl; intros H; [apply prime_form_0|]. apply prime_form_plus; [|auto].
  destruct (Qeq_dec (c x) 0) as [Z|N]; [|apply prime_form_scal; auto].
  rewrite (Qeq_eqR _ _ Z), RMicromega.Q2R_0, Rmult_0_l. apply prime_form_0.
Qed.

Lemma prime_form_canonical M x : prime_form M x ->
  exists B c, canonical B c /\ (forall a, In a B -> prime a) /\ x = log_form B 0 c.
Proof.
  intros [c ->]. set (keep := fun a => negb (Qeq_bool (c a) 0)). exists (filter keep (primes M)), c.
  split; [split|split].
  - apply NoDup_filter, primes_NoDup.
  - intros a Ha Z. apply filter_In in Ha. unfold keep in Ha. apply Qeq_bool_iff in Z. rewrite Z in Ha. easy.
  - intros a Ha. apply filter_In in Ha. now apply (primes_In M).
  - unfold log_form. rewrite Sum_filter; [reflexivity|]. intros a _ K. unfold keep in K.
    apply negb_false_iff, Qeq_bool_iff in K. rewrite (Qeq_eqR _ _ K), RMicromega.Q2R_0. ring.
Qed.

Fixpoint bound {A} (r : A -> Q) (xs : list A) : Z :=
  match xs with [] => 0 | x :: t => Z.max (Z.max (Qnum (r x)) (Zpos (Qden (r x)))) (bound r t) end%Z.

Lemma bound_spec {A} (r : A -> Q) xs x : In x xs -> (Qnum (r x) <= bound r xs)%Z /\ (Zpos (Qden (r x)) <= bound r xs)%Z.
Proof. induction xs as [|y l IH]; simpl; [tauto|]. intros [->|Hx]; [|specialize (IH Hx)]; lia. Qed.

Theorem canonical_form_exists {A} (xs : list A) (c r : A -> Q) :
  (forall x, In x xs -> ~ c x == 0 -> 0 < r x)%Q ->
  exists B d, canonical B d /\ (forall a, In a B -> prime a) /\
    Sum (fun x => Q2R (c x) * ln (Q2R (r x))) xs = log_form B 0 d.
Proof.
  intros H. apply (prime_form_canonical (Z.to_nat (bound r xs))), prime_form_sum. intros x Hx N.
  pose proof (bound_spec r xs x Hx). apply prime_form_rational; auto; lia.
Qed.

(** What makes a base coprime: while two atoms share a factor g, split them. The product of all atoms falls. *)
Theorem coprime_refinement_step c d g a b : (2 <= g)%Z -> (1 <= a)%Z -> (1 <= b)%Z ->
  c * ln (IZR (g * a)) + d * ln (IZR (g * b)) = (c + d) * ln (IZR g) + c * ln (IZR a) + d * ln (IZR b) /\
  (g * a * b < (g * a) * (g * b))%Z.
Proof.
  intros Hg Ha Hb. split; [|nia]. rewrite !mult_IZR, !ln_mult by (apply IZR_lt; lia). ring.
Qed.
