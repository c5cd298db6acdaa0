import { z } from 'zod';
import { type Digest, isDigest } from '#base/digest.ts';
import type { LayersInventory } from '#model/inventory.ts';
import { CONFIDENCES, PACKAGE_TYPES } from '#model/package.ts';
import { UNKNOWN_KINDS } from '#model/unknown.ts';

/** Raised with every change of what a whole inventory is: what was kept in another form is read from the layers again. */
export const WHOLE_VERSION = 1;

/** All that is known of a set of layers: what a report is made of, without reading them again. */
export interface WholeInventory {
  readonly inventory: LayersInventory;
  /** What the layers are called, lowest first: the diffID that the config promises, else that of the tar as it was read. */
  readonly layers: readonly (Digest | null)[];
}

const text = z.string();
const digest = z.string().refine(isDigest);
const count = z.int().min(0);

/** Shapes of what a process says that read an image: whatever it sends, it is this or nothing. */
export const UNKNOWN = z.strictObject({
  kind: z.enum(UNKNOWN_KINDS),
  path: text.nullable(),
  layer: digest.nullable(),
  analyser: text,
  ownedBy: text.exactOptional(),
  reason: text,
});

const LOCATION = z.strictObject({
  path: text,
  within: text.exactOptional(),
  layer: digest.nullable(),
  ownedBy: text.exactOptional(),
});

const PACKAGE = z.strictObject({
  type: z.enum(PACKAGE_TYPES),
  name: text,
  version: text,
  purl: text,
  source: z.strictObject({ name: text, version: text }).exactOptional(),
  architecture: text.exactOptional(),
  vendor: text.exactOptional(),
  module: text.exactOptional(),
  thirdParty: text.exactOptional(),
  dependsOn: z.array(text).exactOptional(),
  hashes: z.array(z.strictObject({ algorithm: text, value: text })).exactOptional(),
  licenses: z.array(text),
  confidence: z.enum(CONFIDENCES).exactOptional(),
  cpe: text.exactOptional(),
  released: text.exactOptional(),
  origin: text.exactOptional(),
  layer: digest.nullable(),
  locations: z.array(LOCATION),
  cataloger: text,
});

const OS_RELEASE = z.strictObject({
  id: text,
  versionId: text.exactOptional(),
  versionCodename: text.exactOptional(),
  idLike: z.array(text),
  name: text.exactOptional(),
  prettyName: text.exactOptional(),
  rolling: text.exactOptional(),
});

const BUILD = z.strictObject({
  path: text,
  layer: digest.nullable(),
  contentSets: z.array(text).exactOptional(),
  labels: z
    .strictObject({
      component: text.exactOptional(),
      name: text.exactOptional(),
      version: text.exactOptional(),
      release: text.exactOptional(),
      architecture: text.exactOptional(),
      cpe: text.exactOptional(),
    })
    .exactOptional(),
});

export const WHOLE_INVENTORY = z.strictObject({
  inventory: z.strictObject({
    os: OS_RELEASE.nullable(),
    packages: z.array(PACKAGE),
    unknowns: z.array(UNKNOWN),
    databases: z.array(text),
    builds: z.array(BUILD).exactOptional(),
    documents: z.array(z.strictObject({ path: text, layer: digest.nullable(), text })).exactOptional(),
    files: count.nullable(),
    executables: z.strictObject({ total: count, owned: count }).nullable(),
  }),
  layers: z.array(digest.nullable()),
}) satisfies z.ZodType<WholeInventory>;
