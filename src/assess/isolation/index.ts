/** Reads layers in processes that may do nothing but read them. */
export { createLayerProcesses, type LayerProcesses } from './layer-processes.ts';
