import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limitVariable, SETTING_NAMES } from '../../server/config.ts';
import { type LimitName, LIMITS } from '../../server/limits.ts';
import { CLOSE_CODES } from '../../shared/closeCodes.ts';
import { startTestServer } from '../support/server.ts';

const DOCUMENTS = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  'test/bench/README.md',
  'test/attack/README.md',
];

const read = (document: string) => readFileSync(document, 'utf8');

/** A document without its code blocks. */
const prose = (document: string) => read(document).replace(/^```.*?^```/gms, '');

/** The part of a document under that headline. */
function section(document: string, headline: string): string {
  const text = read(document);
  const start = text.indexOf(`\n## ${headline}\n`);
  expect(start, `${document} has no headline ${headline}`).toBeGreaterThan(0);
  const end = text.indexOf('\n## ', start + 1);
  return text.slice(start, end < 0 ? undefined : end);
}

/** The rows of the first table in a text, without its head. */
function rowsOf(text: string): readonly (readonly string[])[] {
  const [table = ''] = /(?:^\|.*\n)+/m.exec(text) ?? [];
  const rows = table.trim().split('\n').slice(2);
  return rows.map((row) =>
    row
      .replace(/^\|(.*)\|$/, '$1')
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** What stands in backticks. */
const namesIn = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** The anchors of a document, made of its headlines the way GitHub makes them. */
function anchorsOf(document: string): readonly string[] {
  return [...prose(document).matchAll(/^#+ (.*)$/gm)].map(([, headline = '']) =>
    headline
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Why a link of a document leads nowhere, or nothing. */
function faultsOfLink(document: string, target: string): string[] {
  if (/^https?:/.test(target)) return [];
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? document : join(dirname(document), path);
  if (!existsSync(file)) return [`${document}: there is no ${target}`];
  const isFound = anchor === undefined || anchorsOf(file).includes(anchor);
  return isFound ? [] : [`${document}: there is no headline for ${target}`];
}

describe('[DO2] the documents', () => {
  it('link to files and headlines that are there', () => {
    const faults = DOCUMENTS.flatMap((document) =>
      [...prose(document).matchAll(/\]\(([^)]+)\)/g)].flatMap(([, target = '']) =>
        faultsOfLink(document, target),
      ),
    );
    expect(faults).toEqual([]);
  });

  it('are all on the map in the README, which stays short', () => {
    const map = section('README.md', 'Documents');
    const others = DOCUMENTS.filter((document) => document !== 'README.md');
    expect(others.filter((document) => !map.includes(`](${document})`))).toEqual([]);
    expect(Buffer.byteLength(read('README.md'))).toBeLessThanOrEqual(6_000);
    expect(Buffer.byteLength(read('ARCHITECTURE.md'))).toBeLessThanOrEqual(10_000);
  });

  it.each(['CONTRIBUTING.md', 'ARCHITECTURE.md'])('name files and folders that are there: %s', (document) => {
    const paths = namesIn(prose(document)).filter((name) =>
      /^[\w.][\w./-]*(\/|\.(ts|tsx|js|cjs|json|md))$|^\.ci\/\w+$/.test(name),
    );
    expect(paths.length).toBeGreaterThan(2);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('[DO2] OPERATIONS.md', () => {
  it('lists every setting, and no other', () => {
    const listed = rowsOf(section('OPERATIONS.md', 'Settings')).flatMap(([names]) => namesIn(names));
    expect(listed.sort()).toEqual([...SETTING_NAMES].sort());
  });

  it('lists every limit with its default and what happens at it, and no other', () => {
    const limits = Object.entries(LIMITS).map(([name, { value, effect }]) => [
      `\`${limitVariable(name as LimitName)}\``,
      String(value),
      effect,
    ]);
    expect(rowsOf(section('OPERATIONS.md', 'Limits'))).toEqual(limits);
  });

  it('lists every series of our own in /metrics, with its type, and no other', async () => {
    const server = await startTestServer();
    const page = await fetch(`${server.http}/metrics`).then((answer) => answer.text());
    await server.stop();
    const series = [...page.matchAll(/^# TYPE (ringside_\w+) (\w+)$/gm)];
    const listed = rowsOf(section('OPERATIONS.md', 'Health and metrics'));
    expect(listed.map(([name, type]) => `${name} ${type}`).sort()).toEqual(
      series.map(([, name, type]) => `\`${name}\` ${type}`).sort(),
    );
  });
});

describe('[DO3] PROTOCOLS.md', () => {
  it('names contradictions and faults of the published timed auction, and what a client does', () => {
    const text = section('PROTOCOLS.md', 'The timed auction');
    const faults = rowsOf(text.slice(text.indexOf('contradicts itself')));
    for (const named of ['`winner`', 'never connects again', 'before the upgrade', '`auction_started`']) {
      const [, advice = ''] = faults.find(([fault = '']) => fault.includes(named)) ?? [];
      expect(advice, named).not.toBe('');
    }
  });

  it('lists what differs from the published descriptions in one table, each with its reason', () => {
    const rows = rowsOf(section('PROTOCOLS.md', 'Differences from the published descriptions'));
    for (const named of ['an award deletes', '`isEnded`', 'no token', '`newBid` and `newComment`']) {
      expect(
        rows.filter(([, says = '']) => says.includes(named)),
        named,
      ).toHaveLength(1);
    }
    expect(rows.filter((row) => row.length !== 4 || row.some((cell) => cell === ''))).toEqual([]);
    expect(section('PROTOCOLS.md', 'The gateway')).toContain(
      'Both published revisions of this protocol work, with a token',
    );
  });
});

describe('[DO2] PROTOCOLS.md', () => {
  it('lists every close code that is sent, with its reason and whether to connect again', () => {
    const codes = Object.values(CLOSE_CODES).map(({ code, reason, reconnect }) => [
      String(code),
      `\`${reason}\``,
      reconnect ? 'yes' : 'no',
    ]);
    const listed = rowsOf(section('PROTOCOLS.md', 'Close codes')).map(([code, reason, , again]) => [
      code,
      reason,
      /^\w+/.exec(again ?? '')?.[0],
    ]);
    expect(listed).toEqual(codes);
  });

  it('lists every error code, once, and none that the server does not know', () => {
    const listed = rowsOf(section('PROTOCOLS.md', 'Error codes')).flatMap(([code]) => namesIn(code));
    const files = readdirSync('server', { recursive: true, withFileTypes: true }).filter(({ name }) =>
      name.endsWith('.ts'),
    );
    const sources = files.map(({ parentPath, name }) => read(join(parentPath, name))).join('\n');
    const told = [...sources.matchAll(/(?:\bcode: |\brefusal\(\s*)'([a-z_]+)'/g)].map(([, code]) => code);
    const isZods = (code: string | undefined) => code === 'custom' || code === 'unrecognized_keys';
    expect([...new Set(told)].filter((code) => !isZods(code) && !listed.includes(code ?? ''))).toEqual([]);
    expect(listed).toEqual([...new Set(listed)]);
    expect(listed.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });
});
