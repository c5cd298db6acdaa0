import { z } from 'zod';

/**
 * The members of a document, of both versions, that are read. What else there is passes unseen, and so do the rules about
 * texts: those are `strict/`, for documents that somebody hands in.
 */
const Text = z.string();
const Ids = z.array(Text);
const About = { product_ids: Ids.optional(), group_ids: Ids.optional() };

const Product = z.object({
  product_id: Text,
  name: Text,
  product_identification_helper: z
    .object({
      cpe: Text.optional(),
      purl: Text.optional(),
      purls: z.array(Text).optional(),
      hashes: z
        .array(z.object({ filename: Text, file_hashes: z.array(z.object({ algorithm: Text, value: Text })) }))
        .optional(),
    })
    .optional(),
});

const Branch = z.object({
  category: Text,
  name: Text,
  product: Product.optional(),
  get branches() {
    return z.array(Branch).optional();
  },
});

const Relation = z.enum([
  'default_component_of',
  'external_component_of',
  'installed_on',
  'installed_with',
  'optional_component_of',
]);

const ProductTree = z.object({
  branches: z.array(Branch).optional(),
  full_product_names: z.array(Product).optional(),
  product_groups: z.array(z.object({ group_id: Text, product_ids: Ids })).optional(),
  relationships: z
    .array(
      z.object({
        category: Relation,
        full_product_name: Product,
        product_reference: Text,
        relates_to_product_reference: Text,
      }),
    )
    .optional(),
  product_paths: z
    .array(
      z.object({
        beginning_product_reference: Text,
        full_product_name: Product,
        subpaths: z.array(z.object({ category: Relation, next_product_reference: Text })),
      }),
    )
    .optional(),
});

const Reference = z.object({ category: z.enum(['external', 'self']).optional(), summary: Text, url: Text });
const Cvss = z.object({ vectorString: Text, baseScore: z.number() }).optional();
const Scores = { cvss_v2: Cvss, cvss_v3: Cvss, cvss_v4: Cvss };

const Vulnerability = z.object({
  cve: Text.optional(),
  ids: z.array(z.object({ text: Text })).optional(),
  title: Text.optional(),
  release_date: Text.optional(),
  disclosure_date: Text.optional(),
  product_status: z
    .object({
      first_affected: Ids.optional(),
      known_affected: Ids.optional(),
      last_affected: Ids.optional(),
      known_not_affected: Ids.optional(),
      first_fixed: Ids.optional(),
      fixed: Ids.optional(),
      under_investigation: Ids.optional(),
      unknown: Ids.optional(),
      recommended: Ids.optional(),
    })
    .optional(),
  scores: z.array(z.object({ products: Ids, ...Scores })).optional(),
  metrics: z.array(z.object({ products: Ids, content: z.object(Scores) })).optional(),
  flags: z.array(z.object({ label: Text, date: Text.optional(), ...About })).optional(),
  remediations: z
    .array(
      z.object({
        category: z.enum([
          'fix_planned',
          'mitigation',
          'no_fix_planned',
          'none_available',
          'optional_patch',
          'vendor_fix',
          'workaround',
        ]),
        details: Text,
        date: Text.optional(),
        url: Text.optional(),
        ...About,
      }),
    )
    .optional(),
  threats: z
    .array(
      z.object({
        category: z.enum(['exploit_status', 'impact', 'target_set']),
        details: Text,
        date: Text.optional(),
        ...About,
      }),
    )
    .optional(),
  notes: z.array(z.object({ category: Text, title: Text.optional(), text: Text })).optional(),
  references: z.array(Reference).optional(),
});

export const CsafMembers = z.object({
  document: z.object({
    csaf_version: z.enum(['2.0', '2.1']),
    category: Text,
    title: Text,
    aggregate_severity: z.object({ text: Text }).optional(),
    publisher: z.object({ category: Text, name: Text, namespace: Text }),
    references: z.array(Reference).optional(),
    tracking: z.object({
      id: Text.min(1),
      version: Text,
      status: z.enum(['draft', 'final', 'interim']),
      initial_release_date: Text,
      current_release_date: Text,
    }),
  }),
  product_tree: ProductTree.optional(),
  vulnerabilities: z.array(Vulnerability).optional(),
});

export type CsafMembers = z.infer<typeof CsafMembers>;
export type CsafTreeMembers = z.infer<typeof ProductTree>;
export type CsafProductMembers = z.infer<typeof Product>;
export type CsafVulnerabilityMembers = z.infer<typeof Vulnerability>;
