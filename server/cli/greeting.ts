import type { Config } from '../config.ts';
import type { StoreEngines } from '../engines/index.ts';
import { demoTokens } from '../seeding/demoTokens.ts';

/** What the server prints when it is ready: where it is and, in development, how to try it. */
export async function greeting(
  config: Config,
  { store, tokens }: StoreEngines,
  port: number,
): Promise<string> {
  const http = `http://localhost:${port}`;
  const lines = [
    `Ringside is ready on port ${port}.`,
    '',
    ...(config.isProduction ? [] : [`  page    ${http}/`]),
    ...(config.isProduction || config.smtpUrl !== null ? [] : [`  mails   ${http}/dev/mail/`]),
    `  API     ${http}/api/docs/`,
    `  sockets ws://localhost:${port}/ws/auction/1/?token=TOKEN`,
    `  live    ws://localhost:${port}/ws/?token=TOKEN`,
    `  calls   ws://localhost:${port}/ws/user/?token=TOKEN`,
  ];
  const demo =
    config.isProduction || config.authVerifyUrl !== null ? [] : await demoTokens(store.accounts, tokens);
  const [first] = demo;
  if (first === undefined) return `${lines.join('\n')}\n`;
  return `${[
    ...lines,
    '',
    'Tokens for the demo, good for a day:',
    ...demo.map(({ username, token }) => `  ${username.padEnd(16)} ${token}`),
    '',
    `Watch and bid as ${first.username}, then type {"type":"place_bid","amount":3000}`,
    `  npx wscat -c "ws://localhost:${port}/ws/auction/1/?token=${first.token}"`,
  ].join('\n')}\n`;
}
