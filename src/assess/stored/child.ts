import { runAnalysis } from './run-analysis.ts';

/** The program of the process that puts one image together. It is started by `analyseStored` only, with nothing allowed but to read the program and to answer. */
await runAnalysis();
