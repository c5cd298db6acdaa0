/** PEP 503: lower case, and every run of `-`, `_` and `.` is one hyphen. */
export function normalizeName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[-_.]/g, '-')
    .split('-')
    .filter((part, index, parts) => part !== '' || index === 0 || index === parts.length - 1)
    .join('-');
}
