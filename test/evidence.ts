/** Where a test's sample comes from. What rests on self-made samples alone is shown as experimental. */
export type SampleOrigin =
  /** Made or judged by a tool that is not ours, run in the test: skopeo, dpkg-query, go. */
  | 'real tool'
  /** Published by its specification or project: test vectors, root file systems, feeds. */
  | 'published'
  /**
   * Answers of a service, shaped by the test after the API that its owner has published; the service itself was never asked.
   * What rests on these alone is shown as contract only.
   */
  | 'contract only'
  /** Made by the test itself. */
  | 'self-made';

/**
 * Says at the top of a test file which capability it proves and with what. It does nothing at run time: `npm run docs`
 * reads these calls and generates `docs/reference/evidence.md`. Arguments are literals.
 */
export function evidence(_capability: string, _origin: SampleOrigin, _sample: string): void {}
