(** * Best parameters in closed form

  For data p, any distribution on a list of outcomes, the model q of least D(p‖q). In each family D(p‖q) exceeds the
  least value, which is finite, by D(r‖q), r the best model, and that is positive for every other parameter.

  Statements
  - [categorical_argmin]                 over all distributions q: D(p‖q) is least at q = p only,
  - [categorical_argmin_cross_entropy]   and so is H(p, q)
  - [bernoulli_argmin]                   D(Bernoulli(a)‖Bernoulli(t)), 0 <= t <= 1, is least at t = a only
  - [binomial_pythagoras]                p on 0..n, s = mean/n: D(p‖Bin(n, t)) = D(p‖Bin(n, s)) + D(Bin(n, s)‖Bin(n, t))
  - [binomial_argmin]                    D(p‖Bin(n, t)), 0 <= t <= 1, is least at t = mean/n only
  - [geometric_pythagoras]               the same for Geometric(t), 0 < t < 1, s = 1/(1 + mean): the last divergence is
                                         a series, which converges by [kl_geometric] of CountingLaws.v
  - [geometric_argmin]                   D(p‖Geometric(t)), 0 < t <= 1, is least at t = 1/(1 + mean) only
  - [poisson_pythagoras]                 the same for Poisson(a), a > 0, s = mean: the series converges by [kl_poisson]
  - [poisson_argmin]                     D(p‖Poisson(a)), a >= 0, is least at a = mean only *)

From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From klexact Require Import Sums Conventions Divergence Entropy Projection Families CountingLaws.
Import ListNotations.
Open Scope R_scope.

Local Notation bits := [true; false].
Local Notation upto n := (seq 0 (S n)).
Local Notation mean xs p := (expectation xs p INR).

(** ** Categorical and Bernoulli *)

Theorem categorical_argmin {A} (xs : list A) p q : dist xs p -> dist xs q ->
  Rbar_le (kl_divergence xs p p) (kl_divergence xs p q) /\
  (kl_divergence xs p q = kl_divergence xs p p <-> forall x, In x xs -> q x = p x).
Proof.
  intros Hp Hq. rewrite kl_divergence_refl. split; [now apply kl_ge0|].
  rewrite kl_eq0 by auto. split; intros E x Hx; symmetry; auto.
Qed.

Lemma Rbar_eq_shift (c : R) x y : Rbar_plus c x = Rbar_plus c y <-> x = y.
Proof.
  split; [|now intros ->]. destruct x, y; simpl; intros H; try discriminate; try reflexivity.
  injection H as H. f_equal. lra.
Qed.

Theorem categorical_argmin_cross_entropy {A} (xs : list A) p q : dist xs p -> dist xs q ->
  Rbar_le (cross_entropy xs p p) (cross_entropy xs p q) /\
  (cross_entropy xs p q = cross_entropy xs p p <-> forall x, In x xs -> q x = p x).
Proof.
  intros Hp Hq. rewrite !cross_entropy_eq_entropy_plus_kl by (apply prob_ge0; auto).
  destruct (categorical_argmin xs p q Hp Hq) as [L E]. split; [now apply Rbar_le_shift|].
  now rewrite Rbar_eq_shift.
Qed.

(** A unique minimiser from a gap that is positive everywhere else. *)
Lemma unique_argmin_gap {T} (D : T -> Prop) (f g : T -> Rbar) t (m : R) :
  D t -> f t = m -> (forall u, D u -> u <> t -> f u = Rbar_plus m (g u) /\ Rbar_lt 0 (g u)) -> unique_argmin D f t.
Proof.
  intros Ht F G. split; auto. intros u Hu N. destruct (G u Hu N) as [-> P]. rewrite F.
  destruct (g u); simpl in *; auto; lra.
Qed.

Lemma kl_gt0 {A} (xs : list A) p q x :
  dist xs p -> dist xs q -> In x xs -> p x <> q x -> Rbar_lt 0 (kl_divergence xs p q).
Proof.
  intros Hp Hq Hx N. destruct (Rbar_le_lt_or_eq_dec _ _ (kl_ge0 xs p q Hp Hq)) as [|E]; auto.
  elim N. symmetry in E. now apply (proj1 (kl_eq0 xs p q Hp Hq) E).
Qed.

Theorem bernoulli_argmin a : 0 <= a <= 1 ->
  unique_argmin (fun t => 0 <= t <= 1) (fun t => kl_divergence bits (bernoulli a) (bernoulli t)) a.
