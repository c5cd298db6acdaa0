/** Evidence of one signer that counts for an operator. */
export interface Support {
  readonly operator: string;
  /** Who signed, as shown by the signature: the same person or key has the same, whatever the configuration calls them. */
  readonly identity: string;
  /** The first instant at which it no longer counts; null when none is known. */
  readonly validUntil: number | null;
}

/**
 * How many operators signed, each by an identity of its own: the size of a maximum matching. An identity that fits two
 * signers of the configuration (a key under two names, patterns that overlap) is one witness, not two (CVE-2026-49834).
 */
export function distinctOperators(supports: readonly Support[]): number {
  return matchOperators(supports).size;
}

/** The operators that count, each with the identity that counts for it. */
export function matchOperators(supports: readonly Support[]): ReadonlyMap<string, string> {
  const identities = new Map<string, Set<string>>();
  for (const { operator, identity } of supports) {
    const known = identities.get(operator) ?? new Set();
    identities.set(operator, known.add(identity));
  }
  const taken = new Map<string, string>();
  for (const operator of identities.keys()) {
    assign(operator, identities, taken, new Set());
  }
  return new Map([...taken].map(([identity, operator]) => [operator, identity]));
}

/** The longest that `threshold` operators hold together; null when time ends none of them, or when there are fewer. */
export function heldUntil(supports: readonly Support[], threshold: number): number | null {
  const lasting = supports.toSorted((a, b) => endOf(b) - endOf(a));
  let [few, enough] = [0, lasting.length];
  if (distinctOperators(lasting) < threshold) {
    return null;
  }
  // More of them never match fewer: the shortest prefix that suffices is found by halves.
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (distinctOperators(lasting.slice(0, middle)) >= threshold) {
      enough = middle;
    } else {
      few = middle;
    }
  }
  return lasting[enough - 1]?.validUntil ?? null;
}

/** Kuhn's augmenting path: an identity for the operator, for which others may have to take another one. */
function assign(
  operator: string,
  identities: ReadonlyMap<string, ReadonlySet<string>>,
  taken: Map<string, string>,
  tried: Set<string>,
): boolean {
  for (const identity of identities.get(operator) ?? []) {
    if (!tried.has(identity)) {
      tried.add(identity);
      const holder = taken.get(identity);
      if (holder === undefined || assign(holder, identities, taken, tried)) {
        taken.set(identity, operator);
        return true;
      }
    }
  }
  return false;
}

function endOf({ validUntil }: Support): number {
  return validUntil ?? Number.POSITIVE_INFINITY;
}
