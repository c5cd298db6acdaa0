import { quote } from '#base/error.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { printYaml } from '#base/yaml.ts';
import type { Facts } from '#model/facts.ts';
import type { Environment, PolicySet } from '#model/policy.ts';
import type { Verdict } from '#model/verdict.ts';
import type { CompiledEnvironment } from '../compile/compiled.ts';
import { compileSet } from '../compile/index.ts';
import { documentError, type PolicyDocument, parseDocuments, policySet } from '../documents/index.ts';
import { PolicyError } from '../error.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { BUDGET } from '../evaluate/request.ts';
import { digestFacts } from '../facts/manifest.ts';
import { completeContext, completeFacts } from './case-facts.ts';
import type { Given, PolicyTestEntry } from './schema.ts';

/** Of a policy that is tested alone. */
const TEST_ENVIRONMENT = 'test';
const API_VERSION = 'plimsoll.dev/v1';

interface Prepared {
  readonly set: PolicySet;
  readonly compiled: CompiledEnvironment;
}

/** Evaluates cases of one file. What several of them share is compiled once. */
export class CaseRunner {
  readonly #set: PolicySet;
  readonly #file: string;
  readonly #document: PolicyTestEntry;
  readonly #prepared = new Map<string, Prepared>();

  constructor(set: PolicySet, file: string, document: PolicyTestEntry) {
    this.#set = set;
    this.#file = file;
    this.#document = document;
  }

  /** `from`: the facts of a file that the case names. Throws `PolicyError` for documents of the case that cannot be used. */
  run(own: Given, from: Facts | null): Verdict {
    const given = over(this.#document, own);
    const { set, compiled } = this.#prepare(given);
    const facts = completeFacts(given.facts ?? {}, from);
    const { manifest, digest } = digestFacts(facts);
    return evaluate({
      facts,
      manifest,
      factsDigest: digest,
      compiled,
      set,
      context: completeContext(given.context ?? {}, compiled.environment.name),
      allowUnknown: null,
      budget: BUDGET,
    });
  }

  #prepare({ line, parameters, exceptions, sources }: Given): Prepared {
    const key = canonicalJson([line ?? {}, parameters ?? {}, exceptions ?? [], sources ?? null]);
    const known = this.#prepared.get(key);
    if (known !== undefined) {
      return known;
    }
    const environment = this.#environment(line ?? {}, parameters ?? {});
    const selected = new Set(environment.policies.map(({ policy }) => policy));
    const set = policySet([
      ...this.#set.policies.filter(({ name }) => selected.has(name)),
      environment,
      ...(exceptions ?? []).flatMap((one) => this.#read('Exception', one)),
      ...(sources?.flatMap((one) => this.#read('Source', one)) ?? this.#set.sources),
    ]);
    const result = compileSet(set);
    const compiled = result.ok ? result.compiled.environments.get(environment.name) : undefined;
    if (compiled === undefined) {
      const issue = result.issues.find(({ severity }) => severity === 'error');
      throw issue === undefined
        ? new Error('what does not compile has an issue')
        : documentError('POLICY_NOT_COMPILED', issue);
    }
    const prepared = { set, compiled };
    this.#prepared.set(key, prepared);
    return prepared;
  }

  #environment(line: object, parameters: object): Environment {
    const { policy, environment: name = '' } = this.#document;
    const written = this.#set.environments.find((one) => one.name === name);
    const known = policy === undefined ? written !== undefined : this.#set.policies.some((one) => one.name === policy);
    const data =
      written === undefined
        ? { metadata: { name: TEST_ENVIRONMENT }, policies: [{ policy, parameters }] }
        : (JSON.parse(written.canonical) as object);
    const [environment] = known ? this.#read('Environment', { ...data, ...line }) : [];
    if (environment?.kind === 'Environment') {
      return environment;
    }
    throw policy === undefined
      ? this.#unknown('environment', name, this.#set.environments)
      : this.#unknown('policy', policy, this.#set.policies);
  }

  #read(kind: string, document: object): readonly PolicyDocument[] {
    return parseDocuments(printYaml({ ...document, apiVersion: API_VERSION, kind }), `${this.#file}: its ${kind}`);
  }

  #unknown(kind: string, name: string, known: readonly { readonly name: string }[]): PolicyError {
    return new PolicyError('POLICY_DOCUMENT_INVALID', `unknown ${kind}`, {
      object: this.#file,
      expected: `the name of one: ${known.map((one) => one.name).join(', ')}`,
      found: quote(name),
    });
  }
}

/** What a case says of a member comes before what its file says; of facts, part by part. */
function over(file: Given, own: Given): Given {
  const image = { ...file.facts?.image, ...own.facts?.image };
  const evidence = { ...file.facts?.evidence, ...own.facts?.evidence };
  return {
    facts: { ...file.facts, ...own.facts, image, evidence },
    context: { ...file.context, ...own.context },
    line: { ...file.line, ...own.line },
    parameters: { ...file.parameters, ...own.parameters },
    exceptions: own.exceptions ?? file.exceptions,
    sources: own.sources ?? file.sources,
  };
}
