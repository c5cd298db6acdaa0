import { z } from 'zod';
import {
  atLeast,
  type CsafVersion,
  DateTime,
  listOf,
  objectOf,
  onlyIn,
  setOf,
  Text,
  TrimmedLine,
  TrimmedName,
  textOf,
  Uri,
} from './parts.ts';
import { productTree } from './product-tree.ts';
import { vulnerability } from './vulnerability.ts';

const NOTES = ['description', 'details', 'faq', 'general', 'legal_disclaimer', 'other', 'summary'] as const;
const PUBLISHERS = ['coordinator', 'discoverer', 'other', 'translator', 'user', 'vendor'] as const;

/**
 * Additions of others (2.1, extension-content.json). One that is critical decides what the document means, and none is
 * known here.
 */
const Extensions = setOf(
  z.strictObject({
    $schema: Uri,
    category: z.enum(['essential', 'significant', 'supplementary']),
    critical: z.literal(false, 'expected no critical extension: none is known'),
    content: z.looseObject({}).refine(atLeast(1), 'expected a member'),
  }),
);

/** The JSON schema of one version with all it refers to, formats enforced. What passes may still contradict itself. */
export function csafSchema(version: CsafVersion): z.ZodType {
  const aboutIn21 = onlyIn(version, '2.1', { group_ids: setOf(Text), product_ids: setOf(Text) });
  const acknowledgments = listOf(
    objectOf(version, {
      names: listOf(Text).optional(),
      organization: Text.optional(),
      summary: Text.optional(),
      urls: listOf(Uri).optional(),
    }).refine(atLeast(1), 'expected a member'),
  );
  const notes = listOf(
    objectOf(version, {
      category: z.enum(NOTES),
      text: Text,
      audience: Text.optional(),
      title: Text.optional(),
      ...aboutIn21,
    }),
  );
  const references = listOf(
    objectOf(version, { category: z.enum(['external', 'self']).optional(), summary: Text, url: Uri }),
  );
  const shared = { acknowledgments, notes, references, extensions: Extensions };
  const Document = objectOf(version, {
    acknowledgments: acknowledgments.optional(),
    aggregate_severity: objectOf(version, { namespace: Uri.optional(), text: Text }).optional(),
    category: TrimmedName,
    csaf_version: z.literal(version),
    distribution: distribution(version),
    lang: textOf('language').optional(),
    notes: notes.optional(),
    publisher: objectOf(version, {
      category: z.enum(version === '2.0' ? PUBLISHERS : [...PUBLISHERS, 'multiplier']),
      contact_details: Text.optional(),
      issuing_authority: Text.optional(),
      name: Text,
      namespace: Uri,
    }),
    references: references.optional(),
    source_lang: textOf('language').optional(),
    title: Text,
    tracking: tracking(version),
    ...onlyIn(version, '2.1', { license_expression: Text, x_extensions: Extensions }),
  });
  return objectOf(version, {
    document: Document,
    product_tree: productTree(version, Extensions).optional(),
    vulnerabilities: listOf(vulnerability(version, shared)).optional(),
    ...(version === '2.1' ? { $schema: z.literal('https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json') } : {}),
    ...onlyIn(version, '2.1', { x_extensions: Extensions }),
  });
}

function distribution(version: CsafVersion): z.ZodType {
  if (version === '2.0') {
    const tlp = z.looseObject({ label: z.enum(['AMBER', 'GREEN', 'RED', 'WHITE']), url: Uri.optional() });
    return z
      .looseObject({ text: Text.optional(), tlp: tlp.optional() })
      .refine(atLeast(1), 'expected a member')
      .optional();
  }
  return z.strictObject({
    sharing_group: z.strictObject({ id: textOf('uuid'), name: Text.optional() }).optional(),
    text: Text.optional(),
    tlp: z.strictObject({ label: z.enum(['AMBER', 'AMBER+STRICT', 'CLEAR', 'GREEN', 'RED']), url: Uri.optional() }),
  });
}

function tracking(version: CsafVersion) {
  const number = textOf('version');
  const engine = objectOf(version, { name: Text, version: Text.optional() });
  return objectOf(version, {
    aliases: setOf(Text).optional(),
    current_release_date: DateTime,
    generator: objectOf(version, { date: DateTime.optional(), engine }).optional(),
    id: TrimmedLine,
    initial_release_date: DateTime,
    revision_history: listOf(
      objectOf(version, { date: DateTime, number, summary: Text, legacy_version: Text.optional() }),
    ),
    status: z.enum(['draft', 'final', 'interim']),
    version: number,
  });
}
