import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';

/** What a server that the forged tokens are meant for verifies with. */
export interface ForgerView {
  readonly secret: string;
  /** PEM texts of one pair. */
  readonly publicKey: string;
  readonly privateKey: string;
  /** Seconds since 1970. */
  readonly nowSeconds: number;
}

/** A name for the test's title, and a token that must be refused. */
export type ForgedToken = readonly [name: string, token: string];

type Sign = (signed: string) => string;

const HS256 = { alg: 'HS256', typ: 'JWT' };
const RS256 = { alg: 'RS256', typ: 'JWT' };
const BUYER = { sub: '1' };

/** An RSA pair as PEM texts. */
export function rsaPair(): Pick<ForgerView, 'publicKey' | 'privateKey'> {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** Forgeries, confusions and odd claims of user 1. */
export function forgedTokens(view: ForgerView): readonly ForgedToken[] {
  return [...unsigned(), ...confused(view), ...tampered(view), ...malformed(view), ...oddClaims(view)];
}

/** Tokens signed as they should be, whose payload is not one. */
export function oddPayloads({ secret, privateKey }: ForgerView): readonly ForgedToken[] {
  const deep = '['.repeat(5_000) + ']'.repeat(5_000);
  const payloads = [
    'null',
    '1',
    '"1"',
    'true',
    '[]',
    '[{"sub":"1"}]',
    '{}',
    '{',
    '',
    'sub=1',
    '\u0000',
    deep,
  ];
  return payloads.flatMap((payload) =>
    [HS256, { alg: 'HS256' }]
      .map((header): ForgedToken => [
        `the payload ${payload.slice(0, 20)} under ${JSON.stringify(header)}`,
        compact(header, payload, hmac(secret)),
      ])
      .concat([
        [`the payload ${payload.slice(0, 20)} under RS256`, compact(RS256, payload, rsa(privateKey))],
      ]),
  );
}

function unsigned(): ForgedToken[] {
  const spellings = [
    'none',
    'None',
    'NONE',
    'nOnE',
    ' none',
    'none ',
    '',
    'null',
    'hs256',
    'HS256 ',
    'Hs256',
  ];
  const algorithms: unknown[] = [...spellings, null, 0, ['none'], ['HS256'], { alg: 'none' }, true];
  return [
    ...algorithms.map((alg): ForgedToken => [
      `no signature, alg ${JSON.stringify(alg)}`,
      compact({ alg, typ: 'JWT' }, BUYER, () => ''),
    ]),
    ['no signature, no alg', compact({ typ: 'JWT' }, BUYER, () => '')],
    ['no signature, HS256', compact(HS256, BUYER, () => '')],
    ['no signature, RS256', compact(RS256, BUYER, () => '')],
    ['no signature and no dot for it', compact(HS256, BUYER, () => '').slice(0, -1)],
  ];
}

function confused({ secret, publicKey, privateKey }: ForgerView): ForgedToken[] {
  const stranger = rsaPair();
  const der = Buffer.from(publicKey.replace(/-----.*-----|\n/g, ''), 'base64');
  return [
    ['HS256 under the public key', compact(HS256, BUYER, hmac(publicKey))],
    ['HS256 under the public key without its last line break', compact(HS256, BUYER, hmac(publicKey.trim()))],
    ['HS256 under the public key in DER', compact(HS256, BUYER, hmac(der))],
    ['HS256 under nothing', compact(HS256, BUYER, hmac(''))],
    ['HS256 under another secret', compact(HS256, BUYER, hmac(`${secret} `))],
    ['HS256 signed by RS256', compact(HS256, BUYER, rsa(privateKey))],
    ['RS256 signed by HS256', compact(RS256, BUYER, hmac(secret))],
    ['RS256 of another pair', compact(RS256, BUYER, rsa(stranger.privateKey))],
    ['HS384 under the secret', compact({ alg: 'HS384' }, BUYER, hmac(secret, 'sha384'))],
    ['HS512 under the secret', compact({ alg: 'HS512' }, BUYER, hmac(secret, 'sha512'))],
    ['RS512 of the pair', compact({ alg: 'RS512' }, BUYER, rsa(privateKey, 'RSA-SHA512'))],
    ['PS256 in name', compact({ alg: 'PS256' }, BUYER, rsa(privateKey))],
    ['ES256 in name', compact({ alg: 'ES256' }, BUYER, rsa(privateKey))],
    ['HS256 with the hash alone', compact(HS256, BUYER, hmac(secret, 'sha512'))],
    ...['../../../../dev/null', '/dev/null', "' UNION SELECT ''--", '', 0, null, ['a']].map(
      (kid): ForgedToken => [
        `the key-id ${JSON.stringify(kid)}`,
        compact({ ...HS256, kid }, BUYER, hmac('')),
      ],
    ),
    ['a jku', compact({ ...RS256, jku: 'http://127.0.0.1:1/keys' }, BUYER, rsa(stranger.privateKey))],
    ['an x5u', compact({ ...RS256, x5u: 'http://127.0.0.1:1/x5u' }, BUYER, rsa(stranger.privateKey))],
    [
      'a jwk of its own',
      compact({ ...RS256, jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } }, BUYER, rsa(stranger.privateKey)),
    ],
    ['a jwk that is a secret', compact({ ...HS256, jwk: { kty: 'oct', k: 'YQ' } }, BUYER, hmac('a'))],
    ['a certificate', compact({ ...RS256, x5c: [der.toString('base64')] }, BUYER, rsa(stranger.privateKey))],
    ['a crit header', compact({ ...HS256, crit: ['exp'], exp: 1 }, BUYER, hmac(secret))],
    ['an empty crit header', compact({ ...HS256, crit: [] }, BUYER, hmac(secret))],
    ['an unencoded payload', compact({ ...HS256, b64: false, crit: ['b64'] }, BUYER, hmac(secret))],
    ['an unencoded payload that is not critical', compact({ ...HS256, b64: false }, BUYER, hmac(secret))],
  ];
}

