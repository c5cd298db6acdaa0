import { algorithmOf, hexOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { canonicalDigest } from '#base/json/canonical.ts';
import { repositoryPurl } from '#lib/vex/index.ts';
import type { ExceptionScope, PolicyException } from '#model/policy.ts';
import type { ReportTool } from '#model/report.ts';
import { parsePattern, usualSpelling } from '#model/repository-pattern.ts';

/** Exceptions as OpenVEX 0.2.0 has them, and those that it has no words for. */
export interface ExportedVex {
  /** Null where there is not one statement. */
  readonly document: object | null;
  readonly statements: number;
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly exception: string;
  /** A sentence part. */
  readonly why: string;
}

/**
 * What is excepted by the documents that are in force, for readers of OpenVEX. Only an exception that says why the findings do not affect
 * the image (its justification) becomes `not_affected`; one that is accepted for a time becomes `affected` with what is to be done, and no
 * reader takes the finding out for it. Nothing is said more widely than the exception does: where OpenVEX cannot, it is left out. The
 * same exceptions give the same document but for its time. `now` in milliseconds since 1970.
 */
export function exportVex(exceptions: readonly PolicyException[], tool: ReportTool, now: number): ExportedVex {
  const leftOut: LeftOut[] = [];
  const statements = exceptions.flatMap((exception) => {
    const { said, unsaid } = statementsOf(exception, now);
    leftOut.push(...unsaid.map((why) => ({ exception: exception.name, why })));
    return said;
  });
  return {
    document:
      statements.length === 0
        ? null
        : {
            '@context': 'https://openvex.dev/ns/v0.2.0',
            '@id': `https://plimsoll.dev/vex/exceptions/${canonicalDigest(statements)}`,
            author: tool.name,
            timestamp: new Date(now).toISOString(),
            version: 1,
            tooling: `${tool.name} ${tool.version}`,
            statements,
          },
    statements: statements.length,
    leftOut,
  };
}

interface Said {
  readonly said: readonly object[];
  readonly unsaid: readonly string[];
}

function statementsOf(exception: PolicyException, now: number): Said {
  const why = unsayable(exception, now);
  if (why !== null) {
    return { said: [], unsaid: [why] };
  }
  const { products, unsaid } = productsOf(exception.scope);
  const said =
    products.length === 0 ? [] : exception.for.findings.map((name) => statementOf(exception, name, products));
  return { said, unsaid };
}

/** Why OpenVEX has no words for the whole of an exception. */
function unsayable(
  { for: target, environments, justification, requested, expires }: PolicyException,
  now: number,
): string | null {
  if (now >= Date.parse(expires)) {
    return `it ended ${expires}`;
  }
  if (now < Date.parse(requested)) {
    return `it begins ${requested}`;
  }
  if (target.findings.length === 0) {
    return 'it is for rules: OpenVEX speaks of vulnerabilities';
  }
  if (target.rules.length > 0) {
    return 'it is for some rules only: OpenVEX speaks for all readers';
  }
  return environments.length > 0 && justification !== null
    ? 'it is for some environments only: what is not affected there would be nowhere'
    : null;
}

function statementOf(exception: PolicyException, finding: string, products: readonly object[]): object {
  const { name, reason, ticket, approver, owner, requested, expires, justification, environments } = exception;
  const where = environments.length === 0 ? '' : ` in ${environments.join(', ')}`;
  const head = {
    vulnerability: { name: finding },
    timestamp: requested,
    products,
    status_notes: `exception ${name}, approved by ${approver}, ${ticket}, until ${expires}`,
  };
  return justification === null
    ? {
        ...head,
        status: 'affected',
        action_statement: `Accepted${where} until ${expires}: ${reason} (${ticket}, ${owner} sees to it)`,
        action_statement_timestamp: requested,
      }
    : { ...head, status: 'not_affected', justification, impact_statement: reason };
}

interface Products {
  readonly products: readonly object[];
  readonly unsaid: readonly string[];
}

/** Images by digest and repository, with the packages as their parts; packages alone where no image is named. */
function productsOf({ digests, repositories, packages }: ExceptionScope): Products {
  const parts = packages.map((purl) => ({ '@id': purl }));
  if (digests.length === 0 && repositories.length === 0) {
    return { products: parts, unsaid: [] };
  }
  const subcomponents = parts.length === 0 ? {} : { subcomponents: parts };
  const named = repositories.map((text) => [text, oneRepository(text)] as const);
  const unsaid = named.flatMap(([text, repository]) =>
    repository === null ? [`${quote(text, 120)} is not the name of one repository`] : [],
  );
  const known = named.flatMap(([, repository]) => repository ?? []);
  if (digests.length === 0) {
    const products = known.map((repository) => ({ '@id': repositoryPurl(repository, null), ...subcomponents }));
    return { products, unsaid };
  }
  const places = repositories.length === 0 ? [null] : known;
  const products = digests.flatMap((digest) =>
    places.map((repository) => ({
      '@id': repository === null ? digest : repositoryPurl(repository, digest),
      hashes: { [algorithmOf(digest) === 'sha256' ? 'sha-256' : 'sha-512']: hexOf(digest) },
      ...subcomponents,
    })),
  );
  return { products, unsaid };
}

/** The repository that a pattern stands for; null for one of several, or of none. */
function oneRepository(pattern: string): string | null {
  const parsed = parsePattern(pattern);
  return typeof parsed === 'string' || pattern.includes('*') ? null : usualSpelling(parsed.text);
}
