import { z } from 'zod';
import { atLeast, type CsafVersion, listOf, objectOf, onlyIn, setOf, Text, textOf, Uri } from './parts.ts';

const BRANCHES = [
  'architecture',
  'host_name',
  'language',
  'patch_level',
  'product_family',
  'product_name',
  'product_version',
  'product_version_range',
  'service_pack',
  'specification',
  'vendor',
] as const;

const RELATIONSHIPS = [
  'default_component_of',
  'external_component_of',
  'installed_on',
  'installed_with',
  'optional_component_of',
] as const;

export function productTree(version: CsafVersion, extensions: z.ZodType) {
  const Product = fullProductName(version, extensions);
  // Three members and no more: the two here, and one that is branches or a product.
  const three = (value: object): boolean => Object.keys(value).length === 3;
  const Branch = objectOf(version, {
    category: z.enum([...BRANCHES, version === '2.0' ? 'legacy' : 'platform']),
    name: Text,
    product: Product.optional(),
    get branches() {
      return z.array(Branch).min(1).optional();
    },
  }).refine(three, 'expected three members: category, name, and branches or product') as z.ZodType<unknown>;
  const Group = objectOf(version, {
    group_id: Text,
    product_ids: z.array(Text).min(2).refine(isSet, 'expected no item twice'),
    summary: Text.optional(),
  });
  const Relationship = objectOf(version, {
    category: z.enum(RELATIONSHIPS),
    full_product_name: Product,
    product_reference: Text,
    relates_to_product_reference: Text,
  });
  const Path = objectOf(version, {
    beginning_product_reference: Text,
    full_product_name: Product,
    subpaths: listOf(objectOf(version, { category: z.enum(RELATIONSHIPS), next_product_reference: Text })),
  });
  return objectOf(version, {
    branches: listOf(Branch).optional(),
    full_product_names: listOf(Product).optional(),
    product_groups: listOf(Group).optional(),
    ...onlyIn(version, '2.0', { relationships: listOf(Relationship) }),
    ...onlyIn(version, '2.1', { product_paths: listOf(Path) }),
  }).refine(atLeast(1), 'expected a member');
}

function isSet(items: readonly string[]): boolean {
  return new Set(items).size === items.length;
}

function fullProductName(version: CsafVersion, extensions: z.ZodType) {
  const uris = version === '2.0' ? listOf(Uri) : setOf(Uri);
  const file = objectOf(version, {
    algorithm: version === '2.0' ? Text : textOf('name of a hash'),
    value: textOf(`hash of ${version}`),
  });
  const hashes = objectOf(version, { file_hashes: version === '2.0' ? listOf(file) : setOf(file), filename: Text });
  const generic = objectOf(version, { namespace: Uri, uri: Uri });
  const purl = Uri.refine(...matches(`purl of ${version}`));
  const helper = objectOf(version, {
    cpe: textOf(`cpe of ${version}`).optional(),
    hashes: (version === '2.0' ? listOf(hashes) : setOf(hashes)).optional(),
    model_numbers: setOf(Text).optional(),
    sbom_urls: uris.optional(),
    serial_numbers: setOf(Text).optional(),
    skus: (version === '2.0' ? listOf(Text) : setOf(Text)).optional(),
    x_generic_uris: (version === '2.0' ? listOf(generic) : setOf(generic)).optional(),
    ...onlyIn(version, '2.0', { purl }),
    ...onlyIn(version, '2.1', { purls: setOf(purl) }),
  }).refine(atLeast(1), 'expected a member');
  return objectOf(version, {
    name: Text,
    product_id: Text,
    product_identification_helper: helper.optional(),
    ...onlyIn(version, '2.1', { x_extensions: extensions }),
  });
}

function matches(kind: Parameters<typeof textOf>[0]): [(text: string) => boolean, string] {
  const language = textOf(kind);
  return [(text) => language.safeParse(text).success, `expected a ${kind}`];
}
