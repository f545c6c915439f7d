import { afterEach, describe, expect, it } from 'vitest';
import { openRows } from '../support/rows.ts';
import { program, ServerHome } from '../support/serverProcess.ts';

let home: ServerHome;
afterEach(() => home.remove());

const telecaller = (...words: string[]) => home.run(program('cli/telecaller', ...words));
const stored = async (username: string) => {
  const rows = await openRows(home.databaseUrl);
  const found = await rows.read(
    `SELECT role, language, about, is_approved, audio_coins_per_minute AS audio, video_coins_per_minute AS video
     FROM telecallers JOIN users ON id = user_id WHERE username = '${username}'`,
  );
  await rows.close();
  return found;
};

describe('npm run telecaller', { timeout: 60_000 }, () => {
  it('[CA18] makes a user a telecaller, changes one, and says in one line what it does not know', async () => {
    home = await ServerHome.open();
    const coins = ['--audio-coins', '10', '--video-coins', '20'];
    const made = await telecaller(
      'buyer1',
      '--language',
      'hindi',
      '--about',
      'Hello.',
      ...coins,
      '--approved',
    );
    expect(made).toEqual({ code: 0, stdout: 'buyer1 is a telecaller, approved.\n', stderr: '' });
    const row = { role: 'telecaller', language: 'hindi', about: 'Hello.', is_approved: 1 };
    expect(await stored('buyer1')).toEqual([{ ...row, audio: 10, video: 20 }]);

    const [changed, wordless] = await Promise.all([
      telecaller('buyer1', '--unapproved', '--video-coins', '0'),
      telecaller('buyer2', '--approved'),
    ]);
    expect(changed).toMatchObject({ code: 0, stdout: 'buyer1 is a telecaller, not approved.\n' });
    // What the line leaves out stays; coins that are left out are the house's.
    expect(await stored('buyer1')).toEqual([{ ...row, is_approved: 0, audio: null, video: 0 }]);
    const line = /^A new telecaller needs a --language\. usage: .*\n$/;
    expect(wordless).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(line) as string });
    expect(await stored('buyer2')).toEqual([]);
  });
});
