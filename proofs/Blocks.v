(** * Models of blocks: each block gets a parameter, which a fixed shape spreads over its outcomes

  The block of the outcome x is c(x), in a list js without repetitions; the shape s >= 0 has the sum 1 in each block.

  Definitions
  - [block_mass eq_dec c xs p j]       the probability of the block j: Σ p over the outcomes x with c(x) = j
  - [block_model c s w]                w(c(x))·s(x): the block j gets w(j)
  - [two_part c m n t]                 t/m where c is true, (1 - t)/n elsewhere: two blocks, spread evenly

  Statements
  - [block_model_dist]                 a block model is a distribution if w is
  - [block_pythagoras]                 v the masses of the blocks under p: D(p‖model w) = D(p‖model v) + D(v‖w)
  - [block_argmin]                     so D(p‖model w) is least at w = v only
  - [two_blocks_pythagoras]            two blocks, t and 1 - t, v = p(c): D(p‖t) = D(p‖v) + D(Bernoulli(v)‖Bernoulli(t))
  - [two_blocks_argmin]                so D(p‖t), 0 <= t <= 1, is least at t = p(c) only
  - [two_part_dist]                    m and n the sizes of the blocks: a two-part model is a distribution
  - [two_part_pythagoras]              v the mass of the first block: D(p‖t) = D(p‖v) + D(Bernoulli(v)‖Bernoulli(t))
  - [two_part_argmin]                  so D(p‖t), 0 <= t <= 1, is least at t = v only
  - [two_part_uniform]                 at t = m/(m + n) the model is uniform,
  - [two_part_against_uniform]         so D(p‖uniform) = D(p‖v) + D(Bernoulli(v)‖Bernoulli(m/(m + n))) *)

From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence Projection Families Processing Optima.
Import ListNotations.
Open Scope R_scope.

Definition block_mass {A B} (eq_dec : forall i j : B, {i = j} + {i <> j}) (c : A -> B) (xs : list A) p j :=
  Sum (fun x => if eq_dec (c x) j then p x else 0) xs.

Definition block_model {A B} (c : A -> B) (s : A -> R) (w : B -> R) x := w (c x) * s x.

Definition two_part {A} (c : A -> bool) (m n : nat) (t : R) : A -> R :=
  block_model c (fun x => if c x then / INR m else / INR n) (bernoulli t).

Section Blocks.

Context {A B : Type} (eq_dec : forall i j : B, {i = j} + {i <> j}) (c : A -> B) (xs : list A) (js : list B).
Context (js_distinct : NoDup js) (c_block : forall x, In x xs -> In (c x) js).

Local Notation mass := (block_mass eq_dec c xs).

Lemma Sum_indicator (i : B) (r : R) : In i js -> Sum (fun j => if eq_dec i j then r else 0) js = r.
Proof.
  clear c_block. induction js as [|j l IH]; simpl; intros Hi; [tauto|]. inversion js_distinct as [|? ? Nj Dl].
  destruct (eq_dec i j) as [->|N].
  - rewrite Sum_0; [ring|]. intros k Hk. destruct (eq_dec j k) as [->|]; [tauto|auto].
  - rewrite IH; auto; [ring|]. destruct Hi as [->|]; [tauto|auto].
Qed.

(** A mean of what depends on the block only is a mean over the blocks. *)
Lemma Sum_blocks (p : A -> R) (g : B -> R) :
  Sum (fun x => p x * g (c x)) xs = Sum (fun j => mass p j * g j) js.
Proof.
  unfold block_mass.
  rewrite (Sum_ext (fun j => _ * g j) (fun j => Sum (fun x => if eq_dec (c x) j then p x * g j else 0) xs)).
  - rewrite Sum_swap. apply Sum_ext. intros x Hx.
    rewrite <- (Sum_indicator (c x) (p x * g (c x))) by auto. apply Sum_ext. intros j _.
    destruct eq_dec as [<-|]; auto.
  - intros j _. rewrite Rmult_comm, <- Sum_scal. apply Sum_ext. intros x _. destruct eq_dec; ring.
Qed.

Lemma block_mass_ge0 p j : (forall x, In x xs -> 0 <= p x) -> 0 <= mass p j.
Proof. intros Hp. apply Sum_ge0. intros x Hx. destruct eq_dec; auto; lra. Qed.

