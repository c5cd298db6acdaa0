import { loadCatalogers } from '#lib/packages/index.ts';
import { runAnalysisProcess } from './run-process.ts';

const catalogers = await loadCatalogers();

/** The program of the analysis process. It is started by `startProcess` only, with nothing allowed but to read and to answer. */
await runAnalysisProcess(catalogers);
