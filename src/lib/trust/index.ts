/** Trust: what is signed and attested about an image, and whether to believe it. */
export {
  loadTrustConfiguration,
  type TrustConfiguration,
  type TrustFlags,
  trustFromFlags,
} from './configuration/index.ts';
export { EVALUATION_VERSION, type Evaluation, type EvaluationInput, evaluate } from './evaluate/evaluate.ts';
export { parsePublicKey } from './keys/public-key.ts';
export {
  attestBundle,
  attestLegacy,
  type CertificateChainFile,
  PREDICATE_NAMES,
  type PredicateText,
  predicateFromFile,
  signBundle,
  signLegacy,
  signNotation,
} from './sign/index.ts';
