/**
 * What is stored of a secret in its place: 64 hexadecimal digits. Where the server has a secret of its own they
 * are keyed with it, so that short codes cannot be found from the database by trying them all.
 */
export type Digest = (text: string) => string;
