/** What an object or a text takes beside its content. */
const OVERHEAD = 24;

/** About how many bytes plain data takes in memory: facts of a file, lists of paths. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') {
    return OVERHEAD + value.length;
  }
  if (typeof value !== 'object' || value === null) {
    return 0;
  }
  let weight = OVERHEAD;
  for (const member of Array.isArray(value) ? (value as readonly unknown[]) : Object.values(value)) {
    weight += 8 + weightOf(member);
  }
  return weight;
}