function tampered({ secret, privateKey }: ForgerView): ForgedToken[] {
  const good = compact(HS256, BUYER, hmac(secret));
  const [header = '', payload = '', signature = ''] = good.split('.');
  const [, other = ''] = compact(HS256, { sub: '2' }, hmac(secret)).split('.');
  const rs256 = compact(RS256, BUYER, rsa(privateKey));
  return [
    ['a payload of another token', `${header}.${other}.${signature}`],
    ['a header of another token', `${rs256.split('.')[0] ?? ''}.${payload}.${signature}`],
    ['a signature cut short', good.slice(0, -1)],
    ['a signature that goes on', `${good}A`],
    ['a signature with padding', `${good}=`],
    ['a dot at the end', `${good}.`],
    ['two dots at the end', `${good}..`],
    ['a dot at the start', `.${good}`],
    ['a space before', ` ${good}`],
    ['a space behind', `${good} `],
    ['a line break behind', `${good}\n`],
    ['a tab within', `${header}.\t${payload}.${signature}`],
    ['a NUL behind', `${good}\u0000`],
    ['quotation marks', `"${good}"`],
    ['a scheme before', `Bearer ${good}`],
    ['two tokens', `${good} ${good}`],
    ['two tokens with a comma', `${good},${good}`],
    ['two tokens without a space', good + good],
    ['a case that is another', good.toUpperCase()],
    ['percent signs for dots', good.replaceAll('.', '%2E')],
    ['fullwidth dots', good.replaceAll('.', '\uFF0E')],
    ['five parts, as of JWE', `${good}.${payload}.${signature}`],
    ['the JSON serialization', JSON.stringify({ payload, protected: header, signature })],
  ];
}

