/**
 * A document of the Common Security Advisory Framework, 2.0 or 2.1, reduced to what is decided with. Groups of products are
 * resolved into their products, and what the versions write differently is the same here. Times are milliseconds UTC.
 */
export interface CsafDocument {
  readonly csafVersion: '2.0' | '2.1';
  /** `document.tracking.id`; unique at its publisher only. */
  readonly id: string;
  /** The profile: `csaf_vex`, `csaf_security_advisory`, or any other text. */
  readonly category: string;
  readonly title: string;
  readonly publisher: CsafPublisher;
  /** Of the document: a whole number, or a semantic version. */
  readonly version: string;
  readonly status: CsafDocumentStatus;
  readonly initialRelease: number;
  readonly currentRelease: number;
  readonly aggregateSeverity: string | null;
  /** Where the document itself is published, and what it refers to. */
  readonly references: readonly CsafReference[];
  /** By product id: of branches, of names and of relationships alike. */
  readonly products: ReadonlyMap<string, CsafProduct>;
  readonly vulnerabilities: readonly CsafVulnerability[];
}

/** A draft speaks for nobody yet. */
export type CsafDocumentStatus = 'draft' | 'final' | 'interim';

export interface CsafPublisher {
  readonly category: string;
  readonly name: string;
  readonly namespace: string;
}

export interface CsafReference {
  readonly category: 'external' | 'self';
  readonly summary: string;
  readonly url: string;
}

export interface CsafProduct {
  readonly id: string;
  readonly name: string;
  /** One at most in 2.0. */
  readonly purls: readonly string[];
  readonly cpe: string | null;
  /** Of files, as the document writes them: the algorithm (`sha256`) and the digits. */
  readonly hashes: readonly CsafHash[];
  /** The branches above the product, outermost first; empty for others. */
  readonly branches: readonly CsafBranch[];
  /** Set for a product that a relationship makes of others: this one's purls and cpe are then mostly those of its parts. */
  readonly composed: CsafComposition | null;
}

export interface CsafHash {
  readonly algorithm: string;
  readonly value: string;
  readonly file: string;
}

export interface CsafBranch {
  readonly category: string;
  readonly name: string;
}

/** 2.0 has one step (`relationships`), 2.1 one or more (`product_paths`). No product is part of itself over any number of steps. */
export interface CsafComposition {
  readonly component: string;
  readonly steps: readonly CsafStep[];
}

export interface CsafStep {
  readonly category: CsafRelationship;
  readonly product: string;
}

export type CsafRelationship =
  | 'default_component_of'
  | 'external_component_of'
  | 'installed_on'
  | 'installed_with'
  | 'optional_component_of';

export interface CsafVulnerability {
  readonly cve: string | null;
  /** Names in other systems, without the system. */
  readonly ids: readonly string[];
  readonly title: string | null;
  readonly scores: readonly CsafScore[];
  /** Ids of products. None is in two kinds that contradict each other. */
  readonly productStatus: Readonly<Partial<Record<CsafProductStatus, readonly string[]>>>;
  readonly flags: readonly CsafFlag[];
  readonly remediations: readonly CsafRemediation[];
  readonly threats: readonly CsafThreat[];
  readonly notes: readonly CsafNote[];
  readonly references: readonly CsafReference[];
  /** `release_date` of 2.0, `disclosure_date` of 2.1. */
  readonly published: number | null;
}

export const CSAF_PRODUCT_STATUSES = [
  'first_affected',
  'known_affected',
  'last_affected',
  'known_not_affected',
  'first_fixed',
  'fixed',
  'under_investigation',
  'unknown',
  'recommended',
] as const;
export type CsafProductStatus = (typeof CSAF_PRODUCT_STATUSES)[number];

export interface CsafScore {
  readonly scale: 'CVSS_V2' | 'CVSS_V3' | 'CVSS_V4';
  readonly vector: string;
  readonly baseScore: number;
  readonly products: readonly string[];
}

/** Why a product is not affected, in the words that OpenVEX has too. */
export interface CsafFlag {
  readonly label: string;
  readonly date: number | null;
  readonly products: readonly string[];
}

export interface CsafRemediation {
  readonly category: CsafRemediationCategory;
  readonly details: string;
  readonly url: string | null;
  readonly date: number | null;
  readonly products: readonly string[];
}

export type CsafRemediationCategory =
  | 'fix_planned'
  | 'mitigation'
  | 'no_fix_planned'
  | 'none_available'
  | 'optional_patch'
  | 'vendor_fix'
  | 'workaround';

export interface CsafThreat {
  readonly category: 'exploit_status' | 'impact' | 'target_set';
  readonly details: string;
  readonly date: number | null;
  /** Empty when it is said of no product by name: of all of them. */
  readonly products: readonly string[];
}

export interface CsafNote {
  readonly category: string;
  readonly title: string | null;
  readonly text: string;
}
