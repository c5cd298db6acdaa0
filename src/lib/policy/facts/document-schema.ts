import { z } from 'zod';
import { SEVERITIES } from '#model/advisory.ts';
import { ALERT_DISPOSITIONS, type Environment, type Source } from '#model/policy.ts';
import { digest, instant } from '#model/schema-parts.ts';

/** What expressions see of the documents beside them. Durations are milliseconds here, as in the documents. */
const milliseconds = z.int().nonnegative().meta({ unit: 'milliseconds' });

export const environmentView = z
  .strictObject({
    name: z.string().describe('Of the environment.'),
    severity: z.enum(SEVERITIES).describe('The line that shipped policies draw.'),
    maximumAge: milliseconds.nullable().meta({ description: 'How old an image may be; null for no line.' }),
    grace: milliseconds.meta({ description: 'How long a rule that is newly broken only warns.' }),
    advisoryMaximumAge: milliseconds
      .nullable()
      .meta({ description: 'How old advisories may be; null where it is not said.' }),
    alerts: z.enum(ALERT_DISPOSITIONS).describe('Which findings are alerts.'),
  })
  .meta({ title: 'Environment' });

const approvedBase = z
  .strictObject({
    name: z.string().describe('For people.'),
    layers: z.array(digest).describe('DiffIDs, lowest first.'),
    released: instant.describe('When it was.'),
    supersededAt: instant.nullable().describe('From when on another is to be used; null for the newest.'),
  })
  .meta({ title: 'ApprovedBase' });

const packagePin = z
  .strictObject({
    package: z.string().describe('A package URL without a version, whose last segment may be `*`.'),
    from: z.array(z.string()).describe('Prefixes of where it may come from.'),
  })
  .meta({ title: 'PackagePin' });

export const sourceView = z
  .strictObject({
    name: z.string().describe('Of the document.'),
    title: z.string().describe('For people.'),
    repositories: z.array(z.string()).describe('Patterns of repositories.'),
    bases: z.array(approvedBase).describe('Approved bases.'),
    packages: z.array(packagePin).describe('Packages whose names are ours.'),
  })
  .meta({ title: 'Source' });

export function viewOfEnvironment(environment: Environment): z.infer<typeof environmentView> {
  const { name, severity, maximumAgeMs, graceMs, advisoryMaximumAgeMs, alerts } = environment;
  return {
    name,
    severity,
    maximumAge: maximumAgeMs,
    grace: graceMs,
    advisoryMaximumAge: advisoryMaximumAgeMs,
    alerts,
  };
}

export function viewOfSource({ name, title, repositories, bases, packages }: Source): object {
  return { name, title, repositories, bases, packages };
}
