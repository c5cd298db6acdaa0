export { explainMatch } from './explain.ts';
