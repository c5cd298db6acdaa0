import { execFileSync } from 'node:child_process';
import { data } from '../prerequisites.ts';

/** A record of an OSV export, as much of it as judging takes. */
export interface OsvRecord {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly upstream?: readonly string[];
  readonly withdrawn?: string;
  readonly affected?: readonly {
    readonly package: { readonly name: string; readonly ecosystem: string };
    readonly versions?: readonly string[];
    readonly ranges?: readonly { readonly type: string; readonly events: readonly Record<string, string>[] }[];
  }[];
}

const UNZIP = `
import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
for name in archive.namelist():
    sys.stdout.write(archive.read(name).decode().replace(chr(10), ' ') + chr(10))
`;

const loaded = new Map<string, readonly OsvRecord[]>();

/** Every record of an ecosystem's archive: Python unpacks it, so that nothing of the product's has a say. */
export function osvRecords(ecosystem: string): readonly OsvRecord[] {
  const known = loaded.get(ecosystem);
  if (known !== undefined) {
    return known;
  }
  const arguments_ = ['-c', UNZIP, data(`osv/${ecosystem}/all.zip`)];
  const lines = execFileSync('python3', arguments_, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  const records = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as OsvRecord);
  loaded.set(ecosystem, records);
  return records;
}
