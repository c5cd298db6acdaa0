/** The versions that are written. */
export type BomVersion = '1.5' | '1.6' | '1.7';
