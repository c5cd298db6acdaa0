import type { ListenerConfig, Role, ServerConfig, Service } from '../config/index.ts';
import { SupervisorError } from './error.ts';
import type { ProcessName, RoleStart } from './messages.ts';

export interface PlannedProcess {
  readonly name: ProcessName;
  readonly start: RoleStart;
}

const SERVICE_OF: Readonly<Partial<Record<Role, Service>>> = {
  registry: 'registry',
  api: 'api',
  admission: 'admission',
};

/**
 * Which processes the roles need, and who opens which listener. The front answers for everything but a listener that is for admission alone.
 * Metrics are with the front; a server without registry and API has one only where metrics have a listener of their own.
 */
export function planProcesses(
  config: ServerConfig,
  roles: readonly Role[],
  version: string,
): readonly PlannedProcess[] {
  const services = roles.flatMap((role) => SERVICE_OF[role] ?? []);
  const ownAdmission = roles.includes('admission') ? config.listeners.filter(isForAdmission) : [];
  const others = config.listeners.filter((listener) => !isForAdmission(listener));
  const front = others.flatMap((listener) => narrowed(listener, services));
  const isFront = roles.includes('registry') || roles.includes('api');
  if (isFront && !front.some(({ serves }) => serves.some((service) => service === 'registry' || service === 'api'))) {
    throw new SupervisorError('SERVER_NOTHING_TO_SERVE', 'no listener serves this role', {
      object: roles.filter((role) => role !== 'worker').join(', '),
      expected: 'a listener that serves it',
      found: `${config.listeners.length} that do not`,
      hint: 'listeners in plimsoll.yaml say what each serves.',
    });
  }
  const onlyMetrics = others.filter(({ serves }) => serves.every((service) => service === 'metrics'));
  const opened = isFront ? front : onlyMetrics;
  const process = (
    name: ProcessName,
    listeners: readonly ListenerConfig[],
    served: readonly Service[],
  ): PlannedProcess => ({ name, start: { config, listeners, services: [...served, 'metrics'], version } });
  return [
    ...(opened.length === 0 ? [] : [process('front', opened, services)]),
    ...(roles.includes('worker') ? [process('worker', [], [])] : []),
    ...(roles.includes('admission') ? [process('admission', ownAdmission, ['admission'])] : []),
  ];
}

function isForAdmission({ serves }: ListenerConfig): boolean {
  return serves.length === 1 && serves[0] === 'admission';
}

/** A listener with what of it these services serve; none for one of which nothing is left. */
function narrowed(listener: ListenerConfig, services: readonly Service[]): readonly ListenerConfig[] {
  const serves = listener.serves.filter((service) => service === 'metrics' || services.includes(service));
  return serves.length === 0 ? [] : [{ ...listener, serves }];
}
