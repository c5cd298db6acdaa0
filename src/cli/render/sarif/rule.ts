import type { Level } from './levels.ts';

/** SARIF 2.1.0, 3.49, the members that GitHub shows. */
export interface Rule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: Text;
  readonly fullDescription: Text;
  readonly help: Text;
  readonly helpUri?: string;
  readonly defaultConfiguration: { readonly level: Level };
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Text {
  readonly text: string;
}
