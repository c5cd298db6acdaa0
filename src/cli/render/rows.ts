import { columnsOf, fit, pad } from './text.ts';

const GAP = '  ';
const MIN_COLUMN = 8;

/** Rows of a table, the first one its head, each as wide as its widest cell; what does not fit is taken from the last column. Cells are fit for a terminal. */
export function tableOf(rows: readonly (readonly string[])[], columns: number): string {
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(...rows.map((row) => columnsOf(row[at] ?? ''))));
  const before = widths.slice(0, -1).reduce((total, width) => total + width + GAP.length, 0);
  const last = Math.max(MIN_COLUMN, columns - before);
  return rows
    .map((row) => {
      const cells = Array.from({ length: count }, (_, at) =>
        at === count - 1 ? fit(row[at] ?? '', last) : pad(row[at] ?? '', widths[at] ?? 0),
      );
      return `${cells.join(GAP).trimEnd()}\n`;
    })
    .join('');
}

/** Lines of a name and what it is, those without anything left out. */
export function fieldsOf(fields: readonly (readonly [name: string, value: string | null])[]): string {
  const shown = fields.filter(([, value]) => value !== null && value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `  ${name.padEnd(width)}  ${value ?? ''}\n`).join('');
}
