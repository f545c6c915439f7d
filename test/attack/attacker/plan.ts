/** What the attackers' process is told to do. */
export interface AttackPlan {
  readonly flood: string;
  readonly port: number;
  readonly seconds: number;
  /** What the numbers of sockets and rates are multiplied by. */
  readonly scale: number;
}

/** What it answers. */
export type AttackAnswer =
  | { readonly kind: 'done'; readonly answers: Readonly<Record<string, number>> }
  | { readonly kind: 'failed'; readonly why: string };