function malformed({ secret }: ForgerView): ForgedToken[] {
  const sign = hmac(secret);
  const [header = '', payload = '', signature = ''] = compact(HS256, BUYER, sign).split('.');
  const raw = (head: string) => {
    const signed = `${Buffer.from(head).toString('base64url')}.${payload}`;
    return `${signed}.${sign(signed)}`;
  };
  return [
    ['nothing', ''],
    ['spaces', '   '],
    ['dots', '..'],
    ['one part', header],
    ['two parts', `${header}.${payload}`],
    ['an empty header', `.${payload}.${signature}`],
    ['an empty payload', `${header}..${signature}`],
    ['a header that is not base64', `!!!.${payload}.${signature}`],
    ['a payload that is not base64', `${header}.!!!.${signature}`],
    ['a signature that is not base64', `${header}.${payload}.!!!`],
    ['a header that is null', raw('null')],
    ['a header that is a number', raw('7')],
    ['a header that is a text', raw('"HS256"')],
    ['a header that is a list', raw('["HS256"]')],
    ['a header that is empty', raw('{}')],
    ['a header that is no JSON', raw('{"alg":"HS256"')],
    ['a header with a prototype', raw('{"__proto__":{"alg":"HS256"}}')],
    ['a header that nests deep', raw(`{"alg":"HS256","x":${'['.repeat(5_000)}`)],
    ['unicode', 'ą.ę.ż'],
    ['half a pair of surrogates', '\uD800.\uDC00.\uD800'],
    ['right-to-left marks', `\u202E${header}.${payload}.${signature}`],
    ['16 KB of dots', '.'.repeat(16_384)],
    ['16 KB of letters', 'a'.repeat(16_384)],
    ['1 MB in three parts', `${header}.${'a'.repeat(1_048_576)}.${signature}`],
    ['JSON', '{"sub":"1"}'],
    ['an address', 'https://example.com/token'],
    ['an opaque token that is not stored', '0123456789abcdef'.repeat(3).slice(0, 40)],
    ['39 hexadecimal digits', 'a'.repeat(39)],
    ['41 hexadecimal digits', 'a'.repeat(41)],
    ['40 digits, one of them not hexadecimal', `${'a'.repeat(39)}g`],
    ['40 fullwidth digits', '\uFF11'.repeat(40)],
  ];
}

function oddClaims({ secret, nowSeconds }: ForgerView): ForgedToken[] {
  const users: string[] = [
    ...['0', '-1', '1.5', '1e21', '1e400', '9007199254740993', 'null', 'true', '[1]', '["1"]', '{"id":1}'],
    ...[
      '""',
      '"0"',
      '"-1"',
      '"+1"',
      '"1.0"',
      '"1e0"',
      '"0x1"',
      '"01"',
      '" 1"',
      '"1 "',
      '"1\\n"',
      '"\\u0661"',
    ],
    ...['"__proto__"', '"constructor"', '"buyer1"', '"1\\u0000"', '"99999999999999999999"', '"999999"'],
  ];
  const times: [string, string][] = [
    ...['null', '"tomorrow"', `"${nowSeconds + 60}"`, '-1', '0', '1e400', '[]', '{}', 'true'].map(
      (exp): [string, string] => ['exp', exp],
    ),
    ['exp', String(nowSeconds)],
    ['exp', String(nowSeconds - 1)],
    ['nbf', String(nowSeconds + 3_600)],
    ['nbf', '1e400'],
    ['nbf', '"yesterday"'],
    ['nbf', 'null'],
  ];
  const signed = (payload: string) => compact(HS256, payload, hmac(secret));
  return [
    ...users.map((user): ForgedToken => [`the user ${user}`, signed(`{"sub":${user}}`)]),
    ...users.slice(0, 3).map((user): ForgedToken => [`the user_id ${user}`, signed(`{"user_id":${user}}`)]),
    ...times.map(([name, time]): ForgedToken => [`${name} ${time}`, signed(`{"sub":"1","${name}":${time}}`)]),
    ['no user', signed('{"username":"buyer1"}')],
    ['a user in another claim', signed('{"uid":"1","SUB":"1","Sub":1}')],
    ['a user of its prototype', signed('{"__proto__":{"sub":"1"}}')],
    ['a user that is null before one that is not', signed('{"sub":null,"id":1}')],
  ];
}

function compact(header: unknown, payload: unknown, sign: Sign): string {
  const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  const signed = `${encode(header).toString('base64url')}.${encode(payload).toString('base64url')}`;
  return `${signed}.${sign(signed)}`;
}

function hmac(secret: string | Buffer, hash = 'sha256'): Sign {
  return (signed) => createHmac(hash, secret).update(signed).digest('base64url');
}

function rsa(privateKey: string, algorithm = 'RSA-SHA256'): Sign {
  return (signed) => createSign(algorithm).update(signed).sign(privateKey, 'base64url');
}
