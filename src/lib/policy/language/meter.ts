/**
 * What one evaluation may spend and what it learns about time. Costs are counted in the units of Kubernetes (`docs/reference/policy-language.md`).
 * Mutable, one for each evaluation, passed down to every function.
 */
export interface Meter {
  /** Throws `CelBudgetError` once more has been charged than allowed: before the work where its cost is known, so that no single call runs away. */
  charge(units: number): void;
  /** The context's time, nanoseconds since 1970. */
  readonly now: bigint;
  /** An instant after `now` (nanoseconds) from which on a comparison that was just made could come out otherwise. The earliest is kept. */
  turns(at: bigint): void;
}
