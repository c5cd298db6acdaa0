import { compareText } from '#base/compare.ts';
import { canonicalDigest } from '#base/json/canonical.ts';
import type { DocumentHead } from '#model/policy.ts';
import type { NamedDigest, VerdictInputs } from '#model/verdict.ts';
import type { ConsideredException } from './exceptions/consider.ts';
import type { EvaluateRequest } from './request.ts';

/** What a verdict is made of. Exceptions that are not for the image and environment have no part in it, and are not named. */
export function inputsOf(request: EvaluateRequest, exceptions: readonly ConsideredException[]): VerdictInputs {
  const { compiled, set, context, allowUnknown, factsDigest } = request;
  return {
    facts: factsDigest,
    revision: set.revision,
    environment: compiled.environment.digest,
    policies: named(compiled.policies.map(({ policy }) => policy)),
    exceptions: named(exceptions.map(({ exception }) => exception)),
    sources: named(set.sources),
    context: canonicalDigest(context),
    request: canonicalDigest({ allowUnknown }),
  };
}

function named(documents: readonly DocumentHead[]): readonly NamedDigest[] {
  return documents.map(({ name, digest }) => ({ name, digest })).toSorted((a, b) => compareText(a.name, b.name));
}
