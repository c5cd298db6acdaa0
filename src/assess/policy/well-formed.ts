/** A value of JSON whose texts all have a canonical form: an image may hold half of a character. The same value where nothing is to be done. */
export function wellFormed<T>(value: T): T {
  return repaired(value) as T;
}

function repaired(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.toWellFormed();
  }
  if (Array.isArray(value)) {
    return value.every((item) => repaired(item) === item) ? value : value.map(repaired);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const members = Object.entries(value);
  return members.every(([name, member]) => name.isWellFormed() && repaired(member) === member)
    ? value
    : Object.fromEntries(members.map(([name, member]) => [name.toWellFormed(), repaired(member)]));
}
