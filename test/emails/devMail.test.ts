import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeptMailer } from '../../server/engines/mailer/kept.ts';
import { devMail } from '../../server/http/devMail.ts';
import type { KeptMailbox, Mailer } from '../../server/ports/mailer.ts';
import { mailOf } from '../contract/mailerSuite.ts';
import { ManualClock } from '../support/manualClock.ts';

describe('the page of kept letters', () => {
  let folder: string;
  let mailer: Mailer & KeptMailbox;
  let site: Hono;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringside-mail-'));
    mailer = createKeptMailer(folder, 'no-reply@auction.example', new ManualClock());
    site = new Hono();
    site.route('/', devMail(mailer));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function page(path: string): Promise<{ response: Response; body: string }> {
    const response = await site.request(path);
    return { response, body: await response.text() };
  }

  async function keptId(): Promise<string> {
    const [kept] = await mailer.list();
    return kept?.id ?? '';
  }

  it('says when there is none', async () => {
    const { response, body } = await page('/dev/mail/');
    expect(response.status).toBe(200);
    expect(body).toContain('No letters yet');
    expect((await page('/dev/mail')).response.headers.get('location')).toBe('/dev/mail/');
  });

  it('lists subject, reader and time, and leads to the letter', async () => {
    await mailer.send(mailOf());
    const { body } = await page('/dev/mail/');
    expect(body).toContain(`<a href="/dev/mail/${await keptId()}/">${mailOf().subject}</a>`);
    expect(body).toContain('<td>buyer1@example.com</td>');
    expect(body).toContain('<td>2025-11-04 18:45:00</td>');
  });

  it('shows a letter with its text and, in a sandbox, its HTML', async () => {
    await mailer.send(mailOf());
    const path = `/dev/mail/${await keptId()}/`;
    const { body } = await page(path);
    expect(body).toContain(`<pre>${mailOf().text}</pre>`);
    expect(body).toMatch(new RegExp(`<iframe [^>]*sandbox="allow-popups[^"]*" src="${path}html">`));
    const letter = await page(`${path}html`);
    expect(letter.body).toBe(mailOf().html);
    const policy = letter.response.headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).toMatch(/sandbox (?!.*allow-(scripts|same-origin))/);
  });

  it('escapes whatever people put into names', async () => {
    const attack = '"><script>alert(1)</script>';
    await mailer.send(mailOf({ subject: attack, text: attack, to: attack, messageId: `<${attack}>` }));
    for (const path of ['/dev/mail/', `/dev/mail/${await keptId()}/`]) {
      const { response, body } = await page(path);
      expect(body).toContain('&lt;script&gt;');
      expect(body).not.toContain('<script');
      expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
    }
  });

  it.each(['/dev/mail/nobody/', '/dev/mail/nobody/html', '/dev/mail/..%2f..%2fetc%2fpasswd/'])(
    'knows no letter at %s',
    async (path) => {
      expect((await page(path)).response.status).toBe(404);
    },
  );
});