Lemma block_mass_dist p : dist xs p -> dist js (mass p).
Proof.
  intros [Hp S]. split; [intros; now apply block_mass_ge0|].
  rewrite <- S, <- (Sum_ext (fun x => p x * 1) p) by (intros; ring). rewrite (Sum_blocks p (fun _ => 1)).
  apply Sum_ext. intros; ring.
Qed.

Lemma block_mass_0 p x : (forall x, In x xs -> 0 <= p x) -> In x xs -> mass p (c x) = 0 -> p x = 0.
Proof.
  intros Hp Hx Z.
  assert (E : (if eq_dec (c x) (c x) then p x else 0) = 0).
  { apply (Sum_eq0 (fun y => if eq_dec (c y) (c x) then p y else 0) xs); auto.
    intros y Hy. destruct eq_dec; auto; lra. }
  destruct eq_dec; tauto.
Qed.

Context (s : A -> R) (s_ge0 : forall x, In x xs -> 0 <= s x) (s_sum1 : forall j, In j js -> mass s j = 1).

Theorem block_model_dist w : dist js w -> dist xs (block_model c s w).
Proof.
  intros [Hw S]. split.
  - intros x Hx. apply Rmult_le_pos; auto.
  - unfold block_model. rewrite (Sum_ext _ (fun x => s x * w (c x))) by (intros; ring).
    rewrite Sum_blocks, <- S. apply Sum_ext. intros j Hj. rewrite s_sum1 by auto. ring.
Qed.

(** A model dominates p iff the shape does and every block that p allows gets something. *)
Lemma dominated_block_model p w : (forall x, In x xs -> 0 <= p x) ->
  (dominated xs p (block_model c s w) <-> dominated xs p s /\ dominated js (mass p) w).
Proof.
  intros Hp. split.
  - intros D. split.
    + intros x Hx Z. apply D; auto. unfold block_model. rewrite Z. ring.
    + intros j _ Z. apply Sum_0. intros x Hx. destruct eq_dec as [<-|]; auto.
      apply D; auto. unfold block_model. rewrite Z. ring.
  - intros [Ds Dw] x Hx Z. apply Rmult_integral in Z. destruct Z as [Z|Z]; auto.
    apply block_mass_0; auto.
Qed.

Theorem block_pythagoras p w : dist xs p -> dist js w ->
  kl_divergence xs p (block_model c s w) =
  Rbar_plus (kl_divergence xs p (block_model c s (mass p))) (kl_divergence js (mass p) w).
Proof.
  intros [Hp Sp] [Hw Sw].
  assert (Dp : dominated js (mass p) (mass p)) by (intros j _ Z; exact Z).
  destruct (dominated_dec xs p s) as [Ds|Ns]; [destruct (dominated_dec js (mass p) w) as [Dw|Nw]|].
  - rewrite !kl_dominated by (auto; apply dominated_block_model; auto). apply (f_equal Finite).
    unfold kl_sum. rewrite <- (Rplus_comm (Sum (fun j => kl_term (mass p j) (w j)) js)).
    unfold kl_term at 2. rewrite <- (Sum_blocks p (fun j => ln (mass p j / w j))), <- Sum_plus.
    apply Sum_ext. intros x Hx. unfold kl_term, block_model. destruct (Req_dec (p x) 0) as [->|N]; [ring|].
    assert (Px : 0 < p x) by (pose proof (Hp x Hx); lra).
    pose proof (dominated_gt0 xs p s x s_ge0 Ds Hx N) as Sx.
    assert (Mx : mass p (c x) <> 0) by (intros Z; apply N; now apply block_mass_0).
    pose proof (dominated_gt0 js (mass p) w (c x) Hw Dw (c_block x Hx) Mx) as Wx.
    assert (Qx : 0 < mass p (c x)) by (pose proof (block_mass_ge0 p (c x) Hp); lra).
    rewrite !ln_div, !ln_mult by auto using Rmult_lt_0_compat. ring.
  - rewrite (kl_not_dominated js), kl_not_dominated; auto; [|rewrite dominated_block_model; tauto].
    rewrite kl_dominated by (apply dominated_block_model; auto). reflexivity.
  - rewrite !(kl_not_dominated xs) by (rewrite dominated_block_model; tauto).
    pose proof (kl_ge0 js (mass p) w). destruct (kl_divergence js (mass p) w); auto.
    now elim H; [apply block_mass_dist|].
