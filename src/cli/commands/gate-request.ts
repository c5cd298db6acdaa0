import type { FailLevel } from '#model/gate.ts';
import type { OptionValues } from '../command.ts';
import { Failure } from '../failure.ts';
import { parseFailLevel, parseReason } from './image-options.ts';

/** What `--fail-on` and `--allow-unknown` ask. */
export interface GateRequest {
  readonly failOn: FailLevel;
  readonly allowUnknown: string | undefined;
}

/** Null when `--fail-on` does not ask whether the image passes; `otherwise`: something else does. Throws `USAGE`. */
export function parseGateRequest(options: OptionValues, otherwise = false): GateRequest | null {
  const failOn = options.text('fail-on');
  const allowUnknown = parseOptionalReason(options, 'allow-unknown');
  if (failOn === undefined) {
    if (allowUnknown !== undefined && !otherwise) {
      throw new Failure('USAGE', '--allow-unknown needs --fail-on or --environment', {
        expected: '--fail-on LEVEL or --environment NAME beside it',
      });
    }
    return null;
  }
  return { failOn: parseFailLevel(failOn), allowUnknown };
}

/** The reason that an option gives, where it is there; throws `USAGE` for an empty one. */
export function parseOptionalReason(options: OptionValues, name: string): string | undefined {
  const reason = options.text(name);
  return reason === undefined ? undefined : parseReason(reason, `--${name}`);
}
