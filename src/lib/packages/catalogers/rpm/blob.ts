import { Omissions } from '../../omissions.ts';

/** What a database keeps of one package: the bytes of its header, valid only as long as those of the file are. */
export interface HeaderBlob {
  /** The number of the package in the database. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** What of a database cannot be read: the rest of it stands. */
export class Damage {
  /** By their number in the file. */
  readonly pages = new Omissions('page');
  /** By their number in the database. */
  readonly packages = new Omissions('package');

  reasons(): readonly string[] {
    return [...this.pages.reasons(), ...this.packages.reasons()];
  }
}