Qed.

Theorem block_argmin p w : dist xs p -> dominated xs p s -> dist js w ->
  Rbar_le (kl_divergence xs p (block_model c s (mass p))) (kl_divergence xs p (block_model c s w)) /\
  (kl_divergence xs p (block_model c s w) = kl_divergence xs p (block_model c s (mass p)) <->
   forall j, In j js -> w j = mass p j).
Proof.
  intros Hp Ds Hw. rewrite (block_pythagoras p w Hp Hw).
  rewrite (kl_dominated xs) by (apply dominated_block_model; [exact (prob_ge0 Hp)|split; auto; intros j _ Z; exact Z]).
  set (m := kl_sum xs p _). pose proof (block_mass_dist p Hp) as Hm.
  assert (M : Rbar_plus m 0 = m) by apply Rbar_plus_0_r.
  split; [rewrite <- M at 1; now apply Rbar_le_shift, kl_ge0|].
  rewrite <- M at 2. rewrite Rbar_eq_shift, kl_eq0 by auto. split; intros E j Hj; symmetry; auto.
Qed.

End Blocks.

(** ** Two blocks *)

Local Notation bits := [true; false].

Section TwoBlocks.

Context {A : Type} (c : A -> bool) (xs : list A).

Lemma bits_distinct : NoDup bits.
Proof. repeat constructor; simpl; intuition discriminate. Qed.

Lemma in_bits (x : A) : In x xs -> In (c x) bits.
Proof. destruct (c x); simpl; auto. Qed.

Lemma bool_mass p b : dist xs p -> block_mass Bool.bool_dec c xs p b = bernoulli (probability xs p c) b.
Proof.
  intros Hp. assert (T : block_mass Bool.bool_dec c xs p true = probability xs p c).
  { apply Sum_ext. intros x _. now destruct (c x). }
  destruct b; auto. pose proof (prob_sum1 (block_mass_dist Bool.bool_dec c xs bits bits_distinct in_bits p Hp)) as S.
  simpl in *. lra.
Qed.

Lemma probability_range p : dist xs p -> 0 <= probability xs p c <= 1.
Proof.
  intros Hp. pose proof (block_mass_dist Bool.bool_dec c xs bits bits_distinct in_bits p Hp) as M.
  pose proof (prob_ge0 M true ltac:(simpl; auto)) as T. pose proof (prob_ge0 M false ltac:(simpl; auto)) as F.
  rewrite bool_mass in T, F by auto. simpl in *. lra.
Qed.

Context (s : A -> R) (s_ge0 : forall x, In x xs -> 0 <= s x).

Theorem two_blocks_pythagoras p t : dist xs p -> 0 <= t <= 1 ->
  kl_divergence xs p (block_model c s (bernoulli t)) =
  Rbar_plus (kl_divergence xs p (block_model c s (bernoulli (probability xs p c))))
            (kl_divergence bits (bernoulli (probability xs p c)) (bernoulli t)).
Proof.
  intros Hp Ht. rewrite (block_pythagoras Bool.bool_dec c xs bits bits_distinct in_bits s s_ge0)
    by auto using bernoulli_dist.
  f_equal; apply kl_ext; auto; intros x Hx; [unfold block_model; f_equal|]; now apply bool_mass.
Qed.

Theorem two_blocks_argmin p : dist xs p -> dominated xs p s ->
  unique_argmin (fun t => 0 <= t <= 1) (fun t => kl_divergence xs p (block_model c s (bernoulli t)))
    (probability xs p c).
Proof.
  intros Hp Ds. pose proof (probability_range p Hp) as B.
  assert (D : dominated xs p (block_model c s (bernoulli (probability xs p c)))).
  { apply (dominated_block_model Bool.bool_dec c xs bits in_bits s); [exact (prob_ge0 Hp)|split; auto].
    intros b _ Z. now rewrite bool_mass. }
  apply (unique_argmin_gap _ _ (fun t => kl_divergence bits (bernoulli (probability xs p c)) (bernoulli t))
    _ _ B (kl_dominated _ _ _ D)).
  intros t Ht N. split; [rewrite <- (kl_dominated _ _ _ D); now apply two_blocks_pythagoras|].
  apply (kl_gt0 bits _ _ true); auto using bernoulli_dist; simpl; auto.
