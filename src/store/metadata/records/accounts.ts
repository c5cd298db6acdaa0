import type { Kysely } from 'kysely';
import { quote } from '#base/error.ts';
import { type Grant, ROLES } from '#model/platform/access.ts';
import type { Account, AccountRecords, Page, ServerKey } from '#model/platform/records.ts';
import { projectOf } from '#model/platform/repository-name.ts';
import type { AccountRow, GrantRow, Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import { recordDamaged } from './error.ts';

/** Users, robots and the keys of the server. */
export function accountRecords(db: Kysely<Tables>): AccountRecords {
  return {
    find: async (name) => {
      if (db.isTransaction) {
        await hold(db, name);
      }
      const rows = await withGrants(db, db.selectFrom('accounts').selectAll().where('name', '=', name));
      return accountsOf(rows)[0] ?? null;
    },
    list: async (kind, page) => accountsOf(await withGrants(db, accountPage(db, kind, page))),
    create: (account) => atomically(db, (transaction) => create(transaction, account)),
    update: (account) => atomically(db, (transaction) => update(transaction, account)),
    remove: (name) => atomically(db, (transaction) => remove(transaction, name)),
    count: async () => {
      const { count } = await db
        .selectFrom('accounts')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    keys: (purpose) => keys(db, purpose),
    addKey: async (purpose, { id, secret, createdAt }) => {
      await db.insertInto('server_keys').values({ id, purpose, secret, created_at: createdAt }).execute();
    },
  };
}

/** Until the transaction ends nobody else changes it: who writes back what they read would undo what came between, a removal of rights as well. */
async function hold(db: Kysely<Tables>, name: string): Promise<void> {
  await db.selectFrom('accounts').select('id').where('name', '=', name).forNoKeyUpdate().execute();
}

function accountPage(db: Kysely<Tables>, kind: Account['kind'], { after, limit }: Page) {
  return db
    .selectFrom('accounts')
    .selectAll()
    .where('kind', '=', kind)
    .where('name', '>', after ?? '')
    .orderBy('name')
    .limit(limit);
}

/** One statement, so that an account is never seen with the grants that it had at another time. */
function withGrants(db: Kysely<Tables>, accounts: ReturnType<typeof accountPage>): Promise<readonly JoinedRow[]> {
  return db
    .selectFrom(accounts.as('a'))
    .leftJoin('grants as g', 'g.account_id', 'a.id')
    .selectAll('a')
    .select(['g.role', 'g.scope', 'g.environment as grant_environment'])
    .orderBy('a.name')
    .orderBy('g.scope')
    .orderBy('g.role')
    .orderBy('g.environment')
    .execute();
}

interface JoinedRow extends AccountRow {
  readonly role: string | null;
  readonly scope: string | null;
  readonly grant_environment: string | null;
}

function accountsOf(rows: readonly JoinedRow[]): readonly Account[] {
  return [...Map.groupBy(rows, ({ id }) => id).values()].flatMap((joined) =>
    joined.slice(0, 1).map((row) => ({
      id: row.id,
      kind: row.kind,
      name: row.name,
      projectId: row.project_id,
      secret: row.secret,
      environment: row.environment,
      expiresAt: row.expires_at,
      disabledAt: row.disabled_at,
      tokensFrom: row.tokens_from,
      createdAt: row.created_at,
      createdBy: row.created_by,
      grants: joined.flatMap(grantsOf),
    })),
  );
}

function grantsOf({ name, role, scope, grant_environment: environment }: JoinedRow): readonly Grant[] {
  if (role === null || scope === null || environment === null) {
    return [];
  }
  const known = ROLES.find((one) => one === role);
  if (known === undefined) {
    throw recordDamaged(`grant of account ${name}`, `a role of ${ROLES.join(', ')}`, quote(role));
  }
  return [{ role: known, scope, environment }];
}

async function create(db: Kysely<Tables>, account: Account): Promise<boolean> {
  const inserted = await db
    .insertInto('accounts')
    .values({ id: account.id, kind: account.kind, name: account.name, ...changeable(account) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined) {
    return false;
  }
  await writeGrants(db, account);
  return true;
}

async function update(db: Kysely<Tables>, account: Account): Promise<boolean> {
  const updated = await db
    .updateTable('accounts')
    .set(changeable(account))
    .where('id', '=', account.id)
    .returning('id')
    .executeTakeFirst();
  if (updated === undefined) {
    return false;
  }
  await db.deleteFrom('grants').where('account_id', '=', account.id).execute();
  await writeGrants(db, account);
  return true;
}

function changeable(account: Account): Omit<AccountRow, 'id' | 'kind' | 'name'> {
  return {
    project_id: account.projectId,
    secret: account.secret,
    environment: account.environment,
    expires_at: account.expiresAt,
    disabled_at: account.disabledAt,
    tokens_from: account.tokensFrom,
    created_at: account.createdAt,
    created_by: account.createdBy,
  };
}

async function writeGrants(db: Kysely<Tables>, { id, grants }: Account): Promise<void> {
  if (grants.length === 0) {
    return;
  }
  const projects = await projectIds(db, grants);
  const rows = grants.map(
    ({ role, scope, environment }): GrantRow => ({
      account_id: id,
      project_id: projects.get(projectOf(scope)) ?? null,
      role,
      scope,
      environment,
    }),
  );
  await db
    .insertInto('grants')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** A scope may be of a project that nobody has pushed to yet: then it has no id. */
async function projectIds(db: Kysely<Tables>, grants: readonly Grant[]): Promise<ReadonlyMap<string, string>> {
  const names = grants.map(({ scope }) => projectOf(scope));
  const rows = await db.selectFrom('projects').select(['name', 'id']).where('name', 'in', names).execute();
  return new Map(rows.map(({ name, id }) => [name, id]));
}

async function remove(db: Kysely<Tables>, name: string): Promise<boolean> {
  // Takes the lock of the row: else grants that are written at this moment would keep the account from going.
  const locked = await db
    .updateTable('accounts')
    .set((build) => ({ name: build.ref('name') }))
    .where('name', '=', name)
    .returning('id')
    .executeTakeFirst();
  if (locked === undefined) {
    return false;
  }
  await db.deleteFrom('grants').where('account_id', '=', locked.id).execute();
  await db.deleteFrom('accounts').where('id', '=', locked.id).execute();
  return true;
}

async function keys(db: Kysely<Tables>, purpose: string): Promise<readonly ServerKey[]> {
  const rows = await db
    .selectFrom('server_keys')
    .selectAll()
    .where('purpose', '=', purpose)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(({ id, secret, created_at }) => ({ id, secret, createdAt: created_at }));
}
