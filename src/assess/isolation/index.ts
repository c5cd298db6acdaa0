/** Reads layers in processes that may do nothing but read them. */
export type { AnalysisProgram } from './command.ts';
export { createLayerProcesses, type LayerProcesses } from './layer-processes.ts';
