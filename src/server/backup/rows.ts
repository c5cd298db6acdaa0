import { createReadStream } from 'node:fs';
import { createDigester, type Digest } from '#base/digest.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { DUMPED_TABLES, type DumpedRow, type DumpValue } from '#store/metadata/index.ts';
import { damaged } from './summary.ts';

const NEW_LINE = 10;

/** A row in one line of JSON: `["tags",{…}]`, bytes as `{"base64":"…"}`. */
export function rowLine({ table, row }: DumpedRow): string {
  const values = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
  ]);
  return `${JSON.stringify([table, Object.fromEntries(values)])}\n`;
}

/** The rows of a file; after the last one it throws `BACKUP_DAMAGED` unless the whole file has its digest. */
export async function* readRows(path: string, digest: Digest): AsyncGenerator<DumpedRow> {
  const digester = createDigester();
  for await (const line of linesOf(path, (chunk) => digester.update(chunk))) {
    yield parseRow(line, path);
  }
  const found = digester.digest();
  if (found !== digest) {
    throw damaged(path, digest, found);
  }
}

async function* linesOf(path: string, see: (chunk: Uint8Array) => void): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    see(chunk);
    let from = 0;
    for (let end = chunk.indexOf(NEW_LINE); end !== -1; end = chunk.indexOf(NEW_LINE, from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, end)]);
      rest = [];
      length = 0;
      from = end + 1;
    }
    rest.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > LIMITS.backupRowBytes) {
      throw limitExceeded(path, LIMITS.backupRowBytes, 'bytes in one line');
    }
  }
  if (length > 0) {
    throw damaged(path, 'lines that end', 'a part of one');
  }
}

const TABLES: ReadonlyMap<string, DumpedRow['table']> = new Map(DUMPED_TABLES.map(({ name }) => [name, name]));

function parseRow(line: Buffer, path: string): DumpedRow {
  const parsed = parseLine(line, path);
  const [name, columns, ...more] = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [];
  const table = typeof name === 'string' ? TABLES.get(name) : undefined;
  if (table === undefined || typeof columns !== 'object' || columns === null || more.length > 0) {
    throw damaged(path, 'the name of a table and a row', 'something else');
  }
  const row = Object.entries(columns).map(([column, value]): [string, DumpValue] => [column, toValue(value, path)]);
  return { table, row: Object.fromEntries(row) };
}

function parseLine(line: Buffer, path: string): unknown {
  try {
    return parseStrictJson(line, path);
  } catch {
    throw damaged(path, 'a line of JSON', 'something else');
  }
}

function toValue(value: unknown, path: string): DumpValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') {
    return value;
  }
  if (typeof value === 'object' && 'base64' in value && typeof value.base64 === 'string') {
    return Buffer.from(value.base64, 'base64');
  }
  throw damaged(path, 'texts, numbers and bytes', typeof value);
}
