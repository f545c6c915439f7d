import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const bin = (name: string) => join('node_modules', '.bin', name);

/** Shared with `npm run lint`: what it has just looked at is not looked at again. */
const LINT_CACHE = [
  '--cache',
  '--cache-strategy',
  'content',
  '--cache-location',
  'node_modules/.cache/eslint/',
];

/** The output of a command that fails, or an empty text. */
async function complaints(program: string, words: string[], cwd = '.'): Promise<string> {
  try {
    await run(resolve(program), words, { cwd, maxBuffer: 16 * 1024 * 1024 });
    return '';
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  }
}

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('the architecture', () => {
  it('[AR1] keeps the layout: who may import whom, no cycles, no dead files, drivers in one folder', async () => {
    const folders = ['server', 'shared', 'emails'];
    expect(await complaints(bin('depcruise'), ['--config', '.dependency-cruiser.cjs', ...folders])).toBe('');
  });

  /** What the rules say of the fixtures, each of which breaks one of them. */
  const breachesOfFixtures = () =>
    complaints(
      bin('depcruise'),
      ['--config', resolve('.dependency-cruiser.cjs'), 'server'],
      'test/arch/fixtures',
    );

  it('[AR1] notices a file that breaks the layout', async () => {
    const breaches = await breachesOfFixtures();
    expect(breaches).toContain('domain knows domain, ports, limits and money');
    expect(breaches).toContain('only composition roots reach engines');
    expect(breaches).toContain('consumers are strangers');
    expect(breaches).toContain('what protocols share names none of them');
    expect(breaches).toContain('only the list of protocols and REST name a protocol');
  });

  it('[AR5] notices a port that imports something of the domain', async () => {
    const breaches = await breachesOfFixtures();
    expect(breaches).toContain('ports know nothing of the domain: server/ports/breach.ts');
    expect(breaches).not.toContain('ports know nothing of the domain: server/ports/plain.ts');
  });

  it('[AR6] notices an engine that imports another one, and lets both use what all may use', async () => {
    const breaches = await breachesOfFixtures();
    expect(breaches).toContain('engines are strangers: server/engines/first/first.ts');
    expect(breaches).not.toContain('engines are strangers: server/engines/second/second.ts');
  });

  it('[AR2] keeps the lint rules: no clock, environment, any, floating promise or long file', async () => {
    expect(await complaints(bin('eslint'), [...LINT_CACHE, '.'])).toBe('');
  }, 300_000);

  it('[AR3] has no file over 400 lines, templates included', () => {
    const files = ['server', 'shared', 'emails', 'test'].flatMap((folder) => filesBelow(folder, /\.tsx?$/));
    const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 401);
    expect(long).toEqual([]);
  });
});

describe('SPEC.md', () => {
  const defined = [...readFileSync('SPEC.md', 'utf8').matchAll(/^\| ([A-Z]{2}\d+) +\|/gm)].map(
    ([, id]) => id,
  );
  const titles = filesBelow('test', /\.ts$/).map((file) => readFileSync(file, 'utf8'));
  const cited = new Set(titles.join('\n').match(/(?<=['"`][^'"`\n]*\[)[A-Z]{2}\d+(?=\])/g));

  it('[AR4] gives every rule one ID', () => {
    expect(defined.length).toBeGreaterThan(40);
    expect(defined).toEqual([...new Set(defined)]);
  });

  it('[AR4] has a test for every ID, and no test cites an ID that it lacks', () => {
    expect([...cited].sort()).toEqual([...defined].sort());
  });
});