Proof.
  intros Ha. apply (unique_argmin_gap _ _ (fun t => kl_divergence bits (bernoulli a) (bernoulli t)) _ 0); auto.
  - apply kl_divergence_refl.
  - intros t Ht N. split; [now rewrite Rbar_plus_0_l|].
    apply (kl_gt0 bits _ _ true); auto using bernoulli_dist; simpl; auto.
Qed.

(** ** Binomial *)

Lemma mean_ge0 xs p : dist xs p -> 0 <= mean xs p.
Proof. intros Hp. apply Sum_ge0. intros k Hk. apply Rmult_le_pos; [now apply (prob_ge0 Hp)|apply pos_INR]. Qed.

Lemma mean_0 xs p k : dist xs p -> mean xs p = 0 -> In k xs -> k <> 0%nat -> p k = 0.
Proof.
  intros Hp E Hk N.
  assert (Z : p k * INR k = 0).
  { apply (Sum_eq0 (fun k => p k * INR k) xs); auto.
    intros i Hi. apply Rmult_le_pos; [now apply (prob_ge0 Hp)|apply pos_INR]. }
  apply Rmult_integral in Z. destruct Z as [|Z]; auto. now apply not_0_INR in Z.
Qed.

Lemma mean_le xs p n : dist xs p -> (forall k, In k xs -> (k <= n)%nat) -> mean xs p <= INR n.
Proof.
  intros Hp B. rewrite <- (expectation_const xs p (INR n) Hp). apply Sum_le. intros k Hk.
  apply Rmult_le_compat_l; [now apply (prob_ge0 Hp)|]. apply le_INR. auto.
Qed.

Lemma mean_max xs p n k : dist xs p -> (forall k, In k xs -> (k <= n)%nat) -> mean xs p = INR n ->
  In k xs -> k <> n -> p k = 0.
Proof.
  intros Hp B E Hk N.
  assert (Z : p k * (INR n - INR k) = 0).
  { apply (Sum_eq0 (fun k => p k * (INR n - INR k)) xs); auto.
    - intros i Hi. apply Rmult_le_pos; [now apply (prob_ge0 Hp)|]. pose proof (le_INR i n (B i Hi)). lra.
    - pose proof (expectation_linear xs p (fun _ => INR n) INR 1 (-1)) as L. rewrite expectation_const, E in L by auto.
      transitivity (1 * INR n + -1 * INR n); [|ring]. rewrite <- L. apply Sum_ext. intros; ring. }
  apply Rmult_integral in Z. destruct Z as [|Z]; auto. elim N. apply INR_eq. lra.
Qed.

(** Which counts a binomial excludes: at t = 0 all but 0, at t = 1 all but n. *)
Lemma binomial_eq0 n t k : 0 <= t <= 1 -> In k (upto n) ->
  (binomial n t k = 0 <-> (t = 0 /\ k <> 0%nat) \/ (t = 1 /\ k <> n)).
Proof.
  intros Ht Hk. apply in_seq in Hk. unfold binomial. pose proof (C_gt0 n k). split.
  - intros E. apply Rmult_integral in E. destruct E as [E|E]; [apply Rmult_integral in E; destruct E as [E|E]; [lra|]|].
    + left. destruct k as [|k]; [simpl in E; lra|]. split; [|lia].
      destruct (Req_dec t 0) as [|N]; auto. now apply (pow_nonzero _ (S k)) in N.
    + right. destruct (Nat.eq_dec k n) as [->|Nk]; [rewrite Nat.sub_diag in E; simpl in E; lra|]. split; auto.
      destruct (Req_dec t 1) as [|N]; auto. apply pow_nonzero in E; [tauto|lra].
  - intros [[-> Nk]|[-> Nk]]; [rewrite (pow_i k) by lia; ring|].
    rewrite (Rminus_diag_eq 1 1), (pow_i (n - k)) by (auto; lia). ring.
Qed.

Lemma upto_le n k : In k (upto n) -> (k <= n)%nat.
Proof. rewrite in_seq. lia. Qed.

Lemma binomial_best_dominates n p s : dist (upto n) p -> 0 <= s <= 1 -> INR n * s = mean (upto n) p ->
  dominated (upto n) p (binomial n s).
Proof.
  intros Hp Hs E k Hk Z. apply binomial_eq0 in Z as [[Z Nk]|[Z Nk]]; auto.
  - apply (mean_0 (upto n)); auto. rewrite <- E, Z. ring.
  - apply (mean_max (upto n) p n); auto using upto_le. rewrite <- E, Z. ring.
Qed.

