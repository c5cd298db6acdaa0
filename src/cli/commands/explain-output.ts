import type { Explanation } from '#model/explanation.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { type Output, writeOutput } from '../outputs.ts';
import { createStyle, type Format } from '../render/index.ts';

/** An explanation is no report: there are but two forms of it. Throws `USAGE` for others, and for an id that is empty. */
export function assertExplainable(id: string, outputs: readonly Output<Format>[]): void {
  if (id.trim() === '') {
    throw new Failure('USAGE', 'an id is needed', { object: '--explain', expected: 'an id or alias', found: 'none' });
  }
  const other = outputs.find(({ format }) => format !== 'table' && format !== 'json');
  if (other !== undefined) {
    throw new Failure('USAGE', 'an explanation has no such form', {
      object: '--explain',
      expected: '-o table or -o json',
      found: other.format,
    });
  }
}

export async function writeExplanations(
  explanations: readonly Explanation[],
  outputs: readonly Output<Format>[],
  { io, colours, list }: { readonly io: Io; readonly colours: boolean; readonly list: boolean },
): Promise<void> {
  const { renderExplanations, renderExplanationsJson } = await import('../render/explain.ts');
  for (const output of outputs) {
    const toTerminal = output.file === null && io.stdout.isTerminal;
    const screen = { width: toTerminal ? io.stdout.columns : 80, style: createStyle(toTerminal && colours) };
    const text =
      output.format === 'json' ? renderExplanationsJson(explanations, list) : renderExplanations(explanations, screen);
    await writeOutput(output, text, io);
  }
}
