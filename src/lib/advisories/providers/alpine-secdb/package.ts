import { z } from 'zod';
import { schemeFor } from '#lib/versions/index.ts';
import { readNames } from './names.ts';

/** The members of a package that are read: `{"pkg": {"name": …, "secfixes": {version: [ids]}}}`. */
export const SecdbPackage = z.object({
  pkg: z.object({
    name: z.string().min(1).max(512),
    secfixes: z.record(z.string().min(1), z.array(z.string()).nullable()),
  }),
});
export type SecdbPackage = z.infer<typeof SecdbPackage>;

/** What the database says of one vulnerability in one package. */
export interface Fix {
  /** A CVE where the text names one, else the id that it has instead. */
  readonly id: string;
  readonly others: ReadonlySet<string>;
  /** The version that repairs it; null when the package never had it. */
  readonly fixed: string | null;
}

/** The version that stands for "never affected". */
const NEVER = '0';
const apk = schemeFor('apk');

/**
 * One fix for each vulnerability of a package: of several versions the highest, since whoever wrote the later one down knew
 * that the earlier had not been enough. `unreadable` are texts that name no vulnerability.
 */
export function fixesOf({ pkg }: SecdbPackage): {
  readonly fixes: readonly Fix[];
  readonly unreadable: readonly string[];
} {
  const fixes = new Map<string, { readonly id: string; readonly others: Set<string>; fixed: string | null }>();
  const unreadable: string[] = [];
  for (const [version, texts] of Object.entries(pkg.secfixes)) {
    const fixed = version === NEVER ? null : version;
    for (const text of texts ?? []) {
      const { cves, others } = readNames(text);
      const ids = cves.length > 0 ? cves : others;
      if (ids.length === 0) {
        unreadable.push(text);
      }
      for (const id of ids) {
        const known = fixes.get(id);
        const also = cves.length > 0 ? others : [];
        if (known === undefined) {
          fixes.set(id, { id, others: new Set(also), fixed });
        } else {
          known.fixed = laterFix(known.fixed, fixed);
          also.forEach((other) => known.others.add(other));
        }
      }
    }
  }
  return { fixes: [...fixes.values()], unreadable };
}

/** A fix counts more than that there was nothing to fix; of two that cannot be compared the first stays. */
export function laterFix(a: string | null, b: string | null): string | null {
  if (a === null || b === null) {
    return a ?? b;
  }
  const compared = apk.compare(a, b);
  return compared.ok && compared.order < 0 ? b : a;
}
