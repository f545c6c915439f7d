import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../server/engines/clock/systemClock.ts';
import { createKeptMailer } from '../../server/engines/mailer/kept.ts';
import { CLOSE_CODES } from '../../shared/closeCodes.ts';
import { type HttpBench, openBench } from './bench.ts';

let bench: HttpBench;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringside-mail-'));
  const mailbox = createKeptMailer(folder, 'no-reply@madeinpk.example', systemClock);
  await mailbox.send({
    messageId: 'outbox-1@madeinpk.example',
    to: 'buyer1@example.com',
    subject: 'You have been outbid on <Vase>',
    text: 'Dear buyer1,',
    html: '<p>Dear buyer1,</p>',
  });
  bench = await openBench({
    siteName: 'Made & <Sold>',
    development: {
      mailbox,
      demoTokens: async () => [{ username: 'buyer1', role: 'buyer', token: 'T' }],
    },
  });
});
afterAll(async () => {
  await bench.close();
  await rm(folder, { recursive: true, force: true });
});

/** The sources that a policy allows for one kind of thing. */
function allowed(headers: Headers, directive: string): string | undefined {
  const directives = (headers.get('content-security-policy') ?? '').split('; ');
  return directives.find((each) => each.startsWith(`${directive} `))?.slice(directive.length + 1);
}

describe('[RE9] the demo page', () => {
  it('runs its own script and no other', async () => {
    const { status, headers, text } = await bench.ask('/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    const scripts = [...text.matchAll(/<script[^>]*>([^]*?)<\/script>/g)];
    expect(scripts).toHaveLength(1);
    const hash = createHash('sha256')
      .update(scripts[0]?.[1] ?? '')
      .digest('base64');
    expect(allowed(headers, 'script-src')).toBe(`'sha256-${hash}'`);
    expect(allowed(headers, 'default-src')).toBe("'none'");
    expect(allowed(headers, 'connect-src')).toBe("'self'");
    expect(text).not.toMatch(/ on\w+=|style="/);
  });

  it('comes back after every close but those that the table of close codes says are final', async () => {
    const { text } = await bench.ask('/');
    const [, codes = ''] = /const FINAL_CODES = (\[[\d,]*\]);/.exec(text) ?? [];
    const final = JSON.parse(codes) as number[];
    expect(final).toContain(CLOSE_CODES.messageTooBig.code);
    for (const { code, reconnect } of Object.values(CLOSE_CODES)) {
      expect(final.includes(code)).toBe(!reconnect);
    }
  });

  it('escapes the name of the site', async () => {
    const { text } = await bench.ask('/');
    expect(text).toContain('<title>Made &amp; &lt;Sold&gt;: live auctions</title>');
    expect(text).not.toContain('<Sold>');
  });

  it.each(['/dev/tokens/', '/dev/tokens'])('finds its tokens at %s', async (path) => {
    const { status, headers, json } = await bench.ask(path);
    expect(status).toBe(200);
    expect(json).toEqual([{ username: 'buyer1', role: 'buyer', token: 'T' }]);
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('the kept letters', () => {
  it('are listed under the address that the demo links to', async () => {
    expect((await bench.ask('/')).text).toContain('href="/dev/mail/"');
    const { status, text } = await bench.ask('/dev/mail/');
    expect(status).toBe(200);
    expect(text).toContain('You have been outbid on &lt;Vase&gt;');
  });

  it('can be read, and shown in a frame of their own page', async () => {
    const list = await bench.ask('/dev/mail/');
    const [, path = ''] = /href="(\/dev\/mail\/[^"]+\/)"/.exec(list.text) ?? [];
    expect((await bench.ask(path)).text).toContain('Dear buyer1,');
    const { headers, text } = await bench.ask(`${path}html`);
    expect(text).toBe('<p>Dear buyer1,</p>');
    expect(allowed(headers, 'frame-ancestors')).toBe("'self'");
    expect(headers.has('x-frame-options')).toBe(false);
  });

  it('are not there where letters are really sent', async () => {
    const sending = await openBench({ development: { mailbox: null, demoTokens: async () => [] } });
    expect((await sending.ask('/dev/mail/')).status).toBe(404);
    expect((await sending.ask('/')).text).not.toContain('/dev/mail/');
    await sending.close();
  });
});

describe('in production', () => {
  it('there is no demo: the root says what this is', async () => {
    const production = await openBench();
    const { status, json } = await production.ask('/');
    expect(status).toBe(200);
    expect(json).toEqual({ service: 'ringside', site: 'MadeInPK', documentation: '/api/docs/' });
    for (const path of ['/dev/tokens/', '/dev/mail/', '/dev/']) {
      expect((await production.ask(path)).status, path).toBe(404);
    }
    await production.close();
  });
});
