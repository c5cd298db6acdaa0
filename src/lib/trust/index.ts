/** Trust: what is signed and attested about an image, and whether to believe it. */
export {
  loadTrustConfiguration,
  type TrustConfiguration,
  type TrustFlags,
  trustFromFlags,
} from './configuration/index.ts';
export { EVALUATION_VERSION, type Evaluation, type EvaluationInput, evaluate } from './evaluate/evaluate.ts';
