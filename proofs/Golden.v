(** * What a golden value is, on literal rationals

  A case gives its masses as literal rationals, [1 # 2]. An outcome is the pair of its masses under p and q, so that the
  theory's definitions apply as they stand.

  Definitions
  - [variant], [unit_of], [quantity]  the kinds of cases, as the golden files name them
  - [p_of v xs], [q_of v xs]          the masses: as they are, or divided by their exact total ([Normalised])
  - [in_nats k v xs]                  the quantity, by the definitions of Entropy.v, Divergence.v, JensenShannon.v; an
                                      entropy leaves q out, and [Generalised] is a variant of the divergence alone
  - [golden k v u ps qs]              the same in its unit
  - [well_posed v ps qs]              equal lengths, no negative mass, and a total to divide by
  - [certified k v u ps qs bits]      well posed, and its value, on no boundary, rounds to these 64 bits
  - [exact k v u ps qs bits]          well posed, and its value is the number with these 64 bits
  - [correctly_rounded k v u ps qs bits]  well posed, and its value rounds to these 64 bits, with ties to even

  Statements
  - [certified_rounds], [exact_rounds]    the first two imply the third,
  - [correctly_rounded_unique]            which holds of no other bits *)

From Coq Require Import Reals QArith Qreals ZArith List.
From Coquelicot Require Import Rbar.
From Flocq Require Import Core.Zaux Core.Generic_fmt Core.Round_NE IEEE754.Binary IEEE754.Bits.
From klexact Require Import Sums Conventions Divergence Entropy JensenShannon Rounding.
Import ListNotations.
Open Scope R_scope.

Inductive variant := Raw | Normalised | Generalised.
Inductive unit_of := Nats | Bits.
Inductive quantity := Entropy | CrossEntropy | KullbackLeibler | JensenShannon.

Definition masses (v : variant) (xs : list (Q * Q)) (p : Q * Q -> R) : Q * Q -> R :=
  match v with Normalised => fun x => p x / Sum p xs | _ => p end.

Definition p_of v xs := masses v xs (fun x => Q2R (fst x)).
Definition q_of v xs := masses v xs (fun x => Q2R (snd x)).

Definition in_nats (k : quantity) (v : variant) (xs : list (Q * Q)) : Rbar :=
  let p := p_of v xs in
  let q := q_of v xs in
  match k with
  | Entropy => entropy xs p
  | CrossEntropy => cross_entropy xs p q
  | KullbackLeibler =>
    Rbar_plus (kl_divergence xs p q) (match v with Generalised => Sum q xs - Sum p xs | _ => 0 end)
  | JensenShannon => js_divergence xs p q
  end.

Definition in_unit (u : unit_of) (x : Rbar) : Rbar :=
  match u, x with Bits, Finite r => r / ln 2 | _, _ => x end.

Definition golden k v u (ps qs : list Q) : Rbar := in_unit u (in_nats k v (combine ps qs)).

Definition well_posed (v : variant) (ps qs : list Q) :=
  length ps = length qs /\
  (forall p, In p (ps ++ qs) -> 0 <= p)%Q /\
  (v = Normalised -> Exists (fun p => 0 < p)%Q ps /\ Exists (fun q => 0 < q)%Q qs).

Definition certified k v u ps qs bits := well_posed v ps qs /\ rounds_to (golden k v u ps qs) bits.

Definition exact k v u ps qs bits :=
  well_posed v ps qs /\ in_64_bits bits /\
  let f := b64_of_bits bits in
  is_finite 53 1024 f = true /\ golden k v u ps qs = Finite (number f) /\ same_sign f (number f).

Definition correctly_rounded k v u ps qs bits := well_posed v ps qs /\ rounds_to_even (golden k v u ps qs) bits.

Theorem certified_rounds k v u ps qs bits : certified k v u ps qs bits -> correctly_rounded k v u ps qs bits.
Proof. intros [W C]. split; [exact W|]. now apply rounds_to_rounds_to_even. Qed.

Theorem exact_rounds k v u ps qs bits : exact k v u ps qs bits -> correctly_rounded k v u ps qs bits.
Proof.
  intros [W [B [Fin [E S]]]]. split; [exact W|]. rewrite E. apply finite_rounds_to_even; auto.
  apply round_generic; [apply valid_rnd_N|apply number_format].
Qed.

Theorem correctly_rounded_unique k v u ps qs b c :
  correctly_rounded k v u ps qs b -> correctly_rounded k v u ps qs c -> b = c.
Proof. intros [_ B] [_ C]. exact (rounds_to_even_unique _ _ _ B C). Qed.
