import type { AnalysedFile, Found } from '#model/analyser.ts';

/** Of a database's write-ahead log or rollback journal: what is in it is not in the database yet, or not any more. */
export function changesBeside({ bytes }: AnalysedFile): Found {
  return bytes.length === 0
    ? {}
    : { unknowns: ['expected a database that is written in full, found changes beside it'] };
}
