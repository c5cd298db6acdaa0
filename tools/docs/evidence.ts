import { type Argument, Visitor } from 'oxc-parser';
import type { SampleOrigin } from '#test/evidence.ts';
import { page, type Source, table } from './source.ts';

/** One `evidence()` call of a test file. */
export interface Proof {
  readonly capability: string;
  readonly origin: SampleOrigin;
  readonly sample: string;
  readonly path: string;
}

const ORIGINS: readonly string[] = [
  'real tool',
  'published',
  'contract only',
  'self-made',
] satisfies readonly SampleOrigin[];

/** Every `evidence()` call of the test files. Throws for one whose arguments are not literals of the right form. */
export function proofsIn(sources: readonly Source[]): readonly Proof[] {
  const proofs: Proof[] = [];
  for (const source of sources) {
    new Visitor({
      CallExpression: (node) => {
        if (node.callee.type === 'Identifier' && node.callee.name === 'evidence') {
          proofs.push(proofOf(source.path, node.arguments));
        }
      },
    }).visit(source.program);
  }
  return proofs;
}

/** Capabilities that rest on samples made by their own tests alone, sorted. */
export function experimental(proofs: readonly Proof[]): readonly string[] {
  return provenByOnly(proofs, ['self-made']);
}

/** Capabilities of services that were never asked for real: their tests know no more than the published API. Sorted. */
export function contractOnly(proofs: readonly Proof[]): readonly string[] {
  const weaker = new Set(experimental(proofs));
  return provenByOnly(proofs, ['self-made', 'contract only']).filter((capability) => !weaker.has(capability));
}

/** The page of what is proved by what. */
export function evidencePage(proofs: readonly Proof[]): string {
  const weak = new Set(experimental(proofs));
  const unasked = new Set(contractOnly(proofs));
  const rows = capabilities(proofs).map((capability) => {
    const mine = proofs.filter((proof) => proof.capability === capability);
    const files = [...new Set(mine.map(({ path }) => `\`${path}\``))].toSorted();
    const samples = [...new Set(mine.map(({ origin, sample }) => `${origin}: ${sample}`))].toSorted();
    return [
      `\`${capability}\``,
      weak.has(capability) ? '*experimental*' : unasked.has(capability) ? '*contract only*' : 'proven',
      files.join('<br>'),
      samples.join('<br>'),
    ];
  });
  return page(
    'Evidence',
    'the `evidence()` calls of the tests',
    'What each capability is proved by: a real tool run beside ours, a sample that others published, or one that the test made. ' +
      'A capability with only self-made samples is *experimental*. One that is *contract only* is about a service that was ' +
      'never asked for real: its tests answer in the shape of the API that its owner has published. ' +
      '`test/experimental-limit.json` caps the number of either.',
    `${rows.length} capabilities, ${weak.size} experimental, ${unasked.size} contract only.`,
    table(['capability', 'status', 'tests', 'samples'], rows),
  );
}

function provenByOnly(proofs: readonly Proof[], weak: readonly SampleOrigin[]): readonly string[] {
  const proven = new Set(proofs.filter(({ origin }) => !weak.includes(origin)).map(({ capability }) => capability));
  return capabilities(proofs).filter((capability) => !proven.has(capability));
}

function capabilities(proofs: readonly Proof[]): readonly string[] {
  return [...new Set(proofs.map(({ capability }) => capability))].toSorted();
}

function proofOf(path: string, args: readonly Argument[]): Proof {
  const [capability = '', origin = '', sample = ''] = args.map((argument) =>
    argument.type === 'Literal' && typeof argument.value === 'string' ? argument.value : '',
  );
  if (!/^[a-z0-9-]+\/[a-z0-9][a-z0-9 .-]*$/.test(capability) || !isOrigin(origin) || sample === '') {
    throw new TypeError(
      `${path}: expected evidence('area/capability', ${ORIGINS.join(' | ')}, 'sample') with literals`,
    );
  }
  return { capability, origin, sample, path };
}

function isOrigin(text: string): text is SampleOrigin {
  return ORIGINS.includes(text);
}
