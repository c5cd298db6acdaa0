import { z } from 'zod';
import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { parseYaml } from '#base/yaml.ts';
import { splitDocuments } from '#base/yaml-stream.ts';
import { TrustError } from '../../../error.ts';
import type { RequirementEntry } from '../../schema.ts';
import { Draft, refusal } from '../draft.ts';
import type { ImportedTrust, ImportSource } from '../importer.ts';
import { type AuthorityNeeds, importAuthority } from './authority.ts';
import { patternOfGlob } from './glob.ts';
import { type ClusterImagePolicy, clusterImagePolicySchema } from './schema.ts';

const KIND = 'ClusterImagePolicy';
const anyKind = z.looseObject({ kind: z.string() });

/**
 * ClusterImagePolicies (policy.sigstore.dev v1alpha1, v1beta1). There as here all policies that match have to pass. Of
 * several authorities one is enough there; where that cannot be said, those are left out that cannot, never what they ask.
 */
export function importClusterImagePolicies({ text, file }: ImportSource): ImportedTrust {
  if (Buffer.byteLength(text) > LIMITS.trustConfigurationBytes) {
    throw limitExceeded(file, LIMITS.trustConfigurationBytes);
  }
  const draft = new Draft('cluster-image-policy');
  let policies = 0;
  for (const document of splitDocuments(text, file)) {
    const format = { limit: LIMITS.trustConfigurationBytes, linesBefore: document.linesBefore, invalid };
    const { kind } = parseYaml(document.text, file, { ...format, schema: anyKind }).data;
    if (kind === KIND) {
      policies += 1;
      importPolicy(parseYaml(document.text, file, { ...format, schema: clusterImagePolicySchema }).data, draft);
    } else {
      draft.note(`${quote(kind)}`, `line ${document.linesBefore + 1}`, `Only ${KIND} is read.`);
    }
  }
  if (policies === 0) {
    throw invalid(file, `at least one ${KIND}`, 'none');
  }
  return draft.finish();
}

function importPolicy({ metadata, spec }: ClusterImagePolicy, draft: Draft): void {
  const { name } = metadata;
  const where = `${name}.spec`;
  if (spec.mode === 'warn') {
    draft.note(
      'mode warn',
      `${where}.mode`,
      'There a refused image is let through with a warning; here it is refused.',
    );
  }
  const require = requirementsOf({ metadata, spec }, where, draft);
  if (require === null) {
    draft.note(
      'static pass',
      `${where}.authorities`,
      'It accepts anything. Here nothing is accepted without a signature.',
    );
    return;
  }
  const patterns = spec.images.map(({ glob }) => ({ glob, ...patternOfGlob(glob) }));
  const same = patterns.filter(({ problem }) => problem === null).map(({ pattern }) => pattern);
  if (same.length > 0) {
    draft.rule(name, { repositories: [...new Set(same)], platforms: 'index' }, require);
  }
  const wider = patterns.filter(({ problem }) => problem !== null);
  for (const { glob, pattern, problem } of wider) {
    draft.note(`glob ${quote(glob)}`, `${where}.images`, `${problem} All that it may be about is refused: ${pattern}.`);
  }
  if (wider.length > 0) {
    draft.rule(
      `${name}-refused`,
      { repositories: [...new Set(wider.map(({ pattern }) => pattern))], platforms: 'index' },
      [refusal(`${name} has globs that patterns cannot say: ${wider.map(({ glob }) => glob).join(', ')}`)],
    );
  }
}

/** Null when anything passes. */
function requirementsOf(
  { metadata, spec }: Pick<ClusterImagePolicy, 'metadata' | 'spec'>,
  where: string,
  draft: Draft,
): readonly RequirementEntry[] | null {
  const authorities = spec.authorities ?? [];
  const refuse = (reason: string): readonly RequirementEntry[] => [
    refusal(`ClusterImagePolicy ${metadata.name}: ${reason}`),
  ];
  if (spec.policy !== undefined) {
    draft.note(
      `${spec.policy.type} policy`,
      `${where}.policy`,
      'Policies in CUE and Rego are not read. The images are refused.',
    );
    return refuse(`its ${spec.policy.type} policy is not read here`);
  }
  if (authorities.some((authority) => authority.static?.action === 'pass')) {
    return null;
  }
  if (spec.match !== undefined && spec.match.length > 0) {
    draft.note(
      'match',
      `${where}.match`,
      'What is to run is not known when an image is judged. The images are refused.',
    );
    return refuse('it is about some Kubernetes resources only');
  }
  const needs = authorities.flatMap((authority, index) => {
    if (authority.static !== undefined) {
      return [];
    }
    const name = authority.name ?? `authority-${index}`;
    return importAuthority(authority, `${metadata.name}-${name}`, `${where}.authorities[${index}]`, draft) ?? [];
  });
  if (needs.length === 0) {
    const failing = authorities.find((authority) => authority.static !== undefined)?.static;
    draft.note(
      'authorities',
      `${where}.authorities`,
      'None is left that an image could pass by. The images are refused.',
    );
    return refuse(failing?.message ?? 'none of its authorities can be said here');
  }
  return oneOf(needs, where, draft);
}

/** Signatures by any of the signers; the ways to pass that cannot be said beside that are left out. */
function oneOf(needs: readonly AuthorityNeeds[], where: string, draft: Draft): readonly RequirementEntry[] {
  const signers = needs.flatMap((need) => (need.kind === 'signature' ? need.signers : []));
  const statements = needs.filter((need) => need.kind === 'attestations');
  const [first] = statements;
  const dropped = signers.length > 0 ? statements.length : statements.length - 1;
  if (dropped > 0) {
    draft.note(
      `${dropped} of ${needs.length} authorities`,
      `${where}.authorities`,
      'There one of several is enough. Rules cannot say that of statements, so images that pass by these alone are refused.',
    );
  }
  return signers.length > 0 || first === undefined
    ? [{ signature: { signers: [...new Set(signers)] } }]
    : first.require;
}

function invalid(object: string, expected: string, found: string): TrustError {
  return new TrustError('TRUST_IMPORT_INVALID', 'cannot be imported', { object, expected, found });
}
