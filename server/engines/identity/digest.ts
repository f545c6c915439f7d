import { createHash, createHmac } from 'node:crypto';
import type { Digest } from '../../ports/digest.ts';
import type { JwtKeys } from './tokens.ts';

/** HMAC-SHA-256 under the secret that signs our JWTs; SHA-256 where there is only a public key. */
export function createDigest({ secret }: JwtKeys): Digest {
  return (text) => {
    const hash = secret === null ? createHash('sha256') : createHmac('sha256', secret);
    return hash.update(text).digest('hex');
  };
}