(** At an end of its range, t must already be the best parameter to dominate the data. *)
Lemma binomial_end_best n p t : dist (upto n) p -> t = 0 \/ t = 1 -> dominated (upto n) p (binomial n t) ->
  mean (upto n) p = INR n * t.
Proof.
  intros Hp Ht D. rewrite <- (expectation_const (upto n) p (INR n * t) Hp). apply expectation_ext. intros k Hk N.
  assert (P : ~ ((t = 0 /\ k <> 0%nat) \/ (t = 1 /\ k <> n)))
    by (intros Z; apply N, D; auto; apply binomial_eq0; auto; lra).
  destruct Ht as [-> | ->].
  - destruct (Nat.eq_dec k 0) as [->|K]; [simpl; ring|tauto].
  - destruct (Nat.eq_dec k n) as [->|K]; [ring|tauto].
Qed.

Lemma binomial_pythagoras_at n p s t : (0 < n)%nat -> dist (upto n) p -> 0 <= s <= 1 -> 0 <= t <= 1 ->
  INR n * s = mean (upto n) p ->
  kl_divergence (upto n) p (binomial n t) =
  Rbar_plus (kl_divergence (upto n) p (binomial n s)) (kl_divergence (upto n) (binomial n s) (binomial n t)).
Proof.
  intros Hn Hp Hs Ht E. pose proof (binomial_best_dominates n p s Hp Hs E) as D.
  pose proof (lt_0_INR n Hn) as Pn.
  destruct (Req_dec s t) as [<-|N]; [now rewrite kl_divergence_refl, Rbar_plus_0_r|].
  destruct (Req_dec t 0) as [T|T0]; [|destruct (Req_dec t 1) as [T|T1]].
  1, 2: rewrite (kl_dominated _ p (binomial n s)), !kl_not_dominated; auto using binomial_end_not_dominated.
  1, 2: intros Dt; apply N, (Rmult_eq_reg_l (INR n)); [rewrite E; apply binomial_end_best; auto|lra].
  rewrite !kl_dominated by (auto; apply binomial_dominated; lra).
  apply (f_equal Finite).
  apply pythagorean_identity; try (apply prob_ge0; auto using binomial_dist); auto.
  - apply binomial_dominated. lra.
  - rewrite !expectation_ln_binomial, binomial_mean, E; auto using binomial_dist; try lra. intros k _ Z. exact Z.
Qed.

Lemma binomial_best_range n p : (0 < n)%nat -> dist (upto n) p ->
  0 <= mean (upto n) p / INR n <= 1 /\ INR n * (mean (upto n) p / INR n) = mean (upto n) p.
Proof.
  intros Hn Hp. pose proof (lt_0_INR n Hn).
  pose proof (mean_ge0 _ p Hp). pose proof (mean_le _ p n Hp (upto_le n)).
  repeat split; [now apply Rdiv_le_0_compat|apply Rle_div_l; lra|field; lra].
Qed.

Theorem binomial_pythagoras n p t : (0 < n)%nat -> dist (upto n) p -> 0 <= t <= 1 ->
  let s := mean (upto n) p / INR n in
  kl_divergence (upto n) p (binomial n t) =
  Rbar_plus (kl_divergence (upto n) p (binomial n s)) (kl_divergence (upto n) (binomial n s) (binomial n t)).
Proof. intros Hn Hp Ht s. destruct (binomial_best_range n p Hn Hp). now apply binomial_pythagoras_at. Qed.

Theorem binomial_argmin n p : (0 < n)%nat -> dist (upto n) p ->
  unique_argmin (fun t => 0 <= t <= 1) (fun t => kl_divergence (upto n) p (binomial n t)) (mean (upto n) p / INR n).
Proof.
  intros Hn Hp. destruct (binomial_best_range n p Hn Hp) as [B E]. set (s := mean (upto n) p / INR n) in *.
  pose proof (kl_dominated _ _ _ (binomial_best_dominates n p s Hp B E)) as F.
  apply (unique_argmin_gap _ _ (fun t => kl_divergence (upto n) (binomial n s) (binomial n t)) _ _ B F).
  intros t Ht N. split; [rewrite <- F; now apply binomial_pythagoras|].
  destruct (Rbar_le_lt_or_eq_dec _ _ (kl_ge0 _ _ _ (binomial_dist n s B) (binomial_dist n t Ht))) as [|Z]; auto.
  elim N. apply (Rmult_eq_reg_l (INR n)); [|now apply not_0_INR, Nat.neq_0_lt_0].
  symmetry in Z. rewrite kl_eq0 in Z by auto using binomial_dist.
  rewrite <- !binomial_mean. apply Sum_ext. intros k Hk. now rewrite Z.
