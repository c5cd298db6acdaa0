export { encodeFrame, type Frame, FrameError, FrameParser } from './frames.ts';
export { createIsolatedReader } from './isolated-reader.ts';
export { ProcessLink } from './link.ts';
export { LayerServer } from './serve.ts';
export { wordsOf } from './stop-cause.ts';
export { weighJson } from './weigh-json.ts';