Qed.

End TwoBlocks.

(** ** Two blocks, each spread evenly *)

Section TwoPart.

Context {A : Type} (c : A -> bool) (us vs : list A) (us_nonempty : us <> []) (vs_nonempty : vs <> []).
Context (c_first : forall x, In x us -> c x = true) (c_second : forall x, In x vs -> c x = false).

Local Notation xs := (us ++ vs).
Local Notation m := (length us).
Local Notation n := (length vs).
Local Notation even := (fun x => if c x then / INR m else / INR n).

Lemma length_gt0 {X} (l : list X) : l <> [] -> 0 < INR (length l).
Proof. intros N. apply lt_0_INR. destruct l; [tauto|simpl; lia]. Qed.

Lemma even_gt0 x : 0 < even x.
Proof.
  pose proof (length_gt0 us us_nonempty). pose proof (length_gt0 vs vs_nonempty).
  cbv beta. destruct (c x); now apply Rinv_0_lt_compat.
Qed.

Lemma even_ge0 x : In x xs -> 0 <= even x.
Proof. intros _. left. apply even_gt0. Qed.

Lemma probability_us p : probability xs p c = Sum p us.
Proof.
  unfold probability. rewrite Sum_app, (Sum_ext _ p us), (Sum_0 _ vs); [ring| |]; intros x Hx.
  - now rewrite c_second.
  - now rewrite c_first.
Qed.

Theorem two_part_dist t : 0 <= t <= 1 -> dist xs (two_part c m n t).
Proof.
  pose proof (length_gt0 us us_nonempty). pose proof (length_gt0 vs vs_nonempty).
  intros Ht. split.
  - intros x _. apply Rmult_le_pos; [|left; apply even_gt0]. destruct (c x); simpl; lra.
  - unfold two_part, block_model. rewrite Sum_app.
    rewrite (Sum_ext _ (fun _ => t / INR m) us) by (intros; now rewrite c_first).
    rewrite (Sum_ext _ (fun _ => (1 - t) / INR n) vs) by (intros; now rewrite c_second).
    rewrite !Sum_const. field. lra.
Qed.

Theorem two_part_pythagoras p t : dist xs p -> 0 <= t <= 1 ->
  kl_divergence xs p (two_part c m n t) =
  Rbar_plus (kl_divergence xs p (two_part c m n (Sum p us)))
            (kl_divergence bits (bernoulli (Sum p us)) (bernoulli t)).
Proof. rewrite <- probability_us. exact (two_blocks_pythagoras c xs even even_ge0 p t). Qed.

Theorem two_part_argmin p : dist xs p ->
  unique_argmin (fun t => 0 <= t <= 1) (fun t => kl_divergence xs p (two_part c m n t)) (Sum p us).
Proof.
  intros Hp. rewrite <- probability_us. apply (two_blocks_argmin c xs even even_ge0 p Hp).
  intros x _ Z. pose proof (even_gt0 x). lra.
Qed.

Theorem two_part_uniform x :
  two_part c m n (INR m / (INR m + INR n)) x = 1 / INR (length xs).
Proof.
  pose proof (length_gt0 us us_nonempty). pose proof (length_gt0 vs vs_nonempty).
  rewrite app_length, plus_INR. unfold two_part, block_model. destruct (c x); simpl; field; lra.
Qed.

Theorem two_part_against_uniform p : dist xs p ->
  kl_divergence xs p (fun _ => 1 / INR (length xs)) =
  Rbar_plus (kl_divergence xs p (two_part c m n (Sum p us)))
            (kl_divergence bits (bernoulli (Sum p us)) (bernoulli (INR m / (INR m + INR n)))).
Proof.
  intros Hp. pose proof (length_gt0 us us_nonempty). pose proof (length_gt0 vs vs_nonempty).
  rewrite <- two_part_pythagoras; auto.
  - apply kl_ext; auto. intros x _. now rewrite two_part_uniform.
  - split; [apply Rdiv_le_0_compat|apply Rle_div_l]; lra.
Qed.

End TwoPart.