Qed.

(** ** Geometric *)

(** Data that only count 0 have mean 0. *)
Lemma mean_point_0 xs p : (forall k, In k xs -> k <> 0%nat -> p k = 0) -> mean xs p = 0.
Proof.
  intros H. apply Sum_0. intros k Hk. destruct (Nat.eq_dec k 0) as [->|N]; [simpl; ring|]. rewrite H; auto; ring.
Qed.

Lemma geometric_eq0 t k : 0 < t <= 1 -> (geometric t k = 0 <-> t = 1 /\ k <> 0%nat).
Proof.
  intros Ht. unfold geometric. split.
  - intros E. apply Rmult_integral in E. destruct E as [E|E]; [lra|].
    destruct k as [|k]; [simpl in E; lra|]. split; [|lia].
    destruct (Req_dec t 1) as [|N]; auto. apply pow_nonzero in E; [tauto|lra].
  - intros [-> N]. rewrite (Rminus_diag_eq 1 1), (pow_i k) by (auto; lia). ring.
Qed.

Lemma geometric_best_range xs p : dist xs p ->
  0 < 1 / (1 + mean xs p) <= 1 /\ mean xs p = (1 - 1 / (1 + mean xs p)) / (1 / (1 + mean xs p)).
Proof.
  intros Hp. pose proof (mean_ge0 xs p Hp).
  repeat split; [apply Rdiv_lt_0_compat; lra|apply Rle_div_l; lra|field; lra].
Qed.

Lemma geometric_best_dominates xs p s : dist xs p -> 0 < s <= 1 -> mean xs p = (1 - s) / s ->
  dominated xs p (geometric s).
Proof.
  intros Hp Hs E k Hk Z. apply geometric_eq0 in Z as [-> N]; auto. apply (mean_0 xs); auto. rewrite E. field.
Qed.

Lemma geometric_dominated xs p t : 0 < t < 1 -> dominated xs p (geometric t).
Proof. intros Ht k _ Z. pose proof (geometric_gt0 t k Ht). lra. Qed.

Lemma kl_sum_geometric xs p s t : dist xs p -> 0 < s <= 1 -> 0 < t < 1 -> mean xs p = (1 - s) / s ->
  kl_sum xs p (geometric t) =
  kl_sum xs p (geometric s) + (ln (s / t) + (1 - s) / s * ln ((1 - s) / (1 - t))).
Proof.
  intros Hp Hs Ht E. pose proof (geometric_best_dominates xs p s Hp Hs E) as D.
  rewrite (kl_sum_other_model xs p (geometric t) (geometric s) (prob_ge0 Hp)); auto using geometric_dominated;
    try (intros; apply geometric_ge0; lra).
  rewrite (expectation_ext xs p _ (fun k => 1 * ln (s / t) + ln ((1 - s) / (1 - t)) * INR k)).
  - rewrite expectation_linear, expectation_const, E by auto. ring.
  - intros k Hk N. rewrite ln_geometric_ratio by auto. ring.
Qed.

Theorem geometric_pythagoras xs p t : dist xs p -> 0 < t < 1 ->
  let s := 1 / (1 + mean xs p) in
  kl_divergence xs p (geometric t) =
  Rbar_plus (kl_divergence xs p (geometric s)) (Series (fun k => kl_term (geometric s k) (geometric t k))).
Proof.
  intros Hp Ht s. destruct (geometric_best_range xs p Hp) as [Hs E]. fold s in Hs, E.
  rewrite (is_series_unique _ _ (kl_geometric s t Hs Ht)).
  rewrite !kl_dominated by auto using geometric_dominated, geometric_best_dominates.
  apply (f_equal Finite). now apply kl_sum_geometric.
Qed.

Theorem geometric_argmin xs p : dist xs p ->
  unique_argmin (fun t => 0 < t <= 1) (fun t => kl_divergence xs p (geometric t)) (1 / (1 + mean xs p)).
Proof.
  intros Hp. destruct (geometric_best_range xs p Hp) as [Hs E]. set (s := 1 / (1 + mean xs p)) in *.
  pose proof (kl_dominated _ _ _ (geometric_best_dominates xs p s Hp Hs E)) as F.
  apply (unique_argmin_gap _ _
    (fun t => if Req_EM_T t 1 then p_infty else ln (s / t) + (1 - s) / s * ln ((1 - s) / (1 - t))) _ _ Hs F).
  intros t Ht N. destruct Req_EM_T as [->|T].
  - split; [|exact I]. apply kl_not_dominated. intros D. apply N.
    assert (M : mean xs p = 0) by (apply mean_point_0; intros k Hk K; apply D, geometric_eq0; auto).
    unfold s. rewrite M. field.
  - split; [rewrite kl_dominated by (apply geometric_dominated; lra); apply (f_equal Finite);
      apply kl_sum_geometric; auto; lra|].
    simpl. apply (Rmult_lt_reg_l s); [lra|]. rewrite Rmult_0_r.
    replace (s * _) with (kl_term s t + kl_term (1 - s) (1 - t)) by (unfold kl_term; field; lra).
    pose proof (kl_gt0 bits (bernoulli s) (bernoulli t) true) as G.
    rewrite kl_dominated, kl_sum_bernoulli in G by (apply bernoulli_dominated; lra).
    apply G; try (apply bernoulli_dist; lra); simpl; auto.
Qed.

(** ** Poisson *)

Lemma poisson_dominated xs p a : 0 < a -> dominated xs p (poisson a).
Proof. intros Ha k _ Z. pose proof (poisson_gt0 a k Ha). lra. Qed.

Lemma poisson_0 k : k <> 0%nat -> poisson 0 k = 0.
Proof. intros N. unfold poisson. rewrite (pow_i k) by lia. unfold Rdiv. ring. Qed.

Lemma poisson_best_dominates xs p : dist xs p -> dominated xs p (poisson (mean xs p)).
Proof.
  intros Hp. destruct (Rle_lt_or_eq_dec _ _ (mean_ge0 xs p Hp)) as [P|E]; [now apply poisson_dominated|].
  rewrite <- E. intros k Hk Z. apply (mean_0 xs); auto. intros ->. unfold poisson in Z. simpl in Z.
  rewrite Ropp_0, exp_0 in Z. lra.
Qed.

Lemma kl_sum_poisson xs p a : dist xs p -> 0 < a ->
  let m := mean xs p in kl_sum xs p (poisson a) = kl_sum xs p (poisson m) + (m * ln (m / a) + a - m).
Proof.
  intros Hp Ha m. pose proof (mean_ge0 xs p Hp : 0 <= m) as Hm.
  pose proof (poisson_best_dominates xs p Hp : dominated xs p (poisson m)) as D.
  rewrite (kl_sum_other_model xs p (poisson a) (poisson m) (prob_ge0 Hp));
    auto using poisson_dominated; try (intros; apply poisson_ge0; lra).
  rewrite (expectation_ext xs p _ (fun k => 1 * (a - m) + ln (m / a) * INR k)).
  - rewrite expectation_linear, expectation_const by auto. fold m. ring.
  - intros k Hk N. rewrite ln_poisson_ratio by auto. ring.
Qed.

Theorem poisson_pythagoras xs p a : dist xs p -> 0 < a ->
  let m := mean xs p in
  kl_divergence xs p (poisson a) =
  Rbar_plus (kl_divergence xs p (poisson m)) (Series (fun k => kl_term (poisson m k) (poisson a k))).
Proof.
  intros Hp Ha m. rewrite (is_series_unique _ _ (kl_poisson m a (mean_ge0 xs p Hp) Ha)).
  rewrite !kl_dominated by (unfold m; auto using poisson_dominated, poisson_best_dominates).
  apply (f_equal Finite). now apply kl_sum_poisson.
Qed.

Theorem poisson_argmin xs p : dist xs p ->
  unique_argmin (fun a => 0 <= a) (fun a => kl_divergence xs p (poisson a)) (mean xs p).
Proof.
  intros Hp. pose proof (mean_ge0 xs p Hp) as Hm. set (m := mean xs p) in *.
  pose proof (kl_dominated _ _ _ (poisson_best_dominates xs p Hp)) as F. fold m in F.
  apply (unique_argmin_gap _ _ (fun a => if Req_EM_T a 0 then p_infty else m * ln (m / a) + a - m) _ _ Hm F).
  intros a Ha N. destruct Req_EM_T as [->|A].
  - split; [|exact I]. apply kl_not_dominated. intros D. apply N. symmetry.
    apply mean_point_0. intros k Hk K. apply D; auto. now apply poisson_0.
  - split; [rewrite kl_dominated by (apply poisson_dominated; lra); apply (f_equal Finite);
      apply kl_sum_poisson; auto; lra|].
    simpl. pose proof (kl_term_ge m a Hm Ha ltac:(lra)) as G. fold (kl_term m a).
    destruct (Rle_lt_or_eq_dec _ _ G) as [|E]; [lra|].
    elim N. symmetry. apply kl_term_eq; auto; lra.
Qed.
